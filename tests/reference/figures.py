"""What chapter 5 is told about: patients of two hospitals, and a class of an application's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ForeignKey, MetaData, String, UniqueConstraint, insert
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    Base,
    IdentificationScheme,
    Organization,
    Person,
    Referable,
    identity,
)
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.base import NAMING
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED

from ..accountability.records import changes_nothing, leaves_no_trace, overwrite, table_of

__all__ = [
    "OWN",
    "Disease",
    "Hospitals",
    "Stay",
    "changes_nothing",
    "leaves_no_trace",
    "overwrite",
    "people",
    "table_of",
    "write",
    "write_belief",
]

OWN = MetaData(naming_convention=NAMING)
"""The application's own, so that nothing is added to the library's."""


class Disease(Referable, Base):
    """An application's own kind of thing, in a table of its own."""

    __tablename__ = "app_disease"
    metadata = OWN

    name: Mapped[str] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(String(100), default=None)

    def __str__(self) -> str:
        return self.name


class Stay(Base):
    """An application's own row that points at a patient: one stay each day, in one bed."""

    __tablename__ = "app_stay"
    __table_args__ = (UniqueConstraint("patient_id", "day"),)
    metadata = OWN

    id: Mapped[UUID] = identity()
    patient_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    day: Mapped[int]
    told_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id), default=None)


@dataclass
class Hospitals:
    """Two hospitals that number patients each in its own way, and the two that turn out to be one."""

    general: Organization
    numbers: IdentificationScheme
    nhs: IdentificationScheme
    john: Person
    jon: Person

    @classmethod
    def founded(cls, session: Session) -> Self:
        """Store them in `session`."""
        general = Organization(name="General hospital")
        made = cls(
            general=general,
            numbers=IdentificationScheme(
                name="General hospital number",
                issuer=general,
                format="JS[0-9]{3}",
                ignored=" -",
                capitals=True,
            ),
            nhs=IdentificationScheme(name="NHS number", check="gb.nhs", ignored=" -", aliases=False),
            john=Person(name="John Smith"),
            jon=Person(name="Jon Smyth"),
        )
        session.add_all(vars(made).values())
        session.commit()
        return made


def write(session: Session, entity: type[Base], **columns: Any) -> None:
    """Write a row past every check of Python's."""
    session.execute(insert(table_of(entity)).values(columns))


def write_belief(session: Session, entity: type[Base], **columns: Any) -> UUID:
    """Write the first version of a fact without days, past every check of Python's; give its key."""
    version = uuid7()
    times = {"known_from": session.recorded, "known_to": UNTIL_CHANGED}
    write(session, entity, version=version, id=version, **{**times, **columns})
    return version


def people(session: Session, count: int, *, commit: bool = True) -> list[Person]:
    """Some people, stored in the order of their keys."""
    made = sorted((Person(name=f"person {number}") for number in range(count)), key=lambda each: each.id)
    session.add_all(made)
    if commit:
        session.commit()
    else:
        session.flush()
    return made
