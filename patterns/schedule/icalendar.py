"""Temporal expressions as iCalendar writes recurrences: RRULE, RDATE, EXRULE and EXDATE, and back (8.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from ..constraint import ConstraintViolation, rule
from ..time.period import require_day
from ._conjunction import Written, written
from .calendar_day import Dates, Weekday
from .expression import DifferenceExpression, TemporalExpression, UnionExpression
from .recurrence import Frequency, Recurrence, WeekdayOccurrence

if TYPE_CHECKING:
    from dateutil.rrule import rruleset

READABLE = rule(
    "icalendar.readable",
    pattern="8.1",
    says="A recurrence is read from DTSTART, RRULE, RDATE, EXRULE and EXDATE in whole days, each part once.",
)

LONGEST = 20_000
"""How many characters of a recurrence are read."""

_LINE = re.compile(r"(DTSTART|RRULE|RDATE|EXRULE|EXDATE)(;VALUE=DATE)?:(\S+)")
_TIMED = re.compile(
    r"[0-9]T[0-9]|;TZID=|;VALUE=(DATE-TIME|PERIOD)|BY(HOUR|MINUTE|SECOND)=|FREQ=(HOURLY|MINUTELY|SECONDLY)"
)
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}")
_WEEKDAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_LISTS = {
    "BYMONTH": "months",
    "BYMONTHDAY": "month_days",
    "BYYEARDAY": "year_days",
    "BYWEEKNO": "week_numbers",
    "BYSETPOS": "positions",
}


def to_icalendar(expression: TemporalExpression, start: date) -> str:
    """
    Write a temporal expression as the lines of an iCalendar recurrence.

    Shape:  DTSTART, which is the first of its days from `start` on, then the rules and dates of the set.
    Errors: `ConstraintViolation`: `icalendar.expressible` with what has no such form, or where it has no
            day from `start` on.
    Source: RFC 5545, 3.8.5; EXRULE is that of RFC 2445, which calendars still read.

    >>> from .calendar_day import DayInMonth, Weekday
    >>> print(to_icalendar(DayInMonth(Weekday.MONDAY, 1), date(1997, 4, 1)))
    DTSTART;VALUE=DATE:19970407
    RRULE:FREQ=MONTHLY;BYDAY=1MO
    """
    return _text(written(expression, require_day(start)))


def from_icalendar(text: str) -> TemporalExpression:
    """
    Read the lines of an iCalendar recurrence.

    Shape:  a `Recurrence` for each RRULE and EXRULE, `Dates` for RDATE and EXDATE, put together.
    Errors: `ConstraintViolation`: `icalendar.readable` for text that is none or is not about whole days,
            `recurrence.limits` and `recurrence.ends-once` for a rule out of its bounds.
    Source: RFC 5545, 3.8.5. Days recur here, as in the book; a time of day, a time zone, and what recurs
            more often than daily are refused rather than dropped.
    """
    lines = _lines(text)
    starts = [value for name, value in lines if name == "DTSTART"]
    if len(starts) != 1:
        raise _unreadable(f"{len(starts)} lines DTSTART", "one")
    start = _day(starts[0])
    included = list(_expressions(lines, start, "RRULE", "RDATE"))
    excluded = list(_expressions(lines, start, "EXRULE", "EXDATE"))
    whole = _either(included) if included else Dates.of([start])
    return DifferenceExpression(whole, _either(excluded)) if excluded else whole


def as_rruleset(expression: TemporalExpression, start: date) -> rruleset:
    """
    Give the same days as python-dateutil's own set of rules, at midnight without a zone.

    Errors: as `to_icalendar`.
    """
    # Whoever only keeps schedules need not wait for it.
    from dateutil.rrule import rrulestr  # noqa: PLC0415

    # It reads RDATE without a type only.
    text = to_icalendar(expression, start).replace("RDATE;VALUE=DATE:", "RDATE:")
    made: Any = rrulestr(text, forceset=True)
    return made  # type: ignore[no-any-return]


def _text(said: Written) -> str:
    lines = [f"DTSTART;VALUE=DATE:{said.start:%Y%m%d}"]
    lines += [f"RRULE:{each}" for each in said.rules]
    lines += [f"EXRULE:{each}" for each in said.excluded_rules]
    for name, days in (("RDATE", said.dates), ("EXDATE", said.excluded_dates)):
        if days:
            lines.append(f"{name};VALUE=DATE:{','.join(f'{day:%Y%m%d}' for day in sorted(days))}")
    return "\n".join(lines)


def _lines(text: str) -> list[tuple[str, str]]:
    if len(text) > LONGEST:
        raise _unreadable(f"{len(text)} characters", f"at most {LONGEST}")
    found = []
    for line in text.split():
        if _TIMED.search(line) is not None:
            raise READABLE.violation(
                found=f"{line[:60]!r}, which says a time of day",
                allowed="days alone: DTSTART;VALUE=DATE:19970407, FREQ of DAILY, WEEKLY, MONTHLY or YEARLY",
                remedy="Leave the time out, and keep it with what takes place on those days.",
            )
        match = _LINE.fullmatch(line)
        if match is None:
            raise _unreadable(repr(line[:60]), "DTSTART, RRULE, RDATE, EXRULE or EXDATE of dates")
        found.append((match[1], match[3]))
    return found


def _expressions(
    lines: list[tuple[str, str]], start: date, rules: str, dates: str
) -> Iterator[TemporalExpression]:
    for name, value in lines:
        if name == rules:
            yield _recurrence(value, start)
    days = [_day(each) for name, value in lines if name == dates for each in value.split(",")]
    if days:
        yield Dates.of(days)


def _recurrence(text: str, start: date) -> Recurrence:
    said: dict[str, Any] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name in said:
            raise _unreadable(f"{name} twice", "each part once")
        said[name] = _part(name, value)
    if "FREQ" not in said:
        raise _unreadable(f"the rule {text[:60]!r}", "a rule with FREQ")
    fields = {_FIELDS[name]: value for name, value in said.items()}
    return Recurrence(start=start, **fields)


_FIELDS = {
    "FREQ": "frequency",
    "INTERVAL": "interval",
    "COUNT": "count",
    "UNTIL": "until",
    "WKST": "week_start",
    "BYDAY": "weekdays",
    **_LISTS,
}


def _part(name: str, value: str) -> object:
    readers: dict[str, Callable[[str], object]] = {
        "FREQ": lambda said: _choice(Frequency, said),
        "INTERVAL": _number,
        "COUNT": _number,
        "UNTIL": _day,
        "WKST": lambda said: _choice(Weekday, said),
        "BYDAY": lambda said: tuple(_weekday(each) for each in said.split(",")),
    }
    if name in _LISTS:
        return tuple(_number(each) for each in value.split(","))
    if name not in readers:
        raise _unreadable(f"the part {name[:60]!r}", ", ".join(sorted(_FIELDS)))
    return readers[name](value)


def _choice(kind: type[Frequency] | type[Weekday], said: str) -> Frequency | Weekday:
    for each in kind:
        if each.value == said:
            return each
    raise _unreadable(repr(said[:60]), ", ".join(each.value for each in kind))


def _number(said: str) -> int:
    if _NUMBER.fullmatch(said) is None:
        raise _unreadable(repr(said[:60]), "a whole number")
    return int(said)


def _weekday(said: str) -> WeekdayOccurrence:
    match = _WEEKDAY.fullmatch(said)
    if match is None:
        raise _unreadable(repr(said[:60]), "a weekday such as MO, 1MO or -1FR")
    if match[1] is not None and int(match[1]) == 0:
        raise _unreadable(repr(said), "a weekday that is counted from 1 or -1")
    return WeekdayOccurrence(match[2], int(match[1] or 0))


def _day(said: str) -> date:
    match = _DAY.fullmatch(said)
    try:
        return date(*map(int, match.groups()))  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        raise _unreadable(repr(said[:60]), "a day such as 19970407, without a time") from None


def _either(parts: list[TemporalExpression]) -> TemporalExpression:
    return parts[0] if len(parts) == 1 else UnionExpression(tuple(parts))


def _unreadable(found: str, allowed: str) -> ConstraintViolation:
    return READABLE.violation(
        found=found, allowed=allowed, remedy="Correct the text; nothing of it was read."
    )
