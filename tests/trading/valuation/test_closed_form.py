"""9.2 and 10.2: forwards and European options have a price in closed form, in each of many scenarios."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.constraint import require
from analysis_patterns.trading.valuation import EuropeanPricer, ForwardPricer, QuantLibEuropean

from ...covered import Covered
from ...refusals import refuses
from .markets import columns, levels, priced

YEAR = 365
FORWARD, EUROPEAN = ForwardPricer(), EuropeanPricer()


def option(**of: Any) -> Any:
    """A call at 100, bought, that expires in a year, unless told otherwise."""
    said: dict[str, Any] = {"amount": 1, "sign": 1, "direction": 1, "price": 100, "expiration": YEAR}
    return columns(**said | of)


def test_a_forward_is_worth_what_is_delivered_less_what_is_paid() -> None:
    forward = columns(amount=1, sign=1, price=100, delivery=[0, YEAR, 2 * YEAR])

    worth = priced(FORWARD, forward, levels([100, 110], rate=0.05, base_rate=0.02))

    assert worth[0] == pytest.approx([0.0, 2.896925, 5.595202], abs=1e-6)
    assert worth[1] == pytest.approx([10.0, 12.698912, 15.203097], abs=1e-6)


def test_a_forward_that_was_delivered_is_worth_nothing() -> None:
    worth = priced(FORWARD, columns(amount=1, sign=1, price=100, delivery=-1), levels(150))

    assert worth.tolist() == [[0.0]]


def test_a_european_call_and_put_are_worth_what_textbooks_say() -> None:
    # Hull, Options, Futures, and Other Derivatives: S 42, K 40, r 10 %, volatility 20 %, half a year.
    bought = option(price=40, direction=[1, -1], expiration=YEAR / 2)

    worth = priced(EUROPEAN, bought, levels(42, 0.2, 0.1))

    assert worth[0] == pytest.approx([4.76, 0.81], abs=0.005)


def test_an_option_that_expires_today_is_worth_what_exercising_it_brings() -> None:
    calls = option(price=[90, 100, 110], expiration=0)
    puts = option(price=[90, 100, 110], expiration=0, direction=-1)

    assert priced(EUROPEAN, calls, levels(100))[0] == pytest.approx([10, 0, 0], abs=1e-9)
    assert priced(EUROPEAN, puts, levels(100))[0] == pytest.approx([0, 0, 10], abs=1e-9)


def test_an_option_that_has_expired_is_worth_nothing() -> None:
    assert priced(EUROPEAN, option(price=50, expiration=-1), levels(100)).tolist() == [[0.0]]


def test_without_volatility_an_option_is_worth_its_forward_or_nothing() -> None:
    calls = option(price=[90, 110])

    worth = priced(EUROPEAN, calls, levels(100, 0.0, 0.05))

    assert worth[0] == pytest.approx([100 - 90 * np.exp(-0.05), 0.0], abs=1e-9)


def test_the_closed_form_agrees_with_quantlib() -> None:
    covered, quantlib = Covered(), QuantLibEuropean()

    @settings(max_examples=80, deadline=None)
    @given(
        price=st.tuples(st.floats(20, 200), st.floats(20, 200)), volatility=st.floats(0.02, 0.9),
        rates=st.tuples(st.floats(-0.05, 0.15), st.floats(-0.05, 0.15)), days=st.integers(1, 1500),
        direction=st.sampled_from([1, -1]), sign=st.sampled_from([1, -1]),
    )  # fmt: skip
    def agrees(
        price: tuple[float, float], volatility: float, rates: tuple[float, float], days: int, *,
        direction: int, sign: int,
    ) -> None:  # fmt: skip
        contract = option(price=price[1], expiration=days, direction=direction, sign=sign)
        market = levels(price[0], volatility, *rates)
        ours, theirs = (float(priced(pricer, contract, market)[0, 0]) for pricer in (EUROPEAN, quantlib))
        covered.case(call=direction == sign, put=direction != sign, worth_something=theirs > price[0] / 100)
        assert ours == pytest.approx(theirs, rel=1e-9, abs=price[0] * 1e-12)

    agrees()

    covered.enough()


@settings(max_examples=30, deadline=None)
@given(
    spots=st.lists(st.floats(20, 200), min_size=1, max_size=80),
    strikes=st.lists(st.floats(20, 200), min_size=1, max_size=80),
    volatility=st.floats(0.01, 0.9),
    rate=st.floats(-0.05, 0.15),
)
def test_a_call_less_a_put_is_a_forward(
    spots: list[float], strikes: list[float], volatility: float, rate: float
) -> None:
    market = levels(spots, volatility, rate, 0.03)
    forward = columns(amount=1, sign=1, price=strikes, delivery=YEAR)

    call, put = (priced(EUROPEAN, option(price=strikes, direction=side), market) for side in (1, -1))

    assert call - put == pytest.approx(priced(FORWARD, forward, market), abs=1e-9)


@pytest.mark.parametrize(
    ("rule", "contract", "market"),
    [
        ("valuation.volatility", option(), levels(100, [0.2, -0.01])),
        ("valuation.price-above-zero", option(), levels([100, 0])),
        ("valuation.price-above-zero", option(price=[100, -5]), levels(100)),
    ],
)
def test_refuses_what_the_model_cannot_price(rule: str, contract: Any, market: Any) -> None:
    with refuses(rule):
        require(EUROPEAN.violations(contract, market.levels))


def test_says_its_formula_in_numbers() -> None:
    contract, market = option().one(0), levels(105, 0.2, 0.05, 0.01).one(0)

    said = EUROPEAN.formula(contract, 0, market)

    assert said.startswith("+1 * (105.0 * exp(-0.01 * 365/365) * N(+1 * ((log(105.0 / 100.0) + ")
    assert EUROPEAN.formula(contract, 366, market) == "0, since it expired on 0001-12-31"
    assert EUROPEAN.formula(contract, 365, market) == "max(+1 * (105.0 - 100.0), 0)"
