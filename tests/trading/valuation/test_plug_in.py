"""10.2 and 10.4: American options and barriers are priced by QuantLib; a barrier that is crossed is hit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import QuantLib
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.constraint import require
from analysis_patterns.trading.valuation import BarrierPricer, EuropeanPricer, OptionPricer

from ...covered import Covered
from ...refusals import refuses
from .markets import columns, levels, priced

YEAR = 365
EUROPEAN, OPTION, BARRIER = EuropeanPricer(), OptionPricer(), BarrierPricer()


def option(**of: Any) -> Any:
    """A call at 100 that expires in a year, down-and-in at 80, unless told otherwise."""
    said: dict[str, Any] = {
        "amount": 1, "sign": 1, "direction": 1, "price": 100, "expiration": YEAR, "american": -1,
        "barrier": 80, "up": -1, "in": 1, "knocked": 0,
    }  # fmt: skip
    return columns(**said | of)


def test_an_american_put_is_worth_more_than_a_european_one() -> None:
    european, american = (option(direction=-1, american=style) for style in (-1, 1))

    worth, more = (priced(OPTION, each, levels([60, 100], 0.2, 0.06))[:, 0] for each in (european, american))

    assert more[0] == pytest.approx(40)
    assert more[1] == pytest.approx(5.80, abs=0.01)
    assert worth[1] == pytest.approx(5.17, abs=0.01)


def test_an_american_call_on_what_bears_nothing_is_a_european_one() -> None:
    worth = priced(OPTION, option(american=[1, -1]), levels([90, 110], 0.25, 0.05))

    assert worth[:, 0] == pytest.approx(worth[:, 1], rel=2e-4)


@pytest.mark.parametrize(
    ("spot", "rate", "base_rate", "direction", "worth"),
    [
        (90, 0.05, 0.0, -1, 10.0),
        (110, 0.0, 0.05, 1, 10.0),
        (90, 0.05, 0.0, 1, 0.0),
        (100, 0.02, 0.01, -1, 0.0),
    ],
)
def test_without_volatility_an_american_option_is_exercised_on_the_best_day(
    spot: float, rate: float, base_rate: float, direction: int, worth: float
) -> None:
    found = priced(OPTION, option(direction=direction, american=1), levels(spot, 0.0, rate, base_rate))

    assert found[0, 0] == pytest.approx(worth, abs=1e-9)


def test_without_volatility_the_best_day_may_lie_between() -> None:
    # A call at 100 on 100, r 5 % and q 4.5 %: its worth rises until q S exp(-q t) = r K exp(-r t).
    contract = option(american=1, expiration=60 * YEAR)
    best = np.log(0.045 * 100 / (0.05 * 100)) / (0.045 - 0.05)

    found = priced(OPTION, contract, levels(100, 0.0, 0.05, 0.045))

    assert found[0, 0] == pytest.approx(100 * (np.exp(-0.045 * best) - np.exp(-0.05 * best)))


def test_an_applications_own_use_of_quantlib_is_left_alone() -> None:
    settings_of_quantlib = QuantLib.Settings.instance()
    settings_of_quantlib.evaluationDate = QuantLib.Date(1, 5, 1997)

    before = priced(OPTION, option(american=1, direction=-1), levels(100, 0.2, 0.05))
    settings_of_quantlib.evaluationDate = QuantLib.Date(1, 5, 2030)
    after = priced(OPTION, option(american=1, direction=-1), levels(100, 0.2, 0.05))

    assert before == after
    assert settings_of_quantlib.evaluationDate == QuantLib.Date(1, 5, 2030)


def test_what_is_knocked_in_and_what_is_knocked_out_are_the_option() -> None:
    covered = Covered()

    @settings(max_examples=60, deadline=None)
    @given(
        prices=st.tuples(st.floats(60, 140), st.floats(60, 140), st.floats(60, 140)),
        volatility=st.floats(0.05, 0.5), up=st.sampled_from([1, -1]), direction=st.sampled_from([1, -1]),
    )  # fmt: skip
    def are_whole(prices: tuple[float, float, float], volatility: float, up: int, direction: int) -> None:
        spot, strike, barrier = prices
        market = levels(spot, volatility, 0.04, 0.01)
        said = {"price": strike, "barrier": barrier, "up": up, "direction": direction}
        into, out = (float(priced(BARRIER, option(**said, **{"in": on}), market)[0, 0]) for on in (1, -1))
        whole = float(priced(EUROPEAN, option(**said), market)[0, 0])
        hit = spot >= barrier if up > 0 else spot <= barrier
        covered.case(hit=hit, not_hit=not hit, up=up > 0, put=direction < 0, partly=0 < into < whole)
        assert into + out == pytest.approx(whole, abs=1e-9)
        assert not hit or (into, out) == (whole, 0.0)

    are_whole()

    covered.enough()


@pytest.mark.parametrize(("up", "barrier", "spots"), [(-1, 80, [81, 80, 79]), (1, 120, [119, 120, 121])])
def test_a_scenario_that_reaches_the_barrier_counts_as_hit(up: int, barrier: int, spots: list[int]) -> None:
    knocked_out = option(up=up, barrier=barrier, **{"in": -1})

    worth = priced(BARRIER, knocked_out, levels(spots))[:, 0]

    assert worth[0] > 0
    assert worth[1:].tolist() == [0.0, 0.0]


def test_what_was_hit_before_stays_hit() -> None:
    both = option(knocked=1, **{"in": [1, -1]})

    worth = priced(BARRIER, both, levels(100))[0]

    assert worth.tolist() == [priced(EUROPEAN, option(), levels(100))[0, 0], 0.0]


def test_on_its_last_day_only_what_was_hit_is_in() -> None:
    both = option(price=90, expiration=0, **{"in": [1, -1]})

    worth = priced(BARRIER, both, levels([100, 80]))

    assert worth[0] == pytest.approx([0, 10])
    assert worth[1] == pytest.approx([0, 0])


def test_without_volatility_a_barrier_is_reached_by_interest_alone() -> None:
    knocked_in = option(price=90, barrier=[104, 106], up=1)

    worth = priced(BARRIER, knocked_in, levels(100, 0.0, 0.05))[0]

    assert worth == pytest.approx([100 - 90 * np.exp(-0.05), 0.0], abs=1e-9)


@pytest.mark.parametrize(
    ("rule", "contract"),
    [
        ("valuation.priceable", option(american=1)),
        ("valuation.price-above-zero", option(barrier=0)),
        ("valuation.volatility", option(american=-1)),
    ],
)
def test_refuses_barriers_that_it_cannot_price(rule: str, contract: Any) -> None:
    market = levels(100, -0.1 if rule == "valuation.volatility" else 0.2)

    with refuses(rule):
        require(BARRIER.violations(contract, market.levels))


@pytest.mark.parametrize(
    ("contract", "spot", "day", "said"),
    [
        (option(), 79, 0, ", since its barrier 80.0 is reached by 79.0"),
        (option(knocked=1), 100, 0, ", since its barrier 80.0 was hit before 100.0"),
        (option(**{"in": -1}), 79, 0, "0, since its barrier 80.0 is reached by 79.0"),
        (option(), 100, YEAR, "0, since it was never knocked in"),
        (option(**{"in": -1}), 100, YEAR, "max(+1 * (100.0 - 100.0), 0)"),
        (option(), 100, YEAR + 1, "0, since it expired on 0001-12-31"),
    ],
)
def test_says_what_became_of_a_barrier(contract: Any, spot: float, day: int, said: str) -> None:
    assert BARRIER.formula(contract.one(0), day, levels(spot).one(0)).endswith(said)


def test_says_what_quantlib_was_asked() -> None:
    market = levels(100, 0.2, 0.05, 0.01).one(0)
    said = (
        "a call at 100.0 from 1997-05-01 to 1998-05-01 with price 100.0, volatility 0.2, interest on the "
        "currency that is paid 0.05, interest on the currency that is bought 0.01"
    )
    day = 729145

    barrier = BARRIER.formula(option(expiration=day + YEAR).one(0), day, market)
    american = OPTION.formula(option(expiration=day + YEAR, american=1).one(0), day, market)

    assert barrier == f"QuantLib's down-and-in at 80.0 of {said}"
    assert american == f"QuantLib's finite differences of {said}, exercised on any day"
