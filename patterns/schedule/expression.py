"""Temporal expressions: the days on which something recurs; union, intersection and difference (8.1)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from ..constraint import rule
from ..errors import AnalysisPatternsError
from ..time.instant import BEGINNING, FOREVER
from ..time.period import Period, require_day

BOUNDED = rule(
    "temporal-expression.bounded",
    pattern="8.1",
    says="The days of a temporal expression are listed between a first and a last day.",
)
PARTS = rule(
    "temporal-expression.parts",
    pattern="8.1",
    says="A union or an intersection is of at least one temporal expression.",
)

HORIZON = timedelta(days=146_097)
"""How far the next day is looked for: 400 years, after which the calendar repeats to the weekday."""

_ONE_DAY = timedelta(days=1)


class TemporalExpression(ABC):
    """
    A set of days that recur in some way; immutable, and equal where it says the same.

    Shape:  `a | b`, `a & b` and `a - b` are its union, intersection and difference with another one.
    Source: Recurring Events for Calendars (1996), Temporal Expression.
    """

    __slots__ = ()

    @abstractmethod
    def includes(self, day: date) -> bool:
        """
        Whether `day` is one of its days.

        Errors: `ConstraintViolation` (`period.days`) for what is no day.
        """

    def days(self, period: Period) -> Iterator[date]:
        """
        Each of its days within `period`, in order.

        Errors: `ConstraintViolation` (`temporal-expression.bounded`) for a period without start or end.
        """
        if period.start == BEGINNING or period.end == FOREVER:
            raise BOUNDED.violation(
                self,
                found=f"the period {period}",
                allowed="a period with a start and an end",
                remedy="Give both days, or ask for the next day with after().",
            )
        return self._between(period.start, period.end)

    def after(self, day: date) -> date | None:
        """The first of its days later than `day`, or None where there is none within 400 years."""
        start = require_day(day)
        # Near the last day there is, there are no 400 years left.
        end = start + min(HORIZON, FOREVER - start)
        return next(self._between(min(start + _ONE_DAY, end), end), None) if start < FOREVER else None

    def before(self, day: date) -> date | None:
        """The last of its days earlier than `day`, or None where there is none within 400 years."""
        start = require_day(day)
        back = min(HORIZON, start - BEGINNING).days
        days = (start - timedelta(days=n) for n in range(1, back + 1))
        return next(filter(self.includes, days), None)

    def first(self, count: int, period: Period) -> tuple[date, ...]:
        """The first `count` of its days within `period`; as `days` otherwise."""
        return tuple(islice(self.days(period), count))

    def _between(self, start: date, end: date) -> Iterator[date]:
        days = (start + timedelta(days=n) for n in range((end - start).days))
        return filter(self.includes, days)

    def __or__(self, other: TemporalExpression) -> UnionExpression:
        return UnionExpression((*_parts(self, UnionExpression), *_parts(other, UnionExpression)))

    def __and__(self, other: TemporalExpression) -> IntersectionExpression:
        kind = IntersectionExpression
        return kind((*_parts(self, kind), *_parts(other, kind)))

    def __sub__(self, other: TemporalExpression) -> DifferenceExpression:
        return DifferenceExpression(self, other)


def _parts(
    expression: TemporalExpression, kind: type[UnionExpression | IntersectionExpression]
) -> tuple[TemporalExpression, ...]:
    return expression.parts if isinstance(expression, kind) else (expression,)


@dataclass(frozen=True, slots=True)
class UnionExpression(TemporalExpression):
    """
    The days of any of its parts.

    Errors: `ConstraintViolation` (`temporal-expression.parts`) where there is no part.
    Source: Recurring Events for Calendars, Set Expression.
    """

    parts: tuple[TemporalExpression, ...]

    def __post_init__(self) -> None:
        _require_parts(self, self.parts)

    def includes(self, day: date) -> bool:
        """Whether `day` is a day of any part."""
        return any(part.includes(day) for part in self.parts)

    def __str__(self) -> str:
        return " or ".join(_bracketed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class IntersectionExpression(TemporalExpression):
    """
    The days that all of its parts have.

    Errors: `ConstraintViolation` (`temporal-expression.parts`) where there is no part.
    Source: Recurring Events for Calendars, Set Expression.
    """

    parts: tuple[TemporalExpression, ...]

    def __post_init__(self) -> None:
        _require_parts(self, self.parts)

    def includes(self, day: date) -> bool:
        """Whether `day` is a day of every part."""
        return all(part.includes(day) for part in self.parts)

    def __str__(self) -> str:
        return " and ".join(_bracketed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class DifferenceExpression(TemporalExpression):
    """
    The days of one temporal expression that are not days of another.

    Source: Recurring Events for Calendars, Set Expression.
    """

    included: TemporalExpression
    excluded: TemporalExpression

    def __post_init__(self) -> None:
        _require_parts(self, (self.included, self.excluded))

    def includes(self, day: date) -> bool:
        """Whether `day` is included, and not excluded."""
        return self.included.includes(day) and not self.excluded.includes(day)

    def __str__(self) -> str:
        return f"{_bracketed(self.included)} except {_bracketed(self.excluded)}"


def _require_parts(expression: TemporalExpression, parts: tuple[TemporalExpression, ...]) -> None:
    for part in parts:
        if not isinstance(part, TemporalExpression):
            raise AnalysisPatternsError(f"{part!r} is no temporal expression to combine with others")
    if not parts:
        raise PARTS.violation(
            found=f"{type(expression).__name__} of nothing",
            allowed="one temporal expression or more",
            remedy="Name its parts; for no days at all, say Dates(frozenset()).",
        )


def _bracketed(part: TemporalExpression) -> str:
    is_set = isinstance(part, UnionExpression | IntersectionExpression | DifferenceExpression)
    return f"({part})" if is_set else str(part)
