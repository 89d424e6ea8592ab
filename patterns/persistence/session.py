"""Sessions: the two clocks of every question, and the rules checked before every flush (14.6)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol, TypeVar, runtime_checkable

from sqlalchemy import Engine, event, inspect
from sqlalchemy.orm import (
    RelationshipProperty,
    SessionTransaction,
    UOWTransaction,
    object_session,
    sessionmaker,
    unitofwork,
)
from sqlalchemy.orm import Session as OrmSession

from ..catalogue import attach
from ..constraint import ConstraintViolation, Layer, Rule, require, rule
from ..errors import AnalysisPatternsError
from ..time.clock import Clock, SystemClock
from ..time.instant import require_aware
from ..time.period import require_day
from .base import Base
from .engine import READ_ONLY

# Private in SQLAlchemy 2.1, public in 2.0, and the only way to order writes that no foreign key orders.
_SaveUpdateAll: Any = getattr(unitofwork, "_SaveUpdateAll", None) or unitofwork.SaveUpdateAll  # type: ignore[attr-defined]
_ProcessAll: Any = getattr(unitofwork, "_ProcessAll", None) or unitofwork.ProcessAll  # type: ignore[attr-defined]


E = TypeVar("E")


class Session(OrmSession):
    """
    A session that knows what time it is, and checks the rules before it writes.

    Shape:  `clock` gives today and now to every question that does not say `as_of` or `known_at`.
    Errors: `ConstraintViolation` from a flush that would break a rule; nothing of it is written.
    """

    def __init__(self, *arguments: Any, clock: Clock | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.clock: Clock = clock or SystemClock()
        self._recorded: datetime | None = None
        self._sorted: dict[Any, dict[Hashable, list[Any]]] | None = None

    @property
    def recorded(self) -> datetime:
        """The instant at which everything in this transaction becomes known: one for all of it."""
        if self._recorded is None:
            self._recorded = self.clock.now()
        return self._recorded

    def recorded_after(self, settled: datetime | None) -> datetime:
        """The instant at which everything from here on becomes known, later than `settled`, if given."""
        if settled is not None and self.recorded <= settled:
            self._recorded = settled + timedelta(microseconds=1)
        return self.recorded

    def day(self, as_of: date | None) -> date:
        """
        `as_of`, or today.

        Errors: `ConstraintViolation` (`period.days`) for an instant: which day it falls on depends on where.
        """
        return self.clock.today() if as_of is None else require_day(as_of)

    def instant(self, known_at: datetime | None) -> datetime:
        """`known_at`, or now; never before what this transaction itself recorded."""
        if known_at is not None:
            return require_aware(known_at).astimezone(UTC)
        # What waits to be written is written before the answer, and so known before the question.
        recorded = self.recorded if self.new or self.dirty or self.deleted else self._recorded
        now = self.clock.now()
        return now if recorded is None else max(now, recorded)

    def waiting(self, kind: type[E], key: Callable[[E], Hashable], said: Hashable) -> list[E]:
        """
        What waits to be written for the first time, is of a class, and has `said` as its `key`.

        Shape:  `key` is one function of a module: while a flush checks its rules, which changes nothing, what
                waits is sorted by it once, however many rows ask.
        """
        if self._sorted is None:
            return [each for each in self.new if isinstance(each, kind) and key(each) == said]
        if (kind, key) not in self._sorted:
            waiting = self._sorted[kind, key] = {}
            for each in self.new:
                if isinstance(each, kind):
                    waiting.setdefault(key(each), []).append(each)
        return self._sorted[kind, key].get(said, [])


@runtime_checkable
class Constrained(Protocol):
    """An entity with rules of its own."""

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this object breaks by itself, as far as memory can tell."""
        ...


