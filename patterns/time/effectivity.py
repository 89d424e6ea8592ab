"""Effectivity: things that hold for a period, and which of them hold on a day (2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar, cast

from ..constraint import rule
from .period import Period

OVERLAP = rule(
    "effectivity.overlap",
    pattern="2.4",
    says="Where one thing at a time may hold, no two of their periods overlap.",
)


class Effectivity:
    """
    A mixin for entities that hold for a period, and are ended rather than deleted.

    Shape:  the class that takes it has an attribute `period`, a `Period`, mapped or plain.
    Source: Temporal Patterns (16 Feb 2005), Effectivity.
    """

    __slots__ = ()

    def is_effective(self, on: date) -> bool:
        """Whether this holds on the day `on`."""
        return period_of(self).includes(on)

    def end(self, on: date) -> None:
        """
        End this; `on` is the first day it no longer holds.

        Errors: `ConstraintViolation` (`period.ending`) where `on` lies outside its period; nothing changed.
        """
        ended = period_of(self).ending(on)
        cast("Any", self).period = ended


E = TypeVar("E", bound=Effectivity)


def period_of(thing: Effectivity) -> Period:
    """The period for which `thing` holds."""
    # Declared in the mixin, `period` would stand in the way of the mapped one in the entity.
    period: Period = cast("Any", thing).period
    return period


def effective(things: Iterable[E], on: date) -> list[E]:
    """Those of `things` that hold on the day `on`, in their order."""
    return [thing for thing in things if thing.is_effective(on)]


def effective_one(things: Iterable[E], on: date) -> E | None:
    """
    Give the one of `things` that holds on the day `on`, or None.

    Errors: `ConstraintViolation` (`effectivity.overlap`) where several do.
    """
    found = effective(things, on)
    require_apart(found)
    return found[0] if found else None


def require_apart(things: Iterable[Effectivity]) -> None:
    """
    Pass where no two of `things` hold on the same day.

    Errors: `ConstraintViolation` (`effectivity.overlap`), naming the first two that do.
    """
    for earlier, later in pairwise(sorted(things, key=period_of)):
        if period_of(earlier).overlaps(period_of(later)):
            raise OVERLAP.violation(
                earlier,
                later,
                found=f"one for {period_of(earlier)} and another for {period_of(later)}",
                allowed="periods that share no day",
                remedy="End the earlier one on the day the later one starts.",
            )
