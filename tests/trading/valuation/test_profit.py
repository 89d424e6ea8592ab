"""9.2 and 9.4: what a portfolio gained between two scenarios is taken apart, and the parts add up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from analysis_patterns.patterns import Money, Session
from analysis_patterns.trading import BarrierEffect, Contract, Direction
from analysis_patterns.trading.valuation import (
    Book,
    MarketState,
    ProfitCause,
    load_book,
    profit_and_loss,
    value,
)
from analysis_patterns.trading.valuation.profit import ORDER

from ...covered import Covered
from ...refusals import refuses
from ..trades import TRADED
from .markets import Trading, stored

LATER = date(1997, 6, 2)


def books(session: Session) -> tuple[Trading, Book, Book]:
    """A portfolio, and what it has become: one contract is cancelled, one is new, one barrier is hit."""
    desk = Trading()
    stored(session, desk, [
        desk.contract(tenor="3M"), desk.option(), desk.option(option_direction=Direction.SHORT, amount=300),
        desk.barrier(amount=10_000), desk.barrier(amount=20_000, effect=BarrierEffect.OUT),
        desk.option(instrument=desk.sterling, price="1.58", amount=5000),
    ])  # fmt: skip
    everything = load_book(session, select(Contract))
    cancelled, new = desk.deals[0].id, desk.deals[5].id
    before, after = (everything.only(everything.contracts() - {each}) for each in (new, cancelled))
    return desk, before, after.knocked({desk.deals[3].id: True})


def moved(desk: Trading, **levels: str) -> MarketState:
    """The market a month later, with every sort of level changed unless told otherwise."""
    rates = {desk.volatility[desk.acm]: "0.28", desk.interest["USD"]: "0.055"}
    state = desk.state("2 June", LATER, **{"acm": "31", "yen": "93"} | levels)
    return MarketState(
        state.name, state.day, {**state.levels, **{k.id: Decimal(v) for k, v in rates.items()}}
    )


def test_the_parts_sum_exactly_to_the_profit(session: Session) -> None:
    desk, before, after = books(session)
    start, end = desk.state(), moved(desk)

    found = profit_and_loss((before, start), (after, end), currency="USD")

    first, last = value(before, start, currency="USD"), value(after, end, currency="USD")
    assert (found.before, found.after) == (first.total, last.total)
    assert found.total == last.total - first.total
    assert sum(found.parts.values(), Money(0, "USD")) == found.total
    assert tuple(found.parts) == ORDER
    assert all(part.amount != 0 for part in found.parts.values())


def test_each_step_is_what_its_cause_alone_changes(session: Session) -> None:
    desk, before, after = books(session)
    start, end = desk.state(), moved(desk)
    kept = before.only(before.contracts() & after.contracts())

    found = profit_and_loss((before, start), (after, end), currency="USD").parts

    gone = value(before, start, currency="USD").of(desk.deals[0]).amount
    new = value(after, start, currency="USD").of(desk.deals[5]).amount
    aged = MarketState("aged", end.day, start.levels)
    together = after.only([*kept.contracts(), desk.deals[5].id]).knocked({desk.deals[3].id: False})
    assert found[ProfitCause.CANCELLED] == -gone
    assert found[ProfitCause.NEW] == new
    assert found[ProfitCause.TIME] == (
        value(together, aged, currency="USD").total - value(together, start, currency="USD").total
    )
    assert found[ProfitCause.BARRIERS] == (
        value(after, end, currency="USD").total - value(together, end, currency="USD").total
    )


def test_another_order_gives_other_parts_of_the_same_profit(session: Session) -> None:
    desk, before, after = books(session)
    start, end = desk.state(), moved(desk)

    usual, turned = (
        profit_and_loss((before, start), (after, end), currency="USD", order=order)
        for order in (ORDER, tuple(reversed(ORDER)))
    )

    assert usual.total == turned.total
    assert usual.parts[ProfitCause.TIME] != turned.parts[ProfitCause.TIME]
    assert tuple(turned.parts) == tuple(reversed(ORDER))


def test_shapleys_parts_depend_on_no_order_and_add_up(session: Session) -> None:
    desk, before, after = books(session)
    start, end = desk.state(), moved(desk)

    there, back = (
        profit_and_loss(*pair, currency="USD", order=None)
        for pair in (((before, start), (after, end)), ((after, end), (before, start)))
    )

    assert sum(there.parts.values(), Money(0, "USD")) == there.total
    assert back.total == -there.total
    for cause in (
        ProfitCause.TIME,
        ProfitCause.SPOT,
        ProfitCause.VOLATILITY,
        ProfitCause.RATES,
        ProfitCause.BARRIERS,
    ):
        assert abs(there.parts[cause] + back.parts[cause]).amount <= Decimal("0.02")


def test_what_changed_nothing_contributes_nothing(session: Session) -> None:
    desk, before, _ = books(session)

    for order in (ORDER, None):
        same = profit_and_loss((before, desk.state()), (before, desk.state()), currency="USD", order=order)
        price = profit_and_loss(
            (before, desk.state()), (before, desk.state(acm="31")), currency="USD", order=order
        )
        assert {part.amount for part in same.parts.values()} == {0}
        assert {cause for cause, part in price.parts.items() if part.amount} == {ProfitCause.SPOT}


def test_whatever_moves_the_parts_sum_exactly(session: Session) -> None:
    covered = Covered()
    desk, before, after = books(session)
    start = desk.state()

    @settings(max_examples=25, deadline=None)
    @given(
        acm=st.integers(10, 60), yen=st.integers(70, 120), turned=st.booleans(),
        order=st.permutations(ORDER),
    )  # fmt: skip
    def add_up(acm: int, yen: int, order: list[ProfitCause], *, turned: bool) -> None:
        pair = (before, start), (after, moved(desk, acm=str(acm), yen=str(yen)))
        found = profit_and_loss(*(pair[::-1] if turned else pair), currency="USD", order=order)
        covered.case(loss=found.total.amount < 0, profit=found.total.amount > 0, knocked=yen <= 85)
        assert sum(found.parts.values(), Money(0, "USD")) == found.total == found.after - found.before

    add_up()

    covered.enough()


def test_says_what_it_consists_of(session: Session) -> None:
    desk, before, _ = books(session)
    found = profit_and_loss((before, desk.state()), (before, desk.state(acm="31")), currency="USD")

    said = found.explanation()

    assert said.statement == f"{found.total} = {found.after} - {found.before}"
    assert said.by.startswith("one by one: contracts cancelled, new contracts, time, prices")
    assert [each.statement for each in said.because][3] == f"{found.total} by prices"


@pytest.mark.parametrize("order", [ORDER[1:], (*ORDER, ProfitCause.TIME)])
def test_refuses_steps_that_are_left_out_or_taken_twice(
    session: Session, order: tuple[ProfitCause, ...]
) -> None:
    desk, before, after = books(session)

    with refuses("profit.each-step-once"):
        profit_and_loss((before, desk.state()), (after, moved(desk)), currency="USD", order=order)


@pytest.mark.parametrize("order", [ORDER, tuple(reversed(ORDER)), None])
def test_new_contracts_may_be_on_what_was_not_quoted_before(
    session: Session, order: tuple[ProfitCause, ...] | None
) -> None:
    desk, everything, _ = books(session)
    old = everything.only([desk.deals[1].id])
    both = everything.only([desk.deals[1].id, desk.deals[3].id])
    end = desk.state("2 May", date(1997, 5, 2))
    unquoted = {desk.volatility[desk.yen].id, desk.interest["JPY"].id}
    start = MarketState("1 May", date(1997, 5, 1), {k: v for k, v in end.levels.items() if k not in unquoted})

    there, back = (
        profit_and_loss(*pair, currency="USD", order=order)
        for pair in (((old, start), (both, end)), ((both, end), (old, start)))
    )

    for found, cause in ((there, ProfitCause.NEW), (back, ProfitCause.CANCELLED)):
        assert sum(found.parts.values(), Money(0, "USD")) == found.total
        assert {each for each, part in found.parts.items() if part.amount} == {ProfitCause.TIME, cause}
    assert back.total == -there.total


def test_what_either_market_lacks_is_not_taken_from_the_other(session: Session) -> None:
    desk, before, _ = books(session)
    whole = desk.state()
    lacking = MarketState("lacking", TRADED, {desk.acm.id: Decimal(30)})

    for pair in (((before, whole), (before, lacking)), ((before, lacking), (before, whole))):
        with refuses("valuation.indicator-known"):
            profit_and_loss(*pair, currency="USD")
