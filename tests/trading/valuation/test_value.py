"""9.2: the value of a portfolio is the sum of the values of its contracts, and each of them is explained."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from scipy.special import ndtr

from analysis_patterns.patterns import Money, Session, explain
from analysis_patterns.patterns.provenance import Explanation
from analysis_patterns.trading import Direction
from analysis_patterns.trading.valuation import value
from analysis_patterns.trading.valuation.rounding import rounded

from ...refusals import refuses
from .markets import Trading, stored


def reckoned(said: str) -> float:
    """The figure that comes of the formula in an explanation: whoever has the text alone can work it out."""
    formula = re.fullmatch(r"-?[0-9.]+ [A-Z]{3} is (.*), rounded", said)
    assert formula is not None
    known = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "max": max, "N": ndtr}
    return float(eval(formula[1], {"__builtins__": {}}, known))


def deals(desk: Trading) -> list[object]:
    """A forward, a call and a put, on either side, and one on a rate of exchange."""
    desk.deals += [
        desk.contract(tenor="3M"),
        desk.option(price="31.5"),
        desk.option(option_direction=Direction.SHORT),
        desk.option(instrument=desk.sterling, price="1.58", amount=5000, direction=Direction.SHORT),
        desk.option(instrument=desk.yen, price=97, amount=1000),
    ]
    return [*desk.deals]


def test_the_total_is_the_exact_sum_of_amounts_in_cents(session: Session) -> None:
    desk = Trading()
    deals(desk)
    book = stored(session, desk)

    found = value(book, desk.state(), currency="USD")

    assert len(found.contracts) == 5
    assert found.total == sum((each.amount for each in found.contracts), Money(0, "USD"))
    for each in found.contracts:
        assert each.amount == each.amount.rounded()
        assert abs(Decimal(each.estimate) - Decimal(each.amount.amount)) <= Decimal("0.005")


def test_whoever_works_out_an_explanation_comes_to_the_figure(session: Session) -> None:
    desk = Trading()
    deals(desk)
    book = stored(session, desk)

    found = value(book, desk.state(), currency="USD")

    for deal in desk.deals:
        said = found.explain(deal).statement
        assert reckoned(said) == pytest.approx(found.of(deal).estimate, rel=1e-12, abs=1e-9)
        assert said.startswith(f"{found.of(deal).amount} is ")


def test_an_explanation_goes_back_to_where_the_levels_are_from(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.contract(tenor="3M")])
    state = desk.state()
    told = replace(state, source=lambda key: Explanation(f"quoted by Reuters as {state.level(key)}"))

    said = explain(value(book, told))

    assert str(said) == (
        "378.34 USD is what 1 contracts are worth in 1 May"
        "  [the sum of their values, each rounded to the minor unit]\n"
        "  378.34 USD is 1000.0 * (30.0 * exp(-0.0 * 92/365) - 30.0 * exp(-0.05 * 92/365)), rounded"
        "  [ForwardPricer]\n"
        "    long contract of 1000 ACM at 30, delivered 1997-08-01\n"
        "    ACM is 30 in 1 May\n"
        "      quoted by Reuters as 30\n"
        "    interest on USD is 0.05 in 1 May\n"
        "      quoted by Reuters as 0.05"
    ).replace("378.34", str(value(book, state).total.amount))


def test_what_was_sold_is_below_zero_and_said_to_be_short(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option(option_direction=Direction.SHORT)])

    found = value(book, desk.state())

    assert found.total.amount < 0
    assert found.explain(desk.deals[0]).because[0].statement == (
        "short option: put of 1000 ACM at 30, expires 1997-09-02"
    )


def test_refuses_a_portfolio_of_several_currencies_without_one_to_tell_it_in(session: Session) -> None:
    desk = Trading()
    deals(desk)
    book = stored(session, desk)

    with refuses("valuation.convertible"):
        value(book, desk.state())


def test_does_not_know_contracts_of_others(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.contract()])

    with pytest.raises(LookupError, match="is not in this portfolio"):
        value(book, desk.state()).of(desk.option().id)


@pytest.mark.parametrize(
    ("estimate", "currency", "amount"),
    [
        (0.005, "USD", "0.01"), (-0.005, "USD", "-0.01"), (2.675, "USD", "2.67"), (1e-300, "USD", "0"),
        (1234.5, "JPY", "1235"), (-1234.5, "JPY", "-1235"), (1e15 + 0.25, "USD", "1000000000000000.25"),
    ],
)  # fmt: skip
def test_estimates_enter_records_as_the_nearest_minor_unit(
    estimate: float, currency: str, amount: str
) -> None:
    assert rounded(estimate, currency) == Money(amount, currency)


@pytest.mark.parametrize("estimate", [math.inf, -math.inf, math.nan])
def test_refuses_to_record_what_is_no_number(estimate: float) -> None:
    with refuses("valuation.finite"):
        rounded(estimate, "USD")
