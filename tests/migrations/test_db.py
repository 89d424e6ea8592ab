"""`analysis-patterns db` upgrades, tells the revision, and compares the schema, in its exit code too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from analysis_patterns.cli import main
from analysis_patterns.patterns.persistence.engine import create_engine

from ..databases import Databases
from ..migration import HEAD

AT_HEAD = f"analysis_patterns: {HEAD}\n"


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    with databases.fresh() as lent:
        yield lent


def execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_upgrades_and_tells_the_revision(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [main(["db", command, "--url", url]) for command in ("upgrade", "current", "check")]

    agreed = "the tables and their guards are as the models declare them\n"
    assert (codes, capsys.readouterr().out) == ([0, 0, 0], AT_HEAD + AT_HEAD + agreed)


def test_takes_the_url_from_the_environment(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANALYSIS_PATTERNS_URL", url)

    assert main(["db", "upgrade"]) == 0
    assert capsys.readouterr().out == AT_HEAD


def test_fails_where_the_database_is_behind(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    execute(url, "CREATE TABLE anything (n INTEGER)")

    code = main(["db", "current", "--url", url])

    assert code == 1
    assert capsys.readouterr().out == f"analysis_patterns: no revision, behind {HEAD}\n"


def test_fails_where_the_schema_differs_and_prints_how(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["db", "upgrade", "--url", url])
    execute(url, "DROP INDEX ix_patterns_party_name")
    capsys.readouterr()

    code = main(["db", "check", "--url", url])

    assert code == 1
    assert capsys.readouterr().out.startswith(
        "missing index ix_patterns_party_name\n  declared: CREATE INDEX"
    )


def test_prints_what_an_application_added_without_failing(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["db", "upgrade", "--url", url])
    execute(url, "ALTER TABLE patterns_party ADD COLUMN badge VARCHAR(10)")
    capsys.readouterr()

    code = main(["db", "check", "--url", url])

    assert code == 0
    assert capsys.readouterr().out.startswith("added column patterns_party.badge\n")


def test_finds_a_server_by_the_name_that_people_use(
    postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["db", "upgrade", "--url", postgres_url.replace("postgresql+psycopg", "postgresql")])

    assert (code, capsys.readouterr().out) == (0, AT_HEAD)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("here", "'here' is no database URL; write sqlite:///file.db or postgresql://user@host/name"),
        ("mysql://host/name", "mysql is neither sqlite nor postgresql"),
        ("postgresql+asyncpg://host/name", "asyncpg is not installed; install analysis-patterns[postgres]"),
        ("postgresql+nosuch://host/name", "Can't load plugin: sqlalchemy.dialects:postgresql.nosuch"),
        ("sqlite:///{folder}/no.db", "there is no file '{folder}/no.db'; `db upgrade` makes it"),
    ],
)
def test_says_in_one_line_what_is_wrong_with_a_url(
    given: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["db", "check", "--url", given.format(folder=tmp_path)])

    assert (code, capsys.readouterr().err) == (1, f"analysis-patterns: {said.format(folder=tmp_path)}\n")


def test_asking_makes_no_database(tmp_path: Path) -> None:
    main(["db", "current", "--url", f"sqlite:///{tmp_path}/no.db"])

    assert list(tmp_path.iterdir()) == []


def test_upgrading_makes_the_file_of_a_database(tmp_path: Path) -> None:
    code = main(["db", "upgrade", "--url", f"sqlite:///{tmp_path}/new.db"])

    assert code == 0
    assert (tmp_path / "new.db").exists()


def test_tells_in_one_line_what_an_upgrade_refuses(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    execute(url, "CREATE TABLE patterns_party (id INTEGER)")

    code = main(["db", "upgrade", "--url", url])

    assert code == 1
    assert capsys.readouterr().err.startswith(
        "analysis-patterns: 1 of our tables exist already, such as patterns_party, but no revision"
    )
