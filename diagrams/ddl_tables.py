"""Builds tables from the parsed statements that create and alter them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    Computed,
    Dialect,
    Enum,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine, UserDefinedType

from .ddl_names import Naming
from .errors import TargetError
from .keys import EXTRA
from .tables import Tables, tables_in_order

_DIALECTS: dict[str, type[Dialect]] = {"sqlite": sqlite.dialect, "postgres": postgresql.dialect}
# Changes to a table that no picture shows, and statements about one that change none of it.
_UNSEEN = re.compile(
    r"(?is)\b(owner\s+to|(en|dis)able\s|force\s|replica\s|cluster\s|attach\s|validate\s|set\s+(default|"
    r"statistics|storage|logged|schema|tablespace|\()|drop\s+default|add\s+generated|inherit\s)"
)
_TABLE = re.compile(r"(?is)\s*((global|local|temp|temporary|unlogged|foreign|only)\s+)*table\b")


class WrittenType(UserDefinedType[Any]):
    """A column's type, as it is written."""

    cache_ok = True

    def __init__(self, written: str) -> None:
        self.written = written

    def get_col_spec(self, **_options: Any) -> str:
        """The type in SQL."""
        return self.written


@dataclass(frozen=True, slots=True)
class _Reference:
    """A foreign key, to be resolved when all the tables are there."""

    table: Table
    columns: tuple[str, ...]
    target: tuple[str | None, str]
    referred: tuple[str, ...]
    line: int


class Building(Naming):
    """The tables as they are after the statements that were added."""

    def __init__(self, dialect: str) -> None:
        super().__init__(dialect)
        self.enums: dict[str, tuple[str, ...]] = {}
        self.references: list[_Reference] = []
        self.reasons: list[str] = []

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
                    self._not_understood(said, line)

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
            self._not_understood(statement.sql(self.dialect), line)
            return
        there = self.found(schema.this)
        if there is not None:
            if not statement.args.get("exists"):
                raise TargetError(f"line {line}: there is a table {there.fullname} already")
            return
        space, name = self.name(schema.this)
        table = Table(name, self.metadata, schema=space)
        inherited = kinds["InheritsProperty"].expressions if "InheritsProperty" in kinds else ()
        self._copy(table, inherited, line)
        for part in schema.expressions:
            self._part(table, part, line)

    def _copy(self, table: Table, sources: Iterable[Any], line: int) -> None:
        for source in sources:
            for column in self.needed(source, line).columns:
                if column.name not in table.columns:
                    copied = Column(
                        column.name, column.type, nullable=column.nullable, comment=column.comment
                    )
                    table.append_column(copied)

    def _part(self, table: Table, part: Any, line: int) -> None:
        """Add a column, or what is demanded of several."""
        match type(part).__name__:
            case "ColumnDef":
                self._column(table, part, line)
            case "Identifier" | "Column":
                if self.dialect != "sqlite":
                    raise TargetError(f"line {line}: the column {self.folded(part)} has no type")
                table.append_column(Column(self.folded(part), WrittenType("")))
            case "LikeProperty":
                self._copy(table, [part.this], line)
            case "Constraint" | "AddConstraint":
                for inner in part.expressions:
                    self._part(table, inner, line)
            case "PrimaryKey":
                keyed = self.columns(table, part.expressions, line)
                for column in keyed:
                    column.nullable = False
                table.append_constraint(PrimaryKeyConstraint(*keyed))
            case "UniqueColumnConstraint" if part.this is not None:
                columns = self.columns(table, part.this.expressions, line)
                table.append_constraint(UniqueConstraint(*columns))
            case "ForeignKey":
                names = tuple(column.name for column in self.columns(table, part.expressions, line))
                self._refer(table, names, part.args["reference"], line)
            case "CheckColumnConstraint":
                table.info.setdefault(EXTRA, []).append(f"CHECK ({part.this.sql(self.dialect)})")
            case "ExcludeColumnConstraint":
                table.info.setdefault(EXTRA, []).append(part.sql(self.dialect))
            case _:
                self._not_understood(part.sql(self.dialect), line)

    def _column(self, table: Table, part: Any, line: int) -> None:
        name = self.folded(part)
        kinds = {type(each.kind).__name__: each.kind for each in part.args.get("constraints") or ()}
        written = part.args.get("kind")
        not_null = kinds.get("NotNullColumnConstraint")
        is_filled = (not_null is not None and not not_null.args.get("allow_null")) or (
            written is not None and "SERIAL" in written.sql(self.dialect).upper()
        )
        column: Column[Any] = Column(
            name,
            self._type(written),
            *([Computed("")] if "ComputedColumnConstraint" in kinds else []),
            primary_key="PrimaryKeyColumnConstraint" in kinds,
            nullable=not (
                is_filled
                or kinds.keys() & {"PrimaryKeyColumnConstraint", "GeneratedAsIdentityColumnConstraint"}
            ),
            comment=kinds["CommentColumnConstraint"].name if "CommentColumnConstraint" in kinds else None,
        )
        if name in table.columns:
            if name in [each.name for each in table.primary_key]:
                raise TargetError(f"line {line}: {table.fullname} has a column {name} already")
            table.append_column(column, replace_existing=True)
        else:
            table.append_column(column)
        if "UniqueColumnConstraint" in kinds:
            table.append_constraint(UniqueConstraint(column))
        if "CheckColumnConstraint" in kinds:
            self._part(table, kinds["CheckColumnConstraint"], line)
        if "Reference" in kinds:
            self._refer(table, (name,), kinds["Reference"], line)

    def _type(self, written: Any) -> TypeEngine[Any]:
        if written is None:
            return WrittenType("")
        named = written.args.get("kind")
        if type(written).__name__ == "DataType" and written.this.name == "ARRAY" and written.expressions:
            inner = self._type(written.expressions[0])
            return ARRAY(inner) if isinstance(inner, Enum) else WrittenType(written.sql(self.dialect))
        name = self.folded(named) if named is not None else ""
        if name in self.enums:
            return Enum(*self.enums[name], name=name)
        return WrittenType(written.sql(self.dialect))

    def _refer(self, table: Table, columns: tuple[str, ...], reference: Any, line: int) -> None:
        where = reference.this
        is_whole = type(where).__name__ == "Schema"
        referred = tuple(self.folded(each) for each in where.expressions) if is_whole else ()
        target = self.name(where.this if is_whole else where)
        self.references.append(_Reference(table, columns, target, referred, line))

    def _resolve(self, reference: _Reference) -> None:
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
                    self._part(table, action, line)
                case "AlterColumn":
                    self._alter_column(self.columns(table, [action], line)[0], action)
                case _:
                    said = action.sql(self.dialect)
                    if not _UNSEEN.search(said):
                        self._not_understood(f"ALTER TABLE {table.fullname} {said}", line)

    def _alter_column(self, column: Column[Any], action: Any) -> None:
        if action.args.get("allow_null") is not None:
            column.nullable = bool(action.args["allow_null"])
        if action.args.get("dtype") is not None:
            column.type = self._type(action.args["dtype"])

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

    def _not_understood(self, said: str, line: int) -> None:
        short = " ".join(said.split())[:60]
        self.reasons.append(f"line {line}: {short} is not understood")
