"""How much a posting rule posts: each rule's own method, one of seven kinds, written as data (6.6)."""

from .case import AnyMethod, Case, SplitMethod, read_method, write_method
from .interpreter import FormulaMethod
from .method import Method, SingleMethod
from .parameterized import FlatMethod, RateMethod
from .rate_table import Band, Row, TableMethod, Tier, TiersMethod
from .strategy import FunctionMethod, method_function

__all__ = [
    "AnyMethod",
    "Band",
    "Case",
    "FlatMethod",
    "FormulaMethod",
    "FunctionMethod",
    "Method",
    "RateMethod",
    "Row",
    "SingleMethod",
    "SplitMethod",
    "TableMethod",
    "Tier",
    "TiersMethod",
    "method_function",
    "read_method",
    "write_method",
]
