"""Makes a ledger of books: accounts, transactions that balance by unit, and what is kept beside (6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from sqlalchemy import insert

from ...patterns.persistence.session import Session
from ...patterns.values.number import ARITHMETIC
from ...patterns.values.quantity import Quantity
from ..account.account import DetailAccount
from ..account.ledger import Ledger, LedgerUnit
from ..account.summary import SummaryAccount
from ..posting.draft import Draft, Leg
from ..posting.post import post_all
from .beancount_text import directive_text, value_text
from .books import Books
from .directive import Directive, Lot, Metadata, Posting, Transaction
from .keeping import (
    BooksDirective,
    BooksImport,
    BooksTransaction,
    Imported,
    KeptLeg,
    KeptLot,
    KeptTransaction,
)
from .naming import KINDS, TRADING, unit_of
from .problem import Problems

ROUNDED_TO = 8
"""To how many decimal places a figure without an end is rounded, where no other of its unit is finer."""

_ENDLESS_DIGITS = 27
_ROUNDING = Context(prec=160, rounding=ROUND_HALF_EVEN)
_LONGEST_DESCRIPTION = 2000


def import_books(session: Session, books: Books, *, name: str, source: str = "") -> BooksImport:
    """
    Make a ledger of `books`.

    Shape:  an account of the books becomes a summary account, below those that its name leads through, and
            one detail account for each commodity in it, called by both: `Assets:Broker USD`. Assets,
            Liabilities, Equity, Income and Expenses are of the kinds of 6.12. Where a transaction balances
            by weight and not by unit, the difference goes through `Equity:trading`, an account for each
            commodity: no account of books can be called so. An export takes these legs out again.
    Units:  each unit is counted as finely as any figure of it is written. Where a quotient has no end, it is
            rounded half to even, and the report says how many were.
    Errors: `BooksError`, with all that the ledger refuses, each with its file and line, before anything is
            stored; `ledger.unique-name` where there is a ledger of that name; roll the session back then.
    Source: Analysis Patterns 6.1, 6.3 and 6.12; trading accounts as Peter Selinger has them.
    """
    problems = Problems()
    making = _Making(books, name)
    kept = [_Kept(n, each, making.draft(each, problems)) for n, each in enumerate(books.directives)]
    problems.require_none()
    session.add(making.ledger)
    session.add_all(making.accounts)
    session.flush()
    moving = [each for each in kept if each.made is not None]
    postings = post_all(session, [each.made.draft for each in moving if each.made is not None])
    report = _report(books, making, kept)
    record = {
        "ledger_id": making.ledger.id,
        "source": source[-500:] or name,
        "imported": session.recorded,
        "document": report,
    }
    session.execute(insert(BooksImport), [record])
    _keep(session, making.ledger, [each for each in kept if each.made is None])
    rows = [
        {
            "ledger_id": making.ledger.id,
            "transaction_id": posting.id,
            "n": each.n,
            "document": each.made.document,
        }
        for each, posting in zip(moving, postings, strict=True)
        if each.made is not None
    ]
    if rows:
        session.execute(insert(BooksTransaction), rows)
    return session.get_one(BooksImport, making.ledger.id)


@dataclass(frozen=True, slots=True)
class _Made:
    """A draft, what is kept beside it, and how many of its legs were added."""

    draft: Draft
    document: KeptTransaction
    added: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """The `n`th directive, and what was made of it; None where it moves nothing."""

    n: int
    directive: Directive
    made: _Made | None


@dataclass
class _Legs:
    """The legs of a transaction as they are made."""

    legs: list[Leg] = field(default_factory=list)
    kept: list[KeptLeg] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)


class _Making:
    """Makes the ledger, its accounts, and drafts of transactions; nothing is in a session yet."""

    def __init__(self, books: Books, name: str) -> None:
        self._books = books
        self.ledger = Ledger(name=name)
        self.rounded = 0
        self._units = {
            commodity: self.ledger.count_in(unit_of(commodity), places=places)
            for commodity, places in sorted(_places(books).items())
        }
        self._summaries: dict[str, SummaryAccount] = {}
        self._details: dict[tuple[str, str], DetailAccount] = {}
        for each in books.directives:
            account = getattr(each, "account", None)
            if account is not None:
                self._summary(account)

    @property
    def accounts(self) -> Iterable[SummaryAccount | DetailAccount]:
        return (*self._summaries.values(), *self._details.values())

    def draft(self, directive: Directive, problems: Problems) -> _Made | None:
        """The draft of a transaction; None for whatever moves nothing, or cannot be posted."""
        if not isinstance(directive, Transaction) or not any(
            posting.units.number for posting in directive.postings
        ):
            return None
        with problems.at(directive.place):
            return self._made(directive)
        return None

    def _made(self, transaction: Transaction) -> _Made | None:
        made = _Legs()
        for posting in transaction.postings:
            self._leg(transaction, posting, made)
        if not made.legs:
            return None
        added = self._trading_legs(transaction, made)
        draft = Draft(*made.legs, *added, description=_description(transaction))
        return _Made(draft, _document(transaction, made.kept), len(added))

    def _leg(self, transaction: Transaction, posting: Posting, made: _Legs) -> None:
        commodity = posting.units.commodity
        unit = self._units[commodity]
        number = _to_places(posting.units.number, unit.places)
        self.rounded += number != posting.units.number
        n = None
        if number:
            n = len(made.legs)
            leg = Leg(
                self._detail(posting.account, commodity), _quantity(unit, number), charged=transaction.day
            )
            made.legs.append(leg)
            made.left[commodity] = made.left.get(commodity, 0) + leg.steps
        made.kept.append(_kept_leg(posting, n, unit))

    def _trading_legs(self, transaction: Transaction, made: _Legs) -> list[Leg]:
        trading = f"{self._books.options.roots[2]}:{TRADING}"
        return [
            Leg(
                self._detail(trading, commodity),
                self._units[commodity].quantity(-steps),
                charged=transaction.day,
            )
            for commodity, steps in made.left.items()
            if steps
        ]

    def _summary(self, name: str) -> SummaryAccount:
        if name not in self._summaries:
            self._summaries[name] = SummaryAccount(ledger=self.ledger, name=name, overlapping=False)
            above = name.rpartition(":")[0]
            if above:
                self._summary(above).components.append(self._summaries[name])
        return self._summaries[name]

    def _detail(self, account: str, commodity: str) -> DetailAccount:
        key = (account, commodity)
        if key not in self._details:
            kind = KINDS[self._books.options.roots.index(account.partition(":")[0])]
            unit = self._units[commodity].code
            made = kind(ledger=self.ledger, name=f"{account} {commodity}", unit=unit)
            self._details[key] = made
            self._summary(account).components.append(made)
        return self._details[key]


def _places(books: Books) -> dict[str, int]:
    """To how many decimal places each commodity has to be counted."""
    found: dict[str, int] = {}
    endless: set[str] = set()
    for transaction in books.transactions:
        for posting in transaction.postings:
            number, commodity = posting.units.number, posting.units.commodity
            if _is_endless(number):
                endless.add(commodity)
                found.setdefault(commodity, 0)
            else:
                found[commodity] = max(found.get(commodity, 0), _decimals(number))
    return {
        commodity: max(places, ROUNDED_TO) if commodity in endless else places
        for commodity, places in found.items()
    }


def _is_endless(number: Decimal) -> bool:
    """Whether it is a quotient that was cut off where Beancount cuts it."""
    return len(number.as_tuple().digits) >= _ENDLESS_DIGITS and _decimals(number) > ROUNDED_TO


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _to_places(number: Decimal, places: int) -> Decimal:
    if not _is_endless(number) or _decimals(number) <= places:
        return number
    return number.quantize(Decimal(1).scaleb(-places), context=_ROUNDING)


def _quantity(unit: LedgerUnit, number: Decimal) -> Quantity:
    return unit.quantity(int(ARITHMETIC.to_integral_exact(ARITHMETIC.scaleb(number, unit.places))))


def _description(transaction: Transaction) -> str:
    parts = [part for part in (transaction.payee, transaction.narration) if part]
    return " | ".join(parts)[:_LONGEST_DESCRIPTION]


def _document(transaction: Transaction, legs: list[KeptLeg]) -> KeptTransaction:
    return KeptTransaction(
        flag=transaction.flag,
        payee=transaction.payee,
        narration=transaction.narration,
        tags=tuple(sorted(transaction.tags)),
        links=tuple(sorted(transaction.links)),
        metadata=_keys(transaction.metadata),
        legs=tuple(legs),
        is_padding=transaction.is_padding,
    )


def _kept_leg(posting: Posting, n: int | None, unit: LedgerUnit) -> KeptLeg:
    price, number = posting.price, posting.units.number
    return KeptLeg(
        n=n,
        account=posting.account if n is None else None,
        commodity=posting.units.commodity if n is None else None,
        number=f"{number:f}" if n is None or _decimals(number) != unit.places else None,
        flag=posting.flag,
        lot=None if posting.lot is None else _kept_lot(posting.lot),
        price=None if price is None else f"{price.number:f}",
        price_in=None if price is None else price.commodity,
        metadata=_keys(posting.metadata),
    )


def _kept_lot(lot: Lot) -> KeptLot:
    return KeptLot(
        cost=f"{lot.cost.number:f}",
        commodity=lot.cost.commodity,
        acquired=lot.acquired.isoformat(),
        label=lot.label,
    )


def _keys(metadata: Metadata) -> tuple[tuple[str, str], ...]:
    return tuple((key, value_text(value)) for key, value in metadata)


def _report(books: Books, making: _Making, kept: list[_Kept]) -> Imported:
    return Imported(
        options=books.options.written,
        counts=dict(books.counts()),
        skipped=tuple(map(str, books.skipped)),
        added=sum(each.made.added for each in kept if each.made is not None),
        rounded=making.rounded,
    )


def _keep(session: Session, ledger: Ledger, still: list[_Kept]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "ledger_id": ledger.id,
            "n": each.n,
            "day": each.directive.day,
            "kind": type(each.directive).__name__.lower(),
            "text": directive_text(each.directive),
        }
        for each in still
    ]
    if rows:
        session.execute(insert(BooksDirective), rows)
