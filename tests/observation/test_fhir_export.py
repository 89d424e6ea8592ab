"""
What was taken over is written as it came, digit by digit; what was corrected, as the model has it now (3.9).

Observations that came in no document become resources of their own, which read back the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from analysis_patterns.observation import (
    CategoryObservation,
    Measurement,
    Observation,
    ObservationConcept,
    ObservationProtocol,
    Phenomenon,
    PhenomenonType,
    Presence,
    Standing,
    rest,
)
from analysis_patterns.observation.interchange import (
    Number,
    ObservationDocument,
    References,
    documents,
    everything,
    export_fhir,
    fhir_of,
    import_fhir,
    is_writable,
    read_fhir,
    read_json,
)
from analysis_patterns.patterns.accountability import Person
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import SINCE_EVER, UNTIL_CHANGED
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.values import Quantity
from tests.covered import Covered
from tests.refusals import refuses

from .fhir import EXAMPLES, FILES, coded, observation

UCUM = "http://unitsofmeasure.org"
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands long after the published examples were written."""
    return FixedClock(NOW)


@pytest.fixture
def clerk(session: Session) -> Person:
    """Who corrects what is wrong."""
    made = Person(name="Clerk")
    session.add(made)
    session.commit()
    return made


@pytest.fixture
def take(session: Session, clerk: Person) -> Callable[..., list[Observation]]:
    """Take a document over, and give its observations."""

    def taken(*sources: str | Path, **options: Any) -> list[Observation]:
        report = import_fhir(
            session, *sources, subjects=References(session, learning=True), by=clerk, **options
        )
        session.commit()
        return report.observations

    return taken


Take = Callable[..., list[Observation]]


def written(session: Session) -> Any:
    """The one document, as it is now."""
    (document,) = documents(session)
    return read_json(export_fhir(session, document))


def again(observed: Observation, **said: Any) -> Measurement:
    """A measurement like another one, but for what is said."""
    assert isinstance(observed, Measurement)
    alike = {
        "subject": observed.subject,
        "phenomenon_type": observed.phenomenon_type,
        "quantity": observed.quantity,
        "applicable": observed.applicable.time,
        "performer": observed.performer,
        "protocol": observed.protocol,
    }
    return Measurement(**{**alike, **said})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_published_example_comes_back_to_the_last_byte(session: Session, take: Take, file: Path) -> None:
    take(file)
    session.expire_all()

    (document,) = documents(session)

    assert export_fhir(session, document) == file.read_text(encoding="utf-8")


def test_all_the_examples_together_come_back_as_a_bundle(session: Session, take: Take) -> None:
    take(EXAMPLES)

    resources = read_fhir(export_fhir(session, *everything(session))).resources

    assert [each.text for each in resources] == [file.read_text(encoding="utf-8") for file in FILES]


@pytest.mark.parametrize(
    "elements",
    [
        {"valueQuantity": None, "valueInteger": 4},
        {"valueQuantity": {"value": 4}},
        {
            "effectiveDateTime": None,
            "effectivePeriod": {"start": "2016-03-01", "end": "2016-03-04T10:00:00Z"},
        },
        {"effectiveDateTime": None, "effectivePeriod": {"start": "2016"}},
        {"effectiveDateTime": None, "effectivePeriod": {"end": "2016"}},
        {"effectiveDateTime": None, "issued": "2016-03-28T10:00:00.000+01:00"},
        {"effectiveDateTime": None, "effectiveInstant": "2016-03-28T10:00:00.123456789Z"},
        {"code": {"coding": [{"display": "weight"}]}, "interpretation": [coded("high"), coded("critical")]},
        {"valueQuantity": None, "valueCodeableConcept": coded("heavy"), "interpretation": [coded("high")]},
    ],
)
def test_whatever_way_it_is_said_it_comes_back_so(
    session: Session, take: Take, elements: dict[str, Any]
) -> None:
    text = observation(**elements)

    assert len(take(text)) == 1

    assert export_fhir(session, *documents(session)) == read_fhir(text).resources[0].text


