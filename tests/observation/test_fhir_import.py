"""
FHIR documents become observations, once, and are kept beside them; what has no place is told (3.4 to 3.10).

All of an import is taken over, or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from analysis_patterns.observation import (
    CategoryObservation,
    Measurement,
    Observation,
    ObservationConcept,
    Phenomenon,
    PhenomenonType,
    Presence,
    Role,
    Standing,
    observations,
)
from analysis_patterns.observation.interchange import (
    DocumentPart,
    FhirError,
    FhirImport,
    ObservationDocument,
    References,
    import_fhir,
    read_fhir,
)
from analysis_patterns.patterns.accountability import Person
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session, inconsistencies, sessions
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.reference import IdentificationScheme, Identifier, identified
from analysis_patterns.patterns.reference.identifier import scheme_named
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED
from analysis_patterns.patterns.values import Quantity
from tests.refusals import refuses

from .fhir import EXAMPLES, FILES, bundle, coded, observation

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands long after the published examples were written."""
    return FixedClock(datetime(2026, 11, 30, 9, tzinfo=UTC))


@pytest.fixture
def patient(session: Session) -> Person:
    """The patient of most documents."""
    made = Person(name="Peter James Chalmers")
    session.add(made)
    session.commit()
    return made


@pytest.fixture
def clerk(session: Session) -> Person:
    """Who takes documents over."""
    made = Person(name="Clerk")
    session.add(made)
    session.commit()
    return made


@pytest.fixture
def taken(session: Session, patient: Person, clerk: Person) -> Callable[..., FhirImport]:
    """Take documents about the patient over."""

    def take(*documents: Any, **options: Any) -> FhirImport:
        options = {"subjects": {"Patient/example": patient}, "by": clerk, **options}
        return import_fhir(session, *documents, **options)

    return take


Taken = Callable[..., FhirImport]


def count(session: Session, *entities: type[Base]) -> list[int]:
    """How many rows there are of each."""
    return [session.scalars(select(func.count()).select_from(each)).one() for each in entities]


def found(session: Session, name: str) -> list[Any]:
    """The active observations of a phenomenon type, by its name."""
    kind = session.scalars(select(PhenomenonType).where(PhenomenonType.name == name)).one()
    return list(session.scalars(observations(session, of=kind)))


def told(report: FhirImport) -> dict[str, str]:
    """What was kept beside, by path."""
    return {each.place.path: each.value for each in report.kept}


def test_the_published_examples_become_observations(session: Session) -> None:
    report = import_fhir(session, EXAMPLES, subjects=References(session, learning=True))
    session.commit()

    assert (report.accepted, report.unchanged) == (len(FILES), 0)
    assert report.counts == {"category observations": 5, "measurements": 5, "of them projection": 1}
    assert {str(each) for each in session.scalars(select(Observation)) if isinstance(each, Measurement)} == {
        "Systolic blood pressure 107 mm[Hg]",
        "Diastolic blood pressure 60 mm[Hg]",
        "BMI 16.2 kg/m2",
        "Body Weight 185 [lb_av]",
        "Glasgow Coma Scale , (GCS) 13 {score}",
    }
    assert list(inconsistencies(session)) == []


def test_a_blood_pressure_is_two_measurements_of_one_document(session: Session, taken: Taken) -> None:
    taken(EXAMPLES / "Observation-blood-pressure.json")

    (document,) = session.scalars(select(ObservationDocument))
    assert [(each.path, str(each.observation)) for each in document.parts] == [
        ("component[0]", "Systolic blood pressure 107 mm[Hg]"),
        ("component[1]", "Diastolic blood pressure 60 mm[Hg]"),
    ]
    systolic, diastolic = (each.observation for each in document.parts)
    assert isinstance(systolic, Measurement)
    assert isinstance(diastolic, Measurement)
    assert (str(systolic.phenomenon), str(diastolic.phenomenon)) == (
        "Systolic blood pressure: Normal",
        "Diastolic blood pressure: Below low normal",
    )
    assert systolic.applicable.start == datetime(2012, 9, 17, tzinfo=UTC)
    assert systolic.applicable.end == datetime(2012, 9, 18, tzinfo=UTC)


