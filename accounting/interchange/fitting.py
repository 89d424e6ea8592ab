"""Fits the directives of a ledger's books to what was posted since they were written (6.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .assertion import Followed, padded, tolerance_of
from .books import Books
from .directive import Balance, Close, Directive, Open, Pad, Transaction, in_order
from .parser import Skipped
from .problem import Problems


def fitted(books: Books, renamed: Mapping[str, str]) -> Books:
    """
    Make books that Beancount accepts of directives and transactions in any order.

    Shape:  every account is opened before its first entry, under what it is called in the ledger, where that
            differs (`renamed`); closes, pads and balance directives that do not hold any more are skipped.
    """
    spans = _spans(books.transactions)
    skipped: list[Skipped] = []
    directives = [
        *_opened(books.directives, spans, renamed, skipped),
        *_missing(books.directives, spans, renamed),
    ]
    padding = [each for each in books.transactions if each.is_padding]
    plain = sorted(
        (each for each in directives if not (isinstance(each, Transaction) and each.is_padding)), key=in_order
    )
    filled = _padded(plain, padding, books, skipped)
    standing = list(_standing(filled, books, skipped))
    return replace(books, directives=tuple(standing), skipped=(*books.skipped, *skipped))


@dataclass
class _Span:
    """The days of the first and last entry of an account, and the commodities in it."""

    first: date
    last: date
    commodities: set[str]


def _spans(transactions: Iterable[Transaction]) -> dict[str, _Span]:
    spans: dict[str, _Span] = {}
    for transaction in transactions:
        for posting in transaction.postings:
            span = spans.setdefault(posting.account, _Span(transaction.day, transaction.day, set()))
            span.first = min(span.first, transaction.day)
            span.last = max(span.last, transaction.day)
            span.commodities.add(posting.units.commodity)
    return spans


def _opened(
    directives: Iterable[Directive],
    spans: Mapping[str, _Span],
    renamed: Mapping[str, str],
    skipped: list[Skipped],
) -> Iterator[Directive]:
    for each in directives:
        span = spans.get(each.account) if isinstance(each, Open | Close) else None
        if isinstance(each, Open) and span is not None:
            allowed = each.commodities if span.commodities <= set(each.commodities) else ()
            yield replace(each, day=min(each.day, span.first), commodities=allowed)
        elif isinstance(each, Close) and span is not None and each.day <= span.last:
            skipped.append(Skipped(each.place, f"close {each.account}: entries were charged since"))
        else:
            yield each


def _missing(
    directives: Iterable[Directive], spans: Mapping[str, _Span], renamed: Mapping[str, str]
) -> Iterator[Open]:
    known = {each.account for each in directives if isinstance(each, Open)}
    for account, span in sorted(spans.items()):
        if account not in known:
            called = (("name", renamed[account]),) if account in renamed else ()
            yield Open(day=span.first, account=account, metadata=called)


def _padded(
    directives: list[Directive], padding: list[Transaction], books: Books, skipped: list[Skipped]
) -> list[Directive]:
    """The pads with what they stand for; where that is not what the ledger has, only the latter."""
    problems = Problems()
    filled = padded(directives, books.options, problems)
    made = [each for each in filled if isinstance(each, Transaction) and each.is_padding]
    if not problems.count and _moves(made) == _moves(padding):
        return filled
    for each in directives:
        if isinstance(each, Pad):
            skipped.append(Skipped(each.place, f"pad {each.account}: it would fill in something else now"))
    written = [replace(each, is_padding=False) for each in padding]
    return sorted([*(each for each in directives if not isinstance(each, Pad)), *written], key=in_order)


def _moves(transactions: Iterable[Transaction]) -> list[tuple[date, str, str, Decimal]]:
    return sorted(
        (each.day, posting.account, posting.units.commodity, posting.units.number)
        for each in transactions
        for posting in each.postings
    )


def _standing(directives: list[Directive], books: Books, skipped: list[Skipped]) -> Iterator[Directive]:
    """Everything but the balance directives that do not hold."""
    for each, off in Followed(directives):
        if isinstance(each, Balance) and off.copy_abs() > tolerance_of(each, books.options):
            skipped.append(Skipped(each.place, f"balance {each.account}: it is off by {off:+f} now"))
        else:
            yield each
