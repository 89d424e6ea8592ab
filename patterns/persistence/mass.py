"""How many rows are written, fastest in each kind of database: past SQLAlchemy, past none of the guards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from itertools import chain, islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from .engine import translated

_TOGETHER = 2000
"""
How many rows a statement inserts, at most.

Where rows have triggers SQLite copies every page that a statement changes, to be able to take it back; the
more rows share a page, the fewer are copied.
"""

_MOST_VALUES = 32_766
"""How many values SQLite takes in one statement."""

_KEYS: dict[str, Callable[[UUID], Any]] = {"sqlite": attrgetter("bytes"), "postgresql": attrgetter("hex")}
_MARKS = {"sqlite": "?", "postgresql": "%s"}

Row = tuple[Any, ...]
Rows = tuple[str, str, Iterator[Row]]
"""A table, its columns separated by commas, and its rows as the driver takes them, made when asked for."""


def key_writer(dialect: str) -> Callable[[UUID], Any]:
    """How the driver is handed a key: as what it need not convert."""
    return _KEYS[dialect]


def instant_text(instant: datetime, dialect: str) -> str:
    """An aware instant as the driver is handed it."""
    utc = instant.astimezone(UTC)
    return (utc.replace(tzinfo=None) if dialect == "sqlite" else utc).isoformat(" ", "microseconds")


def write_rows(connection: Connection, tables: Sequence[Rows], *, streams: bool) -> None:
    """
    Write the rows of some tables, all or none, in the order given.

    Shape:  PostgreSQL takes them as `streams` where that is wanted: for a few rows it costs more.
    Errors: `ConstraintViolation` for what a guard refuses; nothing is written, and the database transaction
            goes on.
    """
    dialect = connection.dialect.name
    copies = streams and dialect == "postgresql"
    driver: Any = connection.connection.dbapi_connection
    batch = nullcontext() if dialect == "sqlite" or copies else driver.pipeline()
    with _all_or_none(connection, driver.cursor(), batch) as cursor:
        for table, columns, rows in tables:
            if copies:
                _copy(cursor, f"COPY {table} ({columns}) FROM STDIN", rows)
            else:
                _insert(cursor, f"INSERT INTO {table} ({columns}) VALUES ", rows, _MARKS[dialect])


@contextmanager
def _all_or_none(connection: Connection, cursor: Any, batch: Any) -> Iterator[Any]:
    """
    Keep all that `cursor` writes, or nothing, on the driver's own connection.

    Errors: `ConstraintViolation` where a guard refuses; SQLAlchemy's `DBAPIError` otherwise.
    """
    driver_error = connection.dialect.loaded_dbapi.Error
    refused: Exception | None = None
    try:
        with batch:
            try:
                cursor.execute("SAVEPOINT mass")
                yield cursor
                cursor.execute("RELEASE SAVEPOINT mass")
            except driver_error as first:
                refused = first  # the driver would log a warning if it left the batch
    except driver_error as last:
        refused = refused or last
    except BaseException:
        _undo(cursor, driver_error)
        raise
    if refused is not None:
        _undo(cursor, driver_error)
        raise translated(refused, connection.dialect.name) or DBAPIError.instance(
            "many rows at once", None, refused, driver_error, dialect=connection.dialect
        ) from refused
    cursor.close()


def _undo(cursor: Any, driver_error: type[Exception]) -> None:
    with suppress(driver_error):  # it may be the connection that is lost
        cursor.execute("ROLLBACK TO SAVEPOINT mass")
        cursor.execute("RELEASE SAVEPOINT mass")
        cursor.close()


def _insert(cursor: Any, statement: str, rows: Iterator[Row], mark: str) -> None:
    first = next(rows, None)
    if first is None:
        return
    rows = chain([first], rows)
    most = min(_TOGETHER, _MOST_VALUES // len(first))
    row = f"({', '.join([mark] * len(first))})"
    while together := list(islice(rows, most)):
        cursor.execute(f"{statement}{', '.join([row] * len(together))}", [*chain.from_iterable(together)])


def _copy(cursor: Any, statement: str, rows: Iterable[Row]) -> None:
    with cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row(row)
