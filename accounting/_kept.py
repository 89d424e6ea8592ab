"""Tables whose rows are only ever added, whoever writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table

from ..patterns.constraint import Rule
from ..patterns.persistence.guard import Guard, guard, refuse_when
from ..patterns.persistence.version import never_truncated


def only_added(entity: type[Any], rule: Rule) -> None:
    """Let the database refuse, by `rule`, that a row of an entity's table is changed, replaced or deleted."""
    guard(entity.__table__, *_guards(entity.__table__, rule))


def _guards(table: Table, rule: Rule) -> Iterator[Guard]:
    key = " AND ".join(f"o.{column.name} = {{row}}.{column.name}" for column in table.primary_key)
    # INSERT OR REPLACE fires no trigger on delete where a client left recursive_triggers off.
    yield refuse_when(
        rule,
        table.name,
        "INSERT",
        lambda row: f"EXISTS (SELECT 1 FROM {table.name} o WHERE {key.format(row=row)})",  # noqa: S608
        because="a recorded row would be replaced",
    )
    for change in ("UPDATE", "DELETE"):
        done = {"UPDATE": "changed", "DELETE": "deleted"}[change]
        yield refuse_when(
            rule, table.name, change, lambda _row: "1 = 1", because=f"a recorded row would be {done}"
        )
    yield never_truncated(table.name, rule)
