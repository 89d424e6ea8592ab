"""The business of the README: its tables beside ours, its migrations with ours, one `upgrade heads`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis_patterns.migrations.state import drift, state_of
from analysis_patterns.patterns import create_engine

from ..pages import PROJECT, blocks

BUSINESS = PROJECT / "examples" / "business"
README = list(blocks(PROJECT / "README.md"))
BIN = Path(sys.executable).parent


def run(url: str, *command: str | Path) -> str:
    environment = os.environ | {
        "BUSINESS_URL": url,
        "PYTHONWARNINGS": "error",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    finished = subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def alembic(url: str, *command: str) -> str:
    return run(url, "alembic", "-c", BUSINESS / "alembic.ini", *command)


def shown(command: str) -> str:
    """What the README shows that `command` prints."""
    for block in README:
        for part in f"\n{block.text}".split("\n$ ")[1:]:
            first, _, printed = part.partition("\n")
            if block.language == "console" and first == command:
                return printed
    raise AssertionError(f"the README does not show {command!r}")


def test_runs_as_the_readme_says(database_url: str) -> None:
    alembic(database_url, "upgrade", "heads")

    printed = run(database_url, "python", BUSINESS / "run.py")

    assert printed == shown("python examples/business/run.py")


def test_one_upgrade_makes_its_tables_and_ours(database_url: str) -> None:
    alembic(database_url, "upgrade", "heads")

    engine = create_engine(database_url)
    assert drift(engine) == []
    assert state_of(engine).others == ("business_0001",)
    engine.dispose()


def test_its_migrations_agree_with_its_models(database_url: str) -> None:
    alembic(database_url, "upgrade", "heads")

    assert "No new upgrade operations detected" in alembic(database_url, "check")


@pytest.mark.parametrize("name", ["business.py", "alembic.ini", "migrations/env.py"])
def test_the_readme_shows_its_files(name: str) -> None:
    file = (BUSINESS / name).read_text(encoding="utf-8")

    assert [block for block in README if block.text == file], f"{name} is not in the README as it is"


def test_it_takes_some_sixty_lines() -> None:
    lines = (BUSINESS / "business.py").read_text(encoding="utf-8").splitlines()

    assert len([line for line in lines if line.strip()]) <= 60
