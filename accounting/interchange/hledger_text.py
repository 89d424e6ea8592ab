"""Books in hledger's journal notation (6.1)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from ...patterns.values.number import ARITHMETIC
from .assertion import Followed
from .beancount_text import directive_text, value_text
from .books import Books
from .directive import Amount, Balance, Directive, Metadata, Open, Posting, Price, Transaction, Value
from .naming import TRADING
from .weight import weight_of

_KINDS = ("A", "L", "E", "R", "X")
_PLAIN = re.compile(r"[A-Za-z]+")
_STATUS = {"*": "* ", "!": "! "}
_IN_TAGS = str.maketrans({",": ";", "[": "(", "]": ")"})


def hledger_text(books: Books) -> str:
    """
    Write books so that hledger reads them with equal balances.

    Shape:  accounts, commodities, prices and transactions; links and metadata are tags; what pads stand for
            is written out; a balance directive is an assertion where it holds to the last digit, since
            hledger knows no tolerance. What lots cost is the price for which their units came or go, so that
            every transaction balances; the lots themselves stand in comments, and so does, in Beancount's
            notation, all that hledger has no words for: see `hledger_comments`.
    Source: hledger's journal format. Where weights do not sum to exactly zero, the remainder is part of one
            total price, or, where there is none, of a leg to `trading` under the equity root.
    """
    writer = _Writer(books)
    return "\n".join(writer.lines()) + "\n"


def hledger_comments(books: Books) -> Mapping[str, int]:
    """How many directives of each kind hledger gets as comments only, or in part, by the word for it."""
    said = (each for each, off in Followed(books.directives) if not _is_said(each, off))
    return dict(sorted(Counter(type(each).__name__.lower() for each in said).items()))


def _is_said(directive: Directive, off: Decimal) -> bool:
    """Whether hledger has words for all of a directive."""
    match directive:
        case Transaction():
            return bool(directive.postings)
        case Balance():
            return not off and not directive.metadata
        case Open():
            return not (directive.commodities or directive.booking or directive.metadata)
        case Price():
            return not directive.metadata
    return False


class _Writer:
    """Writes one journal; what is left over of a transaction is known before any is written."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._roots = dict(zip(books.options.roots, _KINDS, strict=True))
        self._trading = f"{books.options.roots[2]}:{TRADING}"
        self._balanced = {id(each): _Balanced(each) for each in books.transactions}

    def lines(self) -> Iterator[str]:
        yield "decimal-mark ."
        yield from (_comment(f"option {name}: {value}") for name, value in self._books.options.written)
        for commodity, places in sorted(_places(self._books).items()):
            shown = f"1000.{'0' * places}" if places else "1000."
            yield f"commodity {shown} {_symbol(commodity)}"
        yield from (f"account {root}  ; type: {kind}" for root, kind in self._roots.items())
        if any(each.left for each in self._balanced.values()):
            yield f"account {self._trading}  ; type: E"
        for each, off in Followed(self._books.directives):
            match each:
                case Open():
                    kind = self._roots[each.account.partition(":")[0]]
                    yield f"account {each.account}  ; type: {kind}"
                case Price():
                    yield f"P {each.day} {_symbol(each.commodity)} {_amount(each.amount)}"
                case Balance() if not off:
                    zero = _amount(Amount(Decimal(0), each.amount.commodity))
                    yield f"\n{each.day} * balance"
                    yield f"    {each.account}  {zero} =* {_amount(each.amount)}"
                case Transaction() if each.postings:
                    yield from self._transaction(each)
            if not _is_said(each, off):
                yield from map(_comment, directive_text(each).splitlines())

    def _transaction(self, transaction: Transaction) -> Iterator[str]:
        status = _STATUS.get(transaction.flag, "")
        payee = "" if transaction.payee is None else f"{_line(transaction.payee)} | "
        tags = ", ".join(f"{tag}:" for tag in sorted(transaction.tags))
        comment = f"  ; {tags}" if tags else ""
        yield f"\n{transaction.day} {status}{payee}{_line(transaction.narration)}{comment}".rstrip()
        if transaction.flag not in _STATUS:
            yield f"    ; flag: {transaction.flag}"
        yield from (f"    ; link: {link}" for link in sorted(transaction.links))
        yield from _tags(transaction.metadata)
        balanced = self._balanced[id(transaction)]
        for posting, total in zip(transaction.postings, balanced.totals, strict=True):
            paid = "" if total is None else f" @@ {_amount(total)}"
            own = "" if posting.flag is None else _STATUS.get(posting.flag, "")
            yield f"    {own}{posting.account}  {_amount(posting.units)}{paid}{_lot(posting)}"
            if posting.flag is not None and not own:
                yield f"    ; flag: {posting.flag}"
            yield from _tags(posting.metadata)
        for commodity, number in balanced.left.items():
            yield f"    {self._trading}  {_amount(Amount(number.copy_negate(), commodity))}"


