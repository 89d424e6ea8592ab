"""What a method of a posting rule is given to reckon with (6.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from ...patterns.formula.value import Value
from ...patterns.values import Currency, Money, Precision, Quantity, Unit, quotient


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


def amounting(number: Fraction, unit: Unit, places: int | None) -> Quantity:
    """
    So many of a unit: money of a currency, rounded half away from zero where `places` are given.

    Errors: `ConstraintViolation` (`number.quotient`) where the number's decimals do not end and no places
            are given.
    """
    amount = quotient(number, 1, None if places is None else Precision(places=places))
    return Money(amount, unit) if isinstance(unit, Currency) else Quantity(amount, unit)
