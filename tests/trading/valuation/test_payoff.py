"""10.2 and 10.3: what a product comes to is drawn over the price of what it is on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from analysis_patterns.diagrams import draw
from analysis_patterns.patterns import Money, Session
from analysis_patterns.trading import BarrierEffect, Direction
from analysis_patterns.trading.valuation import payoff

from ...refusals import refuses
from ..trades import EXPIRES, TRADED
from .markets import Trading, stored


def put(desk: Trading, **terms: Any) -> Any:
    """A put that the house bought."""
    return desk.option(direction=Direction.SHORT, long=desk.megabank, short=desk.house, **terms)


def sold_call(desk: Trading, **terms: Any) -> Any:
    """A call that the house sold."""
    sold = {"direction": Direction.SHORT, "option_direction": Direction.SHORT}
    return desk.option(long=desk.megabank, short=desk.house, **sold, **terms)


def test_a_straddle_breaks_even_on_both_sides_of_its_strike(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option(), put(desk)])

    found = payoff(book, desk.state(), paid=Money(3500, "USD"))

    assert (found.instrument, found.today, found.expires) == ("ACM", TRADED, EXPIRES)
    assert found.break_even == (Decimal("26.5"), Decimal("33.5"))
    at = dict(zip(found.prices, found.worth_then, strict=True))
    assert [at[Decimal(price)] for price in (26, 30, 34)] == [
        Money(500, "USD"), Money(-3500, "USD"), Money(500, "USD"),
    ]  # fmt: skip
    assert all(now > then for now, then in zip(found.worth_today[3:7], found.worth_then[3:7], strict=True))


def test_a_forward_breaks_even_at_its_price(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.contract(tenor="3M")])

    found = payoff(book, desk.state(), prices=["25", "30", "35"])

    assert [str(each) for each in found.worth_then] == ["-5000 USD", "0 USD", "5000 USD"]
    assert found.break_even == (Decimal(30),)
    assert found.expires == desk.deals[0].delivery


def test_a_call_spread_is_level_beyond_both_strikes(session: Session) -> None:
    desk = Trading()
    sold = sold_call(desk, price=34)
    book = stored(session, desk, [desk.option(), sold])

    found = payoff(book, desk.state(), prices=[20, 30, 31, 34, 50], paid=Money(1000, "USD"))

    assert [each.amount for each in found.worth_then] == [-1000, -1000, 0, 3000, 3000]
    assert found.break_even == (Decimal(31),)


def test_a_calendar_spread_is_drawn_on_the_day_its_first_option_expires(session: Session) -> None:
    desk = Trading()
    sold = sold_call(desk)
    later = desk.option(expiration=EXPIRES.replace(month=12))
    book = stored(session, desk, [sold, later])

    found = payoff(book, desk.state(), prices=[20, 30, 40])

    assert found.expires == EXPIRES
    assert found.worth_then[1] > found.worth_then[0]
    assert found.worth_then[1] > found.worth_then[2]


def test_what_is_knocked_out_is_worth_nothing_beyond_its_barrier(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.barrier(effect=BarrierEffect.OUT, price=80)])

    found = payoff(book, desk.state(), prices=[84, 86, 90], paid=Money(1, "JPY"))

    assert [each.amount for each in found.worth_then] == [-1, 59_999_999, 99_999_999]
    assert found.break_even == (Decimal(85),)


def test_the_picture_says_where_it_breaks_even(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option(), put(desk)])

    picture = payoff(book, desk.state(), paid=Money(3500, "USD")).picture("A straddle")

    assert picture.remarks == ("Breaks even at 26.5, 33.5 on 1997-09-02.", "Less 3500 USD that was paid.")
    assert [each.name for each in picture.series] == ["on 1997-09-02", "on 1997-05-01"]
    svg = draw(picture)
    assert "A straddle" in svg
    assert "#c8434f" in svg
    assert "#2a9d8f" in svg
    assert draw(picture, format="png").startswith(b"\x89PNG")


def test_without_a_price_for_it_a_right_breaks_even_nowhere(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [put(desk)])

    picture = payoff(book, desk.state()).picture("A put")

    assert picture.remarks == ("Breaks even at no price on 1997-09-02.",)


def test_refuses_products_on_several_instruments(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option(), desk.barrier()])

    with refuses("payoff.one-instrument"):
        payoff(book, desk.state())


def test_refuses_what_was_paid_in_another_currency(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option()])

    with refuses("payoff.paid-in-its-currency"):
        payoff(book, desk.state(), paid=Money(3500, "JPY"))


def test_where_no_prices_are_named_round_ones_are_shown(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option()])

    assert payoff(book, desk.state(), prices=[]).prices == payoff(book, desk.state()).prices


@pytest.mark.parametrize("price", [0, -5])
def test_refuses_to_choose_prices_around_strikes_that_are_not_above_zero(
    session: Session, price: int
) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.contract(price=price)])

    with refuses("payoff.prices-above-zero"):
        payoff(book, desk.state())
    assert payoff(book, desk.state(), prices=[1, 2]).prices == (Decimal(1), Decimal(2))
