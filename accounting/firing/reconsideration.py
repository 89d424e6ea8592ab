"""That the past was looked at again, and whose share each difference is (Retroactive Event)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.constraint import DATABASES, ConstraintViolation, Layer, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.session import is_to_be_written, session_of
from ...patterns.persistence.types import Instant
from ..account.ledger import LARGEST, Ledger
from ..posting.entry import Entry
from ..rule.posting_rule import PostingRule

_TABLE = "accounting_reconsideration"
_SHARE = "accounting_share"
_CONSIDERED = "accounting_considered"

APPEND_ONLY = rule(
    "reconsideration.append-only",
    pattern="6.11",
    says="That something was reconsidered, and what came of it, is never changed or deleted.",
    layers=DATABASES | {Layer.FLUSH},
)
SHARES = rule(
    "reconsideration.shares",
    pattern="6.11",
    says="A reconsideration comes last, when the shares of what it posted for several events add up to it.",
    layers=DATABASES,
    guards=("fk_accounting_share_reconsideration",),
)


class Reconsideration(Base, init=False):
    """
    One look at the past: what changed retroactively is followed up, all of it at one instant.

    Shape:  one ledger, the instant, and what it was `because` of; shares, where one difference was posted
            for several events or transactions together.
    Source: Fowler's Retroactive Event; that differences are joined is ours.
    """

    __tablename__ = _TABLE
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.11"

    ledger_id: Mapped[UUID] = mapped_column(ForeignKey(Ledger.id), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    because: Mapped[str] = mapped_column(String(2000))
    ledger: Mapped[Ledger] = relationship(viewonly=True)
    shares: Mapped[list[Share]] = relationship(
        viewonly=True, order_by=lambda: Share.n, info={"multiplicity": "0..*"}
    )

    def entries(self) -> list[Entry]:
        """The entries that were posted with it: all that its ledger booked at that instant."""
        booked = (Entry.ledger_id == self.ledger_id, Entry.booked == self.at)
        question = select(Entry).where(*booked).order_by(Entry.transaction_id, Entry.n)
        return list(session_of(self).scalars(question))

    def violations(self) -> Iterator[ConstraintViolation]:
        """A session would write a reconsideration by hand, or change it."""
        if is_to_be_written(self):
            yield _by_hand(self, "a reconsideration")

    def __str__(self) -> str:
        return self.because


class Share(Base, init=False):
    """
    What one event, one base transaction or one period has of a difference that was posted for several.

    Shape:  the `event_id` of the first report of an event, the `root_id` of a base transaction, or the
            `totalled_id` of the account that a rule per period totalled from the day `start`; the rule, the
            account and the day concerned; the transaction, none where the shares cancel out.
    Units:  `steps` of the account's unit; a deposit is positive.
    Source: not in the papers: they keep an entry per event. Shares keep one entry for all, and each
            one's part in it, so that the next change is reckoned from what really stands.
    """

    __tablename__ = _SHARE
    __table_args__ = (
        ForeignKeyConstraint(
            ["ledger_id", "reconsideration_id"],
            ["accounting_reconsideration.ledger_id", "accounting_reconsideration.id"],
            name="fk_accounting_share_reconsideration",
            deferrable=True,
            initially="DEFERRED",
        ),
        ForeignKeyConstraint(
            ["ledger_id", "event_id"],
            ["accounting_event.ledger_id", "accounting_event.id"],
            name="fk_accounting_share_event",
        ),
        ForeignKeyConstraint(
            ["ledger_id", "root_id"],
            ["accounting_transaction.ledger_id", "accounting_transaction.id"],
            name="fk_accounting_share_root",
        ),
        ForeignKeyConstraint(
            ["ledger_id", "transaction_id"],
            ["accounting_transaction.ledger_id", "accounting_transaction.id"],
            name="fk_accounting_share_transaction",
        ),
        ForeignKeyConstraint(
            ["ledger_id", "account_id"],
            ["accounting_account.ledger_id", "accounting_account.id"],
            name="fk_accounting_share_account",
        ),
        ForeignKeyConstraint(
            ["ledger_id", "totalled_id"],
            ["accounting_account.ledger_id", "accounting_account.id"],
            name="fk_accounting_share_totalled",
        ),
        CheckConstraint(
            "(CASE WHEN event_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN root_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN totalled_id IS NULL THEN 0 ELSE 1 END) = 1 "
            "AND (totalled_id IS NULL) = (start IS NULL)",
            name="of_one",
        ),
        CheckConstraint(f"steps <> 0 AND steps BETWEEN -{LARGEST} AND {LARGEST}", name="size"),
        Index(f"ix_{_SHARE}_event", "ledger_id", "event_id"),
        Index(f"ix_{_SHARE}_root", "ledger_id", "root_id"),
        Index(f"ix_{_SHARE}_totalled", "ledger_id", "totalled_id", "rule_id", "start"),
        Index(f"ix_{_SHARE}_transaction", "ledger_id", "transaction_id"),
        Index(f"ix_{_SHARE}_account", "ledger_id", "account_id", "concerns"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.11"

    ledger_id: Mapped[UUID] = mapped_column(primary_key=True)
    reconsideration_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[UUID | None] = mapped_column()
    root_id: Mapped[UUID | None] = mapped_column()
    totalled_id: Mapped[UUID | None] = mapped_column()
    start: Mapped[date | None] = mapped_column()
    rule_id: Mapped[UUID] = mapped_column(ForeignKey(PostingRule.id))
    account_id: Mapped[UUID] = mapped_column()
    concerns: Mapped[date]
    steps: Mapped[int] = mapped_column(BigInteger)
    transaction_id: Mapped[UUID | None] = mapped_column()
    reconsideration: Mapped[Reconsideration] = relationship(viewonly=True)

    def violations(self) -> Iterator[ConstraintViolation]:
        """A session would write a share by hand, or change it."""
        if is_to_be_written(self):
            yield _by_hand(self, "a share")

    def __str__(self) -> str:
        return f"{self.steps} steps concerning {self.concerns}"


class Considered(Base, init=False):
    """
    That a ledger's past was looked at again because of a version of something, as it was known then.

    Shape:  the `version`; `was_withdrawn` where it was not believed any more. The first look at it is kept.
    Source: ours: who changed something first may commit last, so that no instant parts what was followed
            up from what was not.
    """

    __tablename__ = _CONSIDERED
    __table_args__ = (
        ForeignKeyConstraint(
            ["ledger_id", "reconsideration_id"],
            ["accounting_reconsideration.ledger_id", "accounting_reconsideration.id"],
            name=f"fk_{_CONSIDERED}_reconsideration",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.11"

    ledger_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[UUID] = mapped_column(primary_key=True)
    was_withdrawn: Mapped[bool] = mapped_column(primary_key=True)
    reconsideration_id: Mapped[UUID] = mapped_column()
    reconsideration: Mapped[Reconsideration] = relationship(viewonly=True)

    def violations(self) -> Iterator[ConstraintViolation]:
        """A session would write by hand that something was looked at, or change it."""
        if is_to_be_written(self):
            yield _by_hand(self, "what was looked at")

    def __str__(self) -> str:
        return f"{self.version}{', withdrawn' if self.was_withdrawn else ''}"


def _by_hand(made: object, what: str) -> ConstraintViolation:
    return APPEND_ONLY.violation(
        made,
        found=f"{what} added to a session, or changed in it",
        allowed="what reconsidering leaves behind",
        remedy="Call reconsider(session, ledger, ...).",
        layer=Layer.FLUSH,
    )


_OWN = f"FROM {_SHARE} s WHERE s.ledger_id = {{row}}.ledger_id AND s.reconsideration_id = {{row}}.id"
# Shares without a transaction are of what cancels out: together they come to nothing.
_AMISS = (
    "EXISTS (SELECT 1 FROM ("
    f"SELECT s.transaction_id AS t, s.account_id AS a, s.concerns AS c, s.steps AS x {_OWN} "
    "UNION ALL SELECT e.transaction_id, e.account_id, e.concerns, -e.steps FROM accounting_entry e "
    f"WHERE e.ledger_id = {{row}}.ledger_id AND e.transaction_id IN (SELECT s.transaction_id {_OWN})"
    ") together GROUP BY t, a, c HAVING sum(x) <> 0)"
)


only_added(Reconsideration, APPEND_ONLY)
only_added(Share, APPEND_ONLY)
only_added(Considered, APPEND_ONLY)
guard(
    Reconsideration.__table__,  # type: ignore[arg-type]
    refuse_when(
        SHARES, _TABLE, "INSERT", lambda row: _AMISS.format(row=row),
        because="shares that do not add up to the entries they are shares of",
    ),
)  # fmt: skip
guard(
    Share.__table__,  # type: ignore[arg-type]
    refuse_when(
        SHARES, _SHARE, "INSERT",
        lambda row: (
            f"EXISTS (SELECT 1 FROM {_TABLE} r WHERE r.ledger_id = {row}.ledger_id "
            f"AND r.id = {row}.reconsideration_id)"
        ),
        because="a share of what is complete already",
    ),
)  # fmt: skip
