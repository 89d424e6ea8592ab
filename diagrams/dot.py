"""Writes a picture as DOT, the language of Graphviz: as text for anyone's engine, and for our own layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise, product
from math import ceil, sqrt

import graphviz

from ..patterns.picture import Edge, Graph, Mark, Node, Shape
from .room import SMALL_SIZE, Size, is_loop, least_sizes, loop_room
from .text import dot_html, dot_string, wrapped

INK = "#20262d"
FAINT = "#5f6b78"
PAPER = "#ffffff"
BAND = "#eef2f7"
GRID = "#dde3ea"
FONT = "Helvetica"
NAME_SIZE = 12
ARROW_SIZE = 0.8
POINTS_PER_INCH = 72.0
_WIDEST_NAME = 34
_WIDEST_LINE = 44
_MOST_PAIRS = 100
_FEWEST_IN_ROW = 5
_WIDE = 1.6
_MARGINS = {Shape.ROUNDED: 0.14, Shape.BOX: 0.0, Shape.PLAIN: 0.0}

ARROWS = {
    Mark.NONE: "none",
    Mark.ARROW: "vee",
    Mark.SUPERTYPE: "onormal",
    Mark.ONE: "tee",
    Mark.OPTIONAL: "teeodot",
    Mark.MANY: "crowodot",
    Mark.SOME: "crowtee",
}

ARROW_LENGTHS = {Mark.ONE: 2.0, Mark.OPTIONAL: 8.4, Mark.MANY: 14.4, Mark.SOME: 10.0, Mark.SUPERTYPE: 8.0}
"""How much of a line each mark takes, in points, at the size that we draw it."""


def dot(graph: Graph, *, banded: bool = True, sizes: Mapping[str, Size] | None = None) -> str:
    """
    The picture as DOT, without positions: every engine can lay it out.

    Shape:  `banded` draws a tinted band behind each level; `sizes` leave room for something else in the
            place of some nodes.
    """
    sizes = sizes or {}
    names = names_of(graph)
    source = begun()
    source.attr(
        nodesep="0.6",
        ranksep=_rank_separation(graph),
        newrank="true",
        mclimit="8",
        tooltip=dot_string(graph.title),
    )
    for index, level in enumerate(graph.levels if banded else ()):
        band = graphviz.Digraph(f"cluster_{index}")
        band.attr(label=dot_string(level), labeljust="l", style="filled", color=BAND, margin="14")
        for node in graph.nodes:
            if node.level == level:
                band.node(names[node.key])
        source.subgraph(band)
    least = least_sizes(graph)
    for node in graph.nodes:
        if node.key in sizes:
            _leave_room(source, names[node.key], sizes[node.key])
        else:
            add_node(source, names[node.key], node, least.get(node.key))
    for index, edge in enumerate(graph.edges):
        add_edge(source, names, index, edge, **_hints(edge, sizes, banded=banded))
    _keep_levels_apart(source, graph, names)
    _put_unconnected_in_rows(source, graph, names)
    return str(source.source)


def _hints(edge: Edge, sizes: Mapping[str, Size], *, banded: bool) -> dict[str, str]:
    """What the engine should know of a line for our own layout."""
    if edge.head in sizes:
        # A stack of subtypes hangs to the right of the line that leads to it.
        return {"tailport": "s", "headport": "nw"}
    if is_loop(edge) and not banded:
        width, height = loop_room(edge)
        table = f'<TABLE BORDER="0" FIXEDSIZE="TRUE" WIDTH="{width:.0f}" HEIGHT="{height:.0f}">'
        return {"label": f"<{table}<TR><TD></TD></TR></TABLE>>"}
    return {}


def _rank_separation(graph: Graph) -> str:
    """In inches: more where most lines have something written at both ends."""
    ends = [end for edge in graph.edges for end in (edge.tail_end, edge.head_end)]
    return "0.85" if sum(bool(end.label) for end in ends) * 2 > len(ends) else "0.6"


def names_of(graph: Graph) -> dict[str, str]:
    """What the nodes are called in DOT, by key: never by a name that somebody chose."""
    return {node.key: f"n{index}" for index, node in enumerate(graph.nodes)}


def begun() -> graphviz.Digraph:
    """An empty DOT graph in the house style."""
    source: graphviz.Digraph = graphviz.Digraph("figure")
    text = {"fontname": FONT, "fontcolor": INK}
    source.attr("graph", rankdir="TB", fontname=FONT, fontsize=str(NAME_SIZE), fontcolor=FAINT, bgcolor=PAPER)
    source.attr("node", **text, fontsize=str(NAME_SIZE), color=INK, fillcolor=PAPER, height="0.42")
    source.attr("edge", **text, fontsize=str(SMALL_SIZE), color=INK, dir="both", arrowsize=str(ARROW_SIZE))
    return source


def add_node(source: graphviz.Digraph, name: str, node: Node, least: Size | None = None, **more: str) -> None:
    """Write one node, at least so wide and high."""
    if least:
        more |= _inches(least)
    outline = {Shape.ROUNDED: "rounded,filled", Shape.BOX: "filled", Shape.PLAIN: ""}[node.shape]
    source.node(
        name,
        label=_label(node, least[0] - 2 * _MARGINS[node.shape] * POINTS_PER_INCH if least else 0.0),
        id=name,
        shape="plain" if node.shape is Shape.PLAIN else "box",
        style=f"{outline},dashed" if node.outside else outline,
        margin=f"{_MARGINS[node.shape]},{_MARGINS[node.shape] / 2}",
        tooltip=dot_string(node.note or node.label, 400),
        **more,
    )


def _leave_room(source: graphviz.Digraph, name: str, size: Size) -> None:
    source.node(name, label="", shape="box", fixedsize="true", **_inches(size))


def _inches(size: Size) -> dict[str, str]:
    return {
        name: f"{side / POINTS_PER_INCH:.4f}"
        for name, side in zip(("width", "height"), size, strict=True)
        if side
    }


def _label(node: Node, least_width: float) -> str:
    heading = "<BR/>".join(dot_html(line) for line in wrapped(node.label, _WIDEST_NAME))
    width = f' WIDTH="{int(least_width)}"' if least_width >= 1 else ""
    rows = [f"<TR><TD{width}>{heading}</TD></TR>"]
    if node.lines:
        lines = [dot_html(part) for line in node.lines for part in wrapped(line, _WIDEST_LINE)]
        text = "".join(f'{line}<BR ALIGN="LEFT"/>' for line in lines)
        rows += ["<HR/>"] if node.shape is Shape.BOX else []
        rows.append(f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="{SMALL_SIZE}">{text}</FONT></TD></TR>')
    padding = 6 if node.shape is Shape.BOX else 2
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}">'
    return f"<{table}{''.join(rows)}</TABLE>>"


def add_edge(source: graphviz.Digraph, names: dict[str, str], index: int, edge: Edge, **more: str) -> None:
    """Write one edge; labels stand at its ends, since one along it costs eleven times the layout."""
    # Where positions are given, a label along the line costs nothing; where they are not, it would.
    along = "label" if "pos" in more else "xlabel"
    attributes = {"arrowtail": ARROWS[edge.tail_end.mark], "arrowhead": ARROWS[edge.head_end.mark]}
    for name, text in (
        ("taillabel", edge.tail_end.label),
        ("headlabel", edge.head_end.label),
        (along, edge.label),
        ("edgetooltip", edge.note),
    ):
        if text:
            attributes[name] = dot_string(text, 400 if name == "edgetooltip" else 60)
    if edge.tail_end.mark is Mark.SUPERTYPE:
        attributes |= {"weight": "3"}
    if edge.dashed:
        attributes |= {"style": "dashed"}
    source.edge(names[edge.tail], names[edge.head], id=f"e{index}", **attributes, **more)


def _keep_levels_apart(source: graphviz.Digraph, graph: Graph, names: dict[str, str]) -> None:
    """Rank every node of a level above every node of the next one."""
    occupied = [level for level in graph.levels if any(node.level == level for node in graph.nodes)]
    for upper, lower in pairwise(occupied):
        above = [names[key] for key in _extremes(graph, upper, is_tail=True)]
        below = [names[key] for key in _extremes(graph, lower, is_tail=False)]
        if len(above) * len(below) > _MOST_PAIRS:
            # So many lines would cost more than the rank that a point between the levels takes up.
            point = f"below_{above[0]}"
            source.node(point, shape="point", width="0.01", style="invis", label="")
            pairs = [*((name, point) for name in above), *((point, name) for name in below)]
        else:
            pairs = list(product(above, below))
        for tail, head in pairs:
            source.edge(tail, head, style="invis", weight="0")


def _put_unconnected_in_rows(source: graphviz.Digraph, graph: Graph, names: dict[str, str]) -> None:
    """Boxes from which no line leads would all stand side by side: many of them in a strip of any length."""
    connected = {key for edge in graph.edges for key in (edge.tail, edge.head)}
    for level in sorted({node.level for node in graph.nodes}):
        alone = [names[n.key] for n in graph.nodes if n.level == level and n.key not in connected]
        row = max(_FEWEST_IN_ROW, ceil(sqrt(len(alone) * _WIDE)))
        for upper, lower in zip(alone, alone[row:], strict=False):
            source.edge(upper, lower, style="invis", weight="1")


def _extremes(graph: Graph, level: str, *, is_tail: bool) -> Iterator[str]:
    """The nodes of a level from which no line leads further down in it (or up, for the heads)."""
    inside = [node.key for node in graph.nodes if node.level == level]
    led_on = {
        edge.tail if is_tail else edge.head
        for edge in graph.edges
        if edge.tail != edge.head and edge.tail in inside and edge.head in inside
    }
    yield from [key for key in inside if key not in led_on] or inside
