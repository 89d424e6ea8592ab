"""What is meant to be done, in which order, by people who share parts of it (8.4 Plan)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..constraint import EVERYWHERE, ConstraintViolation, require, rule
from ..persistence.base import Base, Level
from ..persistence.session import Session, join_session, session_of, unflushed
from ..persistence.version import Believed, believed_once, believed_table_args, keep_history
from ..picture import derived
from ._plan_order import ONCE, circles, own_references
from .action import Action, ProposedAction
from .dependency import NO_LAG, DependencyKind, described, kind_column, repeated, way
from .duration import Seconds, seconds_table_args, whole_seconds
from .protocol import ProtocolReference

if TYPE_CHECKING:
    from .replacement import PlanReplacement

REFERENCE, DEPENDENCY = "patterns_action_reference", "patterns_plan_dependency"

ACTION_ONCE = rule(
    "plan.action-once",
    pattern="8.4",
    says="A plan refers to a proposed action once.",
    layers=EVERYWHERE,
    guards=(f"uq_{REFERENCE}_of_plan", f"{REFERENCE}.plan_id, {REFERENCE}.action_id"),
)
CONTAINS_ITSELF = rule(
    "plan.contains-itself",
    pattern="8.4",
    says="No plan is a part of itself, however deep.",
    layers=EVERYWHERE,
)
OF_PROPOSED = rule(
    "plan.of-proposed",
    pattern="8.4",
    says="A plan refers to proposed actions, and to other plans, that are believed.",
    layers=EVERYWHERE,
)


class Plan(ProposedAction, init=False):
    """
    Actions that are meant to be done together.

    Shape:  a set of references to proposed actions, which other plans may share, and dependencies between
            those references. A plan is a proposed action itself: it can be planned, carried out, abandoned.
    Errors: those of `Action`; and `ConstraintViolation` from `include` and `depends`.
    Source: Analysis Patterns 8.4, where a plan is some action; what has not been done yet is a proposed one.
    """

    __pattern__ = "8.4"
    __mapper_args__ = {"polymorphic_identity": "plan"}
    __nature__ = "plan"

    references: Mapped[list[ActionReference]] = relationship(
        foreign_keys="ActionReference.plan_id",
        back_populates="plan",
        order_by="ActionReference.version",
        default_factory=list,
        init=False,
    )
    dependencies: Mapped[list[PlanDependency]] = relationship(
        back_populates="plan", order_by="PlanDependency.version", default_factory=list, init=False
    )

    replacements: Mapped[list[PlanReplacement]] = relationship(
        foreign_keys="PlanReplacement.replacing_id",
        back_populates="replacing",
        default_factory=list,
        init=False,
        info={"figure": False},
    )

    replaced_by: Mapped[list[PlanReplacement]] = relationship(
        foreign_keys="PlanReplacement.replaced_id",
        back_populates="replaced",
        default_factory=list,
        init=False,
        info={"figure": False},
    )

    def include(self, action: ProposedAction, *, step: ProtocolReference | None = None) -> ActionReference:
        """
        Make `action` a part of this plan, for a step of its protocol where it is one.

        Errors: `ConstraintViolation`: `plan.action-once`, `plan.contains-itself`, `plan.of-proposed`;
                nothing is changed.
        """
        return ActionReference(plan=self, action=action, step=step)

    def depends(
        self,
        successor: ActionReference,
        *,
        on: ActionReference,
        kind: DependencyKind = DependencyKind.FINISH_START,
        lag: timedelta = NO_LAG,
    ) -> PlanDependency:
        """
        Let one action of this plan wait for another.

        Errors: `ConstraintViolation`: `plan-dependency.own-references`, `plan-dependency.once`,
                `plan-dependency.acyclic`; nothing is changed.
        """
        return PlanDependency(plan=self, predecessor=on, successor=successor, kind=kind, lag=lag)

    def reference_to(self, action: ProposedAction) -> ActionReference | None:
        """The reference to an action, as believed now; None where the plan has none."""
        return next((each for each in action.included_in if each.is_believed and each.plan is self), None)

    def leave_out(self, reference: ActionReference) -> None:
        """
        Take an action out of this plan, with what depended on it; that it was in stays known.

        Errors: `ConstraintViolation` (`history.closed-once`) where it was left out before.
        """
        reference.withdraw()

    @property
    @derived("*")
    def proposed_actions(self) -> list[ProposedAction]:
        """The actions of this plan, as believed now."""
        return [each.action for each in self.references if each.is_believed]


class ActionReference(Believed, Base, init=False):
    """
    That a proposed action is part of a plan.

    Shape:  one plan, one proposed action, at most one step of a protocol; any number of dependencies on
            either side. An action may be part of many plans. `number` counts what a plan ever included,
            from 0, and is given by the flush.
    Errors: `ConstraintViolation`: `plan.action-once`, `plan.contains-itself`, `plan.of-proposed`.
    Source: Analysis Patterns 8.4 and 8.5.
    """

    __tablename__ = REFERENCE
    __table_args__ = (
        *believed_table_args(REFERENCE),
        believed_once(REFERENCE, "plan_id", "action_id", name="of_plan"),
        believed_once(REFERENCE, "plan_id", "number", name="of_place"),
        Index(f"ix_{REFERENCE}_in_order", "plan_id", "number"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.4"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey(Action.id), init=False)
    action_id: Mapped[UUID] = mapped_column(ForeignKey(Action.id), index=True, init=False)
    step_id: Mapped[UUID | None] = mapped_column(ForeignKey(ProtocolReference.id), init=False)
    number: Mapped[int] = mapped_column(init=False, info={"figure": False})
    plan: Mapped[Plan] = relationship(foreign_keys=[plan_id], back_populates="references")
    # With the references at once: one by one, each action of a plan would be a question of its own.
    action: Mapped[ProposedAction] = relationship(
        foreign_keys=[action_id], back_populates="included_in", lazy="selectin"
    )
    step: Mapped[ProtocolReference | None] = relationship()
    preceding: Mapped[list[PlanDependency]] = relationship(
        foreign_keys="PlanDependency.successor_id",
        back_populates="successor",
        default_factory=list,
        init=False,
        info={"figure": False},
    )
    following: Mapped[list[PlanDependency]] = relationship(
        foreign_keys="PlanDependency.predecessor_id",
        back_populates="predecessor",
        default_factory=list,
        init=False,
        info={"figure": False},
    )

    def __init__(self, *, plan: Plan, action: ProposedAction, step: ProtocolReference | None = None) -> None:
        with unflushed(plan):
            require(_reference_objections(self, plan, action))
        self._begin_belief()
        self.step = step
        self.action = action
        self.plan = plan
        join_session(self, plan)

    def withdraw(self) -> None:
        """
        Leave the action out of the plan, and with it the dependencies that it has there.

        Errors: `ConstraintViolation` (`history.closed-once`) where it was left out before.
        """
        dependencies = [each for each in (*self.preceding, *self.following) if each.is_believed]
        for dependency in dependencies:
            dependency.withdraw()
        if dependencies:
            session_of(self).flush()  # the database lets no dependency outlive its reference
        super().withdraw()

    def predecessors(self) -> list[ActionReference]:
        """What has to come before it, as believed now."""
        return [each.predecessor for each in self.preceding if each.is_believed]

    def successors(self) -> list[ActionReference]:
        """What comes after it, as believed now."""
        return [each.successor for each in self.following if each.is_believed]

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this reference breaks; what is left out breaks none."""
        if self.is_believed:
            yield from _reference_objections(self, self.plan, self.action)

    def __str__(self) -> str:
        return f"{self.action} in {self.plan}"


