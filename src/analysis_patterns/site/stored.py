"""How the types of a pattern are stored: the columns of their tables, and the SQL that makes these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column as SQLColumn
from sqlalchemy import Dialect, Table, UniqueConstraint, inspect
from sqlalchemy.engine.url import URL
from sqlalchemy.orm import Mapper
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

_DIALECTS: dict[str, Dialect] = {
    name: URL.create(name.lower()).get_dialect()() for name in ("SQLite", "PostgreSQL")
}


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column of a table.

    Shape:  `type` as PostgreSQL writes it; `keys` are the keys that it is in, as a reader would say it;
            `comment` is empty where the model makes none.
    """

    name: str
    type: str
    null: bool
    keys: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class StoredTable:
    """
    A table, as a page shows it.

    Shape:  the `types` that are stored in it; `guards` are the names of its triggers; `sql` gives, by
            database, the statements that make the table and its indexes.
    """

    name: str
    types: tuple[str, ...]
    columns: tuple[Column, ...]
    guards: tuple[str, ...]
    sql: tuple[tuple[str, str], ...]

    @property
    def commented(self) -> bool:
        """Whether any of its columns has a comment."""
        return any(column.comment for column in self.columns)


def stored(types: Iterable[type]) -> tuple[StoredTable, ...]:
    """The tables that `types` are mapped to, each once, in the order in which they come."""
    tables: dict[Table, list[str]] = {}
    for each in types:
        mapper: Any = inspect(each, raiseerr=False)
        for table in mapper.tables if isinstance(mapper, Mapper) else ():
            if isinstance(table, Table) and (table is mapper.local_table or table not in tables):
                tables.setdefault(table, []).append(each.__name__)
    return tuple(_shown(table, tuple(names)) for table, names in tables.items())


def _shown(table: Table, types: tuple[str, ...]) -> StoredTable:
    return StoredTable(
        name=table.name,
        types=types,
        columns=tuple(_column(column) for column in table.columns),
        guards=tuple(guard.name for guard in table.info.get("guards", ())),
        sql=tuple((name, _sql(table, dialect)) for name, dialect in _DIALECTS.items()),
    )


def _column(column: SQLColumn[Any]) -> Column:
    return Column(
        name=column.name,
        type=column.type.compile(dialect=_DIALECTS["PostgreSQL"]),
        null=bool(column.nullable),
        keys=tuple(_keys(column)),
        comment=column.comment or column.doc or "",
    )


def _keys(column: SQLColumn[Any]) -> Iterator[str]:
    if column.primary_key:
        yield "primary"
    for target in sorted(key.target_fullname for key in column.foreign_keys):
        yield f"\u2192 {target}"
    uniques = [set(each.columns) for each in column.table.constraints if isinstance(each, UniqueConstraint)]
    uniques += [set(index.columns) for index in column.table.indexes if index.unique]
    if {column} in uniques:
        yield "unique"
    elif any(column in unique for unique in uniques):
        yield "part of a unique key"


def _sql(table: Table, dialect: Dialect) -> str:
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    statements: list[ExecutableDDLElement] = [CreateTable(table), *(CreateIndex(index) for index in indexes)]
    written = [str(statement.compile(dialect=dialect)) for statement in statements]
    return "\n\n".join(_tidy(each) for each in written)


def _tidy(statement: str) -> str:
    """Without the blanks that the compiler leaves at the ends of lines."""
    lines = (line.rstrip().replace("\t", "    ") for line in statement.strip().splitlines())
    return "\n".join(line for line in lines if line) + ";"
