"""2.7: many questions of one hierarchy, asked of a copy in memory that never grows stale."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    HierarchicAccountabilityType,
    LeveledAccountabilityType,
    Organization,
    Party,
    PartyType,
    Shape,
    Snapshot,
    descendants_of,
    move,
)
from analysis_patterns.patterns.accountability import hierarchy
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.persistence.seek import Question
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period

from ..refusals import refuses
from .figures import Acm, Hospital

NINE = datetime(1997, 5, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def chart(session: Session, acm: Acm) -> list[Accountability]:
    """The accountabilities of ACM's chart, from the top."""
    return acm.manage(session)


@pytest.fixture
def snapshot(engine: Engine, acm: Acm, clock: FixedClock, chart: list[Accountability]) -> Snapshot:
    """A snapshot of ACM's chart, and of no day in particular."""
    return Snapshot(engine, acm.line, clock=clock)


def keys(*parties: Party) -> tuple[UUID, ...]:
    return tuple(party.id for party in parties)


def put(url: str, type: UUID, above: UUID, below: UUID) -> None:
    """Put one party under another and commit, whichever process this is."""
    engine = create_engine(url)
    with sessions(engine, clock=FixedClock(NINE))() as session:
        session.add(
            Accountability(
                type=session.get_one(AccountabilityType, type),
                commissioner=session.get_one(Party, above),
                responsible=session.get_one(Party, below),
            )
        )
        session.commit()
    engine.dispose()


def take_away(url: str, below: UUID) -> None:
    """Withdraw what a party answers for and commit, whichever process this is."""
    engine = create_engine(url)
    with sessions(engine, clock=FixedClock(NINE))() as session:
        session.query(Accountability).filter_by(responsible_id=below).one().withdraw()
        session.commit()
    engine.dispose()


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_lists_all_below_the_nearest_first(snapshot: Snapshot, acm: Acm) -> None:
    assert snapshot.descendants(acm.us) == keys(acm.northeast, acm.new_england, acm.boston)
    assert snapshot.descendants(acm.new_england.id) == keys(acm.boston)
    assert snapshot.descendants(acm.boston) == ()


def test_lists_each_party_of_a_dag_once(session: Session, engine: Engine, clock: FixedClock) -> None:
    unit = PartyType(name="unit")
    line = HierarchicAccountabilityType(
        name="line", commissioners=[unit], responsibles=[unit], shape=Shape.DAG
    )
    a, b, c, d, e = (Party(name=name, types=[unit]) for name in "abcde")
    for above, below in ((a, b), (a, c), (b, d), (c, d), (a, d), (d, e)):
        session.add(Accountability(type=line, commissioner=above, responsible=below))
    session.commit()

    snapshot = Snapshot(engine, line, clock=clock)

    assert sorted(snapshot.descendants(a)) == sorted(keys(b, c, d, e))
    assert snapshot.descendants(a)[-1] == e.id
    assert snapshot.descendants(b) == keys(d, e)


