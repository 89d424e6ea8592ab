"""`diagram`: draw a model, this library's or anybody's, from its code."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import new_app

if TYPE_CHECKING:
    from ..diagrams import Drawing, TypeGraph
    from ..diagrams import Format as DrawnFormat

app = new_app(help="Draw a model, this library's or anybody's, from its code.")


class Format(Enum):
    """What the drawing is written as."""

    SVG = "svg"
    PNG = "png"
    DOT = "dot"
    MERMAID = "mermaid"
    PLANTUML = "plantuml"
    JSON = "json"


class Notation(Enum):
    """How types and associations are drawn."""

    FOWLER = "fowler"
    UML = "uml"
    ER = "er"


class Columns(Enum):
    """Which attributes are drawn."""

    ALL = "all"
    KEYS = "keys"
    NONE = "none"


class Dialect(Enum):
    """Whose SQL it is."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


Target = Annotated[
    str,
    typer.Argument(
        help="A module or package, package.module:Name of a base or class, a database URL, FILE.sql."
    ),
]
Schemas = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Of a database: tables of this schema; repeatable.")
]
SpokenDialect = Annotated[Dialect | None, typer.Option(help="Of FILE.sql; guessed unless told.")]
Partial = Annotated[
    bool, typer.Option("--partial", help="Draw what can be drawn, marked as partial; exit code 1.")
]

_SUFFIXES = {
    ".svg": Format.SVG,
    ".png": Format.PNG,
    ".dot": Format.DOT,
    ".gv": Format.DOT,
    ".mmd": Format.MERMAID,
    ".mermaid": Format.MERMAID,
    ".puml": Format.PLANTUML,
    ".plantuml": Format.PLANTUML,
    ".json": Format.JSON,
}


def format_of(output: Path | None, format: Format | None) -> Format:
    """The format asked for, by default what the file's name ends in, or SVG; a terminal is shown no PNG."""
    wanted = format or (_SUFFIXES.get(output.suffix.lower()) if output else None) or Format.SVG
    if wanted is Format.PNG and output is None and sys.stdout.isatty():
        raise typer.BadParameter("a PNG is no text for a terminal: give --output FILE")
    return wanted


Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write; else it is printed.")
]
Into = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write pages: an overview, and one for each group and type."),
]
Wanted = Annotated[
    Format | None, typer.Option("--format", "-f", help="By default what FILE ends in, or svg.")
]
Focus = Annotated[str | None, typer.Option(metavar="TYPE", help="Draw only this type and what is near it.")]
Depth = Annotated[int, typer.Option(min=0, max=9, help="How many steps around the target are drawn too.")]
Hubs = Annotated[
    int | None,
    typer.Option(
        "--hubs", min=1, metavar="N", help="Name types that over N others refer to, drawing no line."
    ),
]
Clusters = Annotated[bool, typer.Option("--clusters", help="A frame around each package, no levels.")]
Since = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw what differs from a model written as JSON before.")
]
Check = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw nothing; fail if FILE is not what would be drawn.")
]
Engine = Annotated[str | None, typer.Option(metavar="PROGRAM", help="Another layout program, such as dot.")]


def _graph(
    target: str,
    notation: Notation,
    *,
    depth: int,
    schemas: Sequence[str],
    dialect: Dialect | None,
    values: bool,
    partial: bool,
) -> TypeGraph:
    from .. import diagrams  # noqa: PLC0415

    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # so that a project's own modules are found, as by `python -m`
    # Crow's feet are for tables; in the other notations a database or SQL is tables all the same.
    if notation is not Notation.ER and not diagrams.holds_tables(target):
        return diagrams.type_graph(target, depth=depth, partial=partial, values=values)
    spoken = dialect.value if dialect else None
    return diagrams.table_graph(target, depth=depth, schemas=schemas, dialect=spoken, partial=partial)


