"""Statements that stay fast: joins that seek, and questions built once and asked many times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload
from uuid import UUID

from sqlalchemy import ColumnElement, Dialect, PoolProxiedConnection, Select, between
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from .session import Session

if TYPE_CHECKING:
    AnySelect = Select[*tuple[Any, ...]]


class _Unindexed(ColumnElement[Any]):
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column
        self.type = column.type


def seek(column: Any, value: Any) -> ColumnElement[bool]:
    """
    `column = value`, by index, in a recursive join.

    After ANALYZE, SQLite 3.40 answers `=` there with a Bloom filter over the whole table.
    """
    return between(column, value, value)


def unindexed(column: Any) -> ColumnElement[Any]:
    """`column`, which SQLite's planner must not choose an index by."""
    return _Unindexed(column)


@compiles(_Unindexed)
def _plain(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.column, **options)


@compiles(_Unindexed, "sqlite")
def _plus(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.column, **options)}"


def driver_rows(
    connection: PoolProxiedConnection, dialect: Dialect, sql: str, arguments: Any
) -> Sequence[Any]:
    """
    The rows of a statement on a driver's own connection, without what SQLAlchemy does about each statement.

    Errors: SQLAlchemy's `DBAPIError`, as from its own statements.
    """
    cursor = connection.cursor()
    try:
        cursor.execute(sql, arguments)
        return cursor.fetchall()
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            sql, arguments, error, dialect.loaded_dbapi.Error, dialect=dialect
        ) from error
    finally:
        cursor.close()


class Question:
    """
    A select built and compiled once per kind of database, then asked with nothing but its parameters.

    Shape:  rows as the driver gives them: a key is 16 bytes in SQLite, see `key_of`.
    """

    def __init__(self, build: Callable[[], AnySelect]) -> None:
        self._build = build
        self._compiled: dict[str, tuple[str, list[str] | None, Mapping[str, Callable[[Any], Any]]]] = {}

    def ask(self, session: Session, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """The rows that answer the question, what the session has not written yet included."""
        if session.new or session.dirty or session.deleted:
            session.flush()
        connection = session.connection()
        return self.ask_driver(connection.connection, connection.dialect, parameters)

    def ask_driver(
        self, connection: PoolProxiedConnection, dialect: Dialect, parameters: Mapping[str, Any]
    ) -> Sequence[Any]:
        """
        The rows that answer the question, on a driver's own connection.

        Errors: SQLAlchemy's `DBAPIError`, as from its own statements.
        """
        return driver_rows(connection, dialect, *self._prepared(dialect, parameters))

    def _prepared(self, dialect: Dialect, parameters: Mapping[str, Any]) -> tuple[str, Any]:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._compile(dialect)
        sql, order, prepare = self._compiled[dialect.name]
        ready = {
            name: prepare[name](value) if name in prepare else value for name, value in parameters.items()
        }
        return sql, ready if order is None else tuple([ready[name] for name in order])

    def _compile(self, dialect: Dialect) -> tuple[str, list[str] | None, Mapping[str, Callable[[Any], Any]]]:
        compiled = self._build().compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"{dialect.name} compiles selects to {type(compiled).__name__}")
        prepare = {}
        for name, bind in compiled.binds.items():
            processor = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if processor is not None:
                prepare[name] = processor
        return compiled.string, compiled.positiontup, prepare


def key_of(value: Any) -> UUID:
    """A key as a driver gives it, as the UUID that it is."""
    return value if isinstance(value, UUID) else UUID(bytes=bytes(value))


class Keys(Sequence[UUID]):
    """
    Keys as a driver gave them, made UUIDs where they are looked at.

    Shape:  a read-only sequence; counting a hundred thousand keys makes none of them.
    """

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> UUID: ...

    @overload
    def __getitem__(self, index: slice) -> Keys: ...

    def __getitem__(self, index: int | slice) -> UUID | Keys:
        if isinstance(index, slice):
            return Keys(self._rows[index])
        return key_of(self._rows[index][0])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Keys({list(self)!r})"
