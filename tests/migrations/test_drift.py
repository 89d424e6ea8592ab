"""`db check` sees whatever differs in the library's tables: columns, checks, indexes, and every guard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from analysis_patterns.migrations.ddl import Difference, Kind, differences
from analysis_patterns.migrations.state import drift
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.persistence.engine import create_engine

from ..databases import Databases
from .test_agreement import migrate

TRIGGER = "patterns_party_type_self"


@pytest.fixture
def migrated(databases: Databases) -> Iterator[Engine]:
    with databases.fresh(migrate) as url:
        made = create_engine(url)
        yield made
        made.dispose()


def run(engine: Engine, *, sqlite: str = "", postgresql: str = "") -> None:
    for statement in (sqlite if engine.dialect.name == "sqlite" else postgresql).split(";;"):
        with engine.begin() as connection:
            connection.execute(text(statement))


def found(engine: Engine) -> list[tuple[Kind, str]]:
    return [(each.kind, each.item) for each in drift(engine)]


def test_a_guard_that_is_gone_is_missing(migrated: Engine) -> None:
    run(migrated, sqlite=f"DROP TRIGGER {TRIGGER}", postgresql=f"DROP FUNCTION {TRIGGER} CASCADE")

    items = [item.split()[0] for kind, item in found(migrated) if kind is Kind.MISSING]
    assert items == (["trigger"] if migrated.dialect.name == "sqlite" else ["function", "trigger"])


def test_a_guard_that_does_something_else_is_changed(migrated: Engine) -> None:
    run(
        migrated,
        sqlite=f"DROP TRIGGER {TRIGGER};;"
        f"CREATE TRIGGER {TRIGGER} AFTER INSERT ON patterns_party_type BEGIN SELECT 1; END",
        postgresql=f"CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql "
        "AS $guard$ BEGIN RETURN NULL; END $guard$",
    )

    kind = "trigger" if migrated.dialect.name == "sqlite" else "function"
    assert found(migrated) == [(Kind.CHANGED, f"{kind} {TRIGGER}")]


def test_a_guard_that_sleeps_is_changed(migrated: Engine) -> None:
    if migrated.dialect.name == "sqlite":
        return  # which has no such thing

    run(migrated, postgresql=f"ALTER TABLE patterns_party_type DISABLE TRIGGER {TRIGGER}")

    (difference,) = drift(migrated)
    assert difference.item == f"trigger patterns_party_type.{TRIGGER}"
    assert difference.held.endswith(" (disabled)")


def test_a_trigger_of_somebody_elses_on_our_table_is_drift(migrated: Engine) -> None:
    run(
        migrated,
        sqlite="CREATE TRIGGER strange AFTER INSERT ON patterns_party BEGIN SELECT 1; END",
        postgresql="CREATE FUNCTION strange() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';;"
        "CREATE TRIGGER strange AFTER INSERT ON patterns_party EXECUTE FUNCTION strange()",
    )

    assert all(each.is_drift and each.kind is Kind.ADDED for each in drift(migrated))
    assert [item for _, item in found(migrated) if "strange" in item]


def test_a_check_that_is_gone_is_missing(migrated: Engine) -> None:
    check = "CONSTRAINT ck_patterns_eligibility_period_order CHECK (valid_from < valid_to),"
    run(
        migrated,
        sqlite="PRAGMA writable_schema=ON;;"
        f"UPDATE sqlite_master SET sql = replace(sql, '{check}', '') WHERE name = 'patterns_eligibility'",
        postgresql="ALTER TABLE patterns_eligibility DROP CONSTRAINT ck_patterns_eligibility_period_order",
    )

    assert found(migrated) == [
        (Kind.MISSING, "constraint patterns_eligibility.ck_patterns_eligibility_period_order")
    ]


def test_a_column_of_another_type_is_changed(migrated: Engine) -> None:
    run(
        migrated,
        sqlite="PRAGMA writable_schema=ON;;"
        "UPDATE sqlite_master SET sql = replace(sql, 'name VARCHAR(500)', 'name VARCHAR(50)') "
        "WHERE name = 'patterns_party'",
        postgresql="ALTER TABLE patterns_party ALTER name TYPE varchar(50)",
    )

    (difference,) = drift(migrated)
    assert (difference.kind, difference.item) == (Kind.CHANGED, "column patterns_party.name")
    assert "500" in difference.declared
    assert "500" not in difference.held


def test_a_column_that_may_be_null_is_changed(migrated: Engine) -> None:
    run(
        migrated,
        sqlite="PRAGMA writable_schema=ON;;"
        "UPDATE sqlite_master SET sql = replace(sql, 'name VARCHAR(500) NOT NULL', 'name VARCHAR(500)') "
        "WHERE name = 'patterns_party'",
        postgresql="ALTER TABLE patterns_party ALTER name DROP NOT NULL",
    )

    assert found(migrated) == [(Kind.CHANGED, "column patterns_party.name")]


def test_an_index_that_is_gone_is_missing(migrated: Engine) -> None:
    drop = "DROP INDEX ix_patterns_party_name"
    run(migrated, sqlite=drop, postgresql=drop)

    assert found(migrated) == [(Kind.MISSING, "index ix_patterns_party_name")]


def test_a_table_that_is_gone_is_missing_with_all_that_was_in_it(migrated: Engine) -> None:
    drop = "DROP TABLE patterns_party_type_closure"
    run(migrated, sqlite=drop, postgresql=drop)

    assert (Kind.MISSING, "table patterns_party_type_closure") in found(migrated)
    assert (Kind.MISSING, "column patterns_party_type_closure.subtype_id") in found(migrated)


def test_a_column_and_an_index_of_an_application_are_no_drift(migrated: Engine) -> None:
    column, index = (
        "ALTER TABLE patterns_party ADD COLUMN badge VARCHAR(10)",
        "CREATE INDEX b ON patterns_party (badge)",
    )
    run(migrated, sqlite=f"{column};;{index}", postgresql=f"{column};;{index}")

    assert found(migrated) == [(Kind.ADDED, "column patterns_party.badge"), (Kind.ADDED, "index b")]
    assert not any(each.is_drift for each in drift(migrated))


def test_the_tables_of_an_application_are_none_of_our_business(migrated: Engine) -> None:
    table = "CREATE TABLE shop_order (id INTEGER PRIMARY KEY)"
    run(migrated, sqlite=table, postgresql=table)

    assert found(migrated) == []


def test_comparing_leaves_nothing_behind(migrated: Engine) -> None:
    drift(migrated)

    if migrated.dialect.name == "postgresql":
        with migrated.connect() as connection:
            schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'analysis_patterns_check'"
            assert connection.scalar(text(schemas)) == 0


def test_says_what_right_it_lacks(migrated: Engine) -> None:
    if migrated.dialect.name == "sqlite":
        return  # which knows no roles

    run(
        migrated,
        postgresql="DROP ROLE IF EXISTS reader;;CREATE ROLE reader LOGIN;;"
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
    )
    reader = create_engine(migrated.url.set(username="reader"))

    with pytest.raises(AnalysisPatternsError, match="needs the right to CREATE in this database"):
        drift(reader)
    reader.dispose()


def test_a_difference_says_both_sides() -> None:
    (difference,) = differences({"column a.b": "INTEGER"}, {"column a.b": "TEXT"})

    assert difference == Difference(Kind.CHANGED, "column a.b", "INTEGER", "TEXT")
    assert str(difference) == "changed column a.b\n  declared: INTEGER\n  held:     TEXT"
