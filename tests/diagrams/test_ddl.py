"""SQL that creates tables is read as the database would, and what is wrong with it has a line number."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analysis_patterns.cli import main
from analysis_patterns.diagrams import Key, TargetError, TypeGraph, table_graph

SHOP = """\\connect shop
CREATE EXTENSION btree_gist;
CREATE TYPE state AS ENUM ('open', 'shipped');
CREATE TABLE public.Customer (id bigint GENERATED ALWAYS AS IDENTITY, email varchar(100) NOT NULL UNIQUE);
ALTER TABLE ONLY public.customer ADD CONSTRAINT customer_pkey PRIMARY KEY (id);
ALTER TABLE public.customer OWNER TO somebody;
COMMENT ON TABLE customer IS 'Whoever buys.';
COMMENT ON COLUMN public.customer.email IS 'where; to write';
COPY public.customer (id, email) FROM stdin;
1\tit's; ( no SQL
\\.
CREATE TABLE orders (
    id serial, "Region" text NOT NULL, number int NOT NULL, state state NOT NULL, states state[],
    customer_id bigint NOT NULL, total numeric(10,2) CHECK (total >= 0),
    PRIMARY KEY (id), UNIQUE ("Region", number), EXCLUDE USING gist (number WITH =)
);
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customer(id) DEFERRABLE;
ALTER TABLE orders ADD COLUMN approver_id bigint REFERENCES customer ON DELETE SET NULL;
CREATE TABLE passport (customer_id bigint PRIMARY KEY REFERENCES customer, number text);
ALTER TABLE passport ALTER COLUMN number SET NOT NULL;
CREATE TABLE invoice (region text, number int, paid bool,
    FOREIGN KEY (region, number) REFERENCES orders ("Region", number));
