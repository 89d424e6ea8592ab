"""8.7, 3.12: what is observed triggers plans, as long as somebody may act on it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    CategoryObservation,
    Hypothesis,
    Observation,
    Role,
    Standing,
    Trigger,
    plans_triggered_by,
    rest,
    triggers_of,
    triggers_to_reconsider,
)
from analysis_patterns.patterns import Action, Plan, ProposedAction, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED

from ...refusals import refuses
from ..figures import leaves_no_trace, table_of
from .figures import DAY, Clinic


def write_trigger(session: Session, observation: Observation, plan: Action) -> None:
    """Write a trigger past every check of Python's."""
    key = uuid7()
    row: dict[str, Any] = {
        "version": key,
        "id": key,
        "known_from": session.recorded,
        "known_to": UNTIL_CHANGED,
        "observation_id": observation.id,
        "plan_id": plan.id,
    }
    session.execute(insert(table_of(Trigger)).values(row))


@pytest.fixture
def observed(session: Session, clinic: Clinic) -> CategoryObservation:
    """That Ann has angina, recorded."""
    made = clinic.found(clinic.angina)
    session.add(made)
    session.commit()
    return made


def test_an_observation_triggers_plans_and_a_plan_has_many_reasons(
    session: Session, clinic: Clinic, observed: CategoryObservation
) -> None:
    other = clinic.found(clinic.high)
    first, second = Plan(name="a diet"), Plan(name="a beta-blocker")
    session.add_all([Trigger(observation=each, plan=first) for each in (observed, other)])
    session.add(Trigger(observation=observed, plan=second))
    session.commit()
    session.expire_all()

    assert plans_triggered_by(session, observed) == [second, first]
    assert [str(each) for each in triggers_of(session, first)] == [
        "a diet because of angina present",
        "a diet because of blood pressure: high present",
    ]
    assert triggers_to_reconsider(session) == []


def test_what_is_expected_triggers_too(session: Session, clinic: Clinic) -> None:
    expected = clinic.found(clinic.angina, standing=Standing.PROJECTION)
    session.add(expected)

    Trigger(observation=expected, plan=Plan(name="a diet"))
    session.commit()

    assert [plan.name for plan in plans_triggered_by(session, expected)] == ["a diet"]


def test_no_hypothesis_triggers_anything(
    session: Session, clinic: Clinic, layer: Layer, observed: CategoryObservation
) -> None:
    session.add(Hypothesis(observation=observed))
    plan = Plan(name="a diet")
    session.add(plan)
    session.commit()

    with leaves_no_trace(session), refuses("trigger.acted-on") as refused:
        Trigger(observation=observed, plan=plan)
    assert "angina present, which is a hypothesis" in str(refused.value)
    with refuses("trigger.acted-on", layer):
        write_trigger(session, observed, plan)


def test_nothing_rejected_triggers_anything(
    session: Session, clinic: Clinic, layer: Layer, observed: CategoryObservation
) -> None:
    observed.reject(by=clinic.hale, why="somebody else's")
    plan = Plan(name="a diet")
    session.add(plan)
    session.commit()

    with refuses("trigger.acted-on"):
        Trigger(observation=observed, plan=plan)
    with refuses("trigger.acted-on", layer):
        write_trigger(session, observed, plan)


@pytest.mark.parametrize("afterwards", ["doubted", "rejected"])
def test_what_comes_to_be_doubted_before_the_flush_is_refused_there(
    session: Session, clinic: Clinic, observed: CategoryObservation, afterwards: str
) -> None:
    with session.no_autoflush:
        Trigger(observation=observed, plan=Plan(name="a diet"))
        if afterwards == "doubted":
            Hypothesis(observation=observed)
        else:
            observed.reject(by=clinic.hale, why="somebody else's")

    with refuses("trigger.acted-on", Layer.FLUSH):
        session.flush()


def test_what_is_triggered_is_a_plan(session: Session, layer: Layer, observed: CategoryObservation) -> None:
    action = ProposedAction(name="a walk")
    session.add(action)
    session.commit()

    with leaves_no_trace(session), refuses("trigger.plan"):
        Trigger(observation=observed, plan=action)  # type: ignore[arg-type]
    with refuses("trigger.plan", layer):
        write_trigger(session, observed, action)


def test_what_is_triggered_was_not_withdrawn(
    session: Session, layer: Layer, observed: CategoryObservation
) -> None:
    plan, other = Plan(name="a diet"), Plan(name="a walk")
    session.add_all([plan, other])
    session.commit()
    plan.withdraw()
    session.commit()

    with refuses("trigger.plan"):
        Trigger(observation=observed, plan=plan)
    with refuses("trigger.plan", layer):
        write_trigger(session, observed, plan)
    session.rollback()
    Trigger(observation=observed, plan=other)
    with session.no_autoflush:
        other.withdraw()
    with refuses("trigger.plan", Layer.FLUSH):
        session.flush()


def test_an_observation_triggers_a_plan_once(
    session: Session, layer: Layer, observed: CategoryObservation
) -> None:
    plan = Plan(name="a diet")
    trigger = Trigger(observation=observed, plan=plan)
    session.commit()
    Trigger(observation=observed, plan=plan)

    with refuses("trigger.once", layer):
        session.flush()
    session.rollback()
    trigger.withdraw()
    session.flush()
    Trigger(observation=observed, plan=plan)
    session.commit()
    assert len(triggers_of(session, plan)) == 1


@pytest.mark.parametrize("afterwards", ["doubted", "rejected"])
def test_what_rests_on_an_observation_that_fell_is_to_be_reconsidered(
    session: Session, clinic: Clinic, clock: FixedClock, observed: CategoryObservation, afterwards: str
) -> None:
    trigger = Trigger(observation=observed, plan=Plan(name="a diet"))
    Trigger(observation=clinic.found(clinic.high), plan=trigger.plan)
    session.commit()
    before = clock.now()
    clock.advance(DAY)

    if afterwards == "doubted":
        session.add(Hypothesis(observation=observed))
    else:
        observed.reject(by=clinic.hale, why="somebody else's")
    session.commit()

    assert triggers_to_reconsider(session) == [trigger]
    assert triggers_to_reconsider(session, known_at=before) == []
    assert list(inconsistencies(session)) == []


def test_what_rests_on_what_rests_on_a_rejected_observation_is_to_be_reconsidered(
    session: Session, clinic: Clinic, observed: CategoryObservation
) -> None:
    concluded = clinic.found(clinic.hypertension)
    rest(concluded, [observed], Role.FOR)
    trigger = Trigger(observation=concluded, plan=Plan(name="a diet"))
    session.add(trigger)
    session.commit()
    assert triggers_to_reconsider(session) == []

    observed.reject(by=clinic.hale, why="somebody else's")
    session.commit()

    assert triggers_to_reconsider(session) == [trigger]


def test_a_trigger_that_was_a_mistake_is_withdrawn_and_was_believed(
    session: Session, clock: FixedClock, observed: CategoryObservation
) -> None:
    plan = Plan(name="a diet")
    trigger = Trigger(observation=observed, plan=plan)
    session.commit()
    before = clock.now()
    clock.advance(DAY)
    trigger.withdraw()
    session.commit()

    assert triggers_of(session, plan) == []
    assert plans_triggered_by(session, observed) == []
    assert triggers_of(session, plan, known_at=before) == [trigger]
    assert plans_triggered_by(session, observed, known_at=before) == [plan]
