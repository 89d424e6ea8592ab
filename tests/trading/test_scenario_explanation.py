"""9.4 Scenario: every quote says where it comes from, and whoever reckons by what it says comes to it."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from analysis_patterns.patterns import Session
from analysis_patterns.patterns.provenance import Explanation, explain, graph
from analysis_patterns.trading import ScenarioElement, ShiftedScenarioElement

from .floor import Floor


@pytest.fixture
def floor(session: Session) -> Floor:
    """Rates, an agency and a formula, stored."""
    made = Floor()
    session.add_all(made.all)
    session.commit()
    return made


def moved_cross(session: Session, floor: Floor) -> ScenarioElement:
    """The cross rate of the close, one per cent up."""
    base = floor.close()
    scenario = floor.scenario("up")
    element = ShiftedScenarioElement(
        scenario=scenario, base=base.element(floor.gbp_dem), times="1.01", plus="-0.002", places=3
    )
    session.add(scenario)
    session.commit()
    return element


def test_tells_the_way_down_to_what_the_source_said(session: Session, floor: Floor) -> None:
    element = moved_cross(session, floor)

    assert str(explain(element)).splitlines() == [
        "GBP/DEM in up at 1997-05-01 09:00 by Rates desk: bid 2.420, offer 2.424"
        "  [shifted times 1.01 plus -0.002, rounded to 3 places]",
        "  GBP/DEM in close at 1997-05-01 09:00 by Rates desk: bid 2.3977, offer 2.4016"
        "  [cross rate(first, second) = first / second, rounded to 4 places]",
        "    USD/DEM in close at 1997-05-01 09:00 by Rates desk: bid 1.5000, offer 1.5010"
        "  [Agency under 'DEM=' at 1997-05-01T08:59:00+00:00]",
        "    USD/GBP in close at 1997-05-01 09:00 by Rates desk: bid 0.6250, offer 0.6256"
        "  [Agency under 'GBP=' at 1997-05-01T08:59:00+00:00]",
    ]


def test_says_who_supposes_what_nobody_said(floor: Floor) -> None:
    element = floor.assumed(floor.scenario(), floor.volatility, "0.1/")

    assert str(explain(element)) == (
        "volatility of USD/DEM in close at 1997-05-01 09:00 by Rates desk: bid 0.1  [supposed by Rates desk]"
    )


def test_whoever_reckons_by_the_text_comes_to_the_figure(session: Session, floor: Floor) -> None:
    explanation = explain(moved_cross(session, floor))

    found = reckoned_from_the_text(explanation)

    assert found == stated(explanation) == (Fraction("2.420"), Fraction("2.424"))


def test_is_drawn_with_each_statement_above_those_that_it_rests_on(session: Session, floor: Floor) -> None:
    drawn = graph(explain(moved_cross(session, floor)))

    assert len(drawn.nodes) == 4
    assert [(edge.tail, edge.head) for edge in drawn.edges] == [("0", "1"), ("1", "2"), ("1", "3")]


def stated(explanation: Explanation) -> tuple[Fraction, Fraction]:
    """The sides that a statement states."""
    found = re.search(r"bid (\S+), offer (\S+)$", explanation.statement)
    assert found is not None
    return Fraction(found[1]), Fraction(found[2])


def reckoned_from_the_text(explanation: Explanation) -> tuple[Fraction, Fraction]:
    """What a statement comes to, by nothing but its words: two-way prices above zero, by hand."""
    below = [reckoned_from_the_text(each) for each in explanation.because]
    rounded = re.search(r"rounded to (\d+) places", explanation.by)
    if (shift := re.match(r"shifted times (\S+) plus (\S+?),", explanation.by)) is not None:
        ((bid, offer),) = below
        bid, offer = (side * Fraction(shift[1]) + Fraction(shift[2]) for side in (bid, offer))
    elif "first / second" in explanation.by:
        (bid, offer), (other_bid, other_offer) = below
        bid, offer = bid / other_offer, offer / other_bid
    else:
        return stated(explanation)
    assert rounded is not None
    step = Decimal(1).scaleb(-int(rounded[1]))
    ends = [Decimal(side.numerator) / Decimal(side.denominator) for side in (bid, offer)]
    bid, offer = (Fraction(end.quantize(step, rounding=ROUND_HALF_UP)) for end in ends)
    return bid, offer
