"""The commands of the command line: each module is one, named after it, with its typer app in `app`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from ..patterns.persistence import Base, Session


def new_app(*, cls: type[TyperGroup] = TyperGroup, help: str | None = None) -> typer.Typer:
    """Make an app in the form that all the commands share: plain help, and help where nothing is asked."""
    return typer.Typer(
        cls=cls,
        help=help,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


@contextmanager
def session_at(url: str, *, needs: type[Base], prints: type[Exception]) -> Iterator[Session]:
    """
    A session of the database at `url`, which has our tables.

    Shape:  what a command `needs` is an entity whose table has to be there; an error of the class that it
            `prints` is printed, and ends the command with 1.
    Errors: `AnalysisPatternsError` where the tables are missing.
    """
    from sqlalchemy import inspect  # noqa: PLC0415 - only now is SQLAlchemy loaded

    from ..database import engine_for  # noqa: PLC0415
    from ..patterns.catalogue.whole import loaded_modules  # noqa: PLC0415
    from ..patterns.errors import AnalysisPatternsError  # noqa: PLC0415
    from ..patterns.persistence import sessions  # noqa: PLC0415

    loaded_modules()  # their tables point at one another, and each says what packs may hold
    engine = engine_for(url)
    if not inspect(engine).has_table(needs.__tablename__):
        raise AnalysisPatternsError(
            "the database has no tables of ours; `analysis-patterns db upgrade` makes them"
        )
    with sessions(engine)() as session:
        try:
            yield session
        except prints as refused:
            typer.echo(refused, err=True)
            raise typer.Exit(1) from refused
