"""5.1 to 5.4 for a class of an application's own, on a base of its own: nothing of it is known beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    Appearance,
    Equivalence,
    IdentificationScheme,
    Identifier,
    Name,
    Person,
    Referable,
    Supersession,
    active,
    appearances,
    equivalents,
    essence_of,
    identified,
    merge_by_essence,
    plan_copy_and_replace,
    schema_of,
    things_named,
)
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.types import Key


class Fleet(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The application's own base."""

    type_annotation_map = {UUID: Key}


class Ship(Referable, Fleet):
    """Something that is of no chapter of the book."""

    __tablename__ = "app_fleet_ship"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "ship"}

    kind: Mapped[str] = mapped_column(init=False)
    name: Mapped[str]


class Ferry(Ship):
    """A subtype with a table of its own, whose key is that of the ship."""

    __tablename__ = "app_fleet_ferry"
    __mapper_args__ = {"polymorphic_identity": "ferry"}

    id: Mapped[UUID] = mapped_column(
        Key, ForeignKey(Ship.id), primary_key=True, init=False, default_factory=uuid7
    )
    cars: Mapped[int | None] = mapped_column(default=None)


class Voyage(Fleet):
    """What points at ships, and at ferries."""

    __tablename__ = "app_fleet_voyage"

    id: Mapped[int] = mapped_column(primary_key=True)
    ship_id: Mapped[UUID | None] = mapped_column(ForeignKey(Ship.id), default=None)
    ferry_id: Mapped[UUID | None] = mapped_column(ForeignKey(Ferry.id), default=None)


@pytest.fixture
def ferries(session: Session, engine: Engine) -> Iterator[list[Ferry]]:
    """Two ferries that are one, stored, with a voyage each."""
    Fleet.metadata.create_all(engine)
    made = sorted(
        (Ferry(name=name, cars=cars) for name, cars in (("Europa", None), ("Europe", 90))),
        key=lambda each: each.id,
    )
    session.add_all(made)
    session.flush()
    session.add_all(Voyage(id=n, ship_id=each.id, ferry_id=each.id) for n, each in enumerate(made))
    session.commit()
    yield made
    session.rollback()


def test_it_is_named_and_identified(session: Session, ferries: list[Ferry]) -> None:
    scheme = IdentificationScheme(name="IMO number", check="imo")
    name = Name(thing=ferries[0], text="the old ferry")
    identifier = Identifier(scheme=scheme, text="IMO 9319466", thing=ferries[0])
    session.add_all([name, identifier])
    session.commit()

    assert things_named(session, "the old ferry") == [ferries[0]]
    assert identified(session, scheme, "9319466") is ferries[0]
    assert name.thing is identifier.thing is ferries[0]


def test_it_is_superseded_and_joined(session: Session, ferries: list[Ferry]) -> None:
    supersession = Supersession(superseded=ferries[0], by=ferries[1])
    session.add(supersession)
    merge_by_essence(session, *ferries)
    session.commit()

    assert active(session, ferries[0]) is ferries[1]
    assert (supersession.superseded, supersession.superseding) == tuple(ferries)
    assert appearances(session, ferries[1]) == ferries
    essence = essence_of(session, ferries[0])
    found = session.query(Appearance).filter_by(essence=essence).order_by(Appearance.thing_id)
    assert [each.thing for each in found] == ferries


def test_it_is_copied_with_the_attributes_of_all_its_tables(session: Session, ferries: list[Ferry]) -> None:
    duplicate, survivor = sorted(ferries, key=lambda each: each.cars is None)

    plan = plan_copy_and_replace(session, duplicate=duplicate, survivor=survivor)
    plan.carry_out(session)
    session.commit()

    assert [str(each) for each in plan.references] == [
        "app_fleet_voyage.ferry_id: 1 rewritten", "app_fleet_voyage.ship_id: 1 rewritten"
    ]  # fmt: skip
    assert plan.copied == (("cars", "90"),)
    assert survivor.cars == 90
    assert {each.ship_id for each in session.query(Voyage)} == {survivor.id}
    assert {each.ferry_id for each in session.query(Voyage)} == {survivor.id}


def test_some_hold_it_to_be_the_same(session: Session, ferries: list[Ferry]) -> None:
    captain = Person(name="the captain")
    held = Equivalence(things=ferries, holders=[captain])
    session.add_all([captain, held])
    session.commit()

    assert equivalents(session, ferries[0], asker=captain) == ferries
    assert [each.thing for each in held.members] == ferries


@pytest.mark.parametrize("entity", [IdentificationScheme, Identifier, Name, Supersession, Equivalence])
def test_what_refers_to_it_has_a_schema(entity: type[object]) -> None:
    assert schema_of(entity).model_json_schema()["properties"]
