"""A temporary hold: an action that rests for an interval, perhaps an open one (8.3 Suspension)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..constraint import EVERYWHERE, ConstraintViolation, require, rule
from ..persistence.base import Base, Level
from ..persistence.composites import interval_columns
from ..persistence.guard import guard, refuse_when
from ..persistence.version import Believed, believed_table_args, keep_history
from ..time.interval import Interval, require_interval
from . import _conditions
from ._kept import refuse_of_withdrawn, withdrawn_violations
from .action import Action

_TABLE = "patterns_suspension"

BEFORE_ENDING = rule(
    "suspension.before-ending",
    pattern="8.3",
    says="An action is suspended before it ends, not at its end and not after it.",
    layers=EVERYWHERE,
)


class Suspension(Believed, Base, init=False):
    """
    That an action rests during an interval.

    Shape:  one action, one interval, which may be open; suspensions of one action may overlap.
    Errors: `ConstraintViolation`: `suspension.before-ending` where the action was completed or abandoned
            by then, `action.still-believed` where it was withdrawn; nothing is changed.
    Source: Analysis Patterns 8.3: an action is suspended now if some suspension covers now.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        Index(f"ix_{_TABLE}_of_action", "action_id", "covers_from"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.3"

    action_id: Mapped[UUID] = mapped_column(ForeignKey(Action.id), init=False)
    interval: Mapped[Interval] = interval_columns("covers")
    reason: Mapped[str] = mapped_column(String(2000))
    action: Mapped[Action] = relationship(back_populates="suspensions")

    def __init__(self, *, action: Action, interval: Interval, reason: str = "") -> None:
        require(withdrawn_violations(self, action))
        require_interval(interval)
        ending = action.ending
        require(suspension_violations(self, action, interval.start, None if ending is None else ending.at))
        self._begin_belief()
        self.interval = interval
        self.reason = reason
        action.suspensions.append(self)

    def ended(self, at: datetime) -> Suspension:
        """
        Record that the action was taken up again at an instant.

        Errors: `ConstraintViolation` (`interval.ending`) where that lies outside the suspension; nothing
                is changed.
        """
        return self.restated(interval=self.interval.ending(at))

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this suspension breaks; what is withdrawn breaks none."""
        if not self.is_believed:
            return
        yield from withdrawn_violations(self, self.action)
        ending = self.action.ending
        if ending is not None:
            yield from suspension_violations(self, self.action, self.interval.start, ending.at)

    def __str__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"suspended from {self.interval}{why}"


def suspension_violations(
    suspension: Suspension, action: Action, start: datetime, ended: datetime | None
) -> Iterator[ConstraintViolation]:
    """Whether an action would be suspended once it has ended."""
    if ended is not None and start >= ended:
        yield BEFORE_ENDING.violation(
            suspension,
            action,
            found=f"{action} suspended from {start:%Y-%m-%d %H:%M} UTC, ended at {ended:%Y-%m-%d %H:%M} UTC",
            allowed="a suspension that starts before the ending",
            remedy="Withdraw the suspension, or the ending, where it was recorded by mistake.",
        )


def _after_ending(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM patterns_action_ending e WHERE e.action_id = {row}.action_id "
        f"AND e.known_to = <forever> AND e.at <= {row}.covers_from)"
    )


keep_history(Suspension)
guard(
    Suspension.__table__,  # type: ignore[arg-type]
    _conditions.locks(_TABLE, "INSERT", "action_id", owner="patterns_action"),
    refuse_of_withdrawn(_TABLE),
    refuse_when(BEFORE_ENDING, _TABLE, "INSERT", _after_ending, because="a suspension after the ending"),
)
