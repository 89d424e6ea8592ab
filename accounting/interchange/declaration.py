"""Reads the directives that move nothing: accounts, commodities, prices, balances, remarks (6.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from .arithmetic import begins_number, read_number
from .directive import (
    Amount,
    Balance,
    Close,
    Commodity,
    Custom,
    Dated,
    Event,
    Note,
    Open,
    Pad,
    Price,
    Query,
)
from .options import Options, booking_of
from .phrase import read_account, read_amount, read_commodity, read_tags_and_links, read_value
from .words import Cursor


class Declared(NamedTuple):
    """A kind of directive, and what it says besides its day and metadata; no kind for what is left out."""

    kind: type[Dated] | None
    says: dict[str, Any]


def _open(cursor: Cursor, options: Options) -> Declared:
    account = read_account(cursor, options)
    commodities = []
    if cursor.next_is("name"):
        commodities.append(read_commodity(cursor))
        while cursor.accept(","):
            commodities.append(read_commodity(cursor))
    booking = booking_of(cursor.take().text) if cursor.next_is("text") else None
    return Declared(Open, {"account": account, "commodities": tuple(commodities), "booking": booking})


def _close(cursor: Cursor, options: Options) -> Declared:
    return Declared(Close, {"account": read_account(cursor, options)})


def _commodity(cursor: Cursor, _options: Options) -> Declared:
    return Declared(Commodity, {"name": read_commodity(cursor)})


def _price(cursor: Cursor, _options: Options) -> Declared:
    return Declared(Price, {"commodity": read_commodity(cursor), "amount": read_amount(cursor)})


def _balance(cursor: Cursor, options: Options) -> Declared:
    account = read_account(cursor, options)
    number = read_number(cursor)
    tolerance = read_number(cursor) if cursor.accept("~") else None
    amount = Amount(number, read_commodity(cursor))
    return Declared(Balance, {"account": account, "amount": amount, "tolerance": tolerance})


def _pad(cursor: Cursor, options: Options) -> Declared:
    account = read_account(cursor, options)
    return Declared(Pad, {"account": account, "source": read_account(cursor, options)})


def _note(cursor: Cursor, options: Options) -> Declared:
    account = read_account(cursor, options)
    text = cursor.expect_kind("text", "a text in quotes")
    tags, links = read_tags_and_links(cursor)
    says = {"account": account, "text": text, "tags": frozenset(tags), "links": frozenset(links)}
    return Declared(Note, says)


def _event(cursor: Cursor, _options: Options) -> Declared:
    return Declared(Event, _named(cursor))


def _query(cursor: Cursor, _options: Options) -> Declared:
    return Declared(Query, _named(cursor))


def _named(cursor: Cursor) -> dict[str, Any]:
    name = cursor.expect_kind("text", "a name, in quotes")
    return {"name": name, "text": cursor.expect_kind("text", "a text in quotes")}


_SWITCHES = ("TRUE", "FALSE")


def _custom(cursor: Cursor, options: Options) -> Declared:
    name = cursor.expect_kind("text", "a name, in quotes")
    values = []
    while cursor.next_is("text", "date", "account") or cursor.peek in _SWITCHES or begins_number(cursor):
        values.append(read_value(cursor, options))
    return Declared(Custom, {"name": name, "values": tuple(values)})


def _document(cursor: Cursor, options: Options) -> Declared:
    read_account(cursor, options)
    cursor.expect_kind("text", "a file, in quotes")
    read_tags_and_links(cursor)
    return Declared(None, {})


DECLARATIONS: Mapping[str, Callable[[Cursor, Options], Declared]] = MappingProxyType(
    {
        "balance": _balance,
        "close": _close,
        "commodity": _commodity,
        "custom": _custom,
        "document": _document,
        "event": _event,
        "note": _note,
        "open": _open,
        "pad": _pad,
        "price": _price,
        "query": _query,
    }
)
"""How what follows each word is read."""
