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
from .network import Dependency, DependencyKind, Times, network_times
from .recurrence import Frequency, Recurrence, WeekdayOccurrence
from .resource_schedule import Activity, Cause, Resource, ResourceSchedule, Wait, scheduled
from .schedule import Schedule, ScheduleElement
from .working_calendar import WorkingCalendar, WorkingTime

__all__ = [
    "Activity",
    "Cause",
    "Dates",
    "DayInMonth",
    "DayOfMonth",
    "DayOfWeek",
    "DayOfYear",
    "Dependency",
    "DependencyKind",
    "DifferenceExpression",
    "During",
    "Frequency",
    "IntersectionExpression",
    "RangeEachYear",
    "Recurrence",
    "Resource",
    "ResourceSchedule",
    "Schedule",
    "ScheduleElement",
    "TemporalExpression",
    "Times",
    "UnionExpression",
    "Wait",
    "Weekday",
    "WeekdayOccurrence",
    "WorkingCalendar",
    "WorkingTime",
    "as_rruleset",
    "from_icalendar",
    "network_times",
    "scheduled",
    "to_icalendar",
]
