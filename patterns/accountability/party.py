"""People and organizations carry the same duties, so they share one supertype (2.1 Party)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import InitVar
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ..catalogue import attach
from ..constraint import ConstraintViolation, require
from ..persistence.base import Base, Level
from ..persistence.registry import Referable
from ..persistence.version import Versioned, keep_history, versioned_table_args
from ..picture import derived
from ..time.period import ALWAYS, Period
from .name import name_violations
from .party_type import PartyType

if TYPE_CHECKING:
    from .contact_point import ContactPoint


class Party(Referable, Base):
    """
    Anyone who can be answerable, or be answered to.

    Shape:  a name, any number of contact points, any number of types, each for a period.
    Errors: `ConstraintViolation` (`name.text`) for a blank name or one that a database cannot hold.
    Source: Analysis Patterns 2.1; 2.6 for several types at once. A party without a type takes part in
            no accountability.
    """

    __tablename__ = "patterns_party"
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.1"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "party"}

    kind: Mapped[str] = mapped_column(String(50), init=False)
    name: Mapped[str] = mapped_column(String(500), index=True)
    types: InitVar[Iterable[PartyType]] = ()
    classifications: Mapped[list[PartyClassification]] = relationship(
        back_populates="party", init=False, default_factory=list, order_by="PartyClassification.valid_from"
    )
    contact_points: Mapped[list[ContactPoint]] = relationship(
        back_populates="party", init=False, default_factory=list, order_by="ContactPoint.valid_from"
    )

    def __post_init__(self, types: Iterable[PartyType]) -> None:
        require(self.violations())
        for party_type in types:
            self.classify(party_type)

    @validates("name")
    def _stay_readable(self, _key: str, name: str) -> str:
        # Refused later, an organization would stand among the subsidiaries of its parent already.
        require(name_violations(self, name))
        return name

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this party breaks by itself."""
        yield from name_violations(self, self.name)

    def classify(self, party_type: PartyType, period: Period = ALWAYS) -> PartyClassification:
        """Record that this party is of `party_type` during `period`."""
        return PartyClassification(party=self, type=party_type, period=period)

    @derived("*")
    def all_types(self, as_of: date, *, known_at: datetime | None = None) -> frozenset[PartyType]:
        """The types this party is of on a day, and all their supertypes (2.6), as believed now or then."""
        return frozenset(
            general
            for classification in self.classifications
            if classification.period.includes(as_of)
            if (classification.is_believed if known_at is None else classification.was_believed(known_at))
            for general in classification.type.all_types()
        )

    def believed_classifications(self) -> list[PartyClassification]:
        """The classifications that hold until corrected, of every period."""
        return [each for each in self.classifications if each.is_believed]

    def __str__(self) -> str:
        return self.name


class Person(Party):
    """
    A human being.

    Source: Analysis Patterns 2.1.
    """

    __pattern__ = "2.1"
    __mapper_args__ = {"polymorphic_identity": "person"}


class PartyClassification(Versioned, Base, init=False):
    """
    That a party is of a type, for a period.

    Shape:  one party, one type, one period; a party may be of several types at once.
    Source: Analysis Patterns 2.6 (multiple classification), 14.2 (types that change are facts with dates).
    """

    __tablename__ = "patterns_party_classification"
    __table_args__ = versioned_table_args("patterns_party_classification")
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.6"

    party_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    type_id: Mapped[UUID] = mapped_column(ForeignKey(PartyType.id), index=True, init=False)
    party: Mapped[Party] = relationship(back_populates="classifications")
    type: Mapped[PartyType] = relationship()

    def __init__(self, *, party: Party, type: PartyType, period: Period = ALWAYS) -> None:
        self._begin(period)
        self.type = type
        party.classifications.append(self)  # assigning the party would leave this out of its session

    def __str__(self) -> str:
        return f"{self.party} is a {self.type} from {self.period}"


keep_history(PartyClassification.__table__)  # type: ignore[arg-type]


def has_type(party: Party, party_type: PartyType, *, as_of: date, known_at: datetime | None = None) -> bool:
    """
    Whether `party` is of `party_type`, directly or through a subtype of it, on a day, as known at an instant.

    Errors: `ConstraintViolation` (`time.aware`) for a naive `known_at`.
    Source: Analysis Patterns 2.6 and 14.2.
    """
    return party_type in party.all_types(as_of, known_at=known_at)


attach(
    "2.6",
    types=(PartyType, PartyClassification),
    behaviours=(has_type,),
    figure="analysis_patterns.patterns.accountability.party_type:PartyType",
    when_not="Where no rule is stated twice for want of a common supertype, leave the types side by side. "
    "What a program does differently for each sort of party belongs into subclasses of `Party` instead.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.patterns.accountability import PartyType, Person, has_type
>>> doctor = PartyType(name="doctor")
>>> practitioner = PartyType(name="general practitioner", supertypes=[doctor])
>>> edwards = Person(name="Dr Edwards", types=[practitioner])
>>> has_type(edwards, doctor, as_of=date(1997, 5, 1))
True
>>> doctor.supertypes.append(practitioner)
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: party-type.acyclic: ...
""",
)
