"""2: the figure of accountability, drawn from its code, says what the book's figures 2.9 to 2.13 say."""

from __future__ import annotations

import re

import pytest

from analysis_patterns.diagrams import draw, type_graph
from analysis_patterns.diagrams.engine import engine
from analysis_patterns.diagrams.labels import placed
from analysis_patterns.diagrams.layout import laid_out
from analysis_patterns.diagrams.notation import picture_of

GRAPH = type_graph("analysis_patterns.patterns.accountability")


def lines() -> set[str]:
    """Every association as text, from its source to its target."""
    return {
        f"{GRAPH.named(each.source.type).name} {each.source.multiplicity} - {each.target.multiplicity} "
        f"{GRAPH.named(each.target.type).name} : {'/' if each.target.derived else ''}{each.target.role}"
        for each in GRAPH.associations
    }


@pytest.mark.parametrize(
    "line",
    [
        "Accountability * - 1 Party : commissioner",
        "Accountability * - 1 Party : responsible",
        "Accountability * - 1 AccountabilityType : type",
        "AccountabilityType * - 1..* PartyType : commissioners",
        "AccountabilityType * - 1..* PartyType : responsibles",
        "OperatingScope * - 1 Accountability : accountability",
        "OrganizationStructure * - 1 Organization : /parent",
        "OrganizationStructure * - 1 Organization : /subsidiary",
    ],
)
def test_draws_the_associations_of_the_book(line: str) -> None:
    assert line in lines()


def test_a_party_type_has_supertypes_in_any_number() -> None:
    [ends] = [
        (each.source, each.target)
        for each in GRAPH.associations
        if each.source.type == each.target.type == GRAPH.named("PartyType").key
    ]

    assert {(end.role, str(end.multiplicity)) for end in ends} == {("supertypes", "*"), ("subtypes", "*")}


def test_draws_the_subtypes_of_the_book() -> None:
    subtypes = {(each.supertype.split(":")[1], each.subtype.split(":")[1]) for each in GRAPH.generalizations}

    assert {
        ("Party", "Person"),
        ("Party", "Organization"),
        ("Party", "Post"),
        ("AccountabilityType", "HierarchicAccountabilityType"),
        ("AccountabilityType", "LeveledAccountabilityType"),
        ("OperatingScope", "SalesTerritory"),
    } <= subtypes


def test_every_type_is_on_one_of_the_two_levels() -> None:
    levels = {each.name: each.level for each in GRAPH.types}

    assert set(levels.values()) == {"knowledge", "operational"}
    assert levels["AccountabilityType"] == levels["PartyType"] == "knowledge"
    assert levels["Accountability"] == levels["Party"] == "operational"


def test_how_versions_are_kept_is_no_part_of_the_figure() -> None:
    names = {attribute.name for each in GRAPH.types for attribute in each.attributes}

    assert "period" in names
    assert not {"known_from", "known_to", "revision"} & names


def test_a_period_is_drawn_as_what_it_is() -> None:
    types = {each.type for type_ in GRAPH.types for each in type_.attributes if each.name == "period"}

    assert types == {"Period"}


def test_fits_one_page() -> None:
    [size] = re.findall(r'<svg [^>]*width="(\d+)pt" height="(\d+)pt"', draw(GRAPH))

    assert int(size[0]) < 1400
    assert int(size[1]) < 1400


def test_no_label_covers_a_box() -> None:
    picture = picture_of(GRAPH)
    layout = laid_out(picture, engine())

    labels = placed(picture, layout)

    assert [
        (label.text, key)
        for label, place in labels.items()
        for key, box in layout.boxes.items()
        if place.overlap(box) > 1
    ] == []
