"""8.7: a protocol is suggested where enough indicates it and nothing speaks against it, and it says why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from analysis_patterns.observation import (
    CategoryObservation,
    Fulfilment,
    Measurement,
    ObservationConcept,
    Presence,
    ProtocolSuggestion,
    Standing,
    StartFunction,
    Trigger,
    considered_protocols,
    suggested_protocols,
)
from analysis_patterns.patterns import Interval, Person, Protocol, Quantity, explain
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import Period
from analysis_patterns.patterns.time.clock import FixedClock

from ...covered import Covered
from ...refusals import refuses
from .figures import DAY, MORNING, Clinic

# The session is one for all the examples, which are rolled back; on PostgreSQL some take their time.
QUICK = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def considered(session: Session, clinic: Clinic) -> ProtocolSuggestion:
    """What the only function comes to for Ann, now."""
    (only,) = considered_protocols(session, clinic.ann)
    return only


def is_suggested(session: Session, clinic: Clinic) -> bool:
    """Whether the beta-blocker is suggested for Ann, now."""
    return bool(suggested_protocols(session, clinic.ann))


def test_nothing_is_suggested_of_whom_nothing_is_known(session: Session, clinic: Clinic) -> None:
    session.add(CategoryObservation(subject=clinic.hale, concept=clinic.angina, applicable=MORNING))

    assert considered_protocols(session, clinic.ann) == []


@pytest.mark.parametrize("indication", ["hypertension", "angina", "high", "very_high"])
def test_a_protocol_is_suggested_by_what_indicates_it_or_a_special_case(
    session: Session, clinic: Clinic, indication: str
) -> None:
    session.add(clinic.found(getattr(clinic, indication)))

    (suggested,) = suggested_protocols(session, clinic.ann)

    assert (suggested.protocol, suggested.holds) == (clinic.beta_blocker, True)
    assert len(suggested.met) == len(suggested.lacking) == 1


@pytest.mark.parametrize("contraindication", ["asthma", "allergic_asthma"])
def test_nothing_is_suggested_that_something_speaks_against(
    session: Session, clinic: Clinic, contraindication: str
) -> None:
    session.add_all([clinic.found(clinic.angina), clinic.found(getattr(clinic, contraindication))])

    assert not is_suggested(session, clinic)
    assert str(considered(session, clinic)) == "beta-blocker is contraindicated by asthma"


def test_what_is_more_general_neither_indicates_nor_contraindicates(session: Session, clinic: Clinic) -> None:
    session.add(clinic.found(clinic.heart_disease))

    assert considered_protocols(session, clinic.ann) == []


def test_all_indications_are_needed_unless_it_is_said_how_many(session: Session, clinic: Clinic) -> None:
    clinic.start.at_least = None
    session.add(clinic.found(clinic.angina))

    assert str(considered(session, clinic)) == "beta-blocker is not indicated"
    session.add(clinic.found(clinic.hypertension))
    assert is_suggested(session, clinic)


@pytest.mark.parametrize("presence", [Presence.ABSENT, Presence.UNKNOWN])
def test_what_is_absent_or_could_not_be_told_indicates_nothing(
    session: Session, clinic: Clinic, presence: Presence
) -> None:
    session.add(clinic.found(clinic.angina, presence=presence))

    assert not is_suggested(session, clinic)


def test_an_indication_that_is_contradicted_indicates_nothing(session: Session, clinic: Clinic) -> None:
    session.add_all([clinic.found(clinic.angina), clinic.found(clinic.angina, presence=Presence.ABSENT)])

    assert not is_suggested(session, clinic)


def test_a_contraindication_that_is_contradicted_still_speaks_against(
    session: Session, clinic: Clinic
) -> None:
    session.add_all(
        [
            clinic.found(clinic.angina),
            clinic.found(clinic.asthma),
            clinic.found(clinic.asthma, presence=Presence.ABSENT),
        ]
    )

    assert not is_suggested(session, clinic)


def test_a_hypothesis_suggests_nothing(session: Session, clinic: Clinic) -> None:
    session.add(clinic.found(clinic.angina, standing=Standing.HYPOTHESIS))

    assert not is_suggested(session, clinic)


def test_what_was_rejected_suggests_nothing(session: Session, clinic: Clinic, clock: FixedClock) -> None:
    observation = clinic.found(clinic.angina)
    session.add(observation)
    session.commit()
    before = clock.now()
    clock.advance(DAY)
    observation.reject(by=clinic.hale, why="somebody else's")
    session.commit()

    assert not is_suggested(session, clinic)
    assert len(suggested_protocols(session, clinic.ann, known_at=before)) == 1


def test_what_is_expected_suggests_already(session: Session, clinic: Clinic, clock: FixedClock) -> None:
    to_come = Interval(MORNING + 10 * DAY, MORNING + 20 * DAY)
    session.add(clinic.found(clinic.angina, applicable=to_come, standing=Standing.PROJECTION))

    (suggested,) = suggested_protocols(session, clinic.ann)

    assert "angina expected" in str(explain(suggested))
    session.commit()
    clock.advance(21 * DAY)
    last = to_come.end - timedelta(seconds=1)
    assert suggested_protocols(session, clinic.ann, as_of=last)
    assert not suggested_protocols(session, clinic.ann, as_of=to_come.end)
    assert not is_suggested(session, clinic)


def test_what_was_expected_and_did_not_come_suggests_no_more(
    session: Session, clinic: Clinic, clock: FixedClock
) -> None:
    to_come = Interval(MORNING + 10 * DAY, MORNING + 20 * DAY)
    expected = clinic.found(clinic.angina, applicable=to_come, standing=Standing.PROJECTION)
    session.add(expected)
    session.commit()
    clock.advance(12 * DAY)
    assert is_suggested(session, clinic)
    before = clock.now()
    clock.advance(DAY)

    absent = clinic.found(clinic.angina, applicable=before, presence=Presence.ABSENT)
    session.add(Fulfilment(projection=expected, observation=absent))
    session.commit()

    assert not is_suggested(session, clinic)
    assert suggested_protocols(session, clinic.ann, known_at=before)


def test_what_is_expected_speaks_against_already(session: Session, clinic: Clinic) -> None:
    expected = clinic.found(clinic.asthma, applicable=MORNING + 10 * DAY, standing=Standing.PROJECTION)
    session.add_all([clinic.found(clinic.angina), expected])

    assert not is_suggested(session, clinic)


def test_a_contraindication_that_is_a_hypothesis_is_a_caution(session: Session, clinic: Clinic) -> None:
    doubted = clinic.found(clinic.allergic_asthma, standing=Standing.HYPOTHESIS)
    session.add_all([clinic.found(clinic.angina), doubted])

    (suggested,) = suggested_protocols(session, clinic.ann)

    assert [str(each) for each in suggested.cautions] == ["asthma"]
    assert "caution: asthma" in str(explain(suggested))


def test_a_measurement_indicates_by_its_phenomenon(session: Session, clinic: Clinic) -> None:
    measured = Measurement(
        subject=clinic.ann,
        phenomenon_type=clinic.pressure,
        quantity=Quantity(190, "mm[Hg]"),
        applicable=MORNING,
        phenomenon=clinic.very_high,
    )
    session.add(measured)

    (suggested,) = suggested_protocols(session, clinic.ann)

    assert suggested.met[0].observations == (measured,)


def test_a_protocol_that_was_followed_is_an_indication(session: Session, clinic: Clinic) -> None:
    test, echo = Protocol(name="exercise test"), Protocol(name="echo")
    session.add(
        StartFunction(
            name="after both", indicated=clinic.beta_blocker, indications=[test, echo], contraindications=[]
        )
    )
    session.add(clinic.found(clinic.tiredness, protocol=test))
    assert [each.holds for each in considered_protocols(session, clinic.ann)] == [False]
    examined = clinic.given(name="examining", protocol=echo)

    session.add(clinic.found(clinic.tiredness, action=examined))

    (suggested,) = suggested_protocols(session, clinic.ann)
    assert [str(each) for each in suggested.met] == ["exercise test", "echo"]


def test_yesterdays_questions_meet_yesterdays_functions(session: Session, clinic: Clinic) -> None:
    clinic.start.period = Period(date(1996, 1, 1), date(1997, 5, 1))
    session.add(clinic.found(clinic.angina, applicable=MORNING - 30 * DAY))

    assert not is_suggested(session, clinic)
    assert len(suggested_protocols(session, clinic.ann, as_of=MORNING - DAY)) == 1
    assert suggested_protocols(session, clinic.ann, as_of=MORNING - 40 * DAY) == []


def test_a_suggestion_explains_itself(session: Session, clinic: Clinic) -> None:
    session.add(clinic.found(clinic.very_high))

    told = str(explain(considered(session, clinic)))

    assert (
        told.splitlines()[0] == "beta-blocker is indicated  [8.7: when to give it, 1 of 2 indications needed]"
    )
    for line in ("for it: hypertension", "blood pressure: very high present", "lacking: angina"):
        assert line in told


def test_a_plan_of_a_suggestion_knows_what_triggered_it(session: Session, clinic: Clinic) -> None:
    clinic.beta_blocker.add_step(Protocol(name="prescription"))
    observation = clinic.found(clinic.high)
    session.add(observation)

    plan = considered(session, clinic).plan(name="Ann's beta-blocker")
    session.commit()

    assert [each.name for each in plan.proposed_actions] == ["prescription"]
    (trigger,) = session.scalars(select(Trigger))
    assert (trigger.observation, trigger.plan) == (observation, plan)


def test_no_plan_is_made_of_what_does_not_hold(session: Session, clinic: Clinic) -> None:
    session.add_all([clinic.found(clinic.angina), clinic.found(clinic.asthma)])
    against = considered(session, clinic)

    with refuses("suggestion.indicated") as refused:
        against.plan()

    assert "contraindicated by asthma" in str(refused.value)
    assert session.scalars(select(Trigger)).all() == []


def test_suggests_what_the_definition_says_whatever_was_observed(session: Session, clinic: Clinic) -> None:
    covered = Covered()
    concepts: list[ObservationConcept] = [
        clinic.heart_disease, clinic.hypertension, clinic.angina, clinic.asthma, clinic.allergic_asthma,
        clinic.high,
    ]  # fmt: skip
    above = {each: each.all_concepts() for each in concepts}
    session.commit()

    def present(concept: ObservationConcept, seen: Collection[tuple[ObservationConcept, Presence]]) -> bool:
        return any(said is Presence.PRESENT and concept in above[each] for each, said in seen)

    def absent(concept: ObservationConcept, seen: Collection[tuple[ObservationConcept, Presence]]) -> bool:
        return any(said is Presence.ABSENT and each in above[concept] for each, said in seen)

    likely = [Presence.PRESENT, Presence.PRESENT, Presence.ABSENT, Presence.UNKNOWN]
    sayings = st.sets(st.tuples(st.sampled_from(concepts), st.sampled_from(likely)), max_size=6)

    @settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=QUICK)
    @given(sayings, st.sampled_from([1, 2]))
    def holds(seen: set[tuple[ObservationConcept, Presence]], needed: int) -> None:
        patient = Person(name="somebody")
        clinic.start.at_least = needed
        session.add(patient)
        for concept, presence in seen:
            session.add(
                CategoryObservation(subject=patient, concept=concept, presence=presence, applicable=MORNING)
            )
        indicated = sum(
            present(each, seen) and not absent(each, seen) for each in (clinic.hypertension, clinic.angina)
        )
        against = present(clinic.asthma, seen)
        covered.case(
            indicated=indicated >= needed and not against,
            contraindicated=indicated >= needed and against,
            too_few=0 < indicated < needed,
            contradicted=any(present(each, seen) and absent(each, seen) for each in concepts),
            nothing=not seen,
        )

        suggested = bool(suggested_protocols(session, patient))

        session.rollback()
        assert suggested is (indicated >= needed and not against)

    holds()

    covered.enough()
