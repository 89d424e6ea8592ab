"""What a specialist would write to combine figures: one GROUP BY, and bulk inserts of the result."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
from psycopg.rows import dict_row

_GROUPED = """
SELECT {parent}, SUM(CAST(o.quantity_number AS {number})), COUNT(*)
FROM observation_observation o
JOIN observation_segment s ON s.id = o.subject_id
JOIN observation_segment_element e ON e.segment_id = s.id
JOIN observation_dimension_placement p ON p.element_id = e.element_id
WHERE o.phenomenon_type_id = {mark} AND e.dimension_id = {mark} AND o.kind = 'measurement'
GROUP BY 1
"""
_SQLITE = _GROUPED.format(
    parent="CAST(p.parent_id || substr(s.element_keys, 17) AS BLOB)", number="INTEGER", mark="?"
)
_POSTGRES = _GROUPED.format(
    parent="uuid_send(p.parent_id) || substr(s.element_keys, 17)", number="NUMERIC", mark="%s"
)
TABLES = ("observation_observation", "observation_basis")

Rows = dict[str, list[dict[str, Any]]]
"""The rows that were written to each table, in the order in which the tables are written."""


class SqliteBooks:
    """The library's own tables in a file, read and written by the driver as durably as the library does."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")

    def combine(self, measured: bytes, dimension: bytes, rows: Rows) -> int:
        """Group the figures, and write the rows of the result."""
        self._connection.execute("BEGIN IMMEDIATE")
        groups = self._connection.execute(_SQLITE, (measured, dimension)).fetchall()
        for table in TABLES:
            columns = list(rows[table][0])
            self._connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
                [tuple(row.values()) for row in rows[table]],
            )
        self._connection.execute("COMMIT")
        return len(groups)

    def written(self) -> Rows:
        """The rows of calculated measurements, and of what they rest on."""
        return {
            table: [dict(row) for row in self._connection.execute(f"SELECT * FROM {table}{only}")]
            for table, only in zip(TABLES, (" WHERE kind = 'calculated measurement'", ""), strict=True)
        }

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class PostgresBooks:
    """The library's own tables in PostgreSQL, read and written by the driver."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("+psycopg", ""))

    def combine(self, measured: Any, dimension: Any, rows: Rows) -> int:
        """Group the figures, and write the rows of the result."""
        with self._connection.cursor() as cursor:
            groups = cursor.execute(_POSTGRES.encode(), (measured, dimension)).fetchall()
            for table in TABLES:
                columns = list(rows[table][0])
                marks = ", ".join(["%s"] * len(columns))
                statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
                cursor.executemany(statement.encode(), [tuple(row.values()) for row in rows[table]])
        self._connection.commit()
        return len(groups)

    def written(self) -> Rows:
        """The rows of calculated measurements, and of what they rest on."""
        found: Rows = {}
        with self._connection.cursor(row_factory=dict_row) as cursor:
            for table, only in zip(TABLES, (" WHERE kind = 'calculated measurement'", ""), strict=True):
                found[table] = cursor.execute(f"SELECT * FROM {table}{only}".encode()).fetchall()
        self._connection.rollback()
        return found

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()
