"""Moving a part of a hierarchy, and asking many questions of one (2.7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Date, Engine, PoolProxiedConnection, bindparam, insert, inspect, select, update
from sqlalchemy.orm import make_transient_to_detached
from uuid_utils.compat import uuid7

from ..catalogue import attach
from ..constraint import ConstraintViolation, Layer, require, rule
from ..persistence.seek import Question, key_of
from ..persistence.session import Session, session_of
from ..persistence.types import Instant, Key
from ..persistence.version import CLOSED_ONCE
from ..time.clock import Clock, SystemClock
from ..time.instant import UNTIL_CHANGED, require_aware
from ..time.period import require_day
from .accountability import Accountability
from .accountability_type import AccountabilityType, Shape
from .admission import Role
from .chain import Chain, ancestors_of, chain_periods, descendants_of, responsible, span
from .hierarchic import AccountabilityLevel, HierarchicAccountabilityType, LeveledAccountabilityType
from .party import Party

MOVE_WITHIN = rule(
    "hierarchic.move-within",
    pattern="2.7",
    says="A party is moved on a day on which the accountability that is moved holds.",
)
SNAPSHOT = rule(
    "hierarchic.snapshot",
    pattern="2.7",
    says="Only a hierarchic type counts its changes, so only such a type can be kept as a snapshot.",
)

if TYPE_CHECKING:
    from ..persistence.seek import AnySelect

_CLOSE = (
    update(Accountability.__table__)  # type: ignore[arg-type]
    .where(Accountability.__table__.c.version == bindparam("moved", type_=Key))
    .where(Accountability.__table__.c.known_to == UNTIL_CHANGED)
    .values(known_to=bindparam("closed", type_=Instant))
)


def move(session: Session, accountability: Accountability, *, to: Party, on: date) -> Accountability:
    """
    Put the responsible party, with all that stands below it, under another commissioner from a day on.

    Shape:  the accountability is ended on `on` and a new one begins; two statements, and one for each
            further table of a subtype, however many parties move along. Gives the new accountability.
    Errors: `ConstraintViolation`: `hierarchic.move-within` where `on` lies outside its period,
            `history.closed-once` where it was corrected meanwhile, and whatever rule the new place
            breaks, as the database finds it: the transaction, or the innermost savepoint, is rolled
            back, as after a flush that fails. Nothing is moved.
    Source: Analysis Patterns 2.7.
    """
    session_of(accountability)
    session.flush()
    period = accountability.period
    if not period.includes(on):
        raise MOVE_WITHIN.violation(
            accountability, found=f"a move on {on}", allowed=str(period), remedy="Move it on a day within."
        )
    require(accountability.type.misfits(Role.COMMISSIONER, to))
    now = max(session.recorded, accountability.known_from)
    begun = uuid7()
    new = {"version": begun, "id": begun, "commissioner_id": to.id, "valid_from": on}
    changes = [new | {"known_from": now}]
    if on > period.start:
        changes.append({"version": uuid7(), "valid_to": on, "known_from": now})
    closed = session.connection().execute(_CLOSE, {"moved": accountability.version, "closed": now})
    if closed.rowcount != 1:
        raise CLOSED_ONCE.violation(
            accountability,
            found="a version that was superseded meanwhile",
            allowed="the version that is believed now",
            remedy="Read the hierarchy again and move what stands there now.",
            layer=Layer.FLUSH,
        )
    try:
        for table in inspect(accountability).mapper.tables:
            rows = [_row(accountability, table, each) for each in changes]
            session.connection().execute(insert(table), rows)
    except ConstraintViolation:
        # In SQLite the rest of the transaction would stand, and the old place be gone.
        (session.get_nested_transaction() or session).rollback()
        raise
    session.expire(accountability)
    return _attached(session, type(accountability), begun)


def _row(accountability: Accountability, table: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """What one table holds of the accountability, a subtype's own columns included, but for `changes`."""
    mapper = inspect(accountability).mapper
    said = {
        column.name: getattr(accountability, mapper.get_property_by_column(column).key)
        for column in table.columns
    }
    said["known_to"] = UNTIL_CHANGED
    return {name: changes.get(name, value) for name, value in said.items() if name in table.columns}


def _attached(session: Session, kind: type[Accountability], version: UUID) -> Accountability:
    """The accountability by its key, read when it is first looked at."""
    accountability = kind.__new__(kind)
    kind.__mapper__.class_manager.setup_instance(accountability)
    accountability.version = version
    make_transient_to_detached(accountability)
    session.add(accountability)
    return accountability


