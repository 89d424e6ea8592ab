"""The actions of a plan with what is asked of each, read by a few statements however many there are (8.4)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.interfaces import ORMOption

from ..persistence.session import Session
from .action import Action, ProposedAction
from .plan import ActionReference, Plan
from .status import ActionStatus, status_column


def actions_of(session: Session, plan: Plan, *options: ORMOption, known_at: datetime) -> list[ProposedAction]:
    """The actions of a plan as known at an instant, in the order in which they were included."""
    question = (
        select(ProposedAction)
        .join(ActionReference, ActionReference.action_id == ProposedAction.id)
        .where(ActionReference.plan_id == plan.id, ActionReference.known(known_at))
        .order_by(ActionReference.version)
        .options(*options)
    )
    return list(session.scalars(question))


def statuses_of(
    session: Session, plan: Plan, *, as_of: datetime, known_at: datetime
) -> dict[UUID, ActionStatus | None]:
    """What has become of each action of a plan, by its key."""
    session.flush()
    question = (
        select(Action.id, status_column(as_of, known_at))
        .join(ActionReference, ActionReference.action_id == Action.id)
        .where(ActionReference.plan_id == plan.id, ActionReference.known(known_at))
    )
    rows = session.execute(question)
    return {key: None if status is None else ActionStatus(status) for key, status in rows}
