"""Rows of a transaction written one by one, past the library, as a program with a driver of its own would."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from uuid_utils.compat import uuid7

from analysis_patterns.accounting import Account, ComponentLink, Entry, Transaction
from analysis_patterns.accounting.account.summary import component
from analysis_patterns.accounting.posting.entry import source
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import UNTIL_CHANGED

from .books import MAY

AFTERWARDS = datetime(1997, 5, 1, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Known:
    """What a leg says of its account, for a thread that must not touch the session the account is in."""

    id: UUID
    memo: bool
    unit_code: str | None


@dataclass
class Raw:
    """
    A transaction that raw SQL writes.

    Shape:  legs first and the header last, as the guards want it, unless a test does otherwise.
    """

    session: Session
    ledger: UUID
    id: UUID = field(default_factory=uuid7)
    booked: datetime = AFTERWARDS

    def leg(self, n: Any, account: Account | Known, steps: Any, *, legs: Any = 2, **columns: Any) -> Raw:
        """Insert the nth of so many legs."""
        values = {
            "ledger_id": self.ledger,
            "transaction_id": self.id,
            "n": n,
            "legs": legs,
            "account_id": account.id,
            "unit_code": account.unit_code or "USD",
            "steps": steps,
            "memo": account.memo,
            "charged": MAY,
            "booked": self.booked,
            "concerns": MAY,
        }
        self.session.execute(insert(Entry).values({**values, **columns}))
        return self

    def header(self, *, legs: Any = 2, **columns: Any) -> Raw:
        """Insert the transaction itself."""
        values = {
            "ledger_id": self.ledger,
            "id": self.id,
            "legs": legs,
            "booked": self.booked,
            "digest": bytes(32),
            "description": "by hand",
        }
        self.session.execute(insert(Transaction).values({**values, **columns}))
        return self

    def source(self, transaction_id: UUID, n: int) -> Raw:
        """Insert a source."""
        values = {"source_transaction_id": transaction_id, "source_n": n}
        self.session.execute(insert(source).values(ledger_id=self.ledger, transaction_id=self.id, **values))
        return self

    def transfer(self, giver: Account, taker: Account, steps: int, *, day: date = MAY) -> Raw:
        """Insert two legs that balance."""
        days = {"charged": day, "concerns": day}
        return self.leg(0, giver, -steps, **days).leg(1, taker, steps, **days)


def put_in(session: Session, summary: Account, part: Account, *, known: datetime = AFTERWARDS) -> None:
    """Make an account a component of another: its link first, then the row that says so now."""
    insert_component(session, ends(summary, part), known=known)


def insert_component(session: Session, these: dict[str, UUID], *, known: datetime = AFTERWARDS) -> None:
    """The same by their keys, for a thread that must not touch the session the accounts are in."""
    insert_link(session, these, known=known)
    session.execute(insert(component).values(these))


def insert_link(session: Session, these: dict[str, UUID], *, known: datetime = AFTERWARDS) -> UUID:
    """Insert the link of a component alone."""
    version = uuid7()
    session.execute(
        insert(ComponentLink).values(
            version=version, id=version, known_from=known, known_to=UNTIL_CHANGED, **these
        )
    )
    return version


def ends(summary: Account, part: Account) -> dict[str, UUID]:
    """What a component is known by."""
    return {"ledger_id": summary.ledger_id, "summary_id": summary.id, "component_id": part.id}
