"""What a specialist would write for one purpose: an amount and a unit, with nothing checked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Plain:
    """A frozen, slotted dataclass of two fields: the least that an immutable value can be."""

    amount: Decimal
    unit: object


def created(amounts: list[Decimal], unit: object) -> list[Plain]:
    """One value for each amount."""
    return [Plain(amount, unit) for amount in amounts]


def converted(values: list[Plain], factor: Decimal, unit: object) -> list[Plain]:
    """The same values in another unit, by one multiplication with a factor known in advance."""
    return [Plain(value.amount * factor, unit) for value in values]
