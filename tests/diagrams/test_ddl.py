"""SQL as a model: what the statements of a script make, in the dialects that people write."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analysis_patterns.diagrams import Key, TargetError, TypeGraph, table_graph, type_graph
from analysis_patterns.diagrams.ddl import tables_of_ddl
from analysis_patterns.diagrams.tables import read_tables

from .test_tables import lines

DUMP = """
SET search_path = 'public';
CREATE TYPE public.mood AS ENUM ('sad', 'ok');
CREATE TABLE public.parent (a integer NOT NULL, b integer NOT NULL, note text DEFAULT 'x;y');
CREATE TABLE public.child (
    id integer NOT NULL, m public.mood NOT NULL, pa integer, pb integer,
    email character varying(20) CHECK (email LIKE '%@%:%'), n numeric(10,2),
    twice integer GENERATED ALWAYS AS (pa * 2) STORED, "Odd Name" text,
    EXCLUDE USING gist (n WITH =)
);
ALTER TABLE ONLY public.parent ADD CONSTRAINT parent_pkey PRIMARY KEY (a, b);
ALTER TABLE ONLY public.child ADD CONSTRAINT child_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.child ADD CONSTRAINT child_email_key UNIQUE (email);
ALTER TABLE ONLY public.child ADD CONSTRAINT child_parent FOREIGN KEY (pa, pb) REFERENCES public.parent(a, b);
CREATE UNIQUE INDEX some ON public.child USING btree (pa) WHERE (n IS NULL);
COMMENT ON TABLE public.child IS 'Who is looked after';
COMMENT ON COLUMN public.child.n IS 'how much';
INSERT INTO child (id, m) VALUES (1, 'ok');
"""


def read(sql: str, dialect: str | None = None) -> TypeGraph:
    return read_tables("script", tables_of_ddl(sql, dialect=dialect).tables.values())


def test_a_dump_of_postgresql_is_read_with_what_it_alters_afterwards() -> None:
    graph = read(DUMP)

    child, parent = graph.named("child"), graph.named("parent")
    said = {each.name: each for each in child.attributes}
    assert child.summary == "Who is looked after"
    assert said["m"].choices == ("sad", "ok")
    assert (said["id"].keys, said["email"].keys, said["pa"].keys) == (Key.PRIMARY, Key.UNIQUE, Key.FOREIGN)
    assert (said["n"].type, said["n"].comment, said["n"].optional) == ("decimal(10, 2)", "how much", True)
    assert (said["twice"].derived, said["Odd Name"].type) == (True, "text")
    assert [each.keys for each in parent.attributes] == [Key.PRIMARY, Key.PRIMARY, Key.NONE]
    assert child.constraints == (
        "check (email LIKE '%@%:%')", "exclude (USING gist(n WITH =))", "unique (pa) where (n IS NULL)"
    )  # fmt: skip
    assert lines(graph) == {"child * - 0..1 parent"}


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        (
            "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);"
            "CREATE TABLE b (a_id INT NOT NULL REFERENCES a);",
            "b * - 1 a a",
        ),
        (
            "CREATE TABLE A (id INT PRIMARY KEY) STRICT;"
            "CREATE TABLE b (a_id INT UNIQUE REFERENCES a (ID)) STRICT, WITHOUT ROWID;",
            "b 0..1 - 0..1 A a",
        ),
        (
            "CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (x INT PRIMARY KEY REFERENCES a(id));",
            "b 0..1 - 1 a x",
        ),
        (
            "CREATE TABLE b (a_id INT, FOREIGN KEY (a_id) REFERENCES a (id));"
            "CREATE TABLE a (id INT PRIMARY KEY);",
            "b * - 0..1 a a",
        ),
        (
            "CREATE TABLE s.a (id INT PRIMARY KEY);"
            "CREATE TABLE t.a (id INT REFERENCES s.a, x INT REFERENCES t.a);",
            "a * - 0..1 a",
        ),
        (
            "CREATE TABLE `a` (`id` INT AUTO_INCREMENT, `k` ENUM('x') COMMENT 'kind', PRIMARY KEY (`id`))"
            "ENGINE=InnoDB; CREATE TABLE `b` (`a_id` INT NOT NULL, UNIQUE KEY `u` (`a_id`), "
            "CONSTRAINT `f` FOREIGN KEY (`a_id`) REFERENCES `a` (`id`));",
            "b 0..1 - 1 a a",
        ),
    ],
)  # fmt: skip
def test_each_dialect_says_how_many_in_its_own_way(sql: str, line: str) -> None:
    assert line in lines_by_name(read(sql))


def lines_by_name(graph: TypeGraph) -> set[str]:
    names = {each.key: each.name for each in graph.types}
    return {
        f"{names[each.source.type]} {each.source.multiplicity} - {each.target.multiplicity} "
        f"{names[each.target.type]} {each.target.role}".strip()
        for each in graph.associations
    }


def test_a_script_is_a_target_by_its_name(tmp_path: Path) -> None:
    script = tmp_path / "shop.sql"
    script.write_text(DUMP, encoding="utf-8")

    assert len(type_graph(str(script)).types) == 2
    assert lines(table_graph(str(script), dialect="postgres")) == {"child * - 0..1 parent"}


def test_says_where_a_script_cannot_be_read() -> None:
    with pytest.raises(TargetError, match="line 2"):
        read("CREATE TABLE a (id INT);\nCREATE TABLE b (id INT")
    with pytest.raises(TargetError, match="a table that cannot be read: CREATE TABLE b"):
        read("CREATE TABLE a (id INT); CREATE TABLE b (id INT) WITHOUT ANYTHING")
    with pytest.raises(TargetError, match="klingon"):
        read("CREATE TABLE a (id INT)", "klingon")
    with pytest.raises(TargetError, match="makes no table"):
        read("SELECT 1; INSERT INTO a VALUES (1)")


def test_says_which_script_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"nothing\.sql cannot be read"):
        table_graph(str(tmp_path / "nothing.sql"))


def test_names_the_extra_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)

    with pytest.raises(TargetError, match=r"analysis-patterns\[ddl\]"):
        read("CREATE TABLE a (id INT)")
