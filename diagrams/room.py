"""How much room boxes and loops need, so that lines and what is written at them stay apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from ..patterns.picture import Edge, End, Graph, Mark
from .text import shown, width_of

Size = tuple[float, float]

SMALL_SIZE = 10
"""How large what stands at a line is written."""

CORNER = 8.0
"""How near to a corner of a box a mark may come."""

BULGE = 32.0
"""How far a loop reaches to the right of its box."""

_MARKED = {Mark.ONE, Mark.OPTIONAL, Mark.MANY, Mark.SOME}
# How much of a side a line takes, in points; more than five of them widen a box no further.
_SHARE = 22.0
_SHARE_LABELLED = 45.0
_MOST = 5
_LOOP_HEIGHT = 56.0
_MARK = 16.0


def is_loop(edge: Edge) -> bool:
    """Whether the line leads back to the box where it begins."""
    return edge.tail == edge.head


def least_sizes(graph: Graph) -> dict[str, Size]:
    """How wide and how high boxes must be for the marks and the loops at them, where that is anything."""
    below = _needed((edge.tail, edge.tail_end) for edge in graph.edges if not is_loop(edge))
    above = _needed((edge.head, edge.head_end) for edge in graph.edges if not is_loop(edge))
    loops = Counter(edge.tail for edge in graph.edges if is_loop(edge))
    widths = {key: max(below.get(key, 0.0), above.get(key, 0.0)) for key in below | above}
    heights = {key: _LOOP_HEIGHT * count for key, count in loops.items() if count > 1}
    return {key: (widths.get(key, 0.0), heights.get(key, 0.0)) for key in sorted(widths | heights)}


def _needed(ends: Iterable[tuple[str, End]]) -> dict[str, float]:
    """How wide each box must be for the marks on one side of it: more where something is written at them."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for key, end in ends:
        if end.mark in _MARKED or end.label:
            found[key].append(_SHARE_LABELLED if end.label else _SHARE)
    return {
        key: CORNER * 2 + sum(sorted(shares, reverse=True)[:_MOST])
        for key, shares in found.items()
        if len(shares) > 1
    }


def loop_room(edge: Edge) -> Size:
    """How much there must be to the right of a box for a loop and its labels."""
    longest = max(width_of(shown(end.label), SMALL_SIZE) for end in (edge.tail_end, edge.head_end))
    return max(longest + _MARK, BULGE), _LOOP_HEIGHT
