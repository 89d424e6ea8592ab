"""Reads tables into a graph: their columns, keys and constraints, and which of them refer to which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from sqlalchemy import Column, Dialect, Enum, ForeignKeyConstraint, Table
from sqlalchemy.exc import NoReferenceError

from .annotations import level_of, pattern_of, summary_of
from .errors import TargetError
from .keys import constraints_of, is_optional, is_unique, sql_type, unique_alone
from .model import Association, AssociationEnd, Attribute, Key, Kind, Type, TypeGraph
from .multiplicity import MANY, ONE, OPTIONAL

_KEYS = {
    (is_primary, is_foreign, is_unique): (Key.PRIMARY if is_primary else Key.NONE)
    | (Key.FOREIGN if is_foreign else Key.NONE)
    | (Key.UNIQUE if is_unique else Key.NONE)
    for is_primary, is_foreign, is_unique in product((False, True), repeat=3)
}
"""The keys that a column is in: the primary one, one that refers to another table, one of its own."""


@dataclass(frozen=True, slots=True)
class Tables:
    """
    The tables to read into a graph.

    Shape:  `owners` are the classes that are mapped to them, where there are any; `dialect` is whose words
            types and conditions are put in; `read_schemas` are those that were read, where others may be
            referred to; `reasons` say what could not be read at all.
    """

    title: str
    tables: tuple[Table, ...]
    owners: Mapping[Table, type] = field(default_factory=dict)
    dialect: Dialect | None = None
    read_schemas: frozenset[str | None] | None = None
    reasons: tuple[str, ...] = ()


def read_tables(given: Tables, *, partial: bool = False) -> TypeGraph:
    """
    The graph of these tables: each column with its type, its keys and whether it may be empty.

    Shape:  a foreign key is an association from its table, `*` or `0..1` by what is unique there, to the one
            that it refers to, `0..1` where any of its columns may be empty, or else `1`. A table of a schema
            that was not read is shown as a neighbour without columns.
    Errors: `TargetError` where a foreign key leads nowhere; with `partial`, it is left out, and the graph
            says so.
    """
    reading = _Reading(given)
    types = [reading.type(table) for table in given.tables]
    links = [link for table in given.tables for link in reading.links(table)]
    reasons = (*given.reasons, *sorted(set(reading.reasons)))
    if reasons and not partial:
        raise TargetError(f"{given.title} cannot be drawn whole: {'; '.join(reasons)}")
    return TypeGraph(given.title, [*types, *reading.neighbours.values()], links, partial=reasons)


def table_key(schema: str | None, name: str) -> str:
    """
    What a table is called in a graph: `schema:name`, or its name where it is in the schema by default.

    >>> table_key("sales", "order"), table_key(None, "order")
    ('sales:order', 'order')
    """
    return f"{schema}:{name}" if schema else name


class _Reading:
    """One pass over a set of tables."""

    def __init__(self, given: Tables) -> None:
        self.given = given
        self.keys = {table_key(each.schema, each.name) for each in given.tables}
        self.neighbours: dict[str, Type] = {}
        self.reasons: list[str] = []

    def type(self, table: Table) -> Type:
        owner = self.given.owners.get(table)
        return Type(
            table_key(table.schema, table.name),
            table.fullname,
            Kind.TABLE,
            level=level_of(owner) if owner else "",
            pattern=pattern_of(owner) if owner else "",
            summary=table.comment or (summary_of(owner) if owner else ""),
            table=table.fullname,
            attributes=tuple(columns_of(table, self.given.dialect)),
            constraints=constraints_of(table, self.given.dialect),
        )

    def links(self, table: Table) -> Iterator[Association]:
        for constraint in sorted(table.foreign_key_constraints, key=lambda each: tuple(each.column_keys)):
            target = self._target(table, constraint)
            if target is not None:
                yield _reference(table_key(table.schema, table.name), target, constraint)

    def _target(self, table: Table, constraint: ForeignKeyConstraint) -> str | None:
        written = constraint.elements[0].target_fullname
        try:
            referred = constraint.referred_table
            key = table_key(referred.schema, referred.name)
            fullname = referred.fullname
        except NoReferenceError:
            schema, _, name = written.rpartition(".")[0].rpartition(".")
            key, fullname = table_key(schema or None, name), f"{schema}.{name}" if schema else name
            if not self._may_be_elsewhere(schema or None):
                columns = ", ".join(constraint.column_keys)
                self.reasons.append(f"{table.fullname} ({columns}) refers to {written}, which is not there")
                return None
        if key not in self.keys:
            self.neighbours[key] = Type(key, fullname, Kind.TABLE, table=fullname, outside=True)
        return key

    def _may_be_elsewhere(self, schema: str | None) -> bool:
        read = self.given.read_schemas
        return read is not None and schema not in read


def columns_of(table: Table, dialect: Dialect | None = None) -> Iterator[Attribute]:
    """The columns of a table, each with its type, its keys and its comment."""
    unique = unique_alone(table)
    has_one_in_key = len(table.primary_key.columns) == 1
    for column in table.columns:
        is_alone = column.primary_key and has_one_in_key
        yield _column(column, dialect, is_alone=is_alone, is_unique=column in unique and not is_alone)


def _column(column: Column[Any], dialect: Dialect | None, *, is_alone: bool, is_unique: bool) -> Attribute:
    return Attribute(
        column.name,
        sql_type(column, dialect),
        optional=is_optional(column),
        derived=column.computed is not None,
        identity=is_alone,
        choices=_choices(column.type),
        column=column.name,
        comment=column.comment or column.doc or "",
        keys=_KEYS[column.primary_key, bool(column.foreign_keys), is_unique],
    )


def _choices(type_: Any) -> tuple[str, ...]:
    # An array's elements can be an enumeration, and a decorated type another one underneath.
    inner = getattr(type_, "item_type", None) or getattr(type_, "impl", type_)
    return tuple(inner.enums) if isinstance(inner, Enum) else ()


def _reference(source: str, target: str, constraint: ForeignKeyConstraint) -> Association:
    columns = set(constraint.columns)
    name = constraint.column_keys[0] if len(columns) == 1 else ""
    role = "" if name == "id" else name.removesuffix("_id")
    return Association(
        AssociationEnd(source, OPTIONAL if is_unique(columns) else MANY),
        AssociationEnd(target, OPTIONAL if any(map(is_optional, columns)) else ONE, role),
    )


def tables_in_order(tables: Iterable[Table]) -> tuple[Table, ...]:
    """The tables by name, each once."""
    return tuple(sorted(set(tables), key=lambda each: each.fullname))
