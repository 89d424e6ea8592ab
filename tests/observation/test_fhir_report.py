"""What a document says is said by the model as well, or a report names it: leaf by leaf (3.4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.observation.interchange import References, fhir_of, import_fhir, read_json
from analysis_patterns.patterns.accountability import Person
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from tests.covered import Covered

from .fhir import coded, observation

UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands after all that the documents tell of."""
    return FixedClock(datetime(2026, 11, 30, 9, tzinfo=UTC))


EXTENSION = {"extension": [{"url": "http://example.org/x", "valueString": "beside"}]}
DISPLAYED = {"coding": [{"system": LOINC, "code": "29463-7", "display": "Body weight", "userSelected": True}]}
CHOICES: dict[str, list[Any]] = {
    "status": ["final", "amended", "preliminary", "unknown"],
    "code": [
        DISPLAYED,
        {**DISPLAYED, "text": "Body weight"},
        {**DISPLAYED, "text": "mass", **EXTENSION},
        {
            "coding": [{"system": LOINC, "code": "29463-7", "version": "2"}, {"code": "w"}],
            "text": "Body weight",
        },
    ],
    "subject": [
        {"reference": "Patient/1", "display": "Ann"},
        {"reference": "Patient/1", "display": "Ann Smith"},
        {"reference": "Patient/1", "type": "Patient", "identifier": {"value": "7"}},
    ],
    "effectiveDateTime": ["2016-03-28", "2016", "2016-03-28T09:30:00.5Z", "2016-03-28T09:30:00+02:00"],
    "issued": [None, "2016-04-01T08:00:00Z"],
    "performer": [
        None,
        [{"reference": "Practitioner/2", "display": "Dr Hale"}],
        [{"display": "nobody"}, {"reference": "Practitioner/3"}],
        [{"reference": "Device/4"}],
    ],
    "method": [None, {"text": "scales"}, {**coded("scales", "7"), **EXTENSION}],
    "valueQuantity": [
        {"value": 80, "system": UCUM, "code": "kg"},
        {"value": 80, "unit": "kilos", "system": UCUM, "code": "kg"},
        {"value": 80, "unit": "kg", "system": UCUM, "code": "kg", **EXTENSION},
        {"value": 80, "unit": "kg", "system": "http://example.org/units", "code": "k"},
        {"value": 80, "comparator": "<", "system": UCUM, "code": "kg"},
        {"value": 80},
    ],
    "interpretation": [
        None,
        [{"text": "high"}],
        [coded("high", "H"), coded("critical")],
        [{"coding": coded("x", "H")["coding"]}],
    ],
    "referenceRange": [None, [{"text": "up to 70"}]],
    "derivedFrom": [None, [{"reference": "Observation/nobody"}]],
    "component": [
        None,
        [{"code": coded("fat"), "valueString": "much"}],
        [{"code": coded("dry"), "valueInteger": 3}],
    ],
    "note": [None, [{"text": "clothed"}]],
    "_issued": [None, EXTENSION],
    "code.text": [None, "Body weight"],
}
DOCUMENTS = st.fixed_dictionaries({key: st.sampled_from(choices) for key, choices in CHOICES.items()})


def leaves(tree: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    """Each value of a tree: its path, the key that it stands under, and itself."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            step = key if key.isidentifier() else json.dumps(key)
            for at, name, leaf in leaves(value, f"{path}.{step}"):
                yield at, name or key, leaf
    elif isinstance(tree, list):
        for n, value in enumerate(tree):
            yield from leaves(value, f"{path}[{n}]")
    else:
        yield path, "", tree


def spelled(key: str, value: Any) -> tuple[str, str]:
    """A leaf, in one spelling of instants and whole numbers."""
    if key in {"effectiveDateTime", "issued"} and "T" in str(value):
        value = datetime.fromisoformat(str(value)).astimezone(UTC).isoformat()
    return "value" if key == "valueInteger" else key, str(value)


def test_what_no_report_names_the_model_says(session: Session) -> None:
    covered = Covered()
    taken = 0

    @given(DOCUMENTS)
    @settings(max_examples=60, deadline=None)
    def holds(elements: dict[str, Any]) -> None:
        nonlocal taken
        taken += 1
        clerk = Person(name="Clerk")
        text = observation(id=f"n{taken}", **elements)

        report = import_fhir(session, text, subjects=References(session, learning=True), by=clerk)
        session.flush()

        told = [each.place.path for each in report.kept] + [each.place.path for each in report.left_out]
        covered.case(
            left_out=bool(report.left_out), kept=bool(report.kept), observed=bool(report.observations)
        )
        written = fhir_of(session, *report.observations)
        said = {spelled(key, leaf) for each in written for _, key, leaf in leaves(each, "")}
        said |= {("display", str(each["code"]["text"])) for each in written}
        said |= {
            ("status", "amended"),
            ("status", "unknown"),
            ("resourceType", "Observation"),
            ("id", f"n{taken}"),
        }
        unsaid = [
            (path, leaf)
            for path, key, leaf in leaves(read_json(text), "Observation")
            if not any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in told)
            and spelled(key, leaf) not in said
        ]
        assert unsaid == []

    holds()
    covered.enough()