def test_a_score_rests_on_its_parts(session: Session, taken: Taken) -> None:
    taken(EXAMPLES / "Observation-glasgow.json")

    (score,) = found(session, "Glasgow Coma Scale , (GCS)")
    assert [str(each.source) for each in score.bases] == [
        "GCS Motor: 5 (Localizes painful stimuli) present",
        "GSC Verbal: 4 (Confused, disoriented) present",
        "Eyes: 4 (Opens eyes spontaneously) present",
    ]


def test_a_blood_group_is_a_phenomenon_that_is_present(session: Session, patient: Person) -> None:
    import_fhir(session, EXAMPLES / "Observation-bloodgroup.json", subjects=lambda reference: patient)

    (group,) = found(session, "Blood Group")
    assert isinstance(group, CategoryObservation)
    assert (str(group.concept), group.presence) == ("Blood Group: A", Presence.PRESENT)
    assert group.applicable.is_point
    assert identified(session, scheme_named(session, SNOMED), "112144000") is group.concept
    assert identified(session, scheme_named(session, LOINC), "883-9") is group.phenomenon_type


def test_a_prediction_is_a_projection_from_its_day_on(session: Session, taken: Taken) -> None:
    report = taken(EXAMPLES / "RiskAssessment-prognosis.json")

    (weakness,) = report.observations
    assert weakness.standing is Standing.PROJECTION
    assert str(weakness) == "permanent weakness of the left arm present"
    assert weakness.applicable.start == datetime(2010, 11, 22, tzinfo=UTC)
    assert weakness.applicable.end == UNTIL_CHANGED
    assert weakness.made_known.start == datetime(2010, 11, 22, tzinfo=UTC)
    assert told(report).keys() == {
        "RiskAssessment.text",
        "RiskAssessment.condition",
        "RiskAssessment.prediction[0].qualitativeRisk",
    }


def test_a_prediction_says_when_and_on_what_it_rests(taken: Taken) -> None:
    taken(observation())
    assessment = {
        "code": None, "valueQuantity": None, "effectiveDateTime": None, "resourceType": "RiskAssessment",
        "occurrencePeriod": {"start": "2016-04-01", "end": "2016-04-02"},
        "performer": {"reference": "Patient/example", "display": "Peter James Chalmers"},
        "basis": [{"reference": "Observation/weight"}],
    }  # fmt: skip
    stroke = {"outcome": coded("stroke"), "whenPeriod": {"start": "2017", "end": "2018"}}

    report = taken(observation(**assessment, prediction=[{"qualitativeRisk": coded("low")}, stroke]))
    none = taken(observation(**assessment, id="none"))

    (expected,) = report.observations
    assert expected.applicable.start == datetime(2017, 1, 1, tzinfo=UTC)
    assert expected.applicable.end == datetime(2019, 1, 1, tzinfo=UTC)
    assert expected.performer is not None
    assert [(str(each.source), each.role) for each in expected.bases] == [("Body weight 80 kg", Role.FOR)]
    assert [each.reason for each in report.left_out] == ["no outcome is said"]
    assert [each.reason for each in none.left_out] == ["nothing is predicted"]
    assert told(report).keys() == {"RiskAssessment.prediction[0]"}


def test_all_codings_of_a_weight_lead_to_one_phenomenon_type(session: Session, taken: Taken) -> None:
    taken(EXAMPLES / "Observation-example.json")

    (weight,) = found(session, "Body Weight")
    for system, code in ((LOINC, "29463-7"), (LOINC, "3141-9"), (SNOMED, "27113001")):
        assert identified(session, scheme_named(session, system), code) is weight.phenomenon_type


def test_the_same_file_twice_makes_nothing_twice(session: Session, taken: Taken) -> None:
    everything = (Observation, ObservationDocument, DocumentPart, PhenomenonType, Phenomenon, Identifier)
    resolve = References(session, learning=True)
    import_fhir(session, EXAMPLES, subjects=resolve)
    session.commit()
    before = count(session, *everything)

    again = import_fhir(session, EXAMPLES, *FILES, subjects=resolve)
    session.commit()

    assert (again.accepted, again.unchanged, again.observations) == (0, 2 * len(FILES), [])
    assert count(session, *everything) == before


def test_the_same_resource_of_another_source_is_another(session: Session, taken: Taken) -> None:
    taken(observation(), source="ward")
    taken(observation(), source="laboratory")

    assert len(found(session, "Body weight")) == 2


