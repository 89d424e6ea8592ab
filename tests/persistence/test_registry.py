"""Whatever others refer to has an entry in the registry, so that a reference is a real foreign key (5.2)."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Engine, ForeignKey, MetaData, String, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from analysis_patterns.patterns.accountability import Party, Person
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Base, Referable, Session, Thing, identity
from analysis_patterns.patterns.persistence.base import NAMING

from ..refusals import refuses

OWN = MetaData(naming_convention=NAMING)
"""The application's own, so that nothing is added to the library's."""


class Ship(Referable, Base):
    """An application's own class that others may refer to."""

    __tablename__ = "app_ship"
    metadata = OWN

    name: Mapped[str] = mapped_column(String(50))


class Remark(Base):
    """An application's own table that refers to anything."""

    __tablename__ = "app_remark"
    metadata = OWN

    id: Mapped[UUID] = identity()
    text: Mapped[str] = mapped_column(String(200))
    about_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), init=False)
    about: Mapped[Thing] = relationship()


@pytest.fixture
def own_tables(engine: Engine) -> None:
    OWN.create_all(engine)


def things(session: Session) -> set[tuple[UUID, str]]:
    return {(thing.id, thing.kind) for thing in session.scalars(select(Thing))}


def test_an_entity_is_registered_under_its_own_key_before_it_is_written(session: Session) -> None:
    party = Party(name="Acme")
    session.add(party)
    session.flush()

    assert things(session) == {(party.id, "patterns_party")}


def test_a_subtype_is_registered_as_what_it_is_a_kind_of(session: Session) -> None:
    person = Person(name="Anne")
    session.add(person)
    session.flush()

    assert things(session) == {(person.id, "patterns_party")}


@pytest.mark.usefixtures("own_tables")
def test_an_applications_class_is_registered_like_ours(session: Session) -> None:
    ship, party = Ship(name="Beagle"), Party(name="Acme")
    session.add_all([ship, party])
    session.commit()

    assert things(session) == {(ship.id, "app_ship"), (party.id, "patterns_party")}


@pytest.mark.usefixtures("own_tables")
def test_a_reference_may_point_at_anything(session: Session) -> None:
    ship, person = Ship(name="Beagle"), Person(name="Anne")
    session.add_all([ship, person])
    session.flush()
    for about in (ship, person):
        session.add(Remark(text=f"seen: {about.name}", about=session.get_one(Thing, about.id)))
    session.commit()

    question = select(Remark.text).join(Thing).where(Thing.kind == "app_ship")
    assert session.scalars(question).all() == ["seen: Beagle"]


@pytest.mark.usefixtures("own_tables")
def test_a_reference_to_nothing_is_refused(session: Session) -> None:
    with pytest.raises(IntegrityError):
        session.connection().execute(
            insert(Remark), {"id": UUID(int=1), "text": "x", "about_id": UUID(int=2)}
        )


def test_an_entity_without_an_entry_is_refused(session: Session) -> None:
    with pytest.raises(IntegrityError):
        session.connection().execute(insert(Party), {"id": UUID(int=1), "kind": "party", "name": "Acme"})


def test_the_entry_of_an_entity_cannot_be_taken_away(session: Session) -> None:
    session.add(Party(name="Acme"))
    session.flush()

    with pytest.raises(IntegrityError):
        session.connection().execute(delete(Thing))


def test_what_is_rolled_back_was_never_registered(session: Session) -> None:
    session.add(Party(name="Acme"))
    session.flush()
    session.rollback()

    assert things(session) == set()


def test_an_entity_that_changes_is_not_registered_again(session: Session) -> None:
    party = Party(name="Acme")
    session.add(party)
    session.commit()

    party.name = "Acme & Sons"
    session.commit()

    assert len(things(session)) == 1


def test_the_database_keeps_a_thing_what_it_is(session: Session, layer: Layer) -> None:
    party = Party(name="Acme")
    session.add(party)
    session.commit()
    key = party.id

    with refuses("thing.immutable", layer):
        session.connection().execute(update(Thing).values(kind="app_ship"))
    session.rollback()

    assert things(session) == {(key, "patterns_party")}


def test_sqlite_refuses_to_replace_a_thing(session: Session, layer: Layer) -> None:
    party = Party(name="Acme")
    session.add(party)
    session.commit()
    if layer is not Layer.SQLITE:  # no other database has a statement for it
        return

    with refuses("thing.immutable", layer):
        session.connection().execute(
            insert(Thing).prefix_with("OR REPLACE"), {"id": party.id, "kind": "app_ship"}
        )
