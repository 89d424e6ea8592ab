"""The command line: finds its commands in `commands/`, and says in one line what went wrong."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from . import __version__, commands
from .patterns.errors import AnalysisPatternsError

PROGRAM = "analysis-patterns"
FAILED, MISUSED = 1, 2


class Commands(TyperGroup):
    """Imports a command's module when it is called for, so that one command does not wait for the rest."""

    def list_commands(self, ctx: object) -> list[str]:
        """The names of all the commands, in order."""
        return sorted(module.name for module in iter_modules(commands.__path__))

    def get_command(self, ctx: object, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"{commands.__name__}.{cmd_name}")
        return typer.main.get_command(module.app)


app = commands.new_app(
    cls=Commands, help="Martin Fowler's analysis patterns as typed, persistent, explainable models."
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback(help=app.info.help)
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Declare the options that go before a command; `main` itself obeys `--debug`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line on `arguments`, by default the process's own, and return its exit code.

    Errors: none but with `--debug`; otherwise one line on standard error, and 1 where the thing asked
            about fails, 2 where it was asked wrongly.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        outcome = app(given, prog_name=PROGRAM, standalone_mode=False)
    except Exception as error:
        if "--debug" in given:
            raise
        message, code = _explained(error)
        typer.echo(message, err=True)
        return code
    return outcome if isinstance(outcome, int) else 0


def _explained(error: Exception) -> tuple[str, int]:
    if isinstance(error, typer.Abort):
        return f"{PROGRAM}: aborted", FAILED
    if hasattr(error, "format_message"):
        return _misuse(error)
    said = " ".join(str(error).split())
    if not isinstance(error, AnalysisPatternsError):
        said = f"{type(error).__name__}: {said}"
    return f"{PROGRAM}: {said}", FAILED


def _misuse(error: Any) -> tuple[str, int]:
    message = error.format_message()
    if "\n" in message:  # the help, for a command that was given nothing to do
        return message, MISUSED
    context = getattr(error, "ctx", None)
    place = PROGRAM if context is None else context.command_path
    return f"{PROGRAM}: {message} (see: {place} --help)", MISUSED
