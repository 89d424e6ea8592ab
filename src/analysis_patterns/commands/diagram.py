"""`diagram`: draw a model, this library's or anybody's, from its code."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from . import new_app

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


@app.command()
def diagram(
    target: Annotated[
        str,
        typer.Argument(
            help="A module or package, package.module:Name of a base or class, a database URL, FILE.sql."
        ),
    ],
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
    schema: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Of a database: tables of this schema; repeatable."),
    ] = None,
    dialect: Annotated[Dialect | None, typer.Option(help="Of FILE.sql; guessed unless told.")] = None,
    values: Annotated[bool, typer.Option("--values", help="Draw value types as types of their own.")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Draw what can be drawn, marked as partial; exit code 1.")
    ] = False,
) -> None:
    """Draw TARGET: types, associations with their multiplicities, subtypes, what is derived."""
    from .. import diagrams  # noqa: PLC0415 - the other commands need no SQLAlchemy

    wanted = format_of(output, format)
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # so that a project's own modules are found, as by `python -m`
    # Crow's feet are for tables; in the other notations a database or SQL is tables all the same.
    if notation is Notation.ER or diagrams.holds_tables(target):
        graph = diagrams.table_graph(
            target,
            depth=depth,
            schemas=schema or (),
            dialect=dialect.value if dialect else None,
            partial=partial,
        )
    else:
        graph = diagrams.type_graph(target, depth=depth, partial=partial, values=values)
    if focus:
        graph = graph.around([graph.named(focus).key], depth)
    drawing = diagrams.Drawing(graph, notation=diagrams.Notation(notation.value), rules=rules, engine=engine)
    drawn = drawing.written(diagrams.Format(wanted.value))
    data = drawn.encode() if isinstance(drawn, str) else drawn
    if output is None:
        typer.get_binary_stream("stdout").write(data)
    else:
        output.write_bytes(data)
        typer.echo(output)
    if graph.partial:
        typer.echo(f"{graph.title} is drawn in part: {'; '.join(graph.partial)}", err=True)
        raise typer.Exit(1)
