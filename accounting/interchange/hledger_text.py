"""Books in hledger's journal notation (6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ...patterns.values.number import ARITHMETIC
from .assertion import Followed
from .books import Books
from .directive import Amount, Balance, Open, Price, Transaction
from .weight import weight_of

_KINDS = ("A", "L", "E", "R", "X")
_PLAIN = re.compile(r"[A-Za-z]+")
_STATUS = {"*": "* ", "!": "! "}


def hledger_text(books: Books) -> str:
    """
    Write books so that hledger reads them with equal balances.

    Shape:  accounts, commodities, prices and transactions; what pads stand for is written out; a balance
            directive is an assertion where it holds to the last digit, since hledger knows no tolerance.
            What lots cost is the price for which their units came or go, so that every transaction
            balances; the lots themselves stand in comments.
    Source: hledger's journal format. Where weights do not sum to exactly zero, the remainder is part of one
            total price, or, where there is none, of a leg to `trading` under the equity root.
    """
    writer = _Writer(books)
    return "\n".join(writer.lines()) + "\n"


class _Writer:
    def __init__(self, books: Books) -> None:
        self._books = books
        self._trading = f"{books.options.roots[2]}:trading"

    def lines(self) -> Iterator[str]:
        yield "decimal-mark ."
        for commodity, places in sorted(_places(self._books).items()):
            shown = f"1000.{'0' * places}" if places else "1000."
            yield f"commodity {shown} {_symbol(commodity)}"
        kinds = dict(zip(self._books.options.roots, _KINDS, strict=True))
        for root, kind in kinds.items():
            yield f"account {root}  ; type: {kind}"
        followed = Followed(self._books.directives)
        for each, off in followed:
            match each:
                case Open():
                    yield f"account {each.account}  ; type: {kinds[each.account.partition(':')[0]]}"
                case Price():
                    yield f"P {each.day} {_symbol(each.commodity)} {_amount(each.amount)}"
                case Balance() if not off:
                    yield ""
                    yield f"{each.day} * balance"
                    zero = _amount(Amount(Decimal(0), each.amount.commodity))
                    yield f"    {each.account}  {zero} =* {_amount(each.amount)}"
                case Transaction() if each.postings:
                    yield from self._transaction(each)

    def _transaction(self, transaction: Transaction) -> Iterator[str]:
        yield ""
        status = _STATUS.get(transaction.flag, "")
        payee = "" if transaction.payee is None else f"{_line(transaction.payee)} | "
        tags = ", ".join(f"{tag}:" for tag in sorted(transaction.tags))
        comment = f"  ; {tags}" if tags else ""
        yield f"{transaction.day} {status}{payee}{_line(transaction.narration)}{comment}".rstrip()
        left = {commodity: number for commodity, number in _exact_residue(transaction).items() if number}
        for posting in transaction.postings:
            weight = weight_of(posting)
            text = f"    {posting.account}  {_amount(posting.units)}"
            if posting.lot is not None or posting.price is not None:
                total = weight.number.copy_abs()
                if weight.commodity in left:
                    sign = Decimal(1).copy_sign(posting.units.number)
                    share = ARITHMETIC.multiply(left[weight.commodity], sign)
                    if share <= total and posting.units.number:
                        total = ARITHMETIC.subtract(total, share)
                        del left[weight.commodity]
                text += f" @@ {_amount(Amount(total, weight.commodity))}"
            if posting.lot is not None:
                label = "" if posting.lot.label is None else f", {_line(posting.lot.label)}"
                text += f"  ; lot: {posting.lot.cost} {posting.lot.acquired}{label}"
            yield text
        for commodity, number in left.items():
            yield f"    {self._trading}  {_amount(Amount(number.copy_negate(), commodity))}"


def _exact_residue(transaction: Transaction) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for posting in transaction.postings:
        weight = weight_of(posting)
        sums[weight.commodity] = ARITHMETIC.add(sums.get(weight.commodity, Decimal(0)), weight.number)
    return sums


def _places(books: Books) -> dict[str, int]:
    """To how many decimal places each commodity is written, anywhere."""
    found: dict[str, int] = {}
    for each in books.directives:
        amounts = [posting.units for posting in each.postings] if isinstance(each, Transaction) else []
        if isinstance(each, Balance):
            amounts.append(each.amount)
        for amount in amounts:
            exponent = amount.number.as_tuple().exponent
            places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
            found[amount.commodity] = max(places, found.get(amount.commodity, 0))
    return found


def _amount(amount: Amount) -> str:
    return f"{amount.number:f} {_symbol(amount.commodity)}"


def _symbol(commodity: str) -> str:
    return commodity if _PLAIN.fullmatch(commodity) else f'"{commodity}"'


def _line(text: str) -> str:
    """On one line, without what begins a comment."""
    return " ".join(text.replace(";", ",").split())
