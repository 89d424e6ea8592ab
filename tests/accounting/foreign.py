"""Another program that writes to the same SQLite file, with SQLite's own defaults: foreign keys are off."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Engine, text

from analysis_patterns.patterns import Base
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.engine import translated
from analysis_patterns.patterns.persistence.guard import create_guards, drop_guards

Written = Callable[..., int]


@contextmanager
def another_program(engine: Engine) -> Iterator[Written]:
    """Run statements as a program would that sets nothing up; say how many rows each changed."""
    with closing(sqlite3.connect(str(engine.url.database))) as connection:

        def run(statement: str, *parameters: Any) -> int:
            try:
                changed = connection.execute(statement, parameters).rowcount
            except sqlite3.Error as error:
                connection.rollback()
                raise translated(error, "sqlite") or error from error
            connection.commit()
            return changed

        yield run


def falsify(session: Session, *statements: str) -> None:
    """Run statements past every guard; the session's connection looks at foreign keys nevertheless."""
    connection = session.connection()
    drop_guards(connection, Base.metadata)
    for statement in statements:
        connection.execute(text(statement))
    create_guards(connection, Base.metadata)
    session.expire_all()
