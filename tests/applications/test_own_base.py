"""An application with a base and metadata of its own points its tables at ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, ForeignKey, String, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship

from analysis_patterns.migrations import upgrade
from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    Base,
    KeywordOnly,
    Money,
    Organization,
    Party,
    PartyType,
    Period,
    Person,
    Session,
    Versioned,
    create_engine,
    identity,
    keep_history,
    money_columns,
    sessions,
    versioned_table_args,
)
from analysis_patterns.patterns.constraint import Layer

from ..databases import Databases
from ..refusals import refuses


class Shop(DeclarativeBase):
    """An application's plain base."""


class Order(Shop):
    """A row that points at any party, by key and as an object."""

    __tablename__ = "shop_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id))
    client: Mapped[Party] = relationship(Party)


class Signature(Shop):
    """A row that points at one version of a fact: the duty as it was when it was signed."""

    __tablename__ = "shop_signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_version: Mapped[UUID] = mapped_column(ForeignKey(Accountability.version))
    duty: Mapped[Accountability] = relationship(Accountability)


class Yard(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, metaclass=KeywordOnly):
    """A base like ours, of keyword-only dataclasses, in metadata of the application's own."""

    type_annotation_map = Base.type_annotation_map


class Boat(Yard):
    """An entity with a key like ours."""

    __tablename__ = "yard_boat"

    id: Mapped[UUID] = identity()
    name: Mapped[str] = mapped_column(String(50))


class Lease(Versioned, Yard, init=False):
    """A fact of the application's that is corrected as ours are, and never overwritten."""

    __tablename__ = "yard_lease"
    __table_args__ = versioned_table_args("yard_lease")

    boat_id: Mapped[UUID] = mapped_column(ForeignKey(Boat.id), init=False)
    lessee_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), init=False)
    rent: Mapped[Money] = money_columns("rent")
    boat: Mapped[Boat] = relationship()
    lessee: Mapped[Party] = relationship(Party)

    def __init__(self, *, boat: Boat, lessee: Party, rent: Money, period: Period) -> None:
        self._begin(period)
        self.boat = boat
        self.lessee = lessee
        self.rent = rent


keep_history(Lease)

YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))


def create_tables(url: str) -> None:
    engine = create_engine(url)
    upgrade(engine)
    Shop.metadata.create_all(engine)
    Yard.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    with databases.fresh(create_tables) as url:
        made = create_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with sessions(engine)() as made:
        yield made


def test_a_row_of_the_application_points_at_any_party(session: Session) -> None:
    session.add_all([Order(id=1, client=Person(name="Anne")), Order(id=2, client=Organization(name="Acme"))])
    session.commit()

    question = select(Order.id, Party.name).join(Order.client).order_by(Order.id)
    assert [tuple(row) for row in session.execute(question)] == [(1, "Anne"), (2, "Acme")]
    assert isinstance(session.get_one(Order, 2).client, Organization)


def test_a_pointer_at_nothing_is_refused(session: Session) -> None:
    with pytest.raises(IntegrityError):
        session.execute(insert(Order), {"id": 1, "client_id": UUID(int=1)})


def test_a_row_of_the_application_points_at_one_version(session: Session) -> None:
    unit = PartyType(name="unit")
    duty = AccountabilityType(name="duty", commissioners=[unit], responsibles=[unit])
    anne, bert = (Person(name=name, types=[unit]) for name in ("Anne", "Bert"))
    signed = Accountability(type=duty, commissioner=anne, responsible=bert, period=YEAR)
    session.add(Signature(id=1, duty=signed))
    session.commit()

    signed.ended(date(1997, 7, 1))
    session.commit()

    assert session.get_one(Signature, 1).duty.period == YEAR


def test_an_application_keeps_history_as_we_do(session: Session) -> None:
    lease = Lease(boat=Boat(name="Beagle"), lessee=Person(name="Anne"), rent=Money(100, "GBP"), period=YEAR)
    session.add(lease)
    session.commit()

    shorter = lease.ended(date(1997, 7, 1))
    session.commit()

    assert (shorter.id, shorter.rent, shorter.boat.name) == (lease.id, Money(100, "GBP"), "Beagle")
    assert not lease.is_believed


def test_and_the_database_guards_it(session: Session, engine: Engine) -> None:
    session.add(
        Lease(boat=Boat(name="Beagle"), lessee=Person(name="Anne"), rent=Money(100, "GBP"), period=YEAR)
    )
    session.commit()

    with refuses("history.append-only", Layer(engine.dialect.name)):
        session.connection().execute(delete(Lease))
