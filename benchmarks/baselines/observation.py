"""What a specialist would write by hand to store and search measurements: one table, no guards."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
from sqlalchemy import BigInteger, Column, Index, MetaData, Table

from analysis_patterns.patterns.persistence.types import Instant, Key

TABLE = "observation_observation"

COLUMNS = (
    "id", "kind", "subject_id", "phenomenon_type_id", "concept_id", "protocol_id", "performer_id",
    "action_id", "applicable_from", "applicable_to", "made_known_from", "made_known_to", "recorded",
    "quantity_number", "quantity_unit", "quantity_canonical", "presence",
)  # fmt: skip

_BARE = f"""
CREATE TABLE {TABLE} (
    id BLOB NOT NULL PRIMARY KEY, kind VARCHAR(50) NOT NULL, subject_id BLOB NOT NULL,
    phenomenon_type_id BLOB, concept_id BLOB, protocol_id BLOB, performer_id BLOB, action_id BLOB,
    applicable_from DATETIME NOT NULL, applicable_to DATETIME NOT NULL, made_known_from DATETIME NOT NULL,
    made_known_to DATETIME NOT NULL, recorded DATETIME NOT NULL, quantity_number VARCHAR(40),
    quantity_unit VARCHAR(255), quantity_canonical TEXT, presence VARCHAR(10)
);
CREATE INDEX by_subject ON {TABLE} (subject_id, phenomenon_type_id, applicable_from);
CREATE INDEX by_found ON {TABLE} (subject_id, concept_id, applicable_from);
CREATE INDEX by_value ON {TABLE} (phenomenon_type_id, quantity_canonical);
CREATE INDEX by_concept ON {TABLE} (concept_id);
CREATE INDEX by_protocol ON {TABLE} (protocol_id);
CREATE INDEX by_performer ON {TABLE} (performer_id);
CREATE INDEX by_action ON {TABLE} (action_id);
"""
"""The same columns, primary key and indexes, with nothing else to keep."""

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536")

Rows = list[tuple[Any, ...]]


class SqliteTable:
    """The table in a file, written by the driver's `executemany` as durably as the library writes its own."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_BARE)

    def write(self, rows: Rows) -> None:
        """Write all rows in one transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        marks = ", ".join("?" * len(COLUMNS))
        self._connection.executemany(f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({marks})", rows)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def sqlite_rows(path: str) -> Rows:
    """Every row of a file that the library wrote, in the order in which it was written."""
    connection = sqlite3.connect(path)
    rows = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM {TABLE} ORDER BY rowid").fetchall()
    connection.close()
    return rows


class PostgresTable:
    """The library's own table, with keys, foreign keys and indexes; the caller drops the guards."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("+psycopg", ""))

    def write(self, rows: Rows) -> None:
        """Write all rows in one transaction, by the driver's `executemany`, which pipelines."""
        marks = ", ".join(["%s"] * len(COLUMNS))
        statement = f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({marks})"
        with self._connection.cursor() as cursor:
            cursor.executemany(statement.encode(), rows)
        self._connection.commit()

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


def postgres_rows(url: str) -> Rows:
    """Every row of a database that the library wrote."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute(f"SELECT {', '.join(COLUMNS)} FROM {TABLE}").fetchall()


PLAIN = Table(
    "plain",
    MetaData(),
    Column("id", Key, primary_key=True),
    Column("type", Key, nullable=False),
    Column("milligrams", BigInteger, nullable=False),
    Column("recorded", Instant, nullable=False),
    Index("plain_value", "type", "milligrams"),
)
"""What a specialist would search who had only one unit: a numeric column, indexed."""
