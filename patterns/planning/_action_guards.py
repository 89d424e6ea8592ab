"""What the database, and each flush, hold actions to: they are only added, and withdrawn once (8.1, 15.3)."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import UOWTransaction

from ..catalogue import attach
from ..constraint import Layer, require
from ..persistence.guard import guard, refuse_when
from ..persistence.session import Session
from ..persistence.version import APPEND_ONLY
from . import _conditions, _kept
from .action import (
    NOT_ABANDONED,
    OF_A_PROPOSAL,
    PARENT_CYCLE,
    Action,
    ImplementedAction,
    ProposedAction,
)
from .performance import Performance
from .time_reference import TimeReference

_TABLE = "patterns_action"


def _is_part_of_itself(row: str) -> str:
    climb = _conditions.reaches(f"{row}.parent_id", f"{row}.id", _TABLE, "id", "parent_id")
    return f"{row}.parent_id IS NOT NULL AND {climb}"


def _implements_no_proposal(row: str) -> str:
    return (
        f"{row}.proposed_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {_TABLE} p "
        f"WHERE p.id = {row}.proposed_id AND p.nature <> 'implemented' AND p.known_to = <forever>)"
    )


def _implements_abandoned(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM patterns_action_ending e WHERE e.action_id = {row}.proposed_id "
        "AND e.known_to = <forever>)"
    )


guard(Action.__table__, *_kept.action_guards())  # type: ignore[arg-type]
guard(
    Action.__table__,  # type: ignore[arg-type]
    _conditions.locks(_TABLE, "INSERT", "proposed_id", owner=_TABLE),
    _conditions.locks(_TABLE, "INSERT", "parent_id", owner=_TABLE),
    _kept.refuse_of_withdrawn(_TABLE, "parent_id"),
    refuse_when(
        PARENT_CYCLE, _TABLE, "INSERT", _is_part_of_itself, because="an action that would be part of itself"
    ),
    refuse_when(OF_A_PROPOSAL, _TABLE, "INSERT", _implements_no_proposal, because="no proposed action"),
    refuse_when(NOT_ABANDONED, _TABLE, "INSERT", _implements_abandoned, because="an abandoned proposal"),
)


@event.listens_for(Session, "before_flush")
def _keep_actions(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for entity in session.deleted:
        if isinstance(entity, Action):
            raise APPEND_ONLY.violation(
                entity,
                found=f"{entity} would be deleted",
                allowed="withdrawing it",
                remedy="Call withdraw(): it is believed no more, and what was believed stays.",
                layer=Layer.FLUSH,
            )
    for entity in session.dirty:
        if isinstance(entity, Action):
            require(_kept.changes(session, entity))
    for entity in session.new:
        if isinstance(entity, Action) and "known_from" not in vars(entity):
            entity.known_from = session.recorded


attach(
    "8.1",
    types=(Action, ProposedAction, ImplementedAction, TimeReference, Performance),
    figure="analysis_patterns.patterns.planning.action:Action",
    when_not="Where nobody ever asks what was meant, record what was done. Where what is done is never "
    "anything but what was meant, as in a calendar of holidays, one object with one date says it all.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.patterns.planning import ImplementedAction, ProposedAction
>>> presentation = ProposedAction(name="presentation", time=datetime(1997, 7, 1, tzinfo=UTC))
>>> done = ImplementedAction(proposed=presentation, time=datetime(1997, 7, 3, tzinfo=UTC))
>>> print(presentation.time.date(), presentation.implemented.time.date())
1997-07-01 1997-07-03
>>> ImplementedAction(proposed=presentation)
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: implementation.once: ...
""",
)