def test_figures_keep_the_digits_they_are_written_with(session: Session, taken: Taken) -> None:
    text = observation().replace('"value": 80', '"value": 80.50')

    taken(text)
    session.commit()
    session.expire_all()

    (weight,) = found(session, "Body weight")
    assert str(weight.quantity) == "80.50 kg"


def test_method_performer_and_times_have_their_places(session: Session, taken: Taken) -> None:
    nurse = Person(name="Nurse Ames")
    session.add(nurse)

    def resolve(reference: Any) -> Person:
        return nurse if reference.reference == "Practitioner/ames" else taken_of(session)

    report = taken(
        observation(
            method=coded("bathroom scales"),
            performer=[{"reference": "Practitioner/ames"}, {"reference": "Practitioner/other"}],
            effectiveDateTime=None,
            effectivePeriod={"start": "1997-03-01T08:00:00+01:00", "end": "1997-03-02"},
            issued="1997-03-05T10:00:00.5Z",
        ),
        subjects=resolve,
    )

    (weight,) = report.observations
    assert (str(weight.protocol), weight.performer) == ("bathroom scales", nurse)
    assert weight.applicable.start == datetime(1997, 3, 1, 7, tzinfo=UTC)
    assert weight.applicable.end == datetime(1997, 3, 3, tzinfo=UTC)
    assert weight.made_known.start == datetime(1997, 3, 5, 10, 0, 0, 500_000, tzinfo=UTC)
    assert told(report).keys() == {"Observation.performer[1]"}


def taken_of(session: Session) -> Person:
    """The patient."""
    return session.scalars(select(Person).where(Person.name == "Peter James Chalmers")).one()


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("final", Standing.ACTIVE),
        ("amended", Standing.ACTIVE),
        ("preliminary", Standing.HYPOTHESIS),
        ("unknown", Standing.HYPOTHESIS),
        ("entered-in-error", Standing.REJECTED),
    ],
)
def test_the_status_says_how_certain_it_is(taken: Taken, status: str, standing: Standing) -> None:
    report = taken(observation(status=status))

    assert [each.standing for each in report.observations] == [standing]


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"status": "registered"}, "there is no result"),
        ({"status": "cancelled"}, "there is no result"),
        ({"valueQuantity": {"value": 5, "comparator": "<"}}, "< 5 is a bound, and no value"),
        ({"valueQuantity": {"unit": "kg"}}, "a quantity without a value"),
        ({"valueQuantity": {"value": 5, "unit": "stone"}}, "'stone' is no unit of UCUM's"),
        ({"valueQuantity": {"value": 5, "system": UCUM, "code": "stone"}}, "unit.known"),
        ({"valueQuantity": None, "valueString": "heavy"}, "there is no place for a valueString"),
        ({"valueQuantity": None, "valuePeriod": {"start": "2016"}}, "there is no place for a valuePeriod"),
        ({"valueQuantity": None}, "no value is said"),
        ({"valueQuantity": None, "dataAbsentReason": coded("refused")}, "no value is said"),
        ({"subject": None}, "it has no subject"),
        ({"effectiveDateTime": None}, "it does not say when it was so"),
        (
            {
                "effectiveDateTime": None,
                "effectiveTiming": {"event": ["2012"]},
                "issued": "2016-03-29T08:00:00Z",
            },
            "it does not say when it was so",
        ),
        (
            {"effectiveDateTime": None, "effectivePeriod": {"extension": [{"url": "x"}]}},
            "it does not say when it was so",
        ),
        ({"code": {"id": "x"}}, "its code has neither words nor a code"),
    ],
)
def test_what_is_no_observation_is_left_out_told_of_and_kept(
    session: Session, taken: Taken, elements: dict[str, Any], reason: str
) -> None:
    report = taken(observation(**elements))

    assert (report.accepted, report.observations) == (1, [])
    (left_out,) = report.left_out
    assert reason in left_out.reason
    assert count(session, Observation, ObservationDocument) == [0, 1]
    assert taken(observation(**elements)).unchanged == 1


def test_what_the_model_has_no_place_for_is_told_of_path_by_path(taken: Taken) -> None:
    report = taken(
        observation(
            bodySite=coded("left arm"),
            referenceRange=[{"low": {"value": 50}}],
            note=[{"text": "clothed"}],
            _status={"extension": [{"url": "http://example.org/a"}]},
            valueQuantity={"value": 80, "unit": "kilos", "system": UCUM, "code": "kg"},
        )
    )

    assert told(report) == {
        "Observation.bodySite": '{ "text": "left arm" }',
        "Observation.referenceRange": '[ { "low": { "value": 50 } } ]',
        "Observation.note": '[ { "text": "clothed" } ]',
        "Observation._status": '{ "extension": [ { "url": "http://example.org/a" } ] }',
        "Observation.valueQuantity.unit": '"kilos"',
    }


