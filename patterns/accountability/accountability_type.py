"""The rules on who may be linked to whom, as data (2.5 Accountability Knowledge Level)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, validates
from uuid_utils.compat import uuid7

from ..catalogue import attach
from ..constraint import BUILT, DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ..persistence.base import Base, Level, identity
from ..persistence.types import choice
from ..time.instant import BEGINNING
from ..time.period import ALWAYS, Period
from .admission import ConnectionRule, Eligibility, Role
from .name import name_violations
from .party import Party, PartyClassification
from .party_type import PartyType

R = TypeVar("R", bound=Base)

PARTIES = rule(
    "accountability-type.parties",
    pattern="2.5",
    says="An accountability type admits at least one type of commissioner and one of responsible party.",
    layers=BUILT | {Layer.FLUSH},
)
UNIQUE_NAME = rule(
    "accountability-type.unique-name",
    pattern="2.5",
    says="An accountability type is known by its name, so no two share one.",
    layers=DATABASES,
    guards=("uq_patterns_accountability_type_name", "patterns_accountability_type.name"),
)
COMMISSIONER_TYPE = rule(
    "accountability.commissioner-type",
    pattern="2.5",
    says="On every day of an accountability, its commissioner is of a type that its type admits.",
    layers=EVERYWHERE,
)
RESPONSIBLE_TYPE = rule(
    "accountability.responsible-type",
    pattern="2.5",
    says="On every day of an accountability, its responsible party is of a type that its type admits.",
    layers=EVERYWHERE,
)
CONNECTION = rule(
    "accountability.connection",
    pattern="2.5",
    says="Where an accountability type has connection rules, one of them admits the pair of parties.",
    layers=EVERYWHERE,
)


class Shape(Enum):
    """What the accountabilities of a type may look like together."""

    NETWORK = "network"
    TREE = "tree"
    DAG = "dag"


_ROLE_RULES = {Role.COMMISSIONER: COMMISSIONER_TYPE, Role.RESPONSIBLE: RESPONSIBLE_TYPE}


class AccountabilityType(Base, init=False):
    """
    A kind of accountability: which types of party may hold either end of it.

    Shape:  one or more types of commissioner and of responsible party, each admitted for a period; any
            number of connection rules; a shape, and whether one commissioner has one responsible party.
    Errors: `ConstraintViolation` (`accountability-type.parties`) where either set is empty.
    Source: Analysis Patterns 2.5; connection rules from the later paper on organization structures.
            Where only connection rules are given, the two sets follow from them.
    """

    __tablename__ = "patterns_accountability_type"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "2.5"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "accountability_type"}

    id: Mapped[UUID] = identity()
    kind: Mapped[str] = mapped_column(String(50), init=False)
    name: Mapped[str] = mapped_column(String(500), unique=True)
    shape: Mapped[Shape] = mapped_column(choice(Shape, length=10))
    single_responsible: Mapped[bool]
    revision: Mapped[int] = mapped_column(server_default="0", init=False, info={"figure": False})
    eligibilities: Mapped[list[Eligibility]] = relationship(
        back_populates="accountability_type", cascade="all, delete-orphan", default_factory=list, init=False
    )
    connections: Mapped[list[ConnectionRule]] = relationship(
        back_populates="accountability_type", cascade="all, delete-orphan", default_factory=list, init=False
    )
    commissioners: Mapped[list[PartyType]] = relationship(
        secondary=lambda: Eligibility.__table__,
        primaryjoin=lambda: (
            (Eligibility.accountability_type_id == AccountabilityType.id)
            & (Eligibility.role == Role.COMMISSIONER)
        ),
        viewonly=True,
        init=False,
        info={"multiplicity": "1..*"},
    )
    responsibles: Mapped[list[PartyType]] = relationship(
        secondary=lambda: Eligibility.__table__,
        primaryjoin=lambda: (
            (Eligibility.accountability_type_id == AccountabilityType.id)
            & (Eligibility.role == Role.RESPONSIBLE)
        ),
        viewonly=True,
        init=False,
        info={"multiplicity": "1..*"},
    )

    def __init__(
        self,
        *,
        name: str,
        commissioners: Iterable[PartyType] = (),
        responsibles: Iterable[PartyType] = (),
        connections: Iterable[tuple[PartyType, PartyType]] = (),
        shape: Shape = Shape.NETWORK,
        single_responsible: bool = False,
    ) -> None:
        pairs = list(connections)
        admitted = {
            Role.COMMISSIONER: list(commissioners) or [pair[0] for pair in pairs],
            Role.RESPONSIBLE: list(responsibles) or [pair[1] for pair in pairs],
        }
        self.id = uuid7()
        self.name = name
        self.shape = shape
        self.single_responsible = single_responsible
        for role, party_types in admitted.items():
            for party_type in dict.fromkeys(party_types):
                self.admit(party_type, role)
        for commissioner, responsible in pairs:
            self.connect(commissioner=commissioner, responsible=responsible)
        require(self.violations())

    @validates("shape")
    def _one_of_the_shapes(self, _key: str, shape: Shape | str) -> Shape:
        return Shape(shape)

    def admit(self, party_type: PartyType, role: Role, period: Period = ALWAYS) -> Eligibility:
        """Let parties of `party_type` hold one end of this type during `period`."""
        return Eligibility(accountability_type=self, party_type=party_type, role=role, period=period)

    def connect(
        self, *, commissioner: PartyType, responsible: PartyType, period: Period = ALWAYS
    ) -> ConnectionRule:
        """Add a connection rule; from the first one on, only such pairs are admitted."""
        return ConnectionRule(
            accountability_type=self, commissioner=commissioner, responsible=responsible, period=period
        )

    def admitted(self, role: Role, as_of: date) -> list[PartyType]:
        """The party types that may hold one end on a day."""
        return [
            each.party_type
            for each in self.eligibilities
            if each.role is role and each.period.includes(as_of)
        ]

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this type breaks by itself."""
        yield from name_violations(self, self.name)
        for role in Role:
            if not any(each.role is role for each in kept(self.eligibilities)):
                yield PARTIES.violation(
                    self,
                    found=f"no type of {role.value} for {self.name!r}",
                    allowed="at least one party type at either end",
                    remedy="Give commissioners= and responsibles=, or connections= of pairs.",
                )

    def misfits(self, role: Role, party: Party) -> Iterator[ConstraintViolation]:
        """What this type has against `party` at one of its ends for being what it is, whatever its types."""
        yield from ()

    def objections(
        self, *, commissioner: Party, responsible: Party, period: Period
    ) -> Iterator[ConstraintViolation]:
        """What this type has against such an accountability, as far as the parties themselves tell."""
        ends = ((Role.COMMISSIONER, commissioner), (Role.RESPONSIBLE, responsible))
        for role, party in ends:
            yield from self.misfits(role, party)
        for role, party in ends:
            yield from self._role_objections(role, party, period)
        if self.connections:
            yield from self._connection_objections(commissioner, responsible, period)

    def require(self, *, commissioner: Party, responsible: Party, period: Period) -> None:
        """
        Refuse an accountability that this type does not admit.

        Errors: `ConstraintViolation` with the first objection; nothing is changed.
        """
        require(self.objections(commissioner=commissioner, responsible=responsible, period=period))

    def _role_objections(self, role: Role, party: Party, period: Period) -> Iterator[ConstraintViolation]:
        admitted = [each for each in self.eligibilities if each.role is role]
        covers = (
            (classification.period, each.period)
            for classification in party.believed_classifications()
            for general in [classification.type.all_types()]
            for each in admitted
            if each.party_type in general
        )
        day = first_day_not_covered(period, covers)
        if day is not None:
            yield _ROLE_RULES[role].violation(
                self,
                party,
                found=f"{party}, who {on(day)} is {described(party, day)}, as {role.value} of {self.name!r}",
                allowed=listed(self.admitted(role, day)),
                remedy="Classify the party as one of these types for the whole period, or shorten it.",
            )

    def _connection_objections(
        self, commissioner: Party, responsible: Party, period: Period
    ) -> Iterator[ConstraintViolation]:
        covers = (
            (above.period, below.period, each.period)
            for above, below in pairs_of_classifications(commissioner, responsible)
            for each in self.connections
            if each.commissioner in above.type.all_types() and each.responsible in below.type.all_types()
        )
        day = first_day_not_covered(period, covers)
        if day is not None:
            pairs = [f"{each.commissioner} over {each.responsible}" for each in self.connections]
            yield CONNECTION.violation(
                self,
                commissioner,
                responsible,
                found=f"{commissioner} ({described(commissioner, day)}) over {responsible} "
                f"({described(responsible, day)}) {on(day)}, under {self.name!r}",
                allowed="; ".join(pairs),
                remedy="Link parties of such a pair, or add a connection rule.",
            )

    def __str__(self) -> str:
        return self.name


