"""Whether a command that a page tells its reader to type exists: its program, its options, its files."""

from __future__ import annotations

import re
import shlex
import tomllib
from typing import Any

from typer.core import TyperGroup
from typer.main import get_command

from analysis_patterns.cli import PROGRAM, app

from .pages import PROJECT

_EVERYWHERE = {"cd", "export", "git", "source"}
_TOOLS = re.compile(r"alembic|lint-imports|mypy|pyright|pytest|ruff|python[\d.]*")


def complaint(line: str) -> str | None:
    """What is wrong with the command on `line`, or None."""
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]  # a variable for this one command
    if not words or words[0] in _EVERYWHERE:
        return None
    program, arguments = words[0].removeprefix(".venv/bin/"), words[1:]
    if program == "make":
        return _of_make(arguments)
    if program == PROGRAM:
        return _of_command_line(arguments)
    if program == "pip" or arguments[:2] == ["-m", "pip"]:
        return _of_pip(arguments)
    if _TOOLS.fullmatch(program):
        return _of_files(arguments)
    return f"no program of ours or of everybody's: {program}"


def _of_make(arguments: list[str]) -> str | None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.M))
    unknown = [word for word in arguments if "=" not in word and word not in targets]
    return f"no such make target: {unknown}" if unknown else None


def _of_command_line(arguments: list[str]) -> str | None:
    command: Any = get_command(app)
    path = PROGRAM
    for word in arguments:
        if word.startswith("-"):
            known = {"--help"}.union(
                *(parameter.opts + parameter.secondary_opts for parameter in command.params)
            )
            if word.partition("=")[0] not in known:
                return f"{path} has no option {word}"
        elif isinstance(command, TyperGroup):
            inner = command.get_command(None, word)  # type: ignore[arg-type]  # neither group looks at it
            if inner is None:
                return f"{path} has no command {word}"
            command, path = inner, f"{path} {word}"
    return None


def _of_pip(arguments: list[str]) -> str | None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = re.findall(rf"{project['name']}\[([\w,-]+)\]", " ".join(arguments))
    unknown = {extra for extras in wanted for extra in extras.split(",")} - set(
        project["optional-dependencies"]
    )
    return f"no such extra: {sorted(unknown)}" if unknown else None


def _of_files(arguments: list[str]) -> str | None:
    named = [word.partition("::")[0] for word in arguments if re.search(r"\.py\b|/", word)]
    missing = [word for word in named if not (PROJECT / word).exists()]
    return f"no such file: {missing}" if missing else None
