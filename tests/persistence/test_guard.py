"""Guards are triggers that are part of the schema: made with their tables, dropped and made again at will."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, insert, text

from analysis_patterns.patterns.accountability import PartyType
from analysis_patterns.patterns.accountability.party_type import generalization
from analysis_patterns.patterns.constraint import Layer, Rule
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.persistence import (
    Guard,
    create_guards,
    drop_guards,
    guard,
    guards_of,
    refuse_when,
)
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.persistence.engine import translated
from analysis_patterns.patterns.persistence.guard import spelled

from ..refusals import refuses

SMALL = Rule("number.small", "1.1", "A number is small.")
ITSELF = {"subtype_id": UUID(int=1), "supertype_id": UUID(int=1)}


def triggers(connection: Connection) -> set[str]:
    """The names of the triggers that a database holds."""
    held = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    return set(connection.scalars(text(held)))


def functions(connection: Connection) -> int:
    """How many functions a database holds beside those of triggers that stand."""
    if connection.dialect.name == "sqlite":
        return 0
    held = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    return connection.scalar(text(held)) or 0


def expected(connection: Connection) -> set[str]:
    """The names of the guards that this dialect has."""
    return {each.name for each in guards_of(Base.metadata) if each.create(connection.dialect.name)}


def numbers(*guards_because: str) -> Table:
    """A table that refuses numbers above nine, for a reason each."""
    table = Table("numbers", MetaData(), Column("n", Integer))
    for because in guards_because:
        guard(table, refuse_when(SMALL, "numbers", "INSERT", lambda row: f"{row}.n > 9", because=because))
    return table


def test_guards_are_made_with_their_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        assert triggers(connection) == expected(connection) != set()


def test_guards_can_be_dropped_and_made_again(engine: Engine) -> None:
    with engine.connect() as connection:
        before = triggers(connection)

        drop_guards(connection, Base.metadata)
        without = (triggers(connection), functions(connection))
        create_guards(connection, Base.metadata)

        assert without == (set(), 0)
        assert triggers(connection) == before


def test_nothing_is_guarded_between_the_two(engine: Engine, layer: Layer) -> None:
    with engine.begin() as connection:
        connection.execute(insert(PartyType), {"id": UUID(int=1), "name": "unit"})
        drop_guards(connection, Base.metadata)
        connection.execute(insert(generalization), ITSELF)
        connection.execute(generalization.delete())
        create_guards(connection, Base.metadata)

        with refuses("party-type.acyclic", layer):
            connection.execute(insert(generalization), ITSELF)


def test_dropping_what_is_not_there_does_no_harm(engine: Engine) -> None:
    with engine.connect() as connection:
        drop_guards(connection, Base.metadata)
        drop_guards(connection, Base.metadata)

        assert triggers(connection) == set()


@pytest.mark.parametrize(
    "because", ["it's a number", "more than 9%", "half: :h", "two; BEGIN; END", 'a "name"']
)
def test_a_reason_may_hold_any_character(engine: Engine, because: str) -> None:
    table = numbers(because)

    with engine.connect() as connection:
        table.metadata.create_all(connection)
        connection.execute(insert(table), {"n": 9})
        with pytest.raises(Exception, match=r"number\.small") as refused:
            connection.execute(insert(table), {"n": 10})

    assert f"rule number.small: {because}" in str(refused.value)


def test_a_name_too_long_for_postgresql_is_shortened_and_stays_its_own() -> None:
    table = "patterns_table_with_quite_a_long_name_such_as_nobody_would_choose"

    one = refuse_when(SMALL, table, "INSERT", lambda row: f"{row}.n > 9", because="large")
    other = refuse_when(SMALL, table, "UPDATE", lambda row: f"{row}.n > 9", because="large")

    assert len(one.name) == len(other.name) == 63
    assert one.name != other.name


def test_refuses_a_name_that_postgresql_would_cut_short() -> None:
    with pytest.raises(AnalysisPatternsError, match="a guard's name has at most 63 characters, unlike xx"):
        Guard("x" * 64, "numbers", (), ())


def test_an_error_of_a_trigger_that_states_no_rule_of_ours_is_not_translated() -> None:
    assert translated(ValueError("rule number.small: it is not loaded"), "sqlite") is None


@pytest.mark.parametrize(
    ("sql", "sqlite", "postgresql"),
    [
        ("a <distinct> b", "a IS NOT b", "a IS DISTINCT FROM b"),
        ("<least>(a, b)", "min(a, b)", "least(a, b)"),
        ("<greatest>(a, b)", "max(a, b)", "greatest(a, b)"),
        ("<day a.at> < b", "substr(a.at, 1, 10) < b", "(a.at AT TIME ZONE 'UTC')::date < b"),
        ("a < b AND c > d", "a < b AND c > d", "a < b AND c > d"),
    ],
)
def test_spells_what_the_databases_say_differently(sql: str, sqlite: str, postgresql: str) -> None:
    assert (spelled(sql, "sqlite"), spelled(sql, "postgresql")) == (sqlite, postgresql)
