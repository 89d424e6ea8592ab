"""How an action ended: as planned, or given up for good (8.2 Completed and Abandoned Actions)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..catalogue import attach
from ..constraint import EVERYWHERE, ConstraintViolation, require, rule
from ..persistence.base import Base, Level
from ..persistence.guard import guard, refuse_when
from ..persistence.types import Instant
from ..persistence.version import Believed, believed_once, believed_table_args, keep_history
from ..time.instant import require_aware
from . import _conditions
from ._kept import refuse_of_withdrawn, withdrawn_violations
from .action import NOT_ABANDONED, Action, ImplementedAction, ProposedAction
from .suspension import BEFORE_ENDING, suspension_violations
from .time_reference import AFTER_START, order_violations

_TABLE = "patterns_action_ending"

ENDS_ONCE = rule(
    "ending.once",
    pattern="8.2",
    says="An action ends once: what is completed or abandoned stays so, unless that is withdrawn.",
    layers=EVERYWHERE,
    guards=(f"uq_{_TABLE}_of_action", f"{_TABLE}.action_id"),
)
COMPLETED_IMPLEMENTED = rule(
    "completion.implemented",
    pattern="8.2",
    says="Only an implemented action is completed.",
    layers=EVERYWHERE,
)


class Ending(Believed, Base, init=False):
    """
    That an action ended, and when.

    Shape:  one action, one instant; it is a completion or an abandonment.
    Errors: `ConstraintViolation`: `ending.once`, `ending.after-start`, `suspension.before-ending`,
            `completion.implemented`, `implementation.not-abandoned`, `action.still-believed`; nothing is
            changed.
    Source: Analysis Patterns 8.2: what becomes of an action is a fact with a date, not another class.
    """

    __tablename__ = _TABLE
    __table_args__ = (*believed_table_args(_TABLE), believed_once(_TABLE, "action_id", name="of_action"))
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.2"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    kind: Mapped[str] = mapped_column(String(50), init=False)
    action_id: Mapped[UUID] = mapped_column(ForeignKey(Action.id), index=True, init=False)
    at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(2000))
    action: Mapped[Action] = relationship(back_populates="endings")

    def __init__(self, *, action: Action, at: datetime, reason: str = "") -> None:
        require(self._objections(action, require_aware(at)))
        self._begin_belief()
        self.at = at
        self.reason = reason
        action.endings.append(self)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this ending breaks; what is withdrawn breaks none."""
        if self.is_believed:
            yield from self._objections(self.action, self.at)

    def _objections(self, action: Action, at: datetime) -> Iterator[ConstraintViolation]:
        yield from withdrawn_violations(self, action)
        for other in action.endings:
            if other is not self and other.id != self.id and other.is_believed:
                yield ENDS_ONCE.violation(
                    self,
                    other,
                    found=f"a second ending of {action}, beside: {other}",
                    allowed="one",
                    remedy="Withdraw the other one first where it was recorded by mistake.",
                )
        time = action.time_reference
        if action.is_implemented and time is not None:
            yield from order_violations(action, time.starts, at)
        for suspension in action.suspensions:
            if suspension.is_believed:
                yield from suspension_violations(suspension, action, suspension.interval.start, at)


class Completion(Ending, init=False):
    """
    That an implemented action ran as it should, and is done.

    Source: Analysis Patterns 8.2.
    """

    __pattern__ = "8.2"
    __mapper_args__ = {"polymorphic_identity": "completion"}

    def _objections(self, action: Action, at: datetime) -> Iterator[ConstraintViolation]:
        if not isinstance(action, ImplementedAction):
            yield COMPLETED_IMPLEMENTED.violation(
                self,
                action,
                found=f"the completion of {type(action).__name__} {action}",
                allowed="an implemented action",
                remedy="Record what was done as an ImplementedAction, and complete that.",
            )
        yield from super()._objections(action, at)

    def __str__(self) -> str:
        return f"completed at {self.at:%Y-%m-%d %H:%M} UTC"


class Abandonment(Ending, init=False):
    """
    That an action was given up for good, before or after it began.

    Source: Analysis Patterns 8.2.
    """

    __pattern__ = "8.2"
    __mapper_args__ = {"polymorphic_identity": "abandonment"}

    def _objections(self, action: Action, at: datetime) -> Iterator[ConstraintViolation]:
        if isinstance(action, ProposedAction):
            implemented = action.implemented
            if implemented is not None:
                yield NOT_ABANDONED.violation(
                    self,
                    implemented,
                    found=f"the abandonment of {action} as a proposal, though it is implemented",
                    allowed="a proposal that nobody has begun",
                    remedy="Abandon the implemented action instead.",
                )
        yield from super()._objections(action, at)

    def __str__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"abandoned at {self.at:%Y-%m-%d %H:%M} UTC{why}"


def _ends_before_start(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM patterns_time_reference t JOIN patterns_action a ON a.id = t.action_id "
        f"WHERE t.action_id = {row}.action_id AND t.known_to = <forever> AND a.nature = 'implemented' "
        f"AND t.starts > {row}.at)"
    )


def _completes_proposal(row: str) -> str:
    return (
        f"{row}.kind = 'completion' AND NOT EXISTS (SELECT 1 FROM patterns_action a "
        f"WHERE a.id = {row}.action_id AND a.nature = 'implemented')"
    )


def _abandons_implemented(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM patterns_action i WHERE i.proposed_id = {row}.action_id "
        "AND i.known_to = <forever>)"
    )


def _leaves_suspension_behind(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM patterns_suspension s WHERE s.action_id = {row}.action_id "
        f"AND s.known_to = <forever> AND s.covers_from >= {row}.at)"
    )


keep_history(Ending)
guard(
    Ending.__table__,  # type: ignore[arg-type]
    _conditions.locks(_TABLE, "INSERT", "action_id", owner="patterns_action"),
    refuse_of_withdrawn(_TABLE),
    *(
        refuse_when(broken, _TABLE, "INSERT", condition, because=because)
        for broken, condition, because in (
            (AFTER_START, _ends_before_start, "an ending before the start"),
            (COMPLETED_IMPLEMENTED, _completes_proposal, "the completion of a proposed action"),
            (NOT_ABANDONED, _abandons_implemented, "the abandonment of a proposal that is implemented"),
            (BEFORE_ENDING, _leaves_suspension_behind, "an ending before a suspension"),
        )
    ),
)


attach(
    "8.2",
    types=(Ending, Completion, Abandonment),
    figure="analysis_patterns.patterns.planning.ending:Ending",
    when_not="Where actions are over the moment they are recorded, such as payments, nothing is left to end.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.patterns.planning import Abandonment, Completion, ImplementedAction
>>> operation = ImplementedAction(name="operation", time=datetime(1997, 7, 3, 9, tzinfo=UTC))
>>> print(Completion(action=operation, at=datetime(1997, 7, 3, 12, tzinfo=UTC)))
completed at 1997-07-03 12:00 UTC
>>> Abandonment(action=operation, at=datetime(1997, 7, 4, tzinfo=UTC))
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: ending.once: ...
""",
)
