"""Working calendars: on which days and between which hours work goes on, and how long it then takes (8.6)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ..constraint import ConstraintViolation, rule
from ..time.instant import FOREVER, require_aware
from .calendar_day import Dates
from .expression import TemporalExpression

WORKS = rule(
    "working-calendar.works",
    pattern="8.6",
    says="A working calendar has a working day in every ten years, and its hours open before they close.",
)

_LONGEST_PAUSE = 3_653
_SECOND = timedelta(seconds=1)
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """
    When work goes on: on all days but the free ones, from the hour that it opens until it closes.

    Units:  hours of the clock in `zone`, to the second; `closes` None is midnight, the end of the day.
    Errors: `ConstraintViolation` (`working-calendar.works`) where it would close before it opens.
    """

    free: TemporalExpression = Dates(frozenset())  # noqa: RUF009 - a value, and immutable
    opens: time = time(0)
    closes: time | None = None
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        if self.closes is not None and self.closes <= self.opens:
            raise WORKS.violation(
                self,
                found=f"hours from {self.opens} to {self.closes}",
                allowed="hours that open before they close",
                remedy="Give the hours of one day; what goes on over midnight closes at None.",
            )

    def from_(self, origin: datetime) -> WorkingTime:
        """
        Count time from an instant on.

        Errors: `ConstraintViolation` (`time.aware`) for a naive datetime.
        """
        return WorkingTime(self, require_aware(origin))

    def hours_on(self, day: date) -> tuple[datetime, datetime]:
        """When work opens and closes on a working day, as instants in UTC."""
        opens = datetime.combine(day, self.opens, self.zone).astimezone(UTC)
        if self.closes is not None:
            return opens, datetime.combine(day, self.closes, self.zone).astimezone(UTC)
        midnight = datetime.combine(day + timedelta(days=1), time(0), self.zone)
        return opens, midnight.astimezone(UTC)


class WorkingTime:
    """
    The hours of a working calendar as seconds from an instant: where work can go on, and how long it takes.

    Units:  whole seconds from the origin; nothing goes on before it.
    Errors: `ConstraintViolation` (`working-calendar.works`) where ten years have no working day.
    """

    def __init__(self, calendar: WorkingCalendar, origin: datetime) -> None:
        self._calendar = calendar
        self._origin = origin.astimezone(UTC)
        self._next_day = origin.astimezone(calendar.zone).date()
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._worked: list[int] = []  # how much was worked before each opening

    def open_at(self, moment: int) -> int:
        """The first second from `moment` on in which work can go on."""
        self._reach(moment)
        n = bisect_right(self._closes, moment)
        return max(moment, self._opens[n])

    def finish(self, start: int, duration: int) -> int:
        """When work of so many seconds is done that starts at `start`, resting when work rests."""
        return self._after(self._worked_until(start) + duration) if duration else start

    def start_for(self, finish: int, duration: int) -> int:
        """The first start from which work of so many seconds is not done before `finish`."""
        if not duration:
            return self.open_at(finish)
        worked = max(0, self._worked_until(finish) - duration)
        start = self._open_after(worked)
        return start if self.finish(start, duration) >= finish else self._open_after(worked + 1)

    def _worked_until(self, moment: int) -> int:
        self._reach(moment)
        n = bisect_right(self._opens, moment) - 1
        if n < 0:
            return 0
        return self._worked[n] + min(moment, self._closes[n]) - self._opens[n]

    def _after(self, worked: int) -> int:
        """The first moment by which so much was worked, more than nothing."""
        while not self._worked or self._worked[-1] + self._closes[-1] - self._opens[-1] < worked:
            self._extend()
        n = bisect_right(self._worked, worked - 1) - 1
        return self._opens[n] + worked - self._worked[n]

    def _open_after(self, worked: int) -> int:
        """The first moment at which so much was worked, and work goes on."""
        return self._after(worked + 1) - 1

    def _reach(self, moment: int) -> None:
        while not self._closes or self._closes[-1] <= moment:
            self._extend()

    def _extend(self) -> None:
        """Add the next working day that is not over before the origin."""
        pause = 0
        while True:
            if pause > _LONGEST_PAUSE or self._next_day >= FOREVER - timedelta(days=1):
                raise self._never_works()
            day, pause = self._next_day, pause + 1
            self._next_day += timedelta(days=1)
            if self._calendar.free.includes(day):
                continue
            opens, closes = ((each - self._origin) // _SECOND for each in self._calendar.hours_on(day))
            if closes > max(opens, 0):
                break
        worked = self._worked[-1] + self._closes[-1] - self._opens[-1] if self._worked else 0
        self._opens.append(max(opens, 0))
        self._closes.append(closes)
        self._worked.append(worked)

    def _never_works(self) -> ConstraintViolation:
        return WORKS.violation(
            self._calendar,
            found=f"no working day in the ten years before {self._next_day}",
            allowed="a working day in every ten years",
            remedy="Leave some day out of the free ones, or plan less.",
        )