def test_every_digit_comes_back_whatever_the_figure(session: Session, take: Take) -> None:
    covered = Covered()
    number = st.from_regex(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,8})?([eE][+-]?[0-9])?", fullmatch=True)
    taken: list[str] = []

    @given(number, st.sampled_from(["kg", "mm[Hg]", "{score}", "10*3/uL"]))
    @settings(max_examples=25)
    def holds(figure: str, unit: str) -> None:
        covered.case(fraction="." in figure, exponent="e" in figure.lower(), zeros=figure[-1] == "0")
        taken.append(figure)
        said = {"value": 0, "unit": "in words", "system": UCUM, "code": unit}
        text = observation(id=f"n{len(taken)}", valueQuantity=said)
        text = text.replace('"value": 0', f'"value": {figure}')
        (resource,) = read_fhir(text).resources

        (measured,) = take(text)

        (document,) = session.scalars(
            select(ObservationDocument).where(ObservationDocument.logical_id == f"n{len(taken)}")
        )
        assert export_fhir(session, document) == resource.text
        assert isinstance(measured, Measurement)
        assert str(measured.quantity.amount) == str(Decimal(figure))

    holds()
    covered.enough()


def test_what_was_corrected_is_written_as_the_model_has_it(
    session: Session, take: Take, clerk: Person
) -> None:
    (wrong,) = take(
        observation(
            valueQuantity={"value": 80, "unit": "kilos", "system": UCUM, "code": "kg"},
            text={"status": "generated", "div": "<div>80 kg</div>"},
            interpretation=[coded("normal")],
            bodySite=coded("whole"),
            performer=[{"reference": "Practitioner/ames"}],
            method=coded("scales"),
            issued="2016-03-29T10:00:00Z",
        )
    )
    right = again(
        wrong,
        quantity=Quantity("80.50", "kg"),
        performer=clerk,
        protocol=None,
        made_known=NOW - timedelta(days=1),
    )
    session.add_all([right, wrong.reject(by=clerk, why="misread", rejecting=right)])
    session.commit()

    said = written(session)

    assert str(said["valueQuantity"]["value"]) == "80.50"
    assert said["valueQuantity"]["unit"] == "kilos"
    assert said["status"] == "corrected"
    assert said["issued"] == "2026-11-29T09:00:00Z"
    assert said["performer"][0]["display"] == "Clerk"
    assert said["bodySite"] == coded("whole")
    assert not said.keys() & {"text", "interpretation", "method"}


def test_a_correction_of_a_correction_is_the_one_that_is_written(
    session: Session, take: Take, clerk: Person
) -> None:
    (first,) = take(observation(issued="2016-03-29T10:00:00Z"))
    scales = ObservationProtocol(name="scales")
    second = again(first, quantity=Quantity(81, "kg"))
    third = again(
        second,
        quantity=Quantity(180, "[lb_av]"),
        protocol=scales,
        applicable=datetime(2016, 4, 1, 8, tzinfo=UTC),
    )
    session.add_all([second, third])
    session.add(first.reject(by=clerk, why="misread", rejecting=second))
    session.flush()
    session.add(second.reject(by=clerk, why="misread again", rejecting=third))
    session.commit()

    said = written(session)

    assert {key: str(each) for key, each in said["valueQuantity"].items()} == {
        "value": "180", "unit": "[lb_av]", "system": UCUM, "code": "[lb_av]",
    }  # fmt: skip
    assert said["effectiveDateTime"] == "2016-04-01T08:00:00Z"
    assert said["method"] == {"text": "scales"}


def test_a_unit_in_words_stays_only_where_the_unit_does(session: Session, take: Take, clerk: Person) -> None:
    (wrong,) = take(observation(valueQuantity={"value": 185, "unit": "lbs"}), units={"lbs": "[lb_av]"})
    assert written(session)["valueQuantity"].keys() == {"value", "unit"}
    lighter = again(wrong, quantity=Quantity(184, "[lb_av]"))
    session.add_all([lighter, wrong.reject(by=clerk, why="misread", rejecting=lighter)])
    session.flush()
    assert written(session)["valueQuantity"].keys() == {"value", "unit"}

    other = again(lighter, quantity=Quantity(84, "kg"))
    session.add_all([other, lighter.reject(by=clerk, why="misread", rejecting=other)])
    session.commit()

    assert written(session)["valueQuantity"]["code"] == "kg"
    assert written(session)["valueQuantity"]["unit"] == "kg"


def test_what_was_rejected_by_nothing_alike_was_entered_in_error(
    session: Session, take: Take, clerk: Person
) -> None:
    (anaemia,) = take(observation(text={"status": "generated", "div": "<div>80 kg</div>"}))
    alcohol = CategoryObservation(
        subject=clerk, concept=ObservationConcept(name="alcohol misuse"), applicable=NOW
    )
    session.add_all([alcohol, anaemia.reject(by=clerk, why="contradicted", rejecting=alcohol)])
    session.commit()

    assert (written(session)["status"], "text" in written(session)) == ("entered-in-error", False)
    assert str(written(session)["valueQuantity"]["value"]) == "80"


