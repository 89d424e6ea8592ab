"""The run as a whole: nothing is skipped in silence, and its records say what they are worth."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SETTINGS = """
[tool.pytest.ini_options]
addopts = "--import-mode=importlib"
testpaths = ["tests"]
pythonpath = ["."]
"""
TWO_TESTS = """
def test_one(): pass
def test_two(): pass
"""
ONE_SKIPPED = """
import pytest
def test_one(): pass
def test_two(): pytest.skip("no database at hand")
"""
A_MODULE_SKIPPED = """
import pytest
pytest.importorskip("no_such_module")
"""
ONE_FAILING_AS_EXPECTED = """
import pytest
@pytest.mark.xfail
def test_one(): raise RuntimeError
"""


class Workshop:
    """A small project whose test run obeys the same rules as ours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tests = folder / "tests"
        self.tests.mkdir()
        for name in ("__init__.py", "run.py", "refusals.py"):
            shutil.copy(Path(__file__).with_name(name), self.tests)
        (folder / "pyproject.toml").write_text(SETTINGS)
        (self.tests / "conftest.py").write_text('pytest_plugins = ["tests.run"]\n')

    def run(self, source: str, *options: str, ci: bool = False) -> subprocess.CompletedProcess[str]:
        """Run `source` as the only test module."""
        (self.tests / "test_it.py").write_text(source)
        environment = {name: value for name, value in os.environ.items() if name != "CI"}
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
            cwd=self.folder,
            env=environment | ({"CI": "true"} if ci else {}),
            capture_output=True,
            text=True,
            check=False,
        )

    def was_complete(self) -> object:
        """What the run wrote about itself."""
        return json.loads((self.folder / "build" / "test-run.json").read_text())["complete"]


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.mark.parametrize("source", [ONE_SKIPPED, A_MODULE_SKIPPED])
def test_fails_a_skipped_test_where_every_test_must_run(workshop: Workshop, source: str) -> None:
    finished = workshop.run(source, ci=True)

    assert finished.returncode != pytest.ExitCode.OK
    assert "there every test must run" in finished.stdout


@pytest.mark.parametrize("source", [ONE_SKIPPED, A_MODULE_SKIPPED])
def test_lets_a_test_skip_itself_at_a_desk(workshop: Workshop, source: str) -> None:
    finished = workshop.run(source)

    assert "1 skipped" in finished.stdout
    assert "failed" not in finished.stdout


def test_lets_a_test_fail_as_expected_everywhere(workshop: Workshop) -> None:
    finished = workshop.run(ONE_FAILING_AS_EXPECTED, ci=True)

    assert "1 xfailed" in finished.stdout


@pytest.mark.parametrize("options", [(), ("tests",), ("-n", "2")])
def test_records_a_run_of_every_test_as_complete(workshop: Workshop, options: tuple[str, ...]) -> None:
    workshop.run(TWO_TESTS, *options)

    assert workshop.was_complete() is True


@pytest.mark.parametrize(
    "options",
    [
        ("tests/test_it.py",),
        ("-k", "one"),
        ("-k", "one", "-n", "2"),
        ("-m", "slow", "-n", "2"),
        ("--deselect", "tests/test_it.py::test_one"),
        ("--ignore", "tests/test_it.py"),
        ("--collect-only",),
    ],
)
def test_records_a_narrowed_run_as_incomplete(workshop: Workshop, options: tuple[str, ...]) -> None:
    workshop.run(TWO_TESTS, *options)

    assert workshop.was_complete() is False


@pytest.mark.parametrize("workers", ["0", "2"])
def test_records_a_run_that_gave_up_as_incomplete(workshop: Workshop, workers: str) -> None:
    failing = "def test_one(): raise RuntimeError\ndef test_two(): raise RuntimeError\n"

    workshop.run(failing, "-x", "-n", workers)

    assert workshop.was_complete() is False


def test_forgets_the_refusals_of_earlier_runs(workshop: Workshop) -> None:
    refusals = workshop.folder / "build" / "refusals.jsonl"
    refusals.parent.mkdir()
    refusals.write_text('{"rule": "an.earlier-one", "layer": "constructor"}\n')

    workshop.run(TWO_TESTS)

    assert refusals.read_text() == ""


def test_keeps_the_refusals_that_all_processes_of_one_run_recorded(workshop: Workshop) -> None:
    refusing = """
import pytest
from analysis_patterns.patterns.values.range import Range
from tests.refusals import refuses
@pytest.mark.parametrize("lower", range(2, 22))
def test_refuses(lower):
    with refuses("range.order"):
        Range(lower, 1)
"""

    workshop.run(refusing, "-n", "2")

    assert len((workshop.folder / "build" / "refusals.jsonl").read_text().splitlines()) == 20
