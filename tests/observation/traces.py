"""How a test shows that what was refused has left nothing behind in the tables of chapter 3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from analysis_patterns.patterns.persistence import Base, Session

OWN = [table for name, table in sorted(Base.metadata.tables.items()) if name.startswith("observation_")]


def contents(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of this chapter."""
    return {
        table.name: [
            tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))
        ]
        for table in OWN
    }


@contextmanager
def leaves_no_trace(session: Session) -> Iterator[None]:
    """Pass only where the block has written nothing, and left nothing that the next commit would write."""
    session.commit()
    before = contents(session)
    yield
    assert not session.new
    session.commit()
    assert contents(session) == before
