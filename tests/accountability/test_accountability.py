"""2.4 Accountability: a typed, dated duty of one party towards another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    Organization,
    Party,
    PartyType,
    Person,
    explain,
)
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..refusals import refuses
from .figures import Hospital
from .records import changes_nothing, leaves_no_trace, write_accountability

TREATMENT = Period(date(1997, 3, 1), date(1997, 6, 1))


def test_a_patient_consents_to_treatment_by_a_doctor(session: Session, hospital: Hospital) -> None:
    session.add(
        Accountability(
            type=hospital.consent,
            commissioner=hospital.john,
            responsible=hospital.mark,
            period=TREATMENT,
        )
    )
    session.commit()
    session.expire_all()

    consent = session.scalars(select(Accountability)).one()

    assert (consent.commissioner, consent.responsible) == (hospital.john, hospital.mark)
    assert (consent.type, consent.period) == (hospital.consent, TREATMENT)
    assert str(consent) == (
        "Mark Thursz responsible to John Smith (patient consent) from 1997-03-01 until 1997-06-01"
    )


def test_holds_for_all_time_unless_a_period_is_given(session: Session, hospital: Hospital) -> None:
    consent = Accountability(type=hospital.consent, commissioner=hospital.john, responsible=hospital.mark)
    session.add(consent)
    session.commit()

    assert consent.period == ALWAYS


def test_one_idea_serves_employment_and_registration_and_contracts(session: Session) -> None:
    company, person, body = (PartyType(name=name) for name in ("company", "person", "professional body"))
    acm = Organization(name="Aroma Coffee Makers", types=[company])
    college = Organization(name="Royal College of Surgeons", types=[body])
    mary = Person(name="Mary", types=[person])
    kinds = {
        "employment": (acm, mary, company, person),
        "registration": (college, mary, body, person),
        "supply contract": (acm, college, company, body),
    }

    for name, (commissioner, responsible, above, below) in kinds.items():
        type = AccountabilityType(name=name, commissioners=[above], responsibles=[below])
        session.add(Accountability(type=type, commissioner=commissioner, responsible=responsible))
    session.commit()

    stored = session.scalars(select(Accountability)).all()
    assert {each.type.name for each in stored} == set(kinds)


def test_the_parties_are_named_and_never_told_by_position(hospital: Hospital) -> None:
    with pytest.raises(TypeError, match="positional"):
        Accountability(hospital.consent, hospital.john, hospital.mark)  # type: ignore[call-arg]


@pytest.mark.parametrize("missing", ["type", "commissioner", "responsible"])
def test_none_of_type_and_parties_can_be_left_out(hospital: Hospital, missing: str) -> None:
    given: dict[str, Any] = {
        "type": hospital.consent,
        "commissioner": hospital.john,
        "responsible": hospital.mark,
    }
    del given[missing]

    with pytest.raises(TypeError, match=missing):
        Accountability(**given)


def test_refuses_parties_the_wrong_way_round(session: Session, hospital: Hospital) -> None:
    with changes_nothing(session), refuses("accountability.commissioner-type") as refused:
        Accountability(type=hospital.consent, commissioner=hospital.mark, responsible=hospital.john)

    assert str(refused.value) == (
        "accountability.commissioner-type: found Mark Thursz, who from the beginning is doctor, as "
        "commissioner of 'patient consent'; allowed: patient. Classify the party as one of these types for "
        "the whole period, or shorten it."
    )


def refused_by_constructor(session: Session, hospital: Hospital, both: Party) -> None:
    Accountability(type=hospital.consent, commissioner=both, responsible=both)


def refused_by_flush(session: Session, hospital: Hospital, both: Party) -> None:
    consent = Accountability(type=hospital.consent, commissioner=hospital.john, responsible=hospital.mark)
    consent.commissioner = consent.responsible = both
    session.add(consent)
    session.commit()


def refused_by_database(session: Session, hospital: Hospital, both: Party) -> None:
    write_accountability(session, type=hospital.consent, commissioner=both, responsible=both)


@pytest.mark.parametrize(
    ("attempt", "refusing"),
    [
        (refused_by_constructor, Layer.CONSTRUCTOR),
        (refused_by_flush, Layer.FLUSH),
        (refused_by_database, None),
    ],
)
def test_no_party_is_answerable_to_itself(
    session: Session,
    hospital: Hospital,
    layer: Layer,
    attempt: Callable[[Session, Hospital, Party], None],
    refusing: Layer | None,
) -> None:
    both = Person(name="Dr Self", types=[hospital.patient, hospital.doctor])
    session.add(both)

    with leaves_no_trace(session), refuses("accountability.self-link", refusing or layer):
        attempt(session, hospital, both)


def test_a_refusal_leaves_both_parties_as_they_were(session: Session, hospital: Hospital) -> None:
    with changes_nothing(session), refuses("accountability.commissioner-type"):
        Accountability(type=hospital.consent, commissioner=hospital.mark, responsible=hospital.john)

    held = session.scalar(select(func.count()).select_from(Accountability))
    assert held == 0
    assert [each.type for each in hospital.mark.classifications] == [hospital.doctor]
    assert [each.type for each in hospital.john.classifications] == [hospital.patient]


def test_explains_a_refusal_to_a_person(hospital: Hospital) -> None:
    with pytest.raises(ConstraintViolation) as refused:
        Accountability(type=hospital.consent, commissioner=hospital.mark, responsible=hospital.mark)

    assert refused.value.explain() == (
        "Rule accountability.self-link (Analysis Patterns 2.4)\n"
        "  No party is answerable to itself.\n"
        "  found:   Mark Thursz at both ends\n"
        "  allowed: two different parties\n"
        "  to do:   Name the party it answers to as commissioner= and the one that answers as responsible=."
    )
    assert refused.value.objects[1] is hospital.mark


@pytest.mark.parametrize(
    ("start", "end"),
    [(date(1997, 6, 1), date(1997, 3, 1)), (date(1997, 6, 1), date(1997, 6, 1))],
)
def test_no_accountability_ends_before_it_starts(
    session: Session, hospital: Hospital, layer: Layer, start: date, end: date
) -> None:
    with refuses("period.order"):
        Period(start, end)
    with leaves_no_trace(session), refuses("period.order", layer):
        write_accountability(
            session,
            type=hospital.consent,
            commissioner=hospital.john,
            responsible=hospital.mark,
            valid_from=start,
            valid_to=end,
        )


def test_the_period_is_counted_in_days(hospital: Hospital) -> None:
    with refuses("period.days"):
        Period(datetime(1997, 3, 1, 9, 30))  # noqa: DTZ001


def test_names_that_would_be_code_elsewhere_are_shown_as_they_are(session: Session) -> None:
    drop, bold = "'); DROP TABLE patterns_party; --", '<b onclick="alert(1)">Mary</b>'
    party_type = PartyType(name=drop)
    accountability = Accountability(
        type=AccountabilityType(name=bold, commissioners=[party_type], responsibles=[party_type]),
        commissioner=Organization(name=drop, types=[party_type]),
        responsible=Person(name=bold, types=[party_type]),
    )
    session.add(accountability)
    session.commit()
    session.expire_all()

    assert str(accountability) == (
        f"{bold} responsible to {drop} ({bold}) from the beginning until further notice"
    )


def test_explains_itself_by_the_record_that_it_is(session: Session, hospital: Hospital) -> None:
    consent = Accountability(
        type=hospital.consent,
        commissioner=hospital.john,
        responsible=hospital.mark,
        period=TREATMENT,
    )

    before = str(explain(consent))
    session.add(consent)
    session.commit()

    assert before == f"{consent}  [not recorded yet]"
    assert str(explain(consent)) == f"{consent}  [recorded 1997-05-01 09:00 UTC]"


def test_an_accountability_is_stored_with_all_that_it_needs_in_whatever_order(session: Session) -> None:
    person = PartyType(name="person")
    special = PartyType(name="special", supertypes=[PartyType(name="middling", supertypes=[person])])
    type = AccountabilityType(name="care", commissioners=[person], responsibles=[person])

    # Nothing of it is stored yet, and the guards read all of it.
    session.add(
        Accountability(
            type=type,
            commissioner=Person(name="Mary", types=[special]),
            responsible=Person(name="Bob", types=[special]),
        )
    )
    session.commit()

    assert session.scalar(select(func.count()).select_from(Accountability)) == 1
