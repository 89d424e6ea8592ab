"""The catalogue of patterns: check that it is true, build its pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import new_app

app = new_app(help="The catalogue of the 76 patterns: check that it is true, build its pages.")

Record = Annotated[
    Path, typer.Option("--record", metavar="DIR", help="The folder in which the tests left their record.")
]


@app.command()
def build(
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="Where the pages go.")] = Path("site"),
    record: Record = Path("build"),
) -> None:
    """Write the pages, and print the path of the first."""
    from ..patterns.catalogue import Proof, catalogue  # noqa: PLC0415 - only now is the whole library loaded
    from ..site import build as build_site  # noqa: PLC0415

    proof = Proof.read(record) if Proof.is_in(record) else None
    typer.echo(build_site(into, catalogue(), proof=proof))


@app.command()
def check(record: Record = Path("build")) -> None:
    """Print what is incomplete or unproved, a line each; fail if there is any."""
    from ..patterns.catalogue import findings  # noqa: PLC0415 - only now is the whole library loaded
    from ..site import drawn  # noqa: PLC0415

    found = findings(record, draw=drawn)
    for finding in found:
        typer.echo(finding)
    if found:
        raise typer.Exit(1)
