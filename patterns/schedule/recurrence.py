"""A recurrence: one rule of RFC 5545 with the day it starts on, as a temporal expression (8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from itertools import islice, takewhile

from ..constraint import ConstraintViolation, require, rule
from ..time.instant import FOREVER
from ..time.period import require_day
from .calendar_day import Weekday, days_in_month, is_whole
from .expression import HORIZON, TemporalExpression

LIMITS = rule(
    "recurrence.limits",
    pattern="8.1",
    says="Each part of a recurrence is in the range that RFC 5545 gives it, and it repeats within 400 years.",
)
ENDS_ONCE = rule(
    "recurrence.ends-once",
    pattern="8.1",
    says="A recurrence ends after a number of times or on a day, not both.",
)

MOST_TIMES = 10_000
"""How many times a counted recurrence may occur: it is counted from its start."""


class Frequency(Enum):
    """How often a recurrence comes round."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


_LONGEST_INTERVAL = {
    Frequency.DAILY: 146_097,
    Frequency.WEEKLY: 20_871,
    Frequency.MONTHLY: 4_800,
    Frequency.YEARLY: 400,
}

_CODES = frozenset(each.value for each in Weekday)
_MOST_DAYS = 366
_MOST_POSITIONS = {
    Frequency.DAILY: 1,
    Frequency.WEEKLY: 7,
    Frequency.MONTHLY: 31,
    Frequency.YEARLY: _MOST_DAYS,
}


@dataclass(frozen=True, slots=True, order=True)
class WeekdayOccurrence:
    """
    A weekday, perhaps only the nth of the month or year.

    Units:  `occurrence` 0 means each of them; below zero it counts from the end.
    """

    weekday: str
    occurrence: int = 0

    def __str__(self) -> str:
        return f"{self.occurrence or ''}{self.weekday}"


