"""How much a value moves with what it rests on: delta, gamma and vega, by closed form (9.4, 10.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from ...patterns.constraint import rule
from ..contract.contract import Contract
from ..contract.option import Option
from ._days import at_least_a_moment, years_to
from ._extra import np, special
from .book import Book, Holding
from .grid import checked_levels
from .indicators import Markets
from .market_state import MarketState
from .pricer import PriceNeed

if TYPE_CHECKING:
    from ._extra import Floats

CLOSED_FORM = rule(
    "sensitivity.closed-form",
    pattern="10.2",
    says="Sensitivities are told of forwards and of European options, which have them in closed form.",
)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """
    How much the value of one contract moves.

    Units:  binary floats, in the currency that is paid: `delta` for a move of the price by one, `gamma` by
            how much delta moves then, `vega` for a move of the volatility by one, which is 100 per cent.
    """

    delta: float
    gamma: float
    vega: float


def sensitivities(book: Book, state: MarketState) -> Mapping[UUID, Sensitivity]:
    """
    How much the value of each contract of a portfolio moves in a scenario.

    Errors: `ConstraintViolation`: `sensitivity.closed-form` for American and barrier options, and those of
            `value`.
    """
    markets = Markets([state], book.indicators)
    found: dict[UUID, Sensitivity] = {}
    for holding in book.holdings:
        _require_closed_form(holding)
        levels = {need: float(column[0]) for need, column in checked_levels(holding, markets).items()}
        told = _of_forwards if holding.kind is Contract else _of_options
        columns = [column * holding.weights for column in told(holding, state, levels)]
        rows = zip(*(column.tolist() for column in columns), strict=True)
        found |= {key: Sensitivity(*row) for key, row in zip(holding.contracts, rows, strict=True)}
    return found


def _require_closed_form(holding: Holding) -> None:
    american = holding.columns.numbers.get("american")
    if holding.kind not in {Contract, Option} or (american is not None and (american > 0).any()):
        raise CLOSED_FORM.violation(
            found=f"contracts of {holding.kind.__name__}, priced by {type(holding.pricer).__name__}",
            allowed="forwards and European options",
            remedy="Leave them out, or value the portfolio in scenarios that differ by so much.",
        )


def _of_forwards(holding: Holding, state: MarketState, levels: Mapping[PriceNeed, float]) -> list[Floats]:
    years = years_to(holding.columns["delivery"], state.day.toordinal())
    delta = np.where(years < 0, 0.0, np.exp(-levels[PriceNeed.BASE_RATE] * years))
    return [delta, np.zeros_like(delta), np.zeros_like(delta)]


def _of_options(holding: Holding, state: MarketState, levels: Mapping[PriceNeed, float]) -> list[Floats]:
    columns, spot = holding.columns, levels[PriceNeed.SPOT]
    left = years_to(columns["expiration"], state.day.toordinal())
    years, right = at_least_a_moment(left), columns["direction"] * columns["sign"]
    spread = at_least_a_moment(levels[PriceNeed.VOLATILITY] * np.sqrt(years))
    carry = levels[PriceNeed.RATE] - levels[PriceNeed.BASE_RATE]
    d1 = (np.log(spot / columns["price"]) + carry * years) / spread + spread / 2
    paid, density = np.exp(-levels[PriceNeed.BASE_RATE] * years), np.exp(-d1 * d1 / 2) / np.sqrt(2 * np.pi)
    lives = left >= 0
    return [
        np.where(lives, right * paid * special.ndtr(right * d1), 0.0),
        np.where(lives, paid * density / (spot * spread), 0.0),
        np.where(lives, spot * paid * density * np.sqrt(years), 0.0),
    ]
