"""The full schema of a database, guards included, compared with what the models declare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

import sqlalchemy
from sqlalchemy import Connection, Table, bindparam, text
from sqlalchemy.exc import ProgrammingError

from ..patterns.errors import AnalysisPatternsError

Ddl: TypeAlias = dict[str, str]
"""What each column, constraint, index and guard of a schema says, by its kind and name."""

_SCRATCH = "analysis_patterns_check"
_MAY_BE_ADDED = ("column", "index")
_BLANKS = re.compile(r"\s+")
_WORDS = re.compile(r"'[^']*'|\"[^\"]*\"|[(),]|[^'\"(),]+")
_NAMED = re.compile(r"CONSTRAINT (\S+) (.*)", re.DOTALL)
_UNNAMED = re.compile(r"(PRIMARY KEY|UNIQUE|CHECK|FOREIGN KEY)\b", re.IGNORECASE)

_POSTGRESQL = """
WITH ours AS (
    SELECT c.oid, c.relname, c.relpersistence FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname IN :tables
)
SELECT 'table ' || relname, 'persistence ' || relpersistence::text FROM ours
UNION ALL
SELECT 'column ' || relname || '.' || attname,
    concat_ws(' ', format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END,
        'DEFAULT ' || pg_get_expr(adbin, adrelid), 'GENERATED ' || nullif(attgenerated::text, ''),
        'IDENTITY ' || nullif(attidentity::text, ''))
FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL
SELECT 'constraint ' || relname || '.' || conname, pg_get_constraintdef(c.oid)
FROM ours JOIN pg_constraint c ON conrelid = ours.oid AND contype NOT IN ('n', 't')
UNION ALL
SELECT 'index ' || i.relname,
    pg_get_indexdef(i.oid, 0, true) || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END
FROM ours JOIN pg_index ON indrelid = ours.oid JOIN pg_class i ON i.oid = indexrelid
UNION ALL
SELECT 'trigger ' || relname || '.' || tgname,
    pg_get_triggerdef(t.oid, true) || CASE tgenabled WHEN 'O' THEN '' ELSE ' (disabled)' END
FROM ours JOIN pg_trigger t ON tgrelid = ours.oid AND NOT tgisinternal
UNION ALL
SELECT DISTINCT 'function ' || proname,
    concat_ws(' ', lanname, provolatile::text, CASE WHEN prosecdef THEN 'SECURITY DEFINER' END,
        proconfig::text, prosrc)
FROM ours JOIN pg_trigger ON tgrelid = ours.oid AND NOT tgisinternal
JOIN pg_proc p ON p.oid = tgfoid JOIN pg_language l ON l.oid = prolang
"""


class Kind(Enum):
    """How a schema differs from what is declared."""

    MISSING = "missing"
    CHANGED = "changed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One thing that a schema has otherwise than declared.

    Shape:  `item` is its kind and name; `declared` and `held` are its two texts, empty where there is none.
    """

    kind: Kind
    item: str
    declared: str = ""
    held: str = ""

    @property
    def is_drift(self) -> bool:
        """Whether it breaks what the library relies on: a column or an index more does not."""
        return not (self.kind is Kind.ADDED and self.item.startswith(_MAY_BE_ADDED))

    def __str__(self) -> str:
        lines = [f"{self.kind.value} {self.item}"]
        lines += [f"  declared: {self.declared}"] if self.declared else []
        lines += [f"  held:     {self.held}"] if self.held else []
        return "\n".join(lines)


def differences(declared: Ddl, held: Ddl) -> Iterator[Difference]:
    """Everything that a database holds otherwise than declared, by name."""
    for item in sorted(declared.keys() | held.keys()):
        if item not in held:
            yield Difference(Kind.MISSING, item, declared=declared[item])
        elif item not in declared:
            yield Difference(Kind.ADDED, item, held=held[item])
        elif declared[item] != held[item]:
            yield Difference(Kind.CHANGED, item, declared[item], held[item])


def held_by(connection: Connection, tables: Iterable[str]) -> Ddl:
    """What a database says of those of `tables` that it has, in its own words."""
    names = list(tables)
    if connection.dialect.name == "sqlite":
        return dict(_sqlite(connection, names))
    question = text(_POSTGRESQL).bindparams(bindparam("tables", names, expanding=True))
    return {item: _plain(said) for item, said in connection.execute(question)}


def declared_for(connection: Connection, tables: list[Table]) -> Ddl:
    """
    What a database like this one says of `tables` right after they are made.

    Shape:  an empty SQLite database in memory, or a schema of PostgreSQL that is rolled back at once: both
            databases have words of their own for what a model declares.
    Errors: `AnalysisPatternsError` where the role may not make that schema.
    """
    names = [table.name for table in tables]
    if connection.dialect.name == "sqlite":
        with sqlalchemy.create_engine("sqlite://").connect() as scratch:
            _create(scratch, tables)
            return held_by(scratch, names)
    with connection.begin_nested() as attempt:
        path = connection.scalar(text("SELECT current_setting('search_path')"))
        try:
            connection.execute(text(f"CREATE SCHEMA {_SCRATCH}"))
        except ProgrammingError as error:
            raise AnalysisPatternsError(
                "the tables to compare with are made in a schema that is rolled back at once, which needs "
                "the right to CREATE in this database; ask as a role that has it"
            ) from error
        connection.execute(text(f"SET LOCAL search_path TO {_SCRATCH}, {path}"))
        _create(connection, tables)
        declared = held_by(connection, names)
        attempt.rollback()
    return declared


def _create(connection: Connection, tables: list[Table]) -> None:
    tables[0].metadata.create_all(connection, tables=tables, checkfirst=False)


def _sqlite(connection: Connection, tables: list[str]) -> Iterator[tuple[str, str]]:
    question = text(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN :t"
    )
    for kind, name, table, sql in connection.execute(
        question.bindparams(bindparam("t", tables, expanding=True))
    ):
        if kind == "table":
            yield from _items(table, sql)
        else:
            yield f"{kind} {name}", _plain(sql)


def _items(table: str, sql: str) -> Iterator[tuple[str, str]]:
    """The columns and constraints of a CREATE TABLE; a rebuilt table may have them in another order."""
    *items, options = _split(sql)
    yield f"table {table}", _plain(options)
    for item in map(_plain, items):
        named = _NAMED.fullmatch(item)
        if named is not None:
            yield f"constraint {table}.{named[1]}", named[2]
        elif _UNNAMED.match(item):
            yield f"constraint {table} {item}", item
        else:
            name, _, said = item.partition(" ")
            yield f"column {table}.{name.strip(chr(34))}", said


def _split(sql: str) -> list[str]:
    """The parts between the outermost brackets, cut at their commas, and whatever follows the brackets."""
    parts: list[list[str]] = []
    depth = 0
    for word in _WORDS.findall(sql):
        depth += (word == "(") - (word == ")")
        if (word, depth) in {("(", 1), (",", 1), (")", 0)}:
            parts.append([])
        elif parts:
            parts[-1].append(word)
    return ["".join(part) for part in parts]


def _plain(sql: str) -> str:
    return _BLANKS.sub(" ", sql).strip()
