"""3.10: an observation is acted on, being tested or expected, and what is made of it changes with time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    CategoryObservation,
    Hypothesis,
    Projection,
    Qualification,
    Standing,
    observations,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED

from ..refusals import refuses
from .figures import MORNING, Ward, overwrite, table_of

YEAR = timedelta(days=365)


def stored(session: Session, made: CategoryObservation) -> CategoryObservation:
    session.add(made)
    session.commit()
    return made


def write_qualification(session: Session, **columns: Any) -> None:
    version = uuid7()
    row = {
        "version": version,
        "id": version,
        "known_from": session.recorded,
        "known_to": UNTIL_CHANGED,
    }
    session.execute(insert(table_of(Qualification)).values({**row, **columns}))


def test_a_hypothesis_is_no_fact_until_it_is_confirmed(
    session: Session, ward: Ward, clock: FixedClock
) -> None:
    doubted = stored(session, ward.found(standing=Standing.HYPOTHESIS))
    at_first = clock.now()
    assert session.scalars(observations(session)).all() == []

    clock.advance(YEAR)
    doubted.qualifications[0].withdraw()
    session.commit()
    session.expire_all()

    assert doubted.standing is Standing.ACTIVE
    assert session.scalars(observations(session)).all() == [doubted]
    assert session.scalars(observations(session, known_at=at_first)).all() == []
    hypotheses = observations(session, standing=[Standing.HYPOTHESIS], known_at=at_first)
    assert session.scalars(hypotheses).all() == [doubted]


def test_what_was_made_of_it_at_any_time_can_be_asked(
    session: Session, ward: Ward, clock: FixedClock
) -> None:
    """Doubted, confirmed, doubted again and rejected, a year each."""
    made = stored(session, ward.found(standing=Standing.HYPOTHESIS))
    asked, started = [Standing.HYPOTHESIS], clock.now()
    for change in ("confirm", "doubt", "reject"):
        clock.advance(YEAR)
        if change == "confirm":
            made.qualifications[0].withdraw()
        elif change == "doubt":
            Hypothesis(observation=made)
        else:
            made.reject(by=ward.hale, why="the test was negative")
        session.commit()
        asked.append(made.standing)

    assert asked == [Standing.HYPOTHESIS, Standing.ACTIVE, Standing.HYPOTHESIS, Standing.REJECTED]
    for year, expected in enumerate(asked):
        found = [
            standing
            for standing in Standing
            if session.scalars(
                observations(session, standing=[standing], known_at=started + year * YEAR)
            ).all()
        ]
        assert found == [expected]


def test_a_fact_may_come_to_be_doubted(session: Session, ward: Ward) -> None:
    fact = stored(session, ward.found())

    made = Hypothesis(observation=fact)
    session.commit()

    assert fact.standing is Standing.HYPOTHESIS
    assert str(made) == "diabetes present as a hypothesis"
    assert session.scalars(observations(session)).all() == []


def test_it_is_one_of_them_at_a_time(session: Session, ward: Ward, layer: Layer) -> None:
    doubted = stored(session, ward.found(standing=Standing.HYPOTHESIS))
    Hypothesis(observation=doubted)

    with refuses("qualification.one-at-a-time", layer):
        session.flush()


def test_a_projection_stays_one(session: Session, ward: Ward, layer: Layer, clock: FixedClock) -> None:
    expected = stored(session, ward.found(applicable=MORNING + YEAR, standing=Standing.PROJECTION))
    assert expected.standing is Standing.PROJECTION
    (projection,) = expected.qualifications

    projection.withdraw()
    with refuses("projection.stays", Layer.FLUSH) as refused:
        session.flush()
    session.rollback()
    assert "Record what was observed, and link it to the projection" in str(refused.value)
    clock.advance(YEAR)
    with refuses("projection.stays", layer):
        overwrite(session, Qualification, Qualification.id == projection.id, known_to=clock.now())


def test_what_was_observed_does_not_become_a_projection(
    session: Session, ward: Ward, clock: FixedClock, layer: Layer
) -> None:
    fact = stored(session, ward.found())
    clock.advance(YEAR)

    Projection(observation=fact)
    with refuses("projection.from-the-start", Layer.FLUSH):
        session.flush()
    session.rollback()
    with refuses("projection.from-the-start", layer):
        write_qualification(session, kind="projection", observation_id=fact.id)


@pytest.mark.parametrize("standing", [Standing.HYPOTHESIS, Standing.PROJECTION])
def test_what_is_no_fact_may_be_rejected(session: Session, ward: Ward, standing: Standing) -> None:
    made = stored(session, ward.found(standing=standing))

    made.reject(by=ward.hale, why="the test was negative")
    session.commit()

    assert made.standing is Standing.REJECTED
    assert session.scalars(observations(session, standing=[standing])).all() == []
