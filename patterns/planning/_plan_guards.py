"""What the database, and each flush, hold plans to: no circles, and nothing of another plan (8.4)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import UOWTransaction

from ..constraint import Layer
from ..persistence.audit import audit
from ..persistence.guard import Guard, guard, refuse_when
from ..persistence.session import Session
from ..time.instant import UNTIL_CHANGED
from . import _conditions
from ._plan_numbers import NUMBERS_OF_ENDS, misnumbered, number_guards
from ._plan_order import ACYCLIC, ONCE, OWN_REFERENCES, circular
from .dependency import circle
from .plan import (
    CONTAINS_ITSELF,
    DEPENDENCY,
    OF_PROPOSED,
    REFERENCE,
    ActionReference,
    Plan,
    PlanDependency,
)

_ACTION = "patterns_action"
_FEW = 100
_NESTS = f"EXISTS (SELECT 1 FROM {_ACTION} a WHERE a.id = NEW.action_id AND a.nature = 'plan')"


def _no_proposal(row: str) -> str:
    """The plan is none, or what it refers to is no proposed action that is believed."""
    return (
        f"NOT EXISTS (SELECT 1 FROM {_ACTION} p JOIN {_ACTION} a ON a.id = {row}.action_id "
        f"WHERE p.id = {row}.plan_id AND p.nature = 'plan' AND p.known_to = <forever> "
        "AND a.nature <> 'implemented' AND a.known_to = <forever>)"
    )


def _nested(row: str) -> str:
    ends = f"{row}.action_id", f"{row}.plan_id"
    return _conditions.reaches(*ends, REFERENCE, "plan_id", "action_id", believed=True)


def _foreign(row: str) -> str:
    """An end of the dependency is no reference that its plan has."""
    return (
        f"2 <> (SELECT count(*) FROM {REFERENCE} r WHERE <unindexed>r.plan_id = {row}.plan_id "
        f"AND r.version IN ({row}.predecessor_id, {row}.successor_id) AND r.known_to = <forever>) "
        f"AND {row}.predecessor_id <> {row}.successor_id"
    )


def _repeated(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {DEPENDENCY} o WHERE o.predecessor_id = {row}.predecessor_id "
        f"AND o.successor_id = {row}.successor_id AND o.kind = {row}.kind AND o.known_to = <forever> "
        f"AND o.version <> {row}.version)"
    )


def _circular(row: str) -> str:
    ends = f"{row}.successor_id", f"{row}.predecessor_id"
    way = _conditions.reaches(*ends, DEPENDENCY, "predecessor_id", "successor_id", believed=True)
    # Most have nothing before them, or nothing after them: no need to go all the way of a long plan.
    return (
        f"({row}.predecessor_id = {row}.successor_id OR (EXISTS (SELECT 1 FROM {DEPENDENCY} b "
        f"WHERE b.successor_id = {row}.predecessor_id AND b.known_to = <forever>) AND {way}))"
    )


def _left_with_dependencies(row: str) -> str:
    return (
        f"{row}.known_to <> <forever> AND EXISTS (SELECT 1 FROM {DEPENDENCY} d "
        f"WHERE {row}.version IN (d.predecessor_id, d.successor_id) AND d.known_to = <forever>)"
    )


def _reference_guards() -> Iterator[Guard]:
    for key in ("plan_id", "action_id"):
        yield _conditions.locks(REFERENCE, "INSERT", key, owner=_ACTION)
    yield _conditions.locks(REFERENCE, "UPDATE", "plan_id", owner=_ACTION)
    yield _conditions.locks_all(REFERENCE, "INSERT", "plan", only_if=_NESTS)
    yield refuse_when(
        OF_PROPOSED, REFERENCE, "INSERT", _no_proposal, because="what is no proposed action, or no plan"
    )
    yield refuse_when(
        CONTAINS_ITSELF, REFERENCE, "INSERT", _nested, because="a plan that would contain itself"
    )
    yield refuse_when(
        OWN_REFERENCES, REFERENCE, "UPDATE", _left_with_dependencies,
        because="a reference left out before its dependencies", of="known_to",
    )  # fmt: skip


def _dependency_guards() -> Iterator[Guard]:
    yield _conditions.locks(DEPENDENCY, "INSERT", "plan_id", owner=_ACTION)
    yield refuse_when(OWN_REFERENCES, DEPENDENCY, "INSERT", _foreign, because="a reference of another plan")
    yield refuse_when(ONCE, DEPENDENCY, "INSERT", _repeated, because="what is said of them already")
    yield from number_guards()
    yield refuse_when(ACYCLIC, DEPENDENCY, "INSERT", _circular, because="a circle of actions")


guard(ActionReference.__table__, *_reference_guards())  # type: ignore[arg-type]
guard(PlanDependency.__table__, *_dependency_guards())  # type: ignore[arg-type]
audit(CONTAINS_ITSELF, ActionReference, _nested)
audit(OF_PROPOSED, ActionReference, _no_proposal)
audit(OWN_REFERENCES, PlanDependency, _foreign)
audit(ONCE, PlanDependency, _repeated)
audit(NUMBERS_OF_ENDS, PlanDependency, misnumbered)
audit(ACYCLIC, PlanDependency, _circular)


@event.listens_for(Session, "before_flush")
def _refuse_circles(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Each plan that gets new dependencies is looked through once, however many they are."""
    added: dict[Plan, list[PlanDependency]] = {}
    for entity in session.new:
        if isinstance(entity, PlanDependency) and entity.is_believed:
            added.setdefault(entity.plan, []).append(entity)
    with session.no_autoflush:
        for plan, dependencies in added.items():
            _refuse_circle(session, plan, dependencies)


def _refuse_circle(session: Session, plan: Plan, added: list[PlanDependency]) -> None:
    following: dict[UUID, list[UUID]] = {}
    for each in added:
        following.setdefault(each.predecessor.version, []).append(each.successor.version)
    if len(added) > _FEW or _are_between(session, added):
        _add_stored(session, plan, following)
    found = circle(following)
    if found is not None:
        new = {each.version: each for one in added for each in (one.predecessor, one.successor)}
        path = [new.get(key) or session.get_one(ActionReference, key) for key in found]
        violation = circular(added[0], path)
        violation.layer = Layer.FLUSH
        raise violation


def _are_between(session: Session, added: list[PlanDependency]) -> bool:
    """Whether what is stored both leads to one of the dependencies and goes on from one."""
    ends = (
        PlanDependency.predecessor_id.in_([each.successor.version for each in added]),
        PlanDependency.successor_id.in_([each.predecessor.version for each in added]),
    )
    believed = select(PlanDependency.version).where(PlanDependency.known_to == UNTIL_CHANGED).limit(1)
    return all(session.scalar(believed.where(end)) is not None for end in ends)


def _add_stored(session: Session, plan: Plan, following: dict[UUID, list[UUID]]) -> None:
    closing = {each.version for each in session.dirty if isinstance(each, PlanDependency)}
    stored = select(PlanDependency.version, PlanDependency.predecessor_id, PlanDependency.successor_id).where(
        PlanDependency.plan_id == plan.id, PlanDependency.known_to == UNTIL_CHANGED
    )
    for version, before, after in session.execute(stored):
        if version not in closing:
            following.setdefault(before, []).append(after)