def test_a_unit_in_words_is_what_the_caller_says_it_is(session: Session, taken: Taken) -> None:
    said = {"value": 185, "unit": "lbs"}

    taken(observation(valueQuantity=said), units={"lbs": "[lb_av]"})

    (weight,) = found(session, "Body weight")
    assert str(weight.quantity) == "185 [lb_av]"


def test_refuses_what_is_no_unit_before_anything_is_taken_over(session: Session, taken: Taken) -> None:
    for code, rule in (("", "unit.grammar"), ("stone", "unit.known")):
        with refuses(rule):
            taken(observation(), units={"stone": code})

    assert count(session, ObservationDocument) == [0]


def test_a_number_without_any_unit_is_a_bare_number(session: Session, taken: Taken) -> None:
    taken(
        observation(valueQuantity={"value": 3}),
        observation(id="b", valueQuantity=None, valueInteger=4),
    )

    assert [str(each.quantity) for each in found(session, "Body weight")] == ["3 1", "4 1"]


@pytest.mark.parametrize(("value", "presence"), [(True, Presence.PRESENT), (False, Presence.ABSENT)])
def test_a_yes_or_no_is_whether_the_concept_is_there(taken: Taken, value: bool, presence: Presence) -> None:
    report = taken(observation(code=coded("smoker", "77176002"), valueQuantity=None, valueBoolean=value))

    (smoking,) = report.observations
    assert isinstance(smoking, CategoryObservation)
    assert (smoking.concept.name, smoking.presence, smoking.phenomenon_type) == ("smoker", presence, None)


def test_what_is_derived_rests_on_its_sources_wherever_they_stand(session: Session, taken: Taken) -> None:
    weight = observation()
    bmi = observation(
        id="bmi",
        code=coded("BMI"),
        valueQuantity={"value": 25, "system": UCUM, "code": "kg/m2"},
        derivedFrom=[{"reference": "Observation/height"}, {"reference": "urn:uuid:1"}],
    )
    height = observation(
        id="height", code=coded("height"), valueQuantity={"value": 180, "system": UCUM, "code": "cm"}
    )
    taken(height)

    report = taken(bundle(bmi, weight, urls=("urn:uuid:0", "urn:uuid:1")))

    (index,) = found(session, "BMI")
    assert [str(each.source) for each in index.bases] == ["height 180 cm", "Body weight 80 kg"]
    assert told(report) == {}


def test_a_source_that_nobody_knows_or_that_was_rejected_is_only_kept(session: Session, taken: Taken) -> None:
    taken(observation(id="wrong", status="entered-in-error"))

    report = taken(
        observation(
            derivedFrom=[{"reference": "Observation/wrong"}, {"reference": "Observation/none"}],
            hasMember=[{"reference": "Observation/other"}],
        )
    )

    assert told(report).keys() == {"Observation.derivedFrom", "Observation.hasMember"}


def test_refuses_resources_that_are_derived_from_each_other(taken: Taken) -> None:
    one = observation(id="a", derivedFrom=[{"reference": "Observation/b"}])
    other = observation(id="b", hasMember=[{"reference": "Observation/a"}])

    with refuses("fhir.in-order"):
        taken(one, other)


def test_another_text_of_a_resource_rejects_what_was_taken_over_before(
    session: Session, taken: Taken, clerk: Person
) -> None:
    (before,) = taken(observation()).observations

    report = taken(observation(status="corrected", valueQuantity={"value": 81, "system": UCUM, "code": "kg"}))

    (now,) = found(session, "Body weight")
    assert str(now.quantity) == "81 kg"
    assert report.rejected == [before]
    assert before.rejection is not None
    assert (before.rejection.rejecting, before.rejection.by) == (now, clerk)
    assert before.rejection.why == "sent again as corrected: Observation/weight"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"valueQuantity": None, "valueCodeableConcept": coded("heavy", "1")},
        {"valueQuantity": None, "valueBoolean": False},
    ],
)
def test_what_a_later_text_says_again_stays(session: Session, taken: Taken, said: dict[str, Any]) -> None:
    (before,) = taken(observation(**said)).observations

    (again,) = taken(observation(status="amended", note=[{"text": "checked"}], **said)).observations

    assert again is before
    assert before.standing is Standing.ACTIVE
    assert count(session, Observation, ObservationDocument) == [1, 2]


