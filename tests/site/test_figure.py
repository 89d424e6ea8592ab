"""A figure is drawn from the code that it shows, by the same engine as `analysis-patterns diagram`."""

from __future__ import annotations

import threading

import pytest

from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.site import drawn, pictures
from analysis_patterns.site.figure import within_page


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("analysis_patterns.patterns.accountability.accountability:Accountability", "commissioner"),
        ("analysis_patterns.patterns.constraint:Rule", "says"),
        ("analysis_patterns.patterns.values.range:Range", "lower inclusive"),
        ("analysis_patterns.patterns.time.keyed:KeyedMapping", "/ items"),
    ],
)
def test_draws_entities_dataclasses_and_values_that_ask_for_it(target: str, shown: str) -> None:
    svg = drawn(target)

    assert svg.startswith("<svg")
    assert shown in svg


def test_refuses_what_is_nothing_to_draw() -> None:
    with pytest.raises(AnalysisPatternsError, match="there is no module"):
        drawn("analysis_patterns.patterns.nowhere")


def test_draws_several_in_their_order_each_as_it_would_be_drawn_alone() -> None:
    targets = [f"analysis_patterns.patterns.{name}" for name in ("constraint:Rule", "values.range:Range")]

    made = list(pictures(targets))

    assert [each.svg for each in made] == [drawn(target) for target in targets]
    assert all(each.mermaid.startswith("classDiagram") for each in made)


def test_draws_alike_in_processes_and_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    targets = ["analysis_patterns.patterns.constraint:Rule", "analysis_patterns.patterns.values.range:Range"]

    monkeypatch.setattr(threading, "active_count", lambda: 2)
    in_threads = list(pictures(targets))

    assert in_threads == list(pictures(targets))


def test_a_picture_within_a_page_is_as_dark_as_the_page() -> None:
    alone = drawn("analysis_patterns.patterns.constraint:Rule")

    within = within_page(alone)

    assert "prefers-color-scheme" in alone
    assert "prefers-color-scheme" not in within
    assert '[fill="#20262d"]{fill:light-dark(#20262d,#e4e9ef)}' in within
    assert "http://" not in within
    assert within.count("light-dark(") == alone.count(":#")


def test_leaves_a_picture_alone_that_has_no_dark_colours() -> None:
    assert within_page("<svg><path fill='#20262d'/></svg>") == "<svg><path fill='#20262d'/></svg>"
