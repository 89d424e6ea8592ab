"""10.1: it is the market that knows its working days, and so when what is traded is delivered."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import Adjustment, Market, MarketDay, Tenor

from ..covered import Covered
from ..refusals import refuses

DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))


@pytest.fixture
def new_york() -> Market:
    return Market(name="New York", calendars=["US"])


@pytest.mark.parametrize(
    ("market", "day", "works"),
    [
        (Market(name="none"), date(1997, 5, 1), True),
        (Market(name="none"), date(1997, 5, 3), False),
        (Market(name="US", calendars=["US"]), date(1995, 7, 4), False),
        (Market(name="US", calendars=["US"]), date(1997, 7, 3), True),
        (Market(name="NYSE", calendars=["NYSE"]), date(1997, 3, 28), False),
        (Market(name="California", calendars=["US.CA"]), date(2020, 3, 31), False),
        (Market(name="Dubai", calendars=["AE"]), date(2010, 1, 8), False),
        (Market(name="Dubai", calendars=["AE"]), date(2010, 1, 9), False),
        (Market(name="Dubai", calendars=["AE"]), date(2010, 1, 10), True),
        (Market(name="Shanghai", calendars=["CN"]), date(2024, 2, 4), True),
    ],
)
def test_a_market_works_as_its_calendars_say(market: Market, day: date, works: bool) -> None:
    assert market.is_working_day(day) is works


def test_a_joint_market_works_where_all_its_calendars_do() -> None:
    cable = Market(name="cable", calendars=["GB", "US"])
    christmas, thanksgiving, boxing_day = date(1997, 12, 25), date(1997, 11, 27), date(1997, 12, 26)

    found = [cable.holiday(day) for day in (christmas, thanksgiving, boxing_day, date(1997, 12, 29))]

    assert found[0] == "Christmas Day"
    assert found[1] == "Thanksgiving Day"
    assert found[2] is not None
    assert found[3] is None
    assert cable.adjust(christmas) == date(1997, 12, 29)


def test_two_months_from_4_may_1995_end_on_a_holiday_and_go_on_to_the_5_july(new_york: Market) -> None:
    delivery = new_york.delivery(date(1995, 5, 4), Tenor.parse("2M"))

    assert delivery == date(1995, 7, 5)


def test_what_is_traded_spot_on_a_thursday_is_delivered_on_monday(new_york: Market) -> None:
    thursday = date(1995, 5, 4)

    assert new_york.delivery(thursday) == new_york.spot(thursday) == date(1995, 5, 8)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(1995, 5, 5), 0, date(1995, 5, 5)),
        (date(1995, 5, 6), 0, date(1995, 5, 8)),
        (date(1995, 5, 6), 1, date(1995, 5, 8)),
        (date(1995, 5, 6), 2, date(1995, 5, 9)),
        (date(1995, 6, 30), 2, date(1995, 7, 5)),
    ],
)
def test_a_day_off_counts_as_the_working_day_before_it(
    new_york: Market, day: date, count: int, expected: date
) -> None:
    assert new_york.working_days_after(day, count) == expected


def test_a_modified_market_keeps_a_delivery_in_its_month() -> None:
    tenor, traded = Tenor.parse("1M"), date(1997, 4, 30)
    over_new_year = date(1997, 12, 31)
    following = Market(name="a", calendars=["US"])
    modified = Market(name="b", calendars=["US"], adjustment=Adjustment.MODIFIED_FOLLOWING)
    modified.close(over_new_year, why="stocktaking")

    assert following.delivery(date(1997, 4, 30) + timedelta(1), tenor) == date(1997, 6, 2)
    assert following.adjust(date(1997, 5, 31)) == date(1997, 6, 2)
    assert modified.adjust(date(1997, 5, 31)) == date(1997, 5, 30)
    assert modified.adjust(date(1997, 5, 10)) == date(1997, 5, 12)
    assert modified.adjust(over_new_year) == date(1997, 12, 30)
    assert modified.delivery(traded, tenor) == date(1997, 5, 30)


def test_a_market_has_days_of_its_own(new_york: Market) -> None:
    hurricane, election = date(2012, 10, 29), date(2012, 11, 10)

    new_york.close(hurricane, why="hurricane Sandy")
    new_york.open(election, why="trial of the new system")

    assert new_york.holiday(hurricane) == "hurricane Sandy"
    assert new_york.adjust(hurricane) == date(2012, 10, 30)
    assert new_york.holiday(election) is None
    assert new_york.is_working_day(election)


def test_says_once_of_a_day_what_it_does_on_it(new_york: Market) -> None:
    new_york.close(date(2012, 10, 29), why="hurricane Sandy")

    with refuses("market-day.once"):
        new_york.open(date(2012, 10, 29), why="no hurricane")
    with refuses("name.text"):
        new_york.close(date(2012, 10, 30), why=" ")

    assert [str(each) for each in new_york.own_days] == ["2012-10-29, a day off: hurricane Sandy"]


def test_the_database_says_once_of_a_day_what_a_market_does(session: Session, layer: Layer) -> None:
    market = Market(name="New York", calendars=["US"])
    first = market.close(date(2012, 10, 29), why="hurricane Sandy")
    second = market.close(date(2012, 10, 30), why="hurricane Sandy")
    session.add(market)
    session.commit()

    with refuses("market-day.once", layer):
        session.execute(update(MarketDay).where(MarketDay.id == second.id).values(day=first.day))


@pytest.mark.parametrize("codes", [["XX"], ["US.XX"], [""], ["US", "US"], [1]])
def test_refuses_a_calendar_that_nobody_knows(codes: list[str]) -> None:
    with refuses("market.calendar"):
        Market(name="nowhere", calendars=codes)


def test_a_calendar_is_known_before_it_is_stored_too(session: Session) -> None:
    market = Market(name="nowhere", calendars=["US"])
    session.add(market)
    market.calendar_codes = "US XX"

    with refuses("market.calendar", Layer.FLUSH):
        session.flush()


@pytest.mark.parametrize("days", [-1, 11, "2", 1.5, True])
def test_refuses_what_is_no_number_of_days_to_spot(days: int) -> None:
    with refuses("market.spot-days"):
        Market(name="nowhere", spot_days=days)


def test_days_to_spot_are_checked_before_they_are_stored_too(session: Session, layer: Layer) -> None:
    market = Market(name="nowhere")
    session.add(market)
    session.commit()
    market.spot_days = 11

    with refuses("market.spot-days", Layer.FLUSH):
        session.flush()
    session.rollback()
    with refuses("market.spot-days", layer):
        session.execute(text("UPDATE trading_market SET spot_days = 11"))


def test_an_adjustment_is_one_that_there_is_and_no_text(session: Session, layer: Layer) -> None:
    written: Any = "modified following"
    with refuses("market.adjustment"):
        Market(name="nowhere", adjustment=written)
    market = Market(name="nowhere")
    session.add(market)
    session.commit()
    market.adjustment = written

    with refuses("market.adjustment", Layer.FLUSH):
        session.flush()
    session.rollback()
    with refuses("market.adjustment", layer):
        session.execute(text("UPDATE trading_market SET adjustment = 'preceding'"))


def test_refuses_to_count_back_or_past_the_last_day_there_is() -> None:
    nowhere = Market(name="nowhere")

    with refuses("market.reckons-forward"):
        nowhere.working_days_after(date(1997, 5, 1), -3)
    with refuses("market.reckons-forward"):
        nowhere.spot(date(9999, 12, 31))
    assert nowhere.spot(date(9999, 12, 29)) == date.max


def test_refuses_to_reckon_in_years_that_a_calendar_does_not_know() -> None:
    frankfurt = Market(name="Frankfurt", calendars=["XECB"])

    with refuses("market.known-year") as refused:
        frankfurt.spot(date(1997, 5, 1))
    with refuses("market.known-year"):
        frankfurt.delivery(date(2099, 12, 1), Tenor.parse("5Y"))

    assert "1999 to 2100" in str(refused.value)
    assert Market(name="none").spot(date(1700, 1, 1)) == date(1700, 1, 5)


def test_no_two_markets_share_a_name(session: Session, layer: Layer) -> None:
    session.add_all([Market(name="New York"), Market(name="New York")])

    with refuses("market.unique-name", layer):
        session.flush()


def test_refuses_an_instant_for_a_day(new_york: Market) -> None:
    with refuses("period.days"):
        new_york.spot(datetime(1997, 5, 1))  # noqa: DTZ001 - that is what is refused


def test_what_was_stored_reckons_as_before(session: Session) -> None:
    market = Market(
        name="cable", calendars=["GB", "US"], spot_days=1, adjustment=Adjustment.MODIFIED_FOLLOWING
    )
    market.close(date(1997, 5, 2), why="moving house")
    session.add(market)
    session.commit()
    session.expunge_all()

    stored = session.scalars(select(Market)).one()

    assert (stored.calendars, stored.adjustment) == (("GB", "US"), Adjustment.MODIFIED_FOLLOWING)
    assert stored.spot(date(1997, 5, 1)) == date(1997, 5, 6)
    stored.own_days.clear()
    session.commit()
    assert stored.spot(date(1997, 5, 1)) == date(1997, 5, 2)


def test_deliveries_fall_on_working_days_and_never_before_they_are_due() -> None:
    market = Market(name="cable", calendars=["GB", "US"])
    covered = Covered()

    @given(day=DAYS | DAYS.map(lambda day: day.replace(month=1, day=31)), months=st.integers(1, 24))
    @settings(max_examples=150, deadline=None)
    def holds(day: date, months: int) -> None:
        tenor = Tenor.parse(f"{months}M")
        due, found = tenor.after(day), market.delivery(day, tenor)
        covered.case(moved=due != found, shortened=due.day != day.day)

        assert market.is_working_day(found)
        assert due <= found
        assert not any(market.is_working_day(due + timedelta(n)) for n in range((found - due).days))

    holds()
    covered.enough()


def test_ten_thousand_days_are_reckoned_in_a_moment(new_york: Market) -> None:
    cable = Market(name="cable", calendars=["GB", "US"])
    first = date(1995, 1, 2)

    started = time.perf_counter()
    found = [cable.spot(first + timedelta(n)) for n in range(10_000)]
    took = time.perf_counter() - started

    assert found == sorted(found)
    assert took < 10
