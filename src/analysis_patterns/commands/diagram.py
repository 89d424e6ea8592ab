"""`diagram`: draw a model, this library's or anybody's, from its code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import new_app

if TYPE_CHECKING:
    from ..diagrams import TypeGraph

app = new_app(help="Draw a model, this library's or anybody's, from its code.")


class Format(Enum):
    """What the drawing is written as."""

    SVG = "svg"
    PNG = "png"
    DOT = "dot"
    MERMAID = "mermaid"


class Notation(Enum):
    """How types and associations are drawn."""

    FOWLER = "fowler"
    UML = "uml"
    ER = "er"


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
}


def format_of(output: Path | None, format: Format | None) -> Format:
    """The format asked for, by default what the file's name ends in, or SVG; a terminal is shown no PNG."""
    wanted = format or (_SUFFIXES.get(output.suffix.lower()) if output else None) or Format.SVG
    if wanted is Format.PNG and output is None and sys.stdout.isatty():
        raise typer.BadParameter("a PNG is no text for a terminal: give --output FILE")
    return wanted


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

    # Crow's feet are for tables; in the other notations a database or SQL is tables all the same.
    if notation is not Notation.ER and not diagrams.holds_tables(target):
        return diagrams.type_graph(target, depth=depth, partial=partial, values=values)
    spoken = dialect.value if dialect else None
    return diagrams.table_graph(target, depth=depth, schemas=schemas, dialect=spoken, partial=partial)


def _write(data: bytes, output: Path | None) -> None:
    if output is None:
        typer.get_binary_stream("stdout").write(data)
    else:
        output.write_bytes(data)
        typer.echo(output)


@app.command()
def diagram(
    target: Target,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write; else it is printed."),
    ] = None,
    format: Annotated[
        Format | None, typer.Option("--format", "-f", help="By default what FILE ends in, or svg.")
    ] = None,
    notation: Annotated[Notation, typer.Option(help="The book's, UML's, or of tables.")] = Notation.FOWLER,
    focus: Annotated[
        str | None, typer.Option(metavar="TYPE", help="Draw only this type and what is near it.")
    ] = None,
    depth: Annotated[
        int, typer.Option(min=0, max=9, help="How many steps around the target are drawn too.")
    ] = 1,
    rules: Annotated[bool, typer.Option("--rules", help="State the drawn patterns' rules below.")] = False,
    engine: Annotated[
        str | None, typer.Option(metavar="PROGRAM", help="Another layout program, such as dot.")
    ] = None,
    schema: Schemas = None,
    dialect: SpokenDialect = None,
    values: Annotated[bool, typer.Option("--values", help="Draw value types as types of their own.")] = False,
    partial: Partial = False,
) -> None:
    """Draw TARGET: types, associations with their multiplicities, subtypes, what is derived."""
    from .. import diagrams  # noqa: PLC0415 - the other commands need no SQLAlchemy

    wanted = format_of(output, format)
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # so that a project's own modules are found, as by `python -m`
    graph = _graph(
        target, notation, depth=depth, schemas=schema or (), dialect=dialect, values=values, partial=partial
    )
    if focus:
        graph = graph.around([graph.named(focus).key], depth)
    drawing = diagrams.Drawing(graph, notation=diagrams.Notation(notation.value), rules=rules, engine=engine)
    drawn = drawing.written(diagrams.Format(wanted.value))
    _write(drawn.encode() if isinstance(drawn, str) else drawn, output)
    if graph.partial:
        typer.echo(f"{graph.title} is drawn in part: {'; '.join(graph.partial)}", err=True)
        raise typer.Exit(1)
