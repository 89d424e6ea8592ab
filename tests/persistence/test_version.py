"""What was recorded is never overwritten: a correction is a new version beside the old one (15.3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, event, func, insert, inspect, select, text, update
from uuid_utils.compat import uuid7

from analysis_patterns.migrations.models import library_tables
from analysis_patterns.patterns.accountability import Party, PartyClassification, PartyType, Person
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..refusals import refuses

NINE = datetime(1997, 5, 1, 9, tzinfo=UTC)
YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))
HALF = Period(date(1997, 1, 1), date(1997, 7, 1))
OTHER = UUID(int=9)


@pytest.fixture
def fact(session: Session) -> PartyClassification:
    """A fact that was recorded at nine: that somebody was of a type for a year."""
    person, doctor = Person(name="Anne"), PartyType(name="doctor")
    session.add_all([person, doctor])
    recorded = person.classify(doctor, YEAR)
    session.commit()
    return recorded


def versions(session: Session) -> list[tuple[Period, datetime, datetime]]:
    question = select(PartyClassification).order_by(
        PartyClassification.known_from, PartyClassification.known_to
    )
    return [(each.period, each.known_from, each.known_to) for each in session.scalars(question)]


def row(fact: PartyClassification, **changed: object) -> dict[str, object]:
    """What a statement of somebody else's would write, beside a fact that stands."""
    version = uuid7()
    return {
        "version": version,
        "id": version,
        "party_id": fact.party_id,
        "type_id": fact.type_id,
        "valid_from": YEAR.start,
        "valid_to": YEAR.end,
        "known_from": NINE,
        "known_to": UNTIL_CHANGED,
    } | changed


def test_a_fact_is_named_by_its_first_version(fact: PartyClassification) -> None:
    assert fact.id == fact.version
    assert fact.is_believed


def test_a_correction_is_a_new_version_and_the_old_one_stays(
    session: Session, clock: FixedClock, fact: PartyClassification
) -> None:
    clock.advance(timedelta(hours=1))
    corrected = fact.corrected(period=HALF)
    session.commit()

    ten = NINE + timedelta(hours=1)
    assert versions(session) == [(YEAR, NINE, ten), (HALF, ten, UNTIL_CHANGED)]
    assert corrected.id == fact.id
    assert (fact.is_believed, corrected.is_believed) == (False, True)


def test_every_version_can_be_asked_for_as_it_was_known(
    session: Session, clock: FixedClock, fact: PartyClassification
) -> None:
    clock.advance(timedelta(hours=1))
    fact.corrected(period=HALF)
    session.commit()

    def held(day: date, known_at: datetime) -> int:
        condition = PartyClassification.holds(day, known_at)
        return session.scalar(select(func.count()).select_from(PartyClassification).where(condition)) or 0

    august = date(1997, 8, 1)
    assert held(august, NINE - timedelta(seconds=1)) == 0
    assert held(august, NINE) == 1
    assert held(august, NINE + timedelta(hours=1)) == 0
    assert held(date(1997, 6, 30), NINE + timedelta(hours=1)) == 1


def test_ending_a_fact_corrects_its_period(session: Session, fact: PartyClassification) -> None:
    assert fact.ended(date(1997, 7, 1)).period == HALF


@pytest.mark.parametrize("day", [YEAR.start, YEAR.end + timedelta(days=1)])
def test_refuses_to_end_a_fact_outside_its_period(fact: PartyClassification, day: date) -> None:
    with refuses("period.ending"):
        fact.ended(day)

    assert fact.is_believed


def test_what_was_never_so_is_withdrawn(
    session: Session, clock: FixedClock, fact: PartyClassification
) -> None:
    clock.advance(timedelta(hours=1))
    fact.withdraw()
    session.commit()

    assert versions(session) == [(YEAR, NINE, NINE + timedelta(hours=1))]


def test_a_fact_can_be_corrected_before_it_was_flushed(session: Session) -> None:
    person, doctor = Person(name="Anne"), PartyType(name="doctor")
    session.add_all([person, doctor])
    person.classify(doctor, YEAR).corrected(period=HALF)
    session.commit()

    assert sorted(versions(session), key=lambda each: each[2]) == [
        (YEAR, NINE, NINE),
        (HALF, NINE, UNTIL_CHANGED),
    ]


