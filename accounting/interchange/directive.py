"""What a file of books says, directive by directive, as values (6.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TypeAlias
from unicodedata import category

from ...patterns.values.number import exact
from .problem import ACCOUNT, NOWHERE, SYNTAX, Place

LONGEST_NAME = 200
"""The most characters of an account's name."""

LONGEST_COMMODITY = 40
"""The most characters of a commodity's name."""

_COMMODITY = re.compile(r"[A-Z](?:[A-Z0-9'._-]*[A-Z0-9])?|/[A-Z0-9'._-]*[A-Z](?:[A-Z0-9'._-]*[A-Z0-9])?")
_RESERVED = {"TRUE", "FALSE", "NULL"}


def account_name(written: str) -> str:
    """
    Take `written` as the name of an account.

    Errors: `ConstraintViolation` (`books.account`) where it is none.

    >>> account_name("Assets:US:Checking")
    'Assets:US:Checking'
    """
    if len(written) > LONGEST_NAME or not _is_account_name(written):
        raise ACCOUNT.violation(
            found=repr(written[:LONGEST_NAME]),
            allowed=f"words with capitals, joined by colons, of at most {LONGEST_NAME} characters",
            remedy="Write for example Assets:Bank:Checking.",
        )
    return written


@lru_cache(maxsize=4096)
def _is_account_name(written: str) -> bool:
    parts = written.split(":")
    return len(parts) > 1 and all(map(_is_component, parts)) and category(parts[0][0]) == "Lu"


def _is_component(word: str) -> bool:
    if not word or category(word[0]) not in {"Lu", "Nd"}:
        return False
    return all(letter == "-" or category(letter)[0] == "L" or category(letter) == "Nd" for letter in word)


def commodity_name(written: str) -> str:
    """
    Take `written` as the name of a commodity.

    Errors: `ConstraintViolation` (`books.syntax`) where it is none.
    """
    if len(written) > LONGEST_COMMODITY or not _is_commodity_name(written):
        raise SYNTAX.violation(
            found=f"the commodity {written[:LONGEST_COMMODITY]!r}",
            allowed=f"capitals, digits and '._- within, at most {LONGEST_COMMODITY} characters",
            remedy="Write for example USD.",
        )
    return written


@lru_cache(maxsize=4096)
def _is_commodity_name(written: str) -> bool:
    return _COMMODITY.fullmatch(written) is not None and written not in _RESERVED


@dataclass(frozen=True, slots=True)
class Amount:
    """
    So many of a commodity.

    Errors: `ConstraintViolation`: `number.exact` for a number that is none or too long, `books.syntax`.
    """

    number: Decimal
    commodity: str

    def __post_init__(self) -> None:
        exact(self.number)
        commodity_name(self.commodity)

    def __str__(self) -> str:
        return f"{self.number:f} {self.commodity}"


@dataclass(frozen=True, slots=True)
class Lot:
    """
    What was acquired together: what each unit of it cost, when, and its label.

    Errors: `ConstraintViolation` (`number.exact`) for a cost that is no exact number.
    """

    cost: Amount
    acquired: date
    label: str | None = None


class Kind(Enum):
    """What a bare word among the metadata stands for."""

    ACCOUNT = "account"
    COMMODITY = "commodity"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word among the metadata: an account, a commodity or a tag."""

    kind: Kind
    text: str

    def __str__(self) -> str:
        return self.text


Value: TypeAlias = str | bool | date | Decimal | Amount | Word | None
"""What a key of the metadata, or a custom directive, may say."""

Metadata: TypeAlias = tuple[tuple[str, Value], ...]
"""Keys and what they say, in the order written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What every directive has: a day, metadata, and its place."""

    day: date
    metadata: Metadata = ()
    place: Place = NOWHERE


class Booking(Enum):
    """How the lot is found that a reduction is taken from, by Beancount's names."""

    STRICT = "STRICT"
    STRICT_WITH_SIZE = "STRICT_WITH_SIZE"
    NONE = "NONE"
    AVERAGE = "AVERAGE"
    FIFO = "FIFO"
    LIFO = "LIFO"
    HIFO = "HIFO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Dated):
    """From when on an account is used; for which commodities only, if it says so; how lots are found."""

    account: str
    commodities: tuple[str, ...] = ()
    booking: Booking | None = None

    def __post_init__(self) -> None:
        account_name(self.account)


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Dated):
    """From when on an account is used no more."""

    account: str

    def __post_init__(self) -> None:
        account_name(self.account)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commodity(Dated):
    """That there is a commodity."""

    name: str

    def __post_init__(self) -> None:
        commodity_name(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Dated):
    """What one unit of a commodity was worth on a day."""

    commodity: str
    amount: Amount

    def __post_init__(self) -> None:
        commodity_name(self.commodity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance(Dated):
    """What an account, with those below it, holds of a commodity on the morning of a day."""

    account: str
    amount: Amount
    tolerance: Decimal | None = None

    def __post_init__(self) -> None:
        account_name(self.account)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pad(Dated):
    """That an account is filled from another, up to what the next balance directive says."""

    account: str
    source: str

    def __post_init__(self) -> None:
        account_name(self.account)
        account_name(self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Dated):
    """A remark on an account."""

    account: str
    text: str
    tags: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        account_name(self.account)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Dated):
    """What the value of something is from a day on, such as where one lives."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Dated):
    """A question to the books that was given a name."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom(Dated):
    """What only some other tool understands."""

    name: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """
    One leg of a transaction, whole.

    Shape:  `units` are what the account gets; the `lot` that it comes into or leaves, if it is held at
            cost; the `price` of one unit, if it was exchanged. `inferred` where a figure was left out.
    """

    account: str
    units: Amount
    lot: Lot | None = None
    price: Amount | None = None
    flag: str | None = None
    metadata: Metadata = ()
    inferred: bool = False

    def __post_init__(self) -> None:
        account_name(self.account)


PADDING = "P"
"""The flag of a transaction that a pad directive stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction(Dated):
    """What moved on a day, who it was with, and why; `is_padding` where a pad directive stands for it."""

    flag: str = "*"
    payee: str | None = None
    narration: str = ""
    tags: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    postings: tuple[Posting, ...] = ()
    is_padding: bool = False


Directive: TypeAlias = (
    Open | Close | Commodity | Price | Balance | Pad | Note | Event | Query | Custom | Transaction
)
"""Whatever has a day."""

_ORDER: dict[type, int] = {Open: -2, Balance: -1, Close: 2}


def in_order(directive: Dated) -> tuple[date, int, int]:
    """By day; on a day what opens comes first, then balances, what closes last; else by line."""
    return (directive.day, _ORDER.get(type(directive), 0), directive.place.line)


def without_place(directive: Directive) -> Directive:
    """The same, wherever it was written."""
    return replace(directive, place=NOWHERE)
