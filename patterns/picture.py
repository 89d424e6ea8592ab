"""Pictures as plain data: a domain says what to draw, and `diagrams` draws it; neither imports the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from .errors import AnalysisPatternsError

F = TypeVar("F", bound=Callable[..., Any])


class Mark(Enum):
    """What stands at the end of a line."""

    NONE = "none"
    ARROW = "arrow"
    SUPERTYPE = "supertype"
    ONE = "one"
    OPTIONAL = "zero or one"
    MANY = "any number"
    SOME = "one or more"


class Shape(Enum):
    """The outline of a node."""

    ROUNDED = "rounded"
    BOX = "box"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Node:
    """
    One box.

    Shape:  `key` names it in this graph; `label` is its heading, with `lines` below; `level` is one of the
            graph's levels, or empty; `note` is what a pointing reader is told; `outside` is drawn dashed.
    """

    key: str
    label: str
    lines: tuple[str, ...] = ()
    level: str = ""
    note: str = ""
    shape: Shape = Shape.ROUNDED
    outside: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """One end of a line: a label beside it and the mark on it."""

    label: str = ""
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True)
class Edge:
    """
    One line between two nodes, drawn with its `tail` above its `head` where there is room.

    Shape:  the keys of both nodes, what stands at either end, and `label`, small, along the line; `dashed`
            for a line of another sort than the rest.
    """

    tail: str
    head: str
    tail_end: End = End()
    head_end: End = End()
    label: str = ""
    note: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """
    Boxes and lines, without positions.

    Shape:  `levels` are the bands it is divided into, from the top down; `remarks` stand below it.
    Errors: `AnalysisPatternsError` where two nodes share a key, a line ends at no node, or a node is on a
            level that the graph does not have.
    """

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    levels: tuple[str, ...] = ()
    description: str = ""
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        keys = {node.key for node in self.nodes}
        if len(keys) < len(self.nodes):
            raise AnalysisPatternsError(f"the picture {self.title!r} has two nodes with one key")
        for edge in self.edges:
            for end in (edge.tail, edge.head):
                if end not in keys:
                    raise AnalysisPatternsError(f"a line of {self.title!r} ends at no node: {end!r}")
        for node in self.nodes:
            if node.level and node.level not in self.levels:
                raise AnalysisPatternsError(f"the picture {self.title!r} has no level {node.level!r}")


def derived(multiplicity: str) -> Callable[[F], F]:
    """
    Mark a method, or the function under a `@property`, that diagrams draw as a derived association.

    Shape:  `multiplicity` such as `1`, `0..1`, `*` or `1..*`; the type at the other end is read from the
            return annotation. A type that is no entity makes it a derived attribute.

    >>> @derived("1..*")
    ... def all_types(party): ...
    >>> all_types.__derived__
    '1..*'
    """

    def mark(function: F) -> F:
        function.__derived__ = multiplicity  # type: ignore[attr-defined]
        return function

    return mark
