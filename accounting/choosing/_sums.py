"""How entries are chosen and summed up in the database, exactly, whatever their number (6.1, 6.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Date,
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

from ...patterns.persistence.seek import Question
from ...patterns.persistence.session import Session
from ...patterns.persistence.types import Instant, Key
from ...patterns.time.period import Period
from ..account.account import Account, DetailAccount
from ..account.component_link import changed_since, lying_below
from ..account.ledger import Ledger
from ..account.summary import closure
from ..posting._standing import own_steps, steps_below
from ..posting.entry import Entry
from ..posting.transaction import Transaction
from .derived import DerivedAccount

if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect

DAY = timedelta(days=1)

_WORD = 32
"""Sums are made of the two halves of each figure: SQLite adds up to 64 bits only, and raises beyond."""


class Choice(Protocol):
    """What chooses among entries, in the database."""

    @property
    def unit(self) -> str | None:
        """The unit of all that is chosen, where it says so."""
        ...

    def condition(self, ledger: Ledger, known_at: Any) -> ColumnElement[bool]:
        """What is true of an `Entry` of a ledger that is chosen, as known at an instant."""
        ...


def covered_by(account: Account, known_at: Any) -> ColumnElement[bool]:
    """What is true of an `Entry` that is the account's own, lay below it, or is chosen by its filter."""
    ledger = account.ledger_id or account.ledger.id
    if isinstance(account, DetailAccount):
        return and_(Entry.ledger_id == ledger, Entry.account_id == account.id)
    if isinstance(account, DerivedAccount):
        return and_(Entry.ledger_id == ledger, account.filter.condition(account.ledger, known_at))
    below = lying_below(ledger, known_at, Account.id == account.id)
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
    if isinstance(account, DerivedAccount):
        moved = moved_chosen(session, account, Entry.charged <= as_of, known_at)
        return {code: each.deposits + each.withdrawals for code, each in moved.items()}
    parameters = _of(account) | {"as_of": as_of, "known_at": known_at}
    if isinstance(account, DetailAccount):
        return {account.unit_code or "": own_steps(session, parameters)}
    as_known = changed_since(session, parameters["ledger"], known_at)
    return steps_below(session, parameters, as_known=as_known)


def moved_during(
    session: Session, account: Account, period: Period, known_at: datetime
) -> Mapping[str, Moved]:
    """What went into an account and out of it over a period, by the code of each unit that it counts."""
    if isinstance(account, DerivedAccount):
        during = and_(Entry.charged >= period.start, Entry.charged < period.end)
        return moved_chosen(session, account, during, known_at)
    parameters = _of(account) | {"first": period.start, "last": period.end - DAY, "known_at": known_at}
    if isinstance(account, DetailAccount):
        ((high, low, less_high, less_low),) = _OWN_MOVED.ask(session, parameters)
        return {account.unit_code or "": Moved(_whole(high, low), _whole(less_high, less_low))}
    below = _BELOW_MOVED_AS_KNOWN if changed_since(session, parameters["ledger"], known_at) else _BELOW_MOVED
    return _moved(below.ask(session, parameters))


def moved_chosen(
    session: Session,
    account: Account,
    when: ColumnElement[bool],
    known_at: datetime,
    filter: Choice | None = None,
) -> Mapping[str, Moved]:
    """What the entries that a filter chooses come to, the account's own filter or another."""
    session.flush()
    chosen = [covered_by(account, known_at), when, Entry.booked <= known_at, standing(known_at)]
    if filter is not None:
        chosen.append(filter.condition(account.ledger, known_at))
    question = select(Entry.unit_code, *_moved_halves()).where(*chosen).group_by(Entry.unit_code)
    found = _moved(session.execute(question))
    units = _units(session, account, known_at) if filter is None or filter.unit is None else (filter.unit,)
    return {code: Moved(0, 0) for code in units} | found


def _units(session: Session, account: Account, known_at: datetime) -> Iterable[str]:
    """The units that an account counts, whether or not there is anything to count."""
    if isinstance(account, DetailAccount):
        return (account.unit.code,)
    if isinstance(account, DerivedAccount):
        if account.filter.unit is not None:
            return (account.filter.unit,)
        declared = [each.code for each in account.ledger.units]
        return declared if len(declared) == 1 else ()
    below = lying_below(account.ledger_id, known_at, Account.id == account.id)
    codes = session.scalars(select(Account.unit_code).where(Account.id.in_(below)).distinct())
    return [code for code in codes if code is not None]


def _of(account: Account) -> dict[str, Any]:
    return {"ledger": account.ledger_id or account.ledger.id, "account": account.id}


def _moved(rows: Iterable[Any]) -> dict[str, Moved]:
    return {
        code: Moved(_whole(high, low), _whole(less_high, less_low))
        for code, high, low, less_high, less_low in rows
    }


def _whole(high: Any, low: Any) -> int:
    return (int(high or 0) << _WORD) + int(low or 0)


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


def _below(*columns: Any, accounts: AnySelect, when: ColumnElement[bool]) -> AnySelect:
    """A row for each unit below, whether or not anything was posted in it."""
    lower = inspect(Account).local_table.alias()
    mine = and_(Entry.ledger_id == _FROM["ledger"], Entry.account_id == lower.c.id, when)
    return (
        select(lower.c.unit_code, *columns)
        .select_from(lower.outerjoin(Entry, mine))
        .where(lower.c.ledger_id == _FROM["ledger"], lower.c.id.in_(accounts), lower.c.unit_code.is_not(None))
        .group_by(lower.c.unit_code)
    )


def _now() -> AnySelect:
    return select(closure.c.component_id).where(
        closure.c.ledger_id == _FROM["ledger"], closure.c.summary_id == _FROM["account"]
    )


def _as_known() -> AnySelect:
    own = inspect(Account).local_table.c
    return lying_below(_FROM["ledger"], _KNOWN_AT, own.id == _FROM["account"])


def _during() -> ColumnElement[bool]:
    return and_(Entry.charged.between(_FIRST, _LAST), Entry.booked <= _KNOWN_AT, standing(_KNOWN_AT))


_OWN_MOVED = Question(lambda: _own(*_moved_halves(), when=_during()))
_BELOW_MOVED = Question(lambda: _below(*_moved_halves(), accounts=_now(), when=_during()))
_BELOW_MOVED_AS_KNOWN = Question(lambda: _below(*_moved_halves(), accounts=_as_known(), when=_during()))
