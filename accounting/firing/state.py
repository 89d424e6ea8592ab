"""What each mode of firing processed last, kept with what it posted (6.7)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Table

from ...patterns.constraint import DATABASES, rule
from ...patterns.persistence.base import Base
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.types import Instant, Key
from .books import Mode

FORWARD = rule(
    "firing.forward",
    pattern="6.7",
    says="What a mode of firing has processed once, it does not take for new again.",
    layers=DATABASES,
)


def _ledger() -> Column[UUID]:
    return Column("ledger_id", Key, ForeignKey("accounting_ledger.id"), primary_key=True)


def _account(table: str) -> tuple[Column[UUID], ForeignKeyConstraint]:
    account = ForeignKeyConstraint(
        ["ledger_id", "account_id"],
        ["accounting_account.ledger_id", "accounting_account.id"],
        name=f"fk_{table}_account",
    )
    return Column("account_id", Key, primary_key=True), account


def _rule() -> Column[UUID]:
    return Column("rule_id", Key, ForeignKey("accounting_posting_rule.id"), primary_key=True)


def _reached() -> Column[datetime]:
    return Column("reached", Instant, nullable=False)


eager = Table("accounting_firing_eager", Base.metadata, _ledger(), _reached())
"""The instant up to which the eager mode has caught up."""

eager_fired = Table(
    "accounting_firing_eager_fired",
    Base.metadata,
    _ledger(),
    Column("transaction_id", Key, primary_key=True),
    ForeignKeyConstraint(
        ["ledger_id", "transaction_id"],
        ["accounting_transaction.ledger_id", "accounting_transaction.id"],
        name="fk_accounting_firing_eager_fired_transaction",
    ),
)
"""The transactions after that instant whose consequences were posted with them."""

account_based = Table(
    "accounting_firing_account",
    Base.metadata,
    _ledger(),
    *_account("accounting_firing_account"),
    _reached(),
)
"""The instant up to which each account is processed."""

rule_based = Table("accounting_firing_rule", Base.metadata, _ledger(), _rule(), _reached())
"""The instant up to which each rule has read."""

backward_chained = Table(
    "accounting_firing_backward",
    Base.metadata,
    _ledger(),
    _rule(),
    *_account("accounting_firing_backward"),
    _reached(),
)
"""The instant up to which each rule has read each account, where balances are updated when asked."""

STATES = {
    Mode.EAGER: eager,
    Mode.ACCOUNT_BASED: account_based,
    Mode.RULE_BASED: rule_based,
    Mode.BACKWARD_CHAINED: backward_chained,
}

for _table in STATES.values():
    guard(
        _table,
        refuse_when(
            FORWARD, _table.name, "UPDATE",
            lambda _row: "NEW.reached < OLD.reached",
            because="an instant before the one that was reached",
        ),
    )  # fmt: skip
