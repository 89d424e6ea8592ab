"""A graph of tables says of each column what the database demands, and of each foreign key how many."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint

from analysis_patterns.diagrams import Key, Kind, Notation, TargetError, TypeGraph, draw, table_graph
from analysis_patterns.diagrams.notation import picture_of

from . import sample


def shop() -> MetaData:
    """Tables with a key of every kind."""
    metadata = MetaData()
    Table(
        "customer",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("email", String(100), nullable=False, unique=True, comment="where to write"),
        Column("mood", Enum("sad", "ok", name="mood")),
        Column("moods", ARRAY(Enum("sad", "ok", name="mood"))),
        Column("extra", JSONB),
        Column("loud", String, Computed("upper(email)")),
        CheckConstraint("length(email) > 3"),
        Index(None, "mood", unique=True, postgresql_where=text("mood = 'ok'")),
        comment="Whoever buys.",
    )
    Table(
        "orders",
        metadata,
        Column("region", String, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("customer_id", ForeignKey("customer.id"), nullable=False),
        Column("during", String),
        ExcludeConstraint(("during", "&&"), using="gist"),
        UniqueConstraint("region", "customer_id"),
    )
    Table(
        "invoice",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("region", String, nullable=False),
        Column("number", Integer),
        ForeignKeyConstraint(["region", "number"], ["orders.region", "orders.number"]),
        UniqueConstraint("region", "number"),
    )
    return metadata


GRAPH = table_graph(shop())


def seen(graph: TypeGraph) -> list[str]:
    """Every association as text."""
    return sorted(
        f"{each.source.type} {each.source.multiplicity} - "
        f"{each.target.multiplicity} {each.target.type} {each.target.role}".rstrip()
        for each in graph.associations
    )


def column(table: str, name: str, graph: TypeGraph = GRAPH) -> object:
    """What is known of a column."""
    return next(each for each in graph.named(table).attributes if each.name == name)


def test_a_table_says_what_it_is_for_and_what_it_demands() -> None:
    customer = GRAPH.named("customer")

    assert (customer.kind, customer.summary, customer.table) == (Kind.TABLE, "Whoever buys.", "customer")
    assert customer.constraints == (
        "CHECK (length(email) > 3)",
        "UNIQUE (email)",
        "UNIQUE (mood) WHERE mood = 'ok'",
    )
    assert GRAPH.named("orders").constraints == (
        "EXCLUDE USING gist (during WITH &&)",
        "UNIQUE (region, customer_id)",
    )


@pytest.mark.parametrize(
    ("table", "name", "type_", "optional", "keys"),
    [
        ("customer", "id", "INTEGER", False, Key.PRIMARY),
        ("customer", "email", "VARCHAR(100)", False, Key.UNIQUE),
        ("customer", "mood", "VARCHAR(3)", True, Key.NONE),
        ("customer", "extra", "JSONB", True, Key.NONE),
        ("orders", "region", "VARCHAR", False, Key.PRIMARY),
        ("orders", "customer_id", "INTEGER", False, Key.FOREIGN),
        ("invoice", "number", "INTEGER", True, Key.FOREIGN),
    ],
)
def test_a_column_says_its_type_and_its_keys(
    table: str, name: str, type_: str, optional: bool, keys: Key
) -> None:
    found = column(table, name)

    assert (found.type, found.optional, found.keys) == (type_, optional, keys)  # type: ignore[attr-defined]


def test_a_column_says_its_choices_its_comment_and_whether_it_is_computed() -> None:
    assert column("customer", "mood").choices == ("sad", "ok")  # type: ignore[attr-defined]
    assert column("customer", "moods").choices == ("sad", "ok")  # type: ignore[attr-defined]
    assert column("customer", "email").comment == "where to write"  # type: ignore[attr-defined]
    assert column("customer", "loud").derived  # type: ignore[attr-defined]


def test_a_foreign_key_says_how_many_at_both_ends() -> None:
    assert seen(GRAPH) == ["invoice 0..1 - 0..1 orders", "orders * - 1 customer customer"]


def test_what_is_unique_of_some_rows_or_of_an_expression_is_not_unique() -> None:
    metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True))
    b = Table("b", metadata, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")))
    Index(None, b.c.a_id, unique=True, sqlite_where=b.c.id > 3)
    Index(None, func.nullif(b.c.a_id, 0), unique=True)

    assert seen(table_graph(metadata)) == ["b * - 0..1 a a"]
    assert table_graph(metadata).named("b").constraints == (
        "UNIQUE (a_id) WHERE id > 3",
        "UNIQUE (nullif(a_id, 0))",
    )


def test_a_key_that_leads_nowhere_is_refused_or_told() -> None:
    metadata = MetaData()
    Table("b", metadata, Column("a_id", ForeignKey("a.id")))

    with pytest.raises(TargetError, match=r"cannot be drawn whole: b \(a_id\) refers to a.id, which is not"):
        table_graph(metadata)
    partial = table_graph(metadata, partial=True)

    assert partial.partial == ("b (a_id) refers to a.id, which is not there",)
    assert picture_of(partial).title == "tables (partial)"
    assert picture_of(partial).remarks == ("Partial: b (a_id) refers to a.id, which is not there",)


def test_metadata_without_tables_is_nothing_to_draw() -> None:
    with pytest.raises(TargetError, match="the metadata holds no tables"):
        table_graph(MetaData())


def test_the_tables_of_classes_know_what_the_classes_say() -> None:
    graph = table_graph(sample)

    assert {each.name for each in graph.types} >= {"product_type", "tagged", "admission", "purchase"}
    assert (graph.named("product_type").level, graph.named("product_type").pattern) == ("knowledge", "14.1")
    assert graph.named("passport").summary == "One for each customer at most."
    assert "passport 0..1 - 1 customer customer" in seen(graph)
    assert "company 0..1 - 1 customer" in seen(graph)


def test_a_class_is_drawn_as_its_table_with_its_neighbours() -> None:
    graph = table_graph(sample.Line)

    assert {each.name: each.outside for each in graph.types} == {
        "line": False,
        "product_type": True,
        "purchase": True,
    }


def test_a_live_database_is_read_alike_whichever_it_is(database_url: str) -> None:
    engine = create_engine(database_url)
    metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True), Column("name", String(9), unique=True))
    Table(
        "b",
        metadata,
        Column("a_id", ForeignKey("a.id"), primary_key=True),
        Column("c_id", ForeignKey("a.id")),
        CheckConstraint("c_id > 0"),
    )
    metadata.create_all(engine)
    engine.dispose()

    graph = table_graph(database_url)

    assert seen(graph) == ["b * - 0..1 a c", "b 0..1 - 1 a a"]
    assert column("a", "name", graph).keys is Key.UNIQUE  # type: ignore[attr-defined]
    assert len(graph.named("b").constraints) == 1
    assert graph.partial == ()


def test_sqlite_says_what_is_unique_however_its_type_is_written(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, code VARCHAR(9) NOT NULL UNIQUE, k INTEGER,"
            " price NUMERIC(9, 2), UNIQUE (k, price))"
        )

    graph = table_graph(f"sqlite:///{path}")

    assert [each.keys for each in graph.named("a").attributes] == [
        Key.PRIMARY, Key.UNIQUE, Key.NONE, Key.NONE
    ]  # fmt: skip
    assert graph.named("a").constraints == ("UNIQUE (code)", "UNIQUE (k, price)")


def test_postgresql_says_what_it_excludes_and_what_is_in_another_schema(postgres: object) -> None:
    with postgres.fresh() as url:  # type: ignore[attr-defined]
        engine = create_engine(url)
        with engine.begin() as connection:
            for statement in (
                "CREATE SCHEMA far",
                "CREATE TABLE far.a (id int PRIMARY KEY, during tsrange,"
                " EXCLUDE USING gist (during WITH &&))",
                "CREATE TYPE mood AS ENUM ('sad', 'ok')",
                "CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES far.a, mood mood)",
                "CREATE UNIQUE INDEX ON b (a_id) WHERE id > 3",
                "COMMENT ON TABLE b IS 'what b is'",
            ):
                connection.execute(text(statement))
        engine.dispose()

        near, both = table_graph(url), table_graph(url, schemas=["far", "public"])

    assert {each.name: each.outside for each in near.types} == {"b": False, "far.a": True}
    assert near.named("b").summary == "what b is"
    assert column("b", "mood", near).choices == ("sad", "ok")  # type: ignore[attr-defined]
    assert seen(near) == ["b * - 1 far:a a"]
    assert both.named("far.a").constraints == ("EXCLUDE USING gist (during WITH &&)",)
    assert seen(both) == ["public:b * - 1 far:a a"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///no/such/file.db", "there is no file 'no/such/file.db'"),
        ("nosuch://x/y", "SQLAlchemy knows no database called nosuch"),
        ("postgresql://me:s3cr3t@localhost:1/x", "postgresql://me@localhost:1/x cannot be read: "),
        ("postgresql://me@localhost:1/x?password=s3cr3t", "postgresql://me@localhost:1/x cannot be read: "),
        ("postgresql://me:s3cr3t@localhost:port/x", "this is no database URL; write sqlite:///file.db or"),
    ],
)
def test_says_what_is_wrong_with_a_database_and_never_a_password(url: str, said: str) -> None:
    with pytest.raises(TargetError) as refused:
        table_graph(url)

    assert str(refused.value).startswith(said)
    assert "s3cr3t" not in str(refused.value)


def test_the_title_of_a_database_holds_no_password(postgres: object) -> None:
    with postgres.fresh() as url:  # type: ignore[attr-defined]
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE a (id int)"))
        graph = table_graph(engine.url.set(password="s3cr3t"))
        engine.dispose()

    assert "s3cr3t" not in graph.title
    assert "***" not in graph.title


def test_mermaid_draws_entities_with_crows_feet() -> None:
    assert draw(table_graph(shop()), format="mermaid").splitlines()[-8:] == [
        '    t2["orders"] {',
        "        VARCHAR region PK",
        "        INTEGER number PK",
        "        INTEGER customer_id FK",
        '        VARCHAR during "null"',
        "    }",
        '    t1 |o--o| t2 : "#160;"',
        '    t2 }o--|| t0 : "customer"',
    ]


def test_crows_feet_stand_on_boxes_with_columns_keys_and_types() -> None:
    picture = picture_of(GRAPH, Notation.ER)
    orders = next(each for each in picture.nodes if each.key == "orders")
    customer = next(each for each in picture.nodes if each.key == "customer")

    assert orders.lines == (
        "PK region VARCHAR",
        "PK number INTEGER",
        "FK customer_id INTEGER",
        "during VARCHAR null",
        "EXCLUDE USING gist (during WITH &&)",
        "UNIQUE (region, customer_id)",
    )
    assert customer.lines[1:3] == ("UQ email VARCHAR(100)", "mood VARCHAR(3) {sad, ok} null")
    assert customer.note.endswith(
        "Whoever buys.; CHECK (length(email) > 3); UNIQUE (email); UNIQUE (mood) WHERE mood = 'ok'"
    )


def test_a_table_of_five_hundred_columns_says_how_many_more() -> None:
    metadata = MetaData()
    Table("wide", metadata, *(Column(f"c{number}", Integer) for number in range(500)))

    [node] = picture_of(table_graph(metadata), Notation.ER).nodes

    assert (len(node.lines), node.lines[-1]) == (20, "and 481 more")


def test_names_of_any_script_are_drawn() -> None:
    metadata = MetaData()
    Table("注文", metadata, Column("номер", Integer, primary_key=True), Column("ملاحظة", String))

    svg = draw(table_graph(metadata), notation=Notation.ER)

    assert all(name in svg for name in ("注文", "номер", "ملاحظة"))
