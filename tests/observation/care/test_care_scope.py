"""2.8: an accountability may cover the care for what is observed, and so for all special cases of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update

from analysis_patterns.observation import ClinicalCareScope, Coverage, Measurement, care_for
from analysis_patterns.patterns import Location, OperatingScopeType, explain, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import Period
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.values import Quantity

from ...refusals import refuses
from ..figures import leaves_no_trace, table_of
from .figures import MORNING, SINCE_1990, Clinic


def told(covered: list[Coverage]) -> list[str]:
    """What coverages say, in their order."""
    return [f"{each} ({each.scope})" for each in covered]


def test_who_cares_for_a_concept_cares_for_its_special_cases(session: Session, clinic: Clinic) -> None:
    session.add(clinic.cared_for(clinic.heart_disease))
    session.commit()
    session.expire_all()

    covered = care_for(session, clinic.angina)

    assert told(covered) == ["Dr Hale cares for angina (care for heart disease)"]
    assert care_for(session, clinic.asthma) == []


def test_who_cares_for_a_special_case_does_not_care_for_all(session: Session, clinic: Clinic) -> None:
    session.add(clinic.cared_for(clinic.angina))

    assert care_for(session, clinic.heart_disease) == []
    assert [each.accountability for each in care_for(session, clinic.angina)] == [clinic.treated]


def test_an_observation_is_covered_by_its_concept(session: Session, clinic: Clinic) -> None:
    weighed = Measurement(
        subject=clinic.ann,
        phenomenon_type=clinic.pressure,
        quantity=Quantity(150, "mm[Hg]"),
        applicable=MORNING,
    )
    classified = Measurement(
        subject=clinic.ann,
        phenomenon_type=clinic.pressure,
        quantity=Quantity(190, "mm[Hg]"),
        applicable=MORNING,
        phenomenon=clinic.very_high,
    )
    session.add_all([clinic.cared_for(clinic.hypertension), clinic.found(clinic.high), weighed, classified])

    assert told(care_for(session, classified)) == [
        "Dr Hale cares for blood pressure: very high (care for hypertension)"
    ]
    assert care_for(session, weighed) == []


def test_a_coverage_explains_itself(session: Session, clinic: Clinic) -> None:
    session.add(clinic.cared_for(clinic.heart_disease, location=Location(name="the ward")))

    (covered,) = care_for(session, clinic.very_high)
    explanation = str(explain(covered))

    assert "care for heart disease, the ward" in explanation
    way = "blood pressure: very high > blood pressure: high > hypertension > heart disease"
    assert f"by {way}" in explanation
    assert "Dr Hale" in explanation


def test_care_is_asked_for_on_a_day_and_as_known(session: Session, clinic: Clinic, clock: FixedClock) -> None:
    since = Period(date(1997, 3, 1))
    scope = clinic.cared_for(clinic.asthma, period=since)
    session.add(scope)
    session.commit()
    before = clock.now()
    clock.advance(timedelta(days=1))
    scope.ended(date(1997, 4, 1))
    session.commit()

    assert care_for(session, clinic.asthma) == []
    assert len(care_for(session, clinic.asthma, as_of=date(1997, 3, 15))) == 1
    assert care_for(session, clinic.asthma, as_of=date(1997, 2, 15)) == []
    assert len(care_for(session, clinic.asthma, known_at=before)) == 1


def test_care_ends_with_the_accountability(session: Session, clinic: Clinic, clock: FixedClock) -> None:
    session.add(clinic.cared_for(clinic.asthma))
    session.commit()
    before = clock.now()
    clock.advance(timedelta(days=1))
    clinic.treated.withdraw()
    session.commit()

    assert care_for(session, clinic.asthma) == []
    assert len(care_for(session, clinic.asthma, known_at=before)) == 1
    assert list(inconsistencies(session)) == []


def test_a_scope_belongs_on_an_accountability_of_its_type(session: Session, clinic: Clinic) -> None:
    other = OperatingScopeType(name="operations")
    session.add(other)

    with leaves_no_trace(session), refuses("scope.admitted"):
        ClinicalCareScope(accountability=clinic.treated, type=other, concept=clinic.asthma)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_a_scope_said_is_kept(session: Session, clinic: Clinic, layer: Layer, change: str) -> None:
    session.add(clinic.cared_for(clinic.asthma))
    session.commit()
    scopes = table_of(ClinicalCareScope)

    with refuses("history.append-only", layer):
        if change == "delete":
            session.execute(delete(scopes))
        else:
            session.execute(update(scopes).values(concept_id=clinic.angina.id))


def test_a_scope_has_the_period_of_its_accountability(session: Session, clinic: Clinic) -> None:
    scope = clinic.cared_for(clinic.asthma)

    assert scope.period == SINCE_1990
