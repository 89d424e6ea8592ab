"""8.6 Resource Allocation: so much of a kind, or a named asset for a time that nobody else has it."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import Base, Quantity, create_engine, inconsistencies, sessions
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import (
    Asset,
    AssetType,
    ConsumableType,
    GeneralResourceAllocation,
    ImplementedAction,
    ProposedAction,
    ResourceAllocation,
    ResourceType,
    TemporalResource,
    bookings_of,
)
from analysis_patterns.patterns.time import FixedClock, Interval

from ..covered import Covered
from ..refusals import refuses
from .records import at, between, changes_nothing, leaves_no_trace, table_of, without_guards, write

TEN_TO_TWELVE = between(at(3, 10), at(3, 12))


class House:
    """A house with a room of two types, and two meetings."""

    def __init__(self) -> None:
        self.conference = AssetType(name="small conference room")
        self.presentations = AssetType(name="presentation room")
        self.cinema = AssetType(name="cinema")
        self.water = ConsumableType(name="water")
        self.q9 = Asset(name="Room Q9", types=[self.conference, self.presentations])
        self.talk, self.meeting = ProposedAction(name="talk"), ProposedAction(name="meeting")

    def book(
        self, action: ProposedAction | ImplementedAction, interval: Interval | None = TEN_TO_TWELVE
    ) -> TemporalResource:
        """Book Room Q9."""
        return TemporalResource(
            action=action, asset=self.q9, interval=interval, quantity=None if interval else Quantity(1, "h")
        )


@pytest.fixture
def house(session: Session) -> House:
    """The house, stored."""
    made = House()
    session.add_all([made.q9, made.talk, made.meeting, made.water, made.cinema])
    session.commit()
    return made


def test_refuses_to_book_for_an_instant(session: Session, house: House) -> None:
    instant: Any = at(3, 10)

    with changes_nothing(session), refuses("interval.kind") as refused:
        house.book(house.talk, instant)

    assert refused.value.found == f"{instant!r}, of type datetime"


def booking(session: Session, house: House, **columns: object) -> None:
    """Write a booking of Room Q9 past every check of Python's."""
    row: dict[str, object] = {
        "kind": "temporal",
        "action_id": house.meeting.id,
        "asset_id": house.q9.id,
        "quantity_number": 1,
        "quantity_unit": "h",
        "quantity_canonical": "s1 2500000336",
        "booked_from": at(3, 11),
        "booked_to": at(3, 13),
    }
    write(session, ResourceAllocation, **{**row, **columns})


def test_a_proposed_action_books_and_an_implemented_one_uses(session: Session, house: House) -> None:
    booked = GeneralResourceAllocation(action=house.talk, type=house.water, quantity=Quantity(4, "L"))
    done = ImplementedAction(proposed=house.talk, time=at(3))
    used = GeneralResourceAllocation(action=done, type=house.water, quantity=Quantity(2, "L"))
    session.commit()
    session.expire_all()

    assert (booked.booked_by, booked.used_by) == (house.talk, None)
    assert (used.booked_by, used.used_by) == (None, done)
    assert [str(each) for each in house.talk.allocations] == ["4 L of water for talk"]


def test_a_booking_comes_back_with_its_asset_and_its_interval(session: Session, house: House) -> None:
    TemporalResource(action=house.talk, asset=house.q9, interval=TEN_TO_TWELVE, booked_as=house.presentations)
    session.commit()
    session.expunge_all()

    (kept,) = session.scalars(select(TemporalResource))

    assert str(kept) == "Room Q9 for talk, 1997-07-03 10:00 until 1997-07-03 12:00 UTC"
    assert kept.quantity == Quantity(2, "h")
    assert kept.booked_as is not None
    assert kept.booked_as.name == "presentation room"


def test_refuses_to_book_an_asset_twice_at_once(session: Session, house: House) -> None:
    house.book(house.talk)
    session.commit()

    with changes_nothing(session), refuses("asset.one-booking-at-a-time") as refused:
        house.book(house.meeting, between(at(3, 11), at(3, 13)))

    assert str(refused.value) == (
        "asset.one-booking-at-a-time: found Room Q9 for meeting, 1997-07-03 11:00 until 1997-07-03 13:00 "
        "UTC, beside Room Q9 for talk, 1997-07-03 10:00 until 1997-07-03 12:00 UTC; allowed: one booking at "
        "a time. Choose another time or another asset, or withdraw the other booking first."
    )