@pytest.mark.parametrize(
    "said",
    [
        {"effectiveDateTime": "2016-03-29"},
        {"valueQuantity": {"value": 80.0, "system": UCUM, "code": "kg"}},
        {"method": coded("scales")},
        {"interpretation": [coded("high")]},
        {"issued": "2016-03-28T10:00:00Z"},
        {"performer": [{"reference": "Patient/example"}]},
        {"component": [{"code": coded("shoes"), "valueBoolean": True}]},
    ],
)
def test_whatever_a_later_text_says_otherwise_is_another_observation(
    taken: Taken, said: dict[str, Any]
) -> None:
    (before,) = taken(observation()).observations

    assert taken(observation(**said)).rejected == [before]


def test_a_preliminary_result_is_confirmed_by_the_final_one_and_doubted_again(taken: Taken) -> None:
    standings = [
        [each.standing for each in taken(observation(status=status, note=[{"text": str(n)}])).observations]
        for n, status in enumerate(("preliminary", "final", "preliminary"))
    ]

    assert standings == [[Standing.HYPOTHESIS], [Standing.ACTIVE], [Standing.HYPOTHESIS]]


def test_an_earlier_text_sent_again_changes_nothing(session: Session, taken: Taken) -> None:
    first, second = observation(), observation(valueQuantity={"value": 81, "system": UCUM, "code": "kg"})
    taken(first)
    taken(second)

    assert taken(first).unchanged == 1
    assert [str(each.quantity) for each in found(session, "Body weight")] == ["81 kg"]


def test_what_was_entered_in_error_is_rejected_and_made_by_nobody(session: Session, taken: Taken) -> None:
    (before,) = taken(observation()).observations

    report = taken(observation(status="entered-in-error"))

    assert report.rejected == [before]
    assert before.rejection is not None
    assert (before.rejection.rejecting, before.rejection.why) == (
        None,
        "entered in error: Observation/weight",
    )
    assert count(session, Observation) == [1]


def test_what_was_withdrawn_and_is_sent_again_is_observed_anew(session: Session, taken: Taken) -> None:
    taken(observation())
    taken(observation(status="entered-in-error"))

    (again,) = taken(observation(note=[{"text": "it was right"}])).observations

    assert again.standing is Standing.ACTIVE
    assert count(session, Observation) == [2]


def test_what_is_withdrawn_twice_is_rejected_once(session: Session, taken: Taken) -> None:
    taken(observation())
    taken(observation(status="entered-in-error"))

    report = taken(observation(status="entered-in-error", note=[{"text": "sorry"}]))

    assert (report.accepted, report.rejected) == (1, [])
    assert count(session, Observation) == [1]


def test_what_was_rejected_here_is_not_believed_for_being_sent_again(
    session: Session, taken: Taken, clerk: Person
) -> None:
    (wrong,) = taken(observation(component=[{"code": coded("shoes"), "valueInteger": 1}])).observations[1:]
    session.add(wrong.reject(by=clerk, why="misread"))
    session.flush()

    report = taken(
        observation(component=[{"code": coded("shoes"), "valueInteger": 1}], note=[{"text": "again"}])
    )

    assert report.observations[1:] == [wrong]
    assert [str(each) for each in report.left_out] == ["Observation: rejected by Clerk: misread"]


def test_a_part_that_was_rejected_here_is_no_source_of_what_is_sent_anew(
    session: Session, taken: Taken, clerk: Person
) -> None:
    shoes = [{"code": coded("shoes"), "valueInteger": 1}]
    part, _ = taken(observation(component=shoes)).observations
    session.add(part.reject(by=clerk, why="barefoot"))
    session.flush()

    _, weight = taken(observation(component=shoes, valueQuantity={"value": 81})).observations

    assert weight.bases == []


