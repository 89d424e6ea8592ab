"""What "known now" means for a ledger (3.8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import bindparam, select

from ...patterns.persistence.seek import Question
from ...patterns.persistence.session import Session
from .ledger import Ledger

if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect

_TICK = timedelta(microseconds=1)


def known_by(session: Session, ledger: UUID, known_at: datetime | None) -> datetime:
    """
    `known_at`, or now; and now is never before the ledger is settled, nor before what was booked just after.

    A clock may stand still, or run behind that of whoever settled the ledger: what it posts is booked a
    moment after the barrier, and is known from then on.
    """
    now = session.instant(known_at)
    if known_at is not None:
        return now
    ((barrier,),) = _BARRIER.ask(session, {"ledger": ledger}) or ((None,),)
    return now if barrier is None else max(now, as_instant(barrier) + _TICK)


def as_instant(stored: Any) -> datetime:
    """An instant as a driver gives it: SQLite's text has no zone, and is in UTC."""
    if isinstance(stored, datetime):
        return stored.astimezone(UTC)
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _barrier() -> AnySelect:
    return select(Ledger.barrier).where(Ledger.id == bindparam("ledger"))


_BARRIER = Question(_barrier)
