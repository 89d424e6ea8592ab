"""Profit and loss between two scenarios, taken apart step by step into parts that add up (9.2, 9.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from math import factorial
from types import MappingProxyType
from uuid import UUID

from ...patterns.constraint import rule
from ...patterns.provenance import Explanation
from ...patterns.values import Money
from .book import Book
from .grid import currency_of
from .indicators import Indicators
from .market_state import MarketState
from .value import Valuation, value

EACH_ONCE = rule(
    "profit.each-step-once",
    pattern="9.4",
    says="Profit and loss is taken apart by every step, each once.",
)


class ProfitCause(Enum):
    """Why the worth of a portfolio changes."""

    CANCELLED = "contracts cancelled"
    NEW = "new contracts"
    TIME = "time"
    SPOT = "prices"
    VOLATILITY = "volatilities"
    RATES = "interest"
    BARRIERS = "barriers knocked"


ORDER = (
    ProfitCause.CANCELLED,
    ProfitCause.NEW,
    ProfitCause.TIME,
    ProfitCause.SPOT,
    ProfitCause.VOLATILITY,
    ProfitCause.RATES,
    ProfitCause.BARRIERS,
)
"""In which order steps are taken, unless another is asked for."""


@dataclass(frozen=True, slots=True)
class ProfitAndLoss:
    """
    By how much a portfolio's worth changed, and what each cause contributed.

    Shape:  the worth before and after; a part for each cause, in the order in which they were taken.
    Units:  exact money: the parts sum to the total without any remainder.
    """

    before: Money
    after: Money
    parts: Mapping[ProfitCause, Money]
    method: str

    @property
    def total(self) -> Money:
        """The profit, below zero for a loss."""
        return Money.from_minor_units(self.after.minor_units - self.before.minor_units, self.after.currency)

    def explanation(self) -> Explanation:
        """The total, and what it consists of."""
        return Explanation(
            f"{self.total} = {self.after} - {self.before}",
            by=self.method,
            because=tuple(Explanation(f"{part} by {cause.value}") for cause, part in self.parts.items()),
        )


def profit_and_loss(
    before: tuple[Book, MarketState],
    after: tuple[Book, MarketState],
    *,
    order: Sequence[ProfitCause] | None = ORDER,
    currency: str | None = None,
) -> ProfitAndLoss:
    """
    Take the change of a portfolio's worth apart.

    Shape:  step by step in the order given: each step changes what its cause stands for, and contributes by
            how much the worth changes. Without an order, by Shapley's method: what each cause changes, on
            average over all orders, which takes 128 valuations, of contracts in either book. A barrier that
            a price crosses counts among prices; what was known before and after, among barriers knocked.
            In between, an indicator that only one of the two states has stands where it stands there.
    Units:  in the currency named, or the one that all contracts are paid in.
    Errors: `ConstraintViolation`: `profit.each-step-once`, and those of `value`.
    Source: L. S. Shapley, A Value for n-Person Games, 1953.
    """
    if order is not None and sorted(order, key=str) != sorted(ProfitCause, key=str):
        raise EACH_ONCE.violation(
            found=", ".join(cause.value for cause in order),
            allowed=", ".join(cause.value for cause in ORDER),
            remedy="Name every cause once; those that changed nothing contribute nothing.",
        )
    worth = _Worths(before, after, currency or currency_of(before[0] if len(before[0]) else after[0]))
    parts = _stepwise(worth, order) if order is not None else _shapley(worth)
    first, last = (Money.from_minor_units(worth(set(moved)), worth.currency) for moved in ((), ProfitCause))
    method = "Shapley's method" if order is None else "one by one: " + ", ".join(each.value for each in order)
    told = {cause: Money.from_minor_units(part, worth.currency) for cause, part in parts.items()}
    return ProfitAndLoss(first, last, MappingProxyType(told), method)


class _Worths:
    """What the portfolio is worth, in minor units, where some causes have taken place and others have not."""

    def __init__(
        self, before: tuple[Book, MarketState], after: tuple[Book, MarketState], currency: str
    ) -> None:
        (self._book, self._from), (self._then, self._to) = before, after
        self.currency = currency
        self._found: dict[frozenset[ProfitCause], int] = {}

    def __call__(self, moved: set[ProfitCause]) -> int:
        key = frozenset(moved)
        if key not in self._found:
            self._found[key] = self._value(key).total.minor_units
        return self._found[key]

    def _value(self, moved: frozenset[ProfitCause]) -> Valuation:
        return value(self._held(moved), self._market(moved), currency=self.currency)

    def _held(self, moved: frozenset[ProfitCause]) -> Book:
        old, new = self._book.contracts(), self._then.contracts()
        stayed = self._then if ProfitCause.BARRIERS in moved else self._book
        holdings = stayed.only(old & new).holdings
        if ProfitCause.CANCELLED not in moved:
            holdings += self._book.only(old - new).holdings
        if ProfitCause.NEW in moved:
            holdings += self._then.only(new - old).holdings
        return Book(holdings, self._book.indicators.with_those_of(self._then.indicators))

    def _market(self, moved: frozenset[ProfitCause]) -> MarketState:
        if moved in _ENDS:  # what is lacking there is not made up for
            return replace(self._to if moved else self._from, source=None)
        indicators = self._book.indicators.with_those_of(self._then.indicators)
        levels: dict[UUID, Decimal] = {}
        for group in _groups(indicators, {**self._from.levels, **self._to.levels}):
            chosen, other = self._from.levels, self._to.levels
            if _cause_of(group[0], indicators) in moved:
                chosen, other = other, chosen
            known = chosen if any(key in chosen for key in group) else other
            levels |= {key: known[key] for key in group if key in known}
        timed = self._to if ProfitCause.TIME in moved else self._from
        return replace(self._from, day=timed.day, levels=levels, source=None)


_ENDS: tuple[frozenset[ProfitCause], ...] = frozenset(), frozenset(ProfitCause)


def _groups(indicators: Indicators, levels: Iterable[UUID]) -> list[tuple[UUID, ...]]:
    """Indicators of which one stands in for another: those of one volatility, or of one interest."""
    several = [*indicators.volatilities.values(), *indicators.interest.values()]
    grouped = {key for group in several for key in group}
    return [*several, *((key,) for key in levels if key not in grouped)]


def _cause_of(indicator: UUID, indicators: Indicators) -> ProfitCause:
    if any(indicator in keys for keys in indicators.volatilities.values()):
        return ProfitCause.VOLATILITY
    if any(indicator in keys for keys in indicators.interest.values()):
        return ProfitCause.RATES
    return ProfitCause.SPOT


def _stepwise(
    worth: Callable[[set[ProfitCause]], int], order: Sequence[ProfitCause]
) -> dict[ProfitCause, int]:
    parts, moved = {}, set[ProfitCause]()
    for cause in order:
        parts[cause] = worth(moved | {cause}) - worth(moved)
        moved.add(cause)
    return parts


def _shapley(worth: Callable[[set[ProfitCause]], int]) -> dict[ProfitCause, int]:
    causes = tuple(ProfitCause)
    count = len(causes)
    exactly = dict.fromkeys(causes, Fraction(0))
    for mask in range(2**count):
        moved = {cause for n, cause in enumerate(causes) if mask >> n & 1}
        share = (
            Fraction(factorial(len(moved)) * factorial(count - len(moved) - 1), factorial(count))
            if (len(moved) < count)
            else Fraction(0)
        )
        for cause in causes:
            if cause not in moved:
                exactly[cause] += share * (worth(moved | {cause}) - worth(moved))
    return _to_whole(exactly)


def _to_whole(exactly: Mapping[ProfitCause, Fraction]) -> dict[ProfitCause, int]:
    """Whole minor units that sum to what the fractions do: those left over go to the largest remainders."""
    whole = {cause: part.numerator // part.denominator for cause, part in exactly.items()}
    left = sum(exactly.values()) - sum(whole.values())
    largest = sorted(exactly, key=lambda cause: whole[cause] - exactly[cause])
    for cause in largest[: int(left)]:
        whole[cause] += 1
    return whole
