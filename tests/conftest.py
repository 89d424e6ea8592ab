"""Fixtures that every chapter's specifications share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence.engine import create_engine
from analysis_patterns.patterns.persistence.session import Session, sessions
from analysis_patterns.patterns.time.clock import FixedClock

from .databases import Databases, SqliteFolder
from .postgres import PostgresServer
from .schemas import create_schema

pytest_plugins = ["tests.run"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The process's PostgreSQL server."""
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteFolder:
    """The process's folder of SQLite files."""
    return SqliteFolder(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Each kind of database in turn, to borrow from: `with databases.fresh(prepared_by) as url`."""
    lender: Databases = request.getfixturevalue("postgres" if request.param == "postgresql" else "sqlite")
    return lender


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The URL of a new, empty database, of each kind in turn."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    """An engine on a database of each kind in turn, with all the library's tables and guards."""
    with databases.fresh(create_schema) as url:
        made = create_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def layer(engine: Engine) -> Layer:
    """The layer that the database of `engine` is."""
    return Layer(engine.dialect.name)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at nine in the morning, UTC, of 1 May 1997 until a test moves it."""
    return FixedClock(datetime(1997, 5, 1, 9, tzinfo=UTC))


@pytest.fixture
def session(engine: Engine, clock: FixedClock) -> Iterator[Session]:
    """A session of `engine` that reads `clock`."""
    with sessions(engine, clock=clock)() as made:
        yield made


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database."""
    with postgres.fresh() as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite: SqliteFolder) -> Iterator[str]:
    """The URL of a new, empty SQLite file."""
    with sqlite.fresh() as url:
        yield url


@pytest.fixture
def project() -> Path:
    """The folder that holds the whole project."""
    return Path(__file__).parent.parent
