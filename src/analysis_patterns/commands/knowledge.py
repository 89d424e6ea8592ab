"""`knowledge`: load, export, compare and audit the types and rules that a database holds."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import new_app, session_at

if TYPE_CHECKING:
    from ..patterns.persistence.session import Session

app = new_app(help="Load, export, compare and audit the types and rules that a database holds.")

Url = Annotated[
    str,
    typer.Option(
        envvar="ANALYSIS_PATTERNS_URL",
        help="The database, as sqlite:///file.db or postgresql://user@host/name.",
    ),
]
Files = Annotated[list[Path], typer.Argument(metavar="PACK...", help="Knowledge packs, YAML files.")]


@app.command()
def load(
    packs: Files,
    url: Url,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also change what is known otherwise, without a day.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
) -> None:
    """Load packs, one after the other, all or none; print what that changes."""
    from ..patterns import knowledge  # noqa: PLC0415 - only now is SQLAlchemy loaded

    with _session(url) as session:
        for path in packs:
            difference = knowledge.load(knowledge.read_pack(path), session, replace=replace)
            typer.echo(difference or f"{path} changes nothing")
        if not dry_run:
            session.commit()


@app.command()
def export(
    url: Url,
    name: Annotated[str, typer.Option(help="The name of the pack.")] = "export",
    version: Annotated[str, typer.Option(help="Its version.")] = "1",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write; else it is printed."),
    ] = None,
) -> None:
    """Write everything that the database knows as one pack."""
    from ..patterns import knowledge  # noqa: PLC0415 - only now is SQLAlchemy loaded

    with _session(url) as session:
        text = knowledge.export(session, knowledge.Header(name=name, version=version))
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(output)


@app.command()
def diff(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="A knowledge pack, a YAML file.")], url: Url
) -> None:
    """Print what the pack (+) and the database (-) do not share; fail if there is anything."""
    from ..patterns import knowledge  # noqa: PLC0415 - only now is SQLAlchemy loaded

    with _session(url) as session:
        difference = knowledge.diff(knowledge.read_pack(pack), session)
    if difference:
        typer.echo(difference)
        raise typer.Exit(1)


@app.command()
def audit(url: Url, packs: Files = []) -> None:  # noqa: B006 - typer reads it, and nobody changes it
    """Print what breaks a rule, is in none of the packs or otherwise, or is unused; fail if anything is."""
    from ..patterns import knowledge  # noqa: PLC0415 - only now is SQLAlchemy loaded

    with _session(url) as session:
        findings = knowledge.audit(session, [knowledge.read_pack(path) for path in packs])
    for finding in findings:
        typer.echo(finding)
    if findings:
        raise typer.Exit(1)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a pack, for editors."""
    from json import dumps  # noqa: PLC0415

    from ..patterns import knowledge  # noqa: PLC0415 - only now is pydantic loaded
    from ..patterns.catalogue.whole import loaded_modules  # noqa: PLC0415

    loaded_modules()
    typer.echo(dumps(knowledge.pack_schema(), indent=2))


def _session(url: str) -> AbstractContextManager[Session]:
    """A session of the database; what is wrong with a pack is printed, a line for each problem."""
    from ..patterns.accountability import PartyType  # noqa: PLC0415 - only now is SQLAlchemy loaded
    from ..patterns.knowledge import PackError  # noqa: PLC0415

    return session_at(url, needs=PartyType, prints=PackError)
