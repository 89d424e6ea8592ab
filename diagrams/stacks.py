"""Stacks the subtypes that nothing else leads to under their supertype, where a row would be too wide."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..patterns.picture import Edge, End, Graph, Mark, Node
from .dot import ARROW_LENGTHS
from .geometry import Box, Point, Route
from .room import Size

_INDENT = 18.0
_GAP = 10.0
_FEWEST = 2
_JOG = 8.0


class Fold:
    """
    A graph with each stack of subtypes folded into one node, to be laid out and unfolded again.

    Shape:  `stacks` are the keys of the stacked subtypes, by the key of their supertype; `stacked` is those
            subtypes alone; `folded` is the graph to lay out.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.stacks = _stacks(graph)
        inside = {key for keys in self.stacks.values() for key in keys}
        nodes = {node.key: node for node in graph.nodes}
        self.stacked = Graph(
            graph.title, tuple(replace(nodes[key], level="", cluster="") for key in sorted(inside))
        )
        self._kept = [index for index, edge in enumerate(graph.edges) if edge.head not in inside]
        triangle = End(mark=Mark.SUPERTYPE)
        self.folded = replace(
            graph,
            nodes=(
                *(node for node in graph.nodes if node.key not in inside),
                *(
                    Node(_stack(key), "", level=nodes[key].level, cluster=nodes[key].cluster)
                    for key in self.stacks
                ),
            ),
            edges=(
                *(graph.edges[index] for index in self._kept),
                *(Edge(key, _stack(key), tail_end=triangle) for key in self.stacks),
            ),
        )

    def stack_sizes(self, sizes: Mapping[str, Size]) -> dict[str, Size]:
        """How much room each stack takes, given the sizes of what is in it."""
        return {
            _stack(supertype): (
                _INDENT + max(sizes[key][0] for key in keys),
                sum(sizes[key][1] + _GAP for key in keys) - _GAP,
            )
            for supertype, keys in self.stacks.items()
        }

    def unfolded(
        self, boxes: Mapping[str, Box], routes: Sequence[Route], sizes: Mapping[str, Size]
    ) -> tuple[dict[str, Box], list[Route]]:
        """The boxes and routes of the whole graph, given those of the folded one."""
        stacks = {_stack(key) for key in self.stacks}
        placed = {key: box for key, box in boxes.items() if key not in stacks}
        ways = dict(zip(self._kept, routes, strict=False))
        trunks = dict(zip(self.stacks, routes[len(self._kept) :], strict=True))
        for supertype, keys in self.stacks.items():
            room = boxes[_stack(supertype)]
            top = room.top
            for key in keys:
                width, height = sizes[key]
                placed[key] = Box(room.left + _INDENT, top - height, room.left + _INDENT + width, top)
                top -= height + _GAP
        for index, edge in enumerate(self.graph.edges):
            if index not in ways:
                start = trunks[edge.tail].tips[0]
                ways[index] = _branch(start, boxes[_stack(edge.tail)], placed[edge.head])
        return placed, [ways[index] for index in range(len(self.graph.edges))]


def _stack(supertype: str) -> str:
    return f"\0the stack below\0{supertype}"


def _stacks(graph: Graph) -> dict[str, list[str]]:
    lines = Counter(key for edge in graph.edges for key in (edge.tail, edge.head))
    places = {node.key: (node.level, node.cluster) for node in graph.nodes}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        is_subtype = edge.tail_end.mark is Mark.SUPERTYPE
        if is_subtype and lines[edge.head] == 1 and places[edge.tail] == places[edge.head]:
            found[edge.tail].append(edge.head)
    return {key: sorted(found[key]) for key in sorted(found) if len(found[key]) >= _FEWEST}


def _branch(start: Point, room: Box, subtype: Box) -> Route:
    """From the triangle at the supertype down the side of the stack, and across to one subtype."""
    x, y = start
    if abs(x - room.left) < _JOG:
        x = room.left
    below = (x, y - ARROW_LENGTHS[Mark.SUPERTYPE])
    turn = (below[1] + room.top) / 2
    corners = [below, (x, turn), (room.left, turn), (room.left, subtype.centre[1])]
    return Route.straight(*corners, (subtype.left, subtype.centre[1]), start=(x, y))
