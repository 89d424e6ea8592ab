"""An interval of instants: when something takes place, to the microsecond (4.3, 3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..constraint import BUILT, DATABASES, rule
from ..values.range import Range
from .instant import SINCE_EVER, UNTIL_CHANGED, require_aware

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

ORDER = rule(
    "interval.order",
    pattern="4.3",
    says="An interval ends after it starts.",
    layers=BUILT | DATABASES,
    guards=("ck_*_interval_order",),
)
ENDING = rule(
    "interval.ending",
    pattern="3.8",
    says="What is ended, ends within its interval; ending never makes it longer.",
)
BOUNDED = rule(
    "interval.bounded",
    pattern="3.8",
    says="How long an interval lasts is known once it has a start and an end.",
)
KIND = rule(
    "interval.kind",
    pattern="3.8",
    says="What takes some time is told by an interval.",
)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """
    The instants from `start` up to, not including, `end`.

    Units:  aware instants, kept in UTC, `[start, end)`; `SINCE_EVER` and `UNTIL_CHANGED` stand for no bound,
            so that an index can seek on them.
    Errors: `ConstraintViolation`: `interval.order` where it would end at or before its start, `time.aware`
            where a bound does not state its time zone.
    Source: Analysis Patterns 3.8 and 4.3; a `Period` counts days instead.

    >>> nine = datetime(1997, 7, 1, 9, tzinfo=UTC)
    >>> Interval(nine, nine + timedelta(hours=2)).duration
    datetime.timedelta(seconds=7200)
    """

    start: datetime = SINCE_EVER
    end: datetime = UNTIL_CHANGED

    def __post_init__(self) -> None:
        for bound in ("start", "end"):
            # Two ways to write one instant are one interval, and one row.
            object.__setattr__(self, bound, require_aware(getattr(self, bound)).astimezone(UTC))
        if self.end <= self.start:
            raise ORDER.violation(
                found=f"an interval from {self.start.isoformat()} to {self.end.isoformat()}",
                allowed="an end after the start; the end is not included",
                remedy="Swap the instants, or end the interval later.",
            )

    @property
    def is_open(self) -> bool:
        """Whether it has no end yet."""
        return self.end == UNTIL_CHANGED

    @property
    def duration(self) -> timedelta:
        """
        How long it lasts.

        Errors: `ConstraintViolation` (`interval.bounded`) where it has no start or no end.
        """
        if self.is_open or self.start == SINCE_EVER:
            raise BOUNDED.violation(
                self,
                found=f"the interval {self}",
                allowed="an interval with a start and an end",
                remedy="Give both before asking how long it lasts.",
            )
        return self.end - self.start

    def includes(self, instant: datetime) -> bool:
        """Whether `instant` lies in this interval."""
        return self.start <= require_aware(instant) < self.end

    def includes_interval(self, other: Interval) -> bool:
        """Whether all of `other` lies in this interval."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Interval) -> bool:
        """Whether any instant lies in both."""
        return self.start < other.end and other.start < self.end

    def abuts(self, other: Interval) -> bool:
        """Whether one starts at the instant the other ends."""
        return self.end == other.start or other.end == self.start

    def intersection(self, other: Interval) -> Interval | None:
        """The instants in both, or None where there are none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None

    def ending(self, instant: datetime) -> Interval:
        """
        Give this interval cut short: `instant` is the first that it no longer includes.

        Errors: `ConstraintViolation` (`interval.ending`) where `instant` is not after the start or is
                after the end.
        """
        if not self.start < require_aware(instant) <= self.end:
            raise ENDING.violation(
                self,
                found=f"an end at {instant.isoformat()} of the interval {self}",
                allowed="an instant after the start and not after the end",
                remedy="End it inside its interval; what never took place is withdrawn, not ended.",
            )
        return Interval(self.start, instant)

    def as_range(self) -> Range[datetime]:
        """The same instants as a range, without the sentinels."""
        return Range(None if self.start == SINCE_EVER else self.start, None if self.is_open else self.end)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        """A document writes an interval as its two instants, `start` and `end`; one left out is no bound."""
        # Whoever asks for this has loaded pydantic already; whoever only reckons with time need not wait.
        from pydantic_core import core_schema  # noqa: PLC0415

        from ..document import value_schema  # noqa: PLC0415

        instant = core_schema.typed_dict_field(
            core_schema.datetime_schema(strict=True, tz_constraint="aware"), required=False
        )
        return value_schema(
            cls,
            core_schema.typed_dict_schema({"start": instant, "end": instant}, extra_behavior="forbid"),
            read=lambda instants: cls(**instants),
            write=cls.as_document,
        )

    def as_document(self) -> dict[str, datetime]:
        """The instants that bound it, as a document writes them."""
        bounds = (("start", self.start, SINCE_EVER), ("end", self.end, UNTIL_CHANGED))
        return {name: instant for name, instant, unbounded in bounds if instant != unbounded}

    def __str__(self) -> str:
        start = "ever" if self.start == SINCE_EVER else f"{self.start:%Y-%m-%d %H:%M}"
        end = "further notice" if self.is_open else f"{self.end:%Y-%m-%d %H:%M}"
        return f"{start} until {end} UTC"


def require_interval(interval: object) -> Interval:
    """
    `interval`, where it is one.

    Errors: `ConstraintViolation` (`interval.kind`) for anything else, such as an instant.
    """
    if isinstance(interval, Interval):
        return interval
    raise KIND.violation(
        found=f"{interval!r}, of type {type(interval).__name__}",
        allowed="an interval, from an instant up to another",
        remedy="Give Interval(start, end).",
    )
