"""2.5: a knowledge pack is one document; a bad one is refused whole, with each line and reason."""

import json
from datetime import date

import pytest

from analysis_patterns.patterns.accountability.accountability_type import Shape
from analysis_patterns.patterns.accountability.knowledge_document import (
    AccountabilityTypeDocument,
    Admission,
    PartyTypeDocument,
    kinds,
)
from analysis_patterns.patterns.knowledge import Header, Pack, PackError, pack_schema, parse_pack, read_pack
from analysis_patterns.patterns.time import Period

from .example import CHART, CLINIC, COFFEE


def refused(text: str) -> list[str]:
    """What the error says that reading `text` as a pack ends in, a line each."""
    with pytest.raises(PackError) as raised:
        parse_pack(text, file="clinic.yaml")
    return str(raised.value).split("\n")


def with_lines(*lines: str) -> str:
    """The clinic's pack with more lines at its end: the next one is line 13."""
    return CLINIC + "".join(f"{line}\n" for line in lines)


def test_reads_the_header() -> None:
    header = parse_pack(CLINIC).header

    assert header == Header(
        name="clinic", version="1.0", description="Who may treat whom", source="Analysis Patterns 2.5 and 2.6"
    )


def test_reads_the_documents_of_each_section_by_key() -> None:
    documents = parse_pack(CLINIC).documents

    assert documents == {
        "party_types": {
            "patient": PartyTypeDocument(name="patient"),
            "doctor": PartyTypeDocument(name="doctor"),
            "GP": PartyTypeDocument(name="GP", supertypes=("doctor",)),
        },
        "accountability_types": {
            "patient consent": AccountabilityTypeDocument(
                name="patient consent",
                commissioners=(Admission("patient"),),
                responsibles=(Admission("doctor"),),
            )
        },
        "product_types": {},
        "operating_scope_types": {},
    }


def test_levels_say_the_kind_and_both_sets() -> None:
    line = parse_pack(CHART).documents["accountability_types"]["line management"]

    assert line == AccountabilityTypeDocument(
        name="line management",
        kind="leveled",
        shape=Shape.TREE,
        levels=("operating unit", "region", "division", "sales office"),
        commissioners=(Admission("division"), Admission("operating unit"), Admission("region")),
        responsibles=(Admission("division"), Admission("region"), Admission("sales office")),
    )


def test_connections_say_both_sets_with_their_periods() -> None:
    support = parse_pack(CHART).documents["accountability_types"]["product support"]

    assert isinstance(support, AccountabilityTypeDocument)
    assert support.kind == "hierarchic"
    assert support.commissioners == (
        Admission("division", Period(date(1995, 1, 1), date(1996, 1, 1))),
        Admission("region"),
    )
    assert support.responsibles == (Admission("sales office"),)


def test_periods_that_meet_are_one() -> None:
    text = with_lines(
        "  - name: tutelage",
        "    commissioners: [patient]",
        "    responsibles:",
        "      - {type: GP, period: {start: 1996-01-01}}",
        "      - {type: GP, period: {end: 1996-01-01}}",
    )

    tutelage = parse_pack(text).documents["accountability_types"]["tutelage"]

    assert isinstance(tutelage, AccountabilityTypeDocument)
    assert tutelage.responsibles == (Admission("GP"),)


def test_reads_a_pack_from_a_file_and_names_the_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("packs") / "clinic.yaml"
    path.write_text(CLINIC)

    pack = read_pack(path)

    assert pack.file == str(path)
    assert pack.documents == parse_pack(CLINIC).documents


@pytest.mark.parametrize("text", [CLINIC, CHART, COFFEE])
def test_a_pack_written_and_read_again_is_the_same_pack(text: str) -> None:
    pack = parse_pack(text)

    again = parse_pack(pack.text())

    assert (again.header, again.documents) == (pack.header, pack.documents)


def test_writes_only_what_does_not_follow_from_the_rest() -> None:
    written = parse_pack(CHART).text()

    assert (
        written
        == """\
pack: {name: chart, version: '1.0'}
party_types:
- {name: operating unit}
- {name: region}
- {name: division}
- {name: sales office}
accountability_types:
- name: line management
  shape: tree
  levels: [operating unit, region, division, sales office]
- name: product support
  shape: dag
  connections:
  - commissioner: division
    responsible: sales office
    period: {start: '1995-01-01', end: '1996-01-01'}
  - {commissioner: region, responsible: sales office}
- name: sponsorship
  single_responsible: true
  commissioners:
  - type: division
    period: {start: '1995-01-01'}
  - region
  responsibles: [sales office]
"""
    )


def test_a_pack_made_in_code_is_written_like_any_other() -> None:
    header = Header(name="made", version="1", effective=date(1996, 1, 1))

    pack = Pack(header, {"party_types": {"doctor": PartyTypeDocument(name="doctor")}})

    assert pack.text() == (
        "pack: {name: made, version: '1', effective: '1996-01-01'}\nparty_types:\n- {name: doctor}\n"
    )


