"""2.7: a party is moved with all that stands below it, and where it stood is not forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine, event

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    Appointment,
    AppointmentType,
    HierarchicAccountabilityType,
    Organization,
    Party,
    PartyType,
    Person,
    Post,
    Shape,
    ancestors_of,
    chain_periods,
    descendants_of,
    inconsistencies,
    move,
)
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period

from ..refusals import refuses
from .figures import Acm
from .records import changes_nothing, contents, leaves_no_trace, versions_of

NINE = datetime(1997, 5, 1, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
JUNE = date(1997, 6, 1)
YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))


@pytest.fixture
def west(session: Session, acm: Acm) -> Organization:
    """A second region of ACM, with nothing below it."""
    west = Organization(name="West", types=[acm.region])
    session.add(Accountability(type=acm.line, commissioner=acm.us, responsible=west))
    session.commit()
    return west


@pytest.fixture
def division(session: Session, acm: Acm, west: Organization, clock: FixedClock) -> Accountability:
    """That New England answers to Northeast for a year, recorded an hour ago."""
    made = Accountability(type=acm.line, commissioner=acm.northeast, responsible=acm.new_england, period=YEAR)
    session.add(made)
    session.add(Accountability(type=acm.line, commissioner=acm.new_england, responsible=acm.boston))
    session.commit()
    clock.set(TEN)
    return made


@contextmanager
def statements_of(session: Session) -> Iterator[list[str]]:
    """The statements that the block sends."""
    sent: list[str] = []
    connection = session.connection()

    def listening(*given: Any) -> None:
        sent.append(given[2])

    event.listen(connection, "before_cursor_execute", listening)
    yield sent
    event.remove(connection, "before_cursor_execute", listening)


def test_puts_a_party_under_another_from_a_day_on(
    session: Session, acm: Acm, division: Accountability, west: Organization
) -> None:
    moved = move(session, division, to=west, on=JUNE)
    session.commit()

    assert (moved.commissioner, moved.responsible, moved.type) == (west, acm.new_england, acm.line)
    assert moved.period == Period(JUNE, YEAR.end)
    assert moved.id == moved.version != division.id
    assert moved.is_believed


def test_what_stood_before_still_stands_on_the_days_before(
    session: Session, acm: Acm, division: Accountability, west: Organization
) -> None:
    move(session, division, to=west, on=JUNE)
    session.commit()

    above = [
        ancestors_of(session, acm.boston, type=acm.line, as_of=day)[1]
        for day in (YEAR.start, JUNE - timedelta(days=1), JUNE, YEAR.end - timedelta(days=1))
    ]
    assert above == [acm.northeast.id, acm.northeast.id, west.id, west.id]
    assert chain_periods(session, acm.northeast, for_=acm.boston) == (Period(YEAR.start, JUNE),)
    assert chain_periods(session, west, for_=acm.boston) == (Period(JUNE, YEAR.end),)


def test_what_was_known_before_is_still_reported_as_it_was_known(
    session: Session, acm: Acm, division: Accountability, west: Organization
) -> None:
    move(session, division, to=west, on=JUNE)
    session.commit()

    known = [
        descendants_of(session, west, type=acm.line, as_of=JUNE, known_at=known_at)
        for known_at in (TEN - timedelta(microseconds=1), TEN)
    ]
    assert known == [[], [acm.new_england.id, acm.boston.id]]
    assert [(each.period, each.known_from) for each in versions_of(session, division)] == [
        (YEAR, NINE),
        (Period(YEAR.start, JUNE), TEN),
    ]


def test_moved_from_its_first_day_it_never_stood_elsewhere(
    session: Session, acm: Acm, division: Accountability, west: Organization
) -> None:
    moved = move(session, division, to=west, on=YEAR.start)
    session.commit()

    assert moved.period == YEAR
    assert not division.is_believed
    assert chain_periods(session, acm.northeast, for_=acm.boston) == ()
    assert chain_periods(session, acm.northeast, for_=acm.boston, known_at=NINE) == (YEAR,)


def test_it_may_be_moved_again_and_back(
    session: Session, acm: Acm, division: Accountability, west: Organization, clock: FixedClock
) -> None:
    moved = move(session, division, to=west, on=JUNE)
    session.commit()
    clock.set(TEN + timedelta(hours=1))
    july = date(1997, 7, 1)
    move(session, moved, to=acm.northeast, on=july)
    session.commit()

    assert chain_periods(session, west, for_=acm.new_england) == (Period(JUNE, july),)
    assert chain_periods(session, acm.northeast, for_=acm.new_england) == (
        Period(YEAR.start, JUNE),
        Period(july, YEAR.end),
    )
    assert list(inconsistencies(session)) == []


def test_it_may_be_moved_before_it_was_ever_written(session: Session, acm: Acm, west: Organization) -> None:
    pending = Accountability(
        type=acm.line, commissioner=acm.northeast, responsible=acm.new_england, period=YEAR
    )
    session.add(pending)

    move(session, pending, to=west, on=JUNE)
    session.commit()

    assert chain_periods(session, west, for_=acm.new_england) == (Period(JUNE, YEAR.end),)
    assert list(inconsistencies(session)) == []


def test_a_clock_that_stepped_back_ends_nothing_before_it_began(
    session: Session, division: Accountability, west: Organization, clock: FixedClock
) -> None:
    clock.set(NINE - timedelta(days=1))

    moved = move(session, division, to=west, on=JUNE)
    session.commit()

    assert (division.known_to, moved.known_from) == (NINE, NINE)


@pytest.mark.parametrize("below", [0, 1, 40])
def test_takes_two_statements_however_many_are_moved_along(
    session: Session, acm: Acm, division: Accountability, west: Organization, below: int
) -> None:
    offices = [Organization(name=f"Office {number}", types=[acm.office]) for number in range(below)]
    session.add_all(
        Accountability(type=acm.line, commissioner=acm.new_england, responsible=office) for office in offices
    )
    session.commit()
    session.refresh(division)
    session.refresh(west)

    with statements_of(session) as sent:
        move(session, division, to=west, on=JUNE)
        session.commit()

    assert [each.split()[0] for each in sent] == ["UPDATE", "INSERT"]
    assert len(descendants_of(session, west, as_of=JUNE)) == below + 2


@pytest.mark.parametrize("day", [YEAR.start - timedelta(days=1), YEAR.end])
def test_refuses_a_day_on_which_it_does_not_stand_there(
    session: Session, division: Accountability, west: Organization, day: date
) -> None:
    with changes_nothing(session), refuses("hierarchic.move-within") as refused:
        move(session, division, to=west, on=day)

    assert str(refused.value) == (
        f"hierarchic.move-within: found a move on {day}; "
        "allowed: 1997-01-01 until 1998-01-01. Move it on a day within."
    )


def test_refuses_an_instant_in_place_of_a_day(
    session: Session, division: Accountability, west: Organization
) -> None:
    with changes_nothing(session), refuses("period.days"):
        move(session, division, to=west, on=NINE)


def test_refuses_what_was_corrected_meanwhile_by_another_session(
    session: Session, engine: Engine, division: Accountability, west: Organization
) -> None:
    version, region = division.version, west.id
    session.rollback()
    with sessions(engine, clock=FixedClock(TEN), expire_on_commit=False)() as stale:
        theirs = stale.get_one(Accountability, version)
        there = stale.get_one(Party, region)
        assert (theirs.type.name, there.name) == ("line management", "West")
        stale.commit()
        session.get_one(Accountability, version).ended(JUNE)
        session.commit()
        before = contents(session)
        session.rollback()

        with refuses("history.closed-once", Layer.FLUSH) as refused:
            move(stale, theirs, to=there, on=JUNE)
        stale.commit()

    assert contents(session) == before
    assert str(refused.value) == (
        "history.closed-once: found a version that was superseded meanwhile; "
        "allowed: the version that is believed now. Read the hierarchy again and move what stands there now."
    )


def test_refuses_what_was_moved_already(
    session: Session, division: Accountability, west: Organization
) -> None:
    move(session, division, to=west, on=JUNE)
    session.commit()

    with changes_nothing(session), refuses("history.closed-once", Layer.FLUSH):
        move(session, division, to=west, on=JUNE)


@pytest.fixture
def pile(session: Session) -> tuple[HierarchicAccountabilityType, list[Party], list[Accountability]]:
    """A tree of four parties of one type, each under the one before."""
    unit = PartyType(name="unit")
    line = HierarchicAccountabilityType(name="line", commissioners=[unit], responsibles=[unit])
    parties = [Party(name=name, types=[unit]) for name in "abcd"]
    links = [
        Accountability(type=line, commissioner=above, responsible=below, period=YEAR)
        for above, below in pairwise(parties)
    ]
    session.add_all(links)
    session.commit()
    return line, parties, links


Pile = tuple[HierarchicAccountabilityType, list[Party], list[Accountability]]


@pytest.mark.parametrize("descendant", [1, 2, 3])
def test_refuses_to_move_a_party_under_itself_or_its_descendant(
    session: Session, pile: Pile, layer: Layer, descendant: int
) -> None:
    _, parties, links = pile

    with leaves_no_trace(session), refuses("hierarchic.no-cycle", layer):
        move(session, links[0], to=parties[descendant], on=JUNE)


def test_refuses_to_move_a_party_under_itself_even_in_a_network(
    session: Session, pile: Pile, layer: Layer
) -> None:
    line, (above, below, *_), _ = pile
    advice = AccountabilityType(
        name="advice", commissioners=line.commissioners, responsibles=line.responsibles
    )
    link = Accountability(type=advice, commissioner=above, responsible=below, period=YEAR)
    session.add(link)

    with leaves_no_trace(session), refuses("accountability.self-link", layer):
        move(session, link, to=below, on=JUNE)


def test_refuses_a_place_on_another_level(
    session: Session, acm: Acm, division: Accountability, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("leveled.next-level", layer):
        move(session, division, to=acm.us, on=JUNE)


def test_what_was_refused_is_gone_before_anybody_rolls_back(session: Session, pile: Pile) -> None:
    _, parties, links = pile
    before = contents(session)

    with pytest.raises(ConstraintViolation):
        move(session, links[0], to=parties[3], on=JUNE)
    session.commit()

    assert contents(session) == before
    assert links[0].is_believed


def test_within_a_savepoint_only_that_is_rolled_back(session: Session, pile: Pile) -> None:
    line, parties, links = pile
    other = Party(name="e", types=line.responsibles)
    beside = Accountability(type=line, commissioner=parties[0], responsible=other, period=YEAR)
    session.add(beside)
    session.flush()

    with pytest.raises(ConstraintViolation), session.begin_nested():
        move(session, links[0], to=parties[3], on=JUNE)
    session.commit()

    assert sorted(descendants_of(session, parties[0], as_of=JUNE)) == sorted(
        party.id for party in [*parties[1:], other]
    )


def test_a_dag_is_moved_along_one_of_its_lines(session: Session, pile: Pile, clock: FixedClock) -> None:
    _, parties, _ = pile
    a, b, c, d = parties
    unit = a.classifications[0].type
    dag = HierarchicAccountabilityType(
        name="project", commissioners=[unit], responsibles=[unit], shape=Shape.DAG
    )
    one, other = (Accountability(type=dag, commissioner=above, responsible=d) for above in (a, b))
    session.add_all([one, other])
    session.commit()
    clock.set(TEN)

    move(session, one, to=c, on=JUNE)
    session.commit()

    assert set(ancestors_of(session, d, type=dag, as_of=JUNE)) == {b.id, c.id}


def test_an_appointment_stays_one_when_it_is_moved(session: Session) -> None:
    job, person = PartyType(name="post"), PartyType(name="person")
    appointment = AppointmentType(name="appointment", posts=[job], people=[person])
    surgeon, chief = Post(name="surgeon", types=[job]), Post(name="chief surgeon", types=[job])
    mary = Person(name="Mary", types=[person])
    held = Appointment(type=appointment, post=surgeon, person=mary, period=YEAR)
    session.add_all([held, chief])
    session.commit()

    moved = move(session, held, to=chief, on=JUNE)
    session.commit()

    assert type(moved) is Appointment
    assert (moved.post, moved.person) == (chief, mary)
