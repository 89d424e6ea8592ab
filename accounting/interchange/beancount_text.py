"""Books in Beancount's notation (6.1)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import singledispatch

from .books import Books
from .directive import (
    Balance,
    Close,
    Commodity,
    Custom,
    Directive,
    Event,
    Kind,
    Lot,
    Metadata,
    Note,
    Open,
    Pad,
    Posting,
    Price,
    Query,
    Transaction,
    Value,
    Word,
)
from .words import quoted

_INDENT = "  "


def beancount_text(books: Books) -> str:
    """
    Write books so that Beancount reads them back with equal balances, lots included.

    Shape:  the options, then the directives in their order; a pad is written, not what it stands for.
    """
    parts = ["\n".join(f"option {quoted(name)} {quoted(value)}" for name, value in books.options.written)]
    parts.extend(
        directive_text(each)
        for each in books.directives
        if not (isinstance(each, Transaction) and each.is_padding)
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def directive_text(directive: Directive) -> str:
    """Write one directive."""
    lines = [f"{directive.day.isoformat()} {_said(directive)}", *_keys(directive.metadata, _INDENT)]
    if isinstance(directive, Transaction):
        for posting in directive.postings:
            lines.append(_INDENT + _posting(posting))
            lines.extend(_keys(posting.metadata, 2 * _INDENT))
    return "\n".join(lines)


def value_text(value: Value) -> str:
    """Write what a key says."""
    match value:
        case None | bool():
            return {None: "NULL", True: "TRUE", False: "FALSE"}[value]
        case str():
            return quoted(value)
        case Decimal():
            return f"{value:f}"
        case Word(kind=Kind.TAG):
            return f"#{value.text}"
        case _:
            return str(value)


def lot_text(lot: Lot) -> str:
    """Write a lot, so that no other one can be meant."""
    parts = [str(lot.cost), lot.acquired.isoformat(), *([] if lot.label is None else [quoted(lot.label)])]
    return f"{{{', '.join(parts)}}}"


def _keys(metadata: Metadata, indent: str) -> Iterator[str]:
    for key, value in metadata:
        yield f"{indent}{key}: {value_text(value)}"


def _posting(posting: Posting) -> str:
    parts = [
        *([posting.flag] if posting.flag else []),
        posting.account,
        str(posting.units),
        *([lot_text(posting.lot)] if posting.lot else []),
        *([f"@ {posting.price}"] if posting.price else []),
    ]
    return " ".join(parts)


def _tags_and_links(tags: frozenset[str], links: frozenset[str]) -> Iterator[str]:
    yield from (f"#{tag}" for tag in sorted(tags))
    yield from (f"^{link}" for link in sorted(links))


@singledispatch
def _said(directive: Directive) -> str:
    """What stands after the day."""
    raise TypeError(f"{type(directive).__name__} has no notation")


@_said.register
def _(directive: Open) -> str:
    parts = ["open", directive.account]
    if directive.commodities:
        parts.append(",".join(directive.commodities))
    if directive.booking is not None:
        parts.append(quoted(directive.booking.value))
    return " ".join(parts)


@_said.register
def _(directive: Close) -> str:
    return f"close {directive.account}"


@_said.register
def _(directive: Commodity) -> str:
    return f"commodity {directive.name}"


@_said.register
def _(directive: Price) -> str:
    return f"price {directive.commodity} {directive.amount}"


@_said.register
def _(directive: Balance) -> str:
    tolerance = "" if directive.tolerance is None else f" ~ {directive.tolerance:f}"
    return f"balance {directive.account} {directive.amount.number:f}{tolerance} {directive.amount.commodity}"


@_said.register
def _(directive: Pad) -> str:
    return f"pad {directive.account} {directive.source}"


@_said.register
def _(directive: Note) -> str:
    tail = _tags_and_links(directive.tags, directive.links)
    return " ".join(["note", directive.account, quoted(directive.text), *tail])


@_said.register
def _(directive: Event) -> str:
    return f"event {quoted(directive.name)} {quoted(directive.text)}"


@_said.register
def _(directive: Query) -> str:
    return f"query {quoted(directive.name)} {quoted(directive.text)}"


@_said.register
def _(directive: Custom) -> str:
    return " ".join(["custom", quoted(directive.name), *map(value_text, directive.values)])


@_said.register
def _(directive: Transaction) -> str:
    payee = [] if directive.payee is None else [quoted(directive.payee)]
    tail = _tags_and_links(directive.tags, directive.links)
    return " ".join([directive.flag, *payee, quoted(directive.narration), *tail])
