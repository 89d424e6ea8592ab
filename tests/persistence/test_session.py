"""Sessions know what time it is, and check the rules before they write (14.6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session as PlainSession

from analysis_patterns.patterns.accountability import (
    Accountability,
    AccountabilityType,
    Party,
    PartyClassification,
    PartyType,
    Person,
    responsible,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.persistence import Session, session_of, sessions
from analysis_patterns.patterns.persistence.registry import Thing
from analysis_patterns.patterns.time.clock import FixedClock, SystemClock
from analysis_patterns.patterns.time.period import Period

from ..refusals import refuses

NINE = datetime(1997, 5, 1, 9, tzinfo=UTC)


def a_person(session: Session) -> PartyClassification:
    person = Person(name="Anne", types=[PartyType(name=f"unit {session.clock.now()}")])
    session.add(person)
    session.flush()
    return person.classifications[0]


def count(session: Session, entity: type) -> int:
    return session.scalar(select(func.count()).select_from(entity)) or 0


def test_takes_today_from_the_clock_it_was_given(session: Session, clock: FixedClock) -> None:
    clock.zone = timezone(timedelta(hours=16))

    assert session.day(None) == date(1997, 5, 2)
    assert session.day(date(1990, 1, 1)) == date(1990, 1, 1)


def test_takes_the_computers_clock_where_it_was_given_none(engine: Engine) -> None:
    with sessions(engine)() as session:
        assert isinstance(session.clock, SystemClock)


def test_each_session_may_have_a_clock_of_its_own(engine: Engine, clock: FixedClock) -> None:
    replay = FixedClock(NINE - timedelta(days=1))

    with sessions(engine, clock=clock)(clock=replay) as session:
        assert session.day(None) == date(1997, 4, 30)


def test_everything_in_one_transaction_becomes_known_at_one_instant(
    session: Session, clock: FixedClock
) -> None:
    first = a_person(session)
    clock.advance(timedelta(hours=1))
    second = a_person(session)

    assert first.known_from == second.known_from == NINE


def test_the_next_transaction_has_an_instant_of_its_own(session: Session, clock: FixedClock) -> None:
    first = a_person(session)
    session.commit()
    clock.advance(timedelta(hours=1))
    second = a_person(session)

    assert second.known_from - first.known_from == timedelta(hours=1)


def test_so_has_the_one_after_a_rollback(session: Session, clock: FixedClock) -> None:
    a_person(session)
    session.rollback()
    clock.advance(timedelta(hours=1))

    assert a_person(session).known_from == NINE + timedelta(hours=1)


def test_a_savepoint_belongs_to_its_transaction(session: Session, clock: FixedClock) -> None:
    a_person(session)
    clock.advance(timedelta(hours=1))
    with session.begin_nested():
        inner = a_person(session)
    after = a_person_named(session, "Bert")

    assert inner.known_from == after.known_from == NINE


def a_person_named(session: Session, name: str) -> PartyClassification:
    person = Person(name=name, types=[PartyType(name=name)])
    session.add(person)
    session.flush()
    return person.classifications[0]


def test_asks_as_of_now_but_never_before_what_it_has_itself_recorded(
    session: Session, clock: FixedClock
) -> None:
    assert session.instant(None) == NINE

    a_person(session)
    clock.advance(timedelta(hours=1))
    assert session.instant(None) == NINE + timedelta(hours=1)

    clock.set(NINE - timedelta(hours=1))
    assert session.instant(None) == NINE


def test_asks_as_known_at_an_instant_in_any_zone(session: Session) -> None:
    noon = NINE.astimezone(timezone(timedelta(hours=3)))

    assert session.instant(noon) == NINE
    assert session.instant(noon).tzinfo is UTC


def test_what_waits_to_be_written_is_known_to_the_next_question(engine: Engine) -> None:
    kind = PartyType(name="clerk")
    line = AccountabilityType(name="line", commissioners=[kind], responsibles=[kind])
    ann, bob = Person(name="Ann", types=[kind]), Person(name="Bob", types=[kind])
    with sessions(engine, clock=SystemClock())() as session:  # a clock that goes on between the two
        session.add_all([kind, line, ann, bob])
        session.commit()

        session.add(Accountability(type=line, commissioner=ann, responsible=bob))

        assert responsible(session, ann, for_=bob) is not None


def test_refuses_to_ask_as_known_at_a_naive_instant(session: Session) -> None:
    with refuses("time.aware"):
        session.instant(datetime(1997, 5, 1))  # noqa: DTZ001 - the very thing


def test_a_clock_that_steps_back_makes_no_version_end_before_it_began(
    session: Session, clock: FixedClock
) -> None:
    classification = a_person(session)
    session.commit()
    clock.set(NINE - timedelta(days=1))

    later = classification.corrected(period=Period(date(1990, 1, 1)))
    session.commit()

    assert classification.known_from == classification.known_to == later.known_from == NINE


def test_a_rule_broken_on_a_way_that_no_constructor_sees_is_refused_by_the_flush(session: Session) -> None:
    unit = PartyType(name="unit")
    duty = AccountabilityType(name="duty", commissioners=[unit], responsibles=[unit])
    session.add(duty)
    session.commit()
    duty.eligibilities.clear()

    with refuses("accountability-type.parties", Layer.FLUSH):
        session.commit()

    session.rollback()
    assert len(duty.eligibilities) == 2


def test_after_a_refused_flush_the_same_objects_can_be_put_right(session: Session) -> None:
    classification = a_person(session)
    session.commit()
    session.add(Party(name="Bert"))
    session.delete(classification)
    with refuses("history.append-only", Layer.FLUSH):
        session.flush()

    session.add(classification)  # which takes the deletion back
    session.commit()

    assert count(session, Party) == count(session, Thing) == 2


def test_says_in_which_session_an_entity_is(session: Session) -> None:
    party = Party(name="Anne")
    session.add(party)

    assert session_of(party) is session


def test_says_when_an_entity_is_in_none() -> None:
    with pytest.raises(AnalysisPatternsError) as refused:
        session_of(Party(name="Anne"))

    assert str(refused.value) == (
        "Party is in no session; add it to one made by analysis_patterns.patterns.sessions()"
    )


def test_refuses_to_write_in_a_plain_session(engine: Engine) -> None:
    with PlainSession(engine) as plain:
        plain.add(Party(name="Anne"))

        with pytest.raises(
            AnalysisPatternsError, match=r"^Party is in a plain SQLAlchemy session; add it to"
        ):
            plain.flush()


def test_a_plain_session_may_read(session: Session, engine: Engine) -> None:
    a_person(session)
    session.commit()

    with PlainSession(engine) as plain:
        assert plain.scalars(select(Party.name)).all() == ["Anne"]
        assert plain.scalars(select(Person)).one().classifications[0].is_believed


def test_a_session_that_only_reads_cannot_disturb_one_that_writes(session: Session, engine: Engine) -> None:
    a_person(session)

    with sessions(engine, read_only=True)() as reader:
        assert count(reader, Party) == 0
