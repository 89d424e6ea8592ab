"""Stacks subtypes, and what hangs from one box only, below it, where a row of them would be too wide."""

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
_FEWEST = {Mark.SUPERTYPE: 2, Mark.NONE: 3}
_JOG = 8.0


class Fold:
    """
    A graph with each stack folded into one node, to be laid out and unfolded again.

    Shape:  `stacks` are the keys of what is stacked, subtypes or the ends of bare lines, by the key of what
            it hangs from; `stacked` is all that alone; `folded` is the graph to lay out.
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
        self._marks = {key: _mark(graph, key, self.stacks[key]) for key in self.stacks}
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
                *(Edge(key, _stack(key), tail_end=End(mark=mark)) for key, mark in self._marks.items()),
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
        ways_down = {
            key: self._way_down(key, trunks[key].tips[0], boxes[_stack(key)], placed) for key in self.stacks
        }
        for index, edge in enumerate(self.graph.edges):
            if index not in ways:
                ways[index] = _branch(ways_down[edge.tail], placed[edge.head])
        return placed, [ways[index] for index in range(len(self.graph.edges))]

    def _way_down(self, key: str, start: Point, room: Box, placed: Mapping[str, Box]) -> list[Point]:
        """From the triangle at the supertype, if any, to the side of the stack, through no box if it can."""
        x, y = start
        if abs(x - room.left) < _JOG:
            x = room.left
        below = y - ARROW_LENGTHS.get(self._marks[key], 0.0)
        turns = ((below + room.top) / 2, room.top + _JOG, below - _JOG)
        turn = min(turns, key=lambda each: sum(_crosses(box, each, x, room.left) for box in placed.values()))
        return [(x, y), (x, below), (x, turn), (room.left, turn)]


def _stack(supertype: str) -> str:
    return f"\0the stack below\0{supertype}"


def _stacks(graph: Graph) -> dict[str, list[str]]:
    lines = Counter(key for edge in graph.edges for key in (edge.tail, edge.head))
    places = {node.key: (node.level, node.cluster) for node in graph.nodes}
    found: defaultdict[Mark, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for edge in graph.edges:
        is_alone = lines[edge.head] == 1 and edge.tail != edge.head
        if is_alone and places[edge.tail] == places[edge.head] and _hangs(edge):
            found[edge.tail_end.mark][edge.tail].append(edge.head)
    stacks = {
        key: below
        for mark in (Mark.NONE, Mark.SUPERTYPE)
        for key, below in found[mark].items()
        if len(below) >= _FEWEST[mark]
    }
    return {key: sorted(stacks[key]) for key in sorted(stacks)}


def _hangs(edge: Edge) -> bool:
    """Whether a line leads to a subtype, or says nothing but that it is there, as in a chart of a company."""
    return edge.tail_end.mark is Mark.SUPERTYPE or not (
        edge.label or edge.dashed or edge.tail_end != End() or edge.head_end != End()
    )


def _mark(graph: Graph, key: str, below: Sequence[str]) -> Mark:
    return next(edge.tail_end.mark for edge in graph.edges if (edge.tail, edge.head) == (key, below[0]))


def _branch(way_down: Sequence[Point], end: Box) -> Route:
    """Down the side of the stack, and across to one box."""
    start, *corners = way_down
    aside = corners[-1][0]
    return Route.straight(*corners, (aside, end.centre[1]), (end.left, end.centre[1]), start=start)


def _crosses(box: Box, y: float, *ends: float) -> bool:
    """Whether a level line at a height runs through a box."""
    return box.bottom < y < box.top and box.left < max(ends) and box.right > min(ends)
