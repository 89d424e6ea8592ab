"""How posted rows are written, fastest in each kind of database (6.2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from ..patterns.persistence.engine import translated
from .draft import Draft

_ENTRY = "ledger_id, transaction_id, n, legs, account_id, unit_code, steps, memo, charged, booked, concerns"
_SOURCE = "ledger_id, transaction_id, source_transaction_id, source_n"
_TRANSACTION = (
    "ledger_id, id, legs, booked, key, digest, description, creator_id, event_id, root_id, reverses_id, "
    "adjustment"
)
_COPIED_FROM = 20
"""From how many rows on PostgreSQL takes them as one stream: below it, that costs more than it saves."""

Rows = list[tuple[Any, ...]]


def write(connection: Connection, drafts: Sequence[tuple[UUID, Draft]], booked: datetime) -> None:
    """
    Write transactions: their entries first, themselves last, when a guard looks at them whole.

    Errors: `ConstraintViolation` for what a guard refuses.
    """
    if not drafts:
        return
    if connection.dialect.name == "sqlite":
        key, instant = _bytes, booked.replace(tzinfo=None).isoformat(" ", "microseconds")
        entries, sources, transactions = _rows(drafts, key, instant)
        _many(connection, "accounting_entry", _ENTRY, entries, "?")
        _many(connection, "accounting_source", _SOURCE, sources, "?")
        _many(connection, "accounting_transaction", _TRANSACTION, transactions, "?")
        return
    entries, sources, transactions = _rows(drafts, _same, booked)
    into = _copy if len(entries) >= _COPIED_FROM else _insert
    into(connection, "accounting_entry", _ENTRY, entries)
    into(connection, "accounting_source", _SOURCE, sources)
    into(connection, "accounting_transaction", _TRANSACTION, transactions)


def known(connection: Connection, ledger: UUID, keys: list[str]) -> Iterable[Sequence[Any]]:
    """The transactions that stand under some of these keys: id, key, instant booked, digest."""
    if connection.dialect.name == "sqlite":
        return connection.exec_driver_sql(
            "SELECT t.id, t.key, t.booked, t.digest FROM json_each(?) k CROSS JOIN accounting_transaction t "
            "ON t.ledger_id = ? AND t.key = k.value",
            (json.dumps(keys), ledger.bytes),
        )
    return connection.exec_driver_sql(
        "SELECT t.id, t.key, t.booked, t.digest FROM accounting_transaction t "
        "WHERE t.ledger_id = %s AND t.key = ANY(%s)",
        (ledger, keys),
    )


def _bytes(key: UUID) -> Any:
    return key.bytes


def _same(key: UUID) -> Any:
    return key


def _rows(
    drafts: Sequence[tuple[UUID, Draft]], as_key: Callable[[UUID], Any], booked: Any
) -> tuple[Rows, Rows, Rows]:
    entries: Rows = []
    sources: Rows = []
    transactions: Rows = []
    as_day = str if as_key is _bytes else _same_day
    for id, draft in drafts:
        own, legs, ledger = as_key(id), len(draft.legs), as_key(draft.ledger_id)
        for n, leg in enumerate(draft.legs):
            entries.append(
                (
                    ledger, own, n, legs, as_key(leg.account_id), leg.unit_code, leg.steps, leg.memo,
                    as_day(leg.charged), booked, as_day(leg.concerns),
                )
            )  # fmt: skip
        for each in draft.sources:
            sources.append((ledger, own, as_key(each.transaction_id), each.n))
        transactions.append(
            (
                ledger, own, legs, booked, draft.key, draft.digest(), draft.description,
                *(None if key is None else as_key(key) for key in draft.links),
                None if draft.adjustment is None else draft.adjustment.value,
            )
        )  # fmt: skip
    return entries, sources, transactions


def _same_day(day: Any) -> Any:
    return day


def _many(connection: Connection, table: str, columns: str, rows: Rows, mark: str) -> None:
    if rows:
        marks = ", ".join([mark] * len(rows[0]))
        connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _insert(connection: Connection, table: str, columns: str, rows: Rows) -> None:
    _many(connection, table, columns, rows, "%s")


def _copy(connection: Connection, table: str, columns: str, rows: Rows) -> None:
    if not rows:
        return
    driver = connection.connection.dbapi_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as stream:  # type: ignore[union-attr]
            for row in rows:
                stream.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        refused = translated(error, connection.dialect.name)
        if refused is None:
            raise
        raise refused from error
