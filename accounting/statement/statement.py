"""What the books say as a whole: trial balance, balance sheet and income statement (6.12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from ...patterns.catalogue import attach
from ...patterns.persistence.seek import key_of
from ...patterns.persistence.session import Session, session_of
from ...patterns.time.instant import BEGINNING
from ...patterns.time.period import Period
from ...patterns.values.quantity import Quantity
from ..account._known import known_by
from ..account.account import Account, DetailAccount
from ..account.component_link import ALL_BELOW_AS_KNOWN, changed_since
from ..account.ledger import Ledger
from ..account.summary import SummaryAccount
from ..posting._standing import ask, questions, steps_of_each
from .statement_account import (
    Asset,
    BalanceSheetAccount,
    Equity,
    Expense,
    Income,
    IncomeStatementAccount,
    Liability,
)

Totals = Mapping[str, Quantity]
"""An amount in each unit, by the units' codes."""

TURNED = (Liability, Equity, Income)
"""The accounts whose balances are normally negative, and are presented the other way round."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """
    What one account comes to, in one unit.

    Units:  `amount` as it is booked, a deposit positive; `shown` as it is presented: the other way round for
            liabilities, equity and income, whose balances are normally negative.
    """

    account: Account
    unit: str
    amount: Quantity
    is_turned: bool

    @property
    def shown(self) -> Quantity:
        """The amount with the sign that a reader expects."""
        return -self.amount if self.is_turned else self.amount

    @property
    def is_counted(self) -> bool:
        """Whether it is part of a total: neither a roll-up of other lines nor a memo."""
        return isinstance(self.account, DetailAccount) and not self.account.memo


@dataclass(frozen=True, slots=True)
class Section:
    """
    Accounts of one kind, and what they come to together in each unit.

    Units:  `totals` with the sign that a reader expects.
    """

    name: str
    lines: tuple[Line, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """
    The balance of every account at the end of a day, as known at an instant.

    Shape:  a line for each account and unit, by the accounts' names; a summary account has the sum of all
            that lies below it, each account once. `totals` sum the accounts that take entries, memos aside.
            `orphans` counts, where that was asked for, the entries that no transaction stands behind.
    """

    ledger: Ledger
    as_of: date
    known_at: datetime
    lines: tuple[Line, ...]
    totals: Totals
    orphans: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether nothing leaked: the accounts sum to zero in each unit, and no entry was found alone."""
        return not self.orphans and not any(total.amount for total in self.totals.values())

    def line(self, account: Account, unit: str | None = None) -> Line:
        """
        The line of an account, in the unit asked for or its only one.

        Errors: `LookupError` where there is no such line, or more than one.
        """
        found = [each for each in self.lines if each.account is account and unit in (None, each.unit)]
        if len(found) != 1:
            raise LookupError(f"{account} has {len(found)} lines in this trial balance")
        return found[0]


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """
    What is owned and what is owed at the end of a day, as known at an instant.

    Shape:  `result` is what was earned less what was spent, ever since the ledger began: income and expenses
            are not moved to equity by a close. `unclassified` are accounts that are none of the five kinds.
    Units:  each section with the sign that a reader expects; assets = liabilities + equity + result.
    Source: Analysis Patterns 6.12.
    """

    ledger: Ledger
    as_of: date
    known_at: datetime
    assets: Section
    liabilities: Section
    equity: Section
    unclassified: Section
    result: Totals

    @property
    def difference(self) -> Totals:
        """Assets less liabilities, equity and result, where that is not zero: what is left unclassified."""
        claims = (self.liabilities.totals, self.equity.totals, self.result)
        left = _sum([self.assets.totals, *(_negated(each) for each in claims)])
        return {unit: total for unit, total in left.items() if total.amount}

    @property
    def adds_up(self) -> bool:
        """Whether assets = liabilities + equity + result in each unit."""
        return not self.difference


