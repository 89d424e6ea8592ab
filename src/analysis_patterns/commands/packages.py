"""`packages`: hold code to a declaration of its packages, write that as contracts, and draw it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from . import new_app
from .diagram import Format, format_of

app = new_app(help="Hold code to a declaration of its packages, write that as contracts, and draw it.")

File = Annotated[
    Path,
    typer.Argument(metavar="DECLARATION", help="What shows what to whom: a file in YAML or TOML."),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Where to write; else it is printed."),
]
_HERE = Path("packages.yaml")


@app.command()
def check(declaration: File = _HERE) -> None:
    """Print every import that is not allowed, in packages beside the file or installed; fail if any is."""
    from ..trading import package  # noqa: PLC0415 - only now is SQLAlchemy loaded

    beside = str(declaration.resolve().parent)
    if beside not in sys.path:
        sys.path.insert(0, beside)  # so that the packages beside their declaration are found
    with _printed():
        declared = package.read_declaration(declaration)
        imports = package.read_imports(declared.roots)
        package.require_obeyed(declared, imports)
    own = sum(1 for module in imports.modules if module.partition(".")[0] in declared.roots)
    typer.echo(f"{declaration}: every import is as declared (modules: {own:,})")


@app.command()
def contracts(declaration: File = _HERE, output: Output = None) -> None:
    """Write the same as contracts for import-linter, a configuration in TOML."""
    from ..trading import package  # noqa: PLC0415 - only now is SQLAlchemy loaded

    with _printed():
        written = package.contracts_toml(package.read_declaration(declaration))
    if output is None:
        typer.echo(written, nl=False)
    else:
        output.write_text(written, encoding="utf-8")
        typer.echo(output)


@app.command()
def picture(
    declaration: File = _HERE,
    *,
    layering: Annotated[
        str | None, typer.Option(metavar="NAME", help="Draw this layering, not the packages.")
    ] = None,
    output: Output = None,
    format: Annotated[
        Format | None, typer.Option("--format", "-f", help="By default what FILE ends in, or svg.")
    ] = None,
) -> None:
    """Draw the packages and what they see of each other, or what lies on what."""
    from .. import diagrams  # noqa: PLC0415 - only now is SQLAlchemy loaded
    from ..trading import package  # noqa: PLC0415

    wanted = format_of(output, format)
    with _printed():
        declared = package.read_declaration(declaration)
    drawn = package.layering_picture(declared, layering) if layering else package.package_picture(declared)
    written = diagrams.Drawing(drawn).written(diagrams.Format(wanted.value))
    data = written.encode() if isinstance(written, str) else written
    if output is None:
        typer.get_binary_stream("stdout").write(data)
    else:
        output.write_bytes(data)
        typer.echo(output)


@contextmanager
def _printed() -> Iterator[None]:
    """Print what is wrong with a declaration or with code, a line for each problem, and end with 1."""
    from ..patterns.problem import DocumentError  # noqa: PLC0415

    try:
        yield
    except DocumentError as refused:
        typer.echo(refused, err=True)
        raise typer.Exit(1) from refused
