"""What stands in an account, and what went in and out, on any day, as known at any time (6.1, 6.3, 6.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from ...patterns.catalogue import attach
from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.persistence.session import Session, session_of
from ...patterns.time.instant import BEGINNING
from ...patterns.time.period import Period
from ...patterns.values.quantity import Quantity
from ..account._known import known_by
from ..account.account import Account, DetailAccount
from ..posting.entry import Entry
from ._sums import DAY, Choice, covered_by, moved_chosen, moved_during, standing, steps_until
from .filter import read_filter
from .filter_kind import AccountFilter

ONE_UNIT = rule(
    "account.one-unit",
    pattern="6.3",
    says="A balance is in one unit; an account that counts several has a balance in each.",
)


@dataclass(frozen=True, slots=True)
class Turnover:
    """
    What became of an account over a period.

    Shape:  the balance it opened with, all `deposits` together, all `withdrawals` together, and the balance
            at the end: the `closing` is the sum of the three.
    Units:  all in one unit; withdrawals are negative. Struck pairs count in neither of the two.
    Source: Analysis Patterns 6.1.
    """

    opening: Quantity
    deposits: Quantity
    withdrawals: Quantity

    @property
    def change(self) -> Quantity:
        """What the account grew by."""
        return self.deposits + self.withdrawals

    @property
    def closing(self) -> Quantity:
        """The balance at the end of the period."""
        return self.opening + self.change


def balance(account: Account, *, as_of: date | None = None, known_at: datetime | None = None) -> Quantity:
    """
    The balance of an account at the end of a day, as known at an instant.

    Errors: `ConstraintViolation` (`account.one-unit`) where its entries are in several units: ask for
            `balances`.
    Source: Analysis Patterns 6.1.
    """
    session = session_of(account)
    return _only(
        account,
        steps_until(session, account, session.day(as_of), known_by(session, _ledger(account), known_at)),
    )


def balances(
    account: Account, *, as_of: date | None = None, known_at: datetime | None = None
) -> dict[str, Quantity]:
    """
    The balance of an account in each unit that it counts, by the codes of the units.

    Source: Analysis Patterns 6.3.
    """
    session = session_of(account)
    found = steps_until(session, account, session.day(as_of), known_by(session, _ledger(account), known_at))
    return {code: account.ledger.unit(code).quantity(steps) for code, steps in sorted(found.items())}


def balance_during(account: Account, period: Period, *, known_at: datetime | None = None) -> Quantity:
    """
    What an account grew by over a period.

    Errors: as for `balance`.
    Source: Analysis Patterns 6.9, `balanceChargedDuring`.
    """
    session = session_of(account)
    instant = known_by(session, _ledger(account), known_at)
    after = steps_until(session, account, period.end - DAY, instant)
    before = _steps_before(session, account, period.start, instant)
    return _only(account, {code: steps - before.get(code, 0) for code, steps in after.items()})


def balance_using(
    account: Account,
    filter: Choice,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Quantity:
    """
    The balance of those entries of an account that a filter chooses.

    Errors: as for `balance`.
    Source: Analysis Patterns 6.9, `balanceUsing`.
    """
    session = session_of(account)
    until = Entry.charged <= session.day(as_of)
    moved = moved_chosen(session, account, until, known_by(session, _ledger(account), known_at), filter)
    return _only(account, {code: each.deposits + each.withdrawals for code, each in moved.items()})


def deposits(account: Account, period: Period, *, known_at: datetime | None = None) -> Quantity:
    """
    All that went into an account over a period.

    Errors: as for `balance`.
    Source: Analysis Patterns 6.1.
    """
    session = session_of(account)
    moved = moved_during(session, account, period, known_by(session, _ledger(account), known_at))
    return _only(account, {code: each.deposits for code, each in moved.items()})


def withdrawals(account: Account, period: Period, *, known_at: datetime | None = None) -> Quantity:
    """
    All that went out of an account over a period.

    Units:  negative, as each withdrawal is.
    Errors: as for `balance`.
    Source: Analysis Patterns 6.1.
    """
    session = session_of(account)
    moved = moved_during(session, account, period, known_by(session, _ledger(account), known_at))
    return _only(account, {code: each.withdrawals for code, each in moved.items()})


def turnover(account: Account, period: Period, *, known_at: datetime | None = None) -> Turnover:
    """
    The opening balance of an account, and what went in and out over a period.

    Errors: as for `balance`.
    """
    session = session_of(account)
    instant = known_by(session, _ledger(account), known_at)
    moved = moved_during(session, account, period, instant)
    before = _steps_before(session, account, period.start, instant)
    return Turnover(
        opening=_only(account, {code: before.get(code, 0) for code in moved}),
        deposits=_only(account, {code: each.deposits for code, each in moved.items()}),
        withdrawals=_only(account, {code: each.withdrawals for code, each in moved.items()}),
    )


def entries(
    account: Account,
    filter: Choice | None = None,
    *,
    period: Period | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
    struck: bool = False,
) -> list[Entry]:
    """
    The entries of an account, those below a summary account each once, in the order they were charged.

    Shape:  those charged during `period`, or up to the end of the day `as_of`; of them, those that `filter`
            chooses. A transaction that was replaced and the one that struck it out are left out, unless
            `struck` asks for them.
    Source: Analysis Patterns 6.1, 6.3 and 6.9.
    """
    session = session_of(account)
    instant = known_by(session, _ledger(account), known_at)
    question = entries_of(account, known_at=instant, struck=struck)
    if period is not None:
        question = question.where(Entry.charged >= period.start, Entry.charged < period.end)
    if period is None or as_of is not None:
        question = question.where(Entry.charged <= session.day(as_of))
    if filter is not None:
        question = question.where(filter.condition(account.ledger, instant))
    order = (Entry.charged, Entry.booked, Entry.transaction_id, Entry.n)
    return list(session.scalars(question.order_by(*order)))


def entries_of(
    account: Account, *, known_at: datetime | ColumnElement[datetime], struck: bool = False
) -> Select[Any]:
    """The entries of an account, and of what lay below it, as known at an instant: to compose with."""
    question = select(Entry).where(covered_by(account, known_at), Entry.booked <= known_at)
    return question if struck else question.where(standing(known_at))


def _ledger(account: Account) -> UUID:
    return account.ledger_id or account.ledger.id


def _steps_before(session: Session, account: Account, day: date, known_at: datetime) -> Mapping[str, int]:
    return {} if day == BEGINNING else steps_until(session, account, day - DAY, known_at)


def _only(account: Account, found: Mapping[str, int]) -> Quantity:
    if len(found) == 1:
        ((code, steps),) = found.items()
        if isinstance(account, DetailAccount):
            return account.unit.quantity(steps)
        return account.ledger.unit(code).quantity(steps)
    raise _not_one_unit(account, found)


def _not_one_unit(account: Account, found: Mapping[str, int]) -> ConstraintViolation:
    return ONE_UNIT.violation(
        account,
        found=f"{account}, which counts in {', '.join(sorted(found)) or 'no unit, having no detail account'}",
        allowed="an account that counts in one unit",
        remedy="Ask for its balances(), or for the balance of a component.",
    )


attach(
    "6.9",
    types=(AccountFilter, Turnover),
    behaviours=(entries, balance_using, balance_during, deposits, withdrawals, turnover, read_filter),
    figure="analysis_patterns.accounting.choosing.filter_kind",
    when_not="For a handful of entries, ask for all of them and choose in Python. The few questions that are "
    "asked every day, such as what went in over a month, have operations of their own.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting import Amounting, Asset, Charged, Draft, Income, Ledger, post
>>> from analysis_patterns.patterns import Money, Period, create_engine, sessions
>>> from analysis_patterns.patterns.persistence.base import Base
>>> ledger = Ledger(name="consultant")
>>> dollars = ledger.count_in("USD")
>>> checking = Asset(ledger=ledger, name="checking", unit="USD")
>>> fees = Income(ledger=ledger, name="fees", unit="USD")
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> with sessions(engine)() as session:
...     session.add_all([checking, fees])
...     session.commit()
...     for month, amount in ((1, 2000), (2, 3000), (3, 3000), (4, 250)):
...         _ = post(session, Draft.transfer(
...             Money(amount, "USD"), source=fees, destination=checking, charged=date(1997, month, 1)))
...     large = Amounting.at_least(Money(1000, "USD")) & Charged(period=Period(date(1997, 2, 1)))
...     print(checking.balance_using(large), [str(entry.amount) for entry in checking.entries(large)])
6000.00 USD ['3000.00 USD', '3000.00 USD']
""",
)


attach(
    "6.1",
    types=(Account, DetailAccount, Entry),
    behaviours=(balance, deposits, withdrawals),
    figure="analysis_patterns.accounting.account.account:DetailAccount",
    when_not="Where nobody asks how a quantity came to be what it is, an attribute will do, or a measurement "
    "(3.4) where it is merely read off from time to time.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting import Asset, Draft, Income, Ledger, post_all
>>> from analysis_patterns.patterns import Base, Money, create_engine, sessions
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> ledger = Ledger(name="books")
>>> _ = ledger.count_in("USD")
>>> checking = Asset(ledger=ledger, name="checking", unit="USD")
>>> fees = Income(ledger=ledger, name="fees", unit="USD")
>>> with sessions(engine)() as session:
...     session.add_all([ledger, checking, fees])
...     _ = post_all(session, [Draft.transfer(
...         Money(20, "USD"), source=fees, destination=checking, charged=date(1997, 5, day))
...         for day in (1, 2)])
...     print(checking.balance(as_of=date(1997, 5, 1)), checking.balance(as_of=date(1997, 5, 2)))
20.00 USD 40.00 USD
""",
)
