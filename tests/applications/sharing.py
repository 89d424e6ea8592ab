"""
An application that shares our base: its tables stand in our metadata, and one column in a table of ours.

It is run by itself, as an application is: what it adds to the library's tables would stay for other tests.
"""

from __future__ import annotations

import sys
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from analysis_patterns.patterns import Base, Party, Person, Referable, create_engine, identity, sessions


class Volunteer(Person):
    """A subtype without a table of its own: what it adds may be missing, as it is for everybody else."""

    __mapper_args__ = {"polymorphic_identity": "volunteer"}

    weekday: Mapped[str | None] = mapped_column(String(10), default=None)


class Depot(Referable, Base):
    """An entity of the application's own, beside ours."""

    __tablename__ = "app_depot"

    town: Mapped[str] = mapped_column(String(50))


class Shift(Base):
    """A row that points at both."""

    __tablename__ = "app_shift"

    id: Mapped[UUID] = identity()
    depot_id: Mapped[UUID] = mapped_column(ForeignKey(Depot.id), init=False)
    party_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), init=False)
    depot: Mapped[Depot] = relationship()
    party: Mapped[Party] = relationship()


def main(url: str) -> None:
    """Make all the tables at once, fill them, and print what they hold."""
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    with sessions(engine)() as session:
        anne = Volunteer(name="Anne", weekday="Monday")
        session.add_all([Shift(depot=Depot(town="Oslo"), party=anne), Person(name="Bert")])
        session.commit()
        session.expunge_all()
        for shift in session.scalars(select(Shift)):
            sys.stdout.write(f"{shift.party} is in {shift.depot.town}\n")
        for volunteer in session.scalars(select(Volunteer)):
            sys.stdout.write(f"{volunteer} comes on {volunteer.weekday}\n")
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
