"""What stands in an account, and what went in and out, on any day, as known at any time (6.1, 6.3, 6.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    inspect,
    literal_column,
    select,
)
from sqlalchemy.orm import aliased

from ..patterns.constraint import ConstraintViolation, rule
from ..patterns.persistence.seek import Question
from ..patterns.persistence.session import Session, session_of
from ..patterns.persistence.types import Instant, Key
from ..patterns.time.instant import BEGINNING
from ..patterns.time.period import Period
from ..patterns.values.quantity import Quantity
from ._standing import own_steps, steps_below
from .account import Account, DetailAccount
from .entry import Entry
from .summary import closure
from .transaction import Transaction

if TYPE_CHECKING:
    from ..patterns.persistence.seek import AnySelect

ONE_UNIT = rule(
    "account.one-unit",
    pattern="6.3",
    says="A balance is in one unit; an account that counts several has a balance in each.",
)

_WORD = 32
"""Sums are made of the two halves of each figure: SQLite adds up to 64 bits only, and raises beyond."""


class Choice(Protocol):
    """What chooses among entries, in the database."""

    def condition(self) -> ColumnElement[bool]:
        """What is true of an `Entry` that is chosen."""
        ...


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
    return _only(account, steps_until(session, account, session.day(as_of), session.instant(known_at)))


def balances(
    account: Account, *, as_of: date | None = None, known_at: datetime | None = None
) -> dict[str, Quantity]:
    """
    The balance of an account in each unit that it counts, by the codes of the units.

    Source: Analysis Patterns 6.3.
    """
    session = session_of(account)
    found = steps_until(session, account, session.day(as_of), session.instant(known_at))
    return {code: account.ledger.unit(code).quantity(steps) for code, steps in sorted(found.items())}


def balance_during(account: Account, period: Period, *, known_at: datetime | None = None) -> Quantity:
    """
    What an account grew by over a period.

    Errors: as for `balance`.
    Source: Analysis Patterns 6.9, `balanceChargedDuring`.
    """
    session = session_of(account)
    instant = session.instant(known_at)
    after = steps_until(session, account, period.end - _DAY, instant)
    before = _steps_before(session, account, period.start, instant)
    return _only(account, {code: steps - before.get(code, 0) for code, steps in after.items()})


def deposits(account: Account, period: Period, *, known_at: datetime | None = None) -> Quantity:
    """
    All that went into an account over a period.

    Errors: as for `balance`.
    Source: Analysis Patterns 6.1.
    """
    session = session_of(account)
    moved = moved_during(session, account, period, session.instant(known_at))
    return _only(account, {code: each.deposits for code, each in moved.items()})


def withdrawals(account: Account, period: Period, *, known_at: datetime | None = None) -> Quantity:
    """
    All that went out of an account over a period.

    Units:  negative, as each withdrawal is.
    Errors: as for `balance`.
    Source: Analysis Patterns 6.1.
    """
    session = session_of(account)
    moved = moved_during(session, account, period, session.instant(known_at))
    return _only(account, {code: each.withdrawals for code, each in moved.items()})


def turnover(account: Account, period: Period, *, known_at: datetime | None = None) -> Turnover:
    """
    The opening balance of an account, and what went in and out over a period.

    Errors: as for `balance`.
    """
    session = session_of(account)
    instant = session.instant(known_at)
    moved = moved_during(session, account, period, instant)
    before = _steps_before(session, account, period.start, instant)
    return Turnover(
        opening=_only(account, {code: before.get(code, 0) for code in moved}),
        deposits=_only(account, {code: each.deposits for code, each in moved.items()}),
        withdrawals=_only(account, {code: each.withdrawals for code, each in moved.items()}),
    )


def entries(
    account: Account,
    chosen: Choice | None = None,
    *,
    period: Period | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
    struck: bool = False,
) -> list[Entry]:
    """
    The entries of an account, those below a summary account each once, in the order they were charged.

    Shape:  those charged during `period`, or up to the end of the day `as_of`; of them, those that `chosen`
            includes. A transaction that was replaced and the one that struck it out are left out, unless
            `struck` asks for them.
    Source: Analysis Patterns 6.1, 6.3 and 6.9.
    """
    session = session_of(account)
    instant = session.instant(known_at)
    question = entries_of(account, known_at=instant, struck=struck)
    if period is not None:
        question = question.where(Entry.charged >= period.start, Entry.charged < period.end)
    if period is None or as_of is not None:
        question = question.where(Entry.charged <= session.day(as_of))
    if chosen is not None:
        question = question.where(chosen.condition())
    order = (Entry.charged, Entry.booked, Entry.transaction_id, Entry.n)
    return list(session.scalars(question.order_by(*order)))


def entries_of(
    account: Account, *, known_at: datetime | ColumnElement[datetime], struck: bool = False
) -> Select[Any]:
    """The entries of an account as known at an instant, as a select to compose with."""
    question = select(Entry).where(covered_by(account), Entry.booked <= known_at)
    return question if struck else question.where(standing(known_at))


def covered_by(account: Account) -> ColumnElement[bool]:
    """What is true of an `Entry` that is the account's own, or lies below it."""
    ledger = account.ledger_id or account.ledger.id
    if isinstance(account, DetailAccount):
        return and_(Entry.ledger_id == ledger, Entry.account_id == account.id)
    below = select(closure.c.component_id).where(
        closure.c.ledger_id == ledger, closure.c.summary_id == account.id
    )
    return and_(Entry.ledger_id == ledger, Entry.account_id.in_(below))


