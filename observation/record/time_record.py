"""When something was so, or became known: a point in time or a period (3.8 Dual Time Record)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ColumnElement, and_, or_
from sqlalchemy.orm import Composite

from ...patterns.catalogue import attach
from ...patterns.constraint import BUILT, DATABASES, rule
from ...patterns.persistence.composites import value_of
from ...patterns.persistence.types import Instant
from ...patterns.time.instant import require_aware
from ...patterns.time.interval import Interval

ORDER = rule(
    "time-record.order",
    pattern="3.8",
    says="A time record is a point, or a period that ends after it starts.",
    layers=BUILT | DATABASES,
    guards=("ck_*_time_record_order",),
)

Time = datetime | Interval
"""How callers say a time record: an aware instant, or an interval."""


@dataclass(frozen=True, slots=True, order=True)
class TimeRecord:
    """
    A point in time, or the instants from `start` up to, not including, `end`.

    Units:  aware instants in UTC; a point starts and ends at once.
    Errors: `ConstraintViolation`: `time-record.order` where it would end before it starts, `time.aware` for
            a naive instant.
    Source: Analysis Patterns 3.8, figure 3.12.

    >>> TimeRecord.of(datetime(1997, 5, 1, 9, tzinfo=UTC)).is_point
    True
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for bound in ("start", "end"):
            object.__setattr__(self, bound, require_aware(getattr(self, bound)).astimezone(UTC))
        if self.end < self.start:
            raise ORDER.violation(
                found=f"a time record from {self.start.isoformat()} to {self.end.isoformat()}",
                allowed="a point, or an end after the start",
                remedy="Swap the instants.",
            )

    @classmethod
    def of(cls, time: Time | TimeRecord) -> TimeRecord:
        """A time record of an instant, or of an interval."""
        if isinstance(time, TimeRecord):
            return time
        return cls(time.start, time.end) if isinstance(time, Interval) else cls(time, time)

    @property
    def is_point(self) -> bool:
        """Whether it is a point in time."""
        return self.start == self.end

    @property
    def time(self) -> Time:
        """The instant, or the interval, that it is."""
        return self.start if self.is_point else Interval(self.start, self.end)

    def includes(self, instant: datetime) -> bool:
        """Whether `instant` is the point, or lies in the period."""
        asked = require_aware(instant)
        return asked == self.start or self.start <= asked < self.end

    def overlaps(self, interval: Interval) -> bool:
        """Whether the point lies in `interval`, or any instant of the period does."""
        starts_in_time = self.start < interval.end
        return starts_in_time and (self.end > interval.start or self.start >= interval.start)

    def __str__(self) -> str:
        if not self.is_point:
            return str(Interval(self.start, self.end))
        return f"{self.start:%Y-%m-%d %H:%M} UTC"


class _ByTime(Composite.Comparator[TimeRecord]):
    """Asks of a time record in SQL what the value answers in Python."""

    def includes(self, instant: Any) -> ColumnElement[bool]:
        start, end = self.clauses.clauses
        return or_(start == instant, and_(start <= instant, end > instant))

    def overlaps(self, interval: Interval) -> ColumnElement[bool]:
        start, end = self.clauses.clauses
        return and_(start < interval.end, or_(end > interval.start, start >= interval.start))


def time_record_columns(name: str) -> Composite[Any]:
    """
    Map a time record to the instants `<name>_from` and `<name>_to`, which are the same for a point.

    Shape:  in SQL it has `includes(instant)` and `overlaps(interval)`.
    Source: Analysis Patterns 3.8.
    """
    columns = Column(f"{name}_from", Instant, nullable=False), Column(f"{name}_to", Instant, nullable=False)
    return value_of(TimeRecord, TimeRecord, _taken_apart, *columns, init=False, comparator_factory=_ByTime)


def time_record_order(name: str) -> CheckConstraint:
    """The check that the table of a time record needs."""
    return CheckConstraint(f"{name}_from <= {name}_to", name=f"{name}_time_record_order")


def _taken_apart(record: TimeRecord) -> tuple[datetime, datetime]:
    return record.start, record.end


attach(
    "3.8",
    types=(TimeRecord,),
    figure="analysis_patterns.observation.record.time_record:TimeRecord",
    when_not="Where nobody asks later what was known when, one time for each observation will do.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.observation import CategoryObservation, ObservationConcept
>>> from analysis_patterns.patterns import Interval, Person
>>> pain, told = ObservationConcept(name="chest pain"), datetime(1997, 5, 1, tzinfo=UTC)
>>> november = Interval(datetime(1996, 11, 1, tzinfo=UTC), datetime(1996, 11, 9, tzinfo=UTC))
>>> had = CategoryObservation(
...     subject=Person(name="John"), concept=pain, applicable=november, made_known=told
... )
>>> print(had.applicable, "/", had.made_known)
1996-11-01 00:00 until 1996-11-09 00:00 UTC / 1997-05-01 00:00 UTC
""",
)
