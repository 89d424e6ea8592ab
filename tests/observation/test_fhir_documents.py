"""
FHIR R4 documents are read as strictly as FHIR is, and keep every digit and every key in its order (3.4).

What breaks FHIR's own rules, or JSON's, is refused by name and path, all of it at once.
"""

from __future__ import annotations

import json
import pickle
import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.observation.interchange import FhirError, Number, read_fhir, read_json, write_json
from analysis_patterns.observation.interchange.instant import span_of
from analysis_patterns.patterns.constraint import ConstraintViolation
from tests.covered import Covered
from tests.refusals import refuses

from .fhir import EXAMPLES, FILES, bundle, coded, observation


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_published_example_is_written_as_it_was_read_to_the_last_byte(file: Path) -> None:
    (resource,) = read_fhir(file).resources

    assert resource.text == file.read_text(encoding="utf-8")


def test_a_folder_is_read_file_by_file_in_the_order_of_their_names() -> None:
    read = read_fhir(EXAMPLES)

    assert [each.place.file for each in read.resources] == [file.name for file in FILES]
    assert [each.content.id for each in read.resources if each.tree["resourceType"] == "RiskAssessment"] == [
        "prognosis"
    ]


@pytest.mark.parametrize("written", ["1.50", "185", "-0.0", "1.5e3", "1E-7", "0.10", "12345678901234567.89"])
def test_a_number_keeps_the_digits_it_is_written_with(written: str) -> None:
    tree = read_json(f'{{"value": {written}}}')

    assert tree == {"value": Number(written)}
    assert tree["value"].amount == Decimal(written)
    assert write_json(tree) == f'{{\n  "value": {written}\n}}'


JSON = st.recursive(
    st.one_of(
        st.text(max_size=5),
        st.booleans(),
        st.none(),
        st.from_regex(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?", fullmatch=True).map(
            Number
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_what_is_written_reads_back_the_same_whatever_it_is() -> None:
    covered = Covered()

    @given(JSON)
    @settings(max_examples=100)
    def holds(tree: Any) -> None:
        written = write_json(tree)
        covered.case(deep=written.count("  ") > 2, numbers="Number" in repr(tree), text='"' in written)

        again = read_json(written)

        assert again == tree
        assert write_json(again) == written

    holds()
    covered.enough()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{", "line 1, column 2"),
        ('{"a": 1, "a": 2}', "the key 'a' twice"),
        ("NaN", "NaN"),
        ('{"value": -Infinity}', "-Infinity"),
        ("[" * 100_000, "more than 40 objects and lists"),
        ('{"a": ' * 1000 + "1" + "}" * 1000, "more than 40 objects and lists"),
        ("[" + "1," * 100_001 + "1]", "more than 100,000 values"),
    ],
)
def test_refuses_json_that_is_broken_ambiguous_or_endless(text: str, found: str) -> None:
    with refuses("fhir.json") as refused:
        read_fhir(text)

    assert found in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ['"' + '\\"' * 2_000_000, '{"' + "a" * 4_000_000, '{"x": "' + "\\u0041" * 600_000 + '"}'],
    ids=["quotes", "no end", "escapes"],
)
def test_large_texts_are_told_apart_in_time(text: str) -> None:
    begun = time.monotonic()

    with pytest.raises(FhirError):
        read_fhir(text)

    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("blank", [" ", b" "], ids=["text", "bytes"])
def test_refuses_a_document_that_is_too_long(blank: str | bytes) -> None:
    with refuses("fhir.file") as refused:
        read_fhir(blank * (4 * 1024 * 1024 + 1), name="long.json")

    assert str(refused.value).startswith("long.json: fhir.file: found more than 4,194,304 bytes")


@pytest.mark.parametrize("content", [b"\xff\xfe{", b'{"a": "\xc3"}'])
def test_refuses_bytes_that_are_no_text(content: bytes) -> None:
    with refuses("fhir.file"):
        read_fhir(content)


def test_refuses_a_file_that_is_not_there_and_a_folder_without_documents(tmp_path: Path) -> None:
    for missing in (tmp_path / "none.json", tmp_path):
        with refuses("fhir.file") as refused:
            read_fhir(missing)
        assert len(refused.value.problems) == 1


def test_a_byte_order_mark_before_the_document_is_no_part_of_it() -> None:
    (resource,) = read_fhir(b"\xef\xbb\xbf" + observation().encode()).resources

    assert resource.content.id == "weight"


@pytest.mark.parametrize("value", ["1e400", "1E-39", "1" * 41, "0." + "1" * 40])
def test_refuses_a_number_that_is_none_to_reckon_with(value: str) -> None:
    text = observation().replace('"value": 80', f'"value": {value}')

    with refuses("number.exact") as refused:
        read_fhir(text)

    assert "Observation.valueQuantity.value: number.exact" in str(refused.value)


@pytest.mark.parametrize("said", ['"\\ud800"', '"a\\u0000b"', '""', '" "', "{}", "[]", "null"])
def test_refuses_text_that_no_database_holds_and_elements_that_say_nothing(said: str) -> None:
    text = observation(note="here").replace('"here"', said)

    with refuses("fhir.text") as refused:
        read_fhir(text)

    assert "Observation.note: fhir.text" in str(refused.value)
    str(refused.value).encode()  # what is shown of it can be printed


def test_refuses_a_key_that_no_database_holds() -> None:
    with refuses("fhir.text"):
        read_fhir(observation(note="here").replace('"note"', '"no\\u0000te"'))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"resourceType": "Patient"}', 'of type "Patient"'),
        ("[]", "of type null"),
        ("3", "of type null"),
        ('{"resourceType": "Bundle", "entry": 3}', "no list"),
        ('{"resourceType": "Bundle", "entry": [{}]}', "an entry that holds null"),
        ('{"resourceType": "Bundle", "entry": [' + "{}," * 1000 + "{}]}", "a list of 1,001"),
    ],
)
def test_refuses_what_is_neither_observation_nor_assessment_nor_bundle(text: str, found: str) -> None:
    with refuses("fhir.resource") as refused:
        read_fhir(text)

    assert found in str(refused.value)


