"""8.7: what came of an action is observed, and judged against what its protocol is for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    Achievement,
    ActionOutcome,
    Measurement,
    Observation,
    Outcome,
    OutcomeFunction,
    Presence,
    Standing,
    outcomes,
)
from analysis_patterns.patterns import (
    Action,
    ImplementedAction,
    ProposedAction,
    Protocol,
    Quantity,
    explain,
    inconsistencies,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import Period
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED

from ...refusals import refuses
from ..figures import leaves_no_trace, table_of
from .figures import DAY, MORNING, Clinic

EVENING = MORNING + DAY / 2


@pytest.fixture
def given(session: Session, clinic: Clinic, clock: FixedClock) -> ImplementedAction:
    """That Ann was given a beta-blocker, recorded; it is ten days later."""
    made = clinic.given()
    session.add(made)
    session.commit()
    clock.advance(10 * DAY)
    return made


def came_of(action: Action, *observations: Observation) -> list[Outcome]:
    """Say that observations are what came of an action."""
    return [Outcome(observation=each, action=action) for each in observations]


def target(judged: ActionOutcome) -> Achievement:
    """What became of the only target."""
    (only,) = judged.targets
    return only.achievement


def write_outcome(session: Session, observation: Observation, action: Action) -> None:
    """Write an outcome past every check of Python's."""
    key = uuid7()
    row: dict[str, Any] = {
        "version": key,
        "id": key,
        "known_from": session.recorded,
        "known_to": UNTIL_CHANGED,
        "observation_id": observation.id,
        "action_id": action.id,
    }
    session.execute(insert(table_of(Outcome)).values(row))


def test_a_target_is_met_where_it_is_present_afterwards(
    session: Session, clinic: Clinic, given: ImplementedAction
) -> None:
    session.add_all(came_of(given, clinic.found(clinic.normal, applicable=EVENING)))

    judged = outcomes(session, given)

    assert target(judged) is Achievement.MET
    assert str(judged) == "giving it: 1 of 1 targets met, no side effects"


def test_what_nobody_looked_for_was_not_observed(
    session: Session, clinic: Clinic, given: ImplementedAction
) -> None:
    session.add(clinic.found(clinic.normal, applicable=EVENING))

    judged = outcomes(session, given)

    assert target(judged) is Achievement.NOT_OBSERVED
    assert (judged.side_effects, judged.unforeseen) == ((), ())


@pytest.mark.parametrize(
    ("seen", "achievement"),
    [
        (("normal", Presence.ABSENT), Achievement.NOT_MET),
        (("normal", Presence.UNKNOWN), Achievement.UNCLEAR),
        (("high", Presence.PRESENT), Achievement.NOT_MET),
        (("very_high", Presence.PRESENT), Achievement.NOT_MET),
        (("high", Presence.ABSENT), Achievement.NOT_OBSERVED),
        (("hypertension", Presence.PRESENT), Achievement.NOT_OBSERVED),
        (("tiredness", Presence.ABSENT), Achievement.NOT_OBSERVED),
    ],
)
def test_a_target_is_missed_where_it_is_absent_or_another_phenomenon_of_its_type_is_present(
    session: Session,
    clinic: Clinic,
    given: ImplementedAction,
    seen: tuple[str, Presence],
    achievement: Achievement,
) -> None:
    found, presence = seen
    session.add_all(
        came_of(given, clinic.found(getattr(clinic, found), presence=presence, applicable=EVENING))
    )

    assert target(outcomes(session, given)) is achievement


def test_a_special_case_of_a_target_meets_it_and_the_absence_of_what_is_above_misses_it(
    session: Session, clinic: Clinic, given: ImplementedAction
) -> None:
    broad = OutcomeFunction(
        name="broad", protocol=clinic.beta_blocker, targets=[clinic.asthma, clinic.angina]
    )
    session.add(broad)
    session.delete(clinic.outcome)
    came_of(
        given,
        clinic.found(clinic.allergic_asthma, applicable=EVENING),
        clinic.found(clinic.heart_disease, presence=Presence.ABSENT, applicable=EVENING),
    )

    judged = outcomes(session, given)

    assert [str(each) for each in judged.targets] == ["asthma: met", "angina: not met"]
    assert "allergic asthma > asthma" in str(explain(judged))