class _Balanced:
    """
    What each leg of a transaction was exchanged for, so that all sums to exactly zero.

    Shape:  `totals` has an amount for each leg with a lot or a price, and None for the others; `left` is
            what could not be made part of one of them, by commodity.
    """

    def __init__(self, transaction: Transaction) -> None:
        weights = [weight_of(posting) for posting in transaction.postings]
        self.left: dict[str, Decimal] = {}
        for weight in weights:
            known = self.left.get(weight.commodity, Decimal(0))
            self.left[weight.commodity] = ARITHMETIC.add(known, weight.number)
        self.left = {commodity: number for commodity, number in self.left.items() if number}
        self.totals = [
            None if posting.lot is None and posting.price is None else self._total(posting, weight)
            for posting, weight in zip(transaction.postings, weights, strict=True)
        ]

    def _total(self, posting: Posting, weight: Amount) -> Amount:
        total = weight.number.copy_abs()
        left = self.left.get(weight.commodity, Decimal(0))
        share = left if posting.units.number > 0 else left.copy_negate()
        if left and posting.units.number and share <= total:
            del self.left[weight.commodity]
            total = ARITHMETIC.subtract(total, share)
        return Amount(total, weight.commodity)


def _lot(posting: Posting) -> str:
    if posting.lot is None:
        return ""
    label = "" if posting.lot.label is None else f" {_value(posting.lot.label)}"
    return f"  ; lot: {posting.lot.cost} {posting.lot.acquired}{label}"


def _places(books: Books) -> dict[str, int]:
    """To how many decimal places each commodity is moved; none for one that things are only priced in."""
    found: dict[str, int] = {}
    for each in books.directives:
        match each:
            case Price():
                found.setdefault(each.commodity, 0)
                found.setdefault(each.amount.commodity, 0)
            case Balance():
                _note(found, each.amount)
            case Transaction():
                for posting in each.postings:
                    found.setdefault(weight_of(posting).commodity, 0)
                    _note(found, posting.units)
    return found


def _note(found: dict[str, int], amount: Amount) -> None:
    exponent = amount.number.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    found[amount.commodity] = max(places, found.get(amount.commodity, 0))


def _amount(amount: Amount) -> str:
    return f"{amount.number:f} {_symbol(amount.commodity)}"


def _symbol(commodity: str) -> str:
    return commodity if _PLAIN.fullmatch(commodity) else f'"{commodity}"'


def _tags(metadata: Metadata) -> Iterator[str]:
    for key, value in metadata:
        # By these two hledger would date the transaction otherwise.
        name = f"meta-{key}" if key in {"date", "date2"} else key
        yield f"    ; {name}: {_value(value)}".rstrip()


def _value(value: Value) -> str:
    """The value of a tag, which ends at a comma; what stands in square brackets may be a date to hledger."""
    text = value if isinstance(value, str) else value_text(value)
    return " ".join(text.translate(_IN_TAGS).split())


def _comment(text: str) -> str:
    return "; " + " ".join(text.split())


def _line(text: str) -> str:
    """On one line, without what begins a comment."""
    return " ".join(text.replace(";", ",").split())
