"""A period of days: the range that says when something is true of the world (4.3, 3.8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ..constraint import BUILT, DATABASES, rule
from ..values.range import Range
from .instant import BEGINNING, FOREVER

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

ORDER = rule(
    "period.order",
    pattern="4.3",
    says="A period ends after it starts.",
    layers=BUILT | DATABASES,
    guards=("ck_*_period_order",),
)
DAYS = rule(
    "period.days",
    pattern="3.8",
    says="A period of the valid axis is counted in days, not in instants.",
)
ENDING = rule(
    "period.ending",
    pattern="3.8",
    says="What is ended, ends within its period; ending never makes it longer.",
)


def require_day(day: date) -> date:
    """
    Give `day` back if it is a plain date.

    Errors: `ConstraintViolation` (`period.days`) for an instant, or anything else that is no day.
    """
    if not isinstance(day, date) or isinstance(day, datetime):
        raise DAYS.violation(
            day,
            found=f"{day!r}",
            allowed="a date",
            remedy="Give the day: datetime.date(...), or instant.date() in the zone you mean.",
        )
    return day


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """
    The days from `start` up to, not including, `end`.

    Units:  whole days, `[start, end)`; `BEGINNING` and `FOREVER` stand for no bound, so that an index
            can seek on them.
    Errors: `ConstraintViolation`: `period.order` where it would end on or before its start,
            `period.days` where a bound is not a plain date.
    Source: Analysis Patterns 3.8 and 4.3.

    >>> Period(date(1995, 1, 1), date(1995, 2, 1)).includes(date(1995, 2, 1))
    False
    """

    start: date = BEGINNING
    end: date = FOREVER

    def __post_init__(self) -> None:
        require_day(self.start)
        require_day(self.end)
        if self.end <= self.start:
            raise ORDER.violation(
                found=f"a period from {self.start} to {self.end}",
                allowed="an end after the start; the end is not included",
                remedy="Swap the days, or end the period a day later.",
            )

    def includes(self, day: date) -> bool:
        """Whether `day` lies in this period."""
        return self.start <= require_day(day) < self.end

    def includes_period(self, other: Period) -> bool:
        """Whether all of `other` lies in this period."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Period) -> bool:
        """Whether any day lies in both."""
        return self.start < other.end and other.start < self.end

    def abuts(self, other: Period) -> bool:
        """Whether one starts on the day the other ends."""
        return self.end == other.start or other.end == self.start

    def intersection(self, other: Period) -> Period | None:
        """The days in both, or None where there are none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def gap(self, other: Period) -> Period | None:
        """The days between the two, or None where they overlap or abut."""
        start, end = min(self.end, other.end), max(self.start, other.start)
        return Period(start, end) if start < end else None

    def minus(self, other: Period) -> tuple[Period, ...]:
        """What is left of this period without `other`: none, one or two periods."""
        left = (self.start, min(self.end, other.start))
        right = (max(self.start, other.end), self.end)
        return tuple(Period(start, end) for start, end in (left, right) if start < end)

    def ending(self, day: date) -> Period:
        """
        Give this period cut short: `day` is the first day that it no longer includes.

        Errors: `ConstraintViolation` (`period.ending`) where `day` is not after the start or is
                after the end.
        """
        if not self.start < require_day(day) <= self.end:
            raise ENDING.violation(
                self,
                found=f"an end on {day} of the period {self}",
                allowed="a day after the start and not after the end",
                remedy="End it on a day inside its period; what never held is rejected, not ended.",
            )
        return Period(self.start, day)

    def covered_by(self, others: Iterable[Period]) -> bool:
        """Whether every day of this period lies in one of `others`."""
        return self.first_day_outside(others) is None

    def first_day_outside(self, others: Iterable[Period]) -> date | None:
        """The first day of this period that lies in none of `others`, or None."""
        reached = self.start
        for other in sorted(others):
            if other.start > reached:
                break
            reached = max(reached, other.end)
        return reached if reached < self.end else None

    def as_range(self) -> Range[date]:
        """The same days as a range, without the sentinels."""
        return Range(
            None if self.start == BEGINNING else self.start, None if self.end == FOREVER else self.end
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        """A document writes a period as its two days, `start` and `end`; one left out is no bound."""
        # Whoever asks for this has loaded pydantic already; whoever only counts days need not wait for it.
        from pydantic_core import core_schema  # noqa: PLC0415

        from ..document import value_schema  # noqa: PLC0415

        day = core_schema.typed_dict_field(core_schema.date_schema(strict=True), required=False)
        return value_schema(
            cls,
            core_schema.typed_dict_schema({"start": day, "end": day}, extra_behavior="forbid"),
            read=lambda days: cls(**days),
            write=cls.as_document,
        )

    def as_document(self) -> dict[str, date]:
        """The days that bound it, as a document writes them."""
        bounds = (("start", self.start, BEGINNING), ("end", self.end, FOREVER))
        return {name: day for name, day, unbounded in bounds if day != unbounded}

    def __str__(self) -> str:
        start = "the beginning" if self.start == BEGINNING else str(self.start)
        end = "further notice" if self.end == FOREVER else str(self.end)
        return f"{start} until {end}"


ALWAYS = Period()
"""Every day there is."""


def merged(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The fewest periods that hold the same days, in order."""
    result: list[Period] = []
    for period in sorted(periods):
        if result and period.start <= result[-1].end:
            result[-1] = Period(result[-1].start, max(result[-1].end, period.end))
        else:
            result.append(period)
    return tuple(result)
