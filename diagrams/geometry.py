"""Boxes and lines in points, y growing upwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

Point = tuple[float, float]

_STEPS = 8
_BENT = 150.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, upright."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, centre: Point, width: float, height: float) -> Box:
        """The rectangle of a size with its middle at `centre`."""
        x, y = centre
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def centre(self) -> Point:
        """Its middle."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height."""
        return self.right - self.left, self.top - self.bottom

    def grown(self, by: float) -> Box:
        """The rectangle with so much more on every side."""
        return Box(self.left - by, self.bottom - by, self.right + by, self.top + by)

    def holds(self, point: Point) -> bool:
        """Whether the point lies inside."""
        return self.left < point[0] < self.right and self.bottom < point[1] < self.top

    def distance(self, point: Point) -> float:
        """How far the point is from it, 0 inside."""
        across = max(self.left - point[0], 0.0, point[0] - self.right)
        up = max(self.bottom - point[1], 0.0, point[1] - self.top)
        return float((across**2 + up**2) ** 0.5)

    def overlap(self, other: Box) -> float:
        """The area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return width * height if width > 0 and height > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """
    The way of a line, from tail to head.

    Shape:  `bends` are the points of a chain of Bézier curves, 3n + 1 of them; where a mark stands at an
            end, `start` or `end` is where the mark touches the box.
    """

    bends: tuple[Point, ...]
    start: Point | None = None
    end: Point | None = None

    @classmethod
    def read(cls, spline: str) -> Route:
        """Read the engine's way of writing it: `s,x,y e,x,y x,y x,y x,y x,y`."""
        ends: dict[str, Point] = {}
        bends: list[Point] = []
        for word in spline.split():
            *ending, x, y = word.split(",")
            if ending:
                ends[ending[0]] = (float(x), float(y))
            else:
                bends.append((float(x), float(y)))
        return cls(tuple(bends), ends.get("s"), ends.get("e"))

    def __str__(self) -> str:
        ends = [f"{name},{at(point)}" for name, point in (("s", self.start), ("e", self.end)) if point]
        return " ".join([*ends, *map(at, self.bends)])

    @classmethod
    def straight(cls, *corners: Point, start: Point | None = None, end: Point | None = None) -> Route:
        """A way of straight pieces."""
        bends = [corners[0]]
        for (x, y), (next_x, next_y) in pairwise(corners):
            step = (next_x - x) / 3, (next_y - y) / 3
            bends += [(x + step[0], y + step[1]), (x + 2 * step[0], y + 2 * step[1]), (next_x, next_y)]
        return cls(tuple(bends), start, end)

    @property
    def tips(self) -> tuple[Point, Point]:
        """Where it touches the box at its tail and the one at its head."""
        return self.start or self.bends[0], self.end or self.bends[-1]

    def points(self) -> list[Point]:
        """The way in short straight steps."""
        way = [self.start] if self.start else []
        for index in range(0, len(self.bends) - 3, 3):
            way += _along(self.bends[index : index + 4])
        return [*way, self.end] if self.end else way

    def resampled(self, step: float) -> list[tuple[Point, Point]]:
        """Points along the way, at most `step` apart, each with the direction there as a unit vector."""
        result: list[tuple[Point, Point]] = []
        way = self.points()
        for (x, y), (next_x, next_y) in pairwise(way):
            length = ((next_x - x) ** 2 + (next_y - y) ** 2) ** 0.5
            pieces = int(length / step) + 1
            for piece in range(pieces if length else 0):
                point = (x + (next_x - x) * piece / pieces, y + (next_y - y) * piece / pieces)
                result.append((point, ((next_x - x) / length, (next_y - y) / length)))
        return [*result, (way[-1], result[-1][1])] if result else []

    def moved(self, is_head: bool, by: Point) -> Route:
        """The same way with one of its ends elsewhere, and the rest following smoothly."""
        bends = list(reversed(self.bends)) if is_head else list(self.bends)
        lengths = [0.0]
        for (x, y), (next_x, next_y) in pairwise(bends):
            lengths.append(lengths[-1] + ((next_x - x) ** 2 + (next_y - y) ** 2) ** 0.5)
        reach = min(lengths[-1], _BENT)
        shares = [max(0.0, 1 - length / reach) if reach else 1.0 for length in lengths]
        moved = tuple(
            (x + by[0] * share, y + by[1] * share) for (x, y), share in zip(bends, shares, strict=True)
        )
        if is_head:
            end = (self.end[0] + by[0], self.end[1] + by[1]) if self.end else None
            return replace(self, bends=tuple(reversed(moved)), end=end)
        start = (self.start[0] + by[0], self.start[1] + by[1]) if self.start else None
        return replace(self, bends=moved, start=start)


def at(point: Point) -> str:
    """A position as the engine writes it."""
    return f"{point[0]:.2f},{point[1]:.2f}"


def _along(curve: tuple[Point, ...]) -> list[Point]:
    result = []
    for step in range(_STEPS + 1):
        t = step / _STEPS
        weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
        x, y = (sum(w * point[axis] for w, point in zip(weights, curve, strict=True)) for axis in (0, 1))
        result.append((x, y))
    return result
