"""Adds to a table what a parsed statement says of it: columns, and what is demanded of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    Computed,
    Enum,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine, UserDefinedType

from .ddl_names import Naming
from .errors import TargetError
from .keys import EXTRA


class WrittenType(UserDefinedType[Any]):
    """A column's type, as it is written."""

    cache_ok = True

    def __init__(self, written: str) -> None:
        self.written = written

    def get_col_spec(self, **_options: Any) -> str:
        """The type in SQL."""
        return self.written


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key, to be resolved when all the tables are there."""

    table: Table
    columns: tuple[str, ...]
    target: tuple[str | None, str]
    referred: tuple[str, ...]
    line: int


class Parts(Naming):
    """The tables that there are, to which parts are added."""

    def __init__(self, dialect: str) -> None:
        super().__init__(dialect)
        self.enums: dict[str, tuple[str, ...]] = {}
        self.references: list[Reference] = []
        self.reasons: list[str] = []

    def copy(self, table: Table, sources: Iterable[Any], line: int) -> None:
        """Add the columns of other tables."""
        for source in sources:
            for column in self.needed(source, line).columns:
                if column.name not in table.columns:
                    copied = Column(
                        column.name, column.type, nullable=column.nullable, comment=column.comment
                    )
                    table.append_column(copied)

    def part(self, table: Table, part: Any, line: int) -> None:
        """Add a column, or what is demanded of several."""
        match type(part).__name__:
            case "ColumnDef":
                self._column(table, part, line)
            case "Identifier" | "Column":
                self._untyped(table, self.folded(part), line)
            case "LikeProperty":
                self.copy(table, [part.this], line)
            case "Constraint" | "AddConstraint":
                for inner in part.expressions:
                    self.part(table, inner, line)
            case "PrimaryKey":
                self._key(table, self.columns(table, part.expressions, line))
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
                self.not_understood(part.sql(self.dialect), line)

    def _untyped(self, table: Table, name: str, line: int) -> None:
        if self.dialect != "sqlite":
            raise TargetError(f"line {line}: the column {name} has no type")
        table.append_column(Column(name, WrittenType("")))

    def _key(self, table: Table, columns: list[Column[Any]]) -> None:
        for column in columns:
            column.nullable = False
        table.append_constraint(PrimaryKeyConstraint(*columns))

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
            self.type(written),
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
            self.part(table, kinds["CheckColumnConstraint"], line)
        if "Reference" in kinds:
            self._refer(table, (name,), kinds["Reference"], line)

    def type(self, written: Any) -> TypeEngine[Any]:
        """The type that is written."""
        if written is None:
            return WrittenType("")
        named = written.args.get("kind")
        if type(written).__name__ == "DataType" and written.this.name == "ARRAY" and written.expressions:
            inner = self.type(written.expressions[0])
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
        self.references.append(Reference(table, columns, target, referred, line))

    def not_understood(self, said: str, line: int) -> None:
        """Remember that the tables are not known whole."""
        short = " ".join(said.split())[:60]
        self.reasons.append(f"line {line}: {short} is not understood")
