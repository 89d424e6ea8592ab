"""What a specialist would write by hand to store transactions: the driver's own bulk calls, and no guards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import psycopg

TABLES = {
    "accounting_entry": (
        "ledger_id", "transaction_id", "n", "legs", "account_id", "unit_code", "steps", "memo", "charged",
        "booked", "concerns",
    ),
    "accounting_source": ("ledger_id", "transaction_id", "source_transaction_id", "source_n"),
    "accounting_transaction": (
        "ledger_id", "id", "legs", "booked", "key", "digest", "description", "creator_id", "event_id",
        "root_id", "reverses_id", "adjustment",
    ),
}  # fmt: skip

_BARE = """
CREATE TABLE accounting_entry (
    ledger_id BLOB NOT NULL, transaction_id BLOB NOT NULL, n INTEGER NOT NULL, legs INTEGER NOT NULL,
    account_id BLOB NOT NULL, unit_code VARCHAR(255) NOT NULL, steps BIGINT NOT NULL, memo BOOLEAN NOT NULL,
    charged DATE NOT NULL, booked DATETIME NOT NULL, concerns DATE NOT NULL,
    PRIMARY KEY (ledger_id, transaction_id, n)
);
CREATE INDEX by_charged ON accounting_entry (ledger_id, account_id, charged, booked, steps);
CREATE INDEX by_booked ON accounting_entry (ledger_id, account_id, booked, charged, steps);
CREATE TABLE accounting_source (
    ledger_id BLOB NOT NULL, transaction_id BLOB NOT NULL, source_transaction_id BLOB NOT NULL,
    source_n INTEGER NOT NULL, PRIMARY KEY (ledger_id, transaction_id, source_transaction_id, source_n)
);
CREATE TABLE accounting_transaction (
    ledger_id BLOB NOT NULL, id BLOB NOT NULL, legs INTEGER NOT NULL, booked DATETIME NOT NULL,
    key VARCHAR(200), digest BLOB NOT NULL, description VARCHAR(2000) NOT NULL, creator_id BLOB,
    event_id BLOB, root_id BLOB, reverses_id BLOB, adjustment VARCHAR(11), PRIMARY KEY (ledger_id, id)
);
"""
"""The same columns and primary keys and the two indexes of entries, with nothing else to keep."""

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536")

Rows = dict[str, list[tuple[Any, ...]]]
"""The rows of each table, in the order in which the tables are written."""


class SqliteTables:
    """Tables in a file, written by the driver's `executemany` as durably as the library writes its own."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_BARE)

    def write(self, rows: Rows) -> None:
        """Write all rows in one transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        for table, columns in TABLES.items():
            marks = ", ".join("?" * len(columns))
            self._connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows[table]
            )
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def sqlite_rows(path: str) -> Rows:
    """Every row of a file that the library wrote, in the order in which it was written."""
    connection = sqlite3.connect(path)
    rows = {
        table: connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid").fetchall()
        for table, columns in TABLES.items()
    }
    connection.close()
    return rows


class PostgresTables:
    """The library's own tables, with keys, foreign keys and indexes; the caller drops the guards."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("+psycopg", ""))

    def copy(self, rows: Rows) -> None:
        """Write all rows as streams, in one transaction."""
        with self._connection.cursor() as cursor:
            for table, columns in TABLES.items():
                with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as stream:
                    for row in rows[table]:
                        stream.write_row(row)
        self._connection.commit()

    def write(self, rows: Rows) -> None:
        """Write all rows by the driver's `executemany`, in one transaction."""
        with self._connection.cursor() as cursor:
            for table, columns in TABLES.items():
                marks = ", ".join(["%s"] * len(columns))
                statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
                cursor.executemany(statement.encode(), rows[table])
        self._connection.commit()

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


def postgres_rows(url: str, *, without: UUID) -> Rows:
    """Every row but those of one transaction, each value as text, which the driver need not convert."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        rows: Rows = {}
        for table, columns in TABLES.items():
            asked = ", ".join(f"{column}::text" for column in columns)
            statement = f"SELECT {asked} FROM {table} WHERE {columns[1]} <> %s"
            rows[table] = connection.execute(statement.encode(), (without,)).fetchall()
        return rows


def one_by_one(rows: Rows) -> Iterator[Rows]:
    """The rows of one transaction after the other."""
    by_transaction = [
        {key: list(group) for key, group in groupby(rows[table], key=itemgetter(1))} for table in TABLES
    ]
    for key in by_transaction[-1]:
        yield {table: own.get(key, []) for table, own in zip(TABLES, by_transaction, strict=True)}
