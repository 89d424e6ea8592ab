"""What may be observed, and what is a special case of what (3.6 Subtyping Observation Concepts)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ...patterns.accountability.name import LONGEST, name_violations
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, require, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.generalization import all_above, keep_closure, require_no_circle
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.types import Key

if TYPE_CHECKING:
    from .phenomenon_type import PhenomenonType

_TABLE = "observation_concept"

ACYCLIC = rule(
    "observation-concept.acyclic",
    pattern="3.6",
    says="No observation concept is a supertype of itself, however far up.",
    layers=BUILT | DATABASES,
)
UNIQUE_NAME = rule(
    "observation-concept.unique-name",
    pattern="3.6",
    says="A concept is known by its name, and a phenomenon by its name and its type, so no two share one.",
    layers=DATABASES,
    guards=(
        f"uq_{_TABLE}_name",
        f"{_TABLE}.name",
        f"uq_{_TABLE}_phenomenon",
        f"{_TABLE}.phenomenon_type_id, {_TABLE}.name",
    ),
)

generalization = Table(
    f"{_TABLE}_generalization",
    Base.metadata,
    Column("subtype_id", Key, ForeignKey(f"{_TABLE}.id"), primary_key=True),
    Column("supertype_id", Key, ForeignKey(f"{_TABLE}.id"), primary_key=True, index=True),
)

closure = Table(
    f"{_TABLE}_closure",
    Base.metadata,
    Column("subtype_id", Key, ForeignKey(f"{_TABLE}.id"), primary_key=True),
    Column("supertype_id", Key, ForeignKey(f"{_TABLE}.id"), primary_key=True, index=True),
)
"""Every concept with each of its supertypes and itself: a projection that the database keeps."""


class ObservationConcept(Referable, Base):
    """
    Something that a thing may be found to have, or not to have: diabetes, chest pain.

    Shape:  a name; any number of supertypes, of which it is a special case.
    Errors: `ConstraintViolation`: `observation-concept.acyclic` where a supertype would be a subtype too,
            `name.text` for what is no name; nothing is changed.
    Source: Analysis Patterns 3.6 and fig. 3.10: where it is present so are its supertypes; where it is
            absent so are its subtypes.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        Index(
            f"uq_{_TABLE}_name",
            "name",
            unique=True,
            sqlite_where=text("phenomenon_type_id IS NULL"),
            postgresql_where=text("phenomenon_type_id IS NULL"),
        ),
        Index(f"uq_{_TABLE}_phenomenon", "phenomenon_type_id", "name", unique=True),
        CheckConstraint("(kind = 'phenomenon') = (phenomenon_type_id IS NOT NULL)", name="typed"),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "3.6"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "concept"}

    kind: Mapped[str] = mapped_column(String(50), init=False)
    name: Mapped[str] = mapped_column(String(LONGEST))
    phenomenon_type_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("observation_phenomenon_type.id"), init=False
    )
    supertypes: Mapped[list[ObservationConcept]] = relationship(
        secondary=generalization,
        primaryjoin=lambda: ObservationConcept.id == generalization.c.subtype_id,
        secondaryjoin=lambda: ObservationConcept.id == generalization.c.supertype_id,
        back_populates="subtypes",
        default_factory=list,
    )
    subtypes: Mapped[list[ObservationConcept]] = relationship(
        secondary=generalization,
        primaryjoin=lambda: ObservationConcept.id == generalization.c.supertype_id,
        secondaryjoin=lambda: ObservationConcept.id == generalization.c.subtype_id,
        back_populates="supertypes",
        default_factory=list,
        init=False,
    )

    @validates("name")
    def _stay_readable(self, _key: str, name: str) -> str:
        # Refused later, the concept would stand among the subtypes of its supertypes already.
        require(name_violations(self, name))
        return name

    @validates("supertypes")
    def _stay_acyclic(self, _key: str, supertype: ObservationConcept) -> ObservationConcept:
        require_no_circle(ACYCLIC, self, supertype, supertype.all_concepts(), called="concept")
        return supertype

    def all_concepts(self) -> frozenset[ObservationConcept]:
        """The concept itself and all its supertypes, however far up."""
        return _above(self)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this concept breaks by itself."""
        yield from name_violations(self, self.name)

    def __str__(self) -> str:
        return self.name


class Phenomenon(ObservationConcept):
    """
    One of the values that a quality may have: blood group A.

    Shape:  exactly one phenomenon type; its name is its own among the phenomena of that type.
    Errors: those of `ObservationConcept`.
    Source: Analysis Patterns 3.5: "A" among blood groups is not the "A" of another scale.
    """

    __pattern__ = "3.5"
    __mapper_args__ = {"polymorphic_identity": "phenomenon"}

    phenomenon_type: Mapped[PhenomenonType] = relationship(back_populates="phenomena")

    def __str__(self) -> str:
        return f"{self.phenomenon_type}: {self.name}"


def _above(concept: ObservationConcept) -> frozenset[ObservationConcept]:
    # A function of its own: a method's `self` is of a type that its supertypes need not be of.
    return all_above(concept, lambda each: each.supertypes)


keep_closure(ObservationConcept.__table__, generalization, closure, acyclic=ACYCLIC)  # type: ignore[arg-type]
