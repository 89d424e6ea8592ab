"""Builds tables from the parsed statements that create and alter them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    Column,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Table,
    literal_column,
)
from sqlalchemy.dialects import postgresql, sqlite

from .ddl_parts import Parts, Reference
from .errors import TargetError
from .tables import Tables, tables_in_order

_DIALECTS: dict[str, type[Dialect]] = {"sqlite": sqlite.dialect, "postgres": postgresql.dialect}
# Changes to a table that no picture shows, and statements about one that change none of it.
_UNSEEN = re.compile(
    r"(?is)\b(owner\s+to|(en|dis)able\s|force\s|replica\s|cluster\s|attach\s|validate\s|set\s+(default|"
    r"statistics|storage|logged|schema|tablespace|\()|drop\s+default|add\s+generated|inherit\s)"
)
_TABLE = re.compile(r"(?is)\s*((global|local|temp|temporary|unlogged|foreign|only)\s+)*table\b")


class Building(Parts):
    """The tables as they are after the statements that were added."""

    def add(self, statement: Any, line: int) -> None:
        """
        Do what a statement does to the tables.

        Errors: `TargetError` where it creates a table that is there already, or one it speaks of is not.
        """
        kind = str(statement.args.get("kind") or "").upper()
        match type(statement).__name__:
            case "Create" if kind == "TABLE":
                self._create(statement, line)
            case "Create" if kind == "TYPE":
                values = [each.name for each in statement.expression.expressions if each.is_string]
                self.enums[self.name(statement.this)[1]] = tuple(values)
            case "Create" if kind == "INDEX":
                self._index(statement, line)
            case "Alter" if kind == "TABLE":
                self._alter(statement, line)
            case "Comment":
                self._comment(statement, kind)
            case "Drop" if kind == "TABLE":
                self._drop(statement.args.get("tables") or [statement.this])
            case "Command":
                said = f"{statement.this} {statement.expression}"
                if _TABLE.match(str(statement.expression)) and not _UNSEEN.search(said):
                    self.not_understood(said, line)

    def tables(self, title: str) -> Tables:
        """
        All of them, their foreign keys resolved.

        Errors: `TargetError` where there are none.
        """
        for reference in self.references:
            self._resolve(reference)
        if not self.metadata.tables:
            raise TargetError(f"{title} creates no table" + "".join(f"; {each}" for each in self.reasons))
        tables = tables_in_order(self.metadata.tables.values())
        return Tables(title, tables, dialect=_DIALECTS[self.dialect](), reasons=tuple(self.reasons))

    def _drop(self, parts: Iterable[Any]) -> None:
        for table in map(self.found, parts):
            if table is not None:
                self.metadata.remove(table)
                self.references = [each for each in self.references if each.table is not table]

    def _create(self, statement: Any, line: int) -> None:
        schema = statement.this
        properties = statement.args.get("properties")
        kinds = {type(each).__name__: each for each in (properties.expressions if properties else ())}
        if "PartitionedOfProperty" in kinds:
            return  # a part of the table that it names
        if type(schema).__name__ != "Schema":
            self.not_understood(statement.sql(self.dialect), line)
            return
        there = self.found(schema.this)
        if there is not None:
            if not statement.args.get("exists"):
                raise TargetError(f"line {line}: there is a table {there.fullname} already")
            return
        space, name = self.name(schema.this)
        table = Table(name, self.metadata, schema=space)
        inherited = kinds["InheritsProperty"].expressions if "InheritsProperty" in kinds else ()
        self.copy(table, inherited, line)
        for part in schema.expressions:
            self.part(table, part, line)

    def _resolve(self, reference: Reference) -> None:
        target = self.table(*reference.target)
        names = (
            reference.referred or tuple(each.name for each in target.primary_key)
            if target is not None
            else ()
        )
        folded = {each.name.casefold(): each for each in target.columns} if target is not None else {}
        found = [folded[name.casefold()] for name in names if name.casefold() in folded]
        if target is None or len(found) != len(reference.columns):
            space, name = reference.target
            said = f"{space}.{name}" if space else name
            said += f" ({', '.join(reference.referred)})" if reference.referred else ""
            who = f"{reference.table.fullname} ({', '.join(reference.columns)})"
            self.reasons.append(f"line {reference.line}: {who} refers to {said}, which is not there")
            return
        reference.table.append_constraint(ForeignKeyConstraint(reference.columns, found))

    def _index(self, statement: Any, line: int) -> None:
        parameters = statement.this.args.get("params")
        if not statement.args.get("unique") or parameters is None:
            return
        table = self.needed(statement.this.args["table"], line)
        parts = [
            each.this if type(each).__name__ == "Ordered" else each for each in parameters.args["columns"]
        ]
        columns = [
            self.columns(table, [part], line)[0]
            if type(part).__name__ in {"Column", "Identifier"}
            else literal_column(part.sql(self.dialect))
            for part in parts
        ]
        where = parameters.args.get("where")
        condition: Any = literal_column(where.this.sql(self.dialect)) if where is not None else None
        Index(None, *columns, unique=True, postgresql_where=condition, _table=table)

    def _alter(self, statement: Any, line: int) -> None:
        table = self.needed(statement.this, line)
        for action in statement.args["actions"]:
            match type(action).__name__:
                case "AddConstraint" | "ColumnDef":
                    self.part(table, action, line)
                case "AlterColumn":
                    self._alter_column(self.columns(table, [action], line)[0], action)
                case _:
                    said = action.sql(self.dialect)
                    if not _UNSEEN.search(said):
                        self.not_understood(f"ALTER TABLE {table.fullname} {said}", line)

    def _alter_column(self, column: Column[Any], action: Any) -> None:
        if action.args.get("allow_null") is not None:
            column.nullable = bool(action.args["allow_null"])
        if action.args.get("dtype") is not None:
            column.type = self.type(action.args["dtype"])

    def _comment(self, statement: Any, kind: str) -> None:
        said = statement.expression.name if statement.expression is not None else None
        if kind == "TABLE":
            table = self.found(statement.this)
            if table is not None:
                table.comment = said
        elif kind == "COLUMN":
            space, name = statement.this.args.get("db"), statement.this.args.get("table")
            table = self.table(self.space(space), self.folded(name)) if name is not None else None
            column = table.columns.get(self.folded(statement.this)) if table is not None else None
            if column is not None:
                column.comment = said
