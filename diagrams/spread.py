"""Keeps the ends of lines apart: the engine aims every line at the middle of its box."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import atan2

from ..patterns.picture import End, Graph, Mark
from .geometry import Box, Point, Route
from .room import CORNER, is_loop

_STEP = 5.0
_APPROACH = 32
_APART = 30.0
_APART_LABELLED = 64.0
_APART_BOTH_LABELLED = 72.0


@dataclass(frozen=True, slots=True)
class _Touch:
    """
    Where an end of a line touches a box.

    Shape:  `axis` is that of the side, 0 for x, 1 for y; `place` is the coordinate there; the smaller
            `approach`, the further to the left or down the line comes from.
    """

    edge: int
    is_head: bool
    axis: int
    place: float
    approach: float


def spread(graph: Graph, boxes: Mapping[str, Box], routes: Sequence[Route]) -> list[Route]:
    """The routes with their ends moved along the sides of the boxes, in the order in which they come in."""
    sides: defaultdict[tuple[str, str], list[_Touch]] = defaultdict(list)
    for index, (edge, route) in enumerate(zip(graph.edges, routes, strict=True)):
        way = [point for point, _ in route.resampled(_STEP)]
        for key, is_head in ((edge.tail, False), (edge.head, True)):
            tip = route.tips[is_head]
            side, axis = _side(boxes[key], tip)
            onward = way[::-1] if is_head else way
            near = tip if is_loop(edge) else onward[min(_APPROACH, len(way)) - 1]
            approach = _approach(boxes[key], axis, near)
            sides[key, side].append(_Touch(index, is_head, axis, tip[axis], approach))
    moved = list(routes)
    for (key, _), touches in sides.items():
        box = boxes[key]
        for touch, place in _placed(graph, box, touches):
            by = [0.0, 0.0]
            by[touch.axis] = place - touch.place
            moved[touch.edge] = moved[touch.edge].moved(touch.is_head, (by[0], by[1]))
    return moved


def _approach(box: Box, axis: int, near: Point) -> float:
    """From which direction along a side a line comes that passes `near`, since all aim at the middle."""
    x, y = (near[each] - box.centre[each] for each in (0, 1))
    return atan2(x, abs(y)) if axis == 0 else atan2(y, abs(x))


def _side(box: Box, tip: Point) -> tuple[str, int]:
    distances = {
        ("left", 1): abs(tip[0] - box.left),
        ("right", 1): abs(tip[0] - box.right),
        ("bottom", 0): abs(tip[1] - box.bottom),
        ("top", 0): abs(tip[1] - box.top),
    }
    return min(distances, key=lambda side: distances[side])


def _placed(graph: Graph, box: Box, touches: list[_Touch]) -> list[tuple[_Touch, float]]:
    """The touches of one side with their new places, in the order in which the lines come in."""
    slots: list[list[_Touch]] = []
    for touch in sorted(touches, key=lambda each: (each.approach, each.edge)):
        if slots and all(_is_to_supertype(graph, each) for each in (touch, slots[-1][-1])):
            slots[-1].append(touch)  # neighbouring subtypes share one triangle
        else:
            slots.append([touch])
    low, high = (box.left, box.right) if touches[0].axis == 0 else (box.bottom, box.top)
    gaps = [_gap(_end(graph, left[-1]), _end(graph, right[0])) for left, right in pairwise(slots)]
    places = _apart([slot[0].place for slot in slots], gaps, low + CORNER, high - CORNER)
    return [(touch, place) for slot, place in zip(slots, places, strict=True) for touch in slot]


def _gap(*ends: End) -> float:
    """How far two neighbours should be from each other: far enough for what is written between them."""
    return (_APART, _APART_LABELLED, _APART_BOTH_LABELLED)[sum(bool(end.label) for end in ends)]


def _apart(wanted: list[float], gaps: list[float], low: float, high: float) -> list[float]:
    """Places in the given order, near the wanted ones, with those gaps or smaller ones, within bounds."""
    if not gaps or low >= high:
        return wanted
    scale = min(1.0, (high - low) / sum(gaps))
    offsets = [0.0, *accumulate(gap * scale for gap in gaps)]
    places = wanted[:1]
    for wish, gap in zip(wanted[1:], gaps, strict=True):
        places.append(max(wish, places[-1] + gap * scale))
    shift = sum(place - wish for place, wish in zip(places, wanted, strict=True)) / len(places)
    return [
        min(max(place - shift, low + offset), high - (offsets[-1] - offset))
        for place, offset in zip(places, offsets, strict=True)
    ]


def _end(graph: Graph, touch: _Touch) -> End:
    edge = graph.edges[touch.edge]
    return edge.head_end if touch.is_head else edge.tail_end


def _is_to_supertype(graph: Graph, touch: _Touch) -> bool:
    return _end(graph, touch).mark is Mark.SUPERTYPE
