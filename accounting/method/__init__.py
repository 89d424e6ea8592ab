"""How much a posting rule posts: each rule's own method, one of seven kinds, written as data (6.6)."""

from ...patterns.catalogue import attach
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

attach(
    "6.6",
    types=(
        Method,
        RateMethod,
        FlatMethod,
        TiersMethod,
        TableMethod,
        FormulaMethod,
        FunctionMethod,
        SplitMethod,
    ),
    behaviours=(method_function,),
    figure="analysis_patterns.accounting.method",
    when_not="Where every rule reckons alike, and only figures differ, a rate on the rule is enough. What "
    "changes with the law every other year, and is tested by programmers, may as well be a Python function.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting.given import Given
>>> from analysis_patterns.accounting.method import Tier, TiersMethod
>>> from analysis_patterns.patterns.values import Quantity
>>> evening = TiersMethod(
...     steps=(
...         Tier(up_to=Quantity(1, "min"), rate=Quantity("0.70", "USD/min")),
...         Tier(up_to=Quantity(21, "min"), rate=Quantity("0.20", "USD/min")),
...     ),
...     top=Quantity("0.12", "USD/min"),
... )
>>> call = Given(amount=Quantity(6, "min"), day=date(1995, 1, 1))
>>> print(evening.apply(call)[""])
1.70 USD
>>> reversal = Given(amount=Quantity(-6, "min"), day=date(1995, 1, 1))
>>> print(evening.apply(reversal)[""])
-1.70 USD
""",
)
