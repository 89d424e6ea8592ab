"""Puts a laid-out picture on its sheet: labels in their places, the line between levels, a legend."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import graphviz

from ..patterns.picture import Graph, Mark
from .colours import CHANGES, MEANINGS
from .dot import (
    ARROW_LENGTHS,
    ARROWS,
    BAND,
    FAINT,
    INK,
    PAPER,
    add_edge,
    add_node,
    begun,
    names_of,
)
from .geometry import Box, Point, at
from .labels import LABEL_HEIGHT, Label, placed
from .layout import Layout, laid_out
from .pen import draw_line, draw_text
from .room import SMALL_SIZE
from .text import shown, width_of, wrapped

_MARGIN = 14.0
_LINE = 15.0
_SAMPLE = 40.0
_NARROWEST = 380.0
_MIDDLE = 0.5
_LEGEND = {
    Mark.ONE: "one",
    Mark.OPTIONAL: "zero or one",
    Mark.MANY: "any number",
    Mark.SOME: "one or more",
    Mark.SUPERTYPE: "supertype",
}
_MULTIPLICITIES = {Mark.ONE, Mark.OPTIONAL, Mark.MANY, Mark.SOME}


def sheet(graph: Graph, program: Path) -> str:
    """
    DOT in which everything has its position, for `program -Kneato -n2` to draw.

    Errors: `EngineError` where the engine fails.
    """
    layout = laid_out(graph, program)
    labels = placed(graph, layout)
    extent = _extent([*layout.boxes.values(), *labels.values(), *layout.frames.values()], layout)
    source = begun()
    source.attr(splines="true", pad="0.15")
    _draw_frames(source, layout)
    _draw_levels(source, graph, layout, extent)
    _draw_graph(source, graph, layout, labels)
    foot = _draw_legend(source, graph, extent)
    _draw_remarks(source, graph, extent, foot)
    return str(source.source)


def _draw_frames(source: graphviz.Digraph, layout: Layout) -> None:
    captions = layout.captions()
    for index, (cluster, frame) in enumerate(layout.frames.items()):
        width, height = frame.size
        source.node(
            f"frame{index}", label="", pos=at(frame.centre), shape="box", style="rounded,filled", color=BAND,
            fillcolor=BAND, fixedsize="true", width=f"{width / 72:.3f}", height=f"{height / 72:.3f}",
        )  # fmt: skip
        draw_text(source, shown(cluster), captions[cluster], FAINT)


def _extent(boxes: list[Box], layout: Layout) -> Box:
    points = [point for route in layout.routes for point in route.points()]
    xs = [x for box in boxes for x in (box.left, box.right)] + [x for x, _ in points]
    ys = [y for box in boxes for y in (box.bottom, box.top)] + [y for _, y in points]
    left, right = min(xs, default=0.0), max(xs, default=0.0)
    return Box(left, min(ys, default=0.0), max(right, left + _NARROWEST), max(ys, default=0.0))


def _draw_graph(source: graphviz.Digraph, graph: Graph, layout: Layout, labels: dict[Label, Box]) -> None:
    names = names_of(graph)
    for node in graph.nodes:
        box = layout.boxes[node.key]
        add_node(source, names[node.key], node, box.size, pos=at(box.centre))
    for index, (edge, route) in enumerate(zip(graph.edges, layout.routes, strict=True)):
        add_edge(source, names, index, edge, pos=str(route))
    # Nodes come after the lines that were written before them: a label covers what it could not avoid.
    for label, box in labels.items():
        change = graph.edges[label.edge].change
        colour = CHANGES[change].light if change and label.where == _MIDDLE else INK
        draw_text(source, label.text, box, colour, style="filled", fillcolor=PAPER)


def _draw_levels(source: graphviz.Digraph, graph: Graph, layout: Layout, extent: Box) -> None:
    """A dashed line between each level and the next, with their names on it, clear of other lines."""
    points = [point for route in layout.routes for point in route.points()]
    boxes = {
        level: [layout.boxes[node.key] for node in graph.nodes if node.level == level]
        for level in graph.levels
    }
    occupied = [level for level in graph.levels if boxes[level]]
    for index, (upper, lower) in enumerate(pairwise(occupied)):
        y = (min(box.bottom for box in boxes[upper]) + max(box.top for box in boxes[lower])) / 2
        ends = (extent.left - _MARGIN, y), (extent.right + _MARGIN, y)
        draw_line(source, f"level{index}", *ends, style="dashed", color=FAINT)
        for caption, middle in ((upper, y + _LINE * 0.7), (lower, y - _LINE * 0.7)):
            box = _free(caption, middle, extent, points)
            draw_text(source, caption, box, FAINT)


def _free(text: str, y: float, extent: Box, points: list[Point]) -> Box:
    """A box for a caption at height `y`, as far to the left as no line is in its way."""
    width = width_of(text, SMALL_SIZE) + 4
    left = extent.left - _MARGIN
    near = [x for x, other in points if abs(other - y) < _LINE * 2]
    while left + width < extent.right and any(left - 4 < x < left + width + 4 for x in near):
        left += 4
    return Box.around((left + width / 2, y), width, LABEL_HEIGHT)


def _draw_legend(source: graphviz.Digraph, graph: Graph, extent: Box) -> float:
    """What the signs mean that are used here, in rows below the picture; how far down they reach."""
    x, y = extent.left, extent.bottom - _MARGIN * 2
    explained = [*((mark, text, FAINT) for mark, text in _signs(graph)), *_changes(graph)]
    for mark, meaning, colour in explained:
        sample = _SAMPLE if mark else 0.0
        width = width_of(meaning, SMALL_SIZE) + 4
        if x + sample + width > extent.right:
            x, y = extent.left, y - _LINE * 1.4
        if mark:
            _draw_sample(source, mark, (x, y))
        draw_text(source, meaning, Box.around((x + sample + width / 2, y), width, LABEL_HEIGHT), colour)
        x += sample + width + _MARGIN
    return y if explained else extent.bottom


def _signs(graph: Graph) -> list[tuple[Mark | None, str]]:
    """The signs to explain; a picture without multiplicity marks is in nobody's private notation."""
    ends = [end for edge in graph.edges for end in (edge.tail_end, edge.head_end)]
    used = {end.mark for end in ends}
    if not used & _MULTIPLICITIES:
        return []
    signs: list[tuple[Mark | None, str]] = [(mark, text) for mark, text in _LEGEND.items() if mark in used]
    lines = [*(end.label for end in ends), *(line for node in graph.nodes for line in node.lines)]
    if any(line.startswith("/") for line in lines):
        signs.append((None, "/ derived"))
    if any(node.outside for node in graph.nodes):
        signs.append((None, "dashed: a neighbour"))
    return signs