def kept(rules: Iterable[R]) -> list[R]:
    """Those of a type's rules that no session is about to delete."""
    return [
        each for each in rules if (session := object_session(each)) is None or each not in session.deleted
    ]


def first_day_not_covered(period: Period, covers: Iterable[tuple[Period, ...]]) -> date | None:
    """The first day of `period` on which no tuple of periods holds as a whole, or None."""
    together = []
    for cover in covers:
        common: Period | None = cover[0]
        for each in cover[1:]:
            common = common.intersection(each) if common is not None else None
        if common is not None:
            together.append(common)
    return period.first_day_outside(together)


def pairs_of_classifications(
    commissioner: Party, responsible: Party
) -> Iterator[tuple[PartyClassification, PartyClassification]]:
    """Each classification of the one party with each of the other."""
    for above in commissioner.believed_classifications():
        for below in responsible.believed_classifications():
            yield above, below


def described(party: Party, day: date) -> str:
    """The types of a party on a day, for a message."""
    named = [each.type for each in party.believed_classifications() if each.period.includes(day)]
    return listed(named, otherwise="of no type")


def on(day: date) -> str:
    """A day, for a message."""
    return "from the beginning" if day == BEGINNING else f"on {day}"


def listed(party_types: Iterable[PartyType], *, otherwise: str = "nobody") -> str:
    """Party types by name, for a message."""
    return ", ".join(sorted(party_type.name for party_type in party_types)) or otherwise


attach(
    "2.5",
    types=(AccountabilityType, ConnectionRule, Eligibility, PartyType),
    figure="analysis_patterns.patterns.accountability.accountability_type:AccountabilityType",
    when_not="Where the few rules there are change as seldom as the program, let the program state them: "
    "rules kept as data have to be entered, dated and tested too.",
    example="""
>>> from analysis_patterns.patterns.accountability import (
...     Accountability, AccountabilityType, PartyType, Person)
>>> patient, doctor = PartyType(name="patient"), PartyType(name="doctor")
>>> consent = AccountabilityType(name="patient consent", commissioners=[patient], responsibles=[doctor])
>>> smith = Person(name="John Smith", types=[patient])
>>> Accountability(type=consent, commissioner=smith, responsible=Person(name="Jack Thomas", types=[patient]))
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: accountability.responsible-type: ...
""",
)
