"""Finds a place beside its line for every label, clear of boxes, lines and other labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import inf, sqrt

from ..patterns.picture import Edge, Graph, Mark
from .geometry import Box, Point
from .layout import Layout
from .room import SMALL_SIZE
from .text import shown, width_of

LABEL_HEIGHT = SMALL_SIZE * 1.2
_LONGEST = 60
_STEP = 4.0
_CLEARANCES = (3.0, 9.0, 18.0)
_MARK = 16.0
_REACH = 100.0
_CELL = 48.0
# What it costs to cover a square point of something, one point of a line, or to be a point further away:
# three times as much to the side, where it looks like nobody's.
_AWAY = 2.0
_ON_BOX = 20.0
_ON_MARK = 5.0
_ON_LABEL = 20.0
_ON_LINE = 60.0
_NEARER_TO_OTHER = 20.0
_MARGIN = 6.0
_BETWEEN = 3.0
"""How much room every label has around it, so that two in a row do not read as one."""
_END = 50.0


@dataclass(frozen=True, slots=True)
class Label:
    """A text to place: at the tail (0), the head (1) or the middle (½) of the line `edge`."""

    edge: int
    text: str
    where: float


def labels_of(graph: Graph) -> list[Label]:
    """Every label at or along a line of the picture."""
    return [
        Label(index, shown(text, _LONGEST), where)
        for index, edge in enumerate(graph.edges)
        for text, where in ((edge.tail_end.label, 0.0), (edge.head_end.label, 1.0), (edge.label, 0.5))
        if text
    ]


def placed(graph: Graph, layout: Layout) -> dict[Label, Box]:
    """
    A box for each label.

    Shape:  each takes the cheapest of its candidates, and once all stand, each may move once more.
    """
    labels = labels_of(graph)
    ways = [route.resampled(_STEP) for route in layout.routes]
    taken = _Obstacles()
    for box in layout.boxes.values():
        taken.add_box(box.grown(2.0), _ON_BOX)
    for caption in layout.captions().values():
        taken.add_box(caption, _ON_LABEL)
    for index, (way, edge) in enumerate(zip(ways, graph.edges, strict=True)):
        for point, _ in way:
            taken.add_point(point, index)
        for mark in _marks(edge, [point for point, _ in way]):
            taken.add_box(mark, _ON_MARK)
    result: dict[Label, Box] = {}
    for _ in range(2):
        for label in labels:
            if label in result:
                taken.remove_box(result[label].grown(_BETWEEN), _ON_LABEL)
            result[label] = _cheapest(_candidates(label, ways[label.edge]), label, taken)
            taken.add_box(result[label].grown(_BETWEEN), _ON_LABEL)
    return result


def _cheapest(candidates: Iterator[_Candidate], label: Label, taken: _Obstacles) -> Box:
    """The first of the cheapest; what is too far, whatever is there, is not looked at."""
    best: Box | None = None
    least = inf
    for each in candidates:
        if each.away < least and (cost := taken.cost(each, label.edge, least)) < least:
            best, least = each.box, cost
    if best is None:
        raise AssertionError("every line has a place for a label")
    return best


def _marks(edge: Edge, way: list[Point]) -> Iterator[Box]:
    reach = int(_MARK / _STEP) + 1
    for end, points in ((edge.tail_end, way[:reach]), (edge.head_end, way[-reach:])):
        if points and end.mark is not Mark.NONE:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            yield Box(min(xs), min(ys), max(xs), max(ys)).grown(4.0)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A box for a label: what it costs to be so far from the right place, and the end of the line there."""

    box: Box
    away: float
    end: tuple[Point, ...]

    @property
    def distance(self) -> float:
        """How far it is from the line."""
        return min(self.box.distance(point) for point in self.end)


def _candidates(label: Label, way: list[tuple[Point, Point]]) -> Iterator[_Candidate]:
    """Boxes on either side of the line."""
    width, height = width_of(label.text, SMALL_SIZE), LABEL_HEIGHT
    middle = len(way) // 2
    steps = max(1, min(int(_REACH / _STEP), middle))
    if label.where == 0:
        positions = list(range(min(len(way), steps)))
    elif label.where == 1:
        positions = list(range(len(way) - 1, max(-1, len(way) - 1 - steps), -1))
    else:
        positions = sorted(range(len(way)), key=lambda index: abs(index - middle))[: 2 * steps]
    end = tuple(way[position][0] for position in positions[: int(_END / _STEP)])
    for distance, position in enumerate(positions):
        (x, y), (along_x, along_y) = way[position]
        reach = (abs(along_y) * width + abs(along_x) * height) / 2
        for side, clearance in product((1, -1), _CLEARANCES):
            away = side * (clearance + reach)
            centre = (x - along_y * away, y + along_x * away)
            box = Box.around(centre, width, height)
            yield _Candidate(box, _AWAY * (distance * _STEP + 3 * clearance), end)


class _Obstacles:
    """What a label should not cover, in a grid of cells so that only what is near is asked."""

    def __init__(self) -> None:
        self._boxes: defaultdict[tuple[int, int], list[tuple[Box, float]]] = defaultdict(list)
        self._points: defaultdict[tuple[int, int], list[tuple[float, float, int]]] = defaultdict(list)

    def add_box(self, box: Box, weight: float) -> None:
        for cell in _cells(box):
            self._boxes[cell].append((box, weight))

    def remove_box(self, box: Box, weight: float) -> None:
        for cell in _cells(box):
            self._boxes[cell].remove((box, weight))

    def add_point(self, point: Point, line: int) -> None:
        self._points[int(point[0] // _CELL), int(point[1] // _CELL)].append((*point, line))

    def cost(self, candidate: _Candidate, own: int, limit: float) -> float:
        """What it costs to put a label of the line `own` there; without end where that reaches the limit."""
        box, away = candidate.box, candidate.away
        boxes = dict.fromkeys(each for cell in _cells(box) for each in self._boxes.get(cell, ()))
        overlap = sum(weight * box.overlap(other) for other, weight in boxes)
        if away + overlap >= limit:
            return inf
        reach = candidate.distance + _MARGIN
        covered = box.grown(1.0)
        # Asked a million times for one large picture: hence squares, in numbers of their own.
        left, right, bottom, top = box.left, box.right, box.bottom, box.top
        covers, nearest = 0, reach**2
        for cell in _cells(box.grown(reach)):
            for x, y, line in self._points.get(cell, ()):
                if covered.left < x < covered.right and covered.bottom < y < covered.top:
                    covers += 1
                if line != own:
                    across = left - x if x < left else x - right if x > right else 0.0
                    up = bottom - y if y < bottom else y - top if y > top else 0.0
                    if (square := across * across + up * up) < nearest:
                        nearest = square
            if away + (_ON_LINE * covers + overlap) >= limit:
                return inf
        total = _ON_LINE * covers + _NEARER_TO_OTHER * (reach - sqrt(nearest))
        return away + (total + overlap)


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(int(box.left // _CELL), int(box.right // _CELL) + 1):
        for row in range(int(box.bottom // _CELL), int(box.top // _CELL) + 1):
            yield column, row
