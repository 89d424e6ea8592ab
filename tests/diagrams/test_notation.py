"""The book's notation and UML's show the same graph: levels, roles, multiplicities, what is derived."""

from __future__ import annotations

from dataclasses import replace

from analysis_patterns.diagrams import (
    Association,
    AssociationEnd,
    Attribute,
    Multiplicity,
    Notation,
    Type,
    TypeGraph,
    type_graph,
)
from analysis_patterns.diagrams.notation import picture_of
from analysis_patterns.patterns.constraint import RULES
from analysis_patterns.patterns.picture import Edge, End, Graph, Mark, Node, Shape

from . import sample

GRAPH = type_graph(sample)
BOOK = picture_of(GRAPH)
UML = picture_of(GRAPH, Notation.UML)


def node(picture: Graph, name: str) -> Node:
    """A box, by the name of its type."""
    return next(each for each in picture.nodes if each.key.endswith(f":{name}"))


def line(picture: Graph, tail: str, head: str, role: str) -> Edge:
    """A line between two boxes, by a label at one of its ends."""
    return next(
        each
        for each in picture.edges
        if each.tail.endswith(f":{tail}")
        and each.head.endswith(f":{head}")
        and role in (each.tail_end.label, each.head_end.label)
    )


def test_the_knowledge_level_stands_above_the_operational_one() -> None:
    assert BOOK.levels == UML.levels == ("Knowledge level", "Operational level")
    assert node(BOOK, "ProductType").level == "Knowledge level"
    assert node(BOOK, "Line").level == "Operational level"
    assert node(BOOK, "Tag").level == ""


def test_a_line_between_the_levels_leads_down() -> None:
    downwards = [
        each for each in BOOK.edges if each.tail.endswith(":ProductType") and each.head.endswith(":Line")
    ]

    assert len(downwards) == 1
    assert not [
        each for each in BOOK.edges if each.tail.endswith(":Line") and each.head.endswith(":ProductType")
    ]


def test_the_book_writes_names_as_words_in_rounded_boxes() -> None:
    product_type = node(BOOK, "ProductType")

    assert (product_type.label, product_type.shape) == ("Product Type [14.1]", Shape.ROUNDED)
    assert product_type.lines == ("name: String", "/ margin: Number [0..1]")


def test_uml_writes_names_as_they_are_in_square_boxes() -> None:
    product_type = node(UML, "ProductType")

    assert (product_type.label, product_type.shape) == ("ProductType [14.1]", Shape.BOX)
    assert product_type.lines == ("id: int {id}", "name: str", "/margin: Decimal [0..1]")


def test_few_choices_are_spelled_out() -> None:
    assert node(BOOK, "Purchase").lines[-1] == "state: {OPEN, SHIPPED}"
    assert node(UML, "Purchase").lines[-1] == "state: State {OPEN, SHIPPED}"


def test_many_choices_and_many_attributes_are_not() -> None:
    choices = Attribute("state", "State", choices=tuple("abcdef"))
    wide = Type("m:Wide", "Wide", attributes=(choices, *(Attribute(f"a{n}", "int") for n in range(29))))

    lines = picture_of(TypeGraph("wide", [wide])).nodes[0].lines

    assert lines[0] == "state: State"
    assert lines[-2:] == ("a17: Integer", "and 11 more")


def test_an_abstract_type_says_so() -> None:
    assert node(BOOK, "Customer").label == node(UML, "Customer").label == "Customer [abstract]"


def test_the_book_marks_the_ends_of_lines() -> None:
    parent = line(BOOK, "ProductType", "ProductType", "parent")

    assert parent.tail_end == End("children", Mark.MANY)
    assert parent.head_end == End("parent", Mark.OPTIONAL)


def test_the_book_leaves_out_a_role_that_says_no_more_than_the_type() -> None:
    [lines] = [each for each in BOOK.edges if each.head.endswith(":Line") and each.tail.endswith(":Purchase")]

    assert (lines.tail_end, lines.head_end) == (End("", Mark.ONE), End("", Mark.MANY))


def test_the_book_writes_a_multiplicity_that_has_no_mark() -> None:
    assert line(BOOK, "Purchase", "Customer", "2..*").tail_end == End("2..*", Mark.MANY)


def test_uml_writes_roles_and_multiplicities() -> None:
    ordered = line(UML, "Purchase", "Customer", "purchases 2..* {ordered}")

    assert (ordered.tail_end.mark, ordered.head_end) == (Mark.NONE, End("customer 1"))


def test_what_is_derived_has_a_stroke() -> None:
    assert line(BOOK, "ProductType", "ProductType", "/ all types").head_end.mark is Mark.SOME
    assert line(UML, "ProductType", "ProductType", "/all_types 1..*")


def test_a_list_says_so_where_it_has_a_role() -> None:
    stages = AssociationEnd("m:Stage", Multiplicity(0, None), "phases", ordered=True)
    plan = AssociationEnd("m:Plan", Multiplicity(1, 1))
    types = [Type("m:Plan", "Plan"), Type("m:Stage", "Stage")]

    named = picture_of(TypeGraph("t", types, [Association(plan, stages)]))
    unnamed = picture_of(TypeGraph("t", types, [Association(plan, replace(stages, role="stages"))]))

    assert named.edges[0].head_end.label == "phases [list]"
    assert unnamed.edges[0].head_end.label == ""


def test_a_subtype_hangs_below_its_supertype() -> None:
    [person] = [each for each in BOOK.edges if each.head.endswith(":Person")]

    assert person.tail.endswith(":Customer")
    assert person.tail_end == End(mark=Mark.SUPERTYPE)
    assert person.note == "subtype, kept in single table"


def test_a_pointing_reader_is_told_both_directions() -> None:
    assert line(BOOK, "ProductType", "ProductType", "parent").note == (
        "Each Product Type has at most one parent (Product Type). "
        "Each Product Type has any number of children (Product Type)."
    )
    assert line(BOOK, "Purchase", "Customer", "2..*").note == (
        "Each Purchase has one customer (Customer). Each Customer has 2..* purchases (Purchase), in order."
    )


def test_a_pointing_reader_is_told_what_a_type_is() -> None:
    assert node(BOOK, "ProductType").note == "Product Type (Analysis Patterns 14.1): A kind of product."
    assert node(BOOK, "Tag").note == "Tag"


def test_whoever_cannot_see_it_is_told_everything() -> None:
    assert BOOK.description.startswith("Company is a kind of Customer. Person is a kind of Customer. ")
    assert "Each Product Type has one or more all types (Product Type), derived." in BOOK.description


def test_a_neighbour_is_drawn_dashed_and_without_attributes() -> None:
    around_line = picture_of(type_graph(sample.Line))

    assert node(around_line, "Purchase").outside
    assert node(around_line, "Purchase").lines == ()
    assert not node(around_line, "Line").outside


def test_the_rules_of_the_drawn_patterns_can_stand_below() -> None:
    rule = next(iter(RULES.values()))
    drawn = Type("analysis_patterns.patterns.m:Drawn", "Drawn", pattern=rule.pattern)
    outside = replace(drawn, outside=True)

    assert f"{rule.name}: {rule.says}" in picture_of(TypeGraph("t", [drawn]), rules=True).remarks
    assert picture_of(TypeGraph("t", [outside]), rules=True).remarks == ()
    assert picture_of(TypeGraph("t", [drawn])).remarks == ()