@app.command()
def diagram(
    target: Target,
    *,
    output: Output = None,
    into: Into = None,
    format: Wanted = None,
    notation: Annotated[Notation, typer.Option(help="The book's, UML's, or of tables.")] = Notation.FOWLER,
    focus: Focus = None,
    depth: Depth = 1,
    columns: Annotated[Columns, typer.Option(help="Which attributes are drawn.")] = Columns.ALL,
    hubs: Hubs = None,
    clusters: Clusters = False,
    overview: Annotated[bool, typer.Option("--overview", help="Groups of types instead of types.")] = False,
    since: Since = None,
    check: Check = None,
    rules: Annotated[bool, typer.Option("--rules", help="State the drawn patterns' rules below.")] = False,
    engine: Engine = None,
    schema: Schemas = None,
    dialect: SpokenDialect = None,
    values: Annotated[bool, typer.Option("--values", help="Draw value types as types of their own.")] = False,
    partial: Partial = False,
) -> None:
    """Draw TARGET: types, associations with their multiplicities, subtypes, what is derived."""
    from .. import diagrams  # noqa: PLC0415 - the other commands need no SQLAlchemy

    _require_one_place(output=output, into=into, check=check)
    wanted = format_of(output or check, format)
    graph = _graph(
        target, notation, depth=depth, schemas=schema or (), dialect=dialect, values=values, partial=partial
    )
    style = diagrams.Notation(notation.value)
    if into is not None:
        files = diagrams.pages(graph, notation=style, hub=hubs or diagrams.HUB, engine=engine)
        typer.echo(diagrams.write_folder(into, files) / "index.html")
        return _fail_in_part(graph)
    cut = functools.partial(_cut, focus=focus, depth=depth, hubs=hubs, columns=columns)
    picture: Any = cut(graph)
    if since is not None:
        before = cut(diagrams.read_types(_read(since)), optional=True)
        picture = diagrams.difference(before, picture, notation=style)
    elif overview:
        picture = diagrams.overview(picture)
    drawing = diagrams.Drawing(picture, notation=style, rules=rules, clusters=clusters, engine=engine)
    if check is not None:
        _compare(drawing, diagrams.Format(wanted.value), check)
    else:
        _write(drawing, diagrams.Format(wanted.value), output)
    return _fail_in_part(graph)


def _fail_in_part(graph: TypeGraph) -> None:
    if graph.partial:
        typer.echo(f"{graph.title} is drawn in part: {'; '.join(graph.partial)}", err=True)
        raise typer.Exit(1)


def _require_one_place(**places: Path | None) -> None:
    given = [f"--{name}" for name, path in places.items() if path is not None]
    if len(given) > 1:
        raise typer.BadParameter(f"one of {' and '.join(given)} at a time")


def _cut(
    graph: TypeGraph,
    *,
    focus: str | None,
    depth: int,
    hubs: int | None,
    columns: Columns,
    optional: bool = False,
) -> TypeGraph:
    """The model as far as it is asked for; `optional` where the type in focus need not be in it."""
    from .. import diagrams  # noqa: PLC0415

    is_there = focus is not None and any(focus in (each.key, each.name) for each in graph.types)
    around = [graph.named(focus).key] if focus and (is_there or not optional) else []
    if hubs is not None:
        graph = diagrams.without_hubs(graph, hubs, keep=around)
    if focus:
        graph = graph.around(around, depth)
    return diagrams.with_columns(graph, diagrams.Columns(columns.value))


def _read(path: Path) -> bytes:
    from .. import diagrams  # noqa: PLC0415

    try:
        return path.read_bytes()
    except OSError as refused:
        raise diagrams.OutputError(f"{path} cannot be read: {refused.strerror}") from refused


def _write(drawing: Drawing, format: DrawnFormat, output: Path | None) -> None:
    """Print a drawing or put it in a file; an SVG keeps what it was made of, to be compared by."""
    from .. import diagrams  # noqa: PLC0415

    is_kept = format is diagrams.Format.SVG and output is not None
    drawn = drawing.svg(embedded=True) if is_kept else drawing.written(format)
    if output is None:
        typer.get_binary_stream("stdout").write(drawn.encode() if isinstance(drawn, str) else drawn)
    else:
        typer.echo(diagrams.write_file(output, drawn))


def _compare(drawing: Drawing, format: DrawnFormat, committed: Path) -> None:
    """Print how a file differs from what would be drawn now, and fail if it does."""
    from .. import diagrams  # noqa: PLC0415

    found = diagrams.drift(drawing, format, _read(committed), name=str(committed))
    for line in found:
        typer.echo(line)
    if found:
        raise typer.Exit(1)
