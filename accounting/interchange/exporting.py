"""Books of a ledger: what an import kept comes back, and whatever was posted since is added (6.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from ...patterns.persistence.session import Session
from ...patterns.values.number import ARITHMETIC
from ..account.account import DetailAccount
from ..account.ledger import Ledger
from ..posting.entry import Entry
from ..posting.transaction import Transaction as Posted
from .booking import Accounts
from .books import Books
from .directive import Amount, Directive, Lot, Metadata, Posting, Transaction
from .fitting import fitted
from .keeping import BooksDirective, BooksImport, BooksTransaction, KeptLeg, KeptLot, KeptTransaction
from .naming import TRANSIT, BookNames, commodities_of
from .options import Options
from .parser import Skipped, parse
from .phrase import read_value
from .problem import Place, Problems
from .words import Cursor, Line
from .written import WrittenTransaction


def books_of(session: Session, ledger: Ledger) -> Books:
    """
    Write down a ledger as books.

    Shape:  every entry that counts, whether imported or posted since; trading legs that an import added are
            taken out again. An account that is not called as books would have it gets a name under the root
            of its kind. Legs charged on several days become a transaction on each, joined by a link and by
            `Equity:In-Transit`. What cannot be written is `skipped`: memo entries, which move nothing real;
            pads and balance directives that do not hold any more.
    Errors: none, but of the database.
    """
    return _Writing(session, ledger).books()


class _Header(NamedTuple):
    """A posted transaction without its entries."""

    id: UUID
    description: str
    reverses: UUID | None


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry with what is needed to write it: its account's name, its amount, what was kept of it."""

    n: int
    day: date
    concerns: date
    account: str
    amount: Amount
    is_memo: bool


@dataclass(frozen=True, slots=True)
class _Whole:
    """A posted transaction with its entries, and what was kept of it, or of what it reverses."""

    header: _Header
    rows: tuple[_Row, ...]
    kept: BooksTransaction | None

    @property
    def document(self) -> KeptTransaction | None:
        return None if self.kept is None else self.kept.document

    @property
    def is_reversal(self) -> bool:
        return self.kept is not None and self.kept.transaction_id != self.header.id


_COLUMNS = (
    Entry.n,
    Entry.account_id,
    Entry.unit_code,
    Entry.steps,
    Entry.charged,
    Entry.concerns,
    Entry.memo,
)


