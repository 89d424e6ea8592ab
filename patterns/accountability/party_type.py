"""What kinds of party there are, and which are special cases of which (2.6 Party Type Generalizations)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ..constraint import BUILT, DATABASES, ConstraintViolation, require, rule
from ..persistence.base import Base, Level, identity
from ..persistence.generalization import all_above, keep_closure, require_no_circle
from ..persistence.types import Key
from .name import name_violations

ACYCLIC = rule(
    "party-type.acyclic",
    pattern="2.6",
    says="No party type is a supertype of itself, however far up.",
    layers=BUILT | DATABASES,
)
UNIQUE_NAME = rule(
    "party-type.unique-name",
    pattern="2.5",
    says="A party type is known by its name, so no two share one.",
    layers=DATABASES,
    guards=("uq_patterns_party_type_name", "patterns_party_type.name"),
)

generalization = Table(
    "patterns_party_type_generalization",
    Base.metadata,
    Column("subtype_id", Key, ForeignKey("patterns_party_type.id"), primary_key=True),
    Column("supertype_id", Key, ForeignKey("patterns_party_type.id"), primary_key=True, index=True),
)

closure = Table(
    "patterns_party_type_closure",
    Base.metadata,
    Column("subtype_id", Key, ForeignKey("patterns_party_type.id"), primary_key=True),
    Column("supertype_id", Key, ForeignKey("patterns_party_type.id"), primary_key=True),
)
"""Every type with each of its supertypes and itself: a projection that the database keeps."""


class PartyType(Base):
    """
    A kind of party that rules can speak of.

    Shape:  any number of supertypes; rules see a type together with all of them.
    Errors: `ConstraintViolation` (`party-type.acyclic`) where a supertype would be a subtype too.
    Source: Analysis Patterns 2.5 and 2.6; the book draws one supertype and allows for several.
    """

    __tablename__ = "patterns_party_type"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "2.6"

    id: Mapped[UUID] = identity()
    name: Mapped[str] = mapped_column(String(500), unique=True)
    supertypes: Mapped[list[PartyType]] = relationship(
        secondary=generalization,
        primaryjoin=lambda: PartyType.id == generalization.c.subtype_id,
        secondaryjoin=lambda: PartyType.id == generalization.c.supertype_id,
        back_populates="subtypes",
        default_factory=list,
    )
    subtypes: Mapped[list[PartyType]] = relationship(
        secondary=generalization,
        primaryjoin=lambda: PartyType.id == generalization.c.supertype_id,
        secondaryjoin=lambda: PartyType.id == generalization.c.subtype_id,
        back_populates="supertypes",
        default_factory=list,
        init=False,
    )

    @validates("name")
    def _stay_readable(self, _key: str, name: str) -> str:
        # Refused later, the type would stand among the subtypes of its supertypes already.
        require(name_violations(self, name))
        return name

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this type breaks by itself."""
        yield from name_violations(self, self.name)

    @validates("supertypes")
    def _stay_acyclic(self, _key: str, supertype: PartyType) -> PartyType:
        require_no_circle(ACYCLIC, self, supertype, supertype.all_types(), called="type")
        return supertype

    def all_types(self) -> frozenset[PartyType]:
        """The type itself and all its supertypes, however far up."""
        return all_above(self, lambda party_type: party_type.supertypes)

    def __str__(self) -> str:
        return self.name


keep_closure(PartyType.__table__, generalization, closure, acyclic=ACYCLIC)  # type: ignore[arg-type]
