"""Whatever points at a row: every foreign key of every table, found in the database itself (5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnClause,
    Connection,
    ForeignKeyConstraint,
    Inspector,
    MetaData,
    Table,
    TableClause,
    and_,
    column,
    inspect,
    select,
    table,
    update,
)

from ..persistence.registry import Referable

_SYSTEM = ("information_schema", "pg_")

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True, order=True)
class ForeignKey:
    """
    A foreign key: the columns that point, and those that they point at.

    Shape:  `schema` and `to_schema` are empty for the default one; `key` are the columns that tell the rows
            of the pointing table apart.
    """

    table: str
    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]
    key: tuple[str, ...]
    schema: str = ""
    to_schema: str = ""

    def __str__(self) -> str:
        name = f"{self.schema}.{self.table}" if self.schema else self.table
        return f"{name}.{', '.join(self.columns)}"

    def fingerprint(self, connection: Connection, values: Values) -> tuple[int, str]:
        """How many rows point at `values`, and a text that changes when others do."""
        pointing = _table(self.schema, self.table, (*self.key, *self.columns))
        question = select(*(pointing.c[name] for name in self.key or self.columns)).where(
            _equal(pointing, self.columns, values)
        )
        rows = sorted(repr(_plain(row)) for row in connection.execute(question))
        return len(rows), sha256("\n".join(rows).encode()).hexdigest()[:16]

    def rewrite(self, connection: Connection, values: Values, others: Values) -> int:
        """Let whatever points at `values` point at `others`; give the number of rows."""
        pointing = _table(self.schema, self.table, self.columns)
        changed = {pointing.c[name]: other for name, other in zip(self.columns, others, strict=True)}
        statement = update(pointing).where(_equal(pointing, self.columns, values)).values(changed)
        return connection.execute(statement).rowcount

    def pointed_at(self, connection: Connection, own: Values) -> Values:
        """The values that it points at, of the row whose key is `own`."""
        if self.to_columns == ("id",):
            return own
        target = _table(self.to_schema, self.to_table, ("id", *self.to_columns))
        question = select(*(target.c[name] for name in self.to_columns)).where(target.c.id == own[0])
        return tuple(connection.execute(question).one())


def foreign_keys(connection: Connection, thing: Referable) -> list[ForeignKey]:
    """
    Every foreign key that may point at a thing of this class, in the order of their tables.

    Shape:  those that the database has, and those that mapped classes declare although it does not have
            them. The keys by which the thing's own tables hang together are left out.
    """
    inspector = inspect(connection)
    own = {(each.schema or "", each.name) for each in inspect(type(thing)).tables}
    own.add(("", "patterns_thing"))
    found = sorted(
        each
        for each in {*_in_database(inspector), *_declared(inspector, thing)}
        if (each.to_schema, each.to_table) in own
        and not ((each.schema, each.table) in own and each.columns == each.key)
    )
    # Of two that start from the same columns, one rewrites them for both.
    return list({(each.schema, each.table, each.columns): each for each in reversed(found)}.values())[::-1]


def _in_database(inspector: Inspector) -> Iterator[ForeignKey]:
    for schema in _schemas(inspector):
        keys = inspector.get_multi_pk_constraint(schema=schema)
        for at, stated in inspector.get_multi_foreign_keys(schema=schema).items():
            for each in stated:
                yield ForeignKey(
                    at[1],
                    tuple(each["constrained_columns"]),
                    each["referred_table"],
                    tuple(each["referred_columns"] or ("id",)),
                    tuple(keys[at]["constrained_columns"] if keys.get(at) else ()),
                    schema or "",
                    each["referred_schema"] or "",
                )


def _schemas(inspector: Inspector) -> Iterator[str | None]:
    for schema in inspector.get_schema_names():
        if not schema.startswith(_SYSTEM):
            yield None if schema == inspector.default_schema_name else schema


def _declared(inspector: Inspector, thing: Referable) -> Iterator[ForeignKey]:
    there = {
        (schema, name) for schema in _schemas(inspector) for name in inspector.get_table_names(schema=schema)
    }
    for metadata in _metadata(thing):
        for stated in metadata.tables.values():
            if (stated.schema, stated.name) in there:
                yield from _keys_of(stated)


def _keys_of(stated: Table) -> Iterator[ForeignKey]:
    for each in stated.constraints:
        if isinstance(each, ForeignKeyConstraint):
            target = each.referred_table
            yield ForeignKey(
                stated.name,
                tuple(column.name for column in each.columns),
                target.name,
                tuple(element.column.name for element in each.elements),
                tuple(column.name for column in stated.primary_key),
                stated.schema or "",
                target.schema or "",
            )


def _metadata(thing: Referable) -> Iterator[MetaData]:
    """The metadata of the thing's class, and of every other class that an application made referable."""
    mappers = [inspect(mapped, raiseerr=False) for mapped in (type(thing), *Referable.__subclasses__())]
    tables = [
        each.local_table for mapper in mappers if mapper is not None for each in mapper.self_and_descendants
    ]
    yield from {id(each.metadata): each.metadata for each in tables if isinstance(each, Table)}.values()


def _table(schema: str, name: str, columns: tuple[str, ...]) -> TableClause:
    # Without types: what the driver gives is what it takes back, whoever made the column.
    named: list[ColumnClause[Any]] = [column(each) for each in dict.fromkeys(columns)]
    return table(name, *named, schema=schema or None)


def _equal(pointing: TableClause, columns: tuple[str, ...], values: Values) -> Any:
    return and_(*(pointing.c[name] == value for name, value in zip(columns, values, strict=True)))


def _plain(row: Any) -> tuple[Any, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
