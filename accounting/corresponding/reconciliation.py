"""Whether two parties' accounts of the same thing agree, entry by entry (6.13)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ...patterns.catalogue import attach
from ...patterns.constraint import rule
from ...patterns.time.period import Period
from ...patterns.values.number import ARITHMETIC
from ...patterns.values.quantity import Quantity
from ..account.account import Account
from ..choosing.balance import entries, turnover
from ..posting.entry import Entry
from .corresponding import Correspondence, correspond, correspondence_of, corresponding_to

CORRESPOND = rule(
    "reconciliation.corresponding",
    pattern="6.13",
    says="Only accounts that correspond are reconciled.",
)
TOLERANCE = rule(
    "reconciliation.tolerance",
    pattern="6.13",
    says="A tolerance is an amount in the unit of the accounts and a number of days, neither below zero.",
)


@dataclass(frozen=True, slots=True)
class Match:
    """
    An entry here and an entry there that are taken for the same thing.

    Units:  differences are here less there: an amount, and days.
    Source: Analysis Patterns 6.13.
    """

    here: Entry
    there: Entry
    difference: Quantity
    days: int

    @property
    def is_exact(self) -> bool:
        """Whether both agree in amount and in day."""
        return self.difference.amount == 0 and self.days == 0


@dataclass(frozen=True, slots=True)
class Side:
    """
    One of the accounts that are reconciled, over the period.

    Shape:  the account, its balance before and at the end, and the entries that the other side knows
            nothing of.
    Units:  in the unit of the accounts, with the sign that was compared: of a mirrored account, the other.
    """

    account: Account
    opening: Quantity
    closing: Quantity
    alone: tuple[Entry, ...]
    alone_together: Quantity


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """
    What two accounts agree on over a period, and everything in which they differ.

    Shape:  the two sides, `here` and `there`; each entry of either stands in one match, or alone on its side.
            The difference of the closing balances is, exactly, that of the opening ones, with the differences
            within matches, and what stands alone here less what stands alone there.
    Source: Analysis Patterns 6.13.
    """

    period: Period
    here: Side
    there: Side
    matches: tuple[Match, ...]

    @property
    def exact(self) -> tuple[Match, ...]:
        """The matches that agree in amount and in day."""
        return tuple(each for each in self.matches if each.is_exact)

    @property
    def inexact(self) -> tuple[Match, ...]:
        """The matches within the tolerance that differ in amount or in day."""
        return tuple(each for each in self.matches if not each.is_exact)

    @property
    def difference(self) -> Quantity:
        """By how much the account here stands above the one there at the end of the period."""
        return self.here.closing - self.there.closing

    @property
    def explained(self) -> Quantity:
        """The same, from what makes it up: opening, matches, what stands alone."""
        together = self.here.opening - self.there.opening
        for match in self.matches:
            together += match.difference
        return together + self.here.alone_together - self.there.alone_together

    @property
    def agrees(self) -> bool:
        """Whether nothing stands alone and every match is exact."""
        return not (self.here.alone or self.there.alone or self.inexact)

    def __str__(self) -> str:
        return (
            f"{self.here.account} and {self.there.account} over {self.period}: {len(self.exact)} agree, "
            f"{len(self.inexact)} nearly, {len(self.here.alone)} only here, "
            f"{len(self.there.alone)} only there; {self.difference} apart"
        )


def reconcile(
    *,
    here: Account,
    there: Account,
    period: Period,
    tolerance: Quantity | None = None,
    days: int = 0,
    mirrored: bool = False,
    known_at: datetime | None = None,
) -> Reconciliation:
    """
    Compare two corresponding accounts, entry by entry, over a period.

    Shape:  entries match whose amounts differ by at most `tolerance` and whose days by at most `days`, the
            nearest first, each once. `mirrored` says that what goes in here comes out there, as where one
            party's receivable is the other's payable.
    Errors: `ConstraintViolation`: `reconciliation.corresponding`, `reconciliation.tolerance`,
            `account.one-unit`.
    Source: Analysis Patterns 6.13.
    """
    if there not in corresponding_to(here):
        raise CORRESPOND.violation(
            here,
            there,
            found=f"{here} and {there}, which do not correspond",
            allowed="accounts that correspond",
            remedy="Say correspond(...) of the two first.",
        )
    ours = turnover(here, period, known_at=known_at)
    theirs = turnover(there, period, known_at=known_at)
    nothing = ours.opening - ours.opening
    allowed = _checked(nothing, tolerance, days)
    left = [_Item(each, each.amount) for each in entries(here, period=period, known_at=known_at)]
    right = [
        _Item(each, _turned(each.amount, mirrored))
        for each in entries(there, period=period, known_at=known_at)
    ]
    pairs = _matched(left, right, allowed, days)
    matches = tuple(
        Match(one.entry, other.entry, one.quantity - other.quantity, (one.day - other.day).days)
        for one, other in pairs
    )
    return Reconciliation(
        period=period,
        here=_side(here, ours.opening, ours.closing, left, nothing),
        there=_side(
            there, _turned(theirs.opening, mirrored), _turned(theirs.closing, mirrored), right, nothing
        ),
        matches=matches,
    )


class _Item:
    """An entry waiting for its match."""

    __slots__ = ("amount", "day", "entry", "quantity", "taken")

    def __init__(self, entry: Entry, quantity: Quantity) -> None:
        self.entry = entry
        self.quantity = quantity
        self.amount = quantity.amount
        self.day = entry.charged
        self.taken = False


_Pair = tuple[_Item, _Item]


def _matched(left: list[_Item], right: list[_Item], tolerance: Decimal, days: int) -> list[_Pair]:
    found = list(_same(left, right, lambda each: (each.amount, each.day)))
    if days:
        found += _near_in_time(left, right, days)
    if tolerance:
        found += _near_in_amount(left, right, tolerance, days)
    return sorted(found, key=lambda pair: (pair[0].day, pair[0].entry.booked, pair[0].entry.key))


def _same(left: list[_Item], right: list[_Item], key: Callable[[_Item], Hashable]) -> Iterator[_Pair]:
    waiting: dict[Hashable, deque[_Item]] = {}
    for each in right:
        waiting.setdefault(key(each), deque()).append(each)
    for one in left:
        others = waiting.get(key(one))
        if others:
            yield _take(one, others.popleft())


def _near_in_time(left: list[_Item], right: list[_Item], days: int) -> Iterator[_Pair]:
    """Equal amounts, as many as can be matched: the earliest with the earliest that is near enough."""
    waiting: dict[Decimal, deque[_Item]] = {}
    for each in _untaken(right):
        waiting.setdefault(each.amount, deque()).append(each)
    for one in _untaken(left):
        others = waiting.get(one.amount, deque())
        while others and (one.day - others[0].day).days > days:
            others.popleft()
        if others and (others[0].day - one.day).days <= days:
            yield _take(one, others.popleft())


def _near_in_amount(left: list[_Item], right: list[_Item], tolerance: Decimal, days: int) -> Iterator[_Pair]:
    """Amounts within the tolerance, the nearest first; of those as near, the nearest in time."""
    others = sorted(_untaken(right), key=lambda each: each.amount)
    amounts = [each.amount for each in others]
    near: list[tuple[Decimal, int, int, int]] = []
    waiting = list(_untaken(left))
    for at, one in enumerate(waiting):
        first = bisect_left(amounts, ARITHMETIC.subtract(one.amount, tolerance))
        last = bisect_right(amounts, ARITHMETIC.add(one.amount, tolerance))
        for other in range(first, last):
            apart = abs((one.day - others[other].day).days)
            if apart <= days:
                near.append((ARITHMETIC.subtract(one.amount, amounts[other]).copy_abs(), apart, at, other))
    for _, _, at, other in sorted(near):
        if not (waiting[at].taken or others[other].taken):
            yield _take(waiting[at], others[other])


def _untaken(items: Iterable[_Item]) -> Iterator[_Item]:
    return (each for each in items if not each.taken)


def _take(one: _Item, other: _Item) -> _Pair:
    one.taken = other.taken = True
    return one, other


def _side(
    account: Account, opening: Quantity, closing: Quantity, items: Sequence[_Item], nothing: Quantity
) -> Side:
    alone = tuple(_untaken(items))
    together = nothing
    for each in alone:
        together += each.quantity
    return Side(account, opening, closing, tuple(each.entry for each in alone), together)


def _turned(quantity: Quantity, mirrored: bool) -> Quantity:
    return -quantity if mirrored else quantity


def _checked(nothing: Quantity, tolerance: Quantity | None, days: int) -> Decimal:
    if days < 0 or (tolerance is not None and (tolerance.unit != nothing.unit or tolerance.amount < 0)):
        raise TOLERANCE.violation(
            found=f"{tolerance} and {days} days",
            allowed=f"an amount in {nothing.unit} and a number of days, neither below zero",
            remedy="Leave it out to ask for exact matches.",
        )
    return Decimal(0) if tolerance is None else tolerance.amount


attach(
    "6.13",
    types=(Correspondence, Reconciliation, Side, Match),
    behaviours=(correspond, correspondence_of, corresponding_to, reconcile),
    figure="analysis_patterns.accounting.corresponding.corresponding:Correspondence",
    when_not="Where both parties read the same books, one account with a classifier each is enough: there is "
    "nothing that could differ, and nothing to reconcile.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.accounting import Asset, Draft, Income, Ledger, correspond, post, reconcile
>>> from analysis_patterns.patterns import Money, Period, create_engine, sessions
>>> from analysis_patterns.patterns.persistence.base import Base
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> def charge(account, fees, day, amount):
...     _ = post(session, Draft.transfer(
...         Money(amount, "USD"), source=fees, destination=account, charged=date(1997, 5, day)))
>>> with sessions(engine)() as session:
...     books = []
...     for name in ("Smith", "the bank"):
...         ledger = Ledger(name=name)
...         _ = ledger.count_in("USD")
...         checking = Asset(ledger=ledger, name="checking", unit="USD")
...         books.append((checking, Income(ledger=ledger, name="fees", unit="USD")))
...         session.add_all(books[-1])
...     smith, bank = books
...     _ = correspond(smith[0], bank[0])
...     charge(*smith, 1, "100.00")
...     charge(*bank, 2, "100.00")
...     charge(*bank, 9, "0.25")
...     found = reconcile(here=smith[0], there=bank[0], period=Period(date(1997, 5, 1)), days=3)
>>> [str(match.there) for match in found.inexact], [str(entry) for entry in found.there.alone]
(['100.00 USD on 1997-05-02'], ['0.25 USD on 1997-05-09'])
>>> print(found.difference, found.explained)
-0.25 USD -0.25 USD
""",
)