class PlanDependency(Believed, Base, init=False):
    """
    That an action of a plan waits for another.

    Shape:  a predecessor and a successor, references of one plan; a kind, and a lag in whole seconds: where
            that is negative, the successor leads by so much.
    Errors: `ConstraintViolation`: `plan-dependency.own-references`, `plan-dependency.once`,
            `plan-dependency.acyclic`.
    Source: Analysis Patterns 8.4; the book's names of the two ends both sound like the later one.
    """

    __tablename__ = DEPENDENCY
    __table_args__ = (
        *believed_table_args(DEPENDENCY),
        *seconds_table_args("lag"),
        Index(f"ix_{DEPENDENCY}_following", "predecessor_id", "known_to", "successor_id"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.4"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey(Action.id), index=True, init=False)
    predecessor_id: Mapped[UUID] = mapped_column(ForeignKey(ActionReference.version), init=False)
    successor_id: Mapped[UUID] = mapped_column(ForeignKey(ActionReference.version), index=True, init=False)
    # What the references say, kept here too by the flush and a guard: a large plan is read without joins.
    predecessor_number: Mapped[int] = mapped_column(init=False, info={"figure": False})
    successor_number: Mapped[int] = mapped_column(init=False, info={"figure": False})
    kind: Mapped[DependencyKind] = mapped_column(kind_column())
    lag: Mapped[timedelta] = mapped_column(Seconds)
    plan: Mapped[Plan] = relationship(back_populates="dependencies")
    predecessor: Mapped[ActionReference] = relationship(
        foreign_keys=[predecessor_id], back_populates="following"
    )
    successor: Mapped[ActionReference] = relationship(foreign_keys=[successor_id], back_populates="preceding")

    def __init__(
        self,
        *,
        plan: Plan,
        predecessor: ActionReference,
        successor: ActionReference,
        kind: DependencyKind = DependencyKind.FINISH_START,
        lag: timedelta = NO_LAG,
    ) -> None:
        whole_seconds(lag)
        with unflushed(plan):
            require(own_references(self, plan, predecessor, successor))
            require(_repeated(self, predecessor, successor, kind))
            require(circles(self, plan, predecessor, successor))
        self._begin_belief()
        self.kind = kind
        self.lag = lag
        self.predecessor = predecessor
        self.successor = successor
        self.plan = plan
        join_session(self, plan)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this dependency breaks by itself; circles are looked for plan by plan."""
        if self.is_believed:
            yield from own_references(self, self.plan, self.predecessor, self.successor)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with the others of its plan."""
        if self.is_believed:
            yield from _repeated(self, self.predecessor, self.successor, self.kind)

    def __str__(self) -> str:
        return f"{self.successor.action} after {self.predecessor.action} ({described(self.kind, self.lag)})"


def plans_with(session: Session, action: ProposedAction, *, known_at: datetime | None = None) -> list[Plan]:
    """
    The plans that an action is part of, as known at an instant, by name.

    Source: Analysis Patterns 8.4: several plans may share an action.
    """
    question = (
        select(Plan)
        .join(ActionReference, ActionReference.plan_id == Plan.id)
        .where(ActionReference.action_id == action.id, ActionReference.known(session.instant(known_at)))
        .order_by(Plan.name, Plan.id)
    )
    return list(session.scalars(question))


def references_of(session: Session, plan: Plan, *, known_at: datetime | None = None) -> list[ActionReference]:
    """
    What a plan consisted of, as known at an instant, in the order in which it was included.

    Source: Analysis Patterns 8.4.
    """
    question = (
        select(ActionReference)
        .where(ActionReference.plan_id == plan.id, ActionReference.known(session.instant(known_at)))
        .order_by(ActionReference.version)
    )
    return list(session.scalars(question))


def dependencies_of(
    session: Session, plan: Plan, *, known_at: datetime | None = None
) -> list[PlanDependency]:
    """
    What waited for what in a plan, as known at an instant.

    Source: Analysis Patterns 8.4.
    """
    question = (
        select(PlanDependency)
        .where(PlanDependency.plan_id == plan.id, PlanDependency.known(session.instant(known_at)))
        .order_by(PlanDependency.version)
    )
    return list(session.scalars(question))


def _repeated(
    dependency: PlanDependency, before: ActionReference, after: ActionReference, kind: DependencyKind
) -> Iterator[ConstraintViolation]:
    others = [each for each in before.following if each.is_believed]
    yield from repeated(ONCE, dependency, others, (before, after, kind))


def _reference_objections(
    reference: ActionReference, plan: Plan, action: ProposedAction
) -> Iterator[ConstraintViolation]:
    if not isinstance(action, ProposedAction) or not action.is_believed or not plan.is_believed:
        withdrawn = " and ".join(str(each) for each in (action, plan) if not each.is_believed)
        yield OF_PROPOSED.violation(
            reference,
            action,
            found=f"{type(action).__name__} {action} in {plan}" + (withdrawn and f", withdrawn: {withdrawn}"),
            allowed="proposed actions and plans that were not withdrawn",
            remedy="Propose the action first; what was done implements what is in the plan.",
        )
        return
    other = next((each for each in action.included_in if each.is_believed and each.plan is plan), None)
    if other is not None and other is not reference:
        yield ACTION_ONCE.violation(
            reference,
            other,
            found=f"{action} in {plan} a second time",
            allowed="once",
            remedy="Propose another action where the same is to be done twice.",
        )
    path = way(action, plan, lambda each: each.proposed_actions if isinstance(each, Plan) else [])
    if path is not None:
        yield CONTAINS_ITSELF.violation(
            reference,
            *path,
            found="a circle: " + " > ".join(each.name for each in (plan, *path)),
            allowed="parts that do not contain the plan themselves",
            remedy="Leave the part out, or let both plans share the actions that they have in common.",
        )


keep_history(ActionReference)
keep_history(PlanDependency)
