"""Writes a picture as DOT, the language of Graphviz: as text for anyone's engine, and for our own layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise, product
from math import ceil, sqrt
from typing import TYPE_CHECKING

import graphviz
import networkx as nx

from ..patterns.picture import Change, Edge, Graph, Mark, Node, Shape
from .colours import CHANGES
from .room import SMALL_SIZE, Size, is_loop, least_sizes, loop_room
from .text import dot_html, dot_string, wrapped

if TYPE_CHECKING:
    Links = nx.DiGraph[str]
else:
    Links = nx.DiGraph

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
    for index, (cluster, nodes) in enumerate(clusters_of(graph).items()):
        frame = graphviz.Digraph(f"cluster_c{index}")
        frame.attr(label=dot_string(cluster), labeljust="l", style="rounded,filled", color=BAND, margin="16")
        for node in nodes:
            frame.node(names[node.key])
        source.subgraph(frame)
    least = least_sizes(graph)
    for node in graph.nodes:
        if node.key in sizes:
            _leave_room(source, names[node.key], sizes[node.key])
        else:
            more = {"URL": node.link} if node.link and banded else {}
            add_node(source, names[node.key], node, least.get(node.key), **more)
    upward = _upward(graph)
    for index, edge in enumerate(graph.edges):
        # Whatever leads up again would pull its level with it.
        more = {"constraint": "false"} if index in upward else {}
        add_edge(source, names, index, edge, **_hints(edge, sizes, banded=banded), **more)
    _keep_levels_apart(source, graph, names)
    _put_unconnected_in_rows(source, graph, names)
    return str(source.source)


def clusters_of(graph: Graph) -> dict[str, list[Node]]:
    """The nodes of each cluster, in the order of their names."""
    found: dict[str, list[Node]] = {node.cluster: [] for node in graph.nodes if node.cluster}
    for node in graph.nodes:
        if node.cluster:
            found[node.cluster].append(node)
    return {cluster: found[cluster] for cluster in sorted(found)}


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


def _upward(graph: Graph) -> set[int]:
    """The lines, by their numbers, that begin on a lower level than they end on."""
    heights = {level: -index for index, level in enumerate(graph.levels)}
    levels = {node.key: heights.get(node.level) for node in graph.nodes}
    found = set()
    for index, edge in enumerate(graph.edges):
        tail, head = levels[edge.tail], levels[edge.head]
        if tail is not None and head is not None and tail < head:
            found.add(index)
    return found


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
    if node.change:
        more |= {"color": CHANGES[node.change].light, "penwidth": "2"}
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


def _coloured(text: str, change: Change | None) -> str:
    return f'<FONT COLOR="{CHANGES[change].light}">{text}</FONT>' if change else text


def _label(node: Node, least_width: float) -> str:
    name = "<BR/>".join(dot_html(line) for line in wrapped(node.label, _WIDEST_NAME))
    heading = _coloured(name, node.change)
    width = f' WIDTH="{int(least_width)}"' if least_width >= 1 else ""
    rows = [f"<TR><TD{width}>{heading}</TD></TR>"]
    if node.lines:
        changes = node.line_changes or (None,) * len(node.lines)
        lines = [
            _coloured(dot_html(part), change)
            for line, change in zip(node.lines, changes, strict=True)
            for part in wrapped(line, _WIDEST_LINE)
        ]
        text = "".join(f'{line}<BR ALIGN="LEFT"/>' for line in lines)
        rows += ["<HR/>"] if node.shape is Shape.BOX else []
        rows.append(f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="{SMALL_SIZE}">{text}</FONT></TD></TR>')
    padding = 6 if node.shape is Shape.BOX else 2
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}">'
    return f"<{table}{''.join(rows)}</TABLE>>"


def add_edge(source: graphviz.Digraph, names: dict[str, str], index: int, edge: Edge, **more: str) -> None:
    """
    Write one edge; where it has its position already, whatever stands at it has one of its own.

    Shape:  labels stand at its ends and beside it, since one along it costs eleven times the layout.
    """
    is_placed = "pos" in more
    attributes = {"arrowtail": ARROWS[edge.tail_end.mark], "arrowhead": ARROWS[edge.head_end.mark]}
    for name, text in (
        ("taillabel", edge.tail_end.label),
        ("headlabel", edge.head_end.label),
        ("xlabel", edge.label),
        ("edgetooltip", edge.note),
    ):
        if text and (name == "edgetooltip" or not is_placed):
            attributes[name] = dot_string(text, 400 if name == "edgetooltip" else 60)
    if edge.tail_end.mark is Mark.SUPERTYPE:
        attributes |= {"weight": "3"}
    if edge.change:
        attributes |= {"color": CHANGES[edge.change].light, "fontcolor": CHANGES[edge.change].light}
        attributes |= {"penwidth": "1.6"}
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
    """
    The nodes of a level from which no line leads further down in it (or up, for the heads).

    Shape:  of nodes that lead to each other in a circle and nowhere else, all: any may come last.
    """
    inside = [node.key for node in graph.nodes if node.level == level]
    within: Links = nx.DiGraph()
    within.add_nodes_from(inside)
    ways = ((edge.tail, edge.head) if is_tail else (edge.head, edge.tail) for edge in graph.edges)
    within.add_edges_from(way for way in ways if way[0] in within and way[1] in within)
    last = {
        key
        for circle in nx.strongly_connected_components(within)
        if all(other in circle for key in circle for other in within[key])
        for key in circle
    }
    yield from (key for key in inside if key in last)
