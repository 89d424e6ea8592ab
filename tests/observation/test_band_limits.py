"""4.4: bands leave no gap on any day, wherever they came from; a context never loses its last concept."""

from __future__ import annotations

from datetime import date

import pytest

from analysis_patterns.observation import (
    BandContext,
    ObservationConcept,
    Phenomenon,
    PhenomenonRange,
    PhenomenonType,
    state_bands,
)
from analysis_patterns.patterns import inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.values import Quantity, Range

from ..accountability.records import table_of, without_guards
from ..refusals import refuses


@pytest.fixture
def middle(session: Session) -> PhenomenonRange:
    """The middle one of three bands, stated for always."""
    share = PhenomenonType(name="share", legal_units=["%"])
    worse, fine, better = (
        Phenomenon(name=name, phenomenon_type=share) for name in ("worse", "fine", "better")
    )
    low, high = Quantity(0, "%"), Quantity(5, "%")
    bands = state_bands(session, {worse: Range(None, low), fine: Range(low, high), better: Range(high, None)})
    session.commit()
    return bands[1]


def test_the_flush_refuses_a_gap_that_opens_where_a_band_ends(
    session: Session, middle: PhenomenonRange
) -> None:
    middle.ended(date(1997, 1, 1))

    with refuses("phenomenon-range.no-gap", Layer.FLUSH):
        session.flush()


def test_a_gap_that_came_from_elsewhere_is_found(session: Session, middle: PhenomenonRange) -> None:
    without_guards(session)
    ranges = table_of(PhenomenonRange)
    session.execute(ranges.delete().where(ranges.c.version == middle.version))

    found = [each for each in inconsistencies(session) if each.rule.name == "phenomenon-range.no-gap"]

    assert len(found) == 1
    assert "a gap between share: worse: " in str(found[0])


def test_the_flush_refuses_a_context_that_lost_its_last_concept(session: Session) -> None:
    context = BandContext(name="key segment", concepts=[ObservationConcept(name="key segment")])
    session.add(context)
    session.commit()

    context.concepts.clear()

    with refuses("range-function.context", Layer.FLUSH):
        session.flush()
