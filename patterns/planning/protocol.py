"""Standard procedures, made of steps that are protocols themselves (8.5 Protocol)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from uuid_utils.compat import uuid7

from ..accountability.name import name_violations
from ..constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ..persistence.base import Base, Level, identity
from ..persistence.guard import guard, refuse_when
from ..picture import derived
from . import _conditions
from .dependency import NO_LAG, DependencyKind, described, kind_column, repeated, way
from .duration import Seconds, duration_table_args, duration_violations, seconds_table_args, whole_seconds

if TYPE_CHECKING:
    from .requirement import ResourceRequirement

_STEP, _DEPENDENCY = "patterns_protocol_reference", "patterns_protocol_dependency"

CONTAINS_ITSELF = rule(
    "protocol.contains-itself",
    pattern="8.5",
    says="No protocol is a step of itself, however deep.",
    layers=EVERYWHERE,
)
UNIQUE_NAME = rule(
    "protocol.unique-name",
    pattern="8.5",
    says="A protocol is known by its name, so no two share one.",
    layers=DATABASES,
    guards=("uq_patterns_protocol_name", "patterns_protocol.name"),
)
STEP_NAME = rule(
    "protocol.step-name",
    pattern="8.5",
    says="Each step of a protocol has a name of its own there, also where the same protocol occurs twice.",
    layers=EVERYWHERE,
    guards=(f"uq_{_STEP}_protocol_id_name", f"{_STEP}.protocol_id, {_STEP}.name"),
)
OWN_STEPS = rule(
    "protocol-dependency.own-steps",
    pattern="8.5",
    says="A dependency of a protocol joins two of its own steps.",
    layers=EVERYWHERE,
)
ONCE = rule(
    "protocol-dependency.once",
    pattern="8.5",
    says="One step of a protocol waits for another once for each way of waiting.",
    layers=frozenset({Layer.CONSTRUCTOR, Layer.FLUSH}),
)
ACYCLIC = rule(
    "protocol-dependency.acyclic",
    pattern="8.5",
    says="No step of a protocol depends on itself, however far back.",
    layers=EVERYWHERE,
)

planning_lock = Table(
    "patterns_planning_lock",
    Base.metadata,
    Column("scope", String(20), primary_key=True),
    Column("revision", BigInteger, nullable=False),
)
"""What those wait for who make a hierarchy deeper that no single row owns: one row for each hierarchy."""


class Protocol(Base, init=False):
    """
    A procedure that is described once and followed often.

    Shape:  any number of steps, each a reference to another protocol; the same one may occur twice, so the
            components are a bag. Dependencies between steps. A duration, where it has no steps to tell it.
    Errors: `ConstraintViolation`: `name.text`; `duration.not-negative` for a negative duration.
    Source: Analysis Patterns 8.5, and 3.7: the protocol by which something is observed is one too.
    """

    __tablename__ = "patterns_protocol"
    __table_args__ = duration_table_args("duration")
    __level__ = Level.KNOWLEDGE
    __pattern__ = "8.5"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "protocol"}

    id: Mapped[UUID] = identity()
    kind: Mapped[str] = mapped_column(String(50), init=False)
    name: Mapped[str] = mapped_column(String(500), unique=True)
    duration: Mapped[timedelta | None] = mapped_column(Seconds)
    steps: Mapped[list[ProtocolReference]] = relationship(
        foreign_keys=lambda: [ProtocolReference.protocol_id],
        back_populates="protocol",
        cascade="all, delete-orphan",
        order_by="ProtocolReference.position",
        default_factory=list,
        init=False,
    )
    dependencies: Mapped[list[ProtocolDependency]] = relationship(
        back_populates="protocol",
        cascade="all, delete-orphan",
        order_by="ProtocolDependency.id",
        default_factory=list,
        init=False,
    )

    requirements: Mapped[list[ResourceRequirement]] = relationship(
        back_populates="protocol",
        cascade="all, delete-orphan",
        order_by="ResourceRequirement.id",
        default_factory=list,
        init=False,
    )

    def __init__(self, *, name: str, duration: timedelta | None = None) -> None:
        require(name_violations(self, name))
        require(duration_violations(self, duration))
        self.id = uuid7()
        self.name = name
        self.duration = duration

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this protocol breaks by itself."""
        yield from name_violations(self, self.name)
        yield from duration_violations(self, self.duration)

    def add_step(self, referred: Protocol, *, name: str | None = None) -> ProtocolReference:
        """
        Make `referred` the next step, under its own name or another; a second occurrence is numbered.

        Errors: `ConstraintViolation`: `protocol.contains-itself`, `protocol.step-name`; nothing is changed.
        """
        return ProtocolReference(protocol=self, referred=referred, name=name)

    def depends(
        self,
        successor: ProtocolReference,
        *,
        on: ProtocolReference,
        kind: DependencyKind = DependencyKind.FINISH_START,
        lag: timedelta = NO_LAG,
    ) -> ProtocolDependency:
        """
        Let one step wait for another.

        Errors: `ConstraintViolation`: `protocol-dependency.own-steps`, `protocol-dependency.acyclic`;
                nothing is changed.
        """
        return ProtocolDependency(protocol=self, successor=successor, predecessor=on, kind=kind, lag=lag)

    @property
    @derived("*")
    def components(self) -> list[Protocol]:
        """The protocols of its steps, one as often as it occurs."""
        return [step.referred for step in self.steps]

    def step(self, name: str) -> ProtocolReference:
        """The step of a name."""
        return next(step for step in self.steps if step.name == name)

    def __str__(self) -> str:
        return self.name


