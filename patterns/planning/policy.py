"""What is asked of actions beyond the rules: refused outright, or found by those who look (8.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import ForeignKey, String, event, select
from sqlalchemy.orm import Mapped, UOWTransaction, mapped_column, relationship
from uuid_utils.compat import uuid7

from ..accountability.name import name_violations
from ..accountability.party import has_type
from ..accountability.party_type import PartyType
from ..catalogue import attach
from ..constraint import DATABASES, ConstraintViolation, Layer, require, rule
from ..persistence.audit import search
from ..persistence.base import Base, Level, identity
from ..persistence.session import Session, at_flush
from ..persistence.types import choice
from ..time.instant import SINCE_EVER
from .action import Action, ProposedAction
from .allocation import (
    GeneralResourceAllocation,
    ResourceAllocation,
    SpecificResourceAllocation,
    TemporalResource,
    bookings_of,
)
from .ending import Ending
from .performance import Performance
from .plan import Plan
from .protocol import Protocol
from .requirement import ResourceRequirement
from .resource_type import Asset, ResourceType
from .time_reference import TimeReference

_FLUSH = frozenset({Layer.FLUSH})

UNIQUE_NAME = rule(
    "policy.unique-name",
    pattern="8.6",
    says="A policy is known by its name, so no two share one.",
    layers=DATABASES,
    guards=("uq_patterns_policy_name", "patterns_policy.name"),
)
NO_GENERAL = rule(
    "policy.no-general-allocations",
    pattern="8.6",
    says="Where a policy says so, an implemented action uses particular resources, not just some of a kind.",
    layers=_FLUSH,
)
PERFORMED = rule(
    "policy.performed-by-somebody",
    pattern="8.6",
    says="Where a policy says so, every implemented action has a performer.",
    layers=_FLUSH,
)
PERFORMER_TYPE = rule(
    "policy.performer-type",
    pattern="8.6",
    says="Where a policy says so, whoever performs an action is of a type.",
    layers=_FLUSH,
)
NOTHING_HELD = rule(
    "policy.nothing-held-once-ended",
    pattern="8.6",
    says="Where a policy says so, an action that was abandoned as a proposal keeps no asset booked.",
    layers=_FLUSH,
)


class Severity(Enum):
    """Whether a breach of a policy is refused by every flush, or found by those who look for it."""

    HARD = "hard"
    LAZY = "lazy"


class Policy(Base, init=False):
    """
    Something that an organization asks of its actions; a subtype says what.

    Shape:  a name, a severity; one protocol where only actions that follow it are meant.
    Errors: `ConstraintViolation` (`name.text`) for a blank name.
    Source: Analysis Patterns 8.6: such policies are hard constraints or lazy checks.
    """

    __tablename__ = "patterns_policy"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    id: Mapped[UUID] = identity()
    kind: Mapped[str] = mapped_column(String(50), init=False)
    name: Mapped[str] = mapped_column(String(500), unique=True)
    severity: Mapped[Severity] = mapped_column(choice(Severity, length=10))
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey(Protocol.id), init=False)
    protocol: Mapped[Protocol | None] = relationship()

    def __init__(self, *, name: str, severity: Severity, protocol: Protocol | None = None) -> None:
        require(name_violations(self, name))
        self.id = uuid7()
        self.name = name
        self.severity = severity
        self.protocol = protocol

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this policy breaks by itself."""
        yield from name_violations(self, self.name)

    def findings(self, action: Action) -> Iterator[ConstraintViolation]:
        """What this policy has against an action, as believed now."""
        if action.is_believed and (self.protocol is None or action.protocol is self.protocol):
            yield from self._breaches(action)

    def _breaches(self, action: Action) -> Iterator[ConstraintViolation]:
        yield from ()

    def __str__(self) -> str:
        return self.name


class NoGeneralAllocations(Policy, init=False):
    """
    That implemented actions use particular resources.

    Source: Analysis Patterns 8.6.
    """

    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_identity": "no_general_allocations"}

    def _breaches(self, action: Action) -> Iterator[ConstraintViolation]:
        for each in action.allocations:
            if action.is_implemented and each.is_believed and isinstance(each, GeneralResourceAllocation):
                yield NO_GENERAL.violation(
                    action,
                    each,
                    self,
                    found=f"{each}, which is implemented",
                    allowed=f"particular resources, by the policy {self.name!r}",
                    remedy="Say which asset or holding was used.",
                )


class PerformedBySomebody(Policy, init=False):
    """
    That every implemented action has a performer.

    Source: Analysis Patterns 8.6.
    """

    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_identity": "performed_by_somebody"}

    def _breaches(self, action: Action) -> Iterator[ConstraintViolation]:
        if action.is_implemented and not action.performers:
            yield PERFORMED.violation(
                action,
                self,
                found=f"{action}, which is implemented by nobody",
                allowed=f"one performer or more, by the policy {self.name!r}",
                remedy="Name who did it.",
            )


class PerformerOfType(Policy, init=False):
    """
    That whoever performs an action is of a type, on the day it starts.

    Shape:  one party type; subtypes of it will do.
    Source: Analysis Patterns 8.6, with 2.6.
    """

    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_identity": "performer_of_type"}

    party_type_id: Mapped[UUID | None] = mapped_column(ForeignKey(PartyType.id), init=False)
    party_type: Mapped[PartyType] = relationship(info={"multiplicity": "1"})

    def __init__(
        self, *, name: str, severity: Severity, party_type: PartyType, protocol: Protocol | None = None
    ) -> None:
        super().__init__(name=name, severity=severity, protocol=protocol)
        self.party_type = party_type

    def _breaches(self, action: Action) -> Iterator[ConstraintViolation]:
        day = _day(action)
        for performer in action.performers:
            if day is not None and not has_type(performer, self.party_type, as_of=day):
                yield PERFORMER_TYPE.violation(
                    action,
                    performer,
                    self,
                    found=f"{performer}, no {self.party_type} on {day}, performing {action}",
                    allowed=f"performers who are {self.party_type}, by the policy {self.name!r}",
                    remedy="Let somebody else perform it, or classify the performer.",
                )