def standing(known_at: Any) -> ColumnElement[bool]:
    """What is true of an `Entry` that no replacement had struck out by then, nor is itself such a strike."""
    return and_(~_strike("reverses_id", known_at), ~_strike("id", known_at))


def _strike(end: str, known_at: Any) -> ColumnElement[bool]:
    strike = aliased(Transaction)
    return exists().where(
        strike.ledger_id == Entry.ledger_id,
        getattr(strike, end) == Entry.transaction_id,
        strike.reverses_id.is_not(None),
        # A literal, since questions are asked with the parameters of their callers alone.
        strike.adjustment == literal_column("'replacement'"),
        strike.booked <= known_at,
    )


@dataclass(frozen=True, slots=True)
class Moved:
    """What went in, and what went out, in steps of one unit."""

    deposits: int
    withdrawals: int


def steps_until(session: Session, account: Account, as_of: date, known_at: datetime) -> Mapping[str, int]:
    """
    The sum of all entries of an account charged up to the end of a day and booked up to an instant.

    Shape:  steps, exact whatever their size, by the code of each unit that the account counts. This is the
            one place where a balance is summed up.
    """
    parameters = _of(account) | {"as_of": as_of, "known_at": known_at}
    if isinstance(account, DetailAccount):
        return {account.unit_code or "": own_steps(session, parameters)}
    return steps_below(session, parameters)


def moved_during(
    session: Session, account: Account, period: Period, known_at: datetime
) -> Mapping[str, Moved]:
    """What went into an account and out of it over a period, by the code of each unit that it counts."""
    parameters = _of(account) | {"first": period.start, "last": period.end - _DAY, "known_at": known_at}
    if isinstance(account, DetailAccount):
        (row,) = _OWN_MOVED.ask(session, parameters)
        return {account.unit_code or "": Moved(_whole(*row[:2]), _whole(*row[2:]))}
    rows = _BELOW_MOVED.ask(session, parameters)
    return {row[0]: Moved(_whole(*row[1:3]), _whole(*row[3:])) for row in rows}


def _of(account: Account) -> dict[str, Any]:
    return {"ledger": account.ledger_id or account.ledger.id, "account": account.id}


def _steps_before(session: Session, account: Account, day: date, known_at: datetime) -> Mapping[str, int]:
    return {} if day == BEGINNING else steps_until(session, account, day - _DAY, known_at)


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


def _whole(high: Any, low: Any) -> int:
    return (int(high or 0) << _WORD) + int(low or 0)


_DAY = timedelta(days=1)
_FROM = {name: bindparam(name, type_=Key) for name in ("ledger", "account")}
_FIRST, _LAST = (bindparam(name, type_=Date) for name in ("first", "last"))
_KNOWN_AT = bindparam("known_at", type_=Instant)


def _halves(steps: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return (
        func.sum(steps.op(">>")(literal_column(str(_WORD)))),
        func.sum(steps.op("&")(literal_column(str(2**_WORD - 1)))),
    )


def _moved_halves() -> tuple[ColumnElement[Any], ...]:
    nothing: ColumnElement[Any] = literal_column("0")
    deposit = case((Entry.steps > nothing, Entry.steps), else_=None)
    withdrawal = case((Entry.steps < nothing, Entry.steps), else_=None)
    return (*_halves(deposit), *_halves(withdrawal))


def _own(*columns: Any, when: ColumnElement[bool]) -> AnySelect:
    return select(*columns).where(
        Entry.ledger_id == _FROM["ledger"], Entry.account_id == _FROM["account"], when
    )


def _below(*columns: Any, when: ColumnElement[bool]) -> AnySelect:
    """A row for each unit below, whether or not anything was posted in it."""
    lower = inspect(Account).local_table.alias()
    accounts = closure.join(
        lower, and_(lower.c.ledger_id == closure.c.ledger_id, lower.c.id == closure.c.component_id)
    )
    mine = and_(Entry.ledger_id == _FROM["ledger"], Entry.account_id == closure.c.component_id, when)
    return (
        select(lower.c.unit_code, *columns)
        .select_from(accounts.outerjoin(Entry, mine))
        .where(
            closure.c.ledger_id == _FROM["ledger"],
            closure.c.summary_id == _FROM["account"],
            lower.c.unit_code.is_not(None),
        )
        .group_by(lower.c.unit_code)
    )


def _during() -> ColumnElement[bool]:
    return and_(Entry.charged.between(_FIRST, _LAST), Entry.booked <= _KNOWN_AT, standing(_KNOWN_AT))


_OWN_MOVED = Question(lambda: _own(*_moved_halves(), when=_during()))
_BELOW_MOVED = Question(lambda: _below(*_moved_halves(), when=_during()))
