"""A transaction is tried again where another stood in its way, and never where it may have succeeded."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, event, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import sessionmaker

from analysis_patterns.patterns.accountability.party import Party
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.persistence.engine import create_engine
from analysis_patterns.patterns.persistence.registry import Thing
from analysis_patterns.patterns.persistence.retry import CommitInDoubt, Patience, transact
from analysis_patterns.patterns.persistence.session import Session, sessions

from ..databases import SqliteFolder
from ..postgres import PostgresServer
from ..schemas import create_schema

AT_ONCE = Patience(first_seconds=0)


@pytest.fixture
def factory(engine: Engine) -> sessionmaker[Session]:
    return sessions(engine)


@pytest.fixture
def postgres_engine(postgres: PostgresServer) -> Iterator[Engine]:
    with postgres.fresh(create_schema) as url:
        made = create_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def sqlite_engine(sqlite: SqliteFolder) -> Iterator[Engine]:
    with sqlite.fresh(create_schema) as url:
        made = create_engine(url)
        yield made
        made.dispose()


def count(factory: sessionmaker[Session]) -> int:
    with factory() as session:
        return session.scalar(select(func.count()).select_from(Party)) or 0


def two_parties(factory: sessionmaker[Session]) -> list[UUID]:
    with factory() as session:
        parties = [Party(name="Anne"), Party(name="Bert")]
        session.add_all(parties)
        session.commit()
        return [party.id for party in parties]


def rename(session: Session, key: UUID, name: str) -> None:
    party = session.get_one(Party, key)
    party.name = name
    session.flush()


def at_the_same_time(*works: Callable[[], object]) -> list[BaseException | None]:
    """Run each of `works` in a thread, and give the errors that they ended with."""
    errors: list[BaseException | None] = [None] * len(works)

    def run(n: int) -> None:
        try:
            works[n]()
        except BaseException as error:  # noqa: BLE001 - the caller looks at it
            errors[n] = error

    threads = [Thread(target=run, args=[n]) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_commits_the_work_and_gives_its_result(factory: sessionmaker[Session]) -> None:
    def work(session: Session) -> str:
        session.add(Party(name="Anne"))
        return "done"

    result = transact(factory, work)

    assert (result, count(factory)) == ("done", 1)


def test_keeps_nothing_of_work_that_fails(factory: sessionmaker[Session]) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(session)
        session.add(Party(name="Anne"))
        session.flush()
        raise LookupError("the work itself")

    with pytest.raises(LookupError, match="the work itself"):
        transact(factory, work)

    assert (len(tries), count(factory)) == (1, 0)


def test_tries_an_error_of_the_database_that_is_no_conflict_only_once(factory: sessionmaker[Session]) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(session)
        session.execute(insert(Thing), {"id": UUID(int=1), "kind": None})

    with pytest.raises(IntegrityError):
        transact(factory, work)

    assert len(tries) == 1


def test_refuses_to_run_inside_itself(factory: sessionmaker[Session]) -> None:
    def inner(session: Session) -> None:
        session.add(Party(name="inner"))

    def outer(session: Session) -> None:
        session.add(Party(name="outer"))
        transact(factory, inner)

    with pytest.raises(AnalysisPatternsError, match="transact\\(\\) is running already; pass its session on"):
        transact(factory, outer)

    assert count(factory) == 0


def test_runs_again_after_a_run_that_failed(factory: sessionmaker[Session]) -> None:
    with pytest.raises(ZeroDivisionError):
        transact(factory, lambda _: 1 / 0)

    assert transact(factory, lambda _: "done") == "done"


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_tries_again_after_a_serialization_failure(postgres_engine: Engine, level: str) -> None:
    factory = sessions(postgres_engine.execution_options(isolation_level=level))
    anne, _ = two_parties(factory)
    tries = []

    def work(session: Session) -> None:
        tries.append(session)
        session.get_one(Party, anne)
        if len(tries) == 1:
            with factory() as other:
                rename(other, anne, "Anna")
                other.commit()
        rename(session, anne, "Annette")

    transact(factory, work, patience=AT_ONCE)

    assert len(tries) == 2
    assert tries[0] is not tries[1]
    with factory() as session:
        assert session.get_one(Party, anne).name == "Annette"


def test_tries_again_after_a_deadlock(postgres_engine: Engine) -> None:
    factory = sessions(postgres_engine)
    anne, bert = two_parties(factory)
    both_hold_one = Barrier(2)
    tries = []

    def work(first: UUID, second: UUID, session: Session) -> None:
        tries.append(first)
        rename(session, first, "first")
        if len(tries) <= 2:
            both_hold_one.wait(10)
        rename(session, second, "second")

    errors = at_the_same_time(
        lambda: transact(factory, lambda session: work(anne, bert, session)),
        lambda: transact(factory, lambda session: work(bert, anne, session)),
    )

    assert errors == [None, None]
    assert len(tries) == 3


def test_tries_again_where_a_lock_was_not_to_be_had(postgres_engine: Engine) -> None:
    factory = sessions(postgres_engine)
    anne, _ = two_parties(factory)
    tries = []

    with factory() as holder:
        rename(holder, anne, "Anna")

        def work(session: Session) -> None:
            tries.append(session)
            if len(tries) == 2:
                holder.rollback()
            session.get_one(Party, anne, with_for_update={"nowait": True})

        transact(factory, work, patience=AT_ONCE)

    assert len(tries) == 2


def test_tries_again_where_sqlite_is_busy(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        connection.rollback()
    factory = sessions(sqlite_engine)
    tries = []

    with sessions(create_engine(sqlite_engine.url))() as holder:
        holder.add(Party(name="holder"))
        holder.flush()

        def work(session: Session) -> None:
            tries.append(session)
            if len(tries) == 2:
                holder.commit()
            session.add(Party(name="Anne"))
            session.flush()

        transact(factory, work, patience=AT_ONCE)

    holder.get_bind().dispose()  # type: ignore[union-attr]
    assert (len(tries), count(factory)) == (2, 2)


def test_gives_the_databases_error_after_the_last_try(postgres_engine: Engine) -> None:
    factory = sessions(postgres_engine)
    anne, _ = two_parties(factory)
    tries = []

    def work(session: Session) -> None:
        tries.append(session)
        session.get_one(Party, anne, with_for_update={"nowait": True})

    with factory() as holder:
        rename(holder, anne, "Anna")

        with pytest.raises(OperationalError, match="could not obtain lock"):
            transact(factory, work, patience=Patience(tries=3, first_seconds=0))

    assert len(tries) == 3


def test_waits_longer_after_each_try_but_never_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []

    def uniform(_: float, longest: float) -> float:
        limits.append(longest)
        return 0.0

    monkeypatch.setattr("random.uniform", uniform)
    patience = Patience(first_seconds=0.5, longest_seconds=3)

    for tried in (1, 2, 3, 4):
        patience.wait(tried)

    assert limits == [1.0, 2.0, 3, 3]


def test_a_connection_lost_at_the_commit_is_in_doubt(postgres_engine: Engine) -> None:
    factory = sessions(postgres_engine)
    tries = []
    admin = create_engine(postgres_engine.url)

    def cut(connection: Connection) -> None:
        process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with admin.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})

    def work(session: Session) -> None:
        tries.append(session)
        session.add(Party(name="Anne"))

    event.listen(postgres_engine, "commit", cut)
    with pytest.raises(CommitInDoubt, match="all of the transaction was kept, or none of it") as doubt:
        transact(factory, work, patience=AT_ONCE)
    event.remove(postgres_engine, "commit", cut)
    admin.dispose()

    assert isinstance(doubt.value.__cause__, DBAPIError)
    assert len(tries) == 1
    assert count(factory) == 0


def test_a_commit_that_the_disk_did_not_answer_is_in_doubt(sqlite_engine: Engine) -> None:
    factory = sessions(sqlite_engine)
    tries = []

    def work(session: Session) -> None:
        tries.append(session)
        session.add(Party(name="Anne"))

    with _no_byte_more(sqlite_engine), pytest.raises(CommitInDoubt):
        transact(factory, work, patience=AT_ONCE)

    assert len(tries) == 1


@contextmanager
def _no_byte_more(engine: Engine) -> Iterator[None]:
    """Let no file grow from the moment of a commit on: SQLite keeps its pages in memory until then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def full(_connection: Connection) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))

    event.listen(engine, "commit", full)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        event.remove(engine, "commit", full)


def test_a_refusal_at_the_commit_is_no_doubt(factory: sessionmaker[Session], engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE above (id INTEGER PRIMARY KEY)"))
        deferred = "REFERENCES above (id) DEFERRABLE INITIALLY DEFERRED"
        connection.execute(text(f"CREATE TABLE below (above INTEGER {deferred})"))

    def work(session: Session) -> None:
        session.execute(text("INSERT INTO below VALUES (1)"))

    with pytest.raises(IntegrityError):
        transact(factory, work)