def test_the_newest_observation_decides(session: Session, clinic: Clinic, given: ImplementedAction) -> None:
    came_of(
        given,
        clinic.found(clinic.high, applicable=EVENING),
        clinic.found(clinic.normal, applicable=EVENING + 2 * DAY),
        clinic.found(clinic.very_high, applicable=EVENING + 4 * DAY),
    )

    told = [target(outcomes(session, given, as_of=MORNING + days * DAY)).value for days in (0, 1, 3, 5)]

    assert told == ["not observed", "not met", "met", "not met"]


def test_what_is_told_both_ways_at_once_is_unclear(
    session: Session, clinic: Clinic, given: ImplementedAction
) -> None:
    came_of(
        given,
        clinic.found(clinic.high, applicable=EVENING),
        clinic.found(clinic.normal, applicable=EVENING),
    )

    assert target(outcomes(session, given)) is Achievement.UNCLEAR


def test_side_effects_are_seen_and_what_is_neither_was_unforeseen(
    session: Session, clinic: Clinic, given: ImplementedAction
) -> None:
    unforeseen = clinic.found(clinic.asthma, applicable=EVENING)
    came_of(
        given,
        clinic.found(clinic.tiredness, applicable=EVENING),
        clinic.found(clinic.tiredness, applicable=EVENING + DAY, presence=Presence.ABSENT),
        clinic.found(clinic.cold_hands, applicable=EVENING, presence=Presence.ABSENT),
        unforeseen,
    )

    judged = outcomes(session, given)

    assert [str(each) for each in judged.side_effects] == ["tiredness: seen"]
    assert judged.unforeseen == (unforeseen,)
    told = str(explain(judged))
    for line in ("tiredness: seen  [side effect of what it does]", "unforeseen: asthma present"):
        assert line in told


def test_a_measurement_meets_a_target_by_its_phenomenon(
    session: Session, clinic: Clinic, given: ImplementedAction
) -> None:
    measured, unclassified = (
        Measurement(
            subject=clinic.ann,
            phenomenon_type=clinic.pressure,
            quantity=Quantity(120, "mm[Hg]"),
            applicable=EVENING,
            phenomenon=phenomenon,
        )
        for phenomenon in (clinic.normal, None)
    )
    came_of(given, measured, unclassified)

    assert target(outcomes(session, given)) is Achievement.MET


def test_what_was_rejected_or_is_doubted_does_not_count(
    session: Session, clinic: Clinic, clock: FixedClock, given: ImplementedAction
) -> None:
    rejected = clinic.found(clinic.normal, applicable=EVENING)
    came_of(given, rejected, clinic.found(clinic.tiredness, applicable=EVENING, standing=Standing.HYPOTHESIS))
    session.commit()
    before = clock.now()
    clock.advance(DAY)
    rejected.reject(by=clinic.hale, why="somebody else's")
    session.commit()

    judged = outcomes(session, given)

    assert (target(judged), judged.side_effects) == (Achievement.NOT_OBSERVED, ())
    assert target(outcomes(session, given, known_at=before)) is Achievement.MET
    assert list(inconsistencies(session)) == []


def test_functions_are_those_of_the_day_the_action_began(
    session: Session, clinic: Clinic, given: ImplementedAction
) -> None:
    clinic.outcome.period = Period(date(1997, 5, 2))

    assert outcomes(session, given).targets == ()
    given.retime(MORNING + DAY)
    assert target(outcomes(session, given)) is Achievement.NOT_OBSERVED


def test_an_action_of_no_protocol_has_no_targets(session: Session, clinic: Clinic) -> None:
    walked = clinic.given(protocol=None, time=None)
    session.add(walked)
    found = clinic.found(clinic.tiredness)
    came_of(walked, found)

    judged = outcomes(session, walked)

    assert (judged.targets, judged.unforeseen) == ((), (found,))
    assert "outcome functions of no protocol" in str(explain(judged))


