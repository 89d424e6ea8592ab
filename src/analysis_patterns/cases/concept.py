"""What doctors speak of, and what they found in patients: the cases' own, and small (5.3, 5.4)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..patterns.persistence.base import Base, Level, identity
from ..patterns.persistence.registry import Referable


class Concept(Referable, Base):
    """
    A disease, as a medical term names it.

    Source: Analysis Patterns 5.3 and 5.4.
    """

    __tablename__ = "cases_concept"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "5.3"

    name: Mapped[str] = mapped_column(String(200), unique=True)

    def __str__(self) -> str:
        return self.name


class Diagnosis(Base):
    """
    That a patient has a disease, in the words of the time.

    Source: Analysis Patterns 5.3: what refers to a concept goes on referring to it.
    """

    __tablename__ = "cases_diagnosis"
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.3"

    id: Mapped[UUID] = identity()
    patient: Mapped[str] = mapped_column(String(200))
    concept_id: Mapped[UUID] = mapped_column(ForeignKey(Concept.id), index=True)
