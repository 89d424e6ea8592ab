"""Every test has a database of its own, PostgreSQL's without an installation, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from .databases import Databases, SqliteFolder
from .postgres import BINARIES, PostgresServer

HELD_BY_A_SCRIPT = """
import sys
from tests.postgres import PostgresServer
print(PostgresServer().folder, flush=True)
sys.stdin.read()
"""


def execute(url: str, statement: str) -> None:
    """Run one statement and leave no connection."""
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text(statement))


def ask(url: str, query: str) -> object:
    """The first value that `query` finds; leaves no connection."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return connection.execute(text(query)).scalar()


def with_one_row(url: str) -> None:
    """Prepare a template with a table of one row."""
    execute(url, "CREATE TABLE kept (n INTEGER)")
    execute(url, "INSERT INTO kept VALUES (1)")


def processes_about(folder: Path) -> list[int]:
    """The ids of the processes whose command line names `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(folder).encode() in command:
            found.append(int(process.name))
    return found


def test_lends_an_empty_database_of_each_kind(database_url: str) -> None:
    execute(database_url, "CREATE TABLE anything (n INTEGER)")

    assert ask(database_url, "SELECT count(*) FROM anything") == 0


def test_lends_each_borrower_a_copy_of_what_was_prepared_once(databases: Databases) -> None:
    with databases.fresh(with_one_row) as url:
        execute(url, "INSERT INTO kept VALUES (2)")

    with databases.fresh(with_one_row) as url:
        found = ask(url, "SELECT count(*) FROM kept")

    assert found == 1


def test_lends_two_databases_at_once(databases: Databases) -> None:
    with databases.fresh() as one, databases.fresh() as other:
        execute(one, "CREATE TABLE kept (n INTEGER)")
        execute(other, "CREATE TABLE kept (n INTEGER)")

        assert one != other


def test_takes_a_database_back_although_the_borrower_still_holds_a_connection(
    postgres: PostgresServer,
) -> None:
    with postgres.fresh() as url:
        engine = create_engine(url, poolclass=NullPool)
        connection = engine.connect()
        name = connection.execute(text("SELECT current_database()")).scalar()
    connection.invalidate()
    connection.close()

    with postgres.fresh() as url:
        left = ask(url, f"SELECT count(*) FROM pg_database WHERE datname = '{name}'")

    assert left == 0


def test_refuses_a_template_that_its_preparation_left_open(sqlite: SqliteFolder) -> None:
    engines = []

    def forgetful(url: str) -> None:
        engines.append(create_engine(url).connect())
        engines[0].exec_driver_sql("PRAGMA journal_mode=WAL")
        engines[0].exec_driver_sql("CREATE TABLE kept (n INTEGER)")

    with (
        pytest.raises(RuntimeError, match="forgetful left its database open"),
        sqlite.fresh(forgetful),
    ):
        pass

    engines[0].close()
    engines[0].engine.dispose()


def test_postgresql_listens_on_no_port(postgres_url: str) -> None:
    assert ask(postgres_url, "SHOW listen_addresses") == ""


def test_postgresql_is_never_run_by_root(postgres: PostgresServer) -> None:
    owners = {Path(f"/proc/{process}").stat().st_uid for process in processes_about(postgres.folder)}

    assert owners
    assert 0 not in owners


@pytest.mark.parametrize(("durable", "fsync"), [(True, "on"), (False, "off")])
def test_postgresql_keeps_fsync_on_only_where_a_crash_is_to_be_survived(durable: bool, fsync: str) -> None:
    server = PostgresServer(durable=durable)
    try:
        with server.fresh() as url:
            assert ask(url, "SHOW fsync") == fsync
    finally:
        server.stop()


def test_postgresql_leaves_no_process_and_no_file_when_it_is_stopped() -> None:
    server = PostgresServer()

    server.stop()

    assert processes_about(server.folder) == []
    assert not server.folder.exists()


def test_postgresql_ends_when_the_run_is_killed() -> None:
    project = Path(__file__).parent.parent
    run = subprocess.Popen(
        [sys.executable, "-c", HELD_BY_A_SCRIPT],
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    assert processes_about(folder) != []

    run.kill()
    run.communicate()

    give_up = time.monotonic() + 20
    while (processes_about(folder) or folder.exists()) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert processes_about(folder) == []
    assert not folder.exists()


def test_postgresql_that_cannot_start_says_why_instead_of_skipping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BINARIES, str(tmp_path / "nowhere"))

    with pytest.raises(RuntimeError, match="did not start"):
        PostgresServer()


def test_postgresql_is_the_version_that_was_asked_for(postgres: PostgresServer) -> None:
    named = os.environ.get(BINARIES)
    expected = subprocess.check_output([f"{named}/postgres", "-V"], text=True) if named else "18"

    assert str(postgres.version()) in expected