HEADER = "pack: {name: a, version: 1}\n"
SHORT = "Timestamp is not an exact date"
NO_DAY = "day value is outside expected range"
SECTIONS = "sections are pack, party_types, product_types, accountability_types, operating_scope_types"
NAMES = "allowed: text of 1 to 500 characters. Give the name as people read it."
SHORTENED = 'not {"name": "a", "kind": "hierarchic", "lev…'
BACKWARDS = (
    "period.order: found a period from 1996-01-02 to 1996-01-01; "
    "allowed: an end after the start; the end is not included. Swap the days, or end the period a day later."
)
DATE = "Input should be a valid date in the format YYYY-MM-DD,"


def dated(period: str) -> str:
    """The fields of an accountability type that admits a commissioner for a period."""
    return f"name: a, commissioners: [{{type: b, period: {period}}}]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a", '1: should be a mapping, not ["a"]'),
        ("{}", "1: 'pack' is missing"),
        ("pack: {name: a}", "1: pack: 'version' is missing"),
        ("pack: {name: a, version: true}", "1: pack.version: should be text, not true"),
        ("pack: {name: a, version: ''}", '1: pack.version: String should have at least 1 character, not ""'),
        ("pack: {name: a, version: 1, effective: 1995}", f'1: pack.effective: {DATE} {SHORT}, not "1995"'),
        (f"{HEADER}party_type: []", f"2: 'party_type' is not known here; {SECTIONS}"),
        (f"{HEADER}party_types: {{a: b}}", '2: party_types: should be a list, not {"a": "b"}'),
        (f"{HEADER}party_types:", "2: party_types: should be a list, not null"),
    ],
)
def test_refuses_a_document_that_is_no_pack(text: str, said: str) -> None:
    assert refused(text) == [f"clinic.yaml:{said}"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("", "[2]: 'name' is missing"),
        ("name: a, nam: b", "[2]: 'nam' is not known here"),
        ("name: [a]", '[2].name: should be text, not ["a"]'),
        ("name: null", "[2].name: should be text, not null"),
        ("name: ' '", f"[2].name: name.text: found a blank name; {NAMES}"),
        ("name: a, shape: ring", "[2].shape: Input should be 'network', 'tree' or 'dag', not \"ring\""),
        ("name: a, single_responsible: yes", '[2].single_responsible: should be true or false, not "yes"'),
        (
            "name: a, kind: hierarchic, levels: [b]",
            f"[2]: only the kind 'leveled' has levels, {SHORTENED}",
        ),
        ("name: a, commissioners: b", '[2].commissioners: should be a list, not "b"'),
        ("name: a, commissioners: [[b]]", '[2].commissioners[1]: should be text, not ["b"]'),
        ("name: a, commissioners: [{period: {}}]", "[2].commissioners[1]: 'type' is missing"),
        (dated("1996"), '[2].commissioners[1].period: should be a mapping, not "1996"'),
        (dated("{from: 1996-01-01}"), "[2].commissioners[1].period: 'from' is not known here"),
        (
            dated("{start: 1996-02-30}"),
            f'[2].commissioners[1].period.start: {DATE} {NO_DAY}, not "1996-02-30"',
        ),
        (dated("{start: 1996-01-02, end: 1996-01-01}"), f"[2].commissioners[1].period: {BACKWARDS}"),
        ("name: a, connections: [{commissioner: b}]", "[2].connections[1]: 'responsible' is missing"),
        ("name: patient consent", ": 'patient consent' a second time; the first is on line 10"),
    ],
)
def test_refuses_a_bad_piece_of_knowledge_and_says_where(fields: str, said: str) -> None:
    assert refused(with_lines(f"  - {{{fields}}}")) == [f"clinic.yaml:13: accountability_types{said}"]


def test_refuses_a_kind_that_there_is_not() -> None:
    (said,) = refused(with_lines("  - {name: a, kind: dag}"))

    assert said == (
        f"clinic.yaml:13: accountability_types[2]: no kind 'dag'; kinds are {', '.join(sorted(kinds()))}, "
        'not {"name": "a", "kind": "dag"}'
    )
    assert {"accountability_type", "hierarchic", "leveled"} <= set(kinds())


def test_names_every_fault_at_once_in_the_order_of_the_lines() -> None:
    assert refused(with_lines("  - {name: a, levels: b}", "  - {nam: c}")) == [
        'clinic.yaml:13: accountability_types[2].levels: should be a list, not "b"',
        "clinic.yaml:14: accountability_types[3]: 'name' is missing",
        "clinic.yaml:14: accountability_types[3]: 'nam' is not known here",
    ]


def test_keeps_the_name_of_a_broken_rule() -> None:
    with pytest.raises(PackError) as raised:
        parse_pack(with_lines("  - {name: ''}"))

    assert [problem.rule for problem in raised.value.problems] == ["name.text"]


def test_a_number_for_a_name_is_a_name() -> None:
    pack = parse_pack("pack: {name: a, version: 1}\nparty_types: [{name: 1100}, {name: 010}, {name: NO}]")

    assert list(pack.documents["party_types"]) == ["1100", "010", "NO"]


def test_says_in_json_schema_what_a_pack_may_hold() -> None:
    schema = pack_schema()

    assert schema["required"] == ["pack"]
    assert schema["additionalProperties"] is False
    assert {"pack", "party_types", "accountability_types"} <= set(schema["properties"])
    admissions = schema["$defs"]["AccountabilityTypeDocument"]["properties"]["commissioners"]["items"]
    assert [form["type"] for form in admissions["oneOf"]] == ["object", "string"]
    assert json.loads(json.dumps(schema)) == schema
