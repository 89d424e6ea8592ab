"""9.4 Scenario: its elements are drawn above those that they are reckoned from, in whatever scenarios."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analysis_patterns.diagrams import draw
from analysis_patterns.patterns import Session
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.picture import Graph
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.trading import (
    CalculatedScenarioElement,
    Quote,
    QuoteFormula,
    Scenario,
    ShiftedScenarioElement,
    SourcedScenarioElement,
    scenario_picture,
)

from .floor import Floor


@pytest.fixture
def floor() -> Floor:
    """Rates, an agency and a formula."""
    return Floor()


@pytest.fixture
def up(session: Session, floor: Floor) -> Scenario:
    """A stored scenario of one element: the cross rate of another one's, moved."""
    base = floor.close()
    session.add_all([*floor.all, base])
    scenario = floor.scenario("up")
    ShiftedScenarioElement(scenario=scenario, base=base.element(floor.gbp_dem), times="1.01", places=3)
    session.add(scenario)
    session.commit()
    return scenario


def drawn(picture: Graph) -> list[tuple[str, str, str]]:
    """The lines of a picture, by the headings of their boxes, with what stands at the head."""
    names = {node.key: node.label for node in picture.nodes}
    return [(names[each.tail], names[each.head], each.head_end.label) for each in picture.edges]


def test_each_element_says_what_it_comes_to_and_by_what(session: Session, up: Scenario) -> None:
    session.expire_all()

    picture = scenario_picture(up)

    assert [(node.label, node.lines, node.outside) for node in picture.nodes] == [
        ("GBP/DEM", ("bid 2.422, offer 2.426", "shifted times 1.01 plus 0, rounded to 3 places"), False),
        (
            "GBP/DEM",
            (
                "bid 2.3977, offer 2.4016",
                "cross rate(first, second) = first / second, rounded to 4 places",
                "in close at 1997-05-01 09:00 by Rates desk",
            ),
            True,
        ),
        (
            "USD/DEM",
            (
                "bid 1.5000, offer 1.5010",
                "Agency under 'DEM=' at 1997-05-01T08:59:00+00:00",
                "in close at 1997-05-01 09:00 by Rates desk",
            ),
            True,
        ),
        (
            "USD/GBP",
            (
                "bid 0.6250, offer 0.6256",
                "Agency under 'GBP=' at 1997-05-01T08:59:00+00:00",
                "in close at 1997-05-01 09:00 by Rates desk",
            ),
            True,
        ),
    ]
    assert picture.title == "up at 1997-05-01 09:00 by Rates desk"
    assert picture.remarks == (
        "A dashed element belongs to another scenario.",
        "An arrow leads to what an element is reckoned from.",
    )
    assert "<svg" in draw(picture)


def test_arguments_have_the_names_that_the_formula_gives_them(floor: Floor) -> None:
    picture = scenario_picture(floor.close())

    assert drawn(picture) == [("GBP/DEM", "USD/DEM", "first"), ("GBP/DEM", "USD/GBP", "second")]
    assert not any(node.outside for node in picture.nodes)
    assert picture.remarks == ("An arrow leads to what an element is reckoned from.",)


def test_an_argument_that_is_used_twice_is_drawn_once_with_both_names(floor: Floor) -> None:
    scenario = floor.scenario()
    dem = floor.sourced(scenario, floor.dem_index, "1.5000/10")
    floor.crossed(scenario, dem, dem)

    assert drawn(scenario_picture(scenario)) == [("GBP/DEM", "USD/DEM", "first, second")]


def test_one_element_is_drawn_with_what_it_rests_on_only(floor: Floor) -> None:
    scenario = floor.close()

    picture = scenario_picture(scenario.element(floor.usd_dem), title="the mark")

    assert [node.label for node in picture.nodes] == ["USD/DEM"]
    assert picture.title == "the mark"


def test_what_was_known_at_the_instant_is_told(session: Session, floor: Floor, clock: FixedClock) -> None:
    scenario = floor.scenario()
    said = floor.said(floor.dem_index, "1.5000/10")
    SourcedScenarioElement(scenario=scenario, source_quote=said)
    session.add_all([*floor.all, scenario])
    session.commit()
    before = clock.now()
    clock.advance(timedelta(hours=1))
    said.restated(quote=Quote.parse("1.7000/10"))
    session.commit()

    (now,), (then,) = scenario_picture(scenario).nodes, scenario_picture(scenario, known_at=before).nodes

    assert (now.lines[0], then.lines[0]) == ("bid 1.7000, offer 1.7010", "bid 1.5000, offer 1.5010")


def test_what_was_taken_back_is_not_quoted_nor_what_rests_on_it(session: Session, floor: Floor) -> None:
    scenario = floor.scenario()
    said = floor.said(floor.dem_index, "1.5000/10")
    dem = SourcedScenarioElement(scenario=scenario, source_quote=said)
    floor.crossed(scenario, dem, floor.sourced(scenario, floor.gbp_index, "0.6250/6"))
    session.add_all([*floor.all, scenario])
    session.commit()
    said.withdraw()
    session.commit()

    lines = {node.label: node.lines[0] for node in scenario_picture(scenario).nodes}

    nothing = "not quoted: a source took it back, or had not said it yet"
    assert lines == {"GBP/DEM": nothing, "USD/DEM": nothing, "USD/GBP": "bid 0.6250, offer 0.6256"}


def test_says_how_many_elements_are_left_out(floor: Floor) -> None:
    picture = scenario_picture(floor.close(), most=2)

    assert [node.label for node in picture.nodes] == ["GBP/DEM", "USD/DEM"]
    assert picture.remarks[0] == "Elements that are left out: 1."


def test_a_long_chain_is_drawn_to_its_end(floor: Floor) -> None:
    element = floor.close().element(floor.usd_dem)
    for n in range(1100):
        element = ShiftedScenarioElement(scenario=floor.scenario(f"step {n}"), base=element, plus="0.01")

    picture = scenario_picture(element, most=2000)

    assert len(picture.nodes) == 1101
    assert picture.nodes[0].lines[0] == "bid 12.5000, offer 12.5010"


def test_refuses_a_picture_of_nothing_or_without_room(floor: Floor) -> None:
    with pytest.raises(AnalysisPatternsError, match="a scenario or an element"):
        scenario_picture()
    with pytest.raises(AnalysisPatternsError, match="room for 1, not 0"):
        scenario_picture(floor.close(), most=0)


def test_refuses_a_naive_instant(up: Scenario) -> None:
    with pytest.raises(ConstraintViolation, match=r"time\.aware"):
        scenario_picture(up, known_at=datetime(1997, 5, 1, tzinfo=UTC).replace(tzinfo=None))


def test_a_formula_over_many_elements_has_a_line_for_each(floor: Floor) -> None:
    scenario = floor.close()
    arguments = [scenario.element(each) for each in (floor.usd_dem, floor.usd_gbp, floor.gbp_dem)]
    total = QuoteFormula(name="sum", arguments=["a", "b", "c"], says="a + b + c")
    CalculatedScenarioElement(
        scenario=scenario, indicator=floor.volatility, formula=total, arguments=arguments
    )

    assert {head for tail, head, _ in drawn(scenario_picture(scenario)) if tail.startswith("vol")} == {
        "USD/DEM",
        "USD/GBP",
        "GBP/DEM",
    }