@dataclass(frozen=True, slots=True)
class IncomeStatement:
    """
    What was earned and spent over a period, as known at an instant.

    Units:  income and expenses are both shown positive; `result` is the one less the other.
    Source: Analysis Patterns 6.12.
    """

    ledger: Ledger
    period: Period
    known_at: datetime
    income: Section
    expenses: Section

    @property
    def result(self) -> Totals:
        """What was earned less what was spent."""
        return _sum([self.income.totals, _negated(self.expenses.totals)])


def trial_balance(
    ledger: Ledger,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    entry_by_entry: bool = False,
) -> TrialBalance:
    """
    Tell the balance of every account of a ledger, rolled up over its summary accounts.

    Shape:  one statement for all balances, however many accounts there are. `entry_by_entry`, every entry is
            looked at for its transaction too, which a client of SQLite that leaves foreign keys off can omit:
            even two that cancel out do not add up then.
    Source: Analysis Patterns 6.3 and 6.12.
    """
    session = session_of(ledger)
    day, instant = session.day(as_of), known_by(session, ledger.id, known_at)
    lines = _lines(session, ledger, _standing(session, ledger, day, instant))
    rolled_up = _rolled_up(session, ledger, lines, instant)
    return TrialBalance(
        ledger,
        day,
        instant,
        tuple(sorted([*lines, *rolled_up], key=lambda line: (line.account.name, line.unit))),
        _sum({line.unit: line.amount} for line in lines if line.is_counted),
        _orphans(session, ledger, day, instant) if entry_by_entry else 0,
    )


def balance_sheet(
    ledger: Ledger, *, as_of: date | None = None, known_at: datetime | None = None
) -> BalanceSheet:
    """
    Tell what is owned and what is owed, and the result that lies between.

    Source: Analysis Patterns 6.12.
    """
    session = session_of(ledger)
    day, instant = session.day(as_of), known_by(session, ledger.id, known_at)
    lines = _lines(session, ledger, _standing(session, ledger, day, instant))
    known = (Asset, Liability, Equity, Income, Expense)
    earned = _section("income", lines, Income)
    spent = _section("expenses", lines, Expense)
    return BalanceSheet(
        ledger,
        day,
        instant,
        _section("assets", lines, Asset),
        _section("liabilities", lines, Liability),
        _section("equity", lines, Equity),
        _section_of("unclassified", [line for line in lines if not isinstance(line.account, known)]),
        _sum([earned.totals, _negated(spent.totals)]),
    )


def income_statement(ledger: Ledger, period: Period, *, known_at: datetime | None = None) -> IncomeStatement:
    """
    Tell what was earned and spent over a period.

    Source: Analysis Patterns 6.12.
    """
    session = session_of(ledger)
    instant = known_by(session, ledger.id, known_at)
    after = _standing(session, ledger, period.end - _DAY, instant)
    if period.start > BEGINNING:
        before = _standing(session, ledger, period.start - _DAY, instant)
        after = {key: steps - before.get(key, 0) for key, steps in after.items()}
    lines = _lines(session, ledger, after)
    return IncomeStatement(
        ledger,
        period,
        instant,
        _section("income", lines, Income),
        _section("expenses", lines, Expense),
    )


def _standing(session: Session, ledger: Ledger, as_of: date, known_at: datetime) -> dict[UUID, int]:
    return steps_of_each(session, {"ledger": ledger.id, "as_of": as_of, "known_at": known_at})


_ALONE = questions(
    "SELECT count(*) FROM accounting_entry e WHERE e.ledger_id = :ledger AND e.charged <= :as_of "
    "AND e.booked <= :known_at AND NOT EXISTS (SELECT 1 FROM accounting_transaction t "
    "WHERE t.ledger_id = e.ledger_id AND t.id = e.transaction_id)"
)


def _orphans(session: Session, ledger: Ledger, as_of: date, known_at: datetime) -> int:
    wanted = {"ledger": ledger.id, "as_of": as_of, "known_at": known_at}
    ((orphans,),) = ask(session, _ALONE, wanted)
    return int(orphans)


