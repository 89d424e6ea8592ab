"""A plumber's business: jobs for clients, people with badges, and who answers to whom."""

import os
from datetime import date
from uuid import UUID

from sqlalchemy import Engine, ForeignKey, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from analysis_patterns.patterns import (
    Accountability,
    HierarchicAccountabilityType,
    Organization,
    Party,
    PartyType,
    Period,
    Person,
    Session,
    create_engine,
    identity_of,
)


class Business(DeclarativeBase):
    """The business's own tables."""


class Job(Business):
    """Work for a client: a row of ours that points at any party, whether person or organization."""

    __tablename__ = "business_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(100))
    client_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id))
    client: Mapped[Party] = relationship(Party)


class Employee(Person):
    """A person with a badge; what holds of parties holds of employees."""

    __tablename__ = "business_employee"
    __mapper_args__ = {"polymorphic_identity": "employee"}
    metadata = Business.metadata

    id: Mapped[UUID] = identity_of(Party)
    badge: Mapped[str] = mapped_column(String(10), unique=True)


def open_database() -> Engine:
    """The database that the business keeps its books in."""
    return create_engine(os.environ.get("BUSINESS_URL", "sqlite:///business.db"))


def begin(session: Session, today: date) -> None:
    """Hire two people, have one answer to the other, and take a job."""
    staff = PartyType(name="staff")
    line = HierarchicAccountabilityType(name="line", commissioners=[staff], responsibles=[staff])
    ann, bob = (Employee(name=name, badge=name[:1], types=[staff]) for name in ("Ann", "Bob"))
    session.add(Accountability(type=line, commissioner=ann, responsible=bob, period=Period(today)))
    session.add(Job(title="A new boiler", client=Organization(name="Town Hall")))
    session.commit()


def told(session: Session) -> list[str]:
    """Who answers to whom, and what there is to do."""
    jobs = (f"{job.title} for {job.client}" for job in session.scalars(select(Job)))
    return [*map(str, session.scalars(select(Accountability))), *jobs]
