"""10.5 in knowledge packs: types of term and of contract are loaded, compared and exported without loss."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from analysis_patterns.patterns import Session
from analysis_patterns.patterns.knowledge import PackError, diff, export, load, parse_pack
from analysis_patterns.patterns.knowledge.section import sections
from analysis_patterns.trading import ContractType, TermType, ValueKind

from .weather import Weather

PACK = """\
pack: {name: weather, version: 1.0}
term_types:
  - name: station
    kind: choice
    choices: [New York LaGuardia, Boston Logan]
  - name: strike degree days
    kind: number
  - name: tick
    kind: money
    unit: USD
contract_types:
  - name: degree day option
    supertypes: [weather index]
    mandatory: [strike degree days, tick]
  - name: weather index
    mandatory: [station]
"""
OTHERS = {
    "station": "place",
    "weather index": "other index",
    "strike degree days": "strike",
    "tick": "step",
    "degree day option": "other",
}


def test_a_pack_is_loaded_and_exported_without_loss(session: Session) -> None:
    load(parse_pack(PACK), session)
    session.commit()

    option = session.scalars(select(ContractType).filter_by(name="degree day option")).one()
    assert {each.name for each in option.mandatory_term_types()} == {"station", "strike degree days", "tick"}
    assert session.scalars(select(TermType.kind).filter_by(name="tick")).one() is ValueKind.MONEY
    assert not diff(parse_pack(PACK), session)
    header = parse_pack(PACK).header
    exported = export(session, header)
    assert parse_pack(exported).documents == parse_pack(PACK).documents
    assert load(parse_pack(exported), session).__bool__() is False


def test_a_pack_may_offer_more_choices_and_other_terms(session: Session) -> None:
    load(parse_pack(PACK), session)
    session.commit()
    more = PACK.replace("Boston Logan]", "Boston Logan, Paris]").replace(
        "    mandatory: [station]", "    optional: [station]"
    )

    load(parse_pack(more), session, replace=True)
    session.commit()
    session.expire_all()

    station = session.scalars(select(TermType).filter_by(name="station")).one()
    index = session.scalars(select(ContractType).filter_by(name="weather index")).one()
    assert station.names == ("New York LaGuardia", "Boston Logan", "Paris")
    assert index.term_types() == {station}
    assert not index.mandatory_term_types()


def test_a_pack_may_take_terms_and_supertypes_away_while_no_contract_has_them(session: Session) -> None:
    load(parse_pack(PACK), session)
    session.commit()
    less = PACK.replace("    supertypes: [weather index]\n", "").replace(", tick]", "]")

    load(parse_pack(less), session, replace=True)
    session.commit()
    session.expire_all()

    option = session.scalars(select(ContractType).filter_by(name="degree day option")).one()
    assert {each.name for each in option.term_types()} == {"strike degree days"}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Logan, ", "Logan"),
        ("kind: number", "kind: text"),
        ("unit: USD", "unit: EUR"),
        ("[New York LaGuardia, ", "["),
    ],
)
def test_a_pack_changes_no_type_of_term_into_something_else(session: Session, right: str, wrong: str) -> None:
    load(parse_pack(PACK), session)
    session.commit()
    if right == "Logan, ":
        right, wrong = "LaGuardia, Boston Logan", "LaGuardia"

    with pytest.raises(PackError) as refused:
        load(parse_pack(PACK.replace(right, wrong)), session, replace=True)

    assert [each.rule for each in refused.value.problems] == ["term-type.kept"]


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("    unit: USD\n", "", "term-type.unit"),
        ("    choices: [New York LaGuardia, Boston Logan]\n", "", "term-type.choices"),
        ("    mandatory: [station]", "    supertypes: [degree day option]", "contract-type.acyclic"),
        (
            "    mandatory: [station]",
            "    mandatory: [station]\n    optional: [station]",
            "contract-type.one-rule",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(session: Session, right: str, wrong: str, rule: str) -> None:
    with pytest.raises(PackError) as refused:
        load(parse_pack(PACK.replace(right, wrong)), session)

    (problem,) = refused.value.problems
    assert problem.rule == rule
    assert problem.line > 1
    assert session.scalars(select(TermType)).all() == []


def test_a_pack_says_which_term_it_names_that_nobody_knows(session: Session) -> None:
    with pytest.raises(PackError, match=r"did you mean 'tick'"):
        load(parse_pack(PACK.replace("degree days, tick]", "degree days, tik]")), session)


def test_what_no_contract_makes_use_of_can_be_found(session: Session) -> None:
    weather = Weather()
    used = weather.agreed(weather.rain)
    another = PACK
    for known, other in OTHERS.items():
        another = another.replace(known, other)
    load(parse_pack(another), session)
    session.add_all([*weather.all, used])
    session.commit()

    found = {section.name: set(section.unused(session)) for section in sections()}

    assert found["term_types"] == {"place", "strike", "step", "rain"}
    assert found["contract_types"] == {"other", "other index"}
