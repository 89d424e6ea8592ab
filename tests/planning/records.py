"""How specifications of plans reach past Python: rows written as any program could."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import Base, Thing
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import Action
from analysis_patterns.patterns.time import UNTIL_CHANGED, Interval

from ..accountability.records import (
    changes_nothing,
    contents,
    leaves_no_trace,
    overwrite,
    table_of,
    without_guards,
)

__all__ = [
    "at",
    "between",
    "changes_nothing",
    "contents",
    "leaves_no_trace",
    "overwrite",
    "table_of",
    "without_guards",
    "write",
    "write_action",
]


def at(day: int, hour: int = 0) -> datetime:
    """An instant of July 1997."""
    return datetime(1997, 7, day, hour, tzinfo=UTC)


def between(start: datetime, end: datetime = UNTIL_CHANGED) -> Interval:
    """The interval between two instants, or from one on."""
    return Interval(start, end)


def write(session: Session, entity: type[Base], **columns: Any) -> UUID:
    """Write a fact that is believed, past every check of Python's; give its key."""
    version = uuid7()
    row = {
        "version": version,
        "id": version,
        "known_from": session.recorded,
        "known_to": UNTIL_CHANGED,
    }
    session.execute(insert(table_of(entity)).values({**row, **columns}))
    return version


def write_action(session: Session, name: str, **columns: Any) -> UUID:
    """Write an action, past every check of Python's, proposed unless the columns say otherwise."""
    key = columns.pop("id", None) or uuid7()
    row = {
        "id": key,
        "kind": "proposed_action",
        "nature": "proposed",
        "name": name,
        "known_from": session.recorded,
        "known_to": UNTIL_CHANGED,
    }
    session.execute(insert(table_of(Thing)).values(id=key, kind="patterns_action"))
    session.execute(insert(table_of(Action)).values({**row, **columns}))
    return key
