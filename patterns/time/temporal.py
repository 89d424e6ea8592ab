"""Temporal property: a value that changes over time, asked by the day (15.3)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

from ..constraint import rule
from .period import Period, merged, require_day

OVERLAP = rule(
    "history.overlap",
    pattern="15.3",
    says="A value has one history: the periods of its values do not overlap.",
)
ADDITIVE = rule(
    "history.additive",
    pattern="15.3",
    says="A value that is set without an end is the latest: it starts after every other change.",
)
COVERED = rule(
    "history.covered",
    pattern="15.3",
    says="A history is asked about days on which it holds a value.",
)

V = TypeVar("V")


# Not slotted: Python 3.11 cannot call TemporalProperty[int]() on a class that is frozen, slotted and generic.
@dataclass(frozen=True)
class TemporalProperty(Generic[V]):
    """
    What a value was, is and will be: an immutable value itself; each change gives a new one.

    Shape:  `stretches`, pairs of a period and the value during it, in order; days may be left without.
    Errors: `ConstraintViolation` (`history.overlap`) where two periods share a day.
    Source: Temporal Patterns (16 Feb 2005), Temporal Property; Analysis Patterns 15.3.

    >>> rate = TemporalProperty[int]().appended(100, date(1995, 1, 1)).appended(110, date(1995, 2, 15))
    >>> rate.at(date(1995, 2, 14)), rate.at(date(1995, 2, 15))
    (100, 110)
    """

    stretches: tuple[tuple[Period, V], ...] = ()

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.stretches, key=_period))
        for (earlier, _), (later, _) in pairwise(ordered):
            if earlier.overlaps(later):
                raise OVERLAP.violation(
                    found=f"a value for {earlier} and another for {later}",
                    allowed="periods that share no day",
                    remedy="Let each period end on the day the next one starts.",
                )
        object.__setattr__(self, "stretches", ordered)

    @classmethod
    def of(cls, values: Mapping[Period, V]) -> TemporalProperty[V]:
        """Make the history that holds each of `values` during its period."""
        return cls(tuple(values.items()))

    def at(self, day: date) -> V:
        """
        Give the value on `day`.

        Errors: `ConstraintViolation` (`history.covered`) where it has none then.
        """
        found = self._stretch(day)
        if found is None:
            raise COVERED.violation(
                self,
                found=f"a question about {day}",
                allowed=", or ".join(map(str, merged(period for period, _ in self)))
                or "none: nothing is set",
                remedy="Set a value for that day first, or ask `covers` before.",
            )
        return found[1]

    def covers(self, day: date) -> bool:
        """Whether there is a value on `day`."""
        return self._stretch(day) is not None

    def _stretch(self, day: date) -> tuple[Period, V] | None:
        n = bisect_right(self.stretches, require_day(day), key=_start)
        last = self.stretches[n - 1] if n else None
        return last if last is not None and last[0].includes(day) else None

    def appended(self, value: V, start: date) -> TemporalProperty[V]:
        """
        Give the history with an additive update: `value` from `start` until further notice.

        Errors: `ConstraintViolation` (`history.additive`) where that would drop a later change unseen.
        """
        if self.stretches and require_day(start) <= self.stretches[-1][0].start:
            raise ADDITIVE.violation(
                self,
                found=f"a value from {start}, though one from {self.stretches[-1][0].start} is known",
                allowed="a start after the last change",
                remedy="Insert it over the period it holds for: insert(value, Period(start, end)).",
            )
        return self.inserted(value, Period(start))

    def inserted(self, value: V, period: Period) -> TemporalProperty[V]:
        """Give the history with an insertion update: `value` during `period`, all else as it was."""
        return TemporalProperty((*self.cleared(period), (period, value)))

    def cleared(self, period: Period) -> TemporalProperty[V]:
        """Give the history without any value during `period`, all else as it was."""
        return TemporalProperty(tuple((left, value) for held, value in self for left in held.minus(period)))

    def as_dict(self) -> dict[Period, V]:
        """The whole history: each period and the value during it."""
        return dict(self.stretches)

    def __iter__(self) -> Iterator[tuple[Period, V]]:
        return iter(self.stretches)

    def __len__(self) -> int:
        return len(self.stretches)


def _period(stretch: tuple[Period, object]) -> Period:
    return stretch[0]


def _start(stretch: tuple[Period, object]) -> date:
    return stretch[0].start
