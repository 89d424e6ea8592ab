"""One row layout for all that can be corrected: true from and to, known from and to (3.8, 15.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Table,
    and_,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import (
    MANYTOONE,
    Mapped,
    MappedAsDataclass,
    RelationshipProperty,
    UOWTransaction,
    declared_attr,
    mapped_column,
)
from uuid_utils.compat import uuid7

from ..constraint import DATABASES, ConstraintViolation, Layer, Rule, require, rule
from ..time.instant import UNTIL_CHANGED, require_aware
from ..time.period import Period
from .composites import days_of, value_of
from .guard import Guard, guard, refuse_when, short, trigger
from .session import Session, session_of
from .types import Instant, Key

_STORED = DATABASES | {Layer.FLUSH}

APPEND_ONLY = rule(
    "history.append-only",
    pattern="15.3",
    says="What was recorded is never overwritten or deleted; a correction is a new version.",
    layers=_STORED,
)
CLOSED_ONCE = rule(
    "history.closed-once",
    pattern="15.3",
    says="A version stops being believed once, at the instant its successor is known.",
    layers=_STORED,
    guards=("ck_*_known_order",),
)
ONE_CURRENT = rule(
    "history.one-current",
    pattern="15.3",
    says="Of all the versions of one fact, at most one is believed at a time.",
    layers=DATABASES,
    guards=("uq_*_believed", "*.id, *.known_to"),
)
BEGINS_BELIEVED = rule(
    "history.begins-believed",
    pattern="15.3",
    says="A version is believed when it is first recorded.",
    layers=DATABASES,
)

# What every table of versions has says nothing of the pattern that it holds.
_NO_FIGURE = {"figure": False}


# The order of its columns is that of a row as people read it: which fact, when true, when known.
class Believed(MappedAsDataclass, kw_only=True, init=False, eq=False, repr=False):
    """
    A fact that can be corrected without losing what was believed. A subtype says when it is true.

    Shape:  `id` names the fact and is the `version` of its first row; it is believed from `known_from` up
            to `known_to`.
    Units:  known instants, half-open; an open end is the far future, not NULL.
    Errors: `ConstraintViolation`: `history.append-only` where a row would be overwritten or deleted,
            `history.closed-once` where it would be superseded twice.
    Source: Analysis Patterns 3.8 and 15.3.1.
    """

    version: Mapped[UUID] = mapped_column(Key, primary_key=True, init=False, sort_order=1)
    known_from: Mapped[datetime] = mapped_column(Instant, init=False, info=_NO_FIGURE, sort_order=3)
    known_to: Mapped[datetime] = mapped_column(Instant, init=False, info=_NO_FIGURE, sort_order=3)

    @declared_attr
    @classmethod
    def id(cls) -> Mapped[UUID]:
        """The fact that this is a version of."""
        first = ForeignKey(f"{cls.__tablename__}.version")  # type: ignore[attr-defined]
        return mapped_column(Key, first, init=False, info=_NO_FIGURE, sort_order=4)

    def _begin_belief(self) -> None:
        self.version = uuid7()
        self.id = self.version
        self.known_to = UNTIL_CHANGED

    @property
    def is_believed(self) -> bool:
        """Whether this is the version that holds until corrected."""
        return self.known_to == UNTIL_CHANGED

    def was_believed(self, known_at: datetime) -> bool:
        """Whether this is the version that was believed at an instant; what is not recorded yet never was."""
        asked = require_aware(known_at)
        recorded: datetime | None = self.known_from
        return recorded is not None and recorded <= asked < self.known_to

    @classmethod
    def known(cls, known_at: Any) -> ColumnElement[bool]:
        """The SQL condition for rows that were believed at an instant."""
        return and_(cls.known_from <= known_at, cls.known_to > known_at)

    def withdraw(self) -> None:
        """
        Stop believing this fact: it was never so. What was believed before can still be asked for.

        Errors: `ConstraintViolation` (`history.closed-once`) where a later version exists.
        """
        session = session_of(self)
        if inspect(self).pending:
            session.flush()  # what was never recorded has no history to keep apart
        if not self.is_believed:
            raise CLOSED_ONCE.violation(
                self,
                found=f"a version superseded on {self.known_to:%Y-%m-%d %H:%M}",
                allowed="the version that is believed now",
                remedy="Correct the latest version instead.",
                layer=Layer.FLUSH,
            )
        # A clock that stepped back must not make a version end before it began.
        self.known_to = max(session.recorded, self.known_from)

    def restated(self, **said: Any) -> Self:
        """
        Record that the fact is as `said`, and as before in all else; give the new version.

        Shape:  `said` are attributes of the fact by name.
        Errors: `ConstraintViolation` where this version is superseded already; and, at the flush, of the
                rules that the new version breaks.
        """
        self.withdraw()
        session = session_of(self)
        # A flush half-way would find the old version gone and the new one not there yet.
        with session.no_autoflush:
            successor = self._successor()
            successor.version = uuid7()
            successor.id = self.id
            for name, value in said.items():
                setattr(successor, name, value)
            successor.known_from = self.known_to
            successor.known_to = UNTIL_CHANGED
            session.add(successor)
        return successor

    def _successor(self) -> Self:
        """A new row that says the same, whatever columns and parents a subtype has added."""
        mapper = inspect(type(self))
        successor: Self = mapper.class_manager.new_instance()
        said = [each.key for each in mapper.column_attrs if each.key not in _OF_THE_VERSION]
        said += [each.key for each in mapper.relationships if _is_parent(each)]
        for name in said:
            setattr(successor, name, getattr(self, name))
        return successor


class Versioned(Believed, kw_only=True, init=False, eq=False, repr=False):
    """
    A fact that holds for a period of days.

    Shape:  as `Believed`; `period` is when it is true of the world.
    Units:  valid days, half-open; an open end is the far future, not NULL.
    Errors: those of `Believed`.
    Source: Analysis Patterns 3.8 and 15.3.1.
    """

    valid_from: Mapped[date] = mapped_column(init=False, sort_order=2)
    valid_to: Mapped[date] = mapped_column(init=False, sort_order=2)

    @declared_attr
    @classmethod
    def period(cls) -> Mapped[Period]:
        """When it is true of the world."""
        return value_of(Period, Period, days_of, "valid_from", "valid_to", init=False)

    def _begin(self, period: Period) -> None:
        self._begin_belief()
        self.period = period

    @classmethod
    def holds(cls, as_of: Any, known_at: Any) -> ColumnElement[bool]:
        """The SQL condition for rows that are true on a day, as known at an instant."""
        return and_(cls.valid_from <= as_of, cls.valid_to > as_of, cls.known(known_at))

    def corrected(self, *, period: Period) -> Self:
        """
        Record that the fact holds for another `period`, and give the new version.

        Errors: `ConstraintViolation` where this version is superseded already; and, at the flush, of the
                rules that the new period breaks.
        """
        return self.restated(period=period)

    def ended(self, on: date) -> Self:
        """
        Record that the fact stops being true on day `on` (the first day without it).

        Errors: `ConstraintViolation`: `period.ending` where `on` lies outside its period, and those of
                `corrected`; nothing is changed.
        """
        return self.corrected(period=self.period.ending(on))


_OF_THE_VERSION = frozenset({"version", "known_from", "known_to"})


def _is_parent(relationship: RelationshipProperty[Any]) -> bool:
    return relationship.direction is MANYTOONE and not relationship.viewonly


def while_believed() -> dict[str, Any]:
    """The options of an index that holds only what is believed."""
    return {
        "sqlite_where": text("known_to = '9999-12-30 00:00:00.000000'"),
        "postgresql_where": text("known_to = '9999-12-30 00:00:00+00'"),
    }


def once_withdrawn() -> dict[str, Any]:
    """The options of an index that holds only what is believed no more."""
    return {
        "sqlite_where": text("known_to < '9999-12-30 00:00:00.000000'"),
        "postgresql_where": text("known_to < '9999-12-30 00:00:00+00'"),
    }


def believed_once(table: str, *columns: str, name: str) -> Index:
    """
    The index that lets no two rows that are believed share `columns`.

    Shape:  with `known_to`, the same for all of them, as a last column, SQLite tells it from a key.
    """
    return Index(f"uq_{table}_{name}", *columns, unique=True, **while_believed())


def believed_table_args(table: str) -> tuple[CheckConstraint | Index, ...]:
    """The check and the index that every table of what is `Believed` has."""
    return (
        CheckConstraint("known_from <= known_to", name="known_order"),
        believed_once(table, "id", "known_to", name="believed"),
    )


def versioned_table_args(table: str) -> tuple[CheckConstraint | Index, ...]:
    """The checks and the index that every table of what is `Versioned` has."""
    return (CheckConstraint("valid_from < valid_to", name="period_order"), *believed_table_args(table))


def keep_history(versions: Table | type[Believed]) -> None:
    """
    Guard a table of versions, or that of an entity: rows are only added, and closed once.

    Shape:  the table of a subtype, which holds no times of its own, is only added to.
    """
    table = versions if isinstance(versions, Table) else _table_of(versions)
    columns = [column.name for column in table.columns if column.name != "known_to"]
    overwritten = " OR ".join(f"NEW.{name} <distinct> OLD.{name}" for name in columns)
    guard(
        table,
        # INSERT OR REPLACE fires no trigger on delete where a client left recursive_triggers off.
        refuse_when(
            APPEND_ONLY, table.name, "INSERT",
            lambda row: f"EXISTS (SELECT 1 FROM {table.name} o WHERE o.version = {row}.version)",
            because="a recorded version would be replaced",
        ),
        refuse_when(
            APPEND_ONLY, table.name, "UPDATE", lambda _row: overwritten,
            because="a recorded version would be overwritten",
        ),
        refuse_when(
            APPEND_ONLY, table.name, "DELETE", lambda _row: "1 = 1",
            because="a recorded version would be deleted",
        ),
        never_truncated(table.name),
        *(_closed_once(table.name) if "known_to" in table.columns else ()),
    )  # fmt: skip


def _closed_once(table: str) -> Iterator[Guard]:
    yield refuse_when(
        BEGINS_BELIEVED, table, "INSERT",
        lambda row: f"{row}.known_to <> <forever>",
        because="a version that is superseded already",
    )  # fmt: skip
    yield refuse_when(
        ONE_CURRENT, table, "INSERT",
        lambda row: (
            f"EXISTS (SELECT 1 FROM {table} o WHERE o.id = {row}.id AND o.version <> {row}.version "
            "AND o.known_to = <forever>)"
        ),
        because="a second version that would be believed",
    )  # fmt: skip
    yield refuse_when(
        CLOSED_ONCE, table, "UPDATE",
        lambda row: f"OLD.known_to <> <forever> OR {row}.known_to = <forever>",
        because="a version that was superseded before", of="known_to",
    )  # fmt: skip


def another_believed(table: str, row: str, alike: str, joined: str = "") -> str:
    """
    The condition, to be spelled for a dialect, that another fact is believed of some of the days of `row`.

    Shape:  `alike` says what the other one, called `o`, has in common with it; `joined` are tables it takes.
    """
    return (
        f"EXISTS (SELECT 1 FROM {table} o {joined} WHERE {alike} AND o.id <> {row}.id "
        f"AND o.known_to = <forever> AND o.valid_from < {row}.valid_to AND {row}.valid_from < o.valid_to)"
    )


def _table_of(entity: type[Any]) -> Table:
    table: Table = entity.__table__
    return table


def never_truncated(table: str, rule: Rule = APPEND_ONLY) -> Guard:
    """The guard that keeps PostgreSQL from emptying `table` past every trigger on its rows."""
    name = short(f"{table}_truncate_{rule.name.replace('.', '_').replace('-', '_')}")
    body = (
        f"RAISE EXCEPTION 'rule {rule.name}: every recorded version would be deleted' "
        "USING ERRCODE = 'check_violation'; RETURN NULL;"
    )
    statements = trigger(name, f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT", body)
    return Guard(name, table, sqlite=(), postgresql=statements)


def _refuse_overwriting(entity: Believed) -> Iterator[ConstraintViolation]:
    state = inspect(entity)
    parties = (each for each in state.mapper.relationships if each.direction is MANYTOONE)
    for attribute in (*state.mapper.column_attrs, *parties):
        history = state.attrs[attribute.key].history
        if attribute.key != "known_to" and history.has_changes():
            yield APPEND_ONLY.violation(
                entity,
                found=f"{attribute.key} changed from {_old(history.deleted)} to {history.added[0]!r}",
                allowed="a new version beside the old one",
                remedy="Call corrected(period=...), ended(on=...), restated(...) or withdraw().",
                layer=Layer.FLUSH,
            )


def _refuse_another_instant(session: Session, entity: Believed) -> Iterator[ConstraintViolation]:
    """What is believed can stop being so now, and at no other instant."""
    closed = inspect(entity).attrs["known_to"].history.has_changes()
    if closed and entity.known_to != max(session.recorded, entity.known_from):
        yield CLOSED_ONCE.violation(
            entity,
            found=f"known_to set to {entity.known_to.isoformat()}",
            allowed=f"the instant of this transaction, {session.recorded.isoformat()}",
            remedy="Call corrected(period=...), ended(on=...), restated(...) or withdraw().",
            layer=Layer.FLUSH,
        )


def _old(deleted: Any) -> str:
    return repr(deleted[0]) if deleted else "what was recorded"


@event.listens_for(Session, "before_flush")
def _keep_versions(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for entity in session.deleted:
        if isinstance(entity, Believed):
            raise APPEND_ONLY.violation(
                entity,
                found=f"{type(entity).__name__} would be deleted",
                allowed="withdrawing it",
                remedy="Call withdraw(): it is believed no more, and what was believed stays.",
                layer=Layer.FLUSH,
            )
    for entity in session.dirty:
        if isinstance(entity, Believed):
            require(_refuse_overwriting(entity))
            require(_refuse_another_instant(session, entity))
    for entity in session.new:
        if isinstance(entity, Believed) and "known_from" not in vars(entity):
            entity.known_from = session.recorded
