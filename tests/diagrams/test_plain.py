"""Dataclasses and pydantic models are drawn by their fields."""

from __future__ import annotations

from dataclasses import dataclass

from analysis_patterns.diagrams import Inheritance, Kind, type_graph

GRAPH = type_graph("tests.diagrams.sample_plain")


def ends(source: str) -> dict[str, tuple[str, str]]:
    """What leads away from a type: by role, the type and how many."""
    return {
        each.target.role: (each.target.type.split(":")[1], str(each.target.multiplicity))
        for each in GRAPH.associations
        if each.source.type.endswith(f":{source}")
    }


def test_dataclasses_are_values_and_models_are_documents() -> None:
    assert GRAPH.named("Point").kind is Kind.VALUE
    assert GRAPH.named("Drawing").kind is Kind.DOCUMENT


def test_a_field_that_holds_none_of_them_is_an_attribute() -> None:
    attributes = {each.name: each for each in GRAPH.named("Point").attributes}

    assert list(attributes) == ["x", "y", "colour"]
    assert attributes["x"].type == "int"
    assert attributes["colour"].choices == ("red", "blue")


def test_an_attribute_says_whether_it_may_be_missing() -> None:
    [label] = GRAPH.named("Shape").attributes

    assert (label.name, label.type, label.optional) == ("label", "str", True)


def test_a_field_that_holds_one_of_them_is_an_association() -> None:
    assert ends("Shape") == {
        "middle": ("Point", "1"),
        "corners": ("Point", "*"),
        "named": ("Point", "*"),
        "inside": ("Shape", "0..1"),
    }


def test_wrappers_and_nesting_are_seen_through() -> None:
    assert ends("Drawing")["shapes"] == ("Shape", "1..*")
    assert ends("Drawing")["rows"] == ("Point", "*")
    assert ends("Drawing")["cover"] == ("Point", "0..1")


def test_nothing_tells_how_many_hold_one() -> None:
    assert {str(each.source.multiplicity) for each in GRAPH.associations} == {"*"}


def test_a_subtype_repeats_nothing_of_its_supertype() -> None:
    [square] = GRAPH.generalizations

    assert (square.supertype.split(":")[1], square.subtype.split(":")[1]) == ("Shape", "Square")
    assert square.inheritance is Inheritance.PLAIN
    assert [each.name for each in GRAPH.named("Square").attributes] == ["side"]


def test_a_class_can_hide() -> None:
    assert "Hidden" not in [each.name for each in GRAPH.types]


@dataclass(frozen=True)
class Unresolved:
    """A value with an annotation that nothing can resolve."""

    field: Nowhere  # type: ignore[name-defined]  # noqa: F821


def test_an_annotation_that_cannot_be_resolved_is_shown_as_written() -> None:
    graph = type_graph(Unresolved)

    assert [(each.name, each.type) for each in graph.types[0].attributes] == [("field", "Nowhere")]
