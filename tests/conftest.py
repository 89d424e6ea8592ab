"""Fixtures that every chapter's specifications share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .databases import Databases, SqliteFolder
from .postgres import PostgresServer

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
