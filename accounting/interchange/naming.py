"""How accounts and commodities are called in books and in a ledger (6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from unicodedata import category
from uuid import UUID

from ...patterns.constraint import ConstraintViolation
from ...patterns.values.currency import find_currency
from ...patterns.values.ucum import parse_unit
from ...patterns.values.unit import AtomicUnit, Unit
from ..account.account import DetailAccount
from ..statement.statement_account import Asset, Equity, Expense, Income, Liability
from .directive import LONGEST_COMMODITY, LONGEST_NAME, account_name, commodity_name
from .options import Options

TRADING = "trading"
"""The account, under the equity root, through which units pass that are exchanged for others."""

TRANSIT = "In-Transit"
"""The account, under the equity root, that joins legs which were charged on different days."""

KINDS: tuple[type[Asset | Liability | Equity | Income | Expense], ...] = (
    Asset,
    Liability,
    Equity,
    Income,
    Expense,
)
"""The kinds of account under the five roots, in the order of the roots."""

_ROOT_OF_KIND = {
    "asset": 0,
    "liability": 1,
    "equity": 2,
    "income": 3,
    "expense": 4,
    "income_statement": 4,
}
_UNIT = re.compile(r"\[([^\]]+)\]")


def unit_of(commodity: str) -> Unit:
    """
    The unit that a commodity is counted in: a currency of ISO 4217's, else a unit of its own.

    Shape:  the code of what is no plain word, or is called like a unit of measurement, such as A, stands in
            square brackets.
    """
    known = find_currency(commodity)
    if known is not None:
        return known
    plain = commodity.isalpha() and not _is_measure(commodity)
    return AtomicUnit(commodity if plain else f"[{commodity}]")


def _is_measure(code: str) -> bool:
    try:
        parse_unit(code)
    except ConstraintViolation:
        return False
    return True


def commodities_of(codes: Iterable[str]) -> dict[str, str]:
    """The name of the commodity for each code of a unit; that of an import comes back as it was."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for code in sorted(codes):
        bracketed = _UNIT.fullmatch(code)
        name = bracketed[1] if bracketed else code
        if not _is_commodity(name):
            name = "-".join(re.findall(r"[A-Z0-9]+", name.upper()))
            name = name if _is_commodity(name) else f"U{name}"
        names[code] = _unused(name[:LONGEST_COMMODITY], taken, LONGEST_COMMODITY)
    return names


def _is_commodity(name: str) -> bool:
    try:
        return commodity_name(name) == name
    except ConstraintViolation:
        return False


def root_of(kind: str) -> int:
    """Under which of the five roots an account of this kind is written: assets where none is said."""
    return _ROOT_OF_KIND.get(kind, 0)


def book_name(name: str, root: str, taken: set[str]) -> str:
    """A name for the account `name` under `root`, as Beancount takes it, and none of those taken so far."""
    words = [_word(part) for part in name.split(":")]
    words = [word for word in words if word] or ["Unnamed"]
    if words[0] == root and len(words) > 1:
        words = words[1:]
    joined = ":".join([root, *words])[: LONGEST_NAME - 8].rstrip(":-")
    return _unused(joined, taken, LONGEST_NAME)


def _word(part: str) -> str:
    letters = [each if category(each)[0] == "L" or category(each) == "Nd" else "-" for each in part]
    word = re.sub("-+", "-", "".join(letters)).strip("-")
    if word and category(word[0]) not in {"Lu", "Nd"}:
        capital = word[0].upper()
        word = capital + word[1:] if len(capital) == 1 and category(capital) == "Lu" else f"X-{word}"
    return word


def _unused(name: str, taken: set[str], longest: int) -> str:
    found, number = name, 1
    while found in taken:
        number += 1
        end = f"-{number}"
        found = name[: longest - len(end)] + end
    taken.add(found)
    return found


class BookNames:
    """
    What accounts of a ledger are called in its books.

    Shape:  an account that an import made gets its name back; another one gets a name under the root of its
            kind, and `renamed` tells what it was called.
    """

    def __init__(
        self, options: Options, commodities: Mapping[str, str], accounts: Iterable[DetailAccount]
    ) -> None:
        self._options = options
        self.renamed: dict[str, str] = {}
        self._names: dict[UUID, str] = {}
        others: list[DetailAccount] = []
        for account in accounts:
            name, _, commodity = account.name.rpartition(" ")
            if commodity == commodities[account.unit.code] and self._is_book_name(name):
                self._names[account.id] = name
            else:
                others.append(account)
        taken = {*self._names.values(), f"{options.roots[2]}:{TRANSIT}"}
        for account in others:
            name = book_name(account.name, options.roots[root_of(account.kind)], taken)
            self._names[account.id] = name
            self.renamed[name] = account.name

    def of(self, account: DetailAccount) -> str:
        """The name of an account in the books."""
        return self._names[account.id]

    def _is_book_name(self, name: str) -> bool:
        try:
            return account_name(name).partition(":")[0] in self._options.roots
        except ConstraintViolation:
            return False
