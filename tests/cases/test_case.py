"""A worked case stands or falls by its figures."""

from __future__ import annotations

import pytest

from analysis_patterns.cases import Check, WorkedCase
from analysis_patterns.cases.case import check


def case(*checks: Check) -> WorkedCase:
    """A case with nothing but figures."""
    return WorkedCase("A case", "It happened.", (), checks)


def test_a_figure_holds_where_what_was_found_is_what_was_expected() -> None:
    assert check("Sheep", expected=12, found="12").holds
    assert not check("Sheep", expected=12, found=11).holds


@pytest.mark.parametrize(("found", "holds"), [(12, True), (11, False)])
def test_a_case_holds_where_all_its_figures_do(found: int, holds: bool) -> None:
    worked = case(check("Goats", expected=3, found=3), check("Sheep", expected=12, found=found))

    assert worked.holds is holds
