"""What a product comes to, over the price of what it is on: today, and when it expires (10.2, 10.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from ...patterns.constraint import rule
from ...patterns.picture import Plot, Series, SeriesKind
from ...patterns.values import Money
from ...patterns.values.number import Amount, exact
from ._extra import np
from .book import Book
from .grid import ValueGrid, value_grid
from .market_state import MarketState

ONE_UNDERLYING = rule(
    "payoff.one-instrument",
    pattern="10.3",
    says="What a product comes to is drawn over the price of the one instrument that its contracts are on.",
)

PAID_ALIKE = rule(
    "payoff.paid-in-its-currency",
    pattern="10.3",
    says="What was paid for a product is told in the currency in which it is worth something.",
)

PRICES_ABOVE_ZERO = rule(
    "payoff.prices-above-zero",
    pattern="10.3",
    says="Round prices are chosen around the strikes where these are above zero; others are named.",
)

_PLACES = 14
_LOOKED_AT = 400
_HALVINGS = 60
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5))
_SIX_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Payoff:
    """
    What contracts come to, by the price of what they are on.

    Shape:  prices, with what the contracts are worth at each of them today, and on the day on which the
            first of them expires; the prices at which they break even then.
    Units:  money less what was `paid` for them; break-even prices to six digits.
    """

    instrument: str
    today: date
    expires: date
    prices: tuple[Decimal, ...]
    worth_today: tuple[Money, ...]
    worth_then: tuple[Money, ...]
    break_even: tuple[Decimal, ...]
    paid: Money | None = None

    def picture(self, title: str) -> Plot:
        """Both as lines over the prices."""
        at = ", ".join(f"{price:f}" for price in self.break_even) or "no price"
        remarks = [f"Breaks even at {at} on {self.expires}."]
        if self.paid is not None:
            remarks.append(f"Less {self.paid} that was paid.")
        return Plot(
            title,
            tuple(f"{price:f}" for price in self.prices),
            (
                Series(f"on {self.expires}", _amounts(self.worth_then), SeriesKind.LINE),
                Series(f"on {self.today}", _amounts(self.worth_today), SeriesKind.LINE),
            ),
            unit=f"{self.worth_then[0].currency.code}, by the price of {self.instrument}",
            description=f"{title}: its worth over the price of {self.instrument}.",
            remarks=tuple(remarks),
        )


def payoff(
    book: Book, state: MarketState, *, prices: Sequence[Amount] | None = None, paid: Money | None = None
) -> Payoff:
    """
    Say what contracts come to over the price of their instrument, all else being as in a state.

    Shape:  at the `prices` named, or at round ones around the strikes; less what was `paid`, if given. Where
            contracts expire on different days, the later ones are valued on the first day.
    Errors: `ConstraintViolation`: `payoff.one-instrument`, `payoff.paid-in-its-currency`,
            `payoff.prices-above-zero`, and those of `value_grid`.
    Source: Analysis Patterns 10.2 and 10.3.
    """
    instruments = {each.instrument for each in book.holdings}
    if len(instruments) != 1:
        raise ONE_UNDERLYING.violation(
            found=f"contracts on {len(instruments)} instruments",
            allowed="one",
            remedy="Choose the contracts on one instrument.",
        )
    (instrument,) = instruments
    currency = book.indicators.underlyings[instrument].currency
    if paid is not None and paid.currency.code != currency:
        raise PAID_ALIKE.violation(
            found=f"{paid} for contracts that are paid in {currency}",
            allowed=f"an amount in {currency}",
            remedy="Convert it first, at the rate of the day on which it was paid.",
        )
    over = _Over(book, state, instrument, 0.0 if paid is None else float(paid.amount))
    shown = [exact(price) for price in prices or ()] or _round_prices(over.marks)
    then = replace(state, day=_first_end(book, state.day))
    return Payoff(
        book.indicators.underlyings[instrument].name,
        state.day,
        then.day,
        tuple(shown),
        over.amounts(shown, state),
        over.amounts(shown, then),
        tuple(over.break_even(then, float(min(shown)), float(max(shown)))),
        paid,
    )


class _Over:
    """The worth of contracts as a function of one price."""

    def __init__(self, book: Book, state: MarketState, instrument: UUID, paid: float) -> None:
        self._book, self._state, self._instrument, self._paid = book, state, instrument, paid
        columns = [each.columns.numbers for each in book.holdings]
        self.marks = sorted(
            {float(mark) for each in columns for name in ("price", "barrier") for mark in each.get(name, ())}
        )

    def amounts(self, prices: Iterable[Decimal], state: MarketState) -> tuple[Money, ...]:
        grid = self._grid(prices, state)
        return replace(grid, estimates=grid.estimates - self._paid).amounts()

    def break_even(self, state: MarketState, low: float, high: float) -> list[Decimal]:
        """Where what it comes to changes its sign: between no two prices more often than once."""
        looked_at = sorted({*np.linspace(low, high, _LOOKED_AT).tolist(), *self.marks})
        worths = self._worths(looked_at, state)
        signs = [(price, worth > 0) for price, worth in zip(looked_at, worths, strict=True) if worth]
        found = []
        for (below, was), (above, now) in pairwise(signs):
            if was != now:
                found.append(self._between(state, below, above, was))
        return found

    def _between(self, state: MarketState, low: float, high: float, was: bool) -> Decimal:
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            (worth,) = self._worths([middle], state)
            low, high = (middle, high) if (worth > 0) is was and worth else (low, middle)
        return _to_six_digits(Decimal(high))

    def _worths(self, prices: Sequence[float], state: MarketState) -> list[float]:
        grid = self._grid([Decimal(price) for price in prices], state)
        return [float(worth) for worth in grid.estimates - self._paid]

    def _grid(self, prices: Iterable[Decimal], state: MarketState) -> ValueGrid:
        states = [replace(state, levels={**state.levels, self._instrument: price}) for price in prices]
        return value_grid(self._book, states)


def _first_end(book: Book, today: date) -> date:
    """The first day on which one of the options expires; where there are none, on which one is delivered."""
    for name in ("expiration", "delivery"):
        days = [
            int(day)
            for each in book.holdings
            for day in each.columns.numbers.get(name, ())
            if day >= today.toordinal()
        ]
        if days:
            return date.fromordinal(min(days))
    return today


def _round_prices(marks: Sequence[float]) -> list[Decimal]:
    if not marks or not marks[0] > 0:
        raise PRICES_ABOVE_ZERO.violation(
            found=f"a strike of {marks[0]}" if marks else "no strike",
            allowed="strikes above zero",
            remedy="Say at which prices it is to be drawn: prices=[...].",
        )
    low, high = Decimal(marks[0]) * 7 / 10, Decimal(marks[-1]) * 13 / 10
    span = high - low
    power = Decimal(10) ** (span.adjusted() - 2)
    while True:
        for each in _STEPS:
            step = each * power
            if span / step <= _PLACES - 1:
                first = (low / step).to_integral_value() * step
                count = int((high - first) / step) + 1
                return [_plain(first + n * step) for n in range(count) if first + n * step > 0]
        power *= 10


def _to_six_digits(price: Decimal) -> Decimal:
    places = max(0, _SIX_DIGITS - 1 - price.adjusted())
    return _plain(round(price, places))


def _plain(price: Decimal) -> Decimal:
    shortest = price.normalize()
    return shortest if shortest.as_tuple().exponent <= 0 else shortest.quantize(Decimal(1))  # type: ignore[operator]


def _amounts(worths: Iterable[Money]) -> tuple[Decimal, ...]:
    return tuple(Decimal(worth.amount) for worth in worths)