def test_a_question_asked_again_walks_nothing_and_reads_no_links(
    snapshot: Snapshot, acm: Acm, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = snapshot.descendants(acm.us)
    asked: list[Question] = []
    ask_driver = Question.ask_driver

    def listening(question: Question, *given: Any) -> Sequence[Any]:
        asked.append(question)
        return ask_driver(question, *given)

    monkeypatch.setattr(Question, "ask_driver", listening)
    again = snapshot.descendants(acm.us)

    assert again is first
    assert asked == [hierarchy._REVISION]


def test_the_next_question_sees_what_another_session_committed(
    snapshot: Snapshot, session: Session, acm: Acm, chart: list[Accountability]
) -> None:
    snapshot.descendants(acm.us)

    chart[2].withdraw()
    session.flush()
    uncommitted = snapshot.descendants(acm.us)
    session.commit()

    assert uncommitted == keys(acm.northeast, acm.new_england, acm.boston)
    assert snapshot.descendants(acm.us) == keys(acm.northeast, acm.new_england)


def test_the_next_question_sees_what_another_process_committed(
    snapshot: Snapshot, session: Session, engine: Engine, acm: Acm
) -> None:
    springfield = Organization(name="Springfield", types=[acm.office])
    session.add(springfield)
    session.commit()
    line, above, below = acm.line.id, acm.new_england.id, springfield.id
    session.rollback()
    seen = [snapshot.descendants(above)]

    with ProcessPoolExecutor(1, get_context("spawn")) as another:
        another.submit(put, url_of(engine), line, above, below).result()
        seen.append(snapshot.descendants(above))
        another.submit(take_away, url_of(engine), below).result()
        seen.append(snapshot.descendants(above))

    assert [below in each for each in seen] == [False, True, False]


def test_it_sees_a_party_that_was_moved(
    snapshot: Snapshot, session: Session, acm: Acm, chart: list[Accountability], clock: FixedClock
) -> None:
    west = Organization(name="West", types=[acm.region])
    session.add(Accountability(type=acm.line, commissioner=acm.us, responsible=west))
    session.commit()
    assert snapshot.descendants(west) == ()

    clock.advance(HOUR)
    move(session, chart[1], to=west, on=clock.today())
    session.commit()

    assert snapshot.descendants(west) == keys(acm.new_england, acm.boston)
    assert snapshot.descendants(acm.northeast) == ()


def test_what_is_rolled_back_changes_no_answer(
    snapshot: Snapshot, session: Session, acm: Acm, chart: list[Accountability]
) -> None:
    before = snapshot.descendants(acm.us)

    chart[2].withdraw()
    session.flush()
    session.rollback()

    assert snapshot.descendants(acm.us) == before


def test_what_changes_in_another_hierarchy_is_not_read(
    snapshot: Snapshot, session: Session, acm: Acm
) -> None:
    first = snapshot.descendants(acm.us)
    other = LeveledAccountabilityType(name="product line", levels=[acm.unit, acm.region], shape=Shape.TREE)
    session.add(Accountability(type=other, commissioner=acm.us, responsible=acm.northeast))
    session.commit()

    assert snapshot.descendants(acm.us) is first


def test_its_day_is_today_whatever_day_it_has_become(
    snapshot: Snapshot, session: Session, acm: Acm, chart: list[Accountability], clock: FixedClock
) -> None:
    chart[2].ended(date(1997, 5, 2))
    session.commit()
    today = snapshot.descendants(acm.new_england)

    clock.advance(DAY)

    assert today == keys(acm.boston)
    assert snapshot.descendants(acm.new_england) == ()


def test_it_takes_the_computers_clock_where_it_was_given_none(
    engine: Engine, acm: Acm, chart: list[Accountability]
) -> None:
    assert Snapshot(engine, acm.line).descendants(acm.new_england) == keys(acm.boston)


def test_it_may_be_of_one_day_and_as_known_at_one_instant(
    engine: Engine, session: Session, acm: Acm, chart: list[Accountability], clock: FixedClock
) -> None:
    then = Snapshot(engine, acm.line, as_of=date(1997, 7, 1), known_at=NINE, clock=clock)
    later = Snapshot(engine, acm.line, as_of=date(1997, 7, 1), clock=clock)
    clock.advance(HOUR)
    chart[2].corrected(period=Period(date(1997, 1, 1), date(1997, 7, 1)))
    session.commit()
    clock.advance(DAY)

    assert then.descendants(acm.new_england) == keys(acm.boston)
    assert later.descendants(acm.new_england) == ()


def test_what_a_faster_clock_recorded_is_seen_once_this_clock_has_caught_up(
    snapshot: Snapshot, engine: Engine, acm: Acm, session: Session, clock: FixedClock
) -> None:
    link = session.query(Accountability).filter_by(responsible_id=acm.boston.id).one().version
    session.rollback()
    with sessions(engine, clock=FixedClock(NINE + HOUR))() as ahead:
        ahead.get_one(Accountability, link).withdraw()
        ahead.commit()
    new_england, boston = acm.new_england.id, acm.boston.id
    session.rollback()

    seen = [snapshot.descendants(new_england)]
    clock.advance(HOUR)
    seen.append(snapshot.descendants(new_england))

    assert seen == [(boston,), ()]
    assert descendants_of(session, new_england, type=acm.line) == []


def test_of_a_type_that_is_not_committed_yet_nothing_is_seen(
    engine: Engine, session: Session, acm: Acm, clock: FixedClock
) -> None:
    line = LeveledAccountabilityType(name="side line", levels=[acm.unit, acm.region], shape=Shape.TREE)
    snapshot = Snapshot(engine, line, clock=clock)
    us, northeast = keys(acm.us, acm.northeast)
    session.rollback()
    before = snapshot.descendants(us)

    session.add(Accountability(type=line, commissioner=acm.us, responsible=acm.northeast))
    session.commit()

    assert before == ()
    assert snapshot.descendants(us) == (northeast,)


def test_a_network_is_not_kept_as_a_snapshot(engine: Engine, hospital: Hospital) -> None:
    with refuses("hierarchic.snapshot") as refused:
        Snapshot(engine, hospital.consent)

    assert str(refused.value) == (
        "hierarchic.snapshot: found 'patient consent', which is a network; allowed: a tree or a DAG. "
        "Ask descendants_of() instead, or make the type hierarchic."
    )


def test_it_is_of_a_day_and_as_known_at_an_instant_of_some_zone(engine: Engine, acm: Acm) -> None:
    with refuses("period.days"):
        Snapshot(engine, acm.line, as_of=NINE)
    with refuses("time.aware"):
        Snapshot(engine, acm.line, known_at=datetime(1997, 5, 1))  # noqa: DTZ001
