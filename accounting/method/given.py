"""What a method of a posting rule is given to reckon with (6.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from ...patterns.values import STANDARD, Currency, Money, Precision, Quantity, Unit, quotient
from ...patterns.values.conversion import incompatible

Value: TypeAlias = Quantity | Decimal | int | str | bool | date | datetime
"""What an attribute of an event may be."""


@dataclass(frozen=True, slots=True)
class Given:
    """
    The amount that a rule was triggered with, and what else is known of the occasion.

    Shape:  the `amount`; the `day` it is about; the `attributes` of the event, by name; `of`, the name of the
            attribute that the amount is, if it is one. An occasion without an amount counts one: `1 1`.
    Units:  the amount keeps its sign and its unit.
    """

    amount: Quantity
    day: date
    attributes: Mapping[str, Value] = field(default_factory=dict)
    of: str = "amount"

    def __abs__(self) -> Given:
        return replace(self, amount=abs(self.amount))

    @property
    def values(self) -> Mapping[str, Value]:
        """What a formula may read, by name: the attributes, the amount under both its names, and the day."""
        return {**self.attributes, "day": self.day, "amount": self.amount, self.of: self.amount}


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


def amounting(number: Fraction, unit: Unit, places: int | None) -> Quantity:
    """
    So many of a unit: money of a currency, rounded half away from zero where `places` are given.

    Errors: `ConstraintViolation` (`number.quotient`) where the number's decimals do not end and no places
            are given.
    """
    amount = quotient(number, 1, None if places is None else Precision(places=places))
    return Money(amount, unit) if isinstance(unit, Currency) else Quantity(amount, unit)
