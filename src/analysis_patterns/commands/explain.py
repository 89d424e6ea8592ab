"""`explain`: say what a database's answer rests on."""

from __future__ import annotations

import sys
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from . import new_app

if TYPE_CHECKING:
    from ..patterns.persistence.session import Session

app = new_app(help="Say what a database's answer rests on.")


@app.callback()
def options() -> None:
    """Let `responsible` be said, although it is the only command here."""


@app.command()
def responsible(
    *,
    url: Annotated[
        str,
        typer.Option(
            envvar="ANALYSIS_PATTERNS_URL",
            help="The database, as sqlite:///file.db or postgresql://user@host/name.",
        ),
    ],
    party: Annotated[str, typer.Option(help="The party that may stand above: its name, or its key.")],
    for_: Annotated[str, typer.Option("--for", help="The party that may stand below it, likewise.")],
    type: Annotated[
        str | None, typer.Option(help="The accountability type that counts, by name; else any may.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DAY", help="The day asked about, as 2014-09-30; else today.")
    ] = None,
    known_at: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="As it was known at 2011-09-30T12:00Z; else as it is now."),
    ] = None,
    module: Annotated[
        list[str], typer.Option("--import", metavar="MODULE", help="An application's model that is needed.")
    ] = [],  # noqa: B006 - typer reads it, and nobody changes it
) -> None:
    """Tell by which accountabilities one party stands above another; fail where it does not."""
    from .. import cases  # noqa: F401, PLC0415 - or what the tour made could not be read
    from ..database import engine_for  # noqa: PLC0415 - only now is SQLAlchemy loaded
    from ..patterns.accountability import AccountabilityType, Party  # noqa: PLC0415
    from ..patterns.persistence.session import sessions  # noqa: PLC0415

    day = None if as_of is None else _read(date, as_of, "--as-of")
    instant = None if known_at is None else _read(datetime, known_at, "--known-at")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # so that a project's own modules are found, as by `python -m`
    for each in module:
        import_module(each)
    with sessions(engine_for(url), read_only=True)() as session:
        above, below = _key_of(session, Party, party, "--party"), _key_of(session, Party, for_, "--for")
        of_type = None if type is None else _key_of(session, AccountabilityType, type, "--type")
        said, stands = _answer(session, (above, below, of_type), day, instant)
    typer.echo(said)
    if not stands:
        raise typer.Exit(1)


def _answer(
    session: Session,
    asked: tuple[UUID, UUID, UUID | None],
    as_of: date | None,
    known_at: datetime | None,
) -> tuple[str, bool]:
    """The chain from one party down to another, or when else there is one; and whether it is there."""
    from ..patterns.accountability import chain_periods, responsible  # noqa: PLC0415
    from ..patterns.provenance import explain  # noqa: PLC0415

    above, below, type = asked
    chain = responsible(session, above, for_=below, type=type, as_of=as_of, known_at=known_at)
    if chain is not None:
        return str(explain(chain)), True
    periods = chain_periods(session, above, for_=below, type=type, known_at=known_at)
    if not periods:
        return "not on any day", False
    return f"not on {session.day(as_of)}, but from {' and from '.join(map(str, periods))}", False


def _read(kind: Any, typed: str, option: str) -> Any:
    try:
        return kind.fromisoformat(typed)
    except ValueError:
        raise typer.BadParameter(f"{typed!r} is no {kind.__name__} in ISO form", param_hint=option) from None


def _key_of(session: Session, kind: Any, typed: str, option: str) -> UUID:
    """The key of the one thing of a kind that is meant; only its columns are read, whatever it is."""
    from sqlalchemy import or_, select  # noqa: PLC0415

    try:
        is_meant = or_(kind.name == typed, kind.id == UUID(typed))
    except ValueError:
        is_meant = kind.name == typed
    keys: list[UUID] = list(session.scalars(select(kind.id).where(is_meant).order_by(kind.id)))
    if len(keys) == 1:
        return keys[0]
    if not keys:
        raise typer.BadParameter(f"nothing is called {typed!r} there", param_hint=option)
    raise typer.BadParameter(
        f"{len(keys)} are called {typed!r}; give the key of one: {', '.join(map(str, keys))}",
        param_hint=option,
    )
