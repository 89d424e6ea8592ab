"""A row of the cases' own that points at a patient: what a merge would have to rewrite, or need not (5.3)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..patterns.accountability import Party
from ..patterns.persistence.base import Base, Level, identity


class Admission(Base):
    """
    That a patient was admitted to a ward on a day.

    Source: Analysis Patterns 5.3: what refers to an object that turns out to be two.
    """

    __tablename__ = "cases_admission"
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.3"

    id: Mapped[UUID] = identity()
    patient_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True)
    admitted: Mapped[date]
    ward: Mapped[str] = mapped_column(String(100))
