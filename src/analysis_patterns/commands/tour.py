"""`tour`: run every worked case, draw every pattern, write the site, and print its path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import new_app

if TYPE_CHECKING:
    from rich.console import Console

    from ..cases import WorkedCase

app = new_app(help="Run every worked case, draw every pattern, write the site, and print its path.")


@app.command()
def tour(
    into: Annotated[
        Path, typer.Option("--into", metavar="DIR", help="Where the pages and the database go.")
    ] = Path("site/tour"),
    url: Annotated[
        str | None,
        typer.Option(help="Another database than an SQLite file in DIR, as postgresql://user@host/name."),
    ] = None,
) -> None:
    """Check each case against its published figures; fail where one differs."""
    from rich.console import Console  # noqa: PLC0415 - the other commands need none of these
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from ..tour import Step  # noqa: PLC0415
    from ..tour import tour as make_tour  # noqa: PLC0415

    typer.echo(f"The tour goes into {into}")
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("loading the library", total=None)

        def tell(step: Step) -> None:
            progress.update(task, description=step.doing, completed=step.number - 1, total=step.of)

        made = make_tour(into, url=url, tell=tell)
    console = Console()
    for case in made.cases:
        _print(case, console)
    typer.echo(f"Database: {made.database}")
    typer.echo(made.page)
    if not made.holds:
        raise typer.Exit(1)


def _print(case: WorkedCase, console: Console) -> None:
    """Print the case's figures; where one differs, what was expected too."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    marks = ("✓", "✗") if console.encoding.startswith("utf") else ("ok", "NO")
    table = Table("", "Figure", "Expected and found", title=case.title, title_justify="left")
    for check in case.checks:
        both = check.found if check.holds else f"expected {check.expected}\nfound {check.found}"
        table.add_row(marks[0] if check.holds else marks[1], escape(check.what), escape(both))
    console.print(table)
