"""The table of patterns as Markdown; `docs/patterns.md` is that table."""

from __future__ import annotations

from pathlib import Path

from analysis_patterns.patterns.catalogue import Head, catalogue
from analysis_patterns.site import pattern_table

from ..catalogue.made_up import OTHER, Tally, built, recorded


def test_names_the_module_of_what_is_built_and_admits_what_is_not() -> None:
    table = pattern_table([built(), recorded(None, OTHER)])

    assert (
        f"| 99.1 | Tally | Things get counted twice. | Make a mark for each of them. | `{Tally.__module__}` |"
        in table
    )
    assert "| 99.2 | Abacus | Marks run out. | Push beads along a wire. | not built |" in table
    assert "The 2 patterns" in table
    assert "1 of them" in table


def test_gives_each_chapter_a_table_of_its_own() -> None:
    elsewhere = Head(
        "98.1", "Ruler", 98, "Measuring", "Nobody knows how long it is.", "Lay a ruler beside it."
    )

    lines = pattern_table([recorded(None, elsewhere), built(), recorded(None, OTHER)]).splitlines()

    assert [line for line in lines if line.startswith("## ")] == ["## 98. Measuring", "## 99. Counting"]


def test_a_bar_does_not_open_another_column() -> None:
    barred = Head("99.1", "This | that", 99, "Counting", "It may be either.", "Try both.")

    assert r"| This \| that |" in pattern_table([recorded(None, barred)])


def test_the_document_is_the_table(project: Path) -> None:
    document = (project / "docs" / "patterns.md").read_text(encoding="utf-8")

    assert document == pattern_table(catalogue()), (
        "docs/patterns.md is out of date: analysis-patterns catalogue build && cp site/patterns.md docs/"
    )
