"""What a table's keys say about how many rows may refer to one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CheckConstraint, Column, Dialect, Index, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import CompileError, UnsupportedCompilationError
from sqlalchemy.orm import RelationshipDirection, RelationshipProperty

_POSTGRESQL: Any = PGDialect


def referring_columns(relationship: RelationshipProperty[Any]) -> set[Any]:
    """The columns that hold the reference of a relationship without a table in between."""
    is_holder = relationship.direction is RelationshipDirection.MANYTOONE
    return {local if is_holder else remote for local, remote in relationship.local_remote_pairs or ()}


def is_optional(column: Any) -> bool:
    """Whether the column may be empty."""
    return bool(getattr(column, "nullable", False))


def is_part_of_key(columns: set[Any]) -> bool:
    """Whether the columns are some of their table's primary key, but not all of it."""
    table = _table(columns)
    return table is not None and columns < set(table.primary_key.columns)


def is_unique(columns: set[Any]) -> bool:
    """Whether no two rows agree in these columns."""
    table = _table(columns)
    if table is None:
        return False
    return any(key and key <= columns for key in _keys(table))


def unique_alone(table: Table) -> set[Any]:
    """The columns each of which is unique by itself."""
    return {column for key in _keys(table) if len(key) == 1 for column in key}


def _keys(table: Table) -> Iterator[set[Any]]:
    yield set(table.primary_key.columns)
    yield from (set(each.columns) for each in table.constraints if isinstance(each, UniqueConstraint))
    yield from (set(each.columns) for each in table.indexes if each.unique and _is_whole(each))


def _table(columns: set[Any]) -> Table | None:
    tables = {column.table for column in columns}
    only = tables.pop() if len(tables) == 1 else None
    return only if isinstance(only, Table) else None


def _is_whole(index: Index) -> bool:
    """Whether an index is about every row, and about columns as they are."""
    return _condition(index) is None and all(isinstance(each, Column) for each in index.expressions)


def _condition(index: Index) -> Any:
    conditions = (options.get("where") for options in index.dialect_options.values())
    return next((each for each in conditions if each is not None), None)


EXTRA = "constraints"
"""Under which name a table's `info` keeps constraints that SQLAlchemy has no words for."""


def constraints_of(table: Table, dialect: Dialect | None = None) -> tuple[str, ...]:
    """
    What a table demands of its rows, as SQL would say it: what is unique, checked or excluded.

    Shape:  not the primary key, not null and foreign keys, which are told by the columns and the lines.
    """
    found = list(table.info.get(EXTRA, ()))
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.columns:
            found.append(f"UNIQUE ({', '.join(column.name for column in constraint.columns)})")
        elif isinstance(constraint, CheckConstraint):
            found.append(f"CHECK ({_said(constraint.sqltext, dialect)})")
        elif isinstance(constraint, ExcludeConstraint):
            found.append(_excluded(constraint))
    for index in table.indexes:
        if index.unique:
            what = ", ".join(_said(each, dialect) for each in index.expressions)
            where = f" WHERE {_said(_condition(index), dialect)}" if _condition(index) is not None else ""
            found.append(f"UNIQUE ({what}){where}")
    return tuple(sorted(set(found)))


def _excluded(constraint: ExcludeConstraint) -> str:
    dialect: Any = _POSTGRESQL()
    written = str(dialect.ddl_compiler(dialect, None).process(constraint))
    return " ".join(written[written.index("EXCLUDE ") :].split())


def sql_type(column: Column[Any], dialect: Dialect | None = None) -> str:
    """The type of a column in SQL: in the words of `dialect`, or in SQL's own where it has them."""
    for each in _dialects(dialect):
        try:
            return column.type.compile(dialect=each)
        except (CompileError, UnsupportedCompilationError, NotImplementedError):
            continue
    return type(column.type).__name__.upper()


def _said(expression: Any, dialect: Dialect | None) -> str:
    """An expression as one line of SQL, without the name of the only table that it is about."""
    if isinstance(expression, str):
        return expression
    if isinstance(expression, Column):
        return expression.name
    for each in _dialects(dialect):
        try:
            said = str(
                expression.compile(
                    dialect=each, compile_kwargs={"literal_binds": True, "include_table": False}
                )
            )
            return " ".join(said.split())
        except (CompileError, NotImplementedError):
            continue
    return " ".join(str(expression).split())


_GENERAL: tuple[Dialect, ...] = (DefaultDialect(), _POSTGRESQL())


def _dialects(dialect: Dialect | None) -> tuple[Dialect, ...]:
    return (dialect,) if dialect else _GENERAL
