"""9.2, 9.4 and 10.4: a stored portfolio is valued in a stored scenario, and goes back to the quotes used."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from analysis_patterns.patterns import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.trading import (
    AssumedScenarioElement,
    BarrierEffect,
    BarrierState,
    Cancellation,
    Fixing,
    InformationSource,
    Quote,
    Scenario,
    SourcedScenarioElement,
    SourceIndex,
    SourceQuote,
    add_option_machines,
    barrier_states,
    portfolio_for,
    sweep,
)
from analysis_patterns.trading import Shift as QuoteShift
from analysis_patterns.trading.scenario.grid import Axis
from analysis_patterns.trading.valuation import grid_states, market_state, portfolio_book, value, value_grid

from ...refusals import refuses
from .markets import Trading, stored

AT = datetime(1997, 5, 1, 9, tzinfo=UTC)


def closing(session: Session, desk: Trading) -> Scenario:
    """A stored scenario of what everything stands at, the price of ACM as an agency said it."""
    scenario = Scenario(name="close", at=AT)
    agency = InformationSource(name="Agency")
    said = SourceQuote(
        index=SourceIndex(source=agency, indicator=desk.acm, name="ACM.N"),
        at=AT,
        quote=Quote.parse("29.9/30.1"),
    )
    session.add(SourcedScenarioElement(scenario=scenario, source_quote=said))
    for indicator, level in desk.levels().items():
        if indicator is not desk.acm:
            session.add(
                AssumedScenarioElement(scenario=scenario, indicator=indicator, quote=Quote.one_way(level))
            )
    session.commit()
    return scenario


def test_a_portfolio_is_worth_what_the_contracts_of_its_filter_are(session: Session) -> None:
    desk = Trading()
    whole = stored(session, desk, [desk.contract(tenor="3M"), desk.option(), desk.option(price=35)])
    scenario = closing(session, desk)
    portfolio = portfolio_for(session, "price > 30 USD/{share}")

    found = value(portfolio_book(session, portfolio), market_state(scenario))

    assert [each.contract for each in found.contracts] == [desk.deals[2].id]
    assert found.total == value(whole, desk.state()).of(desk.deals[2]).amount


def test_what_was_cancelled_is_worth_nothing_any_more(session: Session, clock: FixedClock) -> None:
    desk = Trading()
    stored(session, desk, [desk.option(), desk.option(price=35)])
    portfolio = portfolio_for(session, "amount > 1 {share}")
    session.commit()
    before = clock.now()
    clock.advance(timedelta(hours=1))
    session.add(Cancellation(contract=desk.deals[0], by=desk.house, why="entered twice"))
    session.commit()

    now, then = portfolio_book(session, portfolio), portfolio_book(session, portfolio, known_at=before)

    assert now.contracts() == {desk.deals[1].id}
    assert then.contracts() == {deal.id for deal in desk.deals}


def test_an_explanation_goes_back_to_what_the_agency_said(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.contract()])
    state = market_state(closing(session, desk))

    said = str(value(book, state).explanation())

    assert (state.day, state.level(desk.acm.id)) == (date(1997, 5, 1), Decimal("30.0"))
    assert "ACM is 30.0 in close at 1997-05-01 09:00" in said
    assert "bid 29.9, offer 30.1" in said
    assert "ACM.N" in said


def test_what_is_only_bid_has_no_level(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.contract()])
    scenario = Scenario(name="one side", at=AT)
    for indicator, quote in ((desk.acm, "30/"), (desk.interest["USD"], "0.05")):
        session.add(AssumedScenarioElement(scenario=scenario, indicator=indicator, quote=Quote.parse(quote)))
    session.commit()

    with refuses("valuation.indicator-known"):
        value(book, market_state(scenario))


def test_a_grid_around_a_scenario_is_valued_and_not_stored(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option()])
    scenario = closing(session, desk)
    axes = (
        Axis(desk.volatility[desk.acm], (QuoteShift(plus=Decimal("0.1")), QuoteShift(plus=Decimal(0)))),
        Axis(desk.acm, tuple(QuoteShift(times=Decimal(by)) for by in ("0.9", "1", "1.1"))),
    )

    points = list(grid_states(scenario, *axes))
    found = value_grid(book, points).amounts()

    prices = [point.level(desk.acm.id) for point in points]
    assert prices == [Decimal(each) for each in (27, 30, 33)] * 2
    assert found[4] == value(book, market_state(scenario)).total
    assert found[0] > found[3]
    assert session.scalars(select(Scenario)).all() == [scenario]
    assert "27.00, worked out anew from 30.0" in str(points[0].explain(desk.acm.id, "ACM"))
    assert "worked out anew" not in str(points[1].explain(desk.acm.id, "ACM"))


def test_a_barrier_that_was_hit_is_priced_as_knocked_whatever_the_price_is_now(
    session: Session, clock: FixedClock
) -> None:
    desk = Trading()
    add_option_machines(session)
    stored(session, desk, [desk.barrier(effect=BarrierEffect.OUT), desk.barrier()])
    portfolio = portfolio_for(session, "amount > 1 USD")
    state = desk.state()
    before = value(portfolio_book(session, portfolio), state)
    session.add(Fixing(instrument=desk.yen, day=date(1997, 5, 1), price=84, source=desk.megabank))
    session.commit()
    clock.advance(timedelta(days=1))
    sweep(session, date(1997, 5, 1))
    session.commit()

    after = value(portfolio_book(session, portfolio), state)

    knocked_out, knocked_in = desk.deals
    assert before.of(knocked_out).estimate > 0
    assert after.of(knocked_out).estimate == 0
    assert after.of(knocked_in).estimate > before.of(knocked_in).estimate


def test_a_scenario_that_crosses_a_barrier_leaves_its_stored_state_alone(session: Session) -> None:
    desk = Trading()
    stored(session, desk, [desk.barrier(effect=BarrierEffect.OUT)])
    portfolio = portfolio_for(session, "amount > 1 USD")

    crossed = value(portfolio_book(session, portfolio), desk.state(yen="84"))
    session.commit()

    assert crossed.total.amount == 0
    key = desk.deals[0].id
    assert barrier_states(session, [key]) == {key: BarrierState.NOT_HIT}


@pytest.mark.parametrize("side", ["house", "megabank"])
def test_a_portfolio_is_seen_from_the_side_of_a_party(session: Session, side: str) -> None:
    desk = Trading()
    stored(session, desk, [desk.contract(tenor="3M")])
    portfolio = portfolio_for(session, "amount > 1 {share}")
    party = getattr(desk, side)

    found = value(portfolio_book(session, portfolio, party=party), desk.state())

    assert (found.total.amount > 0) is (side == "house")
