"""A figure is drawn from the code that it shows, by the same engine as `analysis-patterns diagram`."""

from __future__ import annotations

import pytest

from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.site import drawn


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
