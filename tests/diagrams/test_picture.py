"""Domains describe pictures as plain data; an explanation is one of them."""

from __future__ import annotations

import pytest

from analysis_patterns.diagrams import draw
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.picture import Edge, End, Graph, Mark, Node, derived
from analysis_patterns.patterns.provenance import Explanation, graph


def test_a_picture_has_no_two_nodes_with_one_key() -> None:
    with pytest.raises(AnalysisPatternsError, match="the picture 't' has two nodes with one key"):
        Graph("t", (Node("a", "A"), Node("a", "B")))


@pytest.mark.parametrize("edge", [Edge("a", "b"), Edge("b", "a")])
def test_a_line_ends_at_nodes_of_the_picture(edge: Edge) -> None:
    with pytest.raises(AnalysisPatternsError, match="a line of 't' ends at no node: 'b'"):
        Graph("t", (Node("a", "A"),), (edge,))


def test_a_node_is_on_a_level_of_the_picture() -> None:
    with pytest.raises(AnalysisPatternsError, match="the picture 't' has no level 'up'"):
        Graph("t", (Node("a", "A", level="up"),), levels=("down",))


def test_pictures_are_values() -> None:
    assert Graph("t", (Node("a", "A"),)) == Graph("t", (Node("a", "A"),))
    assert len({Graph("t", (Node("a", "A"),)), Graph("t", (Node("a", "A"),))}) == 1


def test_a_function_marked_as_derived_is_still_itself() -> None:
    def double(amount: int) -> int:
        return amount * 2

    assert derived("1")(double) is double
    assert double(2) == 4


def test_an_explanation_is_drawn_from_the_conclusion_down() -> None:
    mile = Explanation("1 mi is 1.609344 km", by="the international mile")
    whole = Explanation("60 mi is 96.56064 km", by="conversion", because=(mile,))

    drawn = graph(whole)

    assert [(node.label, node.lines) for node in drawn.nodes] == [
        ("60 mi is 96.56064 km", ("conversion",)),
        ("1 mi is 1.609344 km", ("the international mile",)),
    ]
    assert [(edge.tail, edge.head, edge.head_end.mark) for edge in drawn.edges] == [("0", "1", Mark.ARROW)]
    assert drawn.title == "60 mi is 96.56064 km"
    assert drawn.description == str(whole)


def test_what_several_statements_rest_on_is_drawn_once() -> None:
    shared = Explanation("a record")
    whole = Explanation(
        "top",
        because=(Explanation("left", because=(shared, shared)), Explanation("right", because=(shared,))),
    )

    drawn = graph(whole)

    assert [node.label for node in drawn.nodes] == ["top", "left", "a record", "right"]
    assert [(edge.tail, edge.head) for edge in drawn.edges] == [
        ("0", "1"),
        ("0", "3"),
        ("1", "2"),
        ("3", "2"),
    ]
    assert drawn.nodes[2].lines == ()


def test_a_dashed_line_is_dashed_in_every_format() -> None:
    nodes = (Node("a", "A"), Node("b", "B"))
    dashed = Graph("t", nodes, (Edge("a", "b", head_end=End(mark=Mark.ARROW), dashed=True),))
    bare = Graph("t", nodes, (Edge("a", "b", dashed=True),))
    plain = Graph("t", nodes, (Edge("a", "b"),))

    assert "style=dashed" in draw(dashed, format="dot")
    assert "stroke-dasharray" in draw(dashed)
    assert "n0 -.-> n1" in draw(dashed, format="mermaid")
    assert "n0 -.- n1" in draw(bare, format="mermaid")
    assert "n0 --- n1" in draw(plain, format="mermaid")
    assert "stroke-dasharray" not in draw(plain)