def test_resources_of_other_types_in_a_bundle_are_told_of() -> None:
    read = read_fhir(bundle('{"resourceType": "Patient"}', observation(), urls=("urn:uuid:1", "urn:uuid:2")))

    assert [(place.path, kind) for place, kind in read.passed_over] == [
        ("Bundle.entry[0].resource", "a resource of type Patient")
    ]
    assert [each.names for each in read.resources] == [("Observation/weight", "urn:uuid:2")]


@pytest.mark.parametrize("element", ["status", "code"])
def test_refuses_an_observation_without_what_fhir_requires(element: str) -> None:
    with refuses("fhir.required") as refused:
        read_fhir(observation(**{element: None}))

    assert f"Observation.{element}: fhir.required" in str(refused.value)


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "finished"},
        {"code": "29463-7"},
        {"component": {"code": coded("a")}},
        {"valueQuantity": {"value": "80"}},
        {"valueQuantity": {"value": 80, "comparator": "~"}},
        {"effectiveDateTime": "28.3.2016"},
        {"effectiveDateTime": "2016-02-30"},
        {"effectiveDateTime": "2016-03-28T10:00:00"},
        {"effectiveDateTime": None, "effectiveInstant": "2016-03-28"},
        {"issued": "2016"},
        {"valueQuantity": None, "valueBoolean": "true"},
        {"valueQuantity": None, "valueInteger": 1.5},
        {"code": {"coding": [{"code": " blank"}]}},
    ],
)
def test_refuses_an_element_that_is_of_another_type(elements: dict[str, Any]) -> None:
    with refuses("fhir.type"):
        read_fhir(observation(**elements))


@pytest.mark.parametrize(
    "elements",
    [
        {"valueString": "heavy"},
        {"valueTime": "10:00:00"},
        {"effectiveInstant": "2016-03-28T10:00:00Z"},
        {"effectiveTiming": {"event": ["2016"]}},
        {"component": [{"code": coded("a"), "valueBoolean": True, "valueInteger": 1}]},
    ],
)
def test_refuses_a_second_value_and_a_second_time(elements: dict[str, Any]) -> None:
    with refuses("fhir.one-choice"):
        read_fhir(observation(**elements))


def test_refuses_a_value_beside_the_reason_why_there_is_none() -> None:
    reason = coded("not asked")
    part = {"code": coded("a"), "valueString": "x", "dataAbsentReason": reason}

    for elements in ({"dataAbsentReason": reason}, {"component": [part]}):
        with refuses("fhir.value-or-reason"):
            read_fhir(observation(**elements))


def test_refuses_a_value_that_a_component_of_the_same_code_has_as_well() -> None:
    weight = json.loads(observation())["code"]

    with refuses("fhir.value-once"):
        read_fhir(observation(component=[{"code": weight, "valueString": "80 kg"}]))


def test_refuses_a_reference_range_that_says_nothing_or_runs_downwards() -> None:
    for said in ({"type": coded("normal")}, {"low": {"value": 9}, "high": {"value": 8.5}}):
        with refuses("fhir.reference-range"):
            read_fhir(observation(referenceRange=[said]))