def test_what_was_corrected_here_and_there_alike_is_one_observation(
    session: Session, taken: Taken, clerk: Person
) -> None:
    (wrong,) = taken(observation()).observations
    assert isinstance(wrong, Measurement)
    right = Measurement(
        subject=wrong.subject, phenomenon_type=wrong.phenomenon_type, quantity=Quantity(81, "kg"),
        applicable=wrong.applicable.time,
    )  # fmt: skip
    session.add_all([right, wrong.reject(by=clerk, why="misread", rejecting=right)])
    session.flush()
    kilos = {"system": UCUM, "code": "kg"}

    alike = taken(observation(valueQuantity={"value": 81, **kilos}))
    other = taken(observation(valueQuantity={"value": 82, **kilos}))

    assert (alike.observations, alike.rejected, other.rejected) == ([right], [], [right])
    assert [str(each.quantity) for each in found(session, "Body weight")] == ["82 kg"]


def test_a_source_that_was_taken_over_before_is_found_by_the_url_it_has_now(taken: Taken) -> None:
    weight = observation()
    derived = observation(id="bmi", code=coded("BMI"), derivedFrom=[{"reference": "urn:uuid:1"}])
    taken(weight)

    report = taken(bundle(weight, derived, urls=("urn:uuid:1",)))

    (index,) = report.observations
    assert [str(each.source) for each in index.bases] == ["Body weight 80 kg"]


def test_refuses_to_reject_where_nobody_does(taken: Taken) -> None:
    with refuses("fhir.who-rejects"):
        taken(observation(status="entered-in-error"), by=None)


def test_whoever_observed_it_rejects_it_where_nobody_else_is_named(session: Session, patient: Person) -> None:
    text = observation(status="entered-in-error", performer=[{"reference": "Patient/example"}])

    report = import_fhir(session, text, subjects={"Patient/example": patient})

    (weight,) = report.rejected
    assert weight.rejection is not None
    assert weight.rejection.by is patient


def test_refuses_a_subject_that_nobody_knows(taken: Taken) -> None:
    with refuses("fhir.known-subject") as refused:
        taken(observation(subject={"reference": "Patient/other"}))

    assert "Observation: fhir.known-subject: found the subject Patient/other" in str(refused.value)


def test_refuses_codes_that_mean_two_things(session: Session, taken: Taken) -> None:
    taken(observation(id="a", code=coded("pulse", "1")), observation(id="b", code=coded("breath", "2")))
    both = {"coding": [{"system": SNOMED, "code": code} for code in "12"], "text": "pulse"}

    with refuses("fhir.one-meaning"):
        taken(observation(id="c", code=both))


def test_the_code_of_a_value_that_means_another_type_s_value_is_told_of(taken: Taken) -> None:
    report = taken(EXAMPLES / "Observation-glasgow.json")

    (astray,) = [each for each in report.left_out if "already" in each.reason]
    assert astray.place.path == "Observation.component[2].valueCodeableConcept.coding[0]"
    assert astray.reason == "the code 4 means GSC Verbal: 4 (Confused, disoriented) already"


def test_two_codes_of_one_system_with_the_same_words_are_two_types(session: Session, taken: Taken) -> None:
    taken(observation(id="a", code=coded("weight", "1")), observation(id="b", code=coded("weight", "2")))

    assert sorted(session.scalars(select(PhenomenonType.name))) == ["weight", "weight (2)"]


def test_words_lead_to_what_is_known_by_them(session: Session, taken: Taken) -> None:
    known = PhenomenonType(name="Body weight")
    concept = ObservationConcept(name="smoker")
    session.add_all([known, concept])

    report = taken(
        observation(code={"text": "Body weight"}),
        observation(id="b", code=coded("smoker"), valueQuantity=None, valueBoolean=True),
    )

    weight, smoking = report.observations
    assert isinstance(weight, Measurement)
    assert isinstance(smoking, CategoryObservation)
    assert (weight.phenomenon_type, smoking.concept) == (known, concept)
    assert report.learnt == []


def test_refuses_what_is_not_known_where_nothing_is_to_be_learnt(session: Session, taken: Taken) -> None:
    with refuses("fhir.known-code"):
        taken(observation(), learning=False)

    taken(observation())
    heavier = observation(id="b", valueQuantity={"value": 81, "system": UCUM, "code": "kg"})
    assert taken(heavier, learning=False).learnt == []


def test_a_unit_that_is_not_legal_is_refused_at_its_place(session: Session, taken: Taken) -> None:
    session.add(PhenomenonType(name="Body weight", legal_units=["g"]))

    with refuses("measurement.legal-unit") as refused:
        taken(observation())

    assert str(refused.value).startswith("Observation: measurement.legal-unit")


