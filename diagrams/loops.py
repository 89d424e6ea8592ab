"""Leads a line from a box back to the same box: to the right of it, out and back at two heights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ..patterns.picture import Edge, Graph
from .dot import ARROW_LENGTHS
from .geometry import Box, Route
from .room import BULGE, is_loop

_APART = 11.0
_CORNER = 6.0


def looped(graph: Graph, boxes: Mapping[str, Box], routes: Sequence[Route]) -> list[Route]:
    """The routes, each loop being even: out at one height and back at another, its tail above its head."""
    result = list(routes)
    loops: defaultdict[str, list[int]] = defaultdict(list)
    for index, edge in enumerate(graph.edges):
        if is_loop(edge):
            loops[edge.tail].append(index)
    for key, indices in loops.items():
        share = boxes[key].size[1] / len(indices)
        for position, index in enumerate(indices):
            middle = boxes[key].top - (position + 0.5) * share
            apart = min(_APART, share / 2 - _CORNER)
            result[index] = _loop(graph.edges[index], boxes[key].right, middle + apart, middle - apart)
    return result


def _loop(edge: Edge, x: float, upper: float, lower: float) -> Route:
    out, back = (ARROW_LENGTHS.get(end.mark, 0.0) for end in (edge.tail_end, edge.head_end))
    turn = x + BULGE * 4 / 3
    bends = ((x + out, upper), (turn, upper), (turn, lower), (x + back, lower))
    return Route(bends, (x, upper) if out else None, (x, lower) if back else None)
