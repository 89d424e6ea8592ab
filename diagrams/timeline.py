"""The axis of time under bars: ticks at hours, days, weeks, months or years, as the span asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime, timedelta

_MOST_TICKS = 14


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the axis, what stands at it, and what stands above where that is new."""

    at: datetime
    label: str
    above: str


@dataclass(frozen=True, slots=True)
class Axis:
    """
    The time that a chart shows.

    Shape:  from its first tick to its last.
    """

    ticks: tuple[Tick, ...]

    def share(self, instant: datetime) -> float:
        """How far along an instant lies: 0 at the first tick, 1 at the last."""
        first, last = self.ticks[0].at, self.ticks[-1].at
        return (instant - first) / (last - first)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A distance between ticks: how to go back to one and on to the next, and how they are written."""

    hours: int = 0
    days: int = 0
    months: int = 0
    label: str = ""
    above: str = ""

    @property
    def about(self) -> timedelta:
        return timedelta(hours=self.hours, days=self.days + self.months * 30.4)

    def floor(self, instant: datetime) -> datetime:
        day = instant.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.hours:
            return day + timedelta(hours=instant.hour // self.hours * self.hours)
        if self.days:
            return day - timedelta(days=(day.toordinal() - 1) % self.days)  # day 1 was a Monday
        count = (day.year * 12 + day.month - 1) // self.months * self.months
        return day.replace(year=max(MINYEAR, count // 12), month=count % 12 + 1, day=1)

    def following(self, tick: datetime) -> datetime:
        if not self.months:
            return tick + timedelta(hours=self.hours, days=self.days)
        count = tick.year * 12 + tick.month - 1 + self.months
        return tick.replace(year=min(MAXYEAR, count // 12), month=count % 12 + 1)

    def written(self, tick: datetime) -> tuple[str, str]:
        write: Callable[[str], str] = tick.strftime
        return write(self.label).lstrip("0") if self.days else write(self.label), write(self.above).lstrip(
            "0"
        )


_UNITS = (
    *(_Unit(hours=hours, label="%H:%M", above="%d %B %Y") for hours in (1, 2, 3, 6)),
    *(_Unit(days=days, label="%d", above="%B %Y") for days in (1, 2)),
    *(_Unit(days=days, label="%d %b", above="%Y") for days in (7, 14)),
    *(_Unit(months=months, label="%b", above="%Y") for months in (1, 3)),
    *(_Unit(months=years * 12, label="%Y") for years in (1, 2, 5, 10, 20, 50, 100, 500, 1000)),
)


def axis(start: datetime, end: datetime) -> Axis:
    """
    The axis that shows everything from `start` to `end`.

    Shape:  at most so many ticks that their labels have room; the first at or before the start, the last at
            or after the end.
    """
    span = end - start
    unit = next((each for each in _UNITS if span / each.about <= _MOST_TICKS - 2), _UNITS[-1])
    return Axis(tuple(_ticks(unit, start, end)))


def _ticks(unit: _Unit, start: datetime, end: datetime) -> Iterator[Tick]:
    tick, said = unit.floor(start), ""
    last = False
    while not last:
        label, above = unit.written(tick)
        yield Tick(tick, label, above if above != said else "")
        said = above
        last = tick >= end and tick > start
        following = unit.following(tick)
        last = last or following == tick
        tick = following