def test_refuses_to_correct_a_version_that_was_superseded(
    session: Session, fact: PartyClassification
) -> None:
    fact.corrected(period=HALF)
    session.flush()

    with refuses("history.closed-once", Layer.FLUSH) as refused:
        fact.corrected(period=ALWAYS)

    assert str(refused.value) == (
        "history.closed-once: found a version superseded on 1997-05-01 09:00; allowed: the version that is "
        "believed now. Correct the latest version instead."
    )


def test_refuses_to_overwrite_a_version(session: Session, fact: PartyClassification) -> None:
    fact.valid_to = date(1999, 1, 1)

    with refuses("history.append-only", Layer.FLUSH) as refused:
        session.flush()

    assert refused.value.remedy == "Call corrected(period=...), ended(on=...), restated(...) or withdraw()."
    session.rollback()
    assert fact.period == YEAR


def test_refuses_to_give_a_version_another_party(session: Session, fact: PartyClassification) -> None:
    fact.party = Person(name="Bert")

    with refuses("history.append-only", Layer.FLUSH):
        session.flush()


def test_refuses_to_delete_a_version(session: Session, fact: PartyClassification) -> None:
    session.delete(fact)

    with refuses("history.append-only", Layer.FLUSH):
        session.flush()


OVERWRITTEN = {
    "id": OTHER,
    "version": OTHER,
    "valid_from": date(1990, 1, 1),
    "valid_to": date(1999, 1, 1),
    "known_from": NINE - timedelta(days=1),
    "party_id": OTHER,
    "type_id": OTHER,
}


@pytest.mark.parametrize("column", OVERWRITTEN)
def test_the_database_refuses_to_overwrite_a_version(
    session: Session, fact: PartyClassification, layer: Layer, column: str
) -> None:
    change = update(PartyClassification).values({column: OVERWRITTEN[column]})

    with refuses("history.append-only", layer):
        session.connection().execute(change)

    session.rollback()
    assert versions(session) == [(YEAR, NINE, UNTIL_CHANGED)]


def test_the_database_refuses_to_overwrite_a_version_while_closing_it(
    session: Session, fact: PartyClassification, layer: Layer
) -> None:
    change = update(PartyClassification).values(known_to=NINE, valid_to=date(1999, 1, 1))

    with refuses("history.append-only", layer):
        session.connection().execute(change)


def test_the_database_refuses_to_delete_a_version(
    session: Session, fact: PartyClassification, layer: Layer
) -> None:
    with refuses("history.append-only", layer):
        session.connection().execute(delete(PartyClassification))


@pytest.mark.parametrize("otherwise", ["OR REPLACE", "OR IGNORE"])
def test_sqlite_refuses_to_replace_a_version(
    session: Session, fact: PartyClassification, layer: Layer, otherwise: str
) -> None:
    if layer is not Layer.SQLITE:
        return  # which has no such statement
    other = row(fact, version=fact.version, id=fact.id, valid_to=date(1999, 1, 1))
    statement = insert(PartyClassification).prefix_with(otherwise)

    with refuses("history.append-only", layer):
        session.connection().execute(statement, other)

    session.rollback()
    assert versions(session) == [(YEAR, NINE, UNTIL_CHANGED)]


def test_postgresql_refuses_to_overwrite_a_version_on_conflict(
    session: Session, fact: PartyClassification, layer: Layer
) -> None:
    statement = text(
        "INSERT INTO patterns_party_classification SELECT * FROM patterns_party_classification WHERE true "
        "ON CONFLICT (version) DO UPDATE SET valid_to = '1999-01-01'"
    )

    with refuses("history.append-only", layer):
        session.connection().execute(statement)


@pytest.mark.parametrize("also", ["", " CASCADE"])
def test_postgresql_refuses_to_empty_the_table(
    session: Session, fact: PartyClassification, layer: Layer, also: str
) -> None:
    if layer is not Layer.POSTGRESQL:
        return  # which has no such statement

    with refuses("history.append-only", layer):
        session.connection().execute(text(f"TRUNCATE patterns_party_classification{also}"))


