"""A plan as a network: what is to be done, what comes after what, and how far it has come (8.4)."""

from __future__ import annotations

from datetime import date, datetime

from ..persistence.session import Session
from ..picture import Edge, End, Graph, Mark, Node
from .action import ProposedAction
from .dependency import NO_LAG, DependencyKind, described
from .plan import Plan, dependencies_of, plans_with, references_of
from .status import status_of


def plan_picture(
    session: Session,
    plan: Plan,
    *,
    title: str | None = None,
    as_of: date | datetime | None = None,
    known_at: datetime | None = None,
) -> Graph:
    """
    Draw a plan as known at an instant: each action with its status, each above what waits for it.

    Shape:  what is part of other plans too says so; a dependency other than finish to start says its kind.
    Source: Analysis Patterns 8.4.
    """
    known = session.instant(known_at)
    actions = [each.action for each in references_of(session, plan, known_at=known)]
    dependencies = dependencies_of(session, plan, known_at=known)
    return Graph(
        title or str(plan),
        tuple(
            Node(str(action.id), str(action), tuple(_lines(session, plan, action, as_of, known)))
            for action in actions
        ),
        tuple(
            Edge(
                str(each.predecessor.action_id),
                str(each.successor.action_id),
                head_end=End(mark=Mark.ARROW),
                label=_label(each.kind, each.lag != NO_LAG, described(each.kind, each.lag)),
                note=str(each),
            )
            for each in dependencies
        ),
        description="; ".join(map(str, dependencies)),
    )


def _label(kind: DependencyKind, lags: bool, told: str) -> str:
    return told if lags or kind is not DependencyKind.FINISH_START else ""


def _lines(
    session: Session, plan: Plan, action: ProposedAction, as_of: date | datetime | None, known: datetime
) -> list[str]:
    status = status_of(session, action, as_of=as_of, known_at=known)
    told = [] if status is None else [status.value]
    time = next((each for each in action.times if each.was_believed(known)), None)
    if time is not None:
        told.append(str(time))
    told += sorted(each.performer.name for each in action.performances if each.was_believed(known))
    others = [str(each) for each in plans_with(session, action, known_at=known) if each is not plan]
    if others:
        told.append(f"also in {', '.join(others)}")
    return told
