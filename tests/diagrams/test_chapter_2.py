"""2: the figure of accountability, drawn from its code, says what the book's figures 2.9 to 2.13 say."""

from __future__ import annotations

import re
from itertools import combinations
from math import hypot

import pytest

from analysis_patterns.diagrams import draw, type_graph
from analysis_patterns.diagrams.engine import engine
from analysis_patterns.diagrams.geometry import Box
from analysis_patterns.diagrams.labels import Label, placed
from analysis_patterns.diagrams.layout import Layout, laid_out
from analysis_patterns.diagrams.notation import picture_of
from analysis_patterns.patterns.picture import Mark

GRAPH = type_graph("analysis_patterns.patterns.accountability")
PICTURE = picture_of(GRAPH)


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

    assert int(size[0]) <= 1250
    assert int(size[1]) <= 1100


@pytest.fixture(scope="module")
def layout() -> Layout:
    """Where everything in the figure goes."""
    return laid_out(PICTURE, engine())


@pytest.fixture(scope="module")
def labels(layout: Layout) -> dict[Label, Box]:
    """Where every label of the figure goes."""
    return placed(PICTURE, layout)


def test_no_label_covers_a_box_or_another_label(layout: Layout, labels: dict[Label, Box]) -> None:
    boxes = [*layout.boxes.items(), *((label.text, box) for label, box in labels.items())]

    assert [(one, other) for (one, box), (other, its) in combinations(boxes, 2) if box.overlap(its) > 0] == []


def test_every_label_is_nearest_to_its_own_end_of_a_line(layout: Layout, labels: dict[Label, Box]) -> None:
    ends = {
        (index, where): [point for point, _ in route.resampled(2.0)][:: 1 if where == 0 else -1][:25]
        for index, route in enumerate(layout.routes)
        for where in (0.0, 1.0)
    }

    astray = [
        (label.text, PICTURE.edges[edge])
        for label, box in labels.items()
        for (edge, where), end in ends.items()
        if (edge, where) != (label.edge, label.where)
        and min(map(box.distance, end)) < min(map(box.distance, ends[label.edge, label.where]))
    ]

    assert astray == []


def test_no_line_runs_along_another(layout: Layout) -> None:
    ways = [[point for point, _ in route.resampled(2.0)] for route in layout.routes]

    for (edge, way), (other, its) in combinations(zip(PICTURE.edges, ways, strict=True), 2):
        is_one_triangle = (
            edge.tail == other.tail and edge.tail_end.mark is other.tail_end.mark is Mark.SUPERTYPE
        )
        beside = [point for point in way if any(hypot(point[0] - x, point[1] - y) < 4 for x, y in its)]
        # Lines that cross are that near for about eight points of their length.
        assert is_one_triangle or len(beside) * 2 < 24, (edge, other)


@pytest.mark.parametrize("name", ["PartyType", "Organization"])
def test_a_loop_is_to_the_right_of_its_box_with_each_label_at_its_own_half(
    name: str, layout: Layout, labels: dict[Label, Box]
) -> None:
    box = layout.boxes[GRAPH.named(name).key]
    [loop] = [
        index for index, edge in enumerate(PICTURE.edges) if edge.tail == edge.head == GRAPH.named(name).key
    ]

    upper, lower = (
        labels[label] for label in sorted(labels, key=lambda each: each.where) if label.edge == loop
    )

    assert all(x >= box.right - 0.1 for x, _ in layout.routes[loop].points())
    assert upper.left > box.right - 20
    assert upper.bottom >= box.centre[1] >= lower.top
