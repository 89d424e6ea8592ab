"""What is kept of the catalogue beside the code is what the code makes of it; any difference is shown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analysis_patterns.cli import main
from analysis_patterns.patterns import catalogue
from analysis_patterns.patterns.catalogue import PatternRecord
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.site import Picture, differences, write_committed

from ..catalogue.made_up import OTHER, built, recorded

RECORDS = (built(), recorded(None, OTHER))


def drawing(target: str) -> Picture:
    return Picture("<svg/>", f"classDiagram\n    class {target}")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    write_committed(tmp_path, RECORDS, draw=drawing)
    return tmp_path


def test_the_documents_of_this_library_are_what_its_code_says(project: Path) -> None:
    # In a process of its own: the tests of this one state rules, and the cases do.
    compare = (
        "from pathlib import Path; from analysis_patterns.patterns.catalogue import catalogue; "
        "from analysis_patterns.site import differences; "
        "print(*differences(Path('docs'), catalogue()), sep='\\n', end='')"
    )

    compared = subprocess.run(
        [sys.executable, "-W", "error", "-c", compare],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (compared.returncode, compared.stderr) == (0, "")
    assert compared.stdout == ""


def test_finds_nothing_in_what_was_just_written(docs: Path) -> None:
    assert differences(docs, RECORDS, draw=drawing) == []
    assert "class tests.catalogue" in (docs / "patterns" / "99.1-tally.md").read_text(encoding="utf-8")


def test_shows_how_a_page_differs(docs: Path) -> None:
    page = docs / "patterns" / "99.1-tally.md"
    page.write_text(page.read_text().replace("Things get counted twice.", "Things get lost."))

    (found,) = differences(docs, RECORDS, draw=drawing)

    assert found.subject == str(page)
    assert "-**Problem.** Things get lost.\n+**Problem.** Things get counted twice." in found.fault
    assert "catalogue build --docs" in found.fault


def test_shows_that_a_picture_changed(docs: Path) -> None:
    (found,) = differences(
        docs, RECORDS, draw=lambda target: Picture("<svg/>", "classDiagram\n    class other")
    )

    assert "-    class tests.catalogue\n+    class other" in found.fault


def test_finds_a_page_that_is_missing_and_one_that_belongs_to_no_pattern(docs: Path) -> None:
    (docs / "patterns" / "99.2-abacus.md").rename(docs / "patterns" / "99.3-abacus.md")

    found = differences(docs, RECORDS, draw=drawing)

    assert [(each.subject, each.fault.partition(";")[0]) for each in found] == [
        (str(docs / "patterns" / "99.2-abacus.md"), "is missing"),
        (str(docs / "patterns" / "99.3-abacus.md"), "is the page of no pattern"),
    ]


def test_writing_removes_the_pages_of_patterns_that_are_no_more(docs: Path) -> None:
    (docs / "patterns" / "99.3-abacus.md").write_text("old")

    write_committed(docs, RECORDS, draw=drawing)

    assert sorted(path.name for path in (docs / "patterns").iterdir()) == ["99.1-tally.md", "99.2-abacus.md"]


def test_changes_nothing_where_a_picture_cannot_be_drawn(docs: Path) -> None:
    def refusing(target: str) -> Picture:
        raise AnalysisPatternsError(f"there is no module {target}")

    before = {path: path.read_bytes() for path in docs.rglob("*.md")}

    with pytest.raises(AnalysisPatternsError, match="there is no module"):
        write_committed(docs, [built(), built(OTHER)], draw=refusing)

    assert {path: path.read_bytes() for path in docs.rglob("*.md")} == before


def test_says_which_page_cannot_be_read(docs: Path) -> None:
    (docs / "patterns.md").write_bytes(b"\xff\xfe")

    with pytest.raises(AnalysisPatternsError, match=r"patterns\.md cannot be read"):
        differences(docs, RECORDS, draw=drawing)


def test_check_fails_with_the_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogue, "findings", lambda record, draw: [])
    monkeypatch.setattr(catalogue, "catalogue", tuple[PatternRecord, ...])
    (tmp_path / "patterns.md").write_text("# Something else\n")

    code = main(["catalogue", "check", "--record", str(tmp_path), "--docs", str(tmp_path)])

    assert code == 1
    assert "-# Something else\n+# The patterns\n" in capsys.readouterr().out