def _quantities(ledger: Ledger) -> Callable[[str, int], Quantity]:
    units = {each.code: each for each in ledger.units}
    return lambda unit, steps: units[unit].quantity(steps)


def _lines(session: Session, ledger: Ledger, steps: Mapping[UUID, int]) -> list[Line]:
    quantity = _quantities(ledger)
    accounts = session.scalars(
        select(DetailAccount).where(DetailAccount.ledger_id == ledger.id).order_by(DetailAccount.name)
    )
    return [
        Line(
            account,
            account.unit_code or "",
            quantity(account.unit_code or "", steps.get(account.id, 0)),
            isinstance(account, TURNED),
        )
        for account in accounts
    ]


_BELOW = questions(
    "SELECT c.summary_id, c.component_id FROM accounting_account_closure c "
    "WHERE c.ledger_id = :ledger AND c.summary_id <> c.component_id"
)
_BELOW_THEN = questions(ALL_BELOW_AS_KNOWN)


def _rolled_up(session: Session, ledger: Ledger, lines: Iterable[Line], known_at: datetime) -> list[Line]:
    summaries = {
        each.id: each
        for each in session.scalars(select(SummaryAccount).where(SummaryAccount.ledger_id == ledger.id))
    }
    own = {line.account.id: line for line in lines}
    below: dict[tuple[UUID, str], list[Line]] = {}
    then = changed_since(session, ledger.id, known_at)
    asked = _BELOW_THEN if then else _BELOW
    for summary, component in ask(session, asked, {"ledger": ledger.id, "known_at": known_at}):
        line = own.get(key_of(component))
        if line is not None:
            below.setdefault((key_of(summary), line.unit), []).append(line)
    return [
        Line(
            summaries[summary],
            unit,
            _sum({unit: each.amount} for each in parts)[unit],
            all(each.is_turned for each in parts),
        )
        for (summary, unit), parts in below.items()
    ]


def _section(name: str, lines: Iterable[Line], kind: type[Account]) -> Section:
    return _section_of(name, [line for line in lines if isinstance(line.account, kind)])


def _section_of(name: str, lines: list[Line]) -> Section:
    counted = [line for line in lines if line.is_counted]
    return Section(name, tuple(counted), _sum({line.unit: line.shown} for line in counted))


def _sum(totals: Iterable[Totals]) -> dict[str, Quantity]:
    result: dict[str, Quantity] = {}
    for each in totals:
        for unit, amount in each.items():
            result[unit] = result[unit] + amount if unit in result else amount
    return dict(sorted(result.items()))


def _negated(totals: Totals) -> Totals:
    return {unit: -amount for unit, amount in totals.items()}


attach(
    "6.12",
    types=(BalanceSheetAccount, Asset, Liability, Equity, IncomeStatementAccount, Income, Expense),
    behaviours=(trial_balance, balance_sheet, income_statement),
    figure="analysis_patterns.accounting.statement.statement_account",
    when_not="Quantities other than money, such as the minutes of a telephone line, are neither owned nor "
    "earned: plain detail accounts serve them.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting import Asset, Draft, Income, Ledger, balance_sheet, post
>>> from analysis_patterns.patterns import Base, Money, create_engine, sessions
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> ledger = Ledger(name="books")
>>> _ = ledger.count_in("USD")
>>> checking = Asset(ledger=ledger, name="checking", unit="USD")
>>> fees = Income(ledger=ledger, name="fees", unit="USD")
>>> with sessions(engine)() as session:
...     session.add_all([ledger, checking, fees])
...     _ = post(session, Draft.transfer(
...         Money(20, "USD"), source=fees, destination=checking, charged=date(1997, 5, 1)))
...     sheet = balance_sheet(ledger, as_of=date(1997, 5, 1))
...     print(sheet.assets.totals["USD"], sheet.result["USD"], sheet.adds_up)
20.00 USD 20.00 USD True
""",
)
