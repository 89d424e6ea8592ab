"""How long it is to a day, as prices count it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ._extra import np

if TYPE_CHECKING:
    from ._extra import Floats

D = TypeVar("D", "Floats", float)
DAYS_OF_A_YEAR = 365.0
"""Actual/365 Fixed: the days there are, over 365."""

_MOMENT = 1e-30


def years_to(days: D, day: int) -> D:
    """Years from a day to each of others; below zero where it has passed."""
    return (days - day) / DAYS_OF_A_YEAR


def at_least_a_moment(years: Floats) -> Floats:
    """Years of which none is quite nothing: what would be divided by zero comes to its limit."""
    return np.maximum(years, _MOMENT)
