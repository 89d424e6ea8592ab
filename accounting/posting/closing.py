"""Closing the books on a period: its days take no more entries, and what was known then stays known (6.1)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import DATABASES, Layer, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.session import Session
from ...patterns.persistence.types import Instant
from ...patterns.persistence.version import never_truncated
from ...patterns.time.instant import BEGINNING
from ...patterns.time.period import require_day
from ..account.account import Account
from ..account.ledger import Ledger
from .entry import Entry

FORWARD = rule(
    "period-close.forward",
    pattern="6.1",
    says="A ledger is closed once up to each day, each close going further than the one before.",
    layers=DATABASES | {Layer.CONSTRUCTOR},
    guards=(
        "uq_accounting_period_close_ledger_id_before",
        "accounting_period_close.ledger_id, accounting_period_close.before",
    ),
)
KNOWN = rule(
    "period-close.known-ledger",
    pattern="6.1",
    says="Only a ledger that the database holds can be settled or closed.",
)
AS_LEDGER = rule(
    "period-close.as-ledger",
    pattern="6.1",
    says="A close says what its ledger says: the day up to which it is closed, the instant it is settled.",
    layers=DATABASES,
)
RECORDED = rule(
    "period-close.recorded",
    pattern="6.1",
    says="A close, once recorded, is never changed or deleted.",
    layers=DATABASES,
)


class PeriodClose(Base):
    """
    The record that the books were closed.

    Shape:  no entry of its ledger is charged on a day before `before` any more, which is thus the first open
            day; whatever is booked later is booked after the instant `known_at`.
    Units:  whoever asks as known at `known_at` is told for ever, to the cent, what was told at the close:
            the ledger is settled up to that instant, as by `settle`.
    Source: Analysis Patterns 6.1 (whenCharged and whenBooked); the paper's combination of adjustments.
    """

    __tablename__ = "accounting_period_close"
    __table_args__ = (UniqueConstraint("ledger_id", "before"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.1"

    id: Mapped[UUID] = identity()
    ledger_id: Mapped[UUID] = mapped_column(ForeignKey(Ledger.id), init=False)
    before: Mapped[date]
    known_at: Mapped[datetime] = mapped_column(Instant)
    ledger: Mapped[Ledger] = relationship()

    def __str__(self) -> str:
        return f"{self.ledger}, closed before {self.before}"


def close_period(session: Session, ledger: Ledger, *, before: date) -> PeriodClose:
    """
    Close the books of `ledger` on every day before `before`.

    Shape:  takes the ledger for itself until the transaction is over: a posting that began earlier is waited
            for and counts, one that comes later is refused where it is charged on a closed day.
    Errors: `ConstraintViolation`: `period-close.forward` where it is closed that far already,
            `period-close.known-ledger` where it is not stored; nothing is changed.
    """
    require_day(before)
    _lock(session, ledger)
    if before <= ledger.closed_before:
        raise FORWARD.violation(
            ledger,
            found=f"a close before {before} of {ledger}, closed before {ledger.closed_before}",
            allowed="a later day than that",
            remedy="What lies in closed books is adjusted by entries on an open day: see first_open_day().",
        )
    barrier = _settle(session, ledger)
    ledger.closed_before = before
    session.flush()  # the record is compared with what the ledger says
    made = PeriodClose(ledger=ledger, before=before, known_at=barrier)
    session.add(made)
    session.flush()
    return made


def closes(session: Session, ledger: Ledger) -> list[PeriodClose]:
    """The closes of `ledger`, the first one first."""
    asked = select(PeriodClose).where(PeriodClose.ledger_id == ledger.id).order_by(PeriodClose.before)
    return list(session.scalars(asked))


def first_open_day(session: Session, ledger: Ledger, day: date = BEGINNING) -> date:
    """
    `day` itself where it is open, or else the first day that is.

    Source: an adjustment of something in closed books is charged on the first open day, and concerns the
            day that it is about.
    """
    closed = session.scalar(select(Ledger.closed_before).where(Ledger.id == ledger.id))
    return max(require_day(day), closed or BEGINNING)


def settle(session: Session, ledger: Ledger) -> datetime:
    """
    Settle everything that was booked in `ledger` so far: what is booked later is booked after this instant.

    Shape:  takes the ledger for itself until the transaction is over, and waits for postings under way. What
            is reported as known at this instant, or an earlier one, is final; what is reported as known now
            is not, since others may be posting under an earlier instant than a clock shows.
    Errors: `ConstraintViolation` (`period-close.known-ledger`) where it is not stored.
    """
    _lock(session, ledger)
    barrier = _settle(session, ledger)
    session.flush()
    return barrier


def _lock(session: Session, ledger: Ledger) -> None:
    session.flush()
    asked = select(Ledger).where(Ledger.id == ledger.id).with_for_update()
    if session.scalar(asked.execution_options(populate_existing=True)) is None:
        raise KNOWN.violation(
            ledger,
            found=f"{ledger}, which this database does not hold",
            allowed="a ledger that is stored",
            remedy="Add the ledger to this session first.",
        )


def _settle(session: Session, ledger: Ledger) -> datetime:
    # A clock may be behind that of whoever booked last: what stands is settled, whatever its instant.
    last = select(func.max(Entry.booked)).where(
        Entry.ledger_id == Account.ledger_id, Entry.account_id == Account.id
    )
    booked = session.scalar(
        select(func.max(last.correlate(Account).scalar_subquery())).where(Account.ledger_id == ledger.id)
    )
    barrier = max(each for each in (session.recorded, ledger.barrier, booked) if each is not None)
    ledger.barrier = barrier
    return barrier


def _no_further(row: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM accounting_period_close c "
        f"WHERE c.ledger_id = {row}.ledger_id AND c.before >= {row}.before)"
    )


guard(
    PeriodClose.__table__,  # type: ignore[arg-type]
    refuse_when(
        FORWARD, "accounting_period_close", "INSERT",
        _no_further,
        because="a close no further than one before it",
    ),
    refuse_when(
        AS_LEDGER, "accounting_period_close", "INSERT",
        lambda row: (
            f"NOT {_no_further(row)} AND NOT EXISTS (SELECT 1 FROM accounting_ledger l "
            f"WHERE l.id = {row}.ledger_id AND l.closed_before = {row}.before AND l.barrier = {row}.known_at)"
        ),
        because="a close that its ledger does not know of",
    ),
    refuse_when(
        RECORDED, "accounting_period_close", "UPDATE", lambda _row: "1 = 1",
        because="a recorded close would be changed",
    ),
    refuse_when(
        RECORDED, "accounting_period_close", "DELETE", lambda _row: "1 = 1",
        because="a recorded close would be deleted",
    ),
    never_truncated("accounting_period_close", RECORDED),
)  # fmt: skip
