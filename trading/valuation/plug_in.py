"""Prices by QuantLib: American options, barrier options, and European ones to compare with (10.2, 10.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import case

from ...patterns.constraint import ConstraintViolation
from ..contract.barrier_option import BarrierEffect, BarrierOption, BarrierSide
from ..contract.option import ExerciseStyle, Option
from ._days import years_to
from ._extra import np, quantlib
from .closed_form import (
    DIRECTION,
    EXPIRATION,
    OPTION_DIRECTION,
    PRICE,
    EuropeanPricer,
    above_zero,
    lognormal_violations,
)
from .pricer import (
    PRICEABLE,
    ColumnReading,
    ContractColumns,
    MarketColumns,
    PriceNeed,
    StoredColumn,
    register_pricer,
)

if TYPE_CHECKING:
    from ._extra import Floats

_OPTION, _BARRIER = Option.__table__.c, BarrierOption.__table__.c
_AMERICAN = StoredColumn(case((_OPTION.style == ExerciseStyle.AMERICAN, 1), else_=-1), ColumnReading.SIGN)
_OPTION_COLUMNS: Mapping[str, StoredColumn] = {
    "price": PRICE,
    "sign": OPTION_DIRECTION,
    "direction": DIRECTION,
    "expiration": EXPIRATION,
    "american": _AMERICAN,
}
_STEPS = 400


class _Desk:
    """
    One market of QuantLib's, whose levels are changed from price to price.

    Shape:  its calendar stands still at a day of its own, which no clock has come to yet: so QuantLib's one
            evaluation date, which is the application's, neither matters nor changes. An option expires so
            many days after that day as are left in the scenario.
    """

    def __init__(self, day: int) -> None:
        ql = quantlib
        self.day = day
        self.today = ql.Date(1, 1, 2100)
        counted, calendar = ql.Actual365Fixed(), ql.NullCalendar()
        self.levels = {need: ql.SimpleQuote(0.0) for need in PriceNeed}
        handles = {need: ql.QuoteHandle(quote) for need, quote in self.levels.items()}
        rate, base_rate = (
            ql.YieldTermStructureHandle(ql.FlatForward(self.today, handles[need], counted))
            for need in (PriceNeed.RATE, PriceNeed.BASE_RATE)
        )
        volatility = ql.BlackVolTermStructureHandle(
            ql.BlackConstantVol(self.today, calendar, handles[PriceNeed.VOLATILITY], counted)
        )
        self.process = ql.BlackScholesMertonProcess(handles[PriceNeed.SPOT], base_rate, rate, volatility)

    def payoff(self, contract: Mapping[str, float]) -> Any:
        is_call = contract["direction"] * contract["sign"] > 0
        return quantlib.PlainVanillaPayoff(
            quantlib.Option.Call if is_call else quantlib.Option.Put, contract["price"]
        )

    def expiry(self, contract: Mapping[str, float]) -> Any:
        return self.today + int(contract["expiration"] - self.day)

    def price(self, option: Any, market: Mapping[PriceNeed, float]) -> float:
        for need, quote in self.levels.items():
            quote.setValue(market[need])
        return float(option.NPV())


class QuantLibEuropean(EuropeanPricer):
    """European options, one by one: what the closed form is compared with."""

    block = 32, 64

    def unit_values(self, contracts: ContractColumns, market: MarketColumns, out: Floats) -> None:
        """Write what one of the amount is worth to the holder."""
        desk = _Desk(market.day)
        engine = quantlib.AnalyticEuropeanEngine(desk.process)
        for n in range(len(contracts)):
            contract = contracts.one(n)
            exercise = quantlib.EuropeanExercise(desk.expiry(contract))
            option = quantlib.VanillaOption(desk.payoff(contract), exercise)
            option.setPricingEngine(engine)
            for m in range(len(market)):
                out[m, n] = desk.price(option, market.one(m))


class OptionPricer:
    """
    Options: the European ones by closed form, the American ones by QuantLib.

    Units:  as for `EuropeanPricer`. American options are found by finite differences, of 400 steps in time
            and in price, never below what exercising them at once brings.
    Errors: `ConstraintViolation` as for `EuropeanPricer`.
    """

    needs = frozenset(PriceNeed)
    block = EuropeanPricer.block
    stored = _OPTION_COLUMNS
    _european = EuropeanPricer()

    def violations(
        self, contracts: ContractColumns, levels: Mapping[PriceNeed, Floats]
    ) -> Iterator[ConstraintViolation]:
        """Volatilities below zero, prices and strikes that are not above it."""
        return lognormal_violations(contracts, levels)

    def unit_values(self, contracts: ContractColumns, market: MarketColumns, out: Floats) -> None:
        """Write what one of the amount is worth to the holder."""
        self._european.unit_values(contracts, market, out)
        early = (contracts["american"] > 0) & (contracts["expiration"] > market.day)
        if early.any():
            desk = _Desk(market.day)
            engine = quantlib.FdBlackScholesVanillaEngine(desk.process, _STEPS, _STEPS)
            for n in np.flatnonzero(early).tolist():
                contract = contracts.one(n)
                exercise = quantlib.AmericanExercise(desk.today, desk.expiry(contract))
                option = quantlib.VanillaOption(desk.payoff(contract), exercise)
                option.setPricingEngine(engine)
                for m in range(len(market)):
                    out[m, n] = _american(desk, option, contract, market.one(m), float(out[m, n]))

    def formula(self, contract: Mapping[str, float], day: int, market: Mapping[PriceNeed, float]) -> str:
        """The closed form with its numbers, or what QuantLib was asked."""
        if contract["american"] < 0 or contract["expiration"] <= day:
            return self._european.formula(contract, day, market)
        return f"QuantLib's finite differences of {_asked(contract, day, market)}, exercised on any day"


class BarrierPricer:
    """
    Barrier options, by QuantLib's closed form, with the barrier watched all the time.

    Units:  as for `EuropeanPricer`. In a scenario whose price has reached the barrier, or where it is known
            to have been hit, it counts as hit: what was knocked in is worth the option, what was knocked out
            nothing. Nothing is stored by that. On the day on which it expires only such hits count.
    Errors: `ConstraintViolation`: `valuation.priceable` for an American one; else as for `EuropeanPricer`.
    Source: Analysis Patterns 10.4.
    """

    needs = frozenset(PriceNeed)
    block = 32, 64
    stored: Mapping[str, StoredColumn] = {
        **_OPTION_COLUMNS,
        "barrier": StoredColumn(_BARRIER.barrier_number),
        "up": StoredColumn(case((_BARRIER.side == BarrierSide.UP, 1), else_=-1), ColumnReading.SIGN),
        "in": StoredColumn(case((_BARRIER.effect == BarrierEffect.IN, 1), else_=-1), ColumnReading.SIGN),
    }
    _european = EuropeanPricer()

    def violations(
        self, contracts: ContractColumns, levels: Mapping[PriceNeed, Floats]
    ) -> Iterator[ConstraintViolation]:
        """American ones; and what the closed form cannot price."""
        if (contracts["american"] > 0).any():
            yield PRICEABLE.violation(
                found="a barrier option that may be exercised on any day",
                allowed="barrier options that are exercised on the day they expire",
                remedy="Register a pricer that knows how to price them.",
            )
        yield from lognormal_violations(contracts, levels)
        yield from above_zero({"barrier": contracts["barrier"]})

    def unit_values(self, contracts: ContractColumns, market: MarketColumns, out: Floats) -> None:
        """Write what one of the amount is worth to the holder."""
        self._european.unit_values(contracts, market, out)
        hit = is_hit(contracts, market)
        knocks_in = contracts["in"] > 0
        out[hit & ~knocks_in] = 0.0
        left = contracts["expiration"] - market.day
        out[~hit & (knocks_in & (left <= 0))] = 0.0
        desk: _Desk | None = None
        for n in np.flatnonzero((left > 0) & ~hit.all(axis=0)).tolist():
            desk = desk or _Desk(market.day)
            option = _barrier_option(desk, contracts.one(n))
            for m in np.flatnonzero(~hit[:, n]).tolist():
                # A move of nothing never reaches it.
                levels = market.one(m)
                if levels[PriceNeed.VOLATILITY] > 0:
                    out[m, n] = desk.price(option, levels)
                else:
                    out[m, n] = _without_moves(contracts.one(n), levels, market.day, float(out[m, n]))

    def formula(self, contract: Mapping[str, float], day: int, market: Mapping[PriceNeed, float]) -> str:
        """Whether it is hit, and what that makes of it."""
        spot, barrier = market[PriceNeed.SPOT], contract["barrier"]
        beyond = spot >= barrier if contract["up"] > 0 else spot <= barrier
        vanilla = self._european.formula(contract, day, market)
        if contract["expiration"] < day:
            return vanilla
        if contract["knocked"] > 0 or beyond:
            why = f"its barrier {barrier!r} {'is reached by' if beyond else 'was hit before'} {spot!r}"
            return f"{vanilla}, since {why}" if contract["in"] > 0 else f"0, since {why}"
        if contract["expiration"] == day:
            return "0, since it was never knocked in" if contract["in"] > 0 else vanilla
        side, effect = ("up" if contract["up"] > 0 else "down"), ("in" if contract["in"] > 0 else "out")
        return f"QuantLib's {side}-and-{effect} at {barrier!r} of {_asked(contract, day, market)}"


def is_hit(contracts: ContractColumns, market: MarketColumns) -> Any:
    """Where a barrier counts as hit: a row for each scenario, a column for each contract."""
    spot = market[PriceNeed.SPOT][:, None]
    beyond = np.where(contracts["up"] > 0, spot >= contracts["barrier"], spot <= contracts["barrier"])
    return beyond | (contracts["knocked"] > 0)


def _without_moves(
    contract: Mapping[str, float], market: Mapping[PriceNeed, float], day: int, vanilla: float
) -> float:
    """What becomes of a barrier where the price moves by interest alone, and so is farthest at the end."""
    years = years_to(contract["expiration"], day)
    end = market[PriceNeed.SPOT] * np.exp((market[PriceNeed.RATE] - market[PriceNeed.BASE_RATE]) * years)
    reached = end >= contract["barrier"] if contract["up"] > 0 else end <= contract["barrier"]
    return vanilla if reached == (contract["in"] > 0) else 0.0


def _barrier_option(desk: _Desk, contract: Mapping[str, float]) -> Any:
    barrier = quantlib.Barrier
    kind = {
        (True, True): barrier.UpIn, (True, False): barrier.UpOut,
        (False, True): barrier.DownIn, (False, False): barrier.DownOut,
    }[contract["up"] > 0, contract["in"] > 0]  # fmt: skip
    exercise = quantlib.EuropeanExercise(desk.expiry(contract))
    option = quantlib.BarrierOption(kind, contract["barrier"], 0.0, desk.payoff(contract), exercise)
    option.setPricingEngine(quantlib.AnalyticBarrierEngine(desk.process))
    return option


def _american(
    desk: _Desk,
    option: Any,
    contract: Mapping[str, float],
    market: Mapping[PriceNeed, float],
    european: float,
) -> float:
    right, spot, strike = contract["direction"] * contract["sign"], market[PriceNeed.SPOT], contract["price"]
    at_once = max(right * (spot - strike), 0.0)
    if market[PriceNeed.VOLATILITY] > 0:
        return max(desk.price(option, market), european, at_once)
    # Without moves the best day is the first, the last, or the one on which interest weighs as much as carry.
    rate, base_rate = market[PriceNeed.RATE], market[PriceNeed.BASE_RATE]
    best = 0.0
    if rate * base_rate > 0 and rate != base_rate:
        years = np.log(base_rate * spot / (rate * strike)) / (base_rate - rate)
        if 0 < years < years_to(contract["expiration"], desk.day):
            best = right * (spot * np.exp(-base_rate * years) - strike * np.exp(-rate * years))
    return max(best, european, at_once)


def _asked(contract: Mapping[str, float], day: int, market: Mapping[PriceNeed, float]) -> str:
    kind = "call" if contract["direction"] * contract["sign"] > 0 else "put"
    until = date.fromordinal(int(contract["expiration"]))
    levels = ", ".join(f"{need.value} {market[need]!r}" for need in PriceNeed)
    return f"a {kind} at {contract['price']!r} from {date.fromordinal(day)} to {until} with {levels}"


register_pricer(Option, OptionPricer())
register_pricer(BarrierOption, BarrierPricer())
