"""`ledger`: take books over from a file, write a ledger as one, follow up what changed for the past."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import new_app, session_at

if TYPE_CHECKING:
    from ..accounting import Ledger
    from ..patterns.persistence.session import Session

app = new_app(
    help="Take books over from Beancount into a ledger; write a ledger for Beancount or hledger; follow up "
    "what changed for the past."
)

Url = Annotated[
    str,
    typer.Option(
        "--database",
        "--url",
        envvar="ANALYSIS_PATTERNS_URL",
        help="The database, as sqlite:///file.db or postgresql://user@host/name.",
    ),
]


class Format(Enum):
    """The notations that a ledger is written in."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file in Beancount's notation.")],
    url: Url,
    name: Annotated[
        str | None,
        typer.Option(help="The name of the new ledger; else the title of the books, or the file's."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be taken over.")] = False,
) -> None:
    """Make a ledger of a file of books, all of it or nothing; print how much was taken over."""
    with _session(url) as session:
        from ..accounting.interchange import import_books, read_books  # noqa: PLC0415

        books = read_books(file)
        called = name or books.options.title or file.stem
        record = import_books(session, books, name=called, source=file.name)
        taken = record.document
        counts = ", ".join(f"{count:,} {word}" for word, count in taken.counts.items())
        typer.echo(f"{called}: {counts or 'nothing'}")
        if taken.added:
            typer.echo(
                f"{taken.added:,} trading legs were added, for what balances by weight and not by unit"
            )
        if taken.rounded:
            typer.echo(f"{taken.rounded:,} figures without an end were rounded")
        for skipped in taken.skipped:
            typer.echo(f"not imported: {skipped}")
        if not dry_run:
            session.commit()


@app.command()
def export(
    url: Url,
    format: Annotated[Format, typer.Option("--format", help="The notation to write.")] = Format.BEANCOUNT,
    name: Annotated[
        str | None, typer.Option(help="The name of the ledger, where the database holds several.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write; else it is printed."),
    ] = None,
) -> None:
    """Write a ledger as a file of books; tell on standard error what could not be written."""
    with _session(url) as session:
        from ..accounting.interchange import (  # noqa: PLC0415
            beancount_text,
            books_of,
            hledger_comments,
            hledger_text,
        )  # fmt: skip

        books = books_of(session, _ledger(session, name))
    text = beancount_text(books) if format is Format.BEANCOUNT else hledger_text(books)
    for skipped in books.skipped:
        typer.echo(f"not exported: {skipped}", err=True)
    commented = hledger_comments(books) if format is Format.HLEDGER else {}
    if commented:
        listed = ", ".join(f"{count:,} {word}" for word, count in commented.items())
        typer.echo(f"in comments, since hledger has no words for it: {listed}", err=True)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(output)


@app.command()
def reconsider(
    url: Url,
    name: Annotated[
        str | None,
        typer.Option("--ledger", "--name", help="The name of the ledger, where the database holds several."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"],
            help="Since when, as 1999-11-01T09:00+00:00; else what it was not reconsidered for yet.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be posted.")] = False,
) -> None:
    """Follow up what became known of rules, practices, assignments; tell what was looked at and posted."""
    with _session(url) as session:
        from ..accounting import changes_since  # noqa: PLC0415
        from ..accounting import reconsider as follow_up  # noqa: PLC0415

        ledger = _ledger(session, name)
        changes = changes_since(session, ledger, since)
        for change in changes:
            typer.echo(f"{'changed' if change.is_believed else 'withdrawn'}: {change}")
        made = follow_up(session, ledger, *changes)
        entries = made.entries()
        for entry in entries:
            typer.echo(f"posted: {entry.amount} in {entry.account}, concerning {entry.concerns}")
        typer.echo(f"{ledger}: changes looked at: {len(changes):,}; entries posted: {len(entries):,}")
        if not dry_run:
            session.commit()


def _ledger(session: Session, name: str | None) -> Ledger:
    from sqlalchemy import select  # noqa: PLC0415 - only now is SQLAlchemy loaded

    from ..accounting import Ledger  # noqa: PLC0415
    from ..patterns.errors import AnalysisPatternsError  # noqa: PLC0415

    ledgers = session.scalars(select(Ledger).order_by(Ledger.name)).all()
    found = [each for each in ledgers if name is None or each.name == name]
    if len(found) != 1:
        listed = ", ".join(each.name for each in ledgers[:20]) or "none"
        asked = "several ledgers" if name is None and ledgers else f"no ledger {name!r}"
        raise AnalysisPatternsError(f"{asked}: the database holds {listed}; say --name")
    return found[0]


def _session(url: str) -> AbstractContextManager[Session]:
    """A session of the database; what is wrong with a file of books is printed, a line for each problem."""
    from ..accounting.interchange import BooksError, BooksImport  # noqa: PLC0415 - only now is SQLAlchemy loaded

    return session_at(url, needs=BooksImport, prints=BooksError)