def test_an_asset_is_booked_once_whichever_of_its_types_is_wanted(session: Session, house: House) -> None:
    interval = TEN_TO_TWELVE
    TemporalResource(action=house.talk, asset=house.q9, interval=interval, booked_as=house.presentations)
    session.commit()

    with changes_nothing(session), refuses("asset.one-booking-at-a-time"):
        TemporalResource(action=house.meeting, asset=house.q9, interval=interval, booked_as=house.conference)


def test_the_same_action_does_not_book_an_asset_twice_at_once(session: Session, house: House) -> None:
    house.book(house.talk)

    with refuses("asset.one-booking-at-a-time"):
        house.book(house.talk)


def test_one_booking_may_follow_another_at_once(session: Session, house: House) -> None:
    house.book(house.talk)
    house.book(house.meeting, between(at(3, 12), at(3, 13)))
    session.commit()

    assert [each.action.name for each in bookings_of(session, house.q9)] == ["talk", "meeting"]
    assert [each.action.name for each in bookings_of(session, house.q9, during=between(at(3, 12)))] == [
        "meeting"
    ]


def test_what_was_booked_is_used_by_what_came_of_it(session: Session, house: House) -> None:
    house.book(house.talk)
    done = ImplementedAction(proposed=house.talk, time=TEN_TO_TWELVE)
    house.book(done)
    session.commit()

    assert len(bookings_of(session, house.q9)) == 2
    with changes_nothing(session), refuses("asset.one-booking-at-a-time"):
        house.book(house.meeting)


def test_a_booking_without_an_interval_claims_no_time_yet(session: Session, house: House) -> None:
    house.book(house.talk, None)
    house.book(house.meeting, None)
    house.book(house.meeting)
    session.commit()

    assert len(bookings_of(session, house.q9)) == 1


def test_an_open_booking_claims_all_that_follows(session: Session, house: House) -> None:
    TemporalResource(action=house.talk, asset=house.q9, interval=between(at(3)), quantity=Quantity(1, "h"))
    session.commit()

    with changes_nothing(session), refuses("asset.one-booking-at-a-time"):
        house.book(house.meeting, between(at(30), at(31)))


def test_a_booking_that_is_withdrawn_frees_the_time_and_stays_known(
    session: Session, clock: FixedClock, house: House
) -> None:
    first = house.book(house.talk)
    session.commit()
    before = clock.now()
    clock.advance(timedelta(days=1))

    first.withdraw()
    session.flush()
    second = house.book(house.meeting)
    session.commit()

    assert bookings_of(session, house.q9) == [second]
    assert bookings_of(session, house.q9, known_at=before) == [first]


def test_a_booking_may_move_within_what_it_had(session: Session, house: House) -> None:
    booked = house.book(house.talk)
    session.commit()

    moved = booked.restated(interval=between(at(3, 11), at(3, 13)))
    session.commit()

    assert bookings_of(session, house.q9) == [moved]


def test_the_flush_refuses_to_book_an_asset_twice_at_once(session: Session, house: House) -> None:
    other = Asset(name="Room Q10")
    session.add(other)
    house.book(house.talk)

    with leaves_no_trace(session), refuses("asset.one-booking-at-a-time", Layer.FLUSH):
        TemporalResource(action=house.meeting, asset=other, interval=TEN_TO_TWELVE).asset = house.q9
        session.commit()


def test_the_database_refuses_to_book_an_asset_twice_at_once(
    session: Session, house: House, layer: Layer
) -> None:
    house.book(house.talk)

    with leaves_no_trace(session), refuses("asset.one-booking-at-a-time", layer):
        booking(session, house)


def test_a_double_booking_that_came_from_elsewhere_is_found(session: Session, house: House) -> None:
    house.book(house.talk)
    without_guards(session)
    booking(session, house)

    found = list(inconsistencies(session))

    assert {each.rule.name for each in found} == {"asset.one-booking-at-a-time"}
    assert len(found) == 2


def test_refuses_to_allocate_assets_by_anything_but_time(session: Session, house: House) -> None:
    with changes_nothing(session), refuses("allocation.asset-time") as refused:
        GeneralResourceAllocation(action=house.talk, type=house.conference, quantity=Quantity(2, "kg"))
    with changes_nothing(session), refuses("allocation.asset-time"):
        TemporalResource(action=house.talk, asset=house.q9, quantity=Quantity(2, "L"))

    assert str(refused.value) == (
        "allocation.asset-time: found 2 kg of an asset; allowed: a quantity of time, such as 2 h. "
        "Say for how long the asset is needed; for several, allocate each."
    )