def test_refuses_the_code_of_a_unit_without_its_system() -> None:
    with refuses("fhir.coded-unit"):
        read_fhir(observation(valueQuantity={"value": 80, "code": "kg"}))


def test_refuses_a_period_that_ends_before_it_starts() -> None:
    period = {"start": "2016-03-28", "end": "2016-03-26"}

    with refuses("fhir.period"):
        read_fhir(observation(effectiveDateTime=None, effectivePeriod=period))


def test_refuses_a_probability_beyond_a_hundred() -> None:
    for prediction in ({"probabilityDecimal": 100.1}, {"probabilityRange": {"low": {"value": -1}}}):
        said = {
            "resourceType": "RiskAssessment",
            "status": "final",
            "subject": {"reference": "Patient/example"},
            "prediction": [{"outcome": coded("stroke"), **prediction}],
        }

        with refuses("fhir.probability"):
            read_fhir(json.dumps(said))


@pytest.mark.parametrize(
    "elements",
    [
        {"modifierExtension": [{"url": "http://example.org/not", "valueBoolean": True}]},
        {"implicitRules": "http://example.org/rules"},
        {"component": [{"code": coded("a"), "modifierExtension": [{"url": "http://example.org/not"}]}]},
    ],
)
def test_refuses_what_may_mean_the_opposite_of_what_it_says(elements: dict[str, Any]) -> None:
    with refuses("fhir.modified"):
        read_fhir(observation(**elements))


@pytest.mark.parametrize(
    "said",
    [
        {"implicitRules": "http://example.org/rules"},
        {"entry": [{"modifierExtension": [{"url": "x"}], "resource": json.loads(observation())}]},
        {
            "entry": [
                {"request": {"modifierExtension": [{"url": "x"}]}, "resource": {"resourceType": "Patient"}}
            ]
        },
    ],
)
def test_refuses_a_bundle_that_turns_the_meaning_of_its_resources_around(said: dict[str, Any]) -> None:
    with refuses("fhir.modified") as refused:
        read_fhir(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [], **said}))

    assert str(refused.value).startswith("Bundle.")


@pytest.mark.parametrize("value", ["1.0", "1E3", "1e0", "2147483648", "-2147483649"])
def test_refuses_an_integer_that_fhir_has_none_of(value: str) -> None:
    text = observation(valueQuantity=None, valueInteger=111).replace("111", value)

    with refuses("fhir.type") as refused:
        read_fhir(text)

    assert f"valueInteger {value}" in str(refused.value)


def test_all_that_is_wrong_is_said_at_once_each_with_its_place() -> None:
    wrong = bundle(observation(status="finished", subject=[]), observation(code=None, issued="2016"))

    with pytest.raises(FhirError) as raised:
        read_fhir(wrong, "{", name="mixed.json")

    assert [(str(each.place), each.rule.name) for each in raised.value.problems] == [
        ("mixed.json: Bundle.entry[0].resource.subject", "fhir.text"),
        ("mixed.json: Bundle.entry[1].resource.code", "fhir.required"),
        ("mixed.json: Bundle.entry[1].resource.issued", "fhir.type"),
        ("mixed.json", "fhir.json"),
    ]
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


def test_reading_ends_where_too_much_is_wrong() -> None:
    with pytest.raises(FhirError) as raised:
        read_fhir(observation(component=[{"code": 1}] * 2000))

    assert len(raised.value.problems) == 1000
    assert str(raised.value).endswith("and 980 more; reading ended there")


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("2012", "2012-01-01T00:00", "2013-01-01T00:00"),
        ("2012-12", "2012-12-01T00:00", "2013-01-01T00:00"),
        ("2012-02-29", "2012-02-29T00:00", "2012-03-01T00:00"),
        ("2014-12-11T04:44:16Z", "2014-12-11T04:44:16", "2014-12-11T04:44:16"),
        ("2014-12-11T04:44:16.5-05:30", "2014-12-11T10:14:16.5", "2014-12-11T10:14:16.5"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00", "2017-01-01T00:00"),
    ],
)
def test_a_time_is_as_long_as_it_is_written(written: str, start: str, end: str) -> None:
    assert span_of(written) == tuple(datetime.fromisoformat(f"{each}+00:00") for each in (start, end))


@pytest.mark.parametrize(
    "written",
    ["", "12", "2012-13", "2012-1", "2012-02-30", "2012-02-29T24:00:00Z", "2012-02-29T10:00Z",
     "2012-02-29T10:00:00+15:00", "2012-02-29T10:00:61Z", "0000", "9999", "\uff12012", "2012\n"],
)  # fmt: skip
def test_refuses_a_time_that_is_none(written: str) -> None:
    with pytest.raises(ConstraintViolation, match=r"fhir\.type"):
        span_of(written)
