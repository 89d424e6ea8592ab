"""Amounts and multipliers as methods write them, and how they are applied with their units (6.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.formula.value import counted, ratio
from ...patterns.values import ONE, Quantity, Unit
from ...patterns.values.unit import NUMBER, product

THRESHOLDS = rule(
    "method.thresholds", pattern="6.6", says="The thresholds of a method lie above zero and ascend."
)


def _with_unit(written: object) -> object:
    if isinstance(written, Decimal | int) and not isinstance(written, bool):
        return Quantity(written, ONE)
    return f"{written} 1" if isinstance(written, str) and " " not in written else written


def _as_text(quantity: Quantity) -> str:
    return str(quantity)


def _as_number(quantity: Quantity) -> str:
    return str(quantity.amount) if quantity.unit == ONE else str(quantity)


Written = Annotated[Quantity, PlainSerializer(_as_text, return_type=str)]
"""A quantity that documents write as a text: `10 USD`."""

Multiplier = Annotated[Quantity, BeforeValidator(_with_unit), PlainSerializer(_as_number, return_type=str)]
"""What amounts are multiplied by: `10 USD/(kW.h)`, `5.5 %`, or a bare number."""


def multiplied(number: Fraction, unit: Unit, multiplier: Quantity) -> tuple[Fraction, Unit]:
    """
    Multiply so many of a unit, exactly.

    Units:  by a bare number, or one in a hundred, the unit stays; by a rate, the result is counted in what
            stands above its line.
    Errors: `ConstraintViolation` (`quantity.compatible-units`) where the rate is for something else.
    """
    turned, target = _turned(unit, multiplier.unit)
    return number * Fraction(multiplier.amount) * turned, target


@lru_cache(maxsize=1024)
def _turned(unit: Unit, by: Unit) -> tuple[Fraction, Unit]:
    target = unit if by.dimension == NUMBER else product(each for each in by.references if each.power > 0)
    return ratio(unit * by, target), target


def bands(amount: Quantity, thresholds: Sequence[Quantity]) -> Iterator[Fraction]:
    """How much of an amount lies below each threshold and above the one before, and the rest; in its unit."""
    whole, below = Fraction(amount.amount), Fraction(0)
    for threshold in thresholds:
        upper = min(whole, counted(threshold, amount.unit))
        yield upper - below
        below = upper
    yield whole - below


def threshold_violations(thresholds: Sequence[Quantity]) -> Iterator[ConstraintViolation]:
    """Thresholds that are not above zero, or not above the one before; or that cannot be compared."""
    zero = Quantity(0, thresholds[0].unit)
    for lower, upper in pairwise((zero, *thresholds)):
        if counted(upper, lower.unit) <= lower.amount:
            yield THRESHOLDS.violation(
                found=f"{upper} after {lower}" if lower.amount else f"{upper}",
                allowed="thresholds above zero, each above the one before",
                remedy="Put them in ascending order.",
            )
