"""What was observed makes somebody plan something (3.12, 8.7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, and_, inspect, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, require, rule
from ...patterns.persistence.addition import repeats
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.session import Session, join_session
from ...patterns.persistence.version import Believed, believed_once, believed_table_args, keep_history
from ...patterns.planning.action import Action
from ...patterns.planning.plan import Plan
from ..evidence.staleness import stale
from ..record.observation import Observation
from ..record.question import known_as
from ..record.standing import Standing

_TABLE = "observation_trigger"

ACTED_ON = frozenset({Standing.ACTIVE, Standing.PROJECTION})
"""What may lead to action: what is taken as a fact, and what is expected."""

STANDING = rule(
    "trigger.acted-on",
    pattern="8.7",
    says="Only an active observation or a projection makes anybody plan; no hypothesis, nothing rejected.",
    layers=EVERYWHERE,
)
PLAN = rule(
    "trigger.plan",
    pattern="8.7",
    says="What an observation triggers is a plan, one that was not withdrawn.",
    layers=EVERYWHERE,
)
ONCE = rule(
    "trigger.once",
    pattern="8.7",
    says="An observation triggers a plan once.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_pair", f"{_TABLE}.observation_id, {_TABLE}.plan_id"),
)


class Trigger(Believed, Base, init=False):
    """
    That an observation is why something was planned.

    Shape:  one observation, one plan; either may have many.
    Errors: `ConstraintViolation`: `trigger.acted-on`, `trigger.plan`; `trigger.once` by the database.
    Source: Analysis Patterns 3.12 and chapter 8, where observations trigger plans. One that is rejected
            afterwards stays the reason that it was: see `triggers_to_reconsider`.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        believed_once(_TABLE, "observation_id", "plan_id", name="pair"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.7"

    observation_id: Mapped[UUID] = mapped_column(ForeignKey(Observation.id), index=True, init=False)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey(Action.id), index=True, init=False)
    observation: Mapped[Observation] = relationship()
    plan: Mapped[Plan] = relationship(info={"multiplicity": "1"})

    def __init__(self, *, observation: Observation, plan: Plan) -> None:
        require(_objections(self, observation, plan))
        self._begin_belief()
        self.observation = observation
        self.plan = plan
        for end in (observation, plan):
            join_session(self, end)

    @classmethod
    def __reads__(cls) -> Iterator[Any]:
        """What the guards of this table look at."""
        yield Observation.qualifications
        yield Observation.rejection

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this trigger breaks as it is recorded; what is rejected later was a reason."""
        if self.is_believed and inspect(self).pending:
            yield from _objections(self, self.observation, self.plan)

    def __str__(self) -> str:
        return f"{self.plan} because of {self.observation}"


def plans_triggered_by(
    session: Session, observation: Observation, *, known_at: datetime | None = None
) -> list[Plan]:
    """
    The plans that were made because of an observation, as known at an instant, by name.

    Source: Analysis Patterns 3.12.
    """
    question = (
        select(Plan)
        .join(Trigger, Trigger.plan_id == Plan.id)
        .where(Trigger.observation_id == observation.id, Trigger.known(session.instant(known_at)))
        .order_by(Plan.name, Plan.id)
    )
    return list(session.scalars(question))


def triggers_of(session: Session, plan: Plan, *, known_at: datetime | None = None) -> list[Trigger]:
    """
    Why a plan was made, as known at an instant, in the order in which it was said.

    Source: Analysis Patterns 3.12.
    """
    question = select(Trigger).where(Trigger.plan_id == plan.id, Trigger.known(session.instant(known_at)))
    return list(session.scalars(question.order_by(Trigger.id)))


def triggers_to_reconsider(session: Session, *, known_at: datetime | None = None) -> list[Trigger]:
    """
    What was planned because of observations that were rejected, or are doubted, by an instant.

    Shape:  or that rest themselves on what was rejected.
    Source: Analysis Patterns 3.9 and 3.12: what rests on a rejected observation has to be looked at again.
    """
    known = session.instant(known_at)
    cause = aliased(Observation)
    shaken = stale(session, known_at=known).with_only_columns(Observation.id).order_by(None)
    question = (
        select(Trigger)
        .join(cause, Trigger.observation_id == cause.id)
        .where(Trigger.known(known), or_(~and_(*known_as(cause, ACTED_ON, known)), cause.id.in_(shaken)))
        .order_by(Trigger.id)
    )
    return list(session.scalars(question))


def _objections(trigger: Trigger, observation: Observation, plan: object) -> Iterator[ConstraintViolation]:
    if observation.standing not in ACTED_ON:
        yield STANDING.violation(
            trigger,
            observation,
            found=f"{observation}, which is {_called(observation.standing)}, as why {plan} is planned",
            allowed="what is taken as a fact, or expected",
            remedy="Confirm it first; to test a hypothesis, observe further.",
        )
    if not (isinstance(plan, Plan) and plan.is_believed):
        yield PLAN.violation(
            trigger,
            plan,
            found=f"{type(plan).__name__} {plan}" + (", withdrawn" if isinstance(plan, Plan) else ""),
            allowed="a plan that was not withdrawn",
            remedy="Make a plan of the action, or of the protocol: plan_from(protocol).",
        )


def _called(standing: Standing) -> str:
    return "a hypothesis" if standing is Standing.HYPOTHESIS else standing.value


def _not_acted_on(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = {row}.observation_id) "
        "OR EXISTS (SELECT 1 FROM observation_qualification q "
        f"WHERE q.observation_id = {row}.observation_id AND q.kind = 'hypothesis' AND q.known_to = <forever>)"
    )


def _no_plan(row: str) -> str:
    return (
        f"NOT EXISTS (SELECT 1 FROM patterns_action a WHERE a.id = {row}.plan_id "
        "AND a.nature = 'plan' AND a.known_to = <forever>)"
    )


guard(
    Trigger.__table__,  # type: ignore[arg-type]
    refuse_when(STANDING, _TABLE, "INSERT", _not_acted_on, because="an observation that nobody acts on"),
    refuse_when(PLAN, _TABLE, "INSERT", _no_plan, because="what is no plan, or was withdrawn"),
    refuse_when(
        ONCE, _TABLE, "INSERT", repeats(_TABLE, "observation_id", "plan_id", believed=True),
        because="a plan triggered twice",
    ),
)  # fmt: skip
keep_history(Trigger)
