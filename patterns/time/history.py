"""Historic mapping: a value with its past, and with what was thought of its past at the time (15.3)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, datetime
from typing import Generic, TypeVar

from ..catalogue import attach
from ..constraint import rule
from .clock import Clock
from .instant import require_aware
from .period import Period
from .temporal import TemporalProperty

LEARNED = rule(
    "history.learned",
    pattern="15.3",
    says="What is learned is added after what was known; the past of our knowledge is not rewritten.",
)

V = TypeVar("V")


class History(Generic[V]):
    """
    A value that remembers what it was.

    Shape:  at most one value a day; `clock` says which day is meant where none is given.
    Errors: `ConstraintViolation`: `history.covered` where there is no value on the day asked about,
            `history.additive` and `history.overlap` where a change is refused; nothing changed then.
    Source: Analysis Patterns 15.3.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._held: TemporalProperty[V] = TemporalProperty()

    def get(self, as_of: date | None = None) -> V:
        """The value on the day `as_of`; today's where none is given."""
        return self._held.at(self._clock.today() if as_of is None else as_of)

    def set(self, value: V, start: date | None = None) -> None:
        """Let the value be `value` from `start` (today) until further notice: an additive update."""
        self._learn(self._held.appended(value, self._clock.today() if start is None else start))

    def insert(self, value: V, period: Period) -> None:
        """Let the value be `value` during `period`, whatever it was then: an insertion update."""
        self._learn(self._held.inserted(value, period))

    def clear(self, period: Period) -> None:
        """Let there be no value during `period`."""
        self._learn(self._held.cleared(period))

    def get_history(self) -> dict[Period, V]:
        """Every period and the value during it; changing the dictionary changes nothing here."""
        return self._held.as_dict()

    def set_history(self, values: Mapping[Period, V]) -> None:
        """Replace the whole history by `values`."""
        self._learn(TemporalProperty.of(values))

    def _learn(self, held: TemporalProperty[V]) -> None:
        self._held = held


class TwoDimensionalHistory(History[V]):
    """
    A history that also remembers what it said before: ask it as of a day, as known at an instant.

    Shape:  every change adds what is believed from the clock's present instant on; nothing is overwritten.
    Units:  the first dimension in days, the second in aware instants.
    Errors: as `History`; `history.learned` where the clock stands before the last change;
            `time.aware` for a naive instant.
    Source: Analysis Patterns 15.3.1. Of two changes at one instant the later one counts.

    >>> from datetime import UTC
    >>> from analysis_patterns.patterns.time.clock import FixedClock
    >>> clock = FixedClock(datetime(1997, 1, 1, tzinfo=UTC))
    >>> rate = TwoDimensionalHistory[int](clock=clock)
    >>> rate.set(100, date(1997, 1, 1))
    >>> clock.set(datetime(1997, 3, 15, tzinfo=UTC))
    >>> rate.set(110, date(1997, 2, 15))
    >>> rate.get(date(1997, 2, 25)), rate.get(date(1997, 2, 25), known_at=datetime(1997, 2, 25, tzinfo=UTC))
    (110, 100)
    """

    def __init__(self, *, clock: Clock) -> None:
        super().__init__(clock=clock)
        self._learned_at: list[datetime] = []
        self._beliefs: list[TemporalProperty[V]] = []

    def get(self, as_of: date | None = None, *, known_at: datetime | None = None) -> V:
        """The value on the day `as_of` (today), as it was known at the instant `known_at` (now)."""
        return self.known(known_at).at(self._clock.today() if as_of is None else as_of)

    def get_history(self, *, known_at: datetime | None = None) -> dict[Period, V]:
        """Every period and the value during it, as known at the instant `known_at` (now)."""
        return self.known(known_at).as_dict()

    def known(self, at: datetime | None = None) -> TemporalProperty[V]:
        """What was known at the instant `at` (now); the empty history before anything was."""
        instant = self._clock.now() if at is None else require_aware(at)
        n = bisect_right(self._learned_at, instant)
        return self._beliefs[n - 1] if n else TemporalProperty()

    def beliefs(self) -> list[tuple[datetime, TemporalProperty[V]]]:
        """Everything that was ever believed, each from its instant on, the oldest first."""
        return list(zip(self._learned_at, self._beliefs, strict=True))

    def _learn(self, held: TemporalProperty[V]) -> None:
        now = require_aware(self._clock.now())
        if self._learned_at and now < self._learned_at[-1]:
            raise LEARNED.violation(
                self,
                found=f"a change learned at {now}",
                allowed=f"an instant not before the last change, {self._learned_at[-1]}",
                remedy="Set the clock on; what was known at an earlier instant stays as it was.",
            )
        self._learned_at.append(now)
        self._beliefs.append(held)
        super()._learn(held)


attach(
    "15.3",
    types=(History, TwoDimensionalHistory, TemporalProperty),
    figure="analysis_patterns.patterns.time.temporal:TemporalProperty",
    when_not="A value whose past nobody asks for needs no history, and what merely has to be provable later "
    "is served by a log of changes. Entries and events have none: they happen once and never change. Rows "
    "that are corrected in a database keep their versions themselves, through `Versioned`.",
    example="""
>>> from datetime import UTC, date, datetime
>>> from analysis_patterns.patterns.time import FixedClock, TwoDimensionalHistory
>>> clock = FixedClock(datetime(1997, 1, 1, tzinfo=UTC))
>>> rate = TwoDimensionalHistory[int](clock=clock)
>>> rate.set(100, date(1997, 1, 1))
>>> clock.set(datetime(1997, 3, 15, tzinfo=UTC))
>>> rate.set(110, date(1997, 2, 15))
>>> clock.set(datetime(1997, 4, 4, tzinfo=UTC))
>>> rate.set(112, date(1997, 2, 21))
>>> rate.get(date(1997, 2, 25), known_at=datetime(1997, 2, 25, tzinfo=UTC))
100
>>> rate.get(date(1997, 2, 25), known_at=datetime(1997, 3, 26, tzinfo=UTC))
110
>>> rate.get(date(1997, 2, 25))
112
""",
)
