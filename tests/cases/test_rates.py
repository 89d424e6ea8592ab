"""9.3 and 9.4 on a trading floor: each figure is what it should be."""

from __future__ import annotations

from sqlalchemy import func, select

from analysis_patterns.cases import rates
from analysis_patterns.diagrams import draw
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.trading import Scenario

FIGURES = {
    "0.6712/5: bid and offer": "0.6712 0.6715",
    "0.6712/ is a bid only": "True",
    "0.6712/6: mid and spread": "0.6714 0.0004",
    "0.6698/02: offer": "0.6702",
    "2 USD for a pound, in pounds": "0.5",
    "GBP/DEM at the close, when it was built": "2.8002/41",
    "GBP/DEM at the close, as known now": "2.7979/8018",
    "GBP/DEM with a dearer dollar": "2.8258/97",
    "What the cross with a dearer dollar takes": "USD/DEM of dearer dollar, USD/GBP of close of the desk",
}


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    case = rates.run(session)

    assert case.holds, [str(each) for each in case.checks if not each.holds]
    found = {each.what: each.found for each in case.checks}
    assert FIGURES.items() <= found.items()


def test_it_is_built_once_and_breaks_no_rule(session: Session) -> None:
    rates.run(session)
    rates.run(session)

    assert session.scalar(select(func.count()).select_from(Scenario)) == 2
    assert not list(inconsistencies(session))


def test_its_pictures_can_be_drawn(session: Session) -> None:
    for picture in rates.run(session).pictures:
        assert draw(picture).startswith("<svg")
