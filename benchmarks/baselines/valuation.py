"""What a specialist would write to value European options under many scenarios: one blocked numpy kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import QuantLib as ql  # noqa: N813
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]
OPTIONS_AT_ONCE, SCENARIOS_AT_ONCE = 128, 128


@dataclass(frozen=True, slots=True)
class Options:
    """Options on one underlying, as arrays."""

    strike: Floats
    years: Floats
    right: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class Market:
    """What one underlying's options rest on, over scenarios, as arrays."""

    spot: Floats
    volatility: Floats
    rate: Floats
    base_rate: Floats


def totals(books: Sequence[tuple[Options, Market]]) -> Floats:
    """What all options are worth together in each scenario."""
    total = np.zeros(len(books[0][1].spot))
    for options, market in books:
        _add(options, market, total)
    return total


def _add(options: Options, market: Market, total: Floats) -> None:
    size = OPTIONS_AT_ONCE * SCENARIOS_AT_ONCE
    room = np.empty((3, size))
    log_spot, log_strike = np.log(market.spot)[:, None], np.log(options.strike)
    root = np.sqrt(options.years)
    into, onto, weight = options.right / root, options.right * root, options.weight * options.right
    strikes = weight * options.strike
    volatility, spot = market.volatility[:, None], market.spot
    drift = (market.rate - market.base_rate)[:, None] + volatility * volatility / 2
    rate, base_rate = -market.rate[:, None], -market.base_rate[:, None]
    for n in range(0, len(options.strike), OPTIONS_AT_ONCE):
        o = slice(n, n + OPTIONS_AT_ONCE)
        for m in range(0, len(spot), SCENARIOS_AT_ONCE):
            s = slice(m, m + SCENARIOS_AT_ONCE)
            shape = len(spot[s]), len(root[o])
            first, second, other = (each[: shape[0] * shape[1]].reshape(shape) for each in room)
            np.subtract(log_spot[s], log_strike[o], out=first)
            first *= into[o]
            np.multiply(drift[s], onto[o], out=second)
            first += second
            first /= volatility[s]
            np.multiply(volatility[s], onto[o], out=second)
            np.subtract(first, second, out=second)
            ndtr(first, out=first)
            ndtr(second, out=second)
            np.multiply(base_rate[s], options.years[o], out=other)
            np.exp(other, out=other)
            first *= other
            np.multiply(rate[s], options.years[o], out=other)
            np.exp(other, out=other)
            second *= other
            total[s] += spot[s] * np.einsum("mn,n->m", first, weight[o])
            total[s] -= np.einsum("mn,n->m", second, strikes[o])


class OneByOne:
    """QuantLib as it is mostly used: an option, an engine, and a price for each scenario."""

    def __init__(self) -> None:
        self.today = ql.Date(1, 1, 2000)
        ql.Settings.instance().evaluationDate = self.today
        self.quotes = [ql.SimpleQuote(0.0) for _ in range(4)]
        spot, volatility, rate, base_rate = (ql.QuoteHandle(quote) for quote in self.quotes)
        counted = ql.Actual365Fixed()
        process = ql.BlackScholesMertonProcess(
            spot,
            ql.YieldTermStructureHandle(ql.FlatForward(self.today, base_rate, counted)),
            ql.YieldTermStructureHandle(ql.FlatForward(self.today, rate, counted)),
            ql.BlackVolTermStructureHandle(
                ql.BlackConstantVol(self.today, ql.NullCalendar(), volatility, counted)
            ),
        )
        self.engine: Any = ql.AnalyticEuropeanEngine(process)

    def totals(self, options: Options, market: Market) -> Floats:
        """What the options are worth together in each scenario."""
        total = np.zeros(len(market.spot))
        scenarios = np.stack([market.spot, market.volatility, market.rate, market.base_rate], axis=1).tolist()
        for strike, years, right, weight in zip(
            options.strike.tolist(), options.years.tolist(), options.right, options.weight, strict=True
        ):
            payoff = ql.PlainVanillaPayoff(ql.Option.Call if right > 0 else ql.Option.Put, strike)
            option = ql.VanillaOption(payoff, ql.EuropeanExercise(self.today + round(years * 365)))
            option.setPricingEngine(self.engine)
            for n, levels in enumerate(scenarios):
                for quote, level in zip(self.quotes, levels, strict=True):
                    quote.setValue(level)
                total[n] += weight * option.NPV()
        return total
