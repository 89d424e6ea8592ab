"""Running migrations: ours alone, or an application's together with ours, as one whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from alembic import command, context
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, MetaData, text
from sqlalchemy.schema import SchemaItem

from ..patterns.persistence import types
from ..patterns.persistence.composites import QuantityText
from ..patterns.persistence.guard import verbatim
from .frozen import MigrationRefused

BRANCH = "analysis_patterns"
"""The label of our branch: `alembic upgrade analysis_patterns@head` is ours alone."""

FOLDER = Path(__file__).parent
"""Where our own Alembic environment is."""

VERSIONS = FOLDER / "versions"
"""Where our revisions are, for an application's `version_locations`."""

PREFIXES = ("patterns_", "observation_", "accounting_", "trading_")
"""How the names of the library's tables begin."""

_LOCK = 0x414E50  # one number for all who migrate a PostgreSQL database; it spells ANP


def upgrade(engine: Engine) -> None:
    """
    Bring the library's tables in a database up to date.

    Errors: `MigrationRefused` where an application migrates this database too, and so must do it; or where
            tables exist that no revision accounts for. Nothing is changed then.
    """
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = engine
    try:
        command.upgrade(config, f"{BRANCH}@head")
    except MigrationRefused:
        raise
    except CommandError as error:
        raise MigrationRefused(
            f"{error}; where an application migrates this database together with us, run its own "
            "`alembic upgrade heads`"
        ) from error


def run_migrations(engine: Engine, *metadata: MetaData, **options: Any) -> None:
    """
    Run what the Alembic command asks for: all that an application's `env.py` has to call.

    Shape:  `metadata` is the application's own, for `alembic revision --autogenerate`; our tables are left
            out of what that proposes. `options` are further ones of Alembic's `context.configure()`. All
            migrations of a run are one transaction, SQLite's included.
    Errors: `MigrationRefused` where rows would be left pointing at nothing; nothing is changed then.
    """
    configured: dict[str, Any] = {
        "target_metadata": list(metadata),
        "include_object": _is_the_applications,
        "render_item": _rendered,
        "render_as_batch": engine.dialect.name == "sqlite",
        "transactional_ddl": True,
        **options,
    }
    if context.is_offline_mode():
        context.configure(
            url=engine.url, literal_binds=True, dialect_opts={"paramstyle": "named"}, **configured
        )
        with context.begin_transaction():
            context.run_migrations()
        return
    with engine.connect() as connection, _without_foreign_keys(connection):
        context.configure(connection=connection, **configured)
        with context.begin_transaction():
            _wait_for_others(connection)
            context.run_migrations()
            _refuse_dangling_rows(connection)


@contextmanager
def guards_lifted(connection: Connection) -> Iterator[None]:
    """
    Take every trigger of an SQLite database away while a table is rebuilt, and put them back.

    Shape:  put it around `op.batch_alter_table(...)`, which drops a table and renames its copy: the triggers
            on the table would go with it, and those that only mention it would stop the renaming. What the
            block itself makes stays as it makes it. Does nothing on PostgreSQL, which alters tables in place.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    named = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    lifted = connection.execute(text(named)).all()
    for name, _ in lifted:
        connection.execute(verbatim(f'DROP TRIGGER "{name}"'))
    yield
    made = {name for name, _ in connection.execute(text(named))}
    for name, statement in lifted:
        if name not in made:
            connection.execute(verbatim(statement))


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Let SQLite drop and rename tables that others point at; a transaction would ignore the pragma."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _refuse_dangling_rows(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    dangling = connection.execute(text("PRAGMA foreign_key_check")).all()
    if dangling:
        tables = ", ".join(sorted({f"{row[0]} -> {row[2]}" for row in dangling}))
        raise MigrationRefused(
            f"{len(dangling)} rows would point at rows that are not there: {tables}; nothing was changed"
        )


def _wait_for_others(connection: Connection) -> None:
    # Two copies of an application that start at once migrate one after the other; SQLite sees to it itself.
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))


def _is_the_applications(
    _item: SchemaItem,
    name: str | None,
    kind: str,
    _reflected: bool,
    compared_to: SchemaItem | None,
) -> bool:
    """Whether autogenerate looks at an item: our tables it neither makes nor drops."""
    return not (kind == "table" and str(name).startswith(PREFIXES) and compared_to is None)


def _rendered(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our column types so that the revision which names them imports them."""
    if kind == "type" and isinstance(
        item, QuantityText
    ):  # whose units are the application's, not the table's
        return f"sa.{item.impl_instance!r}"
    if kind != "type" or type(item).__module__ != types.__name__:
        return False
    autogenerate.imports.add(f"from {types.__name__} import {type(item).__name__}")
    return f"{type(item).__name__}()"
