"""Engines keep what they acknowledge, let writers wait their turn, and refuse by name."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import datetime
from threading import Thread
from uuid import UUID

import pytest
import sqlalchemy
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from analysis_patterns.patterns.accountability import AccountabilityType, Party, PartyType
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import create_engine, prepare, sessions
from analysis_patterns.patterns.persistence.engine import READ_ONLY, translated
from analysis_patterns.patterns.persistence.registry import Thing
from analysis_patterns.patterns.persistence.types import Instant

from ..databases import SqliteFolder
from ..refusals import refuses
from ..schemas import create_schema

COMMIT_AND_DIE = """
import os, signal, sys
from analysis_patterns.patterns.accountability import Party
from analysis_patterns.patterns.persistence import create_engine, sessions

with sessions(create_engine(sys.argv[1]))() as session:
    session.add(Party(name="acknowledged"))
    session.commit()
    session.add(Party(name="never acknowledged"))
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
}


def pragma(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.scalar(text(f"PRAGMA {name}"))


@pytest.mark.parametrize(("name", "value"), PRAGMAS.items())
def test_every_connection_to_sqlite_has_the_pragma(sqlite_url: str, name: str, value: object) -> None:
    engine = create_engine(sqlite_url)

    with engine.connect() as first:
        found = [first.scalar(text(f"PRAGMA {name}"))]
        first.rollback()
        found.append(pragma(engine, name))
    engine.dispose()

    assert found == [value, value]


def test_an_applications_own_engine_is_made_ready_too(sqlite_url: str) -> None:
    engine = prepare(sqlalchemy.create_engine(sqlite_url))

    assert {name: pragma(engine, name) for name in PRAGMAS} == PRAGMAS
    engine.dispose()


def test_less_durability_is_only_had_by_asking(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, durability="normal")

    assert pragma(engine, "synchronous") == 1
    engine.dispose()


def test_keeps_what_was_acknowledged_when_the_process_is_killed(sqlite: SqliteFolder) -> None:
    with sqlite.fresh(create_schema) as url:
        finished = subprocess.run([sys.executable, "-c", COMMIT_AND_DIE, url], check=False)
        engine = create_engine(url)
        with sessions(engine)() as session:
            names = session.scalars(select(Party.name)).all()
        engine.dispose()

    assert finished.returncode == -signal.SIGKILL
    assert names == ["acknowledged"]


def test_a_second_writer_waits_although_both_read_first(sqlite: SqliteFolder) -> None:
    with sqlite.fresh(create_schema) as url:
        engine = create_engine(url)
        errors: list[BaseException] = []

        def rename() -> None:
            try:
                with sessions(engine)() as session:
                    for party in session.scalars(select(Party)):
                        party.name += "!"
                    session.commit()
            except OperationalError as error:
                errors.append(error)

        with sessions(engine)() as session:
            session.add(Party(name="Anne"))
            session.commit()
        threads = [Thread(target=rename) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        with sessions(engine)() as session:
            assert session.scalars(select(Party.name)).all() == ["Anne!!!!"]
        engine.dispose()

    assert errors == []


def test_a_writer_holds_the_lock_from_its_beginning(sqlite: SqliteFolder) -> None:
    with sqlite.fresh(create_schema) as url:
        engine = create_engine(url)
        with engine.connect() as writer, engine.connect() as other:
            writer.execute(select(1))
            other.connection.cursor().execute("PRAGMA busy_timeout=0")

            with pytest.raises(OperationalError, match="database is locked"):
                other.execute(select(1))
        engine.dispose()


def test_a_reader_takes_no_lock(sqlite: SqliteFolder) -> None:
    with sqlite.fresh(create_schema) as url:
        engine = create_engine(url)
        with engine.connect() as writer, sessions(engine, read_only=True)() as reader:
            writer.execute(insert(Thing), {"id": UUID(int=1), "kind": "x"})

            assert reader.scalars(select(Thing)).all() == []
            assert reader.connection().get_execution_options()[READ_ONLY]
        engine.dispose()


def test_a_reader_that_writes_is_refused_while_another_writes(sqlite: SqliteFolder) -> None:
    with sqlite.fresh(create_schema) as url:
        engine = create_engine(url)
        with engine.connect() as writer, sessions(engine, read_only=True)() as reader:
            writer.execute(insert(Thing), {"id": UUID(int=1), "kind": "x"})
            reader.connection().connection.cursor().execute("PRAGMA busy_timeout=0")

            with pytest.raises(OperationalError, match="database is locked"):
                reader.execute(insert(Thing), {"id": UUID(int=2), "kind": "x"})
        engine.dispose()


def test_a_guards_refusal_comes_under_the_rules_own_name(engine: Engine, layer: Layer) -> None:
    with engine.begin() as connection:
        connection.execute(insert(PartyType), {"id": UUID(int=1), "name": "unit"})

    with refuses("party-type.unique-name", layer) as refused, engine.begin() as connection:
        connection.execute(insert(PartyType), {"id": UUID(int=2), "name": "unit"})

    assert isinstance(refused.value.__cause__, Exception)
    assert refused.value.remedy.startswith("The database refused the row and kept none of it")


def test_an_error_that_no_rule_states_stays_the_databases_own(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(Thing), {"id": UUID(int=1), "kind": None})
    with pytest.raises((OperationalError, ProgrammingError), match="nowhere"), engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM nowhere"))


def test_a_text_that_only_looks_like_a_rule_is_not_taken_for_one() -> None:
    assert translated(ValueError("rule no.such-rule: nothing"), "sqlite") is None


def test_refuses_a_naive_datetime_before_anything_is_sent(engine: Engine) -> None:
    naive = datetime(1997, 5, 1)  # noqa: DTZ001 - the very thing

    with engine.connect() as connection, refuses("time.aware"):
        connection.execute(select(sqlalchemy.literal(naive, Instant)))


def test_refuses_a_naive_datetime_in_a_session_too(engine: Engine) -> None:
    naive = datetime(1997, 5, 1)  # noqa: DTZ001 - the very thing
    question = select(PartyType).where(sqlalchemy.literal(naive, Instant).is_not(None))

    with sessions(engine)() as session, refuses("time.aware"):
        session.scalars(question)


def test_after_a_refusal_the_connection_can_be_used_again(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(insert(AccountabilityType), _a_type(1))
        with pytest.raises(ConstraintViolation):
            connection.execute(insert(AccountabilityType), _a_type(2))
        connection.rollback()

        assert connection.scalars(select(AccountabilityType.id)).all() == []


def _a_type(key: int) -> dict[str, object]:
    return {
        "id": UUID(int=key),
        "kind": "accountability_type",
        "name": "consent",
        "shape": "network",
        "single_responsible": False,
    }