@pytest.mark.parametrize("met", [True, False])
def test_a_function_is_asked_only_where_its_conditions_were_met(
    session: Session, clinic: Clinic, given: ImplementedAction, met: bool
) -> None:
    test = Protocol(name="exercise test")
    session.add(
        OutcomeFunction(
            name="for angina",
            protocol=clinic.beta_blocker,
            targets=[clinic.cold_hands],
            conditions=[clinic.angina, test],
        )
    )
    before = {"applicable": MORNING - DAY}
    session.add(clinic.found(clinic.angina, protocol=test if met else None, **before))

    came_of(given, clinic.found(clinic.normal, applicable=EVENING))

    functions = {each.function.name for each in outcomes(session, given).targets}
    assert functions == {"what it does"} | ({"for angina"} if met else set())


def test_what_came_of_what_was_proposed_is_what_came_of_doing_it(session: Session, clinic: Clinic) -> None:
    proposed = ProposedAction(name="giving it", protocol=clinic.beta_blocker, time=MORNING)
    expected = clinic.found(clinic.normal, applicable=EVENING, standing=Standing.PROJECTION)
    session.add(proposed)
    came_of(proposed, expected)
    session.commit()
    assert target(outcomes(session, proposed, as_of=EVENING)) is Achievement.NOT_OBSERVED

    done = ImplementedAction(proposed=proposed, time=MORNING)
    came_of(done, clinic.found(clinic.normal, applicable=EVENING))

    assert target(outcomes(session, proposed, as_of=EVENING)) is Achievement.MET
    assert target(outcomes(session, done, as_of=EVENING)) is Achievement.MET


def test_what_was_not_done_has_no_outcome_but_an_expected_one(
    session: Session, clinic: Clinic, layer: Layer
) -> None:
    proposed = ProposedAction(name="giving it", protocol=clinic.beta_blocker)
    observation = clinic.found(clinic.normal)
    session.add_all([proposed, observation])
    session.commit()

    with leaves_no_trace(session), refuses("outcome.expected"):
        Outcome(observation=observation, action=proposed)
    with refuses("outcome.expected", layer):
        write_outcome(session, observation, proposed)


def test_an_outcome_that_is_no_projection_by_the_flush_is_refused_there(
    session: Session, clinic: Clinic
) -> None:
    proposed = ProposedAction(name="giving it", protocol=clinic.beta_blocker)
    expected = clinic.found(clinic.normal, standing=Standing.PROJECTION)
    outcome = Outcome(observation=expected, action=proposed)
    session.add(outcome)

    with session.no_autoflush:
        outcome.observation = clinic.found(clinic.normal)

    with refuses("outcome.expected", Layer.FLUSH):
        session.flush()


def test_nothing_rejected_becomes_an_outcome(
    session: Session, clinic: Clinic, layer: Layer, given: ImplementedAction
) -> None:
    observation, other = clinic.found(clinic.normal), clinic.found(clinic.tiredness)
    session.add_all([observation, other])
    session.commit()
    observation.reject(by=clinic.hale, why="somebody else's")
    session.commit()

    with leaves_no_trace(session), refuses("outcome.rejected"):
        Outcome(observation=observation, action=given)
    with refuses("outcome.rejected", layer):
        write_outcome(session, observation, given)
    session.rollback()
    with session.no_autoflush:
        Outcome(observation=other, action=given)
        other.reject(by=clinic.hale, why="somebody else's")
    with refuses("outcome.rejected", Layer.FLUSH):
        session.flush()


def test_an_observation_is_the_outcome_of_one_action(
    session: Session, clinic: Clinic, layer: Layer, clock: FixedClock, given: ImplementedAction
) -> None:
    observation, again = clinic.found(clinic.normal, applicable=EVENING), clinic.given(name="again")
    (mistaken,) = came_of(given, observation)
    session.add(again)
    session.commit()
    came_of(again, observation)

    with refuses("outcome.one-action", layer):
        session.flush()
    session.rollback()
    before = clock.now()
    clock.advance(DAY)
    mistaken.withdraw()
    session.flush()
    session.add(again)
    came_of(again, observation)
    session.commit()
    assert target(outcomes(session, given)) is Achievement.NOT_OBSERVED
    assert target(outcomes(session, again)) is Achievement.MET
    assert target(outcomes(session, given, known_at=before)) is Achievement.MET
