"""Engines that keep what they acknowledge: pragmas, transactions, and refusals by name."""

from __future__ import annotations

import re
import sqlite3
from fnmatch import fnmatchcase
from typing import Any, Literal

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from ..constraint import RULES, ConstraintViolation, Layer, Rule

Durability = Literal["full", "normal"]

READ_ONLY = "analysis_patterns_read_only"
"""Execution option of a connection that only reads: it takes no write lock in SQLite."""

_PRAGMAS = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    "recursive_triggers=ON",  # or INSERT OR REPLACE slips past the triggers on delete
    "busy_timeout=5000",
    "cache_size=-65536",  # 64 MiB: the upper pages of large indexes stay in memory
    "trusted_schema=OFF",
)
_TRIGGER_MESSAGE = re.compile(r"rule ([a-z][a-z-]*\.[a-z][a-z0-9-]*): ([^\n]*)")


def create_engine(url: str | URL, *, durability: Durability = "full", **options: Any) -> Engine:
    """
    Make an engine that is ready for this library's tables.

    Shape:  `options` go to `sqlalchemy.create_engine`.
    Errors: later, from whatever the engine runs: `ConstraintViolation` in place of the driver's error
            where a guard of the database refuses a row.
    """
    return prepare(sqlalchemy.create_engine(url, **options), durability=durability)


def prepare(engine: Engine, *, durability: Durability = "full") -> Engine:
    """
    Make an application's own engine ready: SQLite's pragmas and locking, and refusals by name.

    Shape:  `durability="normal"` makes single commits of SQLite faster, and may lose the last of them
            when the power fails; "full" loses nothing acknowledged.
    """
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, durability)
    event.listen(engine, "handle_error", _refuse_by_name)
    return engine


def _prepare_sqlite(engine: Engine, durability: Durability) -> None:
    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late: see `begun`
        cursor = connection.cursor()
        for pragma in (*_PRAGMAS, f"synchronous={durability.upper()}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begun(connection: Connection) -> None:
        # A writer that begins as a reader cannot wait for its lock: SQLite refuses it at once.
        reads = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


def _refuse_by_name(context: ExceptionContext) -> None:
    original = context.original_exception
    if isinstance(original, ConstraintViolation):
        raise original  # a parameter was refused before it was sent; SQLAlchemy would wrap the error
    violation = translated(original, context.dialect.name)
    if violation is not None:
        raise violation from original


def translated(error: BaseException, dialect: str) -> ConstraintViolation | None:
    """Give the named refusal behind a driver's `error`, or None where no rule of ours refused."""
    layer = Layer.SQLITE if dialect == "sqlite" else Layer.POSTGRESQL
    message = _TRIGGER_MESSAGE.search(str(error))
    if message is not None and message[1] in RULES:
        return _refusal(RULES[message[1]], message[2], layer)
    guard = _guard_of(error)
    for rule in RULES.values():
        if any(fnmatchcase(guard, name) for name in rule.guards):
            return _refusal(rule, f"a row that breaks {guard}", layer)
    return None


def _guard_of(error: BaseException) -> str:
    diagnostics = getattr(error, "diag", None)
    if diagnostics is not None:
        return diagnostics.constraint_name or ""
    _, _, name = str(error).partition("constraint failed: ")
    return name.strip()


def _refusal(rule: Rule, found: str, layer: Layer) -> ConstraintViolation:
    return rule.violation(
        found=found,
        allowed=rule.says.rstrip("."),
        remedy="The database refused the row and kept none of it; correct it and try again.",
        layer=layer,
    )
