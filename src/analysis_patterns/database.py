"""The database that was named on the command line."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, NullPool, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from .patterns.errors import AnalysisPatternsError
from .patterns.persistence.engine import create_engine

_POSTGRESQL = {"postgresql", "postgres"}


def engine_for(typed: str, *, must_exist: bool = True) -> Engine:
    """
    Make an engine for the URL that was typed; it keeps no connection open.

    Errors: `AnalysisPatternsError` where it is no URL, names another kind of database, one whose driver is
            not installed, or, with `must_exist`, an SQLite file that is not there.
    """
    try:
        url = make_url(typed)
        if url.drivername in _POSTGRESQL:
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() not in {"sqlite", "postgresql"}:
            raise AnalysisPatternsError(f"{url.drivername} is neither sqlite nor postgresql")
        if must_exist and url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            raise AnalysisPatternsError(f"there is no file {url.database!r}; `db upgrade` makes it")
        return create_engine(url, poolclass=NullPool)
    except NoSuchModuleError as error:
        raise AnalysisPatternsError(str(error)) from error
    except ArgumentError:
        raise AnalysisPatternsError(
            f"{typed!r} is no database URL; write sqlite:///file.db or postgresql://user@host/name"
        ) from None
    except ModuleNotFoundError as missing:
        raise AnalysisPatternsError(
            f"{missing.name} is not installed; install analysis-patterns[postgres]"
        ) from missing
