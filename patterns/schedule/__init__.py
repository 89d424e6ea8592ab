"""When things recur, how a network of activities lies in time, and what resources make of it (chapter 8)."""

from .calendar_day import (
    Dates,
    DayInMonth,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    During,
    RangeEachYear,
    Weekday,
)
from .expression import DifferenceExpression, IntersectionExpression, TemporalExpression, UnionExpression
from .icalendar import as_rruleset, from_icalendar, to_icalendar
from .recurrence import Frequency, Recurrence, WeekdayOccurrence
from .schedule import Schedule, ScheduleElement

__all__ = [
    "Dates",
    "DayInMonth",
    "DayOfMonth",
    "DayOfWeek",
    "DayOfYear",
    "DifferenceExpression",
    "During",
    "Frequency",
    "IntersectionExpression",
    "RangeEachYear",
    "Recurrence",
    "Schedule",
    "ScheduleElement",
    "TemporalExpression",
    "UnionExpression",
    "Weekday",
    "WeekdayOccurrence",
    "as_rruleset",
    "from_icalendar",
    "to_icalendar",
]