@dataclass(frozen=True, slots=True)
class Recurrence(TemporalExpression):
    """
    A rule of iCalendar, from the day it starts on.

    Shape:  a frequency, an interval, at most one ending, and the BY parts of RFC 5545 that concern days.
    Units:  as in RFC 5545; `until` is the last day that it may occur on.
    Errors: `ConstraintViolation`: `recurrence.limits` for a part out of its range, `recurrence.ends-once`.
    Source: RFC 5545, 3.3.10; what it leaves open is read as python-dateutil does.
    """

    frequency: Frequency
    start: date
    interval: int = 1
    count: int | None = None
    until: date | None = None
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    week_numbers: tuple[int, ...] = ()
    weekdays: tuple[WeekdayOccurrence, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: Weekday = Weekday.MONDAY

    def __post_init__(self) -> None:
        require_day(self.start)
        if self.until is not None:
            require_day(self.until)
        require(_objections(self))

    def includes(self, day: date) -> bool:
        """Whether it occurs on `day`."""
        if require_day(day) < self.start or (self.until is not None and day > self.until):
            return False
        if self.count is not None:
            return day in _counted_days(self)
        return self._occurs(day)

    def _occurs(self, day: date) -> bool:
        """Whether it would occur on `day` if it never ended."""
        if self._round(day) % self.interval or not self._matches(day):
            return False
        if not self.positions:
            return True
        return day in _picked_days(self, self._first_around(day))

    def _round(self, day: date) -> int:
        """How many days, weeks, months or years after that of its start `day` lies."""
        if self.frequency is Frequency.DAILY:
            return (day - self.start).days
        if self.frequency is Frequency.WEEKLY:
            return (_week_of(day, self.week_start) - _week_of(self.start, self.week_start)) // 7
        if self.frequency is Frequency.MONTHLY:
            return (day.year - self.start.year) * 12 + day.month - self.start.month
        return day.year - self.start.year

    def _first_around(self, day: date) -> date:
        """The first day of the day, week, month or year that `day` lies in."""
        if self.frequency is Frequency.WEEKLY:
            # As python-dateutil has it, the first week begins with the start.
            return max(self.start, date.fromordinal(max(1, _week_of(day, self.week_start))))
        if self.frequency is Frequency.MONTHLY:
            return day.replace(day=1)
        return day.replace(month=1, day=1) if self.frequency is Frequency.YEARLY else day

    def _matches(self, day: date) -> bool:
        """Whether `day` obeys every BY part, and where there is none, what the start implies."""
        months, month_days, weekdays = self.months, self.month_days, self.weekdays
        if not (self.week_numbers or self.year_days or month_days or weekdays):
            if self.frequency is Frequency.YEARLY:
                months, month_days = months or (self.start.month,), (self.start.day,)
            elif self.frequency is Frequency.MONTHLY:
                month_days = (self.start.day,)
            elif self.frequency is Frequency.WEEKLY:
                weekdays = (WeekdayOccurrence(Weekday.of(self.start).value),)
        length = days_in_month(day.year, day.month)
        year_day, year_length = day.timetuple().tm_yday, date(day.year, 12, 31).timetuple().tm_yday
        return (
            (not months or day.month in months)
            and _counted_from_either_end(day.day, length, month_days)
            and _counted_from_either_end(year_day, year_length, self.year_days)
            and (not self.week_numbers or self._is_in_week(day))
            and (not weekdays or any(self._is_weekday(day, each) for each in weekdays))
        )

    def _is_in_week(self, day: date) -> bool:
        number, weeks = _week_number(day, self.week_start)
        return _counted_from_either_end(number, weeks, self.week_numbers)

    def _is_weekday(self, day: date, wanted: WeekdayOccurrence) -> bool:
        if Weekday.of(day).value != wanted.weekday:
            return False
        if not wanted.occurrence:
            return True
        if self.frequency is Frequency.YEARLY and not self.months:
            first, last = day.replace(month=1, day=1), day.replace(month=12, day=31)
        else:
            first = day.replace(day=1)
            last = day.replace(day=days_in_month(day.year, day.month))
        if wanted.occurrence > 0:
            return (day - first).days // 7 + 1 == wanted.occurrence
        return (last - day).days // 7 + 1 == -wanted.occurrence

    def __str__(self) -> str:
        return f"{self.rule_text()} from {self.start}"

    def rule_text(self) -> str:
        """The rule as RFC 5545 writes it, without its start."""
        parts = [f"FREQ={self.frequency.value}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        if self.week_start is not Weekday.MONDAY:
            parts.append(f"WKST={self.week_start.value}")
        listed = (
            ("BYMONTH", self.months), ("BYWEEKNO", self.week_numbers), ("BYYEARDAY", self.year_days),
            ("BYMONTHDAY", self.month_days), ("BYDAY", self.weekdays), ("BYSETPOS", self.positions),
        )  # fmt: skip
        parts += [f"{name}={','.join(map(str, values))}" for name, values in listed if values]
        return ";".join(parts)


def _counted_from_either_end(number: int, total: int, wanted: tuple[int, ...]) -> bool:
    """Whether `number` of 1 to `total` is wanted, or nothing in particular is."""
    return not wanted or number in wanted or number - total - 1 in wanted


def _week_of(day: date, week_start: Weekday) -> int:
    """The ordinal of the first day of the week that `day` lies in."""
    return day.toordinal() - (day.weekday() - week_start.number) % 7


def _week_number(day: date, week_start: Weekday) -> tuple[int, int]:
    """The number of a day's week in the year that has most of it, and how many weeks that year has."""
    week = _week_of(day, week_start)
    year = date.fromordinal(min(max(1, week + 3), FOREVER.toordinal())).year
    first = _week_of(date(year, 1, 4), week_start)
    is_long = first + 52 * 7 + 3 <= date(year, 12, 31).toordinal()
    return (week - first) // 7 + 1, 53 if is_long else 52


@lru_cache(maxsize=64)
def _picked_days(recurrence: Recurrence, first: date) -> frozenset[date]:
    """The days in the wanted positions, of those that match in the week, month or year that begins so."""
    left = min(_MOST_DAYS, (FOREVER - first).days + 1)
    around = (first + timedelta(days=n) for n in range(left))
    within = takewhile(lambda day: recurrence._round(day) == recurrence._round(first), around)
    matching = [day for day in within if recurrence._matches(day)]
    total = len(matching)
    return frozenset(day for n, day in enumerate(matching) if {n + 1, n - total} & set(recurrence.positions))


@lru_cache(maxsize=64)
def _counted_days(recurrence: Recurrence) -> frozenset[date]:
    """The days of a recurrence that ends after a number of times, and does so within 400 years."""
    start = recurrence.start
    days = (start + timedelta(days=n) for n in range(min(HORIZON, FOREVER - start).days + 1))
    return frozenset(islice(filter(recurrence._occurs, days), recurrence.count))


def _objections(recurrence: Recurrence) -> Iterator[ConstraintViolation]:
    strange = [each for each in recurrence.weekdays if each.weekday not in _CODES]
    if strange or not isinstance(recurrence.frequency, Frequency):
        yield LIMITS.violation(
            found=f"BYDAY={strange[0]}" if strange else f"FREQ={recurrence.frequency!r}",
            allowed=", ".join(sorted(_CODES) if strange else (str(each) for each in Frequency)),
            remedy="Correct it, or read the text with from_icalendar().",
        )
        return
    longest = _LONGEST_INTERVAL[recurrence.frequency]
    yield from _outside("INTERVAL", [recurrence.interval], longest, from_end=False)
    if recurrence.count is not None:
        yield from _outside("COUNT", [recurrence.count], MOST_TIMES, from_end=False)
        if recurrence.until is not None:
            yield ENDS_ONCE.violation(
                found=f"an end after {recurrence.count} times, and one on {recurrence.until}",
                allowed="one of them",
                remedy="Leave COUNT or UNTIL out.",
            )
    yield from _outside("BYMONTH", recurrence.months, 12, from_end=False)
    yield from _outside("BYMONTHDAY", recurrence.month_days, 31)
    yield from _outside("BYYEARDAY", recurrence.year_days, 366)
    yield from _outside("BYWEEKNO", recurrence.week_numbers, 53)
    yield from _outside("BYSETPOS", recurrence.positions, _MOST_POSITIONS[recurrence.frequency])
    yield from _misplaced(recurrence)


def _outside(
    part: str, numbers: Iterable[int], longest: int, *, from_end: bool = True
) -> Iterator[ConstraintViolation]:
    for number in numbers:
        if not is_whole(number) or not 1 <= (abs(number) if from_end else number) <= longest:
            yield LIMITS.violation(
                found=f"{part}={number}",
                allowed=f"1 to {longest}" + (f", or -1 to -{longest}" if from_end else ""),
                remedy="Correct the number, or say it with another frequency.",
            )


def _misplaced(recurrence: Recurrence) -> Iterator[ConstraintViolation]:
    """Parts that RFC 5545 does not allow beside the rule's frequency, or without others."""
    frequency, most = recurrence.frequency, 5
    if frequency is Frequency.YEARLY and not recurrence.months:
        most = 53
    numbered = [each for each in recurrence.weekdays if each.occurrence]
    yield from _outside("BYDAY", [each.occurrence for each in numbered], most)
    is_by_something = any(
        (recurrence.months, recurrence.month_days, recurrence.year_days, recurrence.week_numbers,
         recurrence.weekdays)
    )  # fmt: skip
    misplaced = (
        (numbered and frequency in {Frequency.DAILY, Frequency.WEEKLY}, "BYDAY with a number"),
        (numbered and recurrence.week_numbers, "BYDAY with a number beside BYWEEKNO"),
        (recurrence.week_numbers and frequency is not Frequency.YEARLY, "BYWEEKNO"),
        (recurrence.year_days and frequency is not Frequency.YEARLY, "BYYEARDAY"),
        (recurrence.month_days and frequency is Frequency.WEEKLY, "BYMONTHDAY"),
        (recurrence.positions and not is_by_something, "BYSETPOS without another BY part"),
    )
    for is_so, part in misplaced:
        if is_so:
            yield LIMITS.violation(
                found=f"{part} in a rule that is {frequency.value.lower()}",
                allowed="the parts that RFC 5545 allows there",
                remedy="Choose another frequency, or leave the part out.",
            )