class ProtocolReference(Base, init=False):
    """
    A step of a protocol.

    Shape:  the protocol it is a step of, the protocol it refers to, a name and a position there.
    Errors: `ConstraintViolation`: `protocol.contains-itself`, `protocol.step-name`.
    Source: Analysis Patterns 8.5.
    """

    __tablename__ = _STEP
    __table_args__ = (UniqueConstraint("protocol_id", "name"),)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "8.5"

    id: Mapped[UUID] = identity()
    protocol_id: Mapped[UUID] = mapped_column(ForeignKey(Protocol.id), index=True, init=False)
    referred_id: Mapped[UUID] = mapped_column(ForeignKey(Protocol.id), index=True, init=False)
    name: Mapped[str] = mapped_column(String(500))
    position: Mapped[int]
    protocol: Mapped[Protocol] = relationship(foreign_keys=[protocol_id], back_populates="steps")
    referred: Mapped[Protocol] = relationship(foreign_keys=[referred_id])

    def __init__(self, *, protocol: Protocol, referred: Protocol, name: str | None = None) -> None:
        taken = {step.name for step in protocol.steps}
        self._require(protocol, referred, name, taken)
        self.id = uuid7()
        self.name = name or _numbered(referred.name, taken)
        self.position = len(protocol.steps)
        self.referred = referred
        protocol.steps.append(self)

    def _require(self, protocol: Protocol, referred: Protocol, name: str | None, taken: set[str]) -> None:
        require(_nesting(self, protocol, referred))
        if name is not None:
            require(name_violations(self, name))
            if name in taken:
                raise _second_of_a_name(self, protocol, name)

    @validates("referred")
    def _stay_outside(self, _key: str, referred: Protocol) -> Protocol:
        protocol: Protocol | None = self.protocol
        if protocol is not None:
            require(_nesting(self, protocol, referred))
        return referred

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this step breaks by itself, or with the other steps of its protocol."""
        protocol: Protocol | None = self.protocol
        if protocol is None:
            return  # taken out of its protocol, it is about to be deleted
        yield from name_violations(self, self.name)
        yield from _nesting(self, protocol, self.referred)
        if sum(step.name == self.name for step in protocol.steps) > 1:
            yield _second_of_a_name(self, protocol, self.name)

    def __str__(self) -> str:
        return self.name


class ProtocolDependency(Base, init=False):
    """
    That one step of a protocol waits for another.

    Shape:  a predecessor and a successor, steps of one protocol; a kind, and a lag in whole seconds: where
            that is negative, the successor leads by so much.
    Errors: `ConstraintViolation`: `protocol-dependency.own-steps`, `protocol-dependency.once`,
            `protocol-dependency.acyclic`.
    Source: Analysis Patterns 8.5; the book's names of the two ends both sound like the later one.
    """

    __tablename__ = _DEPENDENCY
    __table_args__ = seconds_table_args("lag")
    __level__ = Level.KNOWLEDGE
    __pattern__ = "8.5"

    id: Mapped[UUID] = identity()
    protocol_id: Mapped[UUID] = mapped_column(ForeignKey(Protocol.id), index=True, init=False)
    predecessor_id: Mapped[UUID] = mapped_column(ForeignKey(ProtocolReference.id), index=True, init=False)
    successor_id: Mapped[UUID] = mapped_column(ForeignKey(ProtocolReference.id), init=False)
    kind: Mapped[DependencyKind] = mapped_column(kind_column())
    lag: Mapped[timedelta] = mapped_column(Seconds)
    protocol: Mapped[Protocol] = relationship(back_populates="dependencies")
    predecessor: Mapped[ProtocolReference] = relationship(foreign_keys=[predecessor_id])
    successor: Mapped[ProtocolReference] = relationship(foreign_keys=[successor_id])

    def __init__(
        self,
        *,
        protocol: Protocol,
        predecessor: ProtocolReference,
        successor: ProtocolReference,
        kind: DependencyKind = DependencyKind.FINISH_START,
        lag: timedelta = NO_LAG,
    ) -> None:
        whole_seconds(lag)
        require(_own_steps(self, protocol, predecessor, successor))
        require(repeated(ONCE, self, protocol.dependencies, (predecessor, successor, kind)))
        require(_circles(self, protocol, (predecessor, successor)))
        self.id = uuid7()
        self.kind = kind
        self.lag = lag
        self.predecessor = predecessor
        self.successor = successor
        protocol.dependencies.append(self)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this dependency breaks by itself, or with the others of its protocol."""
        protocol: Protocol | None = self.protocol
        if protocol is not None:
            yield from _own_steps(self, protocol, self.predecessor, self.successor)
            said = (self.predecessor, self.successor, self.kind)
            yield from repeated(ONCE, self, protocol.dependencies, said)
            yield from _circles(self, protocol)

    def __str__(self) -> str:
        return f"{self.successor} after {self.predecessor} ({described(self.kind, self.lag)})"