def _changes(graph: Graph) -> Iterator[tuple[None, str, str]]:
    used = {edge.change for edge in graph.edges}
    used |= {change for node in graph.nodes for change in (node.change, *node.line_changes)}
    for change, meaning in MEANINGS.items():
        if change in used:
            yield None, f"{change.value} {meaning}", CHANGES[change].light


def _draw_sample(source: graphviz.Digraph, mark: Mark, start: Point) -> None:
    """A short line that ends with the mark at the edge of a box."""
    x, y = start
    edge_of_box = (x + _SAMPLE - 12, y)
    end = (edge_of_box[0] - ARROW_LENGTHS[mark], y)
    name = mark.name.lower()
    draw_line(source, name, start, end, f"e,{at(edge_of_box)} ", arrowhead=ARROWS[mark], color=FAINT)
    source.node(
        f"{name}_box", pos=at((edge_of_box[0] + 3, y)), shape="box", fixedsize="true",
        width=str(6 / 72), height=str(12 / 72), label="", color=FAINT,
    )  # fmt: skip


def _draw_remarks(source: graphviz.Digraph, graph: Graph, extent: Box, foot: float) -> None:
    y = foot - _LINE
    width = extent.right - extent.left
    for remark in graph.remarks:
        for line in wrapped(remark, int(width / (SMALL_SIZE * 0.52))):
            y -= _LINE
            draw_text(source, line, Box.around((extent.left + width / 2, y), width, LABEL_HEIGHT), INK)
