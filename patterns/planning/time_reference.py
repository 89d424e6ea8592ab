"""When an action is meant to take place, or did: at a point, during an interval, or for so long (8.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ..persistence.base import Base, Level
from ..persistence.guard import guard, refuse_when
from ..persistence.types import Instant
from ..persistence.version import Believed, believed_once, believed_table_args, keep_history
from ..time.instant import SINCE_EVER, UNTIL_CHANGED, require_aware
from ..time.interval import Interval
from . import _conditions
from .duration import Seconds, duration_table_args, duration_violations

if TYPE_CHECKING:
    from .action import Action

_TABLE = "patterns_time_reference"

Time = Interval | datetime
"""A point in time, or an interval."""

ONE_TIME = rule(
    "action.one-time",
    pattern="8.1",
    says="An action has one time reference at most that is believed.",
    layers=DATABASES | {Layer.FLUSH},
    guards=(f"uq_{_TABLE}_of_action", f"{_TABLE}.action_id"),
)

AFTER_START = rule(
    "ending.after-start",
    pattern="8.2",
    says="An implemented action does not end before it starts.",
    layers=EVERYWHERE,
)


class TimeReference(Believed, Base, init=False):
    """
    When an action takes place: as intended for a proposed one, as it was for an implemented one.

    Shape:  a point, an interval, or neither; how long it takes, where that is known without the ends.
    Units:  aware instants; a duration in whole seconds, never negative.
    Errors: `ConstraintViolation`: `duration.not-negative`, `time.aware`; `interval.order` from an interval
            that ends before it starts.
    Source: Analysis Patterns 8.1. Another time is another version: what was intended before can be asked.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        *duration_table_args("duration"),
        CheckConstraint("starts <= ends", name="interval_order"),
        CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="whole"),
        believed_once(_TABLE, "action_id", name="of_action"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.1"

    action_id: Mapped[UUID] = mapped_column(ForeignKey("patterns_action.id"), index=True, init=False)
    starts: Mapped[datetime | None] = mapped_column(Instant)
    ends: Mapped[datetime | None] = mapped_column(Instant)
    duration: Mapped[timedelta | None] = mapped_column(Seconds)
    action: Mapped[Action] = relationship(back_populates="times")

    def __init__(
        self, *, action: Action, time: Time | None = None, duration: timedelta | None = None
    ) -> None:
        require(duration_violations(self, duration))
        ends = bounds(time, duration)
        self._begin_belief()
        self.starts, self.ends = ends
        self.duration = duration
        action.times.append(self)

    @property
    def time(self) -> Time | None:
        """The point or the interval."""
        if self.starts is None or self.ends is None:
            return None
        return self.starts if self.starts == self.ends else Interval(self.starts, self.ends)

    @property
    def length(self) -> timedelta | None:
        """How long the action takes: as stated, or from start to end; None where neither is known."""
        if self.duration is not None or self.starts is None or self.ends is None:
            return self.duration
        is_open = self.starts == SINCE_EVER or self.ends == UNTIL_CHANGED
        return None if is_open else self.ends - self.starts

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this time reference breaks by itself, or with the others of its action."""
        yield from duration_violations(self, self.duration)
        if self.is_believed:
            if self.action.is_implemented and self.action.ending is not None:
                yield from order_violations(self.action, self.starts, self.action.ending.at)
            if any(each.is_believed for each in self.action.times if each.id != self.id):
                yield ONE_TIME.violation(
                    self,
                    self.action,
                    found=f"a second time of {self.action}",
                    allowed="one at a time",
                    remedy="Call retime(...) on the action: the time it had is kept as history.",
                )

    def __str__(self) -> str:
        time, length = self.time, self.length
        if isinstance(time, datetime):
            return f"at {time:%Y-%m-%d %H:%M} UTC"
        if time is not None:
            return f"from {time}"
        return f"for {length}" if length is not None else "at no known time"


def bounds(
    time: Time | None, duration: timedelta | None = None
) -> tuple[datetime, datetime] | tuple[None, None]:
    """
    The two instants that a time is stored as: the same twice for a point.

    Errors: `ConstraintViolation` (`time.aware`) for a naive datetime.
    """
    if time is None:
        return None, None
    if isinstance(time, Interval):
        return time.start, time.end
    start = Interval(require_aware(time)).start
    return start, start + (duration or timedelta())


def order_violations(
    action: Action, starts: datetime | None, ended: datetime | None
) -> Iterator[ConstraintViolation]:
    """Whether an action would end before it starts."""
    if starts is not None and ended is not None and ended < starts:
        yield AFTER_START.violation(
            action,
            found=f"{action} from {starts:%Y-%m-%d %H:%M} UTC on, ended at {ended:%Y-%m-%d %H:%M} UTC",
            allowed="an end at the start or later",
            remedy="Correct the time of the action, or abandon what was proposed and never begun.",
        )


def _starts_after_ending(row: str) -> str:
    return (
        f"{row}.known_to = <forever> AND EXISTS (SELECT 1 FROM patterns_action_ending e "
        f"JOIN patterns_action a ON a.id = e.action_id WHERE e.action_id = {row}.action_id "
        f"AND e.known_to = <forever> AND a.nature = 'implemented' AND e.at < {row}.starts)"
    )


keep_history(TimeReference)
guard(
    TimeReference.__table__,  # type: ignore[arg-type]
    _conditions.locks(_TABLE, "INSERT", "action_id", owner="patterns_action"),
    refuse_when(AFTER_START, _TABLE, "INSERT", _starts_after_ending, because="a start after the ending"),
)
