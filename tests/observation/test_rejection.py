"""3.9 Rejected Observation: what turned out wrong stays, with who rejected it, why, and what shows it."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    EVERY_STANDING,
    CategoryObservation,
    Observation,
    Presence,
    Rejection,
    Standing,
    observations,
)
from analysis_patterns.patterns import Person, inconsistencies
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time.clock import FixedClock

from ..refusals import refuses
from .figures import Ward, changes_nothing, overwrite, table_of

MONTHS = timedelta(days=183)


@pytest.fixture
def anaemia(session: Session, ward: Ward) -> CategoryObservation:
    """Diabetes found in Ann, stored."""
    made = ward.found()
    session.add(made)
    session.commit()
    return made


def write_rejection(session: Session, ward: Ward, observation: Observation, **columns: Any) -> None:
    row = {
        "id": uuid7(),
        "observation_id": observation.id,
        "by_id": ward.hale.id,
        "why": "raw",
        "recorded": session.recorded,
    }
    session.execute(table_of(Rejection).insert().values({**row, **columns}))


def test_a_rejected_observation_stays_and_is_not_asked_for(
    session: Session, ward: Ward, clock: FixedClock, anaemia: CategoryObservation
) -> None:
    believed = clock.now()
    clock.advance(MONTHS)
    other = ward.found(presence=Presence.ABSENT)
    session.add(other)
    anaemia.reject(by=ward.ito, why="the sample was another's", rejecting=other)
    session.commit()
    session.expire_all()

    assert session.scalars(observations(session)).all() == [other]
    assert session.scalars(observations(session, known_at=believed)).all() == [anaemia]
    assert session.scalars(observations(session, standing=[Standing.REJECTED])).all() == [anaemia]
    assert session.scalars(observations(session, standing=EVERY_STANDING)).all() == [anaemia, other]
    assert anaemia.standing is Standing.REJECTED
    rejection = anaemia.rejection
    assert rejection is not None
    assert (rejection.by, rejection.rejecting, rejection.recorded) == (ward.ito, other, clock.now())
    assert str(rejection) == "diabetes present, rejected by Dr Ito: the sample was another's"


def test_what_was_written_by_mistake_is_contradicted_by_nothing(
    session: Session, ward: Ward, anaemia: CategoryObservation
) -> None:
    anaemia.reject(by=ward.hale, why="entered in error")
    session.commit()

    assert anaemia.rejection is not None
    assert anaemia.rejection.rejecting is None


@pytest.mark.parametrize("why", ["", " ", "x" * 501])
def test_a_rejection_says_why(session: Session, ward: Ward, anaemia: CategoryObservation, why: str) -> None:
    with changes_nothing(session), refuses("name.text"):
        anaemia.reject(by=ward.hale, why=why)

    assert anaemia.rejection is None


def test_an_observation_is_rejected_once(
    session: Session, ward: Ward, anaemia: CategoryObservation, layer: Layer
) -> None:
    first = anaemia.reject(by=ward.hale, why="another patient")
    session.commit()

    with refuses("rejection.once") as refused:
        anaemia.reject(by=ward.ito, why="again")
    assert "rejected by Dr Hale already: another patient" in str(refused.value)
    with refuses("rejection.once", layer):
        write_rejection(session, ward, anaemia)
    session.rollback()
    assert anaemia.rejection is first


def test_two_rejections_in_one_flush(session: Session, ward: Ward, anaemia: CategoryObservation) -> None:
    first = Rejection(observation=anaemia, by=ward.hale, why="one")
    anaemia.rejection = None
    second = Rejection(observation=anaemia, by=ward.hale, why="two")
    session.add_all([first, second])
    first.observation = anaemia

    with refuses("rejection.once", Layer.FLUSH):
        session.flush()


def test_what_rejects_is_another_observation_and_active(
    session: Session, ward: Ward, anaemia: CategoryObservation, layer: Layer
) -> None:
    doubted, wrong = ward.found(standing=Standing.HYPOTHESIS), ward.found()
    session.add_all([doubted, wrong])
    wrong.reject(by=ward.hale, why="another patient")
    session.commit()

    for rejecting in (anaemia, doubted, wrong):
        with refuses("rejection.by-active"):
            anaemia.reject(by=ward.hale, why="told so", rejecting=rejecting)
        with refuses("rejection.by-active", layer), session.begin_nested():
            write_rejection(session, ward, anaemia, rejecting_id=rejecting.id)
    made = anaemia.reject(by=ward.hale, why="told so")
    made.rejecting = doubted
    with refuses("rejection.by-active", Layer.FLUSH):
        session.flush()


def test_two_are_not_rejected_at_once_each_by_the_other(
    session: Session, engine: Engine, ward: Ward, clock: FixedClock
) -> None:
    first, second = ward.found(), ward.found(presence=Presence.ABSENT)
    session.add_all([first, second])
    session.commit()
    refusals: list[str] = []
    keys = first.id, second.id, ward.hale.id

    def reject_the_second() -> None:
        with sessions(engine, clock=clock)() as other:
            one, two = (other.get_one(CategoryObservation, key) for key in keys[:2])
            try:
                two.reject(by=other.get_one(Person, keys[2]), why="it is there", rejecting=one)
                other.commit()
            except ConstraintViolation as refused:
                refusals.append(refused.rule.name)

    first.reject(by=ward.ito, why="it is not there", rejecting=second)
    session.flush()
    beside = Thread(target=reject_the_second)
    beside.start()
    beside.join(0.5)  # it waits, or is about to
    session.commit()
    beside.join()

    assert refusals == ["rejection.by-active"]


def test_that_it_was_rejected_is_never_changed(
    session: Session, ward: Ward, anaemia: CategoryObservation, layer: Layer
) -> None:
    rejection = anaemia.reject(by=ward.hale, why="another patient")
    session.commit()
    of_it = Rejection.id == rejection.id

    rejection.why = "no matter"
    with refuses("rejection.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    session.delete(rejection)
    with refuses("rejection.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    with refuses("rejection.append-only", layer), session.begin_nested():
        overwrite(session, Rejection, of_it, why="no matter")
    with refuses("rejection.append-only", layer), session.begin_nested():
        session.execute(delete(table_of(Rejection)).where(of_it))
    assert session.scalars(select(Rejection)).all() == [rejection]


def test_what_rejected_another_may_be_rejected_itself(
    session: Session, ward: Ward, anaemia: CategoryObservation
) -> None:
    other = ward.found(presence=Presence.ABSENT)
    session.add(other)
    anaemia.reject(by=ward.hale, why="it is not there", rejecting=other)
    session.commit()
    other.reject(by=ward.ito, why="the test had expired")
    session.commit()

    assert list(inconsistencies(session)) == []
    assert session.scalars(observations(session)).all() == []


def test_nothing_is_recorded_as_rejected(ward: Ward) -> None:
    with refuses("observation.rejected-later"):
        ward.found(standing=Standing.REJECTED)
