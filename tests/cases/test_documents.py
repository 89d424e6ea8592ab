"""3.2 to 3.11 with documents of other hospitals: taken over once, written back, corrected, converted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analysis_patterns.cases import documents
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.time.clock import FixedClock


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands long after the documents were written."""
    return FixedClock(datetime(2026, 11, 30, 9, tzinfo=UTC))


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    worked = documents.run(session)

    assert {check.what: check.found for check in worked.checks if not check.holds} == {}
    assert len(worked.checks) == 13


def test_worked_again_it_finds_what_it_made(session: Session) -> None:
    first = documents.run(session)

    again = documents.run(session)

    assert again.checks == first.checks
    assert again.tables == first.tables
    assert list(inconsistencies(session)) == []
