"""Firing rules in a stored ledger: step by step, each step committed, or all in one transaction (6.7)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import sessionmaker

from ...patterns.persistence.retry import transact
from ...patterns.persistence.session import Session
from ..draft import Draft
from ..ledger import Ledger
from ..post import Posting
from .eager import EagerFiring
from .firing import Firing, Step
from .ledger_books import BATCH, LedgerBooks


def process(
    sessions: sessionmaker[Session], ledger: Ledger | UUID, firing: Firing[Step], *, batch: int = BATCH
) -> int:
    """
    Fire rules until nothing is left to do, each step in a transaction of its own; give how many there were.

    Shape:  killed at any moment, it has done some steps and nothing of the others; run again, it does the
            others. Two at once wait for each other. A step reads up to `batch` entries of an account, more
            where they were booked all at once.
    Errors: `ConstraintViolation`: as for `Firing.plan` and `Firing.take`; what was committed before stays.
    Source: Analysis Patterns 6.7.
    """
    key = ledger if isinstance(ledger, UUID) else _key_of(ledger)
    taken = 0
    while steps := transact(sessions, lambda session: firing.plan(LedgerBooks(session, key, batch=batch))):
        for step in steps:
            transact(sessions, partial(_take, key, firing, step, batch))
        taken += len(steps)
    return taken


def _key_of(ledger: Ledger) -> UUID:
    # Reading an attribute that has expired would begin a transaction, which keeps SQLite locked for others.
    key: UUID = inspect(ledger).identity[0]
    return key


def post_eagerly(session: Session, drafts: Sequence[Draft]) -> list[Posting]:
    """
    Post drafts of one ledger with all that follows from them, in the session's transaction.

    Errors: as for `EagerFiring.post`.
    Source: Analysis Patterns 6.7, eager firing.
    """
    return EagerFiring().post(LedgerBooks(session, drafts[0].ledger_id), drafts) if drafts else []


def _take(ledger: UUID, firing: Firing[Step], step: Step, batch: int, session: Session) -> None:
    firing.take(LedgerBooks(session, ledger, batch=batch), step)
