"""Values: exact numbers, units, quantities, money, ranges; none knows a database (3.1-3.3, 4.3)."""

from .conversion import STANDARD, Conversion, ConversionRatio, Conversions
from .currency import Currency
from .money import Money
from .number import ExactDecimal, Precision, Rounding, exact, quotient, rational, rounded, total
from .quantity import Quantity
from .range import Range
from .ucum import parse_unit
from .unit import ONE, AtomicUnit, CompoundUnit, Dimension, Scale, Unit, UnitReference

__all__ = [
    "ONE",
    "STANDARD",
    "AtomicUnit",
    "CompoundUnit",
    "Conversion",
    "ConversionRatio",
    "Conversions",
    "Currency",
    "Dimension",
    "ExactDecimal",
    "Money",
    "Precision",
    "Quantity",
    "Range",
    "Rounding",
    "Scale",
    "Unit",
    "UnitReference",
    "exact",
    "parse_unit",
    "quotient",
    "rational",
    "rounded",
    "total",
]
