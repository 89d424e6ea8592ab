"""Running a transaction again where another one stood in its way, and never where it may have succeeded."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import sessionmaker

from ..errors import AnalysisPatternsError
from .session import Session

T = TypeVar("T")

_PASSING = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL's codes for a transaction that it gave up so that another could go on: try again."""

_UNKNOWN = ("08", "57P", "40003")
"""How PostgreSQL's codes begin where a connection, and with it the answer to a COMMIT, was lost."""

_running: ContextVar[bool] = ContextVar("running", default=False)


class CommitInDoubt(AnalysisPatternsError):
    """
    The database was asked to commit and gave no answer: it kept the transaction whole, or nothing of it.

    Shape:  `__cause__` is the driver's error.
    """


@dataclass(frozen=True, slots=True)
class Patience:
    """
    How often a transaction is tried, and how long to wait between two tries.

    Shape:  before the nth further try, a random time up to `first_seconds * 2**n`, at most `longest_seconds`:
            two that met once do not meet again at the same pace.
    """

    tries: int = 8
    first_seconds: float = 0.02
    longest_seconds: float = 1.0

    def wait(self, failed: int) -> None:
        """Wait after the try numbered `failed`, counted from 1."""
        longest = min(self.longest_seconds, self.first_seconds * 2**failed)
        time.sleep(random.uniform(0, longest))  # noqa: S311 - only the pace hangs on it


def transact(
    sessions: sessionmaker[Session], work: Callable[[Session], T], *, patience: Patience = Patience()
) -> T:
    """
    Run `work` in a transaction of its own and commit it; run it again where another one stood in its way.

    Shape:  `work` gets a new session each time and starts from what the database holds then; it must not
            commit, and gives back plain values, since its entities go with the session.
    Errors: `CommitInDoubt` where the connection was lost at the commit: look up whether the work was done,
            by a key that it wrote, before trying again. Any other error as it came, nothing changed: after
            the last try that of the database; at once where it is no conflict, `ConstraintViolation` for one.
            `AnalysisPatternsError` inside another `transact`: only the whole can be tried again.
    """
    if _running.get():
        raise AnalysisPatternsError(
            "transact() is running already; pass its session on, since only the outermost can be tried again"
        )
    outermost = _running.set(True)
    try:
        return _persevere(sessions, work, patience)
    finally:
        _running.reset(outermost)


def _persevere(sessions: sessionmaker[Session], work: Callable[[Session], T], patience: Patience) -> T:
    for tried in range(1, patience.tries):
        try:
            return _once(sessions, work)
        except DBAPIError as error:
            if not is_passing(error):
                raise
        patience.wait(tried)
    return _once(sessions, work)


def _once(sessions: sessionmaker[Session], work: Callable[[Session], T]) -> T:
    with sessions() as session:
        result = work(session)
        session.flush()  # so that what fails below is the COMMIT and nothing else
        try:
            session.commit()
        except DBAPIError as error:
            if _is_unanswered(error):
                raise CommitInDoubt(
                    "the connection was lost while committing: all of the transaction was kept, or none of "
                    "it; look up whether it was before trying again"
                ) from error
            raise
        return result


def is_passing(error: DBAPIError) -> bool:
    """Whether another transaction caused `error`, so that the same work may succeed when tried again."""
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error.orig) == sqlite3.SQLITE_BUSY
    return _sqlstate(error) in _PASSING


def _is_unanswered(error: DBAPIError) -> bool:
    """Whether a failed COMMIT may have been kept: no refusal came back."""
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error.orig) not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CONSTRAINT}
    state = _sqlstate(error)
    return error.connection_invalidated or state is None or state.startswith(_UNKNOWN)


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)


def _sqlite_code(error: sqlite3.Error) -> int:
    """The primary result code: the low byte of an extended one, such as that of a stale snapshot."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