@runtime_checkable
class Neighbourly(Protocol):
    """An entity with rules about the other rows of a database."""

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that this object breaks together with what `session` holds."""
        ...


def sessions(
    engine: Engine, *, clock: Clock | None = None, read_only: bool = False, **options: Any
) -> sessionmaker[Session]:
    """
    Make the factory of sessions for an engine.

    Shape:  `clock` is the application's; `read_only` sessions take no write lock in SQLite.
    """
    bind = engine.execution_options(**{READ_ONLY: True}) if read_only else engine
    return sessionmaker(bind, class_=Session, clock=clock, **options)


def session_of(entity: object) -> Session:
    """
    The session that `entity` is in.

    Errors: `AnalysisPatternsError` where it is in none, or in one that is not this library's.
    """
    session = object_session(entity)
    if isinstance(session, Session):
        return session
    where = "no session" if session is None else "a plain SQLAlchemy session"
    raise AnalysisPatternsError(
        f"{type(entity).__name__} is in {where}; add it to one made by analysis_patterns.patterns.sessions()"
    )


def join_session(entity: object, owner: object) -> None:
    """
    Put `entity` into the session that `owner` is in, if any, as appending it to a collection of its would.

    Shape:  the collection is not read for it, however long it is.
    """
    session = object_session(owner)
    if session is not None:
        session.add(entity)


def unflushed(entity: object) -> AbstractContextManager[object]:
    """The context in which what is asked about `entity` does not write what waits to be written first."""
    session = object_session(entity)
    return nullcontext() if session is None else session.no_autoflush


def is_to_be_written(entity: object) -> bool:
    """Whether a flush would write `entity`: it is not stored yet, or was changed since."""
    state = inspect(entity)
    return not state.persistent or (state.session is not None and state.session.is_modified(entity))


@event.listens_for(OrmSession, "before_flush")
def _refuse_plain_sessions(session: OrmSession, _context: UOWTransaction, _instances: object) -> None:
    # Without a clock, a registry and the rules it would fail later, for a reason that nobody sees.
    if not isinstance(session, Session):
        for entity in (*session.new, *session.dirty, *session.deleted):
            if isinstance(entity, Base):
                session_of(entity)


@event.listens_for(Session, "before_flush")
def _check(session: Session, _context: UOWTransaction, _instances: object) -> None:
    changed = [*session.new, *(entity for entity in session.dirty if session.is_modified(entity))]
    with session.no_autoflush:
        for entity in changed:
            if isinstance(entity, Constrained):
                require(at_flush(entity.violations()))
        session._sorted = {}
        try:
            for entity in changed:
                if isinstance(entity, Neighbourly):
                    require(at_flush(entity.violations_in(session)))
        finally:
            session._sorted = None


def at_flush(violations: Iterator[ConstraintViolation]) -> Iterator[ConstraintViolation]:
    """The same violations, said to be refused by the flush."""
    for violation in violations:
        violation.layer = Layer.FLUSH
        yield violation


@event.listens_for(Session, "after_transaction_end")
def _forget_instant(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session._recorded = None


@event.listens_for(Session, "before_flush")
def _write_in_order(session: Session, context: UOWTransaction, _instances: object) -> None:
    """
    Write what a guard reads before the row that it guards.

    SQLAlchemy orders tables by foreign keys alone; `__reads__` names, on an entity, the relationships
    whose rows its guards look at as well.
    """
    for mapper in {inspect(type(entity)) for entity in session.new if hasattr(entity, "__reads__")}:
        written = _SaveUpdateAll(context, mapper.base_mapper)
        for relationship in mapper.class_.__reads__():
            context.dependencies.add((_written(context, relationship.property), written))


def write_after(context: UOWTransaction, relationship: RelationshipProperty[Any], entity: type[Any]) -> None:
    """Write, in this flush, what changed in a many-to-many relationship after the rows of an entity."""
    first = _SaveUpdateAll(context, inspect(entity).base_mapper)
    for is_deleting in (False, True):
        links = _ProcessAll(context, relationship._dependency_processor, is_deleting, True)
        context.dependencies.add((first, links))


def _written(context: UOWTransaction, relationship: RelationshipProperty[Any]) -> Any:
    if relationship.secondary is not None:
        return _ProcessAll(context, relationship._dependency_processor, False, True)
    return _SaveUpdateAll(context, relationship.mapper.base_mapper)


attach(
    "14.6",
    types=(Rule, Layer, ConstraintViolation, Constrained, Neighbourly),
    behaviours=(rule, require),
    figure="analysis_patterns.patterns.constraint:Rule",
    when_not="What may be wrong for a while, or is merely wished for, is no constraint: report it and let "
    "people decide. What a type can say already (a mandatory argument, a closed choice) needs no rule.",
    example="""
>>> from analysis_patterns.patterns.constraint import ConstraintViolation
>>> from analysis_patterns.patterns.values.range import Range
>>> try:
...     Range(5, 1)
... except ConstraintViolation as refused:
...     print(refused.explain())
Rule range.order (Analysis Patterns 4.3)
  A range runs upwards: its lower bound is not above its upper bound.
  found:   a range from 5 to 1
  allowed: a lower bound that is not above the upper one
  to do:   Swap the bounds, or leave one of them out.
""",
)
