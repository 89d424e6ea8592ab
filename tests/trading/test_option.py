"""10.2: an option is a contract that its holder may make use of; call or put follows from two directions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from analysis_patterns.patterns import Money
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import (
    OPTION_POSITIONS,
    BarrierEffect,
    BarrierOption,
    BarrierSide,
    Contract,
    Direction,
    ExerciseStyle,
    Option,
    OptionKind,
)

from ..refusals import refuses
from .trades import EXPIRES, TRADED, Desk, copied

LONG, SHORT = Direction.LONG, Direction.SHORT


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def bought(session: Session, desk: Desk) -> Option:
    """The house's call, stored, with its premium."""
    made = desk.option(premium=Money("2500.50", "USD"), premium_paid=date(1997, 5, 5))
    session.add_all([*desk.all, made])
    session.commit()
    return made


@pytest.mark.parametrize(
    ("contract", "option", "says"),
    [
        (LONG, LONG, "call bought"),
        (LONG, SHORT, "put sold"),
        (SHORT, LONG, "put bought"),
        (SHORT, SHORT, "call sold"),
    ],
)
def test_it_is_a_call_where_both_directions_agree(
    desk: Desk, contract: Direction, option: Direction, says: str
) -> None:
    parties = {"long": desk.house, "short": desk.megabank} if contract is LONG else {
        "long": desk.megabank, "short": desk.house,
    }  # fmt: skip
    made = desk.option(**parties, direction=contract, option_direction=option)

    assert str(made.position) == says
    assert made.primary is desk.house
    assert made.option_kind is (OptionKind.CALL if contract is option else OptionKind.PUT)
    assert (made.holder is desk.house) is made.position.has_right is (option is LONG)
    assert {made.holder, made.writer} == {desk.house, desk.megabank}
    assert made.option_direction_for(made.holder) is LONG
    assert made.option_direction_for(made.writer) is SHORT
    assert made.option_direction_for(desk.client) is None
    assert (made.product.buyer, made.product.seller) == (made.holder, made.writer)


def test_the_four_positions_are_data() -> None:
    payoffs = {str(position): position.payoff for position in OPTION_POSITIONS.values()}

    assert payoffs == {
        "call bought": "max(S - K, 0)",
        "call sold": "-max(S - K, 0)",
        "put bought": "max(K - S, 0)",
        "put sold": "-max(K - S, 0)",
    }


def test_what_is_exercised_is_delivered_spot(desk: Desk) -> None:
    friday = date(1997, 8, 29)

    made = desk.option(expiration=friday)

    assert made.delivery == desk.new_york.spot(friday) == date(1997, 9, 3)


def test_an_option_comes_back_as_it_was(session: Session, bought: Option) -> None:
    session.expire_all()

    stored = session.scalars(select(Contract)).one()

    assert isinstance(stored, Option)
    assert str(stored) == "call bought: 1000 {share} ACM at 30 USD/{share}, expires 1997-09-02"
    assert (stored.premium, stored.premium_paid) == (Money("2500.50", "USD"), date(1997, 5, 5))
    assert (stored.style, stored.strike, stored.tenor) == (ExerciseStyle.EUROPEAN, stored.price, None)


def test_it_does_not_expire_before_it_is_traded(
    session: Session, layer: Layer, desk: Desk, bought: Option
) -> None:
    assert desk.option(expiration=TRADED).expiration == TRADED
    with refuses("option.expires-after-trade"):
        desk.option(expiration=date(1997, 4, 30))
    with refuses("option.expires-after-trade", layer), session.begin_nested():
        key = copied(session, Contract, bought.id)
        copied(session, Option, bought.id, id=key, expiration=date(1997, 4, 30))
    other = desk.option()
    session.add(other)
    other.expiration = date(1997, 4, 30)
    with refuses("option.expires-after-trade", Layer.FLUSH):
        session.flush()


@pytest.mark.parametrize(
    "terms", [{"premium": Money(-1, "USD")}, {"premium_paid": TRADED}, {"premium": Money("-0.01", "EUR")}]
)
def test_a_premium_is_paid_and_not_received(desk: Desk, terms: dict[str, Any]) -> None:
    with refuses("option.premium"):
        desk.option(**terms)


@pytest.mark.parametrize(
    "changes", [{"premium_minor": -1}, {"premium_minor": None, "premium_currency": None}]
)
def test_a_premium_that_is_none_is_not_stored(
    session: Session, layer: Layer, desk: Desk, bought: Option, changes: dict[str, Any]
) -> None:
    with refuses("option.premium", layer), session.begin_nested():
        copied(session, Option, bought.id, id=copied(session, Contract, bought.id), **changes)
    other = desk.option()
    session.add(other)
    other.premium_paid = TRADED
    with refuses("option.premium", Layer.FLUSH):
        session.flush()


