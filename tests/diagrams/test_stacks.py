"""What hangs from one box only stands below it, one under the other, so that a chart is not too wide."""

from __future__ import annotations

from itertools import pairwise

import pytest

from analysis_patterns.diagrams.engine import engine
from analysis_patterns.diagrams.geometry import Box, Route
from analysis_patterns.diagrams.layout import Layout, laid_out
from analysis_patterns.diagrams.stacks import Fold
from analysis_patterns.patterns.picture import Edge, End, Graph, Mark, Node


def company(*more: Edge, below: int = 4) -> Graph:
    """A head with so many below, and other lines."""
    nodes = [Node("head", "Head"), *(Node(f"p{n}", f"Person number {n}") for n in range(below))]
    return Graph("company", tuple(nodes), (*(Edge("head", f"p{n}") for n in range(below)), *more))


SIZES = {f"p{n}": (20.0, 20.0) for n in range(3)}


def is_stacked(layout: Layout, *keys: str) -> bool:
    """Whether boxes stand one under the other, at one left edge."""
    boxes = [layout.boxes[key] for key in keys]
    return all(upper.left == lower.left and upper.bottom > lower.top for upper, lower in pairwise(boxes))


def test_what_hangs_from_one_box_by_bare_lines_is_stacked_below_it() -> None:
    layout = laid_out(company(), engine())

    assert is_stacked(layout, "p0", "p1", "p2", "p3")
    assert layout.boxes["p0"].top < layout.boxes["head"].bottom
    for n, route in enumerate(layout.routes):
        start, end = route.tips
        assert layout.boxes["head"].grown(1.0).holds(start)
        assert layout.boxes[f"p{n}"].grown(1.0).holds(end)


def test_two_stand_side_by_side() -> None:
    assert not is_stacked(laid_out(company(below=2), engine()), "p0", "p1")
    assert is_stacked(laid_out(company(below=3), engine()), "p0", "p1", "p2")


@pytest.mark.parametrize(
    "line",
    [
        Edge("p0", "p1"),
        Edge("p0", "p0"),
        Edge("p1", "p0", head_end=End(mark=Mark.ARROW)),
    ],
)
def test_what_has_other_lines_too_stands_by_itself(line: Edge) -> None:
    layout = laid_out(company(line), engine())

    assert not is_stacked(layout, "p0", "p2", "p3")


@pytest.mark.parametrize(
    "told",
    [
        {"label": "employs"},
        {"dashed": True},
        {"tail_end": End("boss")},
        {"head_end": End(mark=Mark.ARROW)},
    ],
)
def test_lines_that_say_something_are_drawn_each_by_itself(told: dict[str, object]) -> None:
    bare = company()
    said = tuple(Edge(edge.tail, edge.head, **told) for edge in bare.edges)  # type: ignore[arg-type]

    layout = laid_out(Graph("company", bare.nodes, said), engine())

    assert not is_stacked(layout, "p0", "p1", "p2", "p3")


def test_boxes_of_another_level_are_not_stacked_below_their_head() -> None:
    bare = company()
    nodes = (Node("head", "Head", level="up"), *(Node(f"p{n}", "P", level="down") for n in range(4)))

    layout = laid_out(Graph("company", nodes, bare.edges, levels=("up", "down")), engine())

    assert not is_stacked(layout, "p0", "p1", "p2", "p3")


def test_the_way_to_a_stack_runs_through_no_box_where_there_is_another() -> None:
    graph = Graph("company", (*company(below=3).nodes, Node("other", "Other")), company(below=3).edges)
    fold = Fold(graph)
    (stack,) = (node.key for node in fold.folded.nodes if node.key not in {"head", "other"})
    boxes = {
        "head": Box(0, 200, 40, 240),
        stack: Box(100, 0, 140, 100),
        "other": Box(60, 140, 90, 160),  # at half the height between the two
    }

    placed, routes = fold.unfolded(boxes, [Route.straight((20, 200), (120, 100), start=(20, 200))], SIZES)

    assert placed["p0"] == Box(118, 80, 138, 100)
    for route in routes:
        assert not any(boxes["other"].holds(point) for point in route.points())
        assert not any(boxes["other"].holds(point) for point, _ in route.resampled(4.0))
