"""Temporal expressions of the calendar: days of the week, of the month, of a season, or by name (8.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from ..constraint import rule
from ..time.period import ALWAYS, Period, require_day
from .expression import TemporalExpression

OCCURRENCE = rule(
    "day-in-month.occurrence",
    pattern="8.1",
    says="A weekday is the first to fifth of its month, counted from the start, or from the end below zero.",
)
WEEKDAY = rule(
    "day-of-week.weekday",
    pattern="8.1",
    says="A day of the week is one of the seven.",
)
DAY_OF_MONTH = rule(
    "day-of-month.day",
    pattern="8.1",
    says="A day of the month is 1 to 31, or -1 to -31 counted from the month's end.",
)
YEAR_DAYS = rule(
    "range-each-year.days",
    pattern="8.1",
    says="A range each year runs between two days that the calendar has, 29 February among them.",
)

_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_LEAP_YEAR = 2000


class Weekday(Enum):
    """The days of the week, by the codes that iCalendar gives them."""

    MONDAY = "MO"
    TUESDAY = "TU"
    WEDNESDAY = "WE"
    THURSDAY = "TH"
    FRIDAY = "FR"
    SATURDAY = "SA"
    SUNDAY = "SU"

    @property
    def number(self) -> int:
        """0 for Monday to 6 for Sunday, as `date.weekday()` counts."""
        return _NUMBERS[self]

    @classmethod
    def of(cls, day: date) -> Weekday:
        """The weekday of `day`."""
        return _WEEKDAYS[require_day(day).weekday()]

    def __str__(self) -> str:
        return self.name.capitalize()


_WEEKDAYS = tuple(Weekday)
_NUMBERS = {weekday: number for number, weekday in enumerate(_WEEKDAYS)}


@dataclass(frozen=True, slots=True)
class DayOfWeek(TemporalExpression):
    """
    Every such weekday.

    Errors: `ConstraintViolation` (`day-of-week.weekday`) for what is no `Weekday`.
    """

    weekday: Weekday

    def __post_init__(self) -> None:
        require_weekday(self.weekday)

    def includes(self, day: date) -> bool:
        """Whether `day` is such a weekday."""
        return Weekday.of(day) is self.weekday

    def __str__(self) -> str:
        return f"every {self.weekday}"


@dataclass(frozen=True, slots=True)
class DayInMonth(TemporalExpression):
    """
    One weekday of each month: the first Monday, the last Friday.

    Units:  `occurrence` 1 to 5 counts from the start of the month, -1 to -5 from its end.
    Errors: `ConstraintViolation`: `day-in-month.occurrence` for any other number, `day-of-week.weekday`.
    Source: Recurring Events for Calendars, Day Every Month.

    >>> print(DayInMonth(Weekday.MONDAY, 1), "-", DayInMonth(Weekday.FRIDAY, -1))
    the first Monday of each month - the last Friday of each month
    """

    weekday: Weekday
    occurrence: int

    def __post_init__(self) -> None:
        require_weekday(self.weekday)
        if not is_whole(self.occurrence) or abs(self.occurrence) not in _ORDINALS:
            raise OCCURRENCE.violation(
                found=f"occurrence {self.occurrence}",
                allowed="1 to 5, or -1 to -5",
                remedy="Say 1 for the first of the month, -1 for its last.",
            )

    def includes(self, day: date) -> bool:
        """Whether `day` is that weekday of its month."""
        if Weekday.of(day) is not self.weekday:
            return False
        if self.occurrence > 0:
            return (day.day - 1) // 7 == self.occurrence - 1
        return (days_in_month(day.year, day.month) - day.day) // 7 == -self.occurrence - 1

    def __str__(self) -> str:
        return f"the {_ordinal(self.occurrence)} {self.weekday} of each month"


@dataclass(frozen=True, slots=True)
class DayOfMonth(TemporalExpression):
    """
    One day of each month, by its number.

    Units:  1 to 31, or -1 to -31 from the end; a month without that day has none.
    Errors: `ConstraintViolation` (`day-of-month.day`) for any other number.
    """

    number: int

    def __post_init__(self) -> None:
        if not is_whole(self.number) or not 1 <= abs(self.number) <= 31:
            raise DAY_OF_MONTH.violation(
                found=f"day {self.number}",
                allowed="1 to 31, or -1 to -31",
                remedy="Say -1 for the last day of the month.",
            )

    def includes(self, day: date) -> bool:
        """Whether `day` has that number in its month."""
        if self.number > 0:
            return require_day(day).day == self.number
        return require_day(day).day - days_in_month(day.year, day.month) - 1 == self.number

    def __str__(self) -> str:
        return f"day {self.number} of each month"


@dataclass(frozen=True, slots=True, order=True)
class DayOfYear:
    """
    A day that each year has: a month and a day in it.

    Errors: `ConstraintViolation` (`range-each-year.days`) where no year has it.
    """

    month: int
    day: int

    def __post_init__(self) -> None:
        is_day = is_whole(self.month) and is_whole(self.day) and 1 <= self.month <= 12
        if not (is_day and 1 <= self.day <= days_in_month(_LEAP_YEAR, self.month)):
            raise YEAR_DAYS.violation(
                found=f"day {self.day} of month {self.month}",
                allowed="a day that the calendar has",
                remedy="Give the month, 1 to 12, and a day in it.",
            )

    def __str__(self) -> str:
        return f"{self.day} {date(_LEAP_YEAR, self.month, self.day):%B}"


@dataclass(frozen=True, slots=True)
class RangeEachYear(TemporalExpression):
    """
    A season: the days from one to another, each year.

    Units:  both days included; where the first comes later in the year, the season runs over new year.
    Source: Recurring Events for Calendars, Range Every Year.

    >>> winter = RangeEachYear(DayOfYear(11, 15), DayOfYear(2, 29))
    >>> winter.includes(date(1997, 1, 1)), winter.includes(date(1997, 3, 1))
    (True, False)
    """

    start: DayOfYear
    end: DayOfYear

    @classmethod
    def of_months(cls, first: int, last: int) -> RangeEachYear:
        """
        Give the season of whole months, from the first to the last.

        Errors: `ConstraintViolation` (`range-each-year.days`) for what is no month.
        """
        start = DayOfYear(first, 1)
        return cls(start, DayOfYear(last, days_in_month(_LEAP_YEAR, last) if 1 <= last <= 12 else 0))

    def includes(self, day: date) -> bool:
        """Whether `day` lies in the season."""
        asked = DayOfYear(require_day(day).month, day.day)
        if self.start <= self.end:
            return self.start <= asked <= self.end
        return asked >= self.start or asked <= self.end

    def __str__(self) -> str:
        return f"{self.start} to {self.end}"


@dataclass(frozen=True, slots=True)
class During(TemporalExpression):
    """Every day of one period."""

    period: Period = ALWAYS

    def includes(self, day: date) -> bool:
        """Whether `day` lies in the period."""
        return self.period.includes(day)

    def __str__(self) -> str:
        return f"from {self.period}"


@dataclass(frozen=True, slots=True)
class Dates(TemporalExpression):
    """
    Days named one by one, such as a state's holidays.

    Errors: `ConstraintViolation` (`period.days`) where one of them is no plain date.
    """

    dates: frozenset[date]

    def __post_init__(self) -> None:
        for day in self.dates:
            require_day(day)

    @classmethod
    def of(cls, days: Iterable[date]) -> Dates:
        """Make it of any collection of days."""
        return cls(frozenset(days))

    def includes(self, day: date) -> bool:
        """Whether `day` is among them."""
        return require_day(day) in self.dates

    def __str__(self) -> str:
        return "on " + (", ".join(map(str, sorted(self.dates))) or "no day")


def is_whole(number: object) -> bool:
    """Whether `number` is a whole number, which 1.5 and True are not."""
    return isinstance(number, int) and not isinstance(number, bool)


def require_weekday(weekday: object) -> None:
    """
    Pass where `weekday` is a `Weekday`.

    Errors: `ConstraintViolation` (`day-of-week.weekday`) where it is not.
    """
    # Anything else would be equal to no day, and so recur never.
    if not isinstance(weekday, Weekday):
        raise WEEKDAY.violation(
            found=f"{weekday!r}",
            allowed=", ".join(f"Weekday.{each.name}" for each in Weekday),
            remedy="Say Weekday.MONDAY, or Weekday('MO') for what iCalendar writes.",
        )


def days_in_month(year: int, month: int) -> int:
    """How many days a month has."""
    if month == 12:
        return 31
    return (date(year, month + 1, 1) - timedelta(days=1)).day


def _ordinal(occurrence: int) -> str:
    if occurrence > 0:
        return _ORDINALS[occurrence]
    return "last" if occurrence == -1 else f"{_ORDINALS[-occurrence]} last"
