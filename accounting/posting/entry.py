"""One change of an account, and the entries it was made from (6.1 Account, 6.11 Sources of an Entry)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import ConstraintViolation, Layer, rule
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.session import is_to_be_written
from ...patterns.persistence.types import Instant, Key
from ...patterns.provenance import Explanation
from ...patterns.values.quantity import Quantity
from ..account.account import DetailAccount
from ..account.ledger import LARGEST, LedgerUnit

if TYPE_CHECKING:
    from .transaction import Transaction

BY_POSTING = rule(
    "entry.created-by-posting",
    pattern="6.2",
    says="Entries and transactions are made by posting, whole, never one by one.",
    layers=frozenset({Layer.FLUSH}),
)


POSTED = {"derived": False}
"""What posting writes is read only here, but no less stored."""


class EntryKey(NamedTuple):
    """Which entry it is, in its ledger: the `n`th leg of a transaction, counted from 0."""

    transaction_id: UUID
    n: int


source = Table(
    "accounting_source",
    Base.metadata,
    Column("ledger_id", Key, primary_key=True),
    Column("transaction_id", Key, primary_key=True),
    Column("source_transaction_id", Key, primary_key=True),
    Column("source_n", Integer, primary_key=True, autoincrement=False),
    ForeignKeyConstraint(
        ["ledger_id", "transaction_id"],
        ["accounting_transaction.ledger_id", "accounting_transaction.id"],
        name="fk_accounting_source_transaction",
        deferrable=True,
        initially="DEFERRED",
    ),
    ForeignKeyConstraint(
        ["ledger_id", "source_transaction_id", "source_n"],
        ["accounting_entry.ledger_id", "accounting_entry.transaction_id", "accounting_entry.n"],
        name="fk_accounting_source_entry",
    ),
    Index("ix_accounting_source_consequence", "ledger_id", "source_transaction_id", "source_n"),
)
"""Which entries a transaction was made from; the other way round, which consequences an entry had."""


class Entry(Base, init=False):
    """
    A change of one account.

    Shape:  one account and one transaction, of whose `legs` it is the `n`th. It happened on the day
            `charged`, was recorded at the instant `booked`, and `concerns` the day that it is about: the
            same as `charged`, unless it adjusts what lies in closed books.
    Units:  `steps` of the account's unit; a deposit is positive. `amount` is the same as a quantity.
    Errors: `ConstraintViolation` (`entry.created-by-posting`) where a session is asked to store one.
    Source: Analysis Patterns 6.1 (whenCharged, whenBooked) and 6.2.
    """

    __tablename__ = "accounting_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ledger_id", "transaction_id", "legs"],
            ["accounting_transaction.ledger_id", "accounting_transaction.id", "accounting_transaction.legs"],
            name="fk_accounting_entry_transaction",
            deferrable=True,
            initially="DEFERRED",
        ),
        ForeignKeyConstraint(
            ["ledger_id", "account_id", "unit_code", "memo"],
            [
                "accounting_account.ledger_id",
                "accounting_account.id",
                "accounting_account.unit_code",
                "accounting_account.memo",
            ],
            name="fk_accounting_entry_account",
        ),
        CheckConstraint("n >= 0 AND n < legs", name="leg"),
        CheckConstraint("steps <> 0", name="nonzero"),
        CheckConstraint(f"steps BETWEEN -{LARGEST} AND {LARGEST}", name="size"),
        Index("ix_accounting_entry_charged", "ledger_id", "account_id", "charged", "booked", "steps"),
        Index("ix_accounting_entry_booked", "ledger_id", "account_id", "booked", "charged", "steps"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.1"

    ledger_id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    legs: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[UUID]
    unit_code: Mapped[str] = mapped_column(String(255))
    steps: Mapped[int] = mapped_column(BigInteger)
    memo: Mapped[bool] = mapped_column(Boolean)
    charged: Mapped[date]
    booked: Mapped[datetime] = mapped_column(Instant)
    concerns: Mapped[date]
    # By their keys alone, so that what a session has loaded is not asked for again, entry by entry.
    account: Mapped[DetailAccount] = relationship(
        viewonly=True,
        info=POSTED,
        primaryjoin=lambda: Entry.account_id == DetailAccount.id,
        foreign_keys=lambda: [Entry.account_id],
    )
    unit: Mapped[LedgerUnit] = relationship(
        viewonly=True,
        info=POSTED,
        primaryjoin=lambda: (Entry.ledger_id == LedgerUnit.ledger_id) & (Entry.unit_code == LedgerUnit.code),
        foreign_keys=lambda: [Entry.ledger_id, Entry.unit_code],
    )
    transaction: Mapped[Transaction] = relationship(
        viewonly=True,
        info=POSTED,
        primaryjoin=(
            "and_(Entry.ledger_id == Transaction.ledger_id, Entry.transaction_id == Transaction.id)"
        ),
        foreign_keys="[Entry.ledger_id, Entry.transaction_id]",
    )
    sources: Mapped[list[Entry]] = relationship(
        viewonly=True,
        info=POSTED,
        secondary=source,
        primaryjoin=lambda: (
            (Entry.ledger_id == source.c.ledger_id) & (Entry.transaction_id == source.c.transaction_id)
        ),
        secondaryjoin=lambda: (
            (Entry.ledger_id == source.c.ledger_id)
            & (Entry.transaction_id == source.c.source_transaction_id)
            & (Entry.n == source.c.source_n)
        ),
    )

    @property
    def amount(self) -> Quantity:
        """What the account grew by."""
        return self.unit.quantity(self.steps)

    @property
    def key(self) -> EntryKey:
        """Which entry of its ledger this is."""
        return EntryKey(self.transaction_id, self.n)

    def explanation(self) -> Explanation:
        """Say by which rule and from what this entry was made; see `derivation_of`."""
        # What knows rules and practices knows entries already.
        from ..explanation.explanation import derivation_of  # noqa: PLC0415

        return derivation_of(self).explanation()

    def violations(self) -> Iterator[ConstraintViolation]:
        """An entry that a session would write was not made by posting, or would be changed."""
        if is_to_be_written(self):
            yield made_by_hand(self, "an entry")

    def __str__(self) -> str:
        return f"{self.amount} on {self.charged}"


def made_by_hand(made: object, what: str) -> ConstraintViolation:
    """The refusal of an entry or a transaction that a session would write."""
    return BY_POSTING.violation(
        made,
        found=f"{what} added to a session, or changed in it",
        allowed="transactions that are posted whole, and never changed afterwards",
        remedy="Call post(session, Draft(...)); to correct what was posted, reverse(session, transaction).",
    )
