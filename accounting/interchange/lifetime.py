"""When accounts are opened and closed, and what may be said of them in between (6.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ...patterns.constraint import ConstraintViolation
from .directive import (
    Amount,
    Balance,
    Close,
    Commodity,
    Custom,
    Directive,
    Kind,
    Note,
    Open,
    Pad,
    Transaction,
    Word,
)
from .problem import ACCOUNT, ONCE, Problems


def require_lifetimes(directives: Sequence[Directive], problems: Problems) -> None:
    """
    Check that accounts are used between being opened and closed, and in the commodities that they take.

    Errors: none; what is wrong is added to `problems` (`books.account`).
    """
    opened: dict[str, Open] = {each.account: each for each in reversed(directives) if isinstance(each, Open)}
    active: set[str] = set()
    closed: set[str] = set()
    seen: set[str] = set()
    for each in directives:
        if isinstance(each, Open):
            if each.account in seen:
                problems.add(each.place, _twice(f"{each.account} opened", opened[each.account]))
            seen.add(each.account)
            active.add(each.account)
        elif isinstance(each, Close):
            if each.account in closed or each.account not in seen:
                problems.add(each.place, _unusable(each.account, each.day, opened))
            closed.add(each.account)
            active.discard(each.account)
        else:
            for account in dict.fromkeys(_accounts(each)):
                allowed = seen if isinstance(each, Balance | Note) else active
                if account not in allowed:
                    problems.add(each.place, _unusable(account, each.day, opened))
            for account, amount in _amounts(each):
                taken = opened[account].commodities if account in opened else ()
                if taken and amount.commodity not in taken:
                    problems.add(each.place, _not_taken(account, amount, taken))


def require_single_declarations(directives: Sequence[Directive], problems: Problems) -> None:
    """
    Check that commodities are declared once, and no account is said to have two balances on one morning.

    Errors: none; what is wrong is added to `problems` (`books.declared-once`).
    """
    commodities: dict[str, Commodity] = {}
    balances: dict[tuple[str, str, date], Balance] = {}
    for each in directives:
        if isinstance(each, Commodity):
            first = commodities.setdefault(each.name, each)
            if first is not each:
                problems.add(each.place, _twice(f"commodity {each.name} declared", first))
        elif isinstance(each, Balance):
            key = (each.account, each.amount.commodity, each.day)
            same = balances.setdefault(key, each)
            if same.amount != each.amount:
                problems.add(each.place, _twice(f"{each.account} balanced", same))


def _accounts(directive: Directive) -> Iterator[str]:
    match directive:
        case Transaction():
            yield from (posting.account for posting in directive.postings)
        case Balance() | Note():
            yield directive.account
        case Pad():
            yield from (directive.account, directive.source)
        case Custom():
            yield from (
                value.text
                for value in directive.values
                if isinstance(value, Word) and value.kind is Kind.ACCOUNT
            )


def _amounts(directive: Directive) -> Iterator[tuple[str, Amount]]:
    match directive:
        case Transaction():
            yield from ((posting.account, posting.units) for posting in directive.postings)
        case Balance():
            yield directive.account, directive.amount


def _unusable(account: str, day: date, opened: dict[str, Open]) -> ConstraintViolation:
    known = opened.get(account)
    return ACCOUNT.violation(
        found=f"{account} on {day}",
        allowed=f"from when it is opened, {known.day}, until it is closed"
        if known
        else "accounts that are opened",
        remedy=f"Write {day} open {account}, or check the name.",
    )


def _not_taken(account: str, amount: Amount, taken: tuple[str, ...]) -> ConstraintViolation:
    return ACCOUNT.violation(
        found=f"{amount} for {account}",
        allowed=f"{', '.join(taken)}, as the account was opened"[:200],
        remedy="Add the commodity where the account is opened, or check the amount.",
    )


def _twice(what: str, first: Open | Commodity | Balance) -> ConstraintViolation:
    return ONCE.violation(
        found=f"{what} a second time", allowed=f"once; the first is at {first.place}", remedy="Take one out."
    )