def _numbered(name: str, taken: set[str]) -> str:
    numbers = (name if n == 1 else f"{name} ({n})" for n in range(1, len(taken) + 2))
    return next(each for each in numbers if each not in taken)


def _second_of_a_name(step: ProtocolReference, protocol: Protocol, name: str) -> ConstraintViolation:
    return STEP_NAME.violation(
        step,
        protocol,
        found=f"a second step {name!r} of {protocol}",
        allowed="a name that no other step of the protocol has",
        remedy="Give the second occurrence another name.",
    )


def _nesting(
    step: ProtocolReference, protocol: Protocol, referred: Protocol
) -> Iterator[ConstraintViolation]:
    path = way(referred, protocol, lambda each: each.components)
    if path is not None:
        yield CONTAINS_ITSELF.violation(
            step,
            *path,
            found="a circle: " + " > ".join(each.name for each in (protocol, *path)),
            allowed="steps that do not contain the protocol themselves",
            remedy="Leave the step out, or describe what repeats as a protocol of its own.",
        )


def _own_steps(
    dependency: ProtocolDependency, protocol: Protocol, *steps: ProtocolReference
) -> Iterator[ConstraintViolation]:
    for step in steps:
        if step.protocol is not protocol:
            yield OWN_STEPS.violation(
                dependency,
                step,
                found=f"{step}, a step of {step.protocol}, in a dependency of {protocol}",
                allowed="steps of the same protocol",
                remedy="Add the step to the protocol first, or order the protocols that contain both.",
            )


def _circles(
    dependency: ProtocolDependency,
    protocol: Protocol,
    added: tuple[ProtocolReference, ProtocolReference] | None = None,
) -> Iterator[ConstraintViolation]:
    """Whether a circle goes through the dependency: any other is found by another that closes it."""
    predecessor, successor = added or (dependency.predecessor, dependency.successor)
    following: dict[ProtocolReference, list[ProtocolReference]] = {}
    for each in protocol.dependencies:
        following.setdefault(each.predecessor, []).append(each.successor)
    found = way(successor, predecessor, lambda step: following.get(step, ()))
    if found is not None:
        path = [*found, successor]
        yield ACYCLIC.violation(
            dependency,
            *path,
            found="a circle: " + " > ".join(step.name for step in path),
            allowed="an order in which every step can be taken",
            remedy="Take one of the dependencies of the circle away.",
        )


def _is_nested(row: str) -> str:
    return _conditions.reaches(
        f"{row}.referred_id", f"{row}.protocol_id", _STEP, "protocol_id", "referred_id"
    )


def _is_circular(row: str) -> str:
    ends = f"{row}.successor_id", f"{row}.predecessor_id"
    return _conditions.reaches(*ends, _DEPENDENCY, "predecessor_id", "successor_id")


def _is_foreign(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_STEP} s WHERE s.id IN ({row}.predecessor_id, {row}.successor_id) "
        f"AND s.protocol_id <> {row}.protocol_id)"
    )


guard(
    ProtocolReference.__table__,  # type: ignore[arg-type]
    *(_conditions.locks_all(_STEP, on, "protocol") for on in ("INSERT", "UPDATE")),
    *(
        refuse_when(CONTAINS_ITSELF, _STEP, on, _is_nested, because="a protocol that would contain itself")
        for on in ("INSERT", "UPDATE")
    ),
)
guard(
    ProtocolDependency.__table__,  # type: ignore[arg-type]
    *(_conditions.locks_all(_DEPENDENCY, on, "protocol") for on in ("INSERT", "UPDATE")),
    *(
        refuse_when(broken, _DEPENDENCY, on, condition, because=because)
        for on in ("INSERT", "UPDATE")
        for broken, condition, because in (
            (OWN_STEPS, _is_foreign, "a step of another protocol"),
            (ACYCLIC, _is_circular, "a circle of steps"),
        )
    ),
)
