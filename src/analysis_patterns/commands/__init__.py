"""The commands of the command line: each module is one, named after it, with its typer app in `app`."""

import typer
from typer.core import TyperGroup


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
