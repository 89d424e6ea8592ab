"""What a formula may be given to reckon with, and how it is counted (6.6)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from ..values import STANDARD, Quantity, Unit
from ..values.conversion import incompatible

Value: TypeAlias = Quantity | Decimal | int | str | bool | date | datetime
"""What a variable of a formula, or an attribute of an event, may be."""

_SAME = Fraction(1)


def counted(quantity: Quantity, unit: Unit) -> Fraction:
    """
    How many of `unit` a quantity comes to, exactly.

    Errors: `ConstraintViolation` (`quantity.compatible-units`) where no chain of ratios leads there.
    """
    return Fraction(quantity.amount) * ratio(quantity.unit, unit)


def ratio(unit: Unit, target: Unit) -> Fraction:
    """
    How many of `target` one of `unit` comes to, exactly.

    Errors: `ConstraintViolation` (`quantity.compatible-units`) where no chain of ratios leads there.
    """
    if unit == target:
        return _SAME
    conversion = STANDARD.find(unit, target)
    if conversion is None:
        raise incompatible(f"{unit} in {target}", unit, target)
    return conversion.ratio
