"""Prices by closed form: forwards, and European options by Black and Scholes (9.2, 10.2)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import case

from ...patterns.constraint import ConstraintViolation, rule
from ..contract.contract import Contract
from ..contract.direction import Direction
from ..contract.option import Option
from ._days import at_least_a_moment, years_to
from ._extra import np, special
from .pricer import ColumnReading, ContractColumns, MarketColumns, PriceNeed, StoredColumn, register_pricer

if TYPE_CHECKING:
    from ._extra import Floats

NOT_NEGATIVE = rule(
    "valuation.volatility",
    pattern="9.4",
    says="A volatility is zero or above.",
)
ABOVE_ZERO = rule(
    "valuation.price-above-zero",
    pattern="10.2",
    says="The model of an option's price knows only prices and strikes above zero.",
)

_CONTRACT, _OPTION = Contract.__table__.c, Option.__table__.c
DIRECTION = StoredColumn(case((_CONTRACT.direction == Direction.LONG, 1), else_=-1), ColumnReading.SIGN)
OPTION_DIRECTION = StoredColumn(
    case((_OPTION.option_direction == Direction.LONG, 1), else_=-1), ColumnReading.SIGN
)
PRICE = StoredColumn(_CONTRACT.price_number)
DELIVERY = StoredColumn(_CONTRACT.delivery, ColumnReading.DAY)
EXPIRATION = StoredColumn(_OPTION.expiration, ColumnReading.DAY)
_LEAST_VOLATILITY = 1e-30

_buffers = threading.local()


class ForwardPricer:
    """
    Spot and forward contracts: what is delivered, less what is paid for it, both of today's worth.

    Units:  one of the amount is worth S exp(-q T) - K exp(-r T) to the long party, T being the years to
            delivery, r the interest on the currency paid, q that on a currency bought and otherwise nothing:
            neither dividends nor storage. On the day of delivery it is worth S - K, afterwards nothing.
    """

    needs = frozenset({PriceNeed.SPOT, PriceNeed.RATE, PriceNeed.BASE_RATE})
    block = 128, 128
    stored: Mapping[str, StoredColumn] = {
        "price": PRICE,
        "sign": DIRECTION,
        "delivery": DELIVERY,
    }

    def violations(
        self, contracts: ContractColumns, levels: Mapping[PriceNeed, Floats]
    ) -> Iterator[ConstraintViolation]:
        """Nothing: a forward has a price wherever its levels have numbers."""
        yield from ()

    def unit_values(self, contracts: ContractColumns, market: MarketColumns, out: Floats) -> None:
        """Write what one of the amount is worth to the long party."""
        years = years_to(contracts["delivery"], market.day)
        paid = _scratch(out, 1)
        np.multiply(-market[PriceNeed.BASE_RATE][:, None], years, out=out)
        np.exp(out, out=out)
        out *= market[PriceNeed.SPOT][:, None]
        np.multiply(-market[PriceNeed.RATE][:, None], years, out=paid)
        np.exp(paid, out=paid)
        paid *= contracts["price"]
        out -= paid
        out[:, years < 0] = 0.0

    def formula(self, contract: Mapping[str, float], day: int, market: Mapping[PriceNeed, float]) -> str:
        """The formula with its numbers."""
        years = f"{int(contract['delivery']) - day}/365"
        if contract["delivery"] < day:
            return f"0, since it was delivered on {date.fromordinal(int(contract['delivery']))}"
        return (
            f"{market[PriceNeed.SPOT]!r} * exp(-{_said(market[PriceNeed.BASE_RATE])} * {years}) - "
            f"{contract['price']!r} * exp(-{_said(market[PriceNeed.RATE])} * {years})"
        )


class EuropeanPricer:
    """
    Options that are exercised on the day they expire.

    Units:  one of the amount is worth w (S exp(-q T) N(w d1) - K exp(-r T) N(w d2)) to its holder, w being 1
            for a call and -1 for a put, T the years to expiration, r and q as for forwards. On the day on
            which it expires it is worth what exercising it brings, afterwards nothing.
    Errors: `ConstraintViolation`: `valuation.volatility` below zero, `valuation.price-above-zero`.
    Source: Black and Scholes, 1973; Garman and Kohlhagen, 1983.
    """

    needs = frozenset(PriceNeed)
    block = 128, 128
    stored: Mapping[str, StoredColumn] = {
        "price": PRICE,
        "sign": OPTION_DIRECTION,
        "direction": DIRECTION,
        "expiration": EXPIRATION,
    }

    def violations(
        self, contracts: ContractColumns, levels: Mapping[PriceNeed, Floats]
    ) -> Iterator[ConstraintViolation]:
        """Volatilities below zero, prices and strikes that are not above it."""
        return lognormal_violations(contracts, levels)

    def unit_values(self, contracts: ContractColumns, market: MarketColumns, out: Floats) -> None:
        """Write what one of the amount is worth to the holder."""
        strike, right = contracts["price"], contracts["direction"] * contracts["sign"]
        left = years_to(contracts["expiration"], market.day)
        years = at_least_a_moment(left)
        root = right * np.sqrt(years)
        spot, rate, base_rate = market[PriceNeed.SPOT], market[PriceNeed.RATE], market[PriceNeed.BASE_RATE]
        volatility = np.maximum(market[PriceNeed.VOLATILITY], _LEAST_VOLATILITY)[:, None]
        second, factor = _scratch(out, 2)
        # Logarithms are taken of each price and each strike, not of each pair.
        np.subtract(np.log(spot)[:, None], np.log(strike), out=out)
        out *= right / np.sqrt(years)
        np.multiply((rate - base_rate)[:, None] + volatility * volatility / 2, root, out=second)
        out += second
        out /= volatility
        np.multiply(volatility, root, out=second)
        np.subtract(out, second, out=second)
        special.ndtr(out, out=out)
        special.ndtr(second, out=second)
        if base_rate.any():
            np.multiply(-base_rate[:, None], years, out=factor)
            np.exp(factor, out=factor)
            out *= factor
        out *= spot[:, None]
        np.multiply(-rate[:, None], years, out=factor)
        np.exp(factor, out=factor)
        second *= factor
        second *= strike
        out -= second
        out *= right
        out[:, left < 0] = 0.0

    def formula(self, contract: Mapping[str, float], day: int, market: Mapping[PriceNeed, float]) -> str:
        """The formula with its numbers, d1 and d2 written out."""
        if contract["expiration"] < day:
            return f"0, since it expired on {date.fromordinal(int(contract['expiration']))}"
        sign, spot, strike = (
            contract["direction"] * contract["sign"],
            market[PriceNeed.SPOT],
            contract["price"],
        )
        if contract["expiration"] == day:
            return f"max({sign:+.0f} * ({spot!r} - {strike!r}), 0)"
        years, deviation = f"{int(contract['expiration']) - day}/365", _said(market[PriceNeed.VOLATILITY])
        rate, base_rate = _said(market[PriceNeed.RATE]), _said(market[PriceNeed.BASE_RATE])
        spread = f"{deviation} * sqrt({years})"
        d1 = (
            f"(log({spot!r} / {strike!r}) + ({rate} - {base_rate} + {deviation}**2 / 2) * {years}) "
            f"/ ({spread})"
        )
        return (
            f"{sign:+.0f} * ({spot!r} * exp(-{base_rate} * {years}) * N({sign:+.0f} * ({d1})) - "
            f"{strike!r} * exp(-{rate} * {years}) * N({sign:+.0f} * ({d1} - {spread})))"
        )


def lognormal_violations(
    contracts: ContractColumns, levels: Mapping[PriceNeed, Floats]
) -> Iterator[ConstraintViolation]:
    """Volatilities below zero, prices and strikes that are not above it."""
    lowest = levels[PriceNeed.VOLATILITY].min(initial=np.inf)
    if lowest < 0:
        yield NOT_NEGATIVE.violation(
            found=f"a volatility of {lowest}",
            allowed="0 and above",
            remedy="Correct the quote; a shift of volatilities may have taken them too far down.",
        )
    yield from above_zero({"price": levels[PriceNeed.SPOT], "strike": contracts["price"]})


def above_zero(columns: Mapping[str, Floats]) -> Iterator[ConstraintViolation]:
    """What is not above zero, though the model needs it to be."""
    for what, column in columns.items():
        least = column.min(initial=np.inf)
        if least <= 0:
            yield ABOVE_ZERO.violation(
                found=f"a {what} of {least}",
                allowed="above zero",
                remedy="Register a pricer with another model for such options.",
            )


def _said(number: float) -> str:
    """A number that others can be put before and behind."""
    return repr(number) if number >= 0 else f"({number!r})"


def _scratch(like: Floats, count: int) -> Floats:
    """Room for arrays like one, used again by each call of a thread: what lies in a cache stays there."""
    kept = getattr(_buffers, "kept", None)
    if kept is None or kept.size < count * like.size:
        kept = _buffers.kept = np.empty(count * like.size)
    return kept[: count * like.size].reshape((count, *like.shape) if count > 1 else like.shape)


register_pricer(Contract, ForwardPricer())