class Snapshot:
    """
    A hierarchy held in memory, for many questions about one day.

    Shape:  the links of one hierarchic type as of a day and as known at an instant; each answer is kept.
            Before each answer the type's count of changes is read, outside any session's transaction, so
            what another process committed is seen by the next question.
    Errors: `ConstraintViolation`: `hierarchic.snapshot` for a type that is a network, `period.days` and
            `time.aware` for a day or an instant that is none.
    Source: Analysis Patterns 2.7; the supplement Temporal Patterns, Snapshot.
    """

    def __init__(
        self,
        engine: Engine,
        type: AccountabilityType,
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
        clock: Clock | None = None,
    ) -> None:
        if type.shape is Shape.NETWORK:
            raise SNAPSHOT.violation(
                type,
                found=f"{type.name!r}, which is a network",
                allowed="a tree or a DAG",
                remedy="Ask descendants_of() instead, or make the type hierarchic.",
            )
        self._engine = engine
        self._type_id = type.id
        self._as_of = as_of and require_day(as_of)
        self._known_at = known_at and require_aware(known_at)
        self._clock = clock or SystemClock()
        self._held: tuple[int | None, date] | None = None
        self._below: dict[UUID, list[UUID]] = {}
        self._answers: dict[UUID, tuple[UUID, ...]] = {}

    def descendants(self, party: Party | UUID) -> tuple[UUID, ...]:
        """The keys of all parties below `party`, the nearest first."""
        self._refresh()
        key = party if isinstance(party, UUID) else party.id
        if key not in self._answers:
            self._answers[key] = self._walk(key)
        return self._answers[key]

    def _walk(self, party: UUID) -> tuple[UUID, ...]:
        found = dict.fromkeys(self._below.get(party, ()))
        waiting = list(found)
        for each in waiting:
            for below in self._below.get(each, ()):
                if below not in found:
                    found[below] = None
                    waiting.append(below)
        return tuple(waiting)

    def _refresh(self) -> None:
        as_of = self._as_of or self._clock.today()
        connection = self._engine.raw_connection()
        try:
            # The count comes first: what is committed between the two is read again next time.
            counted = self._ask(_REVISION, connection, type=self._type_id)
            held = (counted[0][0] if counted else None, as_of)  # a type may not be committed yet
            if self._held != held:
                self._held = held if self._read(connection, as_of) else None
        finally:
            connection.close()

    def _ask(self, question: Question, connection: PoolProxiedConnection, **parameters: Any) -> Sequence[Any]:
        return question.ask_driver(connection, self._engine.dialect, parameters)

    def _read(self, connection: PoolProxiedConnection, as_of: date) -> bool:
        """Read the links; say whether they stay as they are for as long as the count does."""
        known_at = self._known_at or self._clock.now()
        self._below = {}
        self._answers = {}
        keys: dict[Any, UUID] = {}
        for above, below in self._ask(_LINKS, connection, type=self._type_id, as_of=as_of, known_at=known_at):
            for raw in (above, below):
                if raw not in keys:
                    keys[raw] = key_of(raw)
            self._below.setdefault(keys[above], []).append(keys[below])
        # Another computer's clock may be ahead of this one.
        return self._known_at is not None or not self._ask(
            _AHEAD, connection, type=self._type_id, known_at=known_at, until_changed=UNTIL_CHANGED
        )


def _revision() -> AnySelect:
    return select(AccountabilityType.revision).where(AccountabilityType.id == bindparam("type", type_=Key))


def _links() -> AnySelect:
    return select(Accountability.commissioner_id, Accountability.responsible_id).where(
        Accountability.type_id == bindparam("type", type_=Key),
        Accountability.holds(bindparam("as_of", type_=Date), bindparam("known_at", type_=Instant)),
    )


def _ahead() -> AnySelect:
    now, never = bindparam("known_at", type_=Instant), bindparam("until_changed", type_=Instant)
    closed = (Accountability.known_to > now) & (Accountability.known_to < never)
    return (
        select(Accountability.version)
        .where(Accountability.type_id == bindparam("type", type_=Key))
        .where((Accountability.known_from > now) | closed)
    )


_REVISION = Question(_revision)
_LINKS = Question(_links)
_AHEAD = Question(_ahead)


attach(
    "2.7",
    types=(HierarchicAccountabilityType, LeveledAccountabilityType, AccountabilityLevel, Chain, Snapshot),
    behaviours=(responsible, ancestors_of, descendants_of, chain_periods, span, move),
    figure="analysis_patterns.patterns.accountability.hierarchic",
    when_not="Where people answer to two others, as in a matrix, a tree would force them to lie: choose "
    "`Shape.DAG`, or no shape at all. Levels are for names that the organization really uses.",
    example="""
>>> from analysis_patterns.patterns.accountability import (
...     Accountability, LeveledAccountabilityType, Organization, PartyType, Shape)
>>> region, division, office = (PartyType(name=name) for name in ("region", "division", "sales office"))
>>> sales = LeveledAccountabilityType(
...     name="sales line", levels=[region, division, office], shape=Shape.TREE)
>>> east = Organization(name="East", types=[region])
>>> boston = Organization(name="Boston", types=[office])
>>> Accountability(type=sales, commissioner=east, responsible=boston)
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: leveled.next-level: ...
""",
)
