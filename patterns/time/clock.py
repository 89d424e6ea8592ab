"""Clocks: where now and today come from, so that an application, a test or a replay can decide (3.8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Protocol, runtime_checkable

from .instant import require_aware


@runtime_checkable
class Clock(Protocol):
    """Whatever tells the present instant, and the day it falls on where the application stands."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...

    def today(self) -> date:
        """The present day, in the clock's own zone."""
        ...


class SystemClock:
    """
    The computer's clock.

    Units:  instants in UTC, to the microsecond; days in `zone`.
    """

    __slots__ = ("zone",)

    def __init__(self, *, zone: tzinfo = UTC) -> None:
        self.zone = zone

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The present day in this clock's zone."""
        return self.now().astimezone(self.zone).date()

    def __repr__(self) -> str:
        return f"SystemClock(zone={self.zone})"


class FixedClock:
    """
    A clock that stands still until it is set, for tests and replays.

    Units:  instants in UTC, to the microsecond; days in `zone`.
    Errors: `ConstraintViolation` (`time.aware`) for a naive datetime; the clock keeps its time.

    >>> clock = FixedClock(datetime(1997, 5, 1, 23, 30, tzinfo=UTC))
    >>> clock.advance(timedelta(hours=1))
    >>> clock.today()
    datetime.date(1997, 5, 2)
    """

    __slots__ = ("_now", "zone")

    def __init__(self, now: datetime, *, zone: tzinfo = UTC) -> None:
        self._now = require_aware(now).astimezone(UTC)
        self.zone = zone

    def now(self) -> datetime:
        """The instant this clock stands at, in UTC."""
        return self._now

    def today(self) -> date:
        """The day this clock stands at, in its zone."""
        return self._now.astimezone(self.zone).date()

    def set(self, now: datetime) -> None:
        """Move the clock to `now`, forwards or backwards."""
        self._now = require_aware(now).astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move the clock on by `by`."""
        self._now += by

    def __repr__(self) -> str:
        return f"FixedClock({self._now.isoformat()}, zone={self.zone})"
