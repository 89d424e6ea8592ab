"""9.4 and 10.2: delta, gamma and vega are what the value moves by when a level does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from analysis_patterns.patterns import Session
from analysis_patterns.trading import Direction, ExerciseStyle
from analysis_patterns.trading.valuation import sensitivities, value

from ...refusals import refuses
from .markets import Trading, stored


def test_they_are_the_slopes_of_the_value(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [
        desk.option(), desk.option(price="33", direction=Direction.SHORT),
        desk.option(option_direction=Direction.SHORT, price=27), desk.contract(tenor="3M"),
    ])  # fmt: skip
    step, volatility = Decimal("0.01"), desk.volatility[desk.acm]

    def worth(deal: int, acm: Decimal = Decimal(30), vol: Decimal = Decimal("0.25")) -> float:
        levels = {**desk.state().levels, desk.acm.id: acm, volatility.id: vol}
        state = type(desk.state())("moved", desk.state().day, levels)
        return value(book, state).of(desk.deals[deal]).estimate

    found = sensitivities(book, desk.state())

    for n, deal in enumerate(desk.deals):
        up, down, here = worth(n, 30 + step), worth(n, 30 - step), worth(n)
        told, by = found[deal.id], float(step)
        assert told.delta == pytest.approx((up - down) / (2 * by), rel=1e-5)
        assert told.gamma == pytest.approx((up - 2 * here + down) / by**2, rel=1e-4, abs=1e-4)
        up, down = (worth(n, vol=Decimal("0.25") + each) for each in (step / 100, -step / 100))
        assert told.vega == pytest.approx((up - down) / (2 * by / 100), rel=1e-5, abs=1e-5)


def test_what_is_over_moves_no_more(session: Session) -> None:
    desk = Trading()
    book = stored(session, desk, [desk.option(), desk.contract()])

    found = sensitivities(book, desk.state("later", date(1998, 1, 1)))

    assert {(each.delta, each.gamma, each.vega) for each in found.values()} == {(0.0, 0.0, 0.0)}


@pytest.mark.parametrize("kind", ["american", "barrier"])
def test_refuses_what_has_no_closed_form(session: Session, kind: str) -> None:
    desk = Trading()
    other = desk.barrier() if kind == "barrier" else desk.option(style=ExerciseStyle.AMERICAN)
    book = stored(session, desk, [other])

    with refuses("sensitivity.closed-form"):
        sensitivities(book, desk.state())
