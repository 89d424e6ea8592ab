"""How posted rows are written, fastest in each kind of database (6.2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from ...patterns.persistence.mass import Row, Rows, instant_text, key_writer, write_rows
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

_KNOWN = {
    "sqlite": "SELECT t.id, t.key, t.booked, t.digest FROM json_each(?) k "
    "CROSS JOIN accounting_transaction t ON t.ledger_id = ? AND t.key = k.value",
    "postgresql": "SELECT t.id, t.key, t.booked, t.digest FROM accounting_transaction t "
    "WHERE t.ledger_id = %s AND t.key = ANY(%s)",
}


def write(connection: Connection, drafts: Sequence[tuple[UUID, Draft]], booked: datetime) -> None:
    """
    Write transactions, all or none: their entries first, themselves last, when a guard looks at them whole.

    Errors: `ConstraintViolation` for what a guard refuses; nothing is written, and the database transaction
            goes on.
    """
    if not drafts:
        return
    dialect = connection.dialect.name
    tables = tuple(_tables(drafts, key_writer(dialect), booked, dialect))
    write_rows(connection, tables, streams=len(drafts) >= _COPIED_FROM)


def known(connection: Connection, ledger: UUID, keys: list[str]) -> Iterable[Sequence[Any]]:
    """The transactions that stand under some of these keys: id, key, instant booked, digest."""
    name = connection.dialect.name
    given: Row = (json.dumps(keys), ledger.bytes) if name == "sqlite" else (ledger, keys)
    return driver_rows(connection.connection, connection.dialect, _KNOWN[name], given)


def _tables(
    drafts: Sequence[tuple[UUID, Draft]], as_key: Callable[[UUID], Any], booked: datetime, dialect: str
) -> Iterator[Rows]:
    """Each table with its columns and its rows, which are made while the database takes the ones before."""
    at = instant_text(booked, dialect)
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
