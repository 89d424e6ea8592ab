"""What the cases that keep books have in common: balances, explanations and totals as a reader wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime

from sqlalchemy import func, select

from ..accounting import Account, Entry, Ledger, Transaction
from ..accounting.explanation.derivation import Step
from ..patterns.constraint import ConstraintViolation
from ..patterns.persistence.session import Session
from ..site.case import Table

_INDENT = "\u2003"  # a page would run blanks together


def balances(
    caption: str, accounts: Iterable[Account], *, as_of: date, known_at: datetime | None = None
) -> Table:
    """The accounts with their balances at the end of a day."""
    rows = tuple((each.name, str(each.balance(as_of=as_of, known_at=known_at))) for each in accounts)
    return Table(caption, ("Account", "Balance"), rows)


def explained(caption: str, step: Step) -> Table:
    """Where a figure comes from, a line for each step, those further down further in."""
    rows = tuple((_INDENT * depth + each.statement, each.by) for depth, each in step.explanation().walk())
    return Table(caption, ("Figure", "By"), rows)


def transactions(session: Session, ledger: Ledger) -> int:
    """How many transactions a ledger has."""
    question = select(func.count()).select_from(Transaction).where(Transaction.ledger_id == ledger.id)
    return session.scalars(question).one()


def unbalanced(session: Session, ledger: Ledger) -> Iterator[Transaction]:
    """The transactions of a ledger whose entries do not sum to zero in each unit, memos aside."""
    uneven = (
        select(Entry.transaction_id)
        .where(Entry.ledger_id == ledger.id, Entry.memo.is_(False))
        .group_by(Entry.transaction_id, Entry.unit_code)
        .having(func.sum(Entry.steps) != 0)
    )
    yield from session.scalars(
        select(Transaction).where(Transaction.ledger_id == ledger.id, Transaction.id.in_(uneven))
    )


def attempted(session: Session, change: Callable[[], object]) -> str:
    """The name of the rule that refuses a change, or `admitted`; nothing of it stays either way."""
    try:
        with session.begin_nested() as tried:
            change()
            tried.rollback()
    except ConstraintViolation as refused:
        return refused.rule.name
    return "admitted"
