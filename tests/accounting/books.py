"""A ledger with the accounts of a small household, for the specifications of chapter 6."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from analysis_patterns.accounting import (
    Asset,
    DetailAccount,
    Draft,
    Equity,
    Expense,
    Income,
    Ledger,
    Liability,
    MemoAccount,
)
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.values import Money

JANUARY = date(1997, 1, 2)
MAY = date(1997, 5, 1)


def usd(amount: str | int) -> Money:
    """So many dollars."""
    return Money(amount, "USD")


@dataclass(frozen=True)
class Books:
    """The ledger, and its accounts by the names that the book uses."""

    ledger: Ledger
    checking: Asset
    card: Liability
    capital: Equity
    fees: Income
    airline: Expense
    tax: MemoAccount
    coffee: DetailAccount
    store: DetailAccount

    @classmethod
    def kept(cls, session: Session, name: str = "household") -> Books:
        """New books, stored in `session`."""
        ledger = Ledger(name=name)
        ledger.count_in("USD")
        ledger.count_in("t", places=3)
        books = cls(
            ledger,
            Asset(ledger=ledger, name="checking", unit="USD"),
            Liability(ledger=ledger, name="card", unit="USD"),
            Equity(ledger=ledger, name="capital", unit="USD"),
            Income(ledger=ledger, name="fees", unit="USD"),
            Expense(ledger=ledger, name="airline", unit="USD"),
            MemoAccount(ledger=ledger, name="tax liability", unit="USD"),
            DetailAccount(ledger=ledger, name="coffee in New York", unit="t"),
            DetailAccount(ledger=ledger, name="coffee in Boston", unit="t"),
        )
        session.add_all([ledger, *(getattr(books, field) for field in list(cls.__annotations__)[1:])])
        session.commit()
        return books

    def ticket(self, *, key: str | None = None, charged: date = MAY) -> Draft:
        """The book's air ticket of $500, from the card to the airline."""
        return Draft.transfer(
            usd(500),
            source=self.card,
            destination=self.airline,
            charged=charged,
            key=key,
            description="air ticket",
        )


def counted(session: Session, table: str) -> int:
    """How many rows a table has."""
    return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
