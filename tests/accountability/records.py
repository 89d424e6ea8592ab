"""How specifications reach past Python: rows written as any program could, and all that a database holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select, update
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    Base,
    Party,
    PartyClassification,
    PartyType,
)
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.guard import drop_guards
from analysis_patterns.patterns.persistence.version import Versioned
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED
from analysis_patterns.patterns.time.period import ALWAYS, Period


def table_of(entity: type[Base]) -> Table:
    """The table that `entity` is kept in."""
    return Base.metadata.tables[entity.__tablename__]


def write_version(session: Session, entity: type[Base], *, period: Period, **columns: Any) -> UUID:
    """Write the first version of a fact, past every check of Python's; give its key."""
    version = uuid7()
    row = {
        "version": version,
        "id": version,
        "valid_from": period.start,
        "valid_to": period.end,
        "known_from": session.recorded,
        "known_to": UNTIL_CHANGED,
    }
    session.execute(insert(table_of(entity)).values({**row, **columns}))
    return version


def write_accountability(
    session: Session,
    *,
    type: AccountabilityType,
    commissioner: Party,
    responsible: Party,
    period: Period = ALWAYS,
    kind: str = "accountability",
    **columns: Any,
) -> UUID:
    """Write an accountability, past every check of Python's; give its key."""
    parties = {"commissioner_id": commissioner.id, "responsible_id": responsible.id}
    return write_version(
        session, Accountability, period=period, kind=kind, type_id=type.id, **parties, **columns
    )


def write_classification(session: Session, *, party: Party, type: PartyType, period: Period = ALWAYS) -> UUID:
    """Write that a party is of a type, past every check of Python's; give its key."""
    return write_version(session, PartyClassification, period=period, party_id=party.id, type_id=type.id)


def overwrite(session: Session, entity: type[Base], where: Any, **columns: Any) -> None:
    """Change rows in place, past every check of Python's."""
    session.execute(update(table_of(entity)).where(where).values(**columns))


def without_guards(session: Session) -> Session:
    """The same session on a database that lost its guards, as after a restore from elsewhere."""
    session.commit()
    drop_guards(session.connection(), Base.metadata)
    session.commit()
    return session


def contents(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of this chapter."""
    held: dict[str, list[tuple[Any, ...]]] = {}
    for name, table in Base.metadata.tables.items():
        if name.startswith("patterns_"):
            rows = session.execute(select(table).order_by(*table.primary_key.columns))
            held[name] = [tuple(row) for row in rows]
    return held


@contextmanager
def leaves_no_trace(session: Session) -> Iterator[None]:
    """Pass only where what the block tried is nowhere to be found once it is rolled back."""
    session.commit()
    before = contents(session)
    yield
    session.rollback()
    assert contents(session) == before


@contextmanager
def changes_nothing(session: Session) -> Iterator[None]:
    """Pass only where the block left nothing in memory either that the next commit would write."""
    session.commit()
    before = contents(session)
    yield
    assert not session.new
    assert not [entity for entity in session.dirty if session.is_modified(entity)]
    session.commit()
    assert contents(session) == before


def versions_of(session: Session, fact: Versioned) -> list[Versioned]:
    """Every version of a fact, the oldest first."""
    entity = type(fact)
    return list(session.scalars(select(entity).where(entity.id == fact.id).order_by(entity.known_from)))
