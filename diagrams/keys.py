"""What a table's keys say about how many rows may refer to one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, Table, UniqueConstraint
from sqlalchemy.orm import RelationshipDirection, RelationshipProperty


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
    keys = [set(table.primary_key.columns)]
    keys += [set(each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)]
    keys += [set(each.columns) for each in table.indexes if each.unique and not _is_partial(each)]
    return any(key and key <= columns for key in keys)


def _table(columns: set[Any]) -> Table | None:
    tables = {column.table for column in columns}
    only = tables.pop() if len(tables) == 1 else None
    return only if isinstance(only, Table) else None


def _is_partial(index: Index) -> bool:
    return any(options.get("where") is not None for options in index.dialect_options.values())
