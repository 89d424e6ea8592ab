"""Tables whose rows are only ever added, whoever writes them (15.3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table

from ..constraint import Rule
from .guard import Condition, guard, refuse_when
from .version import never_truncated


def repeats(table: str, *columns: str, believed: bool = False) -> Condition:
    """That `table` has a row with the same values in `columns` already, among those that are believed."""

    def condition(row: str) -> str:
        same = " AND ".join(f"o.{column} = {row}.{column}" for column in columns)
        # Within an audit the row looked at is one of those compared with.
        other = f" AND o.version <> {row}.version AND o.known_to = <forever>" if believed else ""
        return f"EXISTS (SELECT 1 FROM {table} o WHERE {same}{other})"

    return condition


def only_added(entity: type[Any], rule: Rule, *, closed: Condition | None = None) -> None:
    """
    Let the database refuse, by `rule`, that a row of an entity's table is changed, replaced or deleted.

    Shape:  a row is not added either where the table is `closed` to it.
    """
    table: Table = entity.__table__
    name = table.name
    there = repeats(name, *(column.name for column in table.primary_key))
    guard(
        table,
        # INSERT OR REPLACE fires no trigger on delete where a client left recursive_triggers off.
        refuse_when(
            rule, name, "INSERT",
            lambda row: f"{there(row)} OR {closed(row)}" if closed else there(row),
            because="a row beside those that were recorded, or in the place of one"
            if closed
            else "a recorded row would be replaced",
        ),
        refuse_when(rule, name, "UPDATE", lambda _row: "1 = 1", because="a recorded row would be changed"),
        refuse_when(rule, name, "DELETE", lambda _row: "1 = 1", because="a recorded row would be deleted"),
        never_truncated(name, rule),
    )  # fmt: skip
