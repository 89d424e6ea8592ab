"""`db`: bring the library's tables in a database up to date, and tell how they stand."""

from __future__ import annotations

from typing import Annotated

import typer

from . import new_app

app = new_app(help="Bring the library's tables in a database up to date, and tell how they stand.")

Url = Annotated[
    str,
    typer.Option(
        envvar="ANALYSIS_PATTERNS_URL",
        help="The database, as sqlite:///file.db or postgresql://user@host/name.",
    ),
]


@app.command()
def upgrade(url: Url) -> None:
    """Make the tables and guards, or bring them to the newest revision."""
    from ..database import engine_for  # noqa: PLC0415 - only now is SQLAlchemy loaded
    from ..migrations import state, upgrade  # noqa: PLC0415

    engine = engine_for(url, must_exist=False)
    upgrade(engine)
    typer.echo(state.state_of(engine))


@app.command()
def current(url: Url) -> None:
    """Tell which revision the database is at; fail where it is not the newest."""
    from ..database import engine_for  # noqa: PLC0415 - only now is SQLAlchemy loaded
    from ..migrations.state import state_of  # noqa: PLC0415

    state = state_of(engine_for(url))
    typer.echo(state)
    if not state.is_newest:
        raise typer.Exit(1)


@app.command()
def check(url: Url) -> None:
    """Compare every column, constraint, index and guard with the models; fail where one differs."""
    from ..database import engine_for  # noqa: PLC0415 - only now is SQLAlchemy loaded
    from ..migrations.state import drift  # noqa: PLC0415

    found = drift(engine_for(url))
    for difference in found:
        typer.echo(difference)
    if any(difference.is_drift for difference in found):
        raise typer.Exit(1)
    typer.echo("the tables and their guards are as the models declare them")
