"""3.11 and 4.2: an observation rests on others, recorded with it, never on itself or on the rejected."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import delete, insert

from analysis_patterns.observation import Basis, CategoryObservation, Observation, Role, rest
from analysis_patterns.patterns import inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock

from ..refusals import refuses
from .figures import Ward, overwrite, table_of, without_guards


@pytest.fixture
def concluded(session: Session, ward: Ward) -> CategoryObservation:
    """A conclusion from two measurements, stored."""
    made = ward.found()
    rest(made, [ward.weighed("68"), ward.weighed("69")], Role.FOR)
    session.add(made)
    session.commit()
    return made


def write_basis(session: Session, observation: Observation, source: Observation, **columns: Any) -> None:
    row = {
        "observation_id": observation.id,
        "source_id": source.id,
        "role": "for",
        "position": 9,
        "recorded": observation.recorded,
    }
    session.execute(insert(table_of(Basis)).values({**row, **columns}))


def test_an_observation_knows_what_it_rests_on_in_order(
    session: Session, concluded: CategoryObservation
) -> None:
    session.expire_all()

    assert [(str(each.source), each.role) for each in concluded.bases] == [
        ("body weight 68 kg", Role.FOR),
        ("body weight 69 kg", Role.FOR),
    ]
    assert str(concluded.bases[0]) == "diabetes present on body weight 68 kg (for)"


def test_nothing_rests_on_itself(
    session: Session, ward: Ward, concluded: CategoryObservation, layer: Layer
) -> None:
    first, second, third = (ward.found() for _ in range(3))
    rest(first, [second])
    rest(second, [third])

    with refuses("basis.acyclic") as refused:
        rest(third, [first])
    assert "a circle: " in str(refused.value)
    with refuses("basis.acyclic"):
        rest(first, [first])
    assert third.bases == []
    source = concluded.bases[0].source
    for observation in (concluded, source):
        with refuses("basis.acyclic", layer), session.begin_nested():
            write_basis(session, source, observation)


def test_a_circle_made_past_the_constructor(session: Session, ward: Ward) -> None:
    first, second = ward.found(), ward.found()
    (one,) = rest(first, [second])
    (other,) = rest(second, [ward.weighed()])
    other.source = first
    session.add_all([first, second])

    with refuses("basis.acyclic", Layer.FLUSH):
        session.flush()

    assert one.source is second


def test_nothing_new_rests_on_what_was_rejected(
    session: Session, ward: Ward, concluded: CategoryObservation, layer: Layer
) -> None:
    wrong = concluded.bases[0].source
    wrong.reject(by=ward.hale, why="another patient")
    session.commit()

    with refuses("basis.rejected") as refused:
        rest(ward.found(), [wrong])
    assert "rejected by Dr Hale: another patient" in str(refused.value)
    later = ward.found()
    (basis,) = rest(later, [concluded.bases[1].source])
    basis.source = wrong
    session.add(later)
    with refuses("basis.rejected", Layer.FLUSH):
        session.flush()
    session.rollback()
    later = ward.found()
    session.add(later)
    session.flush()
    with refuses("basis.rejected", layer):
        write_basis(session, later, wrong)


def test_more_evidence_makes_another_observation(
    session: Session, ward: Ward, concluded: CategoryObservation, clock: FixedClock, layer: Layer
) -> None:
    more = ward.weighed("70")
    session.add(more)
    session.commit()

    with refuses("basis.together"):
        rest(concluded, [more])
    later = ward.found()
    (basis,) = rest(later, [more])
    session.add(later)
    basis.observation = concluded
    with refuses("basis.together", Layer.FLUSH):
        session.flush()
    session.rollback()
    clock.advance(timedelta(days=1))
    with refuses("basis.together", layer):
        write_basis(session, concluded, more, recorded=clock.now())


def test_what_it_rests_on_is_never_changed(
    session: Session, concluded: CategoryObservation, layer: Layer
) -> None:
    basis = concluded.bases[0]
    of_it = Basis.source_id == basis.source_id

    basis.role = Role.AGAINST
    with refuses("basis.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    session.delete(basis)
    with refuses("basis.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    with refuses("basis.append-only", layer), session.begin_nested():
        overwrite(session, Basis, of_it, role="against")
    with refuses("basis.append-only", layer), session.begin_nested():
        session.execute(delete(table_of(Basis)).where(of_it))
    assert len(concluded.bases) == 2


def test_sources_that_rest_on_others_are_recorded_in_one_flush(session: Session, ward: Ward) -> None:
    """Whichever is written first: the conclusion is added before what it rests on."""
    chain = [ward.found() for _ in range(5)]
    for upper, lower in pairwise(chain):
        rest(upper, [lower])
    session.add_all(chain)
    session.commit()

    assert list(inconsistencies(session)) == []


def test_a_circle_in_a_database_without_guards_is_found(
    session: Session, concluded: CategoryObservation
) -> None:
    source = concluded.bases[0].source
    without_guards(session)
    write_basis(session, source, concluded)
    session.commit()

    assert {each.rule.name for each in inconsistencies(session)} == {"basis.acyclic"}
