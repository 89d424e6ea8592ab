"""What happened in one account over a period, with its running balance (6.1, 6.12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from ...patterns.persistence.session import Session, session_of
from ...patterns.time.instant import BEGINNING
from ...patterns.time.period import Period
from ...patterns.values.quantity import Quantity
from ..account._known import known_by
from ..account.account import Account, DetailAccount
from ..account.component_link import lying_below
from ..choosing._sums import steps_until
from ..choosing.balance import entries
from ..posting.entry import Entry
from .statement import TURNED, Totals

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry on an account's statement, and the balance of its unit after it, in the statement's sign."""

    entry: Entry
    amount: Quantity
    balance: Quantity


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """
    What happened in an account over a period, as known at an instant.

    Shape:  `opening` and `closing` balance of each unit, and between them the entries in the order they were
            charged, those below a summary account each once.
    Units:  turned, all of it, for liabilities, equity and income, and for a summary of nothing else.
    """

    account: Account
    period: Period
    known_at: datetime
    opening: Totals
    movements: tuple[Movement, ...]
    closing: Totals
    is_turned: bool

    @property
    def adds_up(self) -> bool:
        """Whether the opening balance and the entries make up the closing balance, in each unit."""
        moved: dict[str, Quantity] = dict(self.opening)
        for each in self.movements:
            moved[each.entry.unit_code] = moved[each.entry.unit_code] + each.amount
        return moved == dict(self.closing)


def account_statement(
    account: Account, period: Period, *, known_at: datetime | None = None, struck: bool = False
) -> AccountStatement:
    """
    Tell what happened in an account over a period: opening balance, entries, running and closing balance.

    Shape:  a transaction that was replaced, and the one that struck it out, are left out, unless `struck`.
    Source: Analysis Patterns 6.1 and 6.9.
    """
    session = session_of(account)
    instant = known_by(session, account.ledger_id, known_at)
    sign = -1 if _is_turned(session, account, instant) else 1

    def standing(day: date) -> dict[str, int]:
        return {unit: sign * steps for unit, steps in steps_until(session, account, day, instant).items()}

    closing = standing(period.end - _DAY)
    opening = standing(period.start - _DAY) if period.start > BEGINNING else dict.fromkeys(closing, 0)
    running, movements = dict(opening), []
    units = {each.code: each for each in account.ledger.units}
    for entry in entries(account, period=period, known_at=instant, struck=struck):
        unit, steps = entry.unit_code, sign * entry.steps
        running[unit] += steps
        movements.append(Movement(entry, units[unit].quantity(steps), units[unit].quantity(running[unit])))
    return AccountStatement(
        account,
        period,
        instant,
        {unit: units[unit].quantity(steps) for unit, steps in sorted(opening.items())},
        tuple(movements),
        {unit: units[unit].quantity(steps) for unit, steps in sorted(closing.items())},
        sign < 0,
    )


def _is_turned(session: Session, account: Account, known_at: datetime) -> bool:
    if isinstance(account, DetailAccount):
        return isinstance(account, TURNED)
    keys = lying_below(account.ledger_id, known_at, Account.id == account.id)
    below = session.scalars(select(DetailAccount).where(DetailAccount.id.in_(keys))).all()
    return bool(below) and all(isinstance(each, TURNED) for each in below)
