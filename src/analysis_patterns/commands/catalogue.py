"""The catalogue of patterns: check that it is true, build its pages."""

from __future__ import annotations

import sys
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
    target: Annotated[
        str | None,
        typer.Option("--for", metavar="PACKAGE", help="An application: its own pages, these beside them."),
    ] = None,
) -> None:
    """Write the pages, and print the path of the first."""
    from ..patterns.catalogue import Proof, catalogue  # noqa: PLC0415 - only now is the whole library loaded
    from ..site import CATALOGUE, build_for  # noqa: PLC0415
    from ..site import application as read_application  # noqa: PLC0415
    from ..site import build as build_site  # noqa: PLC0415

    proof = Proof.read(record) if Proof.is_in(record) else None
    records = catalogue()
    if target is None:
        typer.echo(build_site(into, records, proof=proof))
        return
    # Its modules are found as by `python -m`, and what is wrong with it is told before anything is written.
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    own = read_application(target, records)
    build_site(into / CATALOGUE, records, proof=proof)
    typer.echo(build_for(into, own, records))


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
