"""A temporal expression taken apart into what rules of iCalendar can say: conditions that hold together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from typing import TypeVar

from ..constraint import ConstraintViolation, rule
from ..time.instant import BEGINNING, FOREVER
from .calendar_day import (
    Dates,
    DayInMonth,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    During,
    RangeEachYear,
    Weekday,
    days_in_month,
)
from .expression import DifferenceExpression, IntersectionExpression, TemporalExpression, UnionExpression
from .recurrence import Frequency, Recurrence, WeekdayOccurrence

EXPRESSIBLE = rule(
    "icalendar.expressible",
    pattern="8.1",
    says="What is written as an iCalendar recurrence has such a form, so that nothing of it is lost.",
)

MOST_RULES = 200
"""How many rules a recurrence may be written with."""

_LEAP_YEAR = 2000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Written:
    """What an iCalendar recurrence says: its start, its rules and its dates, and those it leaves out."""

    start: date
    rules: tuple[str, ...]
    dates: frozenset[date]
    excluded_rules: tuple[str, ...]
    excluded_dates: frozenset[date]


@dataclass(frozen=True, slots=True)
class Conjunction:
    """
    Conditions on a day that hold together.

    Shape:  None where there is no condition of that sort.
    """

    months: frozenset[int] | None = None
    month_days: frozenset[int] | None = None
    weekdays: frozenset[Weekday] | None = None
    numbered: frozenset[tuple[Weekday, int]] | None = None
    start: date = BEGINNING
    end: date = FOREVER
    dates: frozenset[date] | None = None
    recurrence: Recurrence | None = None
    means: tuple[TemporalExpression, ...] = ()


@dataclass(frozen=True, slots=True)
class _Parts:
    included: tuple[Conjunction, ...]
    excluded: tuple[Conjunction, ...] = ()


def written(expression: TemporalExpression, start: date) -> Written:
    """
    What iCalendar says instead of `expression`, from `start` on.

    Errors: `ConstraintViolation` (`icalendar.expressible`).
    """
    parts = _taken_apart(expression)
    begins = _begins(expression, parts, start)
    rules = [each for each in parts.included if each.dates is None]
    excluded = [each for each in parts.excluded if each.dates is None]
    return Written(
        begins,
        tuple(dict.fromkeys(_rule(each, begins) for each in rules)),
        frozenset(day for day in _dates(parts.included) if day >= begins),
        tuple(dict.fromkeys(_rule(each, begins) for each in excluded)),
        frozenset(day for day in _dates(parts.excluded) if day >= begins),
    )


def _begins(expression: TemporalExpression, parts: _Parts, start: date) -> date:
    said = (*parts.included, *parts.excluded)
    anchors = {each.recurrence.start for each in said if each.recurrence is not None}
    if len(anchors) > 1:
        days = " and ".join(map(str, sorted(anchors)))
        raise inexpressible(expression, f"recurrences from {days}", "one start for all of them")
    if anchors:
        (anchor,) = anchors
        if anchor < start:
            raise inexpressible(expression, f"a recurrence from {anchor}, written from {start}", "its start")
        return anchor
    # What no rule is left of has no day, however far one looks.
    first = start if expression.includes(start) else None
    if first is None and parts.included:
        first = expression.after(start)
    if first is None:
        raise inexpressible(expression, f"no day from {start} on", "an expression that has a day")
    return first


def _dates(parts: tuple[Conjunction, ...]) -> frozenset[date]:
    return frozenset(day for each in parts if each.dates is not None for day in each.dates)


def _taken_apart(expression: TemporalExpression) -> _Parts:
    if isinstance(expression, UnionExpression):
        parts = [_taken_apart(part) for part in expression.parts]
        if any(part.excluded for part in parts):
            raise inexpressible(
                expression, "a difference within a union", "exceptions from the whole set only"
            )
        return _limited(expression, tuple(each for part in parts for each in part.included))
    if isinstance(expression, IntersectionExpression):
        parts = [_taken_apart(part) for part in expression.parts]
        met = [_together(expression, each) for each in product(*(part.included for part in parts))]
        excluded = tuple(each for part in parts for each in part.excluded)
        return _limited(expression, tuple(each for each in met if each is not None), excluded)
    if isinstance(expression, DifferenceExpression):
        kept, left_out = _taken_apart(expression.included), _taken_apart(expression.excluded)
        if left_out.excluded:
            raise inexpressible(expression, "an exception from an exception", "exceptions without any")
        return _Parts(kept.included, (*kept.excluded, *left_out.included))
    return _Parts(tuple(_atoms(expression)))


def _limited(
    expression: TemporalExpression, included: tuple[Conjunction, ...], excluded: tuple[Conjunction, ...] = ()
) -> _Parts:
    if len(included) > MOST_RULES:
        raise inexpressible(expression, f"{len(included)} rules", f"at most {MOST_RULES}")
    return _Parts(included, excluded)


def _atoms(expression: TemporalExpression) -> list[Conjunction]:
    if isinstance(expression, RangeEachYear):
        return [replace(each, means=(expression,)) for each in _season(expression)]
    condition = _condition(expression)
    if condition is None:
        raise inexpressible(expression, type(expression).__name__, "the expressions of this library")
    return [replace(condition, means=(expression,))]


def _condition(expression: TemporalExpression) -> Conjunction | None:
    match expression:
        case DayOfWeek(weekday):
            said = Conjunction(weekdays=frozenset({weekday}))
        case DayInMonth(weekday, occurrence):
            said = Conjunction(numbered=frozenset({(weekday, occurrence)}))
        case DayOfMonth(number):
            said = Conjunction(month_days=frozenset({number}))
        case During(period):
            said = Conjunction(start=period.start, end=period.end)
        case Dates(dates):
            said = Conjunction(dates=dates)
        case Recurrence():
            said = Conjunction(recurrence=expression)
        case _:
            return None
    return said


def _season(season: RangeEachYear) -> list[Conjunction]:
    if season.start > season.end:
        turn = (RangeEachYear(season.start, DayOfYear(12, 31)), RangeEachYear(DayOfYear(1, 1), season.end))
        return [each for part in turn for each in _season(part)]
    whole: set[int] = set()
    found: list[Conjunction] = []
    for month in range(season.start.month, season.end.month + 1):
        length = days_in_month(_LEAP_YEAR, month)
        first = season.start.day if month == season.start.month else 1
        last = season.end.day if month == season.end.month else length
        if (first, last) == (1, length):
            whole.add(month)
        else:
            days = frozenset(range(first, last + 1))
            found.append(Conjunction(months=frozenset({month}), month_days=days))
    return [*found, Conjunction(months=frozenset(whole))] if whole else found


def _together(expression: TemporalExpression, parts: tuple[Conjunction, ...]) -> Conjunction | None:
    """All conditions of `parts` in one, or None where no day can meet them."""
    means = tuple(each for part in parts for each in part.means)
    dated = [part.dates for part in parts if part.dates is not None]
    if dated:
        kept = {day for day in frozenset.intersection(*dated) if all(each.includes(day) for each in means)}
        return Conjunction(dates=frozenset(kept), means=means) if kept else None
    if any(part.recurrence is not None for part in parts):
        raise inexpressible(expression, "a recurrence with further conditions", "a recurrence by itself")
    start, end = max(part.start for part in parts), min(part.end for part in parts)
    months = _met(part.months for part in parts)
    weekdays = _met(part.weekdays for part in parts)
    numbered = _numbered(expression, [part.numbered for part in parts if part.numbered is not None])
    if numbered is not None and weekdays is not None:
        numbered = frozenset(each for each in numbered if each[0] in weekdays)
    month_days = _month_days(expression, [part.month_days for part in parts if part.month_days is not None])
    met = (months, weekdays, numbered, month_days)
    if start >= end or any(each is not None and not each for each in met):
        return None
    return Conjunction(months, month_days, weekdays, numbered, start, end, means=means)


def _met(conditions: Iterable[frozenset[T] | None]) -> frozenset[T] | None:
    """What all conditions allow, or None where there is none."""
    given = [each for each in conditions if each is not None]
    return frozenset.intersection(*given) if given else None


def _numbered(
    expression: TemporalExpression, found: list[frozenset[tuple[Weekday, int]]]
) -> frozenset[tuple[Weekday, int]] | None:
    if not found:
        return None
    occurrences = {occurrence for each in found for _, occurrence in each}
    if len({occurrence > 0 for occurrence in occurrences}) > 1:
        counted = "a weekday that is counted from the start and from the end of the month"
        raise inexpressible(expression, counted, "either of them")
    return frozenset.intersection(*found)


def _month_days(expression: TemporalExpression, found: list[frozenset[int]]) -> frozenset[int] | None:
    if not found:
        return None
    if len({day > 0 for each in found for day in each}) > 1:
        counted = "a day that is counted from the start and from the end of the month"
        raise inexpressible(expression, counted, "either of them")
    return frozenset.intersection(*found)


def _rule(part: Conjunction, start: date) -> str:
    """The text of one rule."""
    if part.recurrence is not None:
        return part.recurrence.rule_text()
    if part.start > start:
        raise inexpressible(
            part.means[0], f"a part that begins on {part.start} in a set that begins on {start}", "one start"
        )
    weekdays = part.numbered if part.numbered is not None else {(each, 0) for each in part.weekdays or ()}
    frequency = Frequency.DAILY
    if part.numbered is not None or (part.month_days is not None and not weekdays):
        frequency = Frequency.MONTHLY
    elif weekdays and part.month_days is None:
        frequency = Frequency.WEEKLY
    return Recurrence(
        frequency,
        start,
        until=None if part.end == FOREVER else part.end - timedelta(days=1),
        months=tuple(sorted(part.months or ())),
        month_days=tuple(sorted(part.month_days or ())),
        weekdays=tuple(
            WeekdayOccurrence(weekday.value, occurrence)
            for weekday, occurrence in sorted(weekdays, key=lambda each: (each[0].number, each[1]))
        ),
    ).rule_text()


def inexpressible(expression: TemporalExpression, found: str, allowed: str) -> ConstraintViolation:
    """The error that says what of `expression` iCalendar has no form for."""
    return EXPRESSIBLE.violation(
        expression,
        found=f"{found}, in {str(expression)[:200]}",
        allowed=allowed,
        remedy="Say it otherwise, or hand out its days: Dates.of(expression.days(period)).",
    )
