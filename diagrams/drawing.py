"""A drawing: one picture, to be had in every format."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cached_property
from typing import Literal, overload

from ..patterns.picture import Bars, Graph, Grid, Plot
from . import document, plantuml
from .bars import bar_sheet, gantt, notes_of
from .dot import dot
from .engine import engine, run
from .heat import block_diagram, heat_notes, heat_sheet
from .mermaid import class_diagram, flowchart
from .mermaid_er import entity_diagram, is_of_tables
from .model import TypeGraph
from .notation import Notation, picture_of
from .plot import plot_notes, plot_sheet, xy_chart
from .sheet import sheet
from .svg import finished

_PIXELS_PER_INCH = 144


class Format(Enum):
    """What a drawing is written as."""

    SVG = "svg"
    PNG = "png"
    DOT = "dot"
    MERMAID = "mermaid"
    PLANTUML = "plantuml"
    JSON = "json"


class Drawing:
    """
    A picture that can be shown.

    Shape:  of a type graph, or of any picture that a domain describes: boxes and lines, bars, a plot, a grid.
            `notation`, `rules` (those of the drawn patterns, in words below the figure) and `clusters` (a
            frame around each package in the place of the levels) concern type graphs only.
            `engine` is the name of the layout program, by default the one that comes with this library; text
            formats need none. Notebooks show a drawing by themselves.
    Errors: `EngineError` from `svg` and `png` where the layout program is missing or fails.
    """

    def __init__(
        self,
        graph: TypeGraph | Graph | Bars | Plot | Grid,
        *,
        notation: Notation = Notation.FOWLER,
        rules: bool = False,
        clusters: bool = False,
        engine: str | None = None,
    ) -> None:
        self.graph = graph
        self.notation = notation
        self.engine = engine
        self._words = {"rules": rules, "clusters": clusters}

    @cached_property
    def picture(self) -> Graph | Bars | Plot | Grid:
        """The boxes and lines, bars, places or cells that are drawn; some texts need none of them."""
        if isinstance(self.graph, TypeGraph):
            return picture_of(self.graph, self.notation, **self._words)
        return self.graph

    def svg(self, *, embedded: bool = False) -> str:
        """
        As SVG: light or dark as its surroundings are, described for screen readers, without scripts.

        Shape:  `embedded` keeps the picture in it as JSON, by which it can be compared with another.
        """
        return finished(
            self._drawn("-Tsvg"),
            title=self.picture.title,
            description=self.picture.description,
            notes=_notes_of(self.picture),
            links=_links_of(self.picture),
            metadata=document.written(self.picture) if embedded else "",
        )

    def png(self) -> bytes:
        """As PNG, at one and a half times the size of the SVG."""
        return self._drawn("-Tpng", f"-Gdpi={_PIXELS_PER_INCH}")

    def dot(self) -> str:
        """As DOT, without positions; bars, plots and grids have nothing but positions, and keep them."""
        return dot(self.picture) if isinstance(self.picture, Graph) else _sheet_of(self.picture)

    def mermaid(self) -> str:
        """As Mermaid: classes, tables, a Gantt or XY chart, blocks of a grid, a flowchart of all else."""
        if isinstance(self.graph, Bars):
            return gantt(self.graph)
        if isinstance(self.graph, Plot):
            return xy_chart(self.graph)
        if isinstance(self.graph, Grid):
            return block_diagram(self.graph)
        if isinstance(self.graph, TypeGraph):
            return entity_diagram(self.graph) if is_of_tables(self.graph) else class_diagram(self.graph)
        return flowchart(self.graph)

    def plantuml(self) -> str:
        """As PlantUML: classes, a Gantt chart by days, figures as a table, objects of anything else."""
        if isinstance(self.graph, Bars):
            return plantuml.gantt(self.graph)
        if isinstance(self.graph, Plot):
            return plantuml.plot_table(self.graph)
        if isinstance(self.graph, Grid):
            return plantuml.grid_table(self.graph)
        if isinstance(self.graph, TypeGraph):
            return plantuml.class_diagram(self.graph)
        return plantuml.object_diagram(self.graph)

    def json(self) -> str:
        """As JSON, which `read_picture` reads back: a model as its types, any other picture as it is."""
        return document.written(self.graph)

    def written(self, format: Format) -> str | bytes:
        """In the format asked for."""
        write: dict[Format, Callable[[], str | bytes]] = {
            Format.SVG: self.svg,
            Format.PNG: self.png,
            Format.DOT: self.dot,
            Format.MERMAID: self.mermaid,
            Format.PLANTUML: self.plantuml,
            Format.JSON: self.json,
        }
        return write[format]()

    def _drawn(self, *arguments: str) -> bytes:
        program = engine(self.engine)
        # Everything has its place already: -n2 lets the engine draw without moving anything.
        picture = self.picture
        placed = sheet(picture, program) if isinstance(picture, Graph) else _sheet_of(picture)
        return run(program, placed, "-Kneato", "-n2", *arguments)

    def _repr_svg_(self) -> str:
        return self.svg()


def _sheet_of(picture: Bars | Plot | Grid) -> str:
    if isinstance(picture, Grid):
        return heat_sheet(picture)
    return bar_sheet(picture) if isinstance(picture, Bars) else plot_sheet(picture)


def _links_of(picture: Graph | Bars | Plot | Grid) -> dict[str, str]:
    nodes = picture.nodes if isinstance(picture, Graph) else ()
    return {f"n{index}": node.link for index, node in enumerate(nodes) if node.link}


def _notes_of(picture: Graph | Bars | Plot | Grid) -> dict[str, str]:
    """What a pointing reader is told, by the id that each box and line has in the drawing."""
    if isinstance(picture, Bars):
        return notes_of(picture)
    if isinstance(picture, Plot):
        return plot_notes(picture)
    if isinstance(picture, Grid):
        return heat_notes(picture)
    notes = {f"n{index}": node.note for index, node in enumerate(picture.nodes)}
    return notes | {f"e{index}": edge.note for index, edge in enumerate(picture.edges)}


@overload
def draw(
    graph: TypeGraph | Graph | Bars | Plot | Grid,
    *,
    format: Literal["svg", "dot", "mermaid", "plantuml", "json"] = "svg",
    notation: Notation = ...,
    rules: bool = ...,
    engine: str | None = ...,
) -> str: ...
@overload
def draw(
    graph: TypeGraph | Graph | Bars | Plot | Grid,
    *,
    format: Literal["png"],
    notation: Notation = ...,
    rules: bool = ...,
    engine: str | None = ...,
) -> bytes: ...
def draw(
    graph: TypeGraph | Graph | Bars | Plot | Grid,
    *,
    format: Literal["svg", "png", "dot", "mermaid", "plantuml", "json"] = "svg",
    notation: Notation = Notation.FOWLER,
    rules: bool = False,
    engine: str | None = None,
) -> str | bytes:
    """
    Draw a type graph, or any picture that a domain describes, in one format; see `Drawing`.

    Errors: `EngineError` where SVG or PNG is asked for and the layout program is missing or fails.
    """
    drawing = Drawing(graph, notation=notation, rules=rules, engine=engine)
    return drawing.written(Format(format))
