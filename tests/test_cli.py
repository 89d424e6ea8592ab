"""The command line finds its commands by their modules, and says in one line what went wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer

from analysis_patterns import __version__, commands
from analysis_patterns.cli import Commands, main

NOTHING = object()
COMMANDS = Commands().list_commands(NOTHING)

A_COMMAND = '''
"""A command for the tests."""
import typer
from analysis_patterns.commands import new_app
from analysis_patterns.patterns.errors import AnalysisPatternsError

app = new_app()

@app.command()
def tried(outcome: str) -> None:
    """Try an outcome."""
    if outcome == "refused":
        raise AnalysisPatternsError("no such party; register it first")
    if outcome == "broken":
        raise OSError("two\\nlines")
    if outcome == "aborted":
        raise typer.Abort
    if outcome == "failed":
        raise typer.Exit(1)
    typer.echo(outcome)
'''


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command named `tried`, added by nothing but a module."""
    (tmp_path / "tried.py").write_text(A_COMMAND)
    monkeypatch.setattr(commands, "__path__", [*commands.__path__, str(tmp_path)])
    yield
    sys.modules.pop("analysis_patterns.commands.tried", None)


def test_prints_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--version"])

    assert (code, capsys.readouterr().out) == (0, f"analysis-patterns {__version__}\n")


def test_runs_as_a_module_too() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "analysis_patterns", "--version"], capture_output=True, text=True, check=True
    )

    assert finished.stdout == f"analysis-patterns {__version__}\n"


def test_imports_no_command_before_it_is_called_for() -> None:
    loaded = "import sys; from analysis_patterns.cli import main; main(['--version']); print(*sys.modules)"

    modules = subprocess.check_output([sys.executable, "-c", loaded], text=True).split()

    assert not {"sqlalchemy", "networkx", "pydantic", "yaml"} & set(modules)
    assert not [name for name in modules if name.startswith("analysis_patterns.commands.")]


@pytest.mark.usefixtures("tried")
def test_finds_a_command_by_its_module(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["tried", "fine"])

    assert (code, capsys.readouterr().out) == (0, "fine\n")


@pytest.mark.usefixtures("tried")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["tried", "refused"], 1, "analysis-patterns: no such party; register it first\n"),
        (["tried", "broken"], 1, "analysis-patterns: OSError: two lines\n"),
        (["tried", "aborted"], 1, "analysis-patterns: aborted\n"),
        (["tried", "failed"], 1, ""),
        (["none"], 2, "analysis-patterns: No such command 'none'. (see: analysis-patterns --help)\n"),
        (["tried", "-x"], 2, "analysis-patterns: No such option: -x (see: analysis-patterns tried --help)\n"),
    ],
)
def test_says_in_one_line_what_went_wrong(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    returned = main(arguments)

    captured = capsys.readouterr()
    assert (returned, captured.out, captured.err) == (code, "", said)


@pytest.mark.usefixtures("tried")
def test_shows_where_an_error_comes_from_when_told_to() -> None:
    with pytest.raises(OSError, match="two\nlines"):
        main(["--debug", "tried", "broken"])


def test_shows_its_help_when_told_to_do_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([])

    assert code == 2
    assert "Usage: analysis-patterns [OPTIONS] COMMAND" in capsys.readouterr().err


def test_helps_with_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        code = main([command, "--help"])

        helped = capsys.readouterr().out
        assert code == 0
        assert f"Usage: analysis-patterns {command}" in helped
        assert "--install-completion" not in helped, f"{command}: make its app by `new_app()`"


def test_every_command_keeps_its_app_and_says_what_it_does() -> None:
    for command in COMMANDS:
        module = import_module(f"{commands.__name__}.{command}")

        assert isinstance(module.app, typer.Typer)
        assert module.__doc__
