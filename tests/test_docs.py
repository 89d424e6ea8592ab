"""What the pages say is true: their Python runs, their commands exist, and what they show is printed."""

from __future__ import annotations

import configparser
import doctest
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from .commands import complaint
from .pages import PROJECT, Block, blocks, only, pages

UNCHECKED = {"text", "dot", "mermaid", "sql", "html"}


def ini(text: str) -> object:
    """Read a configuration file."""
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return parser


PARSED: dict[str, Callable[[str], object]] = {
    "ini": ini,
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}
RUN = {"python", "pycon"}
COMMANDS = {"console", "sh"}

ALL_PAGES = pages()
each_page = pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())

# Examples may declare entities of their own, which would stay in our metadata: hence a process apart.
TEST_THE_EXAMPLES = """
import doctest, importlib, sys
failed = 0
for name in sys.argv[1:]:
    failed += doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS).failed
sys.exit(failed > 0)
"""
TEST_THE_PAGE = """
import doctest, sys
sys.exit(doctest.testfile(sys.argv[1], module_relative=False, optionflags=doctest.ELLIPSIS).failed > 0)
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder to try a page in, in which the examples are at hand."""
    (tmp_path / "examples").symlink_to(PROJECT / "examples")
    return tmp_path


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with this environment's programs first in the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONWARNINGS": "error", "NO_COLOR": "1", "COLUMNS": "100"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def steps(block: Block) -> Iterator[tuple[str, str]]:
    """The commands of a block, each with the output that is shown for it."""
    if block.language == "sh":
        yield from ((line, "") for line in block.text.replace("\\\n", " ").splitlines())
        return
    for part in f"\n{block.text}".split("\n$ ")[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def modules_with_examples() -> list[str]:
    """The library's modules that show how they are used."""
    return [
        "analysis_patterns." + path.relative_to(PROJECT).with_suffix("").as_posix().replace("/", ".")
        for floor in ("patterns", "observation", "accounting", "trading", "diagrams")
        for path in sorted((PROJECT / floor).rglob("*.py"))
        if ">>> " in path.read_text(encoding="utf-8")
    ]


@each_page
def test_every_block_says_its_language(page: Path) -> None:
    known = UNCHECKED | RUN | COMMANDS | PARSED.keys()

    assert [block.place for block in blocks(page) if block.language not in known] == []


@each_page
def test_the_python_on_a_page_runs_from_top_to_bottom(page: Path, desk: Path) -> None:
    script = desk / f"{page.stem}.py"
    script.write_text(only(page, "python"), encoding="utf-8")

    finished = run(sys.executable, str(script), cwd=desk)

    assert finished.returncode == 0, finished.stderr.replace(str(script), str(page))


@each_page
def test_the_sessions_on_a_page_print_what_they_show(page: Path, desk: Path) -> None:
    session = desk / page.name
    session.write_text(only(page, "pycon"), encoding="utf-8")

    finished = run(sys.executable, "-c", TEST_THE_PAGE, str(session), cwd=desk)

    assert finished.returncode == 0, finished.stdout + finished.stderr


@each_page
def test_the_commands_on_a_page_exist(page: Path) -> None:
    wrong = [
        f"{block.place}: {said}"
        for block in blocks(page)
        if block.language in COMMANDS
        for command, _ in steps(block)
        if (said := complaint(command)) is not None
    ]

    assert wrong == []


@each_page
def test_our_commands_print_what_the_page_shows(page: Path, desk: Path) -> None:
    for block in blocks(page):
        if block.language == "console":
            for command, shown in steps(block):
                if shown and command.startswith("analysis-patterns "):
                    finished = run("/bin/sh", "-c", command, cwd=desk)
                    printed = finished.stdout + finished.stderr

                    assert doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS), (
                        f"{block.place}: {command}\nprints:\n{printed}"
                    )


@each_page
def test_the_documents_on_a_page_can_be_read(page: Path) -> None:
    for block in blocks(page):
        if block.language in PARSED:
            assert PARSED[block.language](block.text) is not None, block.place


def test_the_examples_beside_the_code_print_what_they_show(tmp_path: Path) -> None:
    finished = run(sys.executable, "-c", TEST_THE_EXAMPLES, *modules_with_examples(), cwd=tmp_path)

    assert finished.returncode == 0, finished.stdout + finished.stderr
