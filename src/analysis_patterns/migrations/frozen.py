"""Migrations as they were released: statements kept in files, one for each database, never made again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from alembic import context, op
from alembic.util import CommandError
from sqlalchemy import inspect

from ..patterns.errors import AnalysisPatternsError
from ..patterns.persistence.guard import verbatim

PERMISSION = "drop=analysis_patterns"
"""What `alembic -x` must say before our tables may go."""

_MADE = re.compile(r"CREATE (TABLE|FUNCTION) (\w+)")
_TRIGGER = re.compile(r"CREATE TRIGGER (\w+) .*?\bON (\w+)", re.DOTALL)


class MigrationRefused(AnalysisPatternsError, CommandError):
    """A migration that would lose rows, or skip a step; Alembic prints it in one line, as we do."""


def statements(migration: str, dialect: str) -> tuple[str, ...]:
    """The statements in the file beside a migration's, in order: a blank line stands between two."""
    written = Path(migration).with_suffix(f".{dialect}.sql").read_text(encoding="utf-8")
    return tuple(statement.removesuffix(";") for statement in written.strip().split("\n\n"))


def create(migration: str) -> None:
    """
    Run the statements beside a migration's file.

    Errors: `MigrationRefused` where one of its tables exists already: to pass it over and call the database
            migrated would skip whatever that table lacks.
    """
    frozen = statements(migration, context.get_context().dialect.name)
    if not context.is_offline_mode():
        _refuse_tables_that_stand(_made(frozen, "TABLE"))
    for statement in frozen:
        op.execute(verbatim(statement))


def drop(migration: str) -> None:
    """
    Remove what `create` made, where that was asked for by name.

    Errors: `MigrationRefused` where it was not: an application's tables that depend on ours go first.
    """
    if PERMISSION not in context.get_x_argument():
        raise MigrationRefused(
            f"going back before {Path(migration).stem} drops all the tables that it made, and with them "
            f"every table that depends on them; if that is meant: alembic -x {PERMISSION} downgrade ..."
        )
    dialect = context.get_context().dialect.name
    frozen = statements(migration, dialect)
    for trigger, table in _on_tables_that_stay(frozen):
        op.execute(verbatim(f"DROP TRIGGER {trigger}" + (f" ON {table}" if dialect == "postgresql" else "")))
    for table in reversed(list(_made(frozen, "TABLE"))):
        op.execute(verbatim(f"DROP TABLE {table}"))
    for function in _made(frozen, "FUNCTION"):
        op.execute(verbatim(f"DROP FUNCTION {function}()"))


def _made(frozen: Iterable[str], kind: str) -> Iterator[str]:
    for statement in frozen:
        made = _MADE.match(statement)
        if made is not None and made[1] == kind:
            yield made[2]


def _on_tables_that_stay(frozen: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The guards that were put on tables of earlier migrations, each with its table."""
    own = set(_made(frozen, "TABLE"))
    for statement in frozen:
        made = _TRIGGER.match(statement)
        if made is not None and made[2] not in own:
            yield made[1], made[2]


def _refuse_tables_that_stand(tables: Iterable[str]) -> None:
    standing = sorted(set(inspect(op.get_bind()).get_table_names()).intersection(tables))
    if standing:
        raise MigrationRefused(
            f"{len(standing)} of our tables exist already, such as {standing[0]}, but no revision of ours is "
            "recorded here, so what they lack is unknown; nothing was changed. Migrate an empty database "
            "and move the rows there. (`analysis-patterns db check` tells how these tables differ; where "
            "they do not, `alembic stamp` records the revision.)"
        )
