"""What a reader sees in a drawing: boxes, lines, and what stands at either end of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree as Xml

_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = {f"{_SVG}polygon", f"{_SVG}path", f"{_SVG}ellipse"}
_SIGNS = {"|": "1", "o|": "0..1", "<o": "*", "<|": "1..*"}
_CROW_CORNERS = 9

Point = tuple[float, float]
End = tuple[str, str]


class Drawn:
    """A drawing, read from its SVG; nothing that is told in words about a line is looked at."""

    def __init__(self, svg: str) -> None:
        self.boxes: dict[str, list[Point]] = {}
        self.lines: list[tuple[tuple[Point, Point], list[Xml.Element]]] = []
        self.labels: list[tuple[str, Point]] = []
        for group in Xml.fromstring(svg).iter(f"{_SVG}g"):
            shapes = [each for each in group if each.tag in _SHAPES]
            texts = [str(each.text) for each in group if each.tag == f"{_SVG}text"]
            # What has no note is no box and no line of the model: a label, or a part of the legend.
            is_told = group.find(f"{_SVG}title") is not None
            if group.get("class") == "edge" and is_told:
                way = points(shapes[0])
                self.lines.append(((way[0], way[-1]), shapes[1:]))
            elif group.get("class") == "node" and is_told:
                self.boxes[texts[0]] = points(shapes[0])
            elif group.get("class") == "node" and texts:
                self.labels.append((texts[0], middle(points(shapes[0]) if shapes else [(0.0, 0.0)])))

    def by_text(self) -> list[tuple[End, ...]]:
        """Each line with the text at either end of it."""
        ends = [end for line, _ in self.lines for end in line]
        near: dict[Point, str] = {}
        for text, place in self.labels:
            near[min(ends, key=lambda end: away(end, place))] = text
        return self._read(lambda index, end: near.get(self.lines[index][0][end], ""))

    def by_sign(self) -> list[tuple[End, ...]]:
        """Each line with the meaning of the sign at either end of it."""
        return self._read(lambda index, end: _SIGNS.get(self._sign(index, end), ""))

    def _sign(self, index: int, end: int) -> str:
        line, marks = self.lines[index]
        here = [
            mark
            for mark in marks
            if min((0, 1), key=lambda each: away(line[each], middle(points(mark)))) == end
        ]
        return "".join(sorted(map(sign, here), key="<o|".index))

    def _read(self, said: Callable[[int, int], str]) -> list[tuple[End, ...]]:
        found = []
        for index, (line, _) in enumerate(self.lines):
            boxes = [min(self.boxes, key=lambda name: outside(self.boxes[name], end)) for end in line]
            ends = tuple(sorted((box, said(index, end)) for end, box in enumerate(boxes)))
            # At the line from a subtype to its supertype stands nothing at the lower end.
            if all(what for _, what in ends):
                found.append(ends)
        return sorted(found)


def sign(mark: Xml.Element) -> str:
    """A part of a crow's foot: the foot, the ring or the bar."""
    if mark.tag == f"{_SVG}ellipse":
        return "o"
    return "<" if len(points(mark)) == _CROW_CORNERS else "|"


def points(shape: Xml.Element) -> list[Point]:
    """The corners of a shape, or the middle of a ring."""
    if shape.tag == f"{_SVG}ellipse":
        return [(float(shape.attrib["cx"]), float(shape.attrib["cy"]))]
    written = shape.attrib.get("d") or shape.attrib["points"]
    found = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", written)]
    return list(zip(found[::2], found[1::2], strict=True))


def middle(corners: list[Point]) -> Point:
    """The middle of a shape."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def away(one: Point, other: Point) -> float:
    """How far two points are apart."""
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def outside(corners: list[Point], point: Point) -> float:
    """How far a point is from a box, 0 inside."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    across = max(min(xs) - point[0], 0.0, point[0] - max(xs))
    return across + max(min(ys) - point[1], 0.0, point[1] - max(ys))
