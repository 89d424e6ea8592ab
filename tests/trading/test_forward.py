"""10.1: what is traded now may be delivered later, on a day that the market makes of the tenor."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.trading import Contract, Tenor, TenorUnit

from ..refusals import refuses
from .trades import Desk, copied


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_coffee_traded_on_1_january_1997_is_delivered_on_the_day_that_was_agreed(
    session: Session, desk: Desk
) -> None:
    session.add_all(desk.all)
    session.add(
        desk.contract(
            instrument=desk.coffee, amount=5000, price="1750.25",
            traded=date(1997, 1, 1), delivery=date(1997, 10, 20),
        )
    )  # fmt: skip
    session.commit()
    session.expire_all()

    stored = session.scalars(select(Contract)).one()

    assert (stored.traded, stored.delivery, stored.tenor) == (date(1997, 1, 1), date(1997, 10, 20), None)
    assert str(stored) == "long 5000 t Brazilian coffee at 1750.25 USD/t"


def test_two_months_from_4_may_1995_are_delivered_on_5_july(session: Session, desk: Desk) -> None:
    session.add_all([*desk.all, desk.contract(traded=date(1995, 5, 4), tenor="2M")])
    session.commit()
    session.expire_all()

    stored = session.scalars(select(Contract)).one()

    assert (stored.delivery, stored.tenor) == (date(1995, 7, 5), Tenor(2, TenorUnit.MONTHS))


def test_what_is_traded_without_a_tenor_is_delivered_spot(desk: Desk) -> None:
    thursday = date(1995, 5, 4)

    assert desk.contract(traded=thursday).delivery == date(1995, 5, 8)


def test_nothing_is_delivered_before_it_is_traded(session: Session, layer: Layer, desk: Desk) -> None:
    stored, other = desk.contract(), desk.contract()
    session.add_all([*desk.all, stored])
    session.commit()

    with refuses("contract.delivered-after-trade"):
        desk.contract(delivery=date(1997, 4, 30))
    with refuses("contract.delivered-after-trade", layer), session.begin_nested():
        copied(session, Contract, stored.id, delivery=date(1997, 4, 30))
    session.add(other)
    other.delivery = date(1997, 4, 30)
    with refuses("contract.delivered-after-trade", Layer.FLUSH):
        session.flush()


def test_it_may_be_delivered_on_the_day_itself(desk: Desk) -> None:
    assert desk.contract(delivery=date(1997, 5, 1)).delivery == date(1997, 5, 1)


def test_a_tenor_and_another_day_are_not_said_together(desk: Desk) -> None:
    agreed = desk.contract(tenor="1W", delivery=date(1997, 5, 8))

    with refuses("contract.delivered-by-tenor") as refused:
        desk.contract(tenor="1W", delivery=date(1997, 5, 9))

    assert "1997-05-08, as New York reckons" in str(refused.value)
    assert str(agreed.tenor) == "1W"


@pytest.mark.parametrize(
    ("written", "day", "after"),
    [
        ("10D", date(1997, 5, 1), date(1997, 5, 11)),
        (" 2w ", date(1997, 5, 1), date(1997, 5, 15)),
        ("1M", date(1997, 1, 31), date(1997, 2, 28)),
        ("1M", date(1996, 1, 31), date(1996, 2, 29)),
        ("1M", date(1997, 2, 28), date(1997, 3, 28)),
        ("13M", date(1997, 12, 31), date(1999, 1, 31)),
        ("1Y", date(1996, 2, 29), date(1997, 2, 28)),
        ("1000Y", date(1997, 5, 1), date(2997, 5, 1)),
    ],
)
def test_a_tenor_is_counted_in_the_calendar_s_own_units(written: str, day: date, after: date) -> None:
    assert Tenor.parse(written).after(day) == after


@pytest.mark.parametrize("written", ["", "M", "0M", "-1M", "1.5M", "2 M", "1Q", "1001D", "01M", 2, None])
def test_what_is_no_tenor_is_refused(written: Any) -> None:
    with refuses("tenor.length"):
        Tenor.parse(written)


@pytest.mark.parametrize(
    ("count", "unit"), [(0, TenorUnit.DAYS), (True, TenorUnit.DAYS), (1.0, TenorUnit.DAYS), (1, "D")]
)
def test_a_tenor_is_a_whole_number_of_a_unit(count: Any, unit: Any) -> None:
    with refuses("tenor.length"):
        Tenor(count, unit)


@pytest.mark.parametrize("written", ["1000D", "1000W", "1000M", "1000Y"])
def test_no_tenor_leads_out_of_the_calendar(written: str) -> None:
    with refuses("tenor.length"):
        Tenor.parse(written).after(date(9999, 12, 1))


def test_an_instant_is_no_day_of_a_trade(desk: Desk) -> None:
    with refuses("period.days"):
        desk.contract(traded=datetime(1997, 5, 1))  # noqa: DTZ001 - that is what is refused
    with refuses("period.days"):
        desk.contract(delivery=datetime(1997, 5, 9))  # noqa: DTZ001 - that is what is refused
