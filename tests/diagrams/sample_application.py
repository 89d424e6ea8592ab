"""An application that makes something of the patterns, in every way."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from analysis_patterns.patterns import Accountability, Party, Person, identity_of
from analysis_patterns.patterns.constraint import rule

TITLE = rule("sample-job.title", pattern="2.1", says="A job has a title.")


class Plumbing(DeclarativeBase):
    """The plumber's own tables."""


class Van(Plumbing):
    """A car."""

    __tablename__ = "sample_van"

    id: Mapped[int] = mapped_column(primary_key=True)


class Visit(Plumbing):
    """Somebody goes there."""

    __tablename__ = "sample_visit"
    __pattern__ = "8.1"

    id: Mapped[int] = mapped_column(primary_key=True)
    van_id: Mapped[int] = mapped_column(ForeignKey(Van.id))
    van: Mapped[Van] = relationship()


class Job(Plumbing):
    """Work for a client."""

    __tablename__ = "sample_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id))
    client: Mapped[Party] = relationship(Party)
    # No relationship: the foreign key alone is reference enough.
    warranty_id: Mapped[UUID] = mapped_column(ForeignKey(Accountability.version))

    def late(self, days: int = 1) -> bool:
        """Whether the client waits for longer than `days`."""
        return self.id > days


class Plumber(Person):
    """A person with a badge."""

    __tablename__ = "sample_plumber"
    __mapper_args__ = {"polymorphic_identity": "plumber"}
    metadata = Plumbing.metadata

    id: Mapped[UUID] = identity_of(Party)
    badge: Mapped[str]
