"""A live database as a model: read from its own catalogue, changed in nothing, its password never shown."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from analysis_patterns.diagrams import Key, TargetError, table_graph, type_graph

from ..postgres import PostgresServer
from ..schemas import create_schema
from .test_tables import lines

SCHEMA = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE);
CREATE TABLE purchase (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer (id), paid NUMERIC(9, 2),
    CONSTRAINT paid_something CHECK (paid > 0)
);
CREATE UNIQUE INDEX one_open ON purchase (customer_id) WHERE paid IS NULL;
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A database file of somebody's."""
    path = tmp_path / "a shop?.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(SCHEMA)
    connection.close()
    return path


def test_a_database_file_is_drawn_as_it_stands(shop: Path) -> None:
    before = shop.read_bytes()

    graph = type_graph(f"sqlite:///{shop.as_posix().replace('?', '%3F')}")

    assert lines(graph) == {"purchase * - 1 customer customer"}
    assert graph.named("purchase").constraints == (
        "check (paid > 0)", "unique (customer_id) where paid IS NULL"
    )  # fmt: skip
    assert [each.keys for each in graph.named("customer").attributes] == [Key.PRIMARY, Key.UNIQUE]
    assert shop.read_bytes() == before


def test_our_own_tables_read_alike_from_postgresql(postgres: PostgresServer) -> None:
    with postgres.fresh(create_schema) as url:
        graph = table_graph(url)

        party = graph.named("patterns_party")
        assert {each.name for each in party.attributes} >= {"id", "name", "kind"}
        assert "patterns_party 0..1 - 1 patterns_thing" in lines(graph)


def test_postgresql_tells_enumerations_comments_and_indexes_of_some_rows(postgres: PostgresServer) -> None:
    with postgres.fresh(lambda _: None) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TYPE mood AS ENUM ('sad', 'ok')"))
            connection.execute(text("CREATE TABLE a (id int PRIMARY KEY, m mood)"))
            connection.execute(text("CREATE TABLE b (a_id int NOT NULL REFERENCES a, n text)"))
            connection.execute(text("CREATE UNIQUE INDEX some_of_them ON b (a_id) WHERE n IS NULL"))
            connection.execute(text("COMMENT ON TABLE b IS 'Many of a'"))

        graph = table_graph(engine)

        engine.dispose()
    assert graph.named("a").attributes[1].choices == ("sad", "ok")
    assert graph.named("b").summary == "Many of a"
    assert lines(graph) == {"b * - 1 a a"}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:////nowhere/at/all.db", "no database file"),
        ("sqlite://", "no database file"),
        ("postgresql+psycopg://me:secret@127.0.0.1:1/shop", "cannot be read"),
        ("nosuch://me:secret@127.0.0.1/shop", "cannot be opened"),
        ("://me:secret@", "is written dialect://"),
    ],
)
def test_says_what_is_wrong_with_a_database_and_no_password(url: str, said: str) -> None:
    with pytest.raises(TargetError, match=said) as refused:
        type_graph(url)

    assert "secret" not in str(refused.value)


def test_an_empty_database_has_nothing_to_draw(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()

    with pytest.raises(TargetError, match="no table"):
        type_graph(f"sqlite:///{tmp_path / 'empty.db'}")
