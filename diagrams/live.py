"""Reads the tables of a live database, and changes nothing there."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    MetaData,
    NullPool,
    UniqueConstraint,
    create_engine,
    inspect,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SAWarning, SQLAlchemyError

from .errors import TargetError
from .keys import EXTRA
from .tables import Tables, tables_in_order

_URL = re.compile(r"[A-Za-z][\w+.]*://")
# SQLAlchemy has no words for what PostgreSQL excludes.
_EXCLUSIONS = text(
    "SELECT pg_get_constraintdef(c.oid), t.relname, s.nspname, pg_table_is_visible(t.oid)"
    " FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
    " JOIN pg_namespace s ON s.oid = t.relnamespace WHERE c.contype = 'x'"
)


def is_url(target: object) -> bool:
    """Whether it is written as the URL of a database."""
    return isinstance(target, str) and _URL.match(target) is not None


def live_tables(target: str | URL | Engine, schemas: Sequence[str] = ()) -> Tables:
    """
    The tables of a database, as it describes them itself.

    Shape:  of these schemas, or of the one by default. The title is its URL without any password.
    Errors: `TargetError` where it is no URL, its driver is not installed, an SQLite file is not there, the
            database cannot be reached, or a schema holds no tables; no message says a password.
    """
    if isinstance(target, Engine):
        return _read(target, target.url, schemas)
    url = _url(target)
    engine = _engine(url)
    try:
        return _read(engine, url, schemas)
    finally:
        engine.dispose()


def _url(target: str | URL) -> URL:
    try:
        url = make_url(target)
    except (ArgumentError, ValueError):
        raise TargetError(
            "this is no database URL; write sqlite:///file.db or postgresql://user@host/name"
        ) from None
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite" and not url.query:
        path = Path(url.database or "")
        if not path.is_file():
            raise TargetError(f"there is no file {str(path)!r}")
        # Otherwise a look at a database could create one.
        url = url.set(database=f"file:{quote(str(path))}", query={"mode": "ro", "uri": "true"})
    try:
        return create_engine(url, poolclass=NullPool)
    except ModuleNotFoundError as missing:
        hint = "; install analysis-patterns[postgres]" if missing.name == "psycopg" else ""
        raise TargetError(f"{missing.name} is not installed{hint}") from None
    except (NoSuchModuleError, ArgumentError, TypeError):
        raise TargetError(f"SQLAlchemy knows no database called {url.drivername}") from None


def _read(engine: Engine, url: URL, schemas: Sequence[str]) -> Tables:
    title = URL.create(
        url.get_backend_name(), url.username, None, url.host, url.port, url.database
    ).render_as_string()
    metadata = MetaData()
    wanted: list[str | None] = list(dict.fromkeys(schemas)) or [None]
    try:
        with engine.connect() as connected:
            is_postgres = engine.dialect.name == "postgresql"
            connection = connected.execution_options(postgresql_readonly=True) if is_postgres else connected
            for schema in wanted:
                _reflect(connection, metadata, schema)
            if is_postgres:
                _add_exclusions(connection, metadata)
            if engine.dialect.name == "sqlite":
                _add_unique(connection, metadata)
    except SQLAlchemyError as refused:
        # The error itself is not passed on: it may hold what the URL held.
        raise TargetError(f"{title} cannot be read: {_without_password(refused, url)}") from None
    if not metadata.tables:
        where = f" in {', '.join(map(str, wanted))}" if schemas else ""
        raise TargetError(f"{title} has no tables{where}")
    tables = tables_in_order(metadata.tables.values())
    return Tables(title, tables, dialect=engine.dialect, read_schemas=frozenset(wanted))


def _reflect(connection: Connection, metadata: MetaData, schema: str | None) -> None:
    with warnings.catch_warnings():
        # A type or an index that SQLAlchemy does not know is left out or shown as NULL.
        warnings.simplefilter("ignore", SAWarning)
        metadata.reflect(connection, schema=schema, resolve_fks=False)


def _add_exclusions(connection: Connection, metadata: MetaData) -> None:
    for definition, name, schema, is_visible in connection.execute(_EXCLUSIONS):
        for fullname in (f"{schema}.{name}", *([name] if is_visible else [])):
            if fullname in metadata.tables:
                metadata.tables[fullname].info.setdefault(EXTRA, []).append(definition)


def _add_unique(connection: Connection, metadata: MetaData) -> None:
    """What SQLAlchemy does not find in SQLite: that a column is unique whose type has brackets."""
    inspector = inspect(connection)
    for table in metadata.tables.values():
        known = [set(each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)]
        known.append(set(table.primary_key.columns))
        for index in inspector.get_indexes(table.name, schema=table.schema, include_auto_indexes=True):
            columns = [table.columns[name] for name in index["column_names"] if name]
            if str(index["name"]).startswith("sqlite_autoindex_") and set(columns) not in known:
                table.append_constraint(UniqueConstraint(*columns))


def _without_password(refused: SQLAlchemyError, url: URL) -> str:
    said = " ".join(str(getattr(refused, "orig", None) or refused).split())
    secrets: list[Any] = [url.password, *url.query.values()]
    for secret in secrets:
        if isinstance(secret, str) and secret:
            said = said.replace(secret, "***")
    return said