def test_the_flush_refuses_to_allocate_assets_by_anything_but_time(session: Session, house: House) -> None:
    with leaves_no_trace(session), refuses("allocation.asset-time", Layer.FLUSH):
        house.book(house.talk).quantity = Quantity(2, "kg")
        session.commit()


@pytest.mark.parametrize("kind", ["general", "temporal"])
def test_the_database_refuses_to_allocate_assets_by_anything_but_time(
    session: Session, house: House, layer: Layer, kind: str
) -> None:
    with leaves_no_trace(session), refuses("allocation.asset-time", layer):
        booking(
            session,
            house,
            kind=kind,
            asset_id=house.q9.id if kind == "temporal" else None,
            resource_type_id=house.conference.id if kind == "general" else None,
            quantity_unit="kg",
            quantity_canonical="kg1 2500000001",
        )


def test_consumables_are_allocated_in_any_unit(session: Session, house: House) -> None:
    for quantity in (Quantity(4, "L"), Quantity(2, "kg"), Quantity(3, "h")):
        GeneralResourceAllocation(action=house.talk, type=house.water, quantity=quantity)
    session.commit()

    assert len(house.talk.allocations) == 3


@pytest.mark.parametrize("amount", [0, -1])
def test_refuses_to_allocate_nothing(session: Session, house: House, amount: int) -> None:
    with changes_nothing(session), refuses("allocation.positive"):
        GeneralResourceAllocation(action=house.talk, type=house.water, quantity=Quantity(amount, "L"))


def test_the_flush_refuses_to_allocate_nothing(session: Session, house: House) -> None:
    with leaves_no_trace(session), refuses("allocation.positive", Layer.FLUSH):
        house.book(house.talk).quantity = Quantity(0, "h")
        session.commit()


@pytest.mark.parametrize("canonical", ["s1 1", "s1 0500~"])
def test_the_database_refuses_to_allocate_nothing(
    session: Session, house: House, layer: Layer, canonical: str
) -> None:
    with leaves_no_trace(session), refuses("allocation.positive", layer):
        booking(session, house, quantity_canonical=canonical)


def test_refuses_to_book_an_asset_as_what_it_is_not(session: Session, house: House) -> None:
    with changes_nothing(session), refuses("asset.of-type") as refused:
        TemporalResource(action=house.talk, asset=house.q9, interval=TEN_TO_TWELVE, booked_as=house.cinema)

    assert refused.value.allowed == "presentation room, small conference room"


def test_the_flush_refuses_to_book_an_asset_as_what_it_is_not(session: Session, house: House) -> None:
    with leaves_no_trace(session), refuses("asset.of-type", Layer.FLUSH):
        house.book(house.talk).booked_as = house.cinema
        session.commit()


def test_the_database_refuses_to_book_an_asset_as_what_it_is_not(
    session: Session, house: House, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("asset.of-type", layer):
        booking(session, house, resource_type_id=house.cinema.id)


def test_the_database_refuses_a_second_resource_type_of_a_name(
    session: Session, house: House, layer: Layer
) -> None:
    row = insert(table_of(ResourceType)).values(id=uuid7(), kind="asset_type", name="water")

    with leaves_no_trace(session), refuses("resource-type.unique-name", layer):
        session.execute(row)


WISHES = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6), st.booleans()), min_size=1, max_size=8)


def test_whatever_is_wished_no_two_bookings_overlap() -> None:
    covered = Covered()
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)

    @settings(max_examples=40, deadline=None)
    @given(WISHES)
    def holds(wishes: list[tuple[int, int, bool]]) -> None:
        kept: list[TemporalResource] = []
        with sessions(engine)() as session:
            house = House()
            session.add_all([house.q9, house.talk, house.meeting])
            for hour, length, given_back in wishes:
                interval = between(at(3, hour), at(3, hour) + timedelta(hours=length))
                clash = any(each.interval is not None and each.interval.overlaps(interval) for each in kept)
                with refuses("asset.one-booking-at-a-time") if clash else nullcontext():
                    kept.append(house.book(house.talk, interval))
                session.flush()
                if given_back and kept:
                    kept.pop(0).withdraw()
                    session.flush()
            assert set(bookings_of(session, house.q9)) == set(kept)
            covered.case(refused=len(kept) < len(wishes), several=len(kept) > 1)
            session.rollback()

    holds()

    covered.enough()


def test_a_sound_database_has_no_inconsistencies(session: Session, house: House) -> None:
    house.book(house.talk)
    GeneralResourceAllocation(action=house.talk, type=house.conference, quantity=Quantity(90, "min"))
    session.commit()

    assert list(inconsistencies(session)) == []