def test_refuses_what_was_made_known_after_now(taken: Taken) -> None:
    with refuses("observation.made-known-first", Layer.FLUSH):
        taken(observation(issued="2030-01-01T00:00:00Z"))


def test_nothing_is_half_written_where_any_of_it_is_wrong(session: Session, taken: Taken) -> None:
    everything = (Observation, ObservationDocument, PhenomenonType, IdentificationScheme, Identifier)
    waiting = Person(name="waits to be written")
    session.add(waiting)
    for wrong in ({"subject": {"reference": "Patient/other"}}, {"issued": "2030-01-01T00:00:00Z"}):
        with pytest.raises(FhirError):
            taken(observation(id="good"), observation(**wrong))

        assert count(session, *everything) == [0, 0, 0, 0, 0]
        assert not session.new

    session.commit()
    assert session.scalars(select(Person.name).where(Person.id == waiting.id)).one() == waiting.name
    assert taken(observation(id="good")).accepted == 1


def test_what_a_flush_refuses_is_said_of_nothing_else(taken: Taken) -> None:
    with pytest.raises(FhirError) as raised:
        taken(observation(id="a", issued="2030-01-01T00:00:00Z"), observation(id="b"), observation(id="c"))

    assert len(raised.value.problems) == 1


def test_all_that_is_wrong_with_an_import_is_said_at_once(taken: Taken) -> None:
    wrong = {"subject": {"reference": "Patient/other"}}

    with pytest.raises(FhirError) as raised:
        taken(bundle(observation(id="a", **wrong), observation(id="b"), observation(id="c", **wrong)))

    assert [each.place.path for each in raised.value.problems] == [
        "Bundle.entry[0].resource",
        "Bundle.entry[2].resource",
    ]


def test_a_bundle_tells_of_what_it_says_beside_its_resources(taken: Taken) -> None:
    whole = json.loads(bundle(observation(), urls=("urn:uuid:1",)))
    whole["total"] = 1
    whole["entry"][0]["search"] = {"mode": "match"}

    report = taken(json.dumps(whole))

    assert [str(each) for each in report.passed_over] == [
        "Bundle.total: no part of a resource: 1",
        'Bundle.entry[0].search: no part of a resource: { "mode": "match" }',
    ]


def test_a_key_that_reads_as_a_path_is_told_of_too(taken: Taken) -> None:
    report = taken(observation(**{"code.coding[0].code": "x", "subject.reference": "Patient/other"}))

    assert told(report) == {
        'Observation."code.coding[0].code"': '"x"',
        'Observation."subject.reference"': '"Patient/other"',
    }


def test_of_two_texts_of_a_resource_in_one_import_the_later_one_counts(
    session: Session, taken: Taken
) -> None:
    """Although the first one has to wait for what it is derived from."""
    earlier = observation(derivedFrom=[{"reference": "Observation/scales"}])
    later = observation(status="corrected", valueQuantity={"value": 81, "system": UCUM, "code": "kg"})
    source = observation(id="scales", code=coded("scales"))

    taken(bundle(earlier, later, source))

    assert [str(each) for each in found(session, "Body weight")] == ["Body weight 81 kg"]


def test_what_was_left_out_is_taken_over_once_its_unit_is_known(session: Session, taken: Taken) -> None:
    text = observation(valueQuantity={"value": 12, "unit": "stone"})
    assert taken(text).observations == []
    assert (taken(text).unchanged, taken(text).left_out) == (1, [])

    report = taken(text, units={"stone": "[stone_av]"})

    assert (report.accepted, report.unchanged) == (1, 0)
    assert [str(each) for each in report.observations] == ["Body weight 12 [stone_av]"]
    assert count(session, Observation, ObservationDocument) == [1, 1]
    assert taken(text, units={"stone": "[stone_av]"}).unchanged == 1


def test_a_text_that_was_corrected_since_is_not_taken_over_for_a_unit(session: Session, taken: Taken) -> None:
    text = observation(valueQuantity={"value": 12, "unit": "stone"})
    taken(text)
    taken(observation())

    report = taken(text, units={"stone": "[stone_av]"})

    assert (report.unchanged, [str(each) for each in found(session, "Body weight")]) == (
        1,
        ["Body weight 80 kg"],
    )