CREATE UNIQUE INDEX one_unpaid ON invoice USING btree (region, number) WHERE NOT paid;
CREATE TABLE old (LIKE passport INCLUDING ALL);
CREATE TABLE older (id int); DROP TABLE older;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END; $$;
INSERT INTO customer VALUES (1, 'a');
"""
GRAPH = table_graph(SHOP)


def seen(graph: TypeGraph = GRAPH) -> list[str]:
    """Every association as text."""
    return sorted(
        f"{each.source.type} {each.source.multiplicity} - "
        f"{each.target.multiplicity} {each.target.type} {each.target.role}".rstrip()
        for each in graph.associations
    )


def columns(table: str, graph: TypeGraph = GRAPH) -> dict[str, tuple[str, bool, Key]]:
    """The type, whether it may be empty, and the keys of each column."""
    return {each.name: (each.type, each.optional, each.keys) for each in graph.named(table).attributes}


def test_tables_are_read_as_they_are_after_all_the_statements() -> None:
    assert [each.name for each in GRAPH.types] == ["customer", "invoice", "old", "orders", "passport"]
    assert columns("customer") == {
        "id": ("BIGINT", False, Key.PRIMARY),
        "email": ("VARCHAR(100)", False, Key.UNIQUE),
    }
    assert columns("orders") == {
        "id": ("SERIAL", False, Key.PRIMARY),
        "Region": ("TEXT", False, Key.NONE),
        "number": ("INT", False, Key.NONE),
        "state": ("state", False, Key.NONE),
        "states": ("state[]", True, Key.NONE),
        "customer_id": ("BIGINT", False, Key.FOREIGN),
        "total": ("DECIMAL(10, 2)", True, Key.NONE),
        "approver_id": ("BIGINT", True, Key.FOREIGN),
    }
    assert columns("passport")["number"] == columns("old")["number"] == ("TEXT", False, Key.NONE)


def test_foreign_keys_say_how_many() -> None:
    assert seen() == [
        "invoice * - 0..1 orders",
        "orders * - 0..1 customer approver",
        "orders * - 1 customer customer",
        "passport 0..1 - 1 customer customer",
    ]


def test_enumerations_comments_and_constraints_are_read() -> None:
    orders, customer = GRAPH.named("orders"), GRAPH.named("customer")

    assert {each.name: each.choices for each in orders.attributes if each.choices} == {
        "state": ("open", "shipped"),
        "states": ("open", "shipped"),
    }
    assert orders.constraints == (
        "CHECK (total >= 0)",
        "EXCLUDE USING gist(number WITH =)",
        "UNIQUE (Region, number)",
    )
    assert GRAPH.named("invoice").constraints == ("UNIQUE (region, number) WHERE NOT paid",)
    assert customer.summary == "Whoever buys."
    assert customer.attributes[1].comment == "where; to write"


def test_sqlite_is_guessed_and_finds_names_in_any_case() -> None:
    graph = table_graph(
        "CREATE TABLE Track (ID INTEGER PRIMARY KEY AUTOINCREMENT, [the name] TEXT, n);\n"
        "CREATE TABLE play (track_id INT NOT NULL REFERENCES track (id));\n"
        "CREATE UNIQUE INDEX one ON PLAY (TRACK_ID);"
    )

    assert seen(graph) == ["play 0..1 - 1 Track track"]
    assert list(columns("Track", graph)) == ["ID", "the name", "n"]


def test_a_dialect_can_be_told() -> None:
    assert [each.name for each in table_graph("CREATE TABLE A (b INT)", dialect="sqlite").types] == ["A"]
    assert [each.name for each in table_graph("CREATE TABLE A (b INT)").types] == ["a"]


def test_only_two_dialects_are_spoken() -> None:
    with pytest.raises(TargetError, match="SQL is read in the dialects sqlite and postgres, not oracle"):
        table_graph("CREATE TABLE a (b INT)", dialect="oracle")


def test_a_table_has_the_columns_of_those_that_it_inherits_from() -> None:
    graph = table_graph("CREATE TABLE a (x int); CREATE TABLE b (y int) INHERITS (a);")

    assert list(columns("b", graph)) == ["x", "y"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "CREATE TABLE a (x int);\n\nCREATE TABLE b (x int, UNIQUE (x;",
            "tables is no SQL of postgres: line 3",
        ),
        (
            "CREATE TABLE a (x int,\n\ny);",
            "line 1: the column y has no type",
        ),
        ("CREATE TABLE a (x int);\nCREATE TABLE a (x int);", "line 2: there is a table a already"),
        ("CREATE TABLE a (x int);\nALTER TABLE b ADD UNIQUE (x);", "line 2: there is no table b"),
        ("CREATE TABLE a (x int,\nUNIQUE (y));", "line 1: a has no column y"),
        ("CREATE TABLE a (x text DEFAULT 'y);", "tables is no SQL of postgres: "),
        ("CREATE VIEW v AS SELECT 1;", "tables creates no table"),
        (
            "CREATE TABLE a (x int);\nCREATE TABLE b (a_id int REFERENCES c (id));",
            "tables cannot be drawn whole: line 2: b (a_id) refers to c (id), which is not there",
        ),
        (
            "CREATE TABLE a (x int);\nALTER TABLE a RENAME COLUMN x TO y;",
            "tables cannot be drawn whole: line 2: ALTER TABLE a RENAME COLUMN x TO y is not understood",
        ),
    ],
)
def test_says_what_is_wrong_and_where(written: str, said: str) -> None:
    with pytest.raises(TargetError) as refused:
        table_graph(written)

    assert str(refused.value).startswith(said)


def test_says_that_a_file_is_not_there_or_no_text(tmp_path: Path) -> None:
    (tmp_path / "binary.sql").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(TargetError, match=r"there is no file 'no\.sql'"):
        table_graph("no.sql")
    with pytest.raises(TargetError, match=r"binary\.sql cannot be read: "):
        table_graph(tmp_path / "binary.sql")


def test_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)

    with pytest.raises(TargetError, match=r"SQL is read by sqlglot; install analysis-patterns\[ddl\]"):
        table_graph("CREATE TABLE a (x int)")


def test_the_command_draws_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shop.sql").write_text(SHOP)

    code = main(["diagram", str(tmp_path / "shop.sql"), "--notation", "er", "-o", str(tmp_path / "a.svg")])

    assert (code, capsys.readouterr().err) == (0, "")
    assert "PK FK customer_id BIGINT" in (tmp_path / "a.svg").read_text()


def test_the_command_draws_in_part_only_where_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b.sql").write_text("CREATE TABLE b (a_id int REFERENCES a)")
    drawn = tmp_path / "a.svg"
    arguments = ["diagram", str(tmp_path / "b.sql"), "-o", str(drawn)]

    refused, was_drawn = main(arguments), drawn.exists()
    partial = main([*arguments, "--partial"])

    assert (refused, was_drawn, partial) == (1, False, 1)
    assert "is drawn in part: line 1: b (a_id) refers to a, which is not there" in capsys.readouterr().err
    assert "Partial: line 1: b (a_id) refers to a" in drawn.read_text()
