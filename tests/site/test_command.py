"""`catalogue check` fails where anything is found; `catalogue build` writes the library's own site."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis_patterns.cli import main
from analysis_patterns.patterns import catalogue
from analysis_patterns.patterns.catalogue import Finding, PatternRecord

from .page import Page


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    # In a process of its own: the tests of this one state rules and attach patterns of their own.
    command = [sys.executable, "-W", "error", "-m", "analysis_patterns", "catalogue", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_check_succeeds_where_nothing_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogue, "findings", lambda record, draw: [])

    code = main(["catalogue", "check", "--record", str(tmp_path)])

    assert (code, capsys.readouterr().out) == (0, "")


def test_check_fails_with_a_line_for_each_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [Finding("pattern 99.1 Tally", "attached without figure"), Finding("rule x.y", "claims no layer")]
    monkeypatch.setattr(catalogue, "findings", lambda record, draw: found)

    code = main(["catalogue", "check", "--record", str(tmp_path)])

    assert code == 1
    assert capsys.readouterr().out == (
        "pattern 99.1 Tally: attached without figure\nrule x.y: claims no layer\n"
    )


def test_check_asks_for_a_test_run_where_there_is_no_record(tmp_path: Path) -> None:
    checked = run("check", "--record", "nowhere", cwd=tmp_path)

    assert checked.returncode == 1
    assert checked.stdout == (
        "proof: no record of a test run: nowhere/test-run.json is missing; run the tests first\n"
    )
    assert checked.stderr == ""


def test_build_writes_the_site_of_the_library_and_prints_its_first_page(tmp_path: Path) -> None:
    finished = run("build", "--into", "pages", cwd=tmp_path)

    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "pages/index.html\n", "")
    index = Page(tmp_path / "pages" / "index.html")
    built = [row for row in index.all("tr") if row.get("data-state") == "built"]
    assert len(list((tmp_path / "pages" / "patterns").glob("*.html"))) == 76
    assert len(built) == len(list((tmp_path / "pages" / "patterns").glob("*.svg")))
    assert (tmp_path / "pages" / "reference" / "patterns.accountability.html").is_file()


def test_build_shows_what_the_tests_proved(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    refusal = json.dumps({"rule": "range.order", "layer": "constructor"})
    (tmp_path / "build" / "refusals.jsonl").write_text(refusal)
    (tmp_path / "build" / "test-run.json").write_text('{"complete": true}')

    run("build", cwd=tmp_path)

    assert "constructor ✓ proved" in Page(tmp_path / "site" / "patterns" / "4.3-range.html").text


def test_build_says_in_one_line_where_it_cannot_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogue, "catalogue", tuple[PatternRecord, ...])
    (tmp_path / "site").write_text("")

    code = main(["catalogue", "build", "--into", str(tmp_path / "site"), "--record", str(tmp_path)])

    assert code == 1
    assert capsys.readouterr().err.startswith("analysis-patterns: the site cannot be written into ")