def test_a_component_alone_that_was_entered_in_error_says_so(
    session: Session, take: Take, clerk: Person
) -> None:
    systolic, _ = take(EXAMPLES / "Observation-blood-pressure.json")
    session.add(systolic.reject(by=clerk, why="the cuff slipped"))
    session.commit()

    said = written(session)

    assert said["status"] == "corrected"
    assert "valueQuantity" not in said["component"][0]
    assert said["component"][0]["dataAbsentReason"]["coding"][0]["code"] == "error"
    assert str(said["component"][1]["valueQuantity"]["value"]) == "60"
    read_fhir(export_fhir(session, *documents(session)))


def test_a_prediction_that_was_rejected_is_left_out(session: Session, take: Take, clerk: Person) -> None:
    predictions = [{"outcome": coded(name)} for name in ("stroke", "weakness")]
    text = observation(
        resourceType="RiskAssessment", code=None, valueQuantity=None, effectiveDateTime=None,
        occurrenceDateTime="2010-11-22", prediction=predictions,
    )  # fmt: skip
    stroke, _ = take(text)
    session.add(stroke.reject(by=clerk, why="excluded"))
    session.commit()

    assert written(session)["prediction"] == predictions[1:]


def test_a_hypothesis_that_was_confirmed_or_raised_since_is_written_so(session: Session, take: Take) -> None:
    (doubted,) = take(observation(status="preliminary"))
    doubted.qualifications[0].withdraw()
    session.commit()
    confirmed = written(session)["status"]
    assert isinstance(doubted, Measurement)
    take(observation(status="final", note=[{"text": "checked"}]))
    take(observation(status="unknown"))

    assert (confirmed, written(session)["status"]) == ("final", "unknown")


def test_another_concept_is_written_by_its_codes_and_name(
    session: Session, take: Take, clerk: Person
) -> None:
    (wrong,) = take(EXAMPLES / "Observation-bloodgroup.json")
    assert isinstance(wrong, CategoryObservation)
    assert wrong.phenomenon_type is not None
    other = Phenomenon(name="B", phenomenon_type=wrong.phenomenon_type)
    session.add(other)
    right = CategoryObservation(subject=wrong.subject, concept=other, applicable=wrong.applicable.time)
    session.add_all([right, wrong.reject(by=clerk, why="swapped", rejecting=right)])
    session.commit()

    assert written(session)["valueCodeableConcept"] == {"text": "B"}
    assert written(session)["code"]["coding"][0]["code"] == "883-9"


@pytest.mark.parametrize(
    ("presence", "value"),
    [
        (Presence.ABSENT, {"valueBoolean": False}),
        (
            Presence.UNKNOWN,
            {
                "dataAbsentReason": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
                            "code": "unknown",
                        }
                    ]
                }
            },
        ),
    ],
)
def test_a_value_that_is_not_there_after_all_is_not_written_as_one(
    session: Session, take: Take, clerk: Person, presence: Presence, value: dict[str, Any]
) -> None:
    (wrong,) = take(
        observation(
            code=coded("blood group"), valueQuantity=None, valueCodeableConcept=coded("A", "112144000")
        )
    )
    assert isinstance(wrong, CategoryObservation)
    right = CategoryObservation(
        subject=wrong.subject, concept=wrong.concept, presence=presence, applicable=wrong.applicable.time
    )
    session.add_all([right, wrong.reject(by=clerk, why="another's", rejecting=right)])
    session.commit()

    now = written(session)

    assert now["code"] == coded("blood group: A", "112144000")
    assert {key: said for key, said in now.items() if key.startswith(("value", "data"))} == value


@pytest.mark.parametrize("value", [True, False])
def test_a_yes_or_no_about_a_phenomenon_comes_back_so(session: Session, take: Take, value: bool) -> None:
    take(
        observation(
            code=coded("blood group"), valueQuantity=None, valueCodeableConcept=coded("A", "112144000")
        )
    )
    text = observation(id="a", code=coded("group A", "112144000"), valueQuantity=None, valueBoolean=value)

    (told,) = take(text)

    assert isinstance(told, CategoryObservation)
    assert str(told.concept) == "blood group: A"
    assert fhir_of(session, documents(session)[1]) == [read_json(text)]


@pytest.mark.parametrize(
    "unit",
    [
        {"unit": "kg per square metre", "system": UCUM, "code": "kg.m-2"},
        {"unit": "10^9/l", "system": UCUM, "code": "10^9/L"},
        {"system": UCUM},
        {},
    ],
)
def test_a_unit_comes_back_however_it_is_spelled(session: Session, take: Take, unit: dict[str, str]) -> None:
    text = observation(valueQuantity={"value": 24, **unit})
    (told,) = take(text)
    assert written(session) == read_json(text)

    assert isinstance(told, Measurement)
    right = again(told, quantity=Quantity("24.5", told.quantity.unit))
    session.add_all([right, told.reject(by=Person(name="Clerk"), why="misread", rejecting=right)])
    session.commit()

    assert written(session)["valueQuantity"] == read_json(text)["valueQuantity"] | {"value": Number("24.5")}


