"""A movement that links entries which sum to zero (6.2 Transactions)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import Enum as EnumColumn
from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    TextClause,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.session import is_to_be_written
from ...patterns.persistence.types import Instant
from ..account.ledger import Ledger
from ..event.event import AccountingEvent
from ..rule.posting_rule import RuleTerms
from .entry import POSTED, Entry, made_by_hand, source


def _set(column: str) -> TextClause:
    return text(f"{column} IS NOT NULL")


class Adjustment(Enum):
    """The three ways in which a transaction can put right what others posted (Accounting Patterns)."""

    REVERSAL = "reversal"
    DIFFERENCE = "difference"
    REPLACEMENT = "replacement"


class Transaction(Base, init=False):
    """
    A movement between accounts, from which nothing leaks.

    Shape:  one to many entries, all of one ledger; those that are no memo sum to zero in each unit. It may
            name the `creator` that made it (the version of a rule's terms) and the `sources`, the entries
            that it was made from (6.11), the `event` or the `root` transaction that it follows from,
            the transaction that it reverses, and what kind of adjustment it is.
    Errors: `ConstraintViolation` (`entry.created-by-posting`) where a session is asked to store one.
    Source: Analysis Patterns 6.2 and 6.11. `key` is the caller's own, so that the same posting sent twice
            is made once; `digest` tells whether the two say the same.
    """

    __tablename__ = "accounting_transaction"
    __table_args__ = (
        # The order of the columns is that of the entries' foreign key.
        UniqueConstraint("ledger_id", "id", "legs"),
        UniqueConstraint("ledger_id", "key"),
        ForeignKeyConstraint(
            ["ledger_id", "event_id"],
            ["accounting_event.ledger_id", "accounting_event.id"],
            name="fk_accounting_transaction_event",
        ),
        ForeignKeyConstraint(
            ["ledger_id", "root_id"],
            ["accounting_transaction.ledger_id", "accounting_transaction.id"],
            name="fk_accounting_transaction_root",
        ),
        ForeignKeyConstraint(
            ["ledger_id", "reverses_id"],
            ["accounting_transaction.ledger_id", "accounting_transaction.id"],
            name="fk_accounting_transaction_reverses",
        ),
        Index(
            "uq_accounting_transaction_reverses",
            "ledger_id",
            "reverses_id",
            unique=True,
            sqlite_where=_set("reverses_id"),
            postgresql_where=_set("reverses_id"),
        ),
        Index(
            "ix_accounting_transaction_root",
            "ledger_id",
            "root_id",
            sqlite_where=_set("root_id"),
            postgresql_where=_set("root_id"),
        ),
        Index(
            "ix_accounting_transaction_event",
            "ledger_id",
            "event_id",
            sqlite_where=_set("event_id"),
            postgresql_where=_set("event_id"),
        ),
        Index(
            "ix_accounting_transaction_creator",
            "creator_id",
            sqlite_where=_set("creator_id"),
            postgresql_where=_set("creator_id"),
        ),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.2"

    ledger_id: Mapped[UUID] = mapped_column(ForeignKey(Ledger.id), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    legs: Mapped[int] = mapped_column(Integer)
    booked: Mapped[datetime] = mapped_column(Instant)
    key: Mapped[str | None] = mapped_column(String(200))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), info={"figure": False})
    description: Mapped[str] = mapped_column(String(2000))
    creator_id: Mapped[UUID | None] = mapped_column(ForeignKey(RuleTerms.version))
    event_id: Mapped[UUID | None] = mapped_column()
    root_id: Mapped[UUID | None] = mapped_column()
    reverses_id: Mapped[UUID | None] = mapped_column()
    adjustment: Mapped[Adjustment | None] = mapped_column(
        EnumColumn(
            Adjustment,
            native_enum=False,
            length=11,
            values_callable=lambda each: [kind.value for kind in each],
        )
    )
    ledger: Mapped[Ledger] = relationship(viewonly=True, info=POSTED)
    entries: Mapped[list[Entry]] = relationship(
        viewonly=True, back_populates="transaction", order_by=Entry.n, info=POSTED | {"multiplicity": "1..*"}
    )
    creator: Mapped[RuleTerms | None] = relationship(viewonly=True, info=POSTED)
    event: Mapped[AccountingEvent | None] = relationship(viewonly=True, overlaps="ledger", info=POSTED)
    reverses: Mapped[Transaction | None] = relationship(
        viewonly=True,
        info=POSTED,
        foreign_keys=lambda: [Transaction.ledger_id, Transaction.reverses_id],
        remote_side=lambda: [Transaction.ledger_id, Transaction.id],
    )
    sources: Mapped[list[Entry]] = relationship(
        viewonly=True,
        info=POSTED,
        secondary=source,
        primaryjoin=lambda: (
            (Transaction.ledger_id == source.c.ledger_id) & (Transaction.id == source.c.transaction_id)
        ),
        secondaryjoin=lambda: (
            (Entry.ledger_id == source.c.ledger_id)
            & (Entry.transaction_id == source.c.source_transaction_id)
            & (Entry.n == source.c.source_n)
        ),
    )

    def violations(self) -> Iterator[ConstraintViolation]:
        """A transaction that a session would write was not made by posting, or would be changed."""
        if is_to_be_written(self):
            yield made_by_hand(self, "a transaction")

    def __str__(self) -> str:
        return self.description or f"transaction of {self.booked:%Y-%m-%d}"
