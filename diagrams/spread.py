"""Keeps the ends of lines apart: the engine aims every line at the middle of its box."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..patterns.picture import Graph, Mark
from .geometry import Box, Point, Route

_APART = 17.0
_CORNER = 11.0
_STEP = 5.0
_APPROACH = 32


@dataclass(frozen=True, slots=True)
class _Touch:
    """
    Where an end of a line touches a box.

    Shape:  `axis` is that of the side, 0 for x, 1 for y; `place` is the coordinate there, `approach` the
            average one of the last stretch of the way.
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
            near = way[-_APPROACH:] if is_head else way[:_APPROACH]
            approach = sum(point[axis] for point in near) / len(near)
            sides[key, side].append(_Touch(index, is_head, axis, tip[axis], approach))
    moved = list(routes)
    for (key, _), touches in sides.items():
        box = boxes[key]
        for touch, place in _placed(graph, box, touches):
            by = [0.0, 0.0]
            by[touch.axis] = place - touch.place
            moved[touch.edge] = moved[touch.edge].moved(touch.is_head, (by[0], by[1]))
    return moved


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
    places = _apart([slot[0].place for slot in slots], low + _CORNER, high - _CORNER)
    return [(touch, place) for slot, place in zip(slots, places, strict=True) for touch in slot]


def _apart(wanted: list[float], low: float, high: float) -> list[float]:
    """Places in the given order, near the wanted ones, not too near to each other, within bounds."""
    if len(wanted) < 2 or low >= high:
        return wanted
    apart = min(_APART, (high - low) / (len(wanted) - 1))
    places = wanted[:1]
    for place in wanted[1:]:
        places.append(max(place, places[-1] + apart))
    shift = sum(place - wish for place, wish in zip(places, wanted, strict=True)) / len(places)
    last = len(places) - 1
    return [
        min(max(place - shift, low + index * apart), high - (last - index) * apart)
        for index, place in enumerate(places)
    ]


def _is_to_supertype(graph: Graph, touch: _Touch) -> bool:
    edge = graph.edges[touch.edge]
    return (edge.head_end if touch.is_head else edge.tail_end).mark is Mark.SUPERTYPE