@pytest.mark.parametrize("moved", [timedelta(0), timedelta(hours=1)])
def test_a_time_that_is_said_only_by_when_it_was_told_is_written_where_that_differs(
    session: Session, take: Take, clerk: Person, moved: timedelta
) -> None:
    (wrong,) = take(observation(effectiveDateTime=None, issued="2016-03-29T08:00:00Z"))
    when = wrong.applicable.start + moved
    right = again(wrong, applicable=when)
    session.add_all([right, wrong.reject(by=clerk, why="misread", rejecting=right)])
    session.commit()

    now = written(session)

    assert now["issued"] == "2026-11-30T09:00:00Z"
    assert now["effectiveDateTime"] == when.isoformat().replace("+00:00", "Z")


def test_what_happened_is_not_written_as_what_was_predicted(
    session: Session, take: Take, clerk: Person
) -> None:
    (expected,) = take(EXAMPLES / "RiskAssessment-prognosis.json")
    assert isinstance(expected, CategoryObservation)
    happened = CategoryObservation(
        subject=expected.subject, concept=expected.concept, presence=Presence.ABSENT, applicable=NOW
    )
    session.add_all([happened, expected.reject(by=clerk, why="it did not happen", rejecting=happened)])
    session.commit()

    assert written(session)["status"] == "entered-in-error"
    (document,) = documents(session)
    assert everything(session) == [document, happened]


@pytest.mark.parametrize("presence", Presence)
def test_only_what_is_expected_to_be_there_is_written(session: Session, presence: Presence) -> None:
    patient = Person(name="John Smith")
    expected = CategoryObservation(
        subject=patient,
        concept=ObservationConcept(name="stroke"),
        presence=presence,
        applicable=NOW,
        standing=Standing.PROJECTION,
    )
    session.add_all([patient, expected])
    session.commit()

    assert is_writable(expected) is (presence is Presence.PRESENT)
    if presence is not Presence.PRESENT:
        with refuses("fhir.projected-figure"):
            fhir_of(session, expected)


def test_a_document_without_a_result_comes_back_as_it_was(session: Session, take: Take) -> None:
    take(observation(status="cancelled"))

    assert written(session)["status"] == "cancelled"


def test_only_the_last_document_about_a_resource_is_written(session: Session, take: Take) -> None:
    take(observation(), observation(id=None, valueQuantity={"value": 3}))
    take(observation(note=[{"text": "checked"}]), source="")
    take(observation(id="other"), source="ward")

    assert [(str(each), each.source) for each in documents(session)] == [
        ("Observation/weight", ""),
        ("Observation", ""),
        ("Observation/other", "ward"),
    ]
    assert "checked" in documents(session)[0].text
    assert [str(each) for each in documents(session, source="ward")] == ["Observation/other"]


def recorded_here(session: Session, clerk: Person) -> list[Observation]:
    """Observations that came in no document, of every kind that FHIR has a place for."""
    weight, group = PhenomenonType(name="weight"), PhenomenonType(name="blood group")
    smoking, a = ObservationConcept(name="smoker"), Phenomenon(name="A", phenomenon_type=group)
    patient = Person(name="John Smith")
    measured = Measurement(
        subject=patient,
        phenomenon_type=weight,
        quantity=Quantity("80.50", "kg"),
        phenomenon=Phenomenon(name="normal", phenomenon_type=weight),
        applicable=Interval(datetime(2016, 3, 1, tzinfo=UTC), datetime(2016, 3, 4, tzinfo=UTC)),
        made_known=datetime(2016, 3, 5, 10, tzinfo=UTC),
        performer=clerk,
        protocol=ObservationProtocol(name="scales"),
    )
    derived = Measurement(
        subject=patient, phenomenon_type=PhenomenonType(name="BMI"), quantity=Quantity("24.1", "kg/m2"),
        applicable=Interval(datetime(2016, 3, 1, tzinfo=UTC), datetime(2016, 4, 1, tzinfo=UTC)),
        standing=Standing.HYPOTHESIS,
    )  # fmt: skip
    rest(derived, [measured])
    expected = CategoryObservation(
        subject=patient,
        concept=ObservationConcept(name="stroke"),
        applicable=Interval(datetime(2017, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, 8, tzinfo=UTC)),
        standing=Standing.PROJECTION,
    )
    rest(expected, [measured])
    made = [
        measured,
        derived,
        *(
            CategoryObservation(subject=patient, concept=a, presence=presence, applicable=NOW)
            for presence in Presence
        ),
        *(
            CategoryObservation(subject=patient, concept=smoking, presence=presence, applicable=NOW)
            for presence in Presence
        ),
        expected,
    ]
    session.add_all([patient, *made])
    session.commit()
    return made


