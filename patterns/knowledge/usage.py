"""What on the operational level refers to a piece of knowledge (2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, exists, false, inspect, or_

from ..persistence.base import Base, Level


def uses_of(entity: type[Any]) -> Iterator[Column[Any]]:
    """
    The columns by which entities of the operational level, of every chapter, refer to an `entity`.

    Shape:  what is known of is asked of the mapping, so that a later chapter's uses count as well.
    """
    seen: set[Column[Any]] = set()
    mapped: Table = inspect(entity).local_table
    (key,) = mapped.primary_key
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        if mapper.class_.__level__ is Level.OPERATIONAL and isinstance(table, Table):
            for column in table.columns:
                if column not in seen and any(each.column is key for each in column.foreign_keys):
                    seen.add(column)
                    yield column


def is_used(entity: type[Any], key: Any) -> ColumnElement[bool]:
    """The SQL condition that something on the operational level refers to the `entity` with a key."""
    return or_(false(), *(exists().where(column == key) for column in uses_of(entity)))
