"""`observation`: take observations over from FHIR documents, and write them as such."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import new_app, session_at

if TYPE_CHECKING:
    from ..patterns.accountability import Party
    from ..patterns.persistence.session import Session

app = new_app(help="Take observations over from FHIR R4 documents; write observations as FHIR R4.")

Url = Annotated[
    str,
    typer.Option(
        "--database",
        "--url",
        envvar="ANALYSIS_PATTERNS_URL",
        help="The database, as sqlite:///file.db or postgresql://user@host/name.",
    ),
]


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Observations, RiskAssessments or Bundles in JSON, or folders of these."
        ),
    ],
    url: Url,
    *,
    source: Annotated[str, typer.Option(help="Who sent them: ids and references are its own.")] = "",
    by: Annotated[
        str | None, typer.Option(help="The party that rejects what was entered in error, or corrected.")
    ] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(metavar="WORDS=CODE", help="UCUM's code for a unit that is named in words only."),
    ] = None,
    known: Annotated[
        bool, typer.Option("--known", help="Refuse codes and people that are not known yet.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be taken over.")] = False,
) -> None:
    """Take documents over, all or nothing; tell how many, and what the model has no place for."""
    units = dict(_meaning(each) for each in unit or ())
    with _session(url) as session:
        from ..observation.interchange import References, import_fhir  # noqa: PLC0415

        people = References(session, source=source, learning=not known)
        report = import_fhir(
            session,
            *files,
            subjects=people,
            by=None if by is None else _party(session, by),
            source=source,
            learning=not known,
            units=units,
        )
        for line in (*report.lines(), *(f"learnt: {each}" for each in people.learnt)):
            typer.echo(line)
        if not dry_run:
            session.commit()


@app.command()
def export(
    url: Url,
    source: Annotated[
        str | None, typer.Option(help="Only the documents of one sender; else all observations.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write; else it is printed."),
    ] = None,
) -> None:
    """Write observations as FHIR R4: documents as they came, or as they were corrected since."""
    with _session(url) as session:
        from ..observation.interchange import (  # noqa: PLC0415
            documents,
            everything,
            export_fhir,
            is_writable,
        )

        items = everything(session) if source is None else documents(session, source=source)
        text = export_fhir(session, *(each for each in items if is_writable(each)))
        for each in items:
            if not is_writable(each):
                typer.echo(f"not exported, since it is only expected: {each}", err=True)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(f"{text}\n", encoding="utf-8")
        typer.echo(output)


def _meaning(typed: str) -> tuple[str, str]:
    words, equals, code = typed.rpartition("=")
    if not equals or not words:
        raise typer.BadParameter(f"{typed!r} is not as in lbs=[lb_av]", param_hint="--unit")
    return words, code


def _party(session: Session, name: str) -> Party:
    from sqlalchemy import select  # noqa: PLC0415 - only now is SQLAlchemy loaded

    from ..patterns.accountability import Party  # noqa: PLC0415

    found = session.scalars(select(Party).where(Party.name == name).limit(2)).all()
    if len(found) != 1:
        many = "several parties are" if found else "no party is"
        raise typer.BadParameter(f"{many} called {name!r}", param_hint="--by")
    return found[0]


def _session(url: str) -> AbstractContextManager[Session]:
    """A session of the database; what is wrong with documents is printed, a line for each problem."""
    from ..observation.interchange import FhirError, ObservationDocument  # noqa: PLC0415 - only now is it loaded

    return session_at(url, needs=ObservationDocument, prints=FhirError)
