"""9.2 in a house with 240 deals: what its filters choose, as of which day, and why."""

from __future__ import annotations

from sqlalchemy import func, select

from analysis_patterns.cases import portfolios
from analysis_patterns.diagrams import draw
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.trading import Contract


def test_the_portfolios_are_what_was_reckoned_before(session: Session) -> None:
    worked = portfolios.run(session)

    assert {each.what: each.found for each in worked.checks if not each.holds} == {}
    assert len(worked.checks) == 28
    assert [row[2] for row in worked.tables[0].rows] == ["239", "79", "120", "16", "80"]
    assert "not so" in str(draw(worked.graphs[0], format="svg"))
    assert list(inconsistencies(session)) == []


def test_what_is_there_is_not_built_again(session: Session) -> None:
    portfolios.run(session)
    portfolios.run(session)

    assert session.scalar(select(func.count()).select_from(Contract)) == 240