def test_nothing_may_be_paid_for_an_option(desk: Desk) -> None:
    assert desk.option(premium=Money(0, "USD"), premium_paid=TRADED).premium == Money(0, "USD")


def test_what_was_agreed_of_an_option_is_never_changed(
    session: Session, layer: Layer, bought: Option
) -> None:
    for statement in ("UPDATE trading_option SET style = 'american'", "DELETE FROM trading_option"):
        with refuses("contract.append-only", layer), session.begin_nested():
            session.execute(text(statement))
    bought.style = ExerciseStyle.AMERICAN
    with refuses("contract.append-only", Layer.FLUSH):
        session.flush()


def test_a_refused_option_leaves_no_trace(desk: Desk) -> None:
    product = desk.option().product

    with refuses("contract.amount"):
        desk.option(amount=0, product=product)

    assert len(product.contracts) == 1


@pytest.mark.parametrize(
    ("side", "effect", "barrier", "direction", "kind"),
    [
        (BarrierSide.DOWN, BarrierEffect.IN, 85, LONG, "down-and-in call"),
        (BarrierSide.DOWN, BarrierEffect.OUT, 85, LONG, "down-and-out call"),
        (BarrierSide.UP, BarrierEffect.IN, 99, LONG, "up-and-in call"),
        (BarrierSide.UP, BarrierEffect.OUT, 99, LONG, "up-and-out call"),
        (BarrierSide.DOWN, BarrierEffect.IN, 85, SHORT, "down-and-in put"),
        (BarrierSide.DOWN, BarrierEffect.OUT, 85, SHORT, "down-and-out put"),
        (BarrierSide.UP, BarrierEffect.IN, 99, SHORT, "up-and-in put"),
        (BarrierSide.UP, BarrierEffect.OUT, 99, SHORT, "up-and-out put"),
    ],
)
def test_there_are_eight_kinds_of_barrier_option(  # noqa: PLR0917 - a table of the kinds
    desk: Desk, side: BarrierSide, effect: BarrierEffect, barrier: int, direction: Direction, kind: str
) -> None:
    made = desk.barrier(side=side, effect=effect, barrier=barrier, option_direction=direction)

    assert made.barrier_kind == kind
    assert made.is_hit_by(made.barrier)
    assert not made.is_hit_by(made.reference)


@pytest.mark.parametrize(
    "terms",
    [{"barrier": 96}, {"barrier": 95}, {"side": BarrierSide.UP}, {"side": BarrierSide.UP, "barrier": 95}],
)
def test_a_barrier_lies_on_its_side(desk: Desk, terms: dict[str, Any]) -> None:
    with refuses("barrier-option.side"):
        desk.barrier(**terms)


def test_a_barrier_on_the_wrong_side_is_not_stored(session: Session, layer: Layer, desk: Desk) -> None:
    made, other = desk.barrier(), desk.barrier()
    session.add_all([*desk.all, made])
    session.commit()

    with refuses("barrier-option.side", layer), session.begin_nested():
        key = copied(session, Contract, made.id)
        copied(session, Option, made.id, id=key)
        copied(session, BarrierOption, made.id, id=key, side=BarrierSide.UP)
    session.add(other)
    other.side = BarrierSide.UP
    with refuses("barrier-option.side", Layer.FLUSH):
        session.flush()


def test_a_barrier_is_in_the_unit_of_the_price(session: Session, desk: Desk) -> None:
    for term in ("barrier", "reference"):
        with refuses("barrier-option.unit"):
            desk.barrier(**{term: Money(85, "USD")})
    made = desk.barrier()
    session.add_all([*desk.all, made])
    made.barrier = Money(85, "USD")
    with refuses("barrier-option.unit", Layer.FLUSH):
        session.flush()


def test_a_barrier_option_comes_back_as_it_was(session: Session, layer: Layer, desk: Desk) -> None:
    session.add_all([*desk.all, desk.barrier(barrier="85.50")])
    session.commit()
    session.expire_all()

    stored = session.scalars(select(Contract)).one()

    assert isinstance(stored, BarrierOption)
    assert (stored.barrier_kind, str(stored.barrier.amount)) == ("down-and-in call", "85.50")
    assert stored.expiration == EXPIRES
    with refuses("contract.append-only", layer):
        session.execute(text("UPDATE trading_barrier_option SET effect = 'out'"))
