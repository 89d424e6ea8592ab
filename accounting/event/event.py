"""What happened, kept as it was noticed, and how accounting for it went (Accounting Patterns: Event)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, object_session, relationship, remote
from uuid_utils.compat import uuid7

from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, rule
from ...patterns.formula.value import Value
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.registry import Referable, Thing
from ...patterns.persistence.session import Session, is_to_be_written
from ...patterns.persistence.types import Instant
from ...patterns.time.instant import require_aware
from ...patterns.time.period import require_day
from ..account.ledger import Ledger
from ._attributes import AttributesColumn, checked, written
from ._event_rules import KEY, require_adjusting, require_day_of, require_key
from .event_type import EventType

_TABLE = "accounting_event"
NOTHING_MORE: Mapping[str, Value] = MappingProxyType({})
_PROCESSING = "accounting_processing"

APPEND_ONLY = rule(
    "event.append-only",
    pattern="6.5",
    says="What happened is never rewritten or forgotten; a correction is a further event.",
    layers=DATABASES | {Layer.FLUSH},
)
ADJUSTED_ONCE = rule(
    "event.adjusted-once",
    pattern="6.5",
    says="An event is adjusted at most once; what is to be adjusted again is its adjustment.",
    layers=frozenset(Layer),
    guards=(f"uq_{_TABLE}_adjusts", f"{_TABLE}.ledger_id, {_TABLE}.adjusts_id"),
)
ADJUSTS_EARLIER = rule(
    "event.adjusts-earlier",
    pattern="6.5",
    says="An event adjusts one of its own ledger that was recorded before.",
    layers=DATABASES | BUILT,
    guards=("fk_accounting_event_adjusts",),
)
PROCESSED_ONCE = rule(
    "event.processed-once",
    pattern="6.5",
    says="An event is processed once; what changes afterwards is reconsidered.",
    layers=DATABASES | BUILT,
    guards=("uq_accounting_processing_done", f"{_PROCESSING}.ledger_id, {_PROCESSING}.event_id"),
)


class AccountingEvent(Base, init=False):
    """
    Something that happened, and has consequences in the books.

    Shape:  one type, one `subject`; the day it `occurred`, and the instant where that is known; the instant
            it was `noticed`; any number of attributes. It may adjust one earlier event, which is then marked
            adjusted; if nothing `happened`, that event never took place. `key` is the caller's own, so that
            an event reported twice is recorded once.
    Units:  attributes are exact: numbers, quantities, texts, truths, days and instants.
    Errors: `ConstraintViolation`: `event.attributes`, `event.occurred-day`, `event.key`, `event.happened`,
            `event.adjusted-once`, `event.adjusts-earlier`; nothing is changed.
    Source: Fowler's Accounting Patterns, Event and the three adjustments.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        UniqueConstraint("ledger_id", "key"),
        ForeignKeyConstraint(
            ["ledger_id", "adjusts_id"],
            [f"{_TABLE}.ledger_id", f"{_TABLE}.id"],
            name="fk_accounting_event_adjusts",
        ),
        Index(
            f"uq_{_TABLE}_adjusts",
            "ledger_id",
            "adjusts_id",
            unique=True,
            sqlite_where=text("adjusts_id IS NOT NULL"),
            postgresql_where=text("adjusts_id IS NOT NULL"),
        ),
        CheckConstraint("happened OR (adjusts_id IS NOT NULL AND attributes = '{}')", name="happened"),
        Index(f"ix_{_TABLE}_subject", "ledger_id", "subject_id", "occurred"),
        Index(f"ix_{_TABLE}_type", "ledger_id", "type_id", "occurred"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.5"

    ledger_id: Mapped[UUID] = mapped_column(ForeignKey(Ledger.id), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    type_id: Mapped[UUID] = mapped_column(ForeignKey(EventType.id))
    subject_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id))
    occurred: Mapped[date]
    occurred_at: Mapped[datetime | None] = mapped_column(Instant)
    noticed: Mapped[datetime] = mapped_column(Instant)
    attributes: Mapped[Mapping[str, Value]] = mapped_column(AttributesColumn)
    key: Mapped[str | None] = mapped_column(String(200))
    adjusts_id: Mapped[UUID | None] = mapped_column()
    happened: Mapped[bool]
    ledger: Mapped[Ledger] = relationship()
    type: Mapped[EventType] = relationship()
    adjusts: Mapped[AccountingEvent | None] = relationship(
        primaryjoin=lambda: (
            (AccountingEvent.ledger_id == remote(AccountingEvent.ledger_id))
            & (foreign(AccountingEvent.adjusts_id) == remote(AccountingEvent.id))
        ),
    )
    processings: Mapped[list[Processing]] = relationship(
        viewonly=True, order_by=lambda: Processing.n, info={"multiplicity": "0..*"}
    )

    def __init__(
        self,
        *,
        ledger: Ledger,
        type: EventType,
        subject: Referable | UUID,
        occurred: date,
        noticed: datetime,
        occurred_at: datetime | None = None,
        attributes: Mapping[str, Value] = NOTHING_MORE,
        key: str | None = None,
        adjusts: AccountingEvent | None = None,
        happened: bool = True,
    ) -> None:
        said = checked(attributes)
        require_day_of(require_day(occurred), occurred_at)
        require_key(key)
        _require_adjustable(adjusts, ledger, happened=happened, says_more=bool(said))
        self.id = uuid7()
        self.ledger_id = ledger.id
        self.ledger = ledger
        self.type = type
        self.subject_id = subject if isinstance(subject, UUID) else subject.id
        self.occurred = occurred
        self.occurred_at = occurred_at
        self.noticed = require_aware(noticed).astimezone(UTC)
        self.attributes = said
        self.key = key
        self.adjusts = adjusts
        self.adjusts_id = None if adjusts is None else adjusts.id
        self.happened = happened

    def corrected(self, *, noticed: datetime, key: str | None = None, **changes: Any) -> AccountingEvent:
        """
        The further event that says how it was instead: like this one but for `changes`, adjusting it.

        Shape:  `changes` may name `type`, `subject`, `occurred`, `occurred_at` and `attributes`.
        Errors: `ConstraintViolation` (`event.adjusted-once`) where another one adjusts it already.
        """
        said: dict[str, Any] = {
            "type": self.type,
            "subject": self.subject_id,
            "occurred": self.occurred,
            "occurred_at": None if "occurred" in changes else self.occurred_at,
            "attributes": self.attributes,
        }
        return AccountingEvent(
            ledger=self.ledger, noticed=noticed, key=key, adjusts=self, **{**said, **changes}
        )

    def rejected(self, *, noticed: datetime, key: str | None = None) -> AccountingEvent:
        """
        The further event that says this one never happened.

        Errors: `ConstraintViolation` (`event.adjusted-once`) where another one adjusts it already.
        """
        return self.corrected(noticed=noticed, key=key, attributes=NOTHING_MORE, happened=False)

    @property
    def adjusted_by(self) -> AccountingEvent | None:
        """The event that adjusts this one, if any does."""
        session = object_session(self)
        if session is None:
            return None
        for each in session.new:
            if isinstance(each, AccountingEvent) and each.adjusts_id == self.id:
                return each
        with session.no_autoflush:
            return session.scalar(
                select(AccountingEvent).where(
                    AccountingEvent.ledger_id == self.ledger_id, AccountingEvent.adjusts_id == self.id
                )
            )

    @property
    def is_adjusted(self) -> bool:
        """Whether another event says how it was instead."""
        return self.adjusted_by is not None

    @property
    def is_processed(self) -> bool:
        """Whether it was accounted for."""
        return any(each.is_done and not each.reconsidered for each in self.processings)

    @property
    def error(self) -> str | None:
        """Why the last attempt to account for it failed; None where it did not, or where there was none."""
        return self.processings[-1].error if self.processings else None

    def violations(self) -> Iterator[ConstraintViolation]:
        """An event that a session would write again was changed."""
        if inspect(self).persistent and is_to_be_written(self):
            yield APPEND_ONLY.violation(
                self,
                found=f"{self} changed",
                allowed="a further event that adjusts it",
                remedy="Add event.corrected(noticed=..., attributes=...), and process that.",
                layer=Layer.FLUSH,
            )

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that this event breaks together with others."""
        if self.adjusts is not None and self.adjusts.adjusted_by not in (None, self):
            yield _adjusted_already(self.adjusts)

    def says_the_same(self, other: AccountingEvent) -> bool:
        """Whether both tell of the same; when it was noticed may differ, since it was told twice."""
        return _content(self) == _content(other)

    def __str__(self) -> str:
        return f"{self.type} on {self.occurred}"


class Processing(Base, init=False):
    """
    An attempt to account for an event.

    Shape:  the `n`th of one event, at an instant; where it failed, the `error`, and the name of the rule that
            was broken. After one has succeeded, there are only those that `reconsidered` the event and found
            that it can be accounted for no more, or can again.
    Source: Fowler's Accounting Patterns: an event remembers its errors and what came of it.
    """

    __tablename__ = _PROCESSING
    __table_args__ = (
        ForeignKeyConstraint(
            ["ledger_id", "event_id"],
            [f"{_TABLE}.ledger_id", f"{_TABLE}.id"],
            name="fk_accounting_processing_event",
        ),
        Index(
            "uq_accounting_processing_done",
            "ledger_id",
            "event_id",
            unique=True,
            sqlite_where=text("error IS NULL AND NOT reconsidered"),
            postgresql_where=text("error IS NULL AND NOT reconsidered"),
        ),
        Index(
            "ix_accounting_processing_failed",
            "ledger_id",
            "event_id",
            sqlite_where=text("error IS NOT NULL"),
            postgresql_where=text("error IS NOT NULL"),
        ),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.5"

    ledger_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    rule: Mapped[str | None] = mapped_column(String(100))
    error: Mapped[str | None] = mapped_column(Text)
    reconsidered: Mapped[bool]
    event: Mapped[AccountingEvent] = relationship(viewonly=True)

    @property
    def is_done(self) -> bool:
        """Whether it succeeded."""
        return self.error is None

    def violations(self) -> Iterator[ConstraintViolation]:
        """A session would write an attempt by hand, or change it."""
        if not is_to_be_written(self):
            return
        yield APPEND_ONLY.violation(
            self,
            found="an attempt to process an event, written by hand",
            allowed="attempts that are made",
            remedy="Call process_event(session, event).",
            layer=Layer.FLUSH,
        )

    def __str__(self) -> str:
        return "processed" if self.error is None else self.error


def record(session: Session, event: AccountingEvent) -> AccountingEvent:
    """
    Record an event: once, however often it is reported under its key.

    Shape:  the event itself, or the one that was recorded before under its key.
    Errors: `ConstraintViolation`: `event.key` where its key was used for something else, and what the flush
            and the database refuse.
    """
    if event.key is not None:
        standing = session.scalar(
            select(AccountingEvent).where(
                AccountingEvent.ledger_id == event.ledger_id, AccountingEvent.key == event.key
            )
        )
        if standing is not None:
            _require_the_same(standing, event)
            return standing
    session.add(event)
    session.flush()
    return event


def _require_the_same(standing: AccountingEvent, event: AccountingEvent) -> None:
    if not standing.says_the_same(event):
        raise KEY.violation(
            event,
            found=f"key {event.key!r}, under which something else was recorded: {standing}",
            allowed="the same key for the same content only",
            remedy="Use a new key; to correct what was recorded, add event.corrected(...).",
        )


def _content(event: AccountingEvent) -> tuple[object, ...]:
    type_id = event.type_id or event.type.id
    said = (event.subject_id, event.occurred, event.occurred_at, event.adjusts_id, event.happened)
    return type_id, *said, written(event.attributes)


def _require_adjustable(
    adjusts: AccountingEvent | None, ledger: Ledger, *, happened: bool, says_more: bool
) -> None:
    if not happened:
        require_adjusting(adjusts is not None, says_more)
    if adjusts is None:
        return
    if adjusts.ledger_id != ledger.id:
        raise ADJUSTS_EARLIER.violation(
            adjusts,
            found=f"an event of ledger {adjusts.ledger}",
            allowed=f"one of ledger {ledger}",
            remedy="Reject it there, and record the right one here.",
        )
    if adjusts.adjusted_by is not None:
        raise _adjusted_already(adjusts)


def _adjusted_already(event: AccountingEvent) -> ConstraintViolation:
    return ADJUSTED_ONCE.violation(
        event,
        found=f"{event}, which {event.adjusted_by} adjusts already",
        allowed="an event that none adjusts so far",
        remedy="Adjust the adjustment: event.adjusted_by.corrected(...).",
    )


def _not_before(row: str) -> str:
    return (
        f"{row}.adjusts_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {_TABLE} o "
        f"WHERE o.ledger_id = {row}.ledger_id AND o.id = {row}.adjusts_id)"
    )


only_added(AccountingEvent, APPEND_ONLY)
only_added(Processing, APPEND_ONLY)
guard(
    AccountingEvent.__table__,  # type: ignore[arg-type]
    refuse_when(
        ADJUSTS_EARLIER, _TABLE, "INSERT", _not_before, because="an event that adjusts none recorded before"
    ),
)