def test_a_bundle_tells_of_what_it_passes_over(taken: Taken) -> None:
    report = taken(bundle('{"resourceType": "Patient", "id": "example"}', observation()))

    assert [str(each) for each in report.passed_over] == [
        "Bundle.entry[0].resource: a resource of type Patient"
    ]
    assert "resources: 1 accepted, 0 known already" in str(report)
    assert "passed over: Bundle.entry[0].resource" in str(report)


def test_references_are_identifiers_of_their_source(session: Session) -> None:
    ward, laboratory = (References(session, source=name, learning=True) for name in ("ward", "laboratory"))
    patient = {"reference": "Patient/1", "display": "John Smith"}
    import_fhir(session, observation(subject=patient), subjects=ward, source="ward")
    import_fhir(session, observation(subject=patient), subjects=laboratory, source="laboratory")

    assert (ward.learnt, laboratory.learnt) == (["person John Smith"], ["person John Smith"])
    first, second = (each.subject_id for each in found(session, "Body weight"))
    assert first != second
    knowing = References(session, source="ward")
    for unknown in ("Patient/2", "#p1", "Device/1", "example"):
        with refuses("fhir.known-subject"):
            import_fhir(session, observation(subject={"reference": unknown}), subjects=knowing)


def test_refuses_a_document_a_second_time(session: Session, layer: Layer, taken: Taken) -> None:
    taken(observation())
    (resource,) = read_fhir(observation()).resources
    session.commit()
    session.add(ObservationDocument(source="", resource=resource))

    with refuses("fhir.once", Layer.FLUSH):
        session.flush()

    session.rollback()
    table = ObservationDocument.__table__
    again = ObservationDocument(source="", resource=resource)
    with refuses("fhir.once", layer):
        session.execute(
            table.insert().values(  # type: ignore[attr-defined]
                id=again.id, source="", resource_type="Observation", logical_id="weight",
                digest=again.digest, text=again.text, recorded=session.recorded,
            )
        )  # fmt: skip


def test_refuses_to_change_or_delete_what_was_kept(session: Session, layer: Layer, taken: Taken) -> None:
    taken(observation())
    session.commit()
    (document,) = session.scalars(select(ObservationDocument))
    changes: list[Callable[[], object]] = [
        lambda: setattr(document, "text", "{}"),
        lambda: session.delete(document.parts[0]),
    ]
    for change in changes:
        change()

        with refuses("fhir.kept", Layer.FLUSH):
            session.flush()

        session.rollback()
    for entity in (ObservationDocument, DocumentPart):
        table: Any = entity.__table__
        for statement in (table.delete(), table.update().values(recorded=session.recorded)):
            with refuses("fhir.kept", layer):
                session.execute(statement)

            session.rollback()


def test_a_hostile_name_is_refused_at_its_place(taken: Taken) -> None:
    with refuses("name.text") as refused:
        taken(observation(code={"text": "a" * 501}))

    assert str(refused.value).startswith("Observation: name.text")


def test_two_who_take_the_same_document_over_at_once_make_nothing_twice(
    session: Session, engine: Engine, patient: Person, taken: Taken
) -> None:
    taken(observation(id="known"))
    session.commit()
    outcomes: list[object] = []
    key = patient.id

    def take_over_too() -> None:
        with sessions(engine, clock=FixedClock(datetime(2026, 11, 30, 9, tzinfo=UTC)))() as other:
            patients = {"Patient/example": other.get_one(Person, key)}
            try:
                outcomes.append(import_fhir(other, observation(), subjects=patients).unchanged)
                other.commit()
            except FhirError as refused:
                outcomes.append(refused.rule.name)

    taken(observation())
    second = Thread(target=take_over_too)
    second.start()
    second.join(0.5)  # it waits, or is about to
    session.commit()
    second.join()

    assert outcomes in ([1], ["fhir.once"])
    assert count(session, ObservationDocument, Observation) == [2, 2]


def test_many_resources_are_taken_over_in_one_import(session: Session, taken: Taken) -> None:
    resources = [
        json.dumps(
            {**json.loads(observation()), "id": f"n{n}", "effectiveDateTime": f"2016-03-{n % 28 + 1:02}"}
        )
        for n in range(100)
    ]

    report = taken(bundle(*resources))

    assert report.accepted == 100
    assert count(session, Observation, PhenomenonType) == [100, 1]
