"""The tour: every case run and checked, every pattern drawn, one site; it fails where a figure differs."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlalchemy import NullPool, func, select

from analysis_patterns import cases, tour
from analysis_patterns.cases import CASES, Check, WorkedCase, acm
from analysis_patterns.cli import main
from analysis_patterns.database import engine_for
from analysis_patterns.migrations.state import state_of
from analysis_patterns.patterns.accountability import Party
from analysis_patterns.patterns.catalogue import PatternRecord, catalogue, heads
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.persistence import Session, create_engine, sessions

from ..site.page import Page


def short(monkeypatch: pytest.MonkeyPatch, **chosen: object) -> None:
    """Draw no pattern, and run none but the `chosen` cases."""
    undrawn = tuple(PatternRecord(**asdict(head)) for head in heads())
    monkeypatch.setattr(tour, "catalogue", lambda: undrawn)
    monkeypatch.setattr(cases, "CASES", MappingProxyType(chosen))


def worked(*checks: Check) -> object:
    """A case that finds nothing but these figures."""

    def run(session: Session) -> WorkedCase:
        return WorkedCase("A case of sheep", "They were counted.", (), checks)

    return run


@pytest.mark.slow
def test_makes_the_whole_tour_in_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = tmp_path / "tour"
    into.mkdir()
    (into / "tour.db").write_text("left over from another time")
    (into / "of-somebody-else.txt").write_text("do not touch")

    code = main(["tour", "--into", str(into)])

    printed = capsys.readouterr().out.splitlines()
    assert code == 0
    assert printed[0] == f"The tour goes into {into}"
    assert printed[-1] == str(into / "index.html")
    assert (into / "of-somebody-else.txt").read_text() == "do not touch"
    _has_a_page_for_everything(into)
    engine = engine_for(f"sqlite:///{into / 'tour.db'}")
    assert state_of(engine).is_newest


def _has_a_page_for_everything(into: Path) -> None:
    index = Page(into / "index.html")
    case_pages = sorted((into / "cases").glob("*.html"))
    assert len(case_pages) == len(CASES)
    for path in case_pages:
        page = Page(path)
        assert "✗" not in page.text
        assert "✓" in page.text
        for image in page.all("img"):
            assert "<svg" in (path.parent / image["src"]).read_text(encoding="utf-8")
        assert f"cases/{path.name}" in [link["href"] for link in index.all("a")]
    figures = [each for each in catalogue() if each.attachment and each.attachment.figure]
    assert len(list((into / "patterns").glob("*.svg"))) == len(figures)


def test_marks_every_figure_that_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    short(monkeypatch, acm=acm.run)

    code = main(["tour", "--into", str(tmp_path)])

    said = capsys.readouterr().out
    assert code == 0
    assert "The chart of ACM" in said
    assert said.count("✓") == 9
    assert "✗" not in said


def test_fails_where_a_figure_differs_and_says_what_was_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    short(monkeypatch, sheep=worked(Check("Goats", "3", "3"), Check("Sheep [white]", "12", "11")))

    code = main(["tour", "--into", str(tmp_path)])

    said = re.sub(r"[│ ]+", " ", capsys.readouterr().out)
    assert code == 1
    assert "✓ Goats 3" in said
    assert "✗ Sheep [white] expected 12" in said
    assert "found 11" in said
    assert said.endswith("index.html\n")
    assert "✗" in Page(tmp_path / "cases" / "a-case-of-sheep.html").text


def test_tells_of_each_step_before_it_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short(monkeypatch, goats=worked(), sheep=worked())
    told: list[tour.Step] = []

    tour.tour(tmp_path, tell=told.append)

    assert told == [
        tour.Step("making the database", 1, 3),
        tour.Step("running the case goats", 2, 3),
        tour.Step("running the case sheep", 3, 3),
    ]


def test_a_second_tour_begins_with_a_new_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short(monkeypatch, acm=acm.run)
    first = tour.tour(tmp_path)
    with sessions(create_engine(first.database, poolclass=NullPool))() as session:
        session.add(Party(name="left over"))
        session.commit()

    second = tour.tour(tmp_path)

    with sessions(create_engine(second.database, poolclass=NullPool))() as session:
        assert session.scalars(select(Party).where(Party.name == "left over")).all() == []


def test_in_a_database_that_was_named_the_cases_are_worked_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(monkeypatch, acm=acm.run)
    tour.tour(tmp_path, url=database_url)

    made = tour.tour(tmp_path, url=database_url)

    assert made.holds
    assert not (tmp_path / tour.DATABASE).exists()
    with sessions(create_engine(database_url, poolclass=NullPool))() as session:
        assert session.scalar(select(func.count()).select_from(Party).where(Party.name == "ACM")) == 1


def test_keeps_the_password_of_a_database_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short(monkeypatch)
    monkeypatch.setattr(tour, "upgrade", lambda engine: None)
    monkeypatch.setattr(cases, "create_tables", lambda engine: None)

    made = tour.tour(tmp_path, url="postgresql://me:secret@nowhere/db")

    assert made.database == "postgresql+psycopg://me:***@nowhere/db"


def test_says_where_it_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(AnalysisPatternsError, match="the tour cannot be made in"):
        tour.tour(tmp_path / "file")