def test_what_came_in_no_document_becomes_a_resource_that_reads_back_the_same(
    session: Session, clerk: Person
) -> None:
    made = recorded_here(session, clerk)
    text = export_fhir(session, *everything(session))

    report = import_fhir(session, text, subjects=lambda reference: by_name(session, reference.display or ""))

    told = sorted((each for each in made if not is_unknown(each)), key=lambda each: each.id)
    assert [str(each) for each in report.observations] == [str(each) for each in told]
    for one, other in zip(report.observations, told, strict=True):
        assert one.applicable == other.applicable
        assert one.standing is other.standing
        assert (one.performer, one.protocol) == (other.performer, other.protocol)
        assert [str(each.source) for each in one.bases] == [str(each.source) for each in other.bases]
    assert [each.reason for each in report.left_out] == ["no value is said", "no value is said"]


def is_unknown(observed: Observation) -> bool:
    """Whether it could not be told: FHIR has no value for that, only a reason."""
    return isinstance(observed, CategoryObservation) and observed.presence is Presence.UNKNOWN


def by_name(session: Session, name: str) -> Person:
    """The person of a name."""
    return session.scalars(select(Person).where(Person.name == name)).one()


def test_a_resource_of_its_own_says_what_the_model_does(session: Session, clerk: Person) -> None:
    made = recorded_here(session, clerk)

    measured, derived, *_, expected = fhir_of(session, *made)

    assert measured["effectivePeriod"] == {"start": "2016-03-01", "end": "2016-03-03"}
    assert measured["issued"] == "2016-03-05T10:00:00Z"
    assert measured["interpretation"] == [{"text": "normal"}]
    assert derived["status"] == "preliminary"
    assert derived["effectiveDateTime"] == "2016-03"
    assert derived["derivedFrom"] == [{"reference": f"Observation/{made[0].id}"}]
    assert expected["prediction"][0]["whenPeriod"] == {"start": "2017-01-01", "end": "2027-01-01T08:00:00Z"}
    assert expected["basis"] == derived["derivedFrom"]


def test_what_always_applies_is_written_so_that_it_can_be_read(session: Session, clerk: Person) -> None:
    always = CategoryObservation(
        subject=clerk,
        concept=ObservationConcept(name="left-handed"),
        applicable=Interval(SINCE_EVER, UNTIL_CHANGED),
    )
    session.add(always)
    session.commit()

    (resource,) = read_fhir(export_fhir(session, always)).resources

    assert resource.tree["effectivePeriod"]["extension"][0]["valueCode"] == "not-applicable"


def test_what_rests_on_a_document_refers_to_it(session: Session, take: Take) -> None:
    (weight,) = take(observation())
    double = again(weight, quantity=Quantity(160, "kg"))
    rest(double, [weight])
    session.add(double)
    session.commit()

    (resource,) = fhir_of(session, double)

    assert resource["derivedFrom"] == [{"reference": "Observation/weight"}]
    assert resource["subject"] == {"reference": "Patient/example"}


def test_what_replaces_something_in_a_document_is_not_written_twice(
    session: Session, take: Take, clerk: Person
) -> None:
    (wrong,) = take(observation())
    right = again(wrong, quantity=Quantity(81, "kg"))
    session.add_all([right, wrong.reject(by=clerk, why="misread", rejecting=right)])
    session.commit()

    assert [str(each) for each in everything(session)] == ["Observation/weight"]
    (alone,) = fhir_of(session, wrong)
    assert alone["status"] == "entered-in-error"


def test_refuses_to_write_a_figure_that_is_expected_as_if_it_were_observed(
    session: Session, take: Take
) -> None:
    (weight,) = take(observation())
    expected = again(weight, standing=Standing.PROJECTION)
    session.add(expected)
    session.commit()

    assert [is_writable(each) for each in everything(session)] == [True, False]
    with refuses("fhir.projected-figure"):
        fhir_of(session, expected)


def test_nothing_at_all_is_an_empty_bundle(session: Session) -> None:
    assert read_json(export_fhir(session)) == {"resourceType": "Bundle", "type": "collection"}
