"""10.4 Fixings: one price a day, in order, corrected and never overwritten."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import UNTIL_CHANGED, FixedClock, Quantity, Session
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.trading import Fixing

from ...refusals import refuses
from ..trades import Desk
from .conftest import Fix

MONDAY, TUESDAY = date(1997, 6, 2), date(1997, 6, 3)


def row(fixing: Fixing, **said: Any) -> dict[str, Any]:
    """A fixing as a row that nobody checked in Python."""
    key = uuid7()
    plain = {
        "version": key, "id": key, "known_from": fixing.known_from, "known_to": UNTIL_CHANGED,
        "instrument_id": fixing.instrument_id, "source_id": fixing.source_id, "day": fixing.day,
        "price_number": fixing.price.amount, "price_unit": str(fixing.price.unit),
        "price_canonical": "1",
    }  # fmt: skip
    return plain | said


def test_a_fixing_counts_from_noon_of_its_day(session: Session, desk: Desk, fix: Fix) -> None:
    fixing = fix(MONDAY, "84.5")
    session.commit()

    assert fixing.price == Quantity("84.5", desk.yen.unit)
    assert fixing.counts_from == datetime(1997, 6, 2, 12, tzinfo=UTC)
    assert str(fixing) == "USD/JPY fixed at 84.5 JPY/USD on 1997-06-02"


def test_a_corrected_fixing_is_a_new_version(session: Session, clock: FixedClock, fix: Fix) -> None:
    fixing = fix(MONDAY, 84)
    session.commit()
    before = clock.now()
    clock.advance(timedelta(hours=1))

    fixing.corrected(price=86)
    session.commit()

    prices = [
        session.scalars(select(Fixing).where(Fixing.known(at))).one().price.amount
        for at in (before, clock.now())
    ]
    assert prices == [84, 86]


def test_refuses_a_second_fixing_of_a_day(session: Session, fix: Fix) -> None:
    fix(MONDAY, 84)

    with refuses("fixing.once", Layer.FLUSH):
        fix(MONDAY, 84)


def test_refuses_two_fixings_of_a_day_at_once(session: Session, desk: Desk) -> None:
    for price in (84, 85):
        session.add(Fixing(instrument=desk.yen, day=MONDAY, price=price, source=desk.megabank))

    with refuses("fixing.once", Layer.FLUSH):
        session.flush()


def test_refuses_fixings_out_of_order(session: Session, desk: Desk, fix: Fix) -> None:
    late = fix(TUESDAY, 84)

    with refuses("fixing.in-order", Layer.FLUSH):
        fix(MONDAY, 84)

    session.rollback()
    kept = Fixing(instrument=desk.acm, day=MONDAY, price=30, source=desk.megabank)
    session.add_all([late, kept])
    session.commit()


def test_the_other_fixings_may_be_corrected_in_any_order(session: Session, fix: Fix) -> None:
    first = fix(MONDAY, 84)
    fix(TUESDAY, 84)
    session.commit()

    corrected = first.corrected(price=83)
    session.commit()

    assert corrected.is_believed


@pytest.mark.parametrize("price", [Quantity(84, "USD"), Quantity(84, "JPY/GBP")])
def test_refuses_a_fixing_in_another_unit(session: Session, desk: Desk, price: Quantity) -> None:
    with refuses("fixing.unit"):
        Fixing(instrument=desk.yen, day=MONDAY, price=price, source=desk.megabank)

    assert not session.new


def test_refuses_a_correction_in_another_unit(session: Session, fix: Fix) -> None:
    fixing = fix(MONDAY, 84)
    session.commit()

    with refuses("fixing.unit"):
        fixing.corrected(price=Quantity(84, "USD"))

    assert fixing.is_believed
    fixing.restated(price=Quantity(84, "USD"))
    with refuses("fixing.unit", Layer.FLUSH):
        session.flush()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("fixing.once", {}),
        ("fixing.in-order", {"day": date(1997, 5, 30)}),
        ("fixing.unit", {"day": TUESDAY, "price_unit": "USD"}),
    ],
)
def test_the_database_refuses_them_as_well(
    session: Session, layer: Layer, fix: Fix, rule: str, said: dict[str, Any]
) -> None:
    fixing = fix(MONDAY, 84)
    session.commit()

    with refuses(rule, layer):
        session.execute(insert(Fixing.__table__), row(fixing, **said))  # type: ignore[arg-type]
