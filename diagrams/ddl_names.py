"""Which table or column a parsed statement speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, MetaData, Table

from .errors import TargetError


class Naming:
    """The tables that there are, found by names as statements write them."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.metadata = MetaData()

    def columns(self, table: Table, parts: Iterable[Any], line: int) -> list[Column[Any]]:
        """
        The columns of `table` that these parts name.

        Errors: `TargetError` where it has none such.
        """
        there = {column.name.casefold(): column for column in table.columns}
        found = []
        for part in parts:
            name = self.folded(part.this if type(part).__name__ == "Ordered" else part)
            if name.casefold() not in there:
                raise TargetError(f"line {line}: {table.fullname} has no column {name}")
            found.append(there[name.casefold()])
        return found

    def needed(self, part: Any, line: int) -> Table:
        """
        The table that the part names.

        Errors: `TargetError` where it is not there.
        """
        table = self.found(part)
        if table is None:
            raise TargetError(f"line {line}: there is no table {part.sql(self.dialect)}")
        return table

    def found(self, part: Any) -> Table | None:
        """The table that the part names; None where it is not there."""
        return self.table(*self.name(part))

    def table(self, space: str | None, name: str) -> Table | None:
        """The table of that schema and name; None where it is not there."""
        for table in self.metadata.tables.values():
            if (table.schema, table.name.casefold()) == (space, name.casefold()):
                return table
        return None

    def name(self, part: Any) -> tuple[str | None, str]:
        """The schema and the name that the part is."""
        return self.space(part.args.get("db")), self.folded(part)

    def space(self, part: Any) -> str | None:
        """The schema that is named; None for the one where tables are when none is named."""
        name = self.folded(part) if part is not None else None
        return None if name in {"public", "main"} else name

    def folded(self, part: Any) -> str:
        """A name as the database keeps it: PostgreSQL puts what is not quoted in small letters."""
        identifier = part if type(part).__name__ == "Identifier" else part.this
        while type(identifier).__name__ not in {"Identifier", "str"}:
            identifier = identifier.args.get("expression") or identifier.this
        if isinstance(identifier, str):
            return identifier
        is_kept = identifier.args.get("quoted") or self.dialect == "sqlite"
        return str(identifier.name if is_kept else identifier.name.lower())
