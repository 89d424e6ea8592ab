"""Plans that take the place of other plans, with their history (8.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..catalogue import attach
from ..constraint import EVERYWHERE, ConstraintViolation, require, rule
from ..persistence.audit import audit
from ..persistence.base import Base, Level
from ..persistence.guard import guard, refuse_when
from ..persistence.session import Session, join_session
from ..persistence.types import Instant
from ..persistence.version import Believed, believed_once, believed_table_args, keep_history
from ..time.instant import require_aware
from . import _conditions
from .action import Action
from .dependency import way
from .plan import ActionReference, Plan, PlanDependency, dependencies_of, plans_with, references_of
from .status import moment

_TABLE = "patterns_plan_replacement"
_ENDS = ("replacing_id", "replaced_id")

ACYCLIC = rule(
    "plan-replacement.acyclic",
    pattern="8.4",
    says="No plan replaces itself, however many plans come between.",
    layers=EVERYWHERE,
)
ONCE = rule(
    "plan-replacement.once",
    pattern="8.4",
    says="One plan replaces another once.",
    layers=EVERYWHERE,
    guards=(f"uq_{_TABLE}_of_plan", f"{_TABLE}.replacing_id, {_TABLE}.replaced_id"),
)
OF_BELIEVED = rule(
    "plan-replacement.of-believed",
    pattern="8.4",
    says="Plans that take each other's place were not withdrawn.",
    layers=EVERYWHERE,
)


class PlanReplacement(Believed, Base, init=False):
    """
    That one plan takes the place of another from an instant on.

    Shape:  the plan that replaces and the plan that is replaced; a plan may replace many, and be replaced
            by many.
    Errors: `ConstraintViolation`: `plan-replacement.acyclic`, `plan-replacement.once`,
            `plan-replacement.of-believed`; nothing is changed.
    Source: Analysis Patterns 8.4.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        believed_once(_TABLE, "replacing_id", "replaced_id", name="of_plan"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.4"

    replacing_id: Mapped[UUID] = mapped_column(ForeignKey(Action.id), index=True, init=False)
    replaced_id: Mapped[UUID] = mapped_column(ForeignKey(Action.id), index=True, init=False)
    at: Mapped[datetime] = mapped_column(Instant)
    replacing: Mapped[Plan] = relationship(foreign_keys=[replacing_id], back_populates="replacements")
    replaced: Mapped[Plan] = relationship(foreign_keys=[replaced_id], back_populates="replaced_by")

    def __init__(self, *, replacing: Plan, replaced: Plan, at: datetime) -> None:
        require_aware(at)
        require(_objections(self, replacing, replaced))
        self._begin_belief()
        self.at = at
        # In this order: reading the replacements writes first what waits, and this must not wait half made.
        replacing.replacements.append(self)
        self.replaced = replaced
        join_session(self, replaced)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this replacement breaks; what is withdrawn breaks none."""
        if self.is_believed:
            yield from _objections(self, self.replacing, self.replaced)

    def __str__(self) -> str:
        return f"{self.replacing} replaces {self.replaced} from {self.at:%Y-%m-%d %H:%M} UTC"


def successors_of(
    session: Session,
    plan: Plan,
    *,
    as_of: date | datetime | None = None,
    known_at: datetime | None = None,
) -> list[Plan]:
    """
    The plans that stand in the place of a plan at an instant: itself, where nothing replaced it.

    Source: Analysis Patterns 8.4.
    """
    asked, known = moment(session, as_of), session.instant(known_at)
    found: dict[Plan, None] = {}
    seen = {plan}
    waiting = [plan]
    while waiting:
        current = waiting.pop()
        question = (
            select(Plan)
            .join(PlanReplacement, PlanReplacement.replacing_id == Plan.id)
            .where(
                PlanReplacement.replaced_id == current.id,
                PlanReplacement.known(known),
                PlanReplacement.at <= asked,
            )
            .order_by(Plan.name, Plan.id)
        )
        later = list(session.scalars(question))
        if not later:
            found[current] = None
        waiting += [each for each in reversed(later) if each not in seen]
        seen.update(later)
    return list(found)


def _objections(
    replacement: PlanReplacement, replacing: Plan, replaced: Plan
) -> Iterator[ConstraintViolation]:
    for plan in (replacing, replaced):
        if not isinstance(plan, Plan) or not plan.is_believed:
            yield OF_BELIEVED.violation(
                replacement,
                plan,
                found=f"{type(plan).__name__} {plan}, which is no plan that is believed",
                allowed="plans that were not withdrawn",
                remedy="Make the plan again, and let that one take or leave its place.",
            )
            return
    for other in replacing.replacements:
        if other is not replacement and other.is_believed and other.replaced is replaced:
            yield ONCE.violation(
                replacement,
                other,
                found=f"{replacing} in the place of {replaced} a second time",
                allowed="once",
                remedy="Withdraw the other replacement first where its time was wrong.",
            )
    path = way(
        replaced, replacing, lambda plan: [each.replaced for each in plan.replacements if each.is_believed]
    )
    if path is not None:
        yield ACYCLIC.violation(
            replacement,
            *path,
            found="a circle: " + " > ".join(plan.name for plan in (replacing, *path)),
            allowed="plans that come one after the other",
            remedy="Make a new plan that goes back to what the old one said.",
        )


def _circular(row: str) -> str:
    ends = f"{row}.replaced_id", f"{row}.replacing_id"
    return _conditions.reaches(*ends, _TABLE, "replacing_id", "replaced_id", believed=True)


def _of_no_plan(row: str) -> str:
    return (
        f"2 <> (SELECT count(*) FROM patterns_action p WHERE p.id IN ({row}.replacing_id, {row}.replaced_id) "
        f"AND p.nature = 'plan' AND p.known_to = <forever>) AND {row}.replacing_id <> {row}.replaced_id"
    )


keep_history(PlanReplacement)
guard(
    PlanReplacement.__table__,  # type: ignore[arg-type]
    _conditions.locks_all(_TABLE, "INSERT", "replacement"),
    *(_conditions.locks(_TABLE, "INSERT", key, owner="patterns_action") for key in _ENDS),
    refuse_when(OF_BELIEVED, _TABLE, "INSERT", _of_no_plan, because="no plan, or one that was withdrawn"),
    refuse_when(ACYCLIC, _TABLE, "INSERT", _circular, because="a plan that would replace itself"),
)
audit(OF_BELIEVED, PlanReplacement, _of_no_plan)
audit(ACYCLIC, PlanReplacement, _circular)


attach(
    "8.4",
    types=(Plan, ActionReference, PlanDependency, PlanReplacement),
    behaviours=(plans_with, references_of, dependencies_of, successors_of),
    figure="analysis_patterns.patterns.planning.plan:Plan",
    when_not="Where actions follow one another without anybody having meant them to, as in a log, "
    "there is no plan. A list that nobody shares, in no order but its own, needs no references.",
    example="""
>>> from analysis_patterns.patterns.planning import Plan, ProposedAction
>>> shop, cook = ProposedAction(name="shop"), ProposedAction(name="cook")
>>> saturday, sunday = Plan(name="Saturday"), Plan(name="Sunday")
>>> shopping, cooking = saturday.include(shop), saturday.include(cook)
>>> print(saturday.depends(cooking, on=shopping))
cook after shop (finish-start)
>>> _ = sunday.include(shop)
>>> saturday.depends(shopping, on=cooking)
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: plan-dependency.acyclic: ...
""",
)
