"""How posted rows are written, fastest in each kind of database (6.2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from itertools import chain, islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ...patterns.persistence.engine import translated
from ...patterns.persistence.seek import driver_rows
from .draft import Draft

_ENTRY = "ledger_id, transaction_id, n, legs, account_id, unit_code, steps, memo, charged, booked, concerns"
_SOURCE = "ledger_id, transaction_id, source_transaction_id, source_n"
_TRANSACTION = (
    "ledger_id, id, legs, booked, key, digest, description, creator_id, event_id, root_id, reverses_id, "
    "adjustment"
)
_COPIED_FROM = 20
"""From how many drafts on PostgreSQL takes them as streams: below it, that costs more than it saves."""

_TOGETHER = 2000
"""
How many rows a statement inserts, at most: SQLite takes 32,766 values in one.

Where rows have triggers it copies every page that a statement changes, to be able to take it back; the more
rows share a page, the fewer are copied.
"""

_KEYS: dict[str, Callable[[UUID], Any]] = {"sqlite": attrgetter("bytes"), "postgresql": attrgetter("hex")}
"""How each driver is handed a key: as what it need not convert."""

_MARKS = {"sqlite": "?", "postgresql": "%s"}
_KNOWN = {
    "sqlite": "SELECT t.id, t.key, t.booked, t.digest FROM json_each(?) k "
    "CROSS JOIN accounting_transaction t ON t.ledger_id = ? AND t.key = k.value",
    "postgresql": "SELECT t.id, t.key, t.booked, t.digest FROM accounting_transaction t "
    "WHERE t.ledger_id = %s AND t.key = ANY(%s)",
}

Row = tuple[Any, ...]


def write(connection: Connection, drafts: Sequence[tuple[UUID, Draft]], booked: datetime) -> None:
    """
    Write transactions, all or none: their entries first, themselves last, when a guard looks at them whole.

    Errors: `ConstraintViolation` for what a guard refuses; nothing is written, and the database transaction
            goes on.
    """
    if not drafts:
        return
    dialect = connection.dialect.name
    tables = tuple(_tables(drafts, _KEYS[dialect], booked, dialect))
    driver: Any = connection.connection.dbapi_connection
    streams = dialect == "postgresql" and len(drafts) >= _COPIED_FROM
    batch = nullcontext() if dialect == "sqlite" or streams else driver.pipeline()
    with _all_or_none(connection, driver.cursor(), batch) as cursor:
        for table, columns, rows in tables:
            if streams:
                _copy(cursor, f"COPY {table} ({columns}) FROM STDIN", rows)
            else:
                _insert(cursor, f"INSERT INTO {table} ({columns}) VALUES ", rows, _MARKS[dialect])


def known(connection: Connection, ledger: UUID, keys: list[str]) -> Iterable[Sequence[Any]]:
    """The transactions that stand under some of these keys: id, key, instant booked, digest."""
    name = connection.dialect.name
    given: Row = (json.dumps(keys), ledger.bytes) if name == "sqlite" else (ledger, keys)
    return driver_rows(connection.connection, connection.dialect, _KNOWN[name], given)


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
                cursor.execute("SAVEPOINT posting")
                yield cursor
                cursor.execute("RELEASE SAVEPOINT posting")
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
            "posting", None, refused, driver_error, dialect=connection.dialect
        ) from refused
    cursor.close()


def _undo(cursor: Any, driver_error: type[Exception]) -> None:
    with suppress(driver_error):  # it may be the connection that is lost
        cursor.execute("ROLLBACK TO SAVEPOINT posting")
        cursor.execute("RELEASE SAVEPOINT posting")
        cursor.close()


def _insert(cursor: Any, statement: str, rows: Iterator[Row], mark: str) -> None:
    while together := list(islice(rows, _TOGETHER)):
        row = f"({', '.join([mark] * len(together[0]))})"
        cursor.execute(f"{statement}{', '.join([row] * len(together))}", [*chain.from_iterable(together)])


def _copy(cursor: Any, statement: str, rows: Iterable[Row]) -> None:
    with cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row(row)


def _tables(
    drafts: Sequence[tuple[UUID, Draft]], as_key: Callable[[UUID], Any], booked: datetime, dialect: str
) -> Iterator[tuple[str, str, Iterator[Row]]]:
    """Each table with its columns and its rows, which are made while the database takes the ones before."""
    at = (booked.replace(tzinfo=None) if dialect == "sqlite" else booked).isoformat(" ", "microseconds")
    yield "accounting_entry", _ENTRY, _entries(drafts, as_key, at)
    if any(draft.sources for _, draft in drafts):
        yield "accounting_source", _SOURCE, _sources(drafts, as_key)
    yield "accounting_transaction", _TRANSACTION, _transactions(drafts, as_key, at)


def _entries(
    drafts: Sequence[tuple[UUID, Draft]], as_key: Callable[[UUID], Any], booked: str
) -> Iterator[Row]:
    for id, draft in drafts:
        own, legs, ledger = as_key(id), len(draft.legs), as_key(draft.ledger_id)
        for n, leg in enumerate(draft.legs):
            yield (
                ledger, own, n, legs, as_key(leg.account_id), leg.unit_code, leg.steps, leg.memo,
                leg.charged.isoformat(), booked, leg.concerns.isoformat(),
            )  # fmt: skip


def _sources(drafts: Sequence[tuple[UUID, Draft]], as_key: Callable[[UUID], Any]) -> Iterator[Row]:
    for id, draft in drafts:
        for source in draft.sources:
            yield as_key(draft.ledger_id), as_key(id), as_key(source.transaction_id), source.n


def _transactions(
    drafts: Sequence[tuple[UUID, Draft]], as_key: Callable[[UUID], Any], booked: str
) -> Iterator[Row]:
    for id, draft in drafts:
        yield (
            as_key(draft.ledger_id), as_key(id), len(draft.legs), booked, draft.key, draft.digest(),
            draft.description, *[None if link is None else as_key(link) for link in draft.links],
            None if draft.adjustment is None else draft.adjustment.value,
        )  # fmt: skip
