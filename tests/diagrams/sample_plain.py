"""Somebody else's values and documents: dataclasses and pydantic models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

T = TypeVar("T")


class Colour(Enum):
    """Two are enough."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Point:
    """A place in the plane."""

    x: int
    y: int = 0
    colour: Colour = Colour.RED


@dataclass(frozen=True)
class Shape:
    """Whatever has a middle."""

    middle: Point
    label: str | None
    corners: Sequence[Point]
    named: Mapping[str, Point] = field(default_factory=dict)
    inside: Shape | None = None


@dataclass(frozen=True)
class Square(Shape):
    """A shape with four equal sides."""

    side: Annotated[int, "in points"] = 1


@dataclass(frozen=True)
class Box(Generic[T]):
    """Something that holds something."""

    content: T | None = None


@dataclass
class Hidden:
    """A class that does not want to be seen."""

    __figure__ = False

    point: Point


class Drawing(BaseModel):
    """A document of shapes."""

    shapes: Annotated[list[Shape], Field(min_length=1)]
    boxed: Box[Point]
    cover: Annotated[Point | None, Field(description="optional")] = None
    rows: list[list[Point]] = []
    title: str = ""
