"""Pictures as plain data: a domain says what to draw, and `diagrams` draws it; neither imports the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from .errors import AnalysisPatternsError

F = TypeVar("F", bound=Callable[..., Any])

# No quotes, brackets or blanks: such a link means the same in every format that it is written in.
_LINK = re.compile(
    r"(https://(?=[\w])|(?!//)(?![^/?#]*:))([A-Za-z0-9._~:/?#@&+,=-]|%[0-9A-Fa-f]{2})+", re.ASCII
)


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


class Change(Enum):
    """What became of something from one version of a model to the next; its value is the sign for it."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


@dataclass(frozen=True, slots=True)
class Node:
    """
    One box.

    Shape:  `key` names it in this graph; `label` is its heading, with `lines` below; `level` is one of the
            graph's levels, or empty; `note` is what a pointing reader is told; `outside` is drawn dashed;
            `link` is where whoever follows it gets; `cluster` names the frame around it and others; `change`
            is drawn in colour, as is that of each line, where `line_changes` has one for each.
    Errors: `AnalysisPatternsError` for a link that is neither relative nor https, changes of more or fewer
            lines than there are, or a change whose sign does not begin the text: colours alone say nothing.
    """

    key: str
    label: str
    lines: tuple[str, ...] = ()
    level: str = ""
    note: str = ""
    shape: Shape = Shape.ROUNDED
    outside: bool = False
    link: str = ""
    cluster: str = ""
    change: Change | None = None
    line_changes: tuple[Change | None, ...] = ()

    def __post_init__(self) -> None:
        require_link(self.link)
        if self.line_changes and len(self.line_changes) != len(self.lines):
            raise AnalysisPatternsError(
                f"{self.key!r} has {len(self.line_changes)} changes for {len(self.lines)} lines"
            )
        for text, change in ((self.label, self.change), *zip(self.lines, self.line_changes, strict=False)):
            _require_sign(text, change)


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
            for a line of another sort than the rest; `change` as of a node.
    Errors: `AnalysisPatternsError` for a change whose sign does not begin the label.
    """

    tail: str
    head: str
    tail_end: End = End()
    head_end: End = End()
    label: str = ""
    note: str = ""
    dashed: bool = False
    change: Change | None = None

    def __post_init__(self) -> None:
        _require_sign(self.label, self.change)


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


class BarKind(Enum):
    """What a bar stands for: a plan, one that leaves no slack, what took place, and what was held up."""

    PLANNED = "planned"
    CRITICAL = "critical"
    ACTUAL = "actual"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Bar:
    """
    A stretch of time in a row; a `note` is what a pointing reader is told.

    Errors: `AnalysisPatternsError` where it ends before it starts, or for a naive datetime.
    """

    kind: BarKind
    start: datetime
    end: datetime
    note: str = ""

    def __post_init__(self) -> None:
        _require_aware(self.start, self.end)
        if self.end < self.start:
            raise AnalysisPatternsError(f"a bar ends at {self.end.isoformat()}, before it starts")


@dataclass(frozen=True, slots=True)
class Milestone:
    """A single instant in a row, planned or actual; errors as `Bar`."""

    at: datetime
    kind: BarKind = BarKind.PLANNED
    note: str = ""

    def __post_init__(self) -> None:
        _require_aware(self.at)


@dataclass(frozen=True, slots=True)
class BarRow:
    """
    One line of a bar chart.

    Shape:  `key` names it in this chart; `label` stands to its left, `indent` steps in.
    """

    key: str
    label: str
    bars: tuple[Bar, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    indent: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class BarLink:
    """
    A line from the bar of one row to that of another.

    Shape:  the keys of both rows; from the finish of the first to the start of the second, unless told
            otherwise; `critical` is drawn stronger.
    """

    tail: str
    head: str
    from_finish: bool = True
    to_finish: bool = False
    critical: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """
    A bar chart over time, such as Gantt's: rows of bars, without positions.

    Shape:  rows from the top down, links between them; `today` is drawn as a line; `remarks` stand below.
    Errors: `AnalysisPatternsError` where two rows share a key, or a link ends at no row.
    """

    title: str
    rows: tuple[BarRow, ...]
    links: tuple[BarLink, ...] = ()
    today: datetime | None = None
    description: str = ""
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        keys = {row.key for row in self.rows}
        if len(keys) < len(self.rows):
            raise AnalysisPatternsError(f"the picture {self.title!r} has two rows with one key")
        for link in self.links:
            for end in (link.tail, link.head):
                if end not in keys:
                    raise AnalysisPatternsError(f"a link of {self.title!r} ends at no row: {end!r}")
        if self.today is not None:
            _require_aware(self.today)


class SeriesKind(Enum):
    """What a series stands for, which is how it is drawn: columns of three sorts, or points on a line."""

    PLANNED = "planned"
    ACTUAL = "actual"
    FORECAST = "forecast"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Series:
    """
    Figures of one kind, one for each place along a plot; None where there is none.

    Errors: `AnalysisPatternsError` for what is no finite decimal.
    """

    name: str
    values: tuple[Decimal | None, ...]
    kind: SeriesKind = SeriesKind.ACTUAL

    def __post_init__(self) -> None:
        for value in self.values:
            if value is not None and not (isinstance(value, Decimal) and value.is_finite()):
                raise AnalysisPatternsError(
                    f"a plot shows finite decimals, unlike {value!r} of {self.name!r}"
                )


@dataclass(frozen=True, slots=True)
class PlotBand:
    """
    A named stretch of the values of a plot, tinted behind them; open where a bound is None.

    Errors: `AnalysisPatternsError` where the lower bound is not below the upper one.
    """

    label: str
    lower: Decimal | None = None
    upper: Decimal | None = None

    def __post_init__(self) -> None:
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise AnalysisPatternsError(f"the band {self.label!r} ends at {self.upper}, before it starts")


@dataclass(frozen=True, slots=True)
class Plot:
    """
    Figures side by side, such as plan and actual of each region, without positions.

    Shape:  `places` stand along the foot, each series has a value for each of them; `unit` stands at the
            axis, `bands` behind, `remarks` below.
    Errors: `AnalysisPatternsError` for a series with more or fewer values than places, or two of one name.
    """

    title: str
    places: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    bands: tuple[PlotBand, ...] = ()
    description: str = ""
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for each in self.series:
            if len(each.values) != len(self.places):
                raise AnalysisPatternsError(
                    f"the series {each.name!r} of {self.title!r} has {len(each.values)} values for "
                    f"{len(self.places)} places"
                )
        if len({each.name for each in self.series}) < len(self.series):
            raise AnalysisPatternsError(f"the picture {self.title!r} has two series of one name")


@dataclass(frozen=True, slots=True)
class Grid:
    """
    Figures in rows and columns, each cell tinted by what it comes to: a heat map.

    Shape:  `across` names the columns, `down` the rows, from the top; `cells` has a row for each of them,
            with None where there is no figure; `unit` stands above, `remarks` below.
    Errors: `AnalysisPatternsError` for a row too many or too few, one with more or fewer cells than there
            are columns, or what is no finite decimal.
    """

    title: str
    across: tuple[str, ...]
    down: tuple[str, ...]
    cells: tuple[tuple[Decimal | None, ...], ...]
    unit: str = ""
    description: str = ""
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.cells) != len(self.down):
            raise AnalysisPatternsError(
                f"the picture {self.title!r} has {len(self.cells)} rows of figures for {len(self.down)} names"
            )
        for name, row in zip(self.down, self.cells, strict=True):
            if len(row) != len(self.across):
                raise AnalysisPatternsError(
                    f"the row {name!r} of {self.title!r} has {len(row)} figures for "
                    f"{len(self.across)} columns"
                )
            for cell in row:
                if cell is not None and not (isinstance(cell, Decimal) and cell.is_finite()):
                    raise AnalysisPatternsError(f"a grid shows finite decimals, unlike {cell!r} of {name!r}")


def require_link(link: str) -> None:
    """
    Refuse a link that leads anywhere but to a page nearby or to one of https.

    Errors: `AnalysisPatternsError` where it is neither empty, nor relative, nor https.
    """
    if link and not _LINK.fullmatch(link):
        raise AnalysisPatternsError(f"a link is relative or https, all in plain characters, unlike {link!r}")


def _require_sign(text: str, change: Change | None) -> None:
    if change and not text.startswith(change.value):
        raise AnalysisPatternsError(
            f"what was {change.name.lower()} begins with {change.value}, unlike {text!r}"
        )


def _require_aware(*instants: datetime) -> None:
    for instant in instants:
        if instant.utcoffset() is None:
            raise AnalysisPatternsError(f"a picture of time needs time zones, unlike {instant.isoformat()}")


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
