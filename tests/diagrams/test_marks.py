"""What an application makes of the patterns is marked in its pictures: what a type is, says, refers to."""

from __future__ import annotations

import pytest

from analysis_patterns.diagrams import (
    Generalization,
    Inheritance,
    Notation,
    PatternMark,
    Type,
    TypeGraph,
    draw,
    marks_of,
    type_graph,
)
from analysis_patterns.diagrams.notation import picture_of

from . import sample_application as application


@pytest.fixture(scope="module")
def graph() -> TypeGraph:
    return type_graph(application)


def test_a_subtype_of_ours_comes_from_the_pattern_of_its_supertype(graph: TypeGraph) -> None:
    assert marks_of(graph)[f"{application.__name__}:Plumber"] == (PatternMark("2.1", "is a Person"),)


def test_what_refers_to_ours_is_marked_with_what_for(graph: TypeGraph) -> None:
    assert marks_of(graph)[f"{application.__name__}:Job"] == (
        PatternMark("2.1", "refers to Party as client"),
        PatternMark("2.4", "refers to Accountability as warranty"),
    )


def test_what_says_so_itself_is_marked(graph: TypeGraph) -> None:
    assert marks_of(graph)[f"{application.__name__}:Visit"] == (PatternMark("8.1", "says so itself"),)


def test_what_has_nothing_to_do_with_a_pattern_has_no_mark(graph: TypeGraph) -> None:
    assert f"{application.__name__}:Van" not in marks_of(graph)


def test_the_types_of_this_library_are_the_patterns_and_have_no_marks(graph: TypeGraph) -> None:
    assert {key.split(":")[0] for key in marks_of(graph)} == {application.__name__}
    assert marks_of(type_graph("analysis_patterns.patterns.accountability.party")) == {}


@pytest.mark.parametrize("notation", list(Notation))
def test_a_picture_names_the_patterns_it_draws_on(graph: TypeGraph, notation: Notation) -> None:
    picture = picture_of(graph, notation)

    labels = {node.label for node in picture.nodes}
    assert {"Plumber [2.1]", "Party [2.1]", "Visit [8.1]", "Job", "Van"} <= labels
    assert picture.remarks == (
        "Patterns: [2.1] Party, [2.4] Accountability, [8.1] Proposed and Implemented Action",
    )


def test_whoever_points_at_a_type_is_told_where_it_comes_from(graph: TypeGraph) -> None:
    notes = {node.key.split(":")[1]: node.note for node in picture_of(graph).nodes}

    assert notes["Job"] == (
        "Job: Work for a client. It refers to Party as client (2.1). "
        "It refers to Accountability as warranty (2.4)."
    )
    assert notes["Visit"] == "Visit (Analysis Patterns 8.1): Somebody goes there."
    assert "Plumber [2.1]" in draw(graph)


def test_a_picture_of_this_library_is_not_marked() -> None:
    picture = picture_of(type_graph("analysis_patterns.patterns.accountability.party"))

    assert not [node.label for node in picture.nodes if "[" in node.label and "abstract" not in node.label]
    assert picture.remarks == ()


def test_a_subtype_of_ours_that_says_another_pattern_comes_from_both() -> None:
    ours = Type("analysis_patterns.patterns.accountability.party:Person", "Person", pattern="2.1")
    theirs = Type("shop:Seller", "Seller", pattern="8.6")
    kind = Generalization(ours.key, theirs.key, Inheritance.JOINED)

    assert marks_of(TypeGraph("shop", [ours, theirs], [kind])) == {
        "shop:Seller": (PatternMark("2.1", "is a Person"), PatternMark("8.6", "says so itself"))
    }


def test_a_subtype_of_an_applications_own_type_comes_from_what_that_comes_from() -> None:
    plumber = Type("shop:Plumber", "Plumber", pattern="2.1")
    apprentice = Type("shop:Apprentice", "Apprentice", pattern="2.1")
    kind = Generalization(plumber.key, apprentice.key, Inheritance.JOINED)

    marks = marks_of(TypeGraph("shop", [plumber, apprentice], [kind]))

    assert marks["shop:Apprentice"] == (PatternMark("2.1", "is a Plumber"),)
