"""The catalogue as Markdown: a table of the patterns, and a page for each to read in a repository."""

from __future__ import annotations

from analysis_patterns.patterns.catalogue import Head
from analysis_patterns.site import pattern_table

from ..catalogue.made_up import OTHER, Tally, built, recorded


def test_names_the_module_of_what_is_built_and_admits_what_is_not() -> None:
    table = pattern_table([built(), recorded(None, OTHER)])

    assert (
        "| 99.1 | [Tally](patterns/99.1-tally.md) | Things get counted twice. "
        f"| Make a mark for each of them. | `{Tally.__module__}` |" in table
    )
    assert (
        "| 99.2 | [Abacus](patterns/99.2-abacus.md) | Marks run out. | Push beads along a wire. | not built |"
        in table
    )
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

    assert r"| [This \| that](patterns/99.1-this-that.md) |" in pattern_table([recorded(None, barred)])