def test_postgresql_refuses_to_empty_it_through_a_table_that_it_points_at(
    session: Session, fact: PartyClassification, layer: Layer
) -> None:
    if layer is not Layer.POSTGRESQL:
        return  # which has no such statement

    with refuses("history.append-only", layer):
        session.connection().execute(text("TRUNCATE patterns_party CASCADE"))


def close(session: Session, at: datetime) -> None:
    session.connection().execute(update(PartyClassification).values(known_to=at))


def test_the_database_closes_a_version_once(
    session: Session, fact: PartyClassification, layer: Layer
) -> None:
    close(session, NINE + timedelta(hours=1))

    with refuses("history.closed-once", layer):
        close(session, NINE + timedelta(hours=2))


def test_the_database_refuses_to_believe_again_what_was_superseded(
    session: Session, fact: PartyClassification, layer: Layer
) -> None:
    close(session, NINE + timedelta(hours=1))

    with refuses("history.closed-once", layer):
        close(session, UNTIL_CHANGED)


def test_the_database_refuses_to_close_a_version_before_it_was_known(
    session: Session, fact: PartyClassification, layer: Layer
) -> None:
    with refuses("history.closed-once", layer):
        close(session, NINE - timedelta(hours=1))


def test_the_database_refuses_a_version_that_was_never_believed(
    session: Session, fact: PartyClassification, layer: Layer
) -> None:
    with refuses("history.begins-believed", layer):
        session.connection().execute(insert(PartyClassification), row(fact, known_to=NINE))


def test_the_database_refuses_two_versions_of_a_fact_that_are_believed_at_once(
    session: Session, fact: PartyClassification, layer: Layer
) -> None:
    with refuses("history.one-current", layer):
        session.connection().execute(insert(PartyClassification), row(fact, id=fact.id))


def test_the_database_refuses_a_period_that_ends_before_it_starts(
    session: Session, fact: PartyClassification, layer: Layer
) -> None:
    with refuses("period.order", layer):
        session.connection().execute(insert(PartyClassification), row(fact, valid_to=YEAR.start))


def test_what_is_restated_says_as_before_whatever_is_not_said_otherwise(
    session: Session, fact: PartyClassification
) -> None:
    surgeon = PartyType(name="surgeon")
    session.add(surgeon)

    restated = fact.restated(type=surgeon)
    session.commit()

    assert (restated.id, restated.party, restated.period) == (fact.id, fact.party, YEAR)
    assert restated.type is surgeon
    assert (restated.is_believed, fact.is_believed) == (True, False)


def test_the_database_keeps_another_fact_beside(session: Session, fact: PartyClassification) -> None:
    session.connection().execute(insert(PartyClassification), row(fact))

    assert len(versions(session)) == 2


def test_every_table_of_versions_guards_each_of_its_columns() -> None:
    open_to_change = []
    for table in library_tables():
        if "known_to" in table.c:
            guards = [each for each in table.info.get("guards", ()) if "history_append_only" in each.name]
            overwriting = next((each.sqlite[0] for each in guards if "_update_" in each.name), "")
            open_to_change += [
                f"{table}.{column.name}"
                for column in table.c
                if f"NEW.{column.name} " not in overwriting and column.name != "known_to"
            ]

    assert open_to_change == []


def test_of_two_sessions_that_correct_one_version_the_second_is_refused(
    engine: Engine, session: Session, fact: PartyClassification, layer: Layer
) -> None:
    one, other, version = sessions(engine)(), sessions(engine)(), fact.version
    session.rollback()
    theirs = other.get_one(PartyClassification, version)
    if layer is Layer.SQLITE:
        other.rollback()  # there the first could not begin before
    one.get_one(PartyClassification, version).corrected(period=HALF)
    one.commit()

    with refuses("history.closed-once", Layer.FLUSH if layer is Layer.SQLITE else layer):
        theirs.corrected(period=ALWAYS)
        other.commit()
    one.close()
    other.close()


def test_reading_a_version_writes_nothing(session: Session, fact: PartyClassification) -> None:
    written: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *given: written.append(given[2]))

    assert fact.period == YEAR
    assert session.get_one(Party, fact.party_id).classifications == [fact]
    session.flush()

    assert [each for each in written if not each.startswith("SELECT")] == []
    assert not inspect(fact).modified