class NothingHeldOnceEnded(Policy, init=False):
    """
    That an action which was given up before it began keeps no asset booked.

    Source: Analysis Patterns 8.6.
    """

    __pattern__ = "8.6"
    __mapper_args__ = {"polymorphic_identity": "nothing_held_once_ended"}

    def _breaches(self, action: Action) -> Iterator[ConstraintViolation]:
        if not isinstance(action, ProposedAction) or action.ending is None:
            return
        for each in action.allocations:
            if each.is_believed and isinstance(each, TemporalResource):
                yield NOTHING_HELD.violation(
                    action,
                    each,
                    self,
                    found=f"{each}, though it was {action.ending}",
                    allowed=f"no bookings by then, by the policy {self.name!r}",
                    remedy="Withdraw the booking, so that others may have the asset.",
                )


def findings(session: Session, plan: Plan | None = None) -> list[ConstraintViolation]:
    """
    All that the actions of a plan, or all actions, have against the policies, hard and lazy ones.

    Shape:  of a plan: itself, its parts however deep, and what implements them.
    Source: Analysis Patterns 8.6.
    """
    session.flush()
    policies = list(session.scalars(select(Policy).order_by(Policy.name)))
    actions = session.scalars(select(Action).order_by(Action.id)) if plan is None else _actions_of(plan)
    return [each for action in actions for policy in policies for each in policy.findings(action)]


def is_consistent(session: Session, plan: Plan) -> bool:
    """
    Whether no policy has anything against a plan, its parts, and what implements them.

    Source: Analysis Patterns 8.6, the lazy check.
    """
    return not findings(session, plan)


def _actions_of(plan: Plan) -> list[Action]:
    found: dict[Action, None] = {}
    waiting: list[ProposedAction] = [plan]
    while waiting:
        action = waiting.pop()
        if action not in found:
            found[action] = None
            found.update(dict.fromkeys(each for each in action.implementations if each.is_believed))
            waiting += reversed(action.proposed_actions if isinstance(action, Plan) else [])
    return list(found)


def _day(action: Action) -> date | None:
    """The day on which an action starts, in UTC: that of its recording where it has no start."""
    time = action.time_reference
    starts: datetime | None = None if time is None else time.starts
    if starts is None or starts == SINCE_EVER:
        starts = action.known_from
    return None if starts is None else starts.date()


def _touched(entities: Iterable[object]) -> Iterator[Action]:
    for entity in entities:
        if isinstance(entity, Action):
            yield entity
        elif isinstance(entity, ResourceAllocation | Performance | Ending | TimeReference):
            yield entity.action


@event.listens_for(Session, "before_flush")
def _hold_to_policies(session: Session, _context: UOWTransaction, _instances: object) -> None:
    with session.no_autoflush:
        changed = [*session.new, *(each for each in session.dirty if session.is_modified(each))]
        actions = dict.fromkeys(_touched(changed))
        if not actions:
            return
        policies = [*session.scalars(select(Policy).where(Policy.severity == Severity.HARD))]
        policies += [
            each for each in session.new if isinstance(each, Policy) and each.severity is Severity.HARD
        ]
        for policy in policies:
            for action in actions:
                require(at_flush(policy.findings(action)))


@search()
def _against_hard_policies(session: Session) -> Iterator[ConstraintViolation]:
    policies = list(session.scalars(select(Policy).where(Policy.severity == Severity.HARD)))
    if policies:
        for action in session.scalars(select(Action).order_by(Action.id)):
            for policy in policies:
                yield from policy.findings(action)


attach(
    "8.6",
    types=(
        ResourceAllocation,
        GeneralResourceAllocation,
        SpecificResourceAllocation,
        TemporalResource,
        ResourceType,
        Asset,
        ResourceRequirement,
        Policy,
    ),
    behaviours=(bookings_of, findings, is_consistent),
    figure="analysis_patterns.patterns.planning.allocation:ResourceAllocation",
    when_not="Where there is always enough of a resource, nobody needs to book it. What is left of a "
    "consumable is told by the account of its holding, not by allocations.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.patterns import Base, Interval, create_engine, sessions
>>> from analysis_patterns.patterns.planning import Asset, AssetType, ProposedAction, TemporalResource
>>> conference, presentation = (AssetType(name=f"{name} room") for name in ("conference", "presentation"))
>>> q9 = Asset(name="Room Q9", types=[conference, presentation])
>>> talk, meeting = ProposedAction(name="talk"), ProposedAction(name="meeting")
>>> morning = Interval(datetime(1997, 7, 3, 10, tzinfo=UTC), datetime(1997, 7, 3, 12, tzinfo=UTC))
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> with sessions(engine)() as session:
...     session.add_all([q9, talk, meeting])
...     _ = TemporalResource(action=talk, asset=q9, interval=morning, booked_as=presentation)
...     _ = TemporalResource(action=meeting, asset=q9, interval=morning, booked_as=conference)
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: asset.one-booking-at-a-time: ...
""",
)