class _Writing:
    """Writes one ledger down."""

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self._session = session
        self._ledger = ledger
        record = session.get(BooksImport, ledger.id)
        self._options = Options()
        for name, value in record.document.options if record else (("title", ledger.name),):
            self._options = self._options.with_option(name, value)
        self._commodities = commodities_of(unit.code for unit in ledger.units)
        self._places = {unit.code: unit.places for unit in ledger.units}
        accounts = session.scalars(select(DetailAccount).where(DetailAccount.ledger_id == ledger.id)).all()
        # Not in the database's order: that differs from one to the other.
        self._accounts = {each.id: each for each in sorted(accounts, key=lambda each: each.name)}
        self._names = BookNames(self._options, self._commodities, self._accounts.values())
        self._skipped: list[Skipped] = []

    def books(self) -> Books:
        declared = list(self._declared())
        transactions = list(self._transactions())
        books = Books(self._options, (*declared, *transactions), tuple(self._skipped))
        return fitted(books, self._names.renamed)

    def _declared(self) -> Iterator[Directive]:
        found = select(BooksDirective).where(BooksDirective.ledger_id == self._ledger.id)
        problems = Problems()
        still = Accounts(self._options, {})
        for each in self._session.scalars(found.order_by(BooksDirective.n)):
            place = Place(self._ledger.name, each.n)
            parsed = parse(each.text, file=str(place), problems=problems, including=self._options)
            for directive in parsed.directives:
                whole = still.book(directive) if isinstance(directive, WrittenTransaction) else directive
                yield replace(whole, place=place)
        problems.require_none()

    def _wholes(self) -> Iterator[_Whole]:
        kept = {
            each.transaction_id: each
            for each in self._session.scalars(
                select(BooksTransaction).where(BooksTransaction.ledger_id == self._ledger.id)
            )
        }
        entries = self._session.execute(
            select(Posted.id, Posted.description, Posted.reverses_id, *_COLUMNS)
            .join(Entry, (Entry.ledger_id == Posted.ledger_id) & (Entry.transaction_id == Posted.id))
            .where(Posted.ledger_id == self._ledger.id)
            .order_by(Posted.booked, Posted.id, Entry.n)
        )
        for header, found in groupby(entries, key=lambda row: _Header(*row[:3])):
            rows = tuple(self._row(row) for row in found)
            yield _Whole(header, rows, kept.get(header.id) or self._kept_of(header.reverses, kept))

    @staticmethod
    def _kept_of(reverses: UUID | None, kept: Mapping[UUID, BooksTransaction]) -> BooksTransaction | None:
        return None if reverses is None else kept.get(reverses)

    def _row(self, entry: Any) -> _Row:
        number = Decimal(entry.steps).scaleb(-self._places[entry.unit_code], ARITHMETIC)
        return _Row(
            entry.n,
            entry.charged,
            entry.concerns,
            self._names.of(self._accounts[entry.account_id]),
            Amount(number, self._commodities[entry.unit_code]),
            entry.memo,
        )

    def _transactions(self) -> Iterator[Transaction]:
        last = 0
        for whole in self._wholes():
            is_imported = whole.kept is not None and not whole.is_reversal
            last = whole.kept.n if is_imported and whole.kept is not None else last + 1
            place = Place(self._ledger.name, last)
            memos = sum(row.is_memo for row in whole.rows)
            said = whole.header.description or "a transaction"
            if memos:
                self._skipped.append(
                    Skipped(place, f"{memos} memo entries of {said}: nothing real moves in them")
                )
            days = sorted({row.day for row in whole.rows if not row.is_memo})
            for day in days:
                yield self._transaction(whole, day, place, joined=len(days) > 1)

    def _transaction(self, whole: _Whole, day: date, place: Place, *, joined: bool) -> Transaction:
        document = whole.document or KeptTransaction(narration=whole.header.description)
        postings = [*self._postings(whole, day)]
        links = set(document.links)
        if joined:
            links.add(f"transaction-{whole.header.id}")
            postings.extend(self._transit(postings))
        return Transaction(
            day=day,
            place=place,
            metadata=_metadata(document.metadata, self._options),
            flag=document.flag,
            payee=document.payee,
            narration=whole.header.description if whole.is_reversal else document.narration,
            tags=frozenset(document.tags),
            links=frozenset(links),
            postings=tuple(postings),
            is_padding=document.is_padding and not whole.is_reversal,
        )

    def _postings(self, whole: _Whole, day: date) -> Iterator[Posting]:
        rows = {row.n: row for row in whole.rows if row.day == day and not row.is_memo}
        if whole.document is None:
            for row in rows.values():
                yield Posting(account=row.account, units=row.amount, metadata=_concerning(row, ()))
            return
        for leg in whole.document.legs:
            found = None if leg.n is None else rows.get(leg.n)
            if found is not None:
                yield self._kept_posting(leg, found, -1 if whole.is_reversal else 1)
            elif leg.account is not None and leg.commodity is not None and leg.number is not None:
                yield Posting(account=leg.account, units=Amount(Decimal(leg.number), leg.commodity))

    def _kept_posting(self, leg: KeptLeg, row: _Row, sign: int) -> Posting:
        number = row.amount.number
        if leg.number is not None:
            number = Decimal(leg.number) if sign > 0 else Decimal(leg.number).copy_negate()
        price = None
        if leg.price is not None and leg.price_in is not None:
            price = Amount(Decimal(leg.price), leg.price_in)
        return Posting(
            account=row.account,
            units=Amount(number, row.amount.commodity),
            lot=None if leg.lot is None else _lot(leg.lot),
            price=price,
            flag=leg.flag,
            metadata=_concerning(row, _metadata(leg.metadata, self._options)),
        )

    def _transit(self, postings: list[Posting]) -> Iterator[Posting]:
        left: dict[str, Decimal] = {}
        for posting in postings:
            known = left.get(posting.units.commodity, Decimal(0))
            left[posting.units.commodity] = ARITHMETIC.add(known, posting.units.number)
        for commodity, number in left.items():
            if number:
                account = f"{self._options.roots[2]}:{TRANSIT}"
                yield Posting(account=account, units=Amount(number.copy_negate(), commodity))


def _lot(kept: KeptLot) -> Lot:
    return Lot(Amount(Decimal(kept.cost), kept.commodity), date.fromisoformat(kept.acquired), kept.label)


def _concerning(row: _Row, metadata: Metadata) -> Metadata:
    if row.concerns == row.day or "concerns" in dict(metadata):
        return metadata
    return (*metadata, ("concerns", row.concerns))


def _metadata(kept: tuple[tuple[str, str], ...], options: Options) -> Metadata:
    return tuple((key, read_value(Cursor(Line(1, False, text)), options)) for key, text in kept)
