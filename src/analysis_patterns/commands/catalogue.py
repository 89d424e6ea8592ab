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
Docs = Annotated[
    Path | None,
    typer.Option("--docs", metavar="DIR", help="The folder of documents that has the patterns as Markdown."),
]


@app.command()
def build(
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="Where the pages go.")] = Path("site"),
    record: Record = Path("build"),
    docs: Docs = None,
    target: Annotated[
        str | None,
        typer.Option("--for", metavar="PACKAGE", help="An application: its own pages, these beside them."),
    ] = None,
) -> None:
    """Write the pages, and print the path of the first; with --docs, those in Markdown there as well."""
    from ..patterns.catalogue import Proof, catalogue  # noqa: PLC0415 - only now is the whole library loaded
    from ..site import CATALOGUE, application, build_for, library_rooms, write_committed  # noqa: PLC0415
    from ..site import build as build_site  # noqa: PLC0415

    proof = Proof.read(record) if Proof.is_in(record) else None
    records = catalogue()
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # so that a project's own modules are found, as by `python -m`
    # What is wrong with an application is told before anything is written.
    own = None if target is None else application(target, records)
    page = build_site(into / CATALOGUE if own else into, records, proof=proof, rooms=library_rooms(records))
    if docs is not None:
        write_committed(docs, records)
    typer.echo(build_for(into, own, records) if own else page)


@app.command()
def check(record: Record = Path("build"), docs: Docs = None) -> None:
    """Print what is incomplete or unproved, a line each, and how --docs differ; fail if there is any."""
    from ..patterns.catalogue import catalogue, findings  # noqa: PLC0415 - only now is the whole library loaded
    from ..site import differences, drawn  # noqa: PLC0415

    found = findings(record, draw=drawn)
    if docs is not None:
        found += differences(docs, catalogue())
    for finding in found:
        typer.echo(finding)
    if found:
        raise typer.Exit(1)
