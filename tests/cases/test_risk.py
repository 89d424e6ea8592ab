"""9.2 and 9.4 at an options desk: each figure is what it should be, and nothing is built twice."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from analysis_patterns.cases import risk
from analysis_patterns.diagrams import draw
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.picture import Grid, Plot
from analysis_patterns.trading import Contract


def test_an_options_desk_is_valued_and_explained(session: Session) -> None:
    case = risk.run(session)

    assert [each for each in case.checks if not each.holds] == []
    assert len(case.checks) == 10
    assert [type(each) for each in case.pictures] == [Grid, Plot]
    assert all(draw(each).startswith("<svg") for each in case.pictures)
    assert case.tables[0].rows[0][0] == "contracts cancelled"

    again = risk.run(session)

    assert again.checks == case.checks
    assert session.scalars(select(func.count()).select_from(Contract)).one() == 300


def test_without_the_extra_it_says_what_it_needs(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(risk, "find_spec", lambda _name: None)

    case = risk.run(session)

    assert case.holds
    assert "analysis-patterns[pricing]" in case.text
    assert session.scalars(select(func.count()).select_from(Contract)).one() == 0
