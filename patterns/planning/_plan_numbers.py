"""At which place of its plan each action stands, in whole numbers: large plans are read by these (8.4)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import event, func, inspect, select
from sqlalchemy.orm import UOWTransaction

from ..constraint import DATABASES, rule
from ..persistence.guard import Guard, refuse_when
from ..persistence.session import Session
from .action import Action
from .plan import DEPENDENCY, REFERENCE, ActionReference, Plan, PlanDependency

NUMBER_ONCE = rule(
    "plan.number-once",
    pattern="8.4",
    says="Each action that a plan has stands at a place of its own.",
    layers=DATABASES,
    guards=(f"uq_{REFERENCE}_of_place", f"{REFERENCE}.plan_id, {REFERENCE}.number"),
)
NUMBERS_OF_ENDS = rule(
    "plan-dependency.numbers-of-ends",
    pattern="8.4",
    says="A dependency repeats the places at which the two references that it joins stand.",
    layers=DATABASES,
)


def misnumbered(row: str) -> str:
    """The dependency says another place of one of its ends than the reference does."""
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {REFERENCE} r WHERE r.version = {row}.{end}_id "
        f"AND r.number <> {row}.{end}_number)"
        for end in ("predecessor", "successor")
    )


def number_guards() -> Iterator[Guard]:
    """The guards that keep what dependencies repeat of their references true."""
    yield refuse_when(
        NUMBERS_OF_ENDS, DEPENDENCY, "INSERT", misnumbered, because="another place than the reference has"
    )


@event.listens_for(Session, "before_flush")
def _number(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Give new references the places that come next in their plans, and dependencies those of their ends."""
    added: dict[Plan, list[ActionReference]] = {}
    for entity in session.new:
        if isinstance(entity, ActionReference) and entity.id == entity.version:
            added.setdefault(entity.plan, []).append(entity)
    for plan, references in sorted(added.items(), key=lambda item: item[0].id):
        references.sort(key=lambda each: each.version)
        for number, reference in enumerate(references, _next(session, plan)):
            reference.number = number
    for entity in session.new:
        if isinstance(entity, PlanDependency):
            entity.predecessor_number = entity.predecessor.number
            entity.successor_number = entity.successor.number


def _next(session: Session, plan: Plan) -> int:
    if not inspect(plan).persistent:
        return 0
    # Whoever else adds to this plan waits here, also where PostgreSQL lets both see the same last number.
    session.execute(select(Action.id).where(Action.id == plan.id).with_for_update())
    last = session.scalar(select(func.max(ActionReference.number)).where(ActionReference.plan_id == plan.id))
    return 0 if last is None else last + 1
