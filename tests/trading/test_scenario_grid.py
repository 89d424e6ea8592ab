"""9.4 Scenario: a market moved in every combination, in memory or on record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from analysis_patterns.patterns import Session
from analysis_patterns.trading import (
    Axis,
    Scenario,
    ScenarioElement,
    Shift,
    ShiftedScenarioElement,
    grid,
    quotes_of,
    record_grid,
)

from ..refusals import refuses
from .floor import Floor


@pytest.fixture
def floor(session: Session) -> Floor:
    """Rates and a formula, stored."""
    made = Floor()
    session.add_all(made.all)
    session.commit()
    return made


@pytest.fixture
def base(session: Session, floor: Floor) -> Scenario:
    """The close, with a volatility, and a rate of another scenario that it is moved from."""
    scenario = floor.close()
    floor.assumed(scenario, floor.volatility, "0.10/2")
    session.add(scenario)
    session.commit()
    return scenario


def spots(floor: Floor) -> Axis:
    """The dollar against the mark, 10 % down, unmoved, 10 % up."""
    return Axis(floor.usd_dem, tuple(Shift(times=Decimal(factor)) for factor in ("0.9", "1", "1.1")))


def volatilities(floor: Floor) -> Axis:
    """Its volatility, unmoved and 5 points up."""
    return Axis(floor.volatility, (Shift(), Shift(plus=Decimal("0.05"))))


def test_moves_what_is_asked_and_all_that_rests_on_it(floor: Floor, base: Scenario) -> None:
    points = list(grid(base, spots(floor), volatilities(floor)))

    quotes = [
        [str(point.quotes[each.id]) for each in (floor.usd_dem, floor.gbp_dem, floor.volatility)]
        for point in points
    ]
    assert quotes == [
        ["1.35000/90", "2.1579/614", "0.10/2"],
        ["1.35000/90", "2.1579/614", "0.15/7"],
        ["1.5000/10", "2.3977/4016", "0.10/2"],
        ["1.5000/10", "2.3977/4016", "0.15/7"],
        ["1.65000/110", "2.6375/418", "0.10/2"],
        ["1.65000/110", "2.6375/418", "0.15/7"],
    ]
    assert points[0].shifts == (Shift(times=Decimal("0.9")), Shift())
    assert points[0].levels[floor.usd_dem.id] == Decimal("1.35045")
    assert {str(point.quotes[floor.usd_gbp.id]) for point in points} == {"0.6250/6"}


def test_a_grid_writes_nothing_and_leaves_the_base_alone(
    session: Session, floor: Floor, base: Scenario
) -> None:
    before = quotes_of(session, base)

    list(grid(base, spots(floor)))

    assert quotes_of(session, base) == before
    assert session.scalars(select(Scenario)).all() == [base]


def test_what_is_moved_and_rests_on_what_is_moved_is_moved_by_both(floor: Floor, base: Scenario) -> None:
    cross = Axis(floor.gbp_dem, (Shift(plus=Decimal(1)),))
    dollar = Axis(floor.usd_dem, (Shift(times=Decimal("1.1")),))

    (point,) = grid(base, cross, dollar)

    assert str(point.quotes[floor.gbp_dem.id]) == "3.6375/418"


def test_what_rests_on_an_element_of_another_scenario_stays(
    session: Session, floor: Floor, base: Scenario
) -> None:
    further = floor.scenario("further")
    ShiftedScenarioElement(scenario=further, base=base.element(floor.gbp_dem))
    floor.assumed(further, floor.usd_dem, "2")
    session.add(further)
    session.commit()

    (point,) = grid(further, Axis(floor.usd_dem, (Shift(times=Decimal(2)),)))

    assert str(point.quotes[floor.gbp_dem.id]) == "2.3977/4016"


def test_refuses_an_axis_that_the_scenario_does_not_quote(
    session: Session, floor: Floor, base: Scenario
) -> None:
    bare = floor.scenario("bare")
    session.add(bare)

    with refuses("scenario.indicator-known"):
        list(grid(bare, spots(floor)))
    with refuses("scenario.indicator-known"):
        record_grid(session, bare, spots(floor), name="x")


def test_records_a_grid_whose_elements_say_what_they_are_shifts_of(
    session: Session, floor: Floor, base: Scenario
) -> None:
    axes = spots(floor), volatilities(floor)

    recorded = record_grid(session, base, *axes, name="grid", publisher=floor.desk)
    session.commit()

    assert [each.name for each in recorded] == [f"grid {n}" for n in range(1, 7)]
    assert all(each.imagined and each.publisher is floor.desk and each.at == base.at for each in recorded)
    for scenario, point in zip(recorded, grid(base, *axes), strict=True):
        assert quotes_of(session, scenario) == point.quotes
    moved = recorded[0].element(floor.usd_dem)
    assert moved.arguments == (base.element(floor.usd_dem),)
    assert recorded[0].element(floor.gbp_dem).arguments == (moved, recorded[0].element(floor.usd_gbp))


def test_what_another_scenario_makes_of_it_stays_in_memory_and_on_record(
    session: Session, floor: Floor
) -> None:
    scenario, other = floor.scenario("one"), floor.scenario("other")
    low = floor.assumed(scenario, floor.usd_dem, "1/2")
    between = ShiftedScenarioElement(scenario=other, base=low, plus=1)
    ShiftedScenarioElement(scenario=scenario, base=between, indicator=floor.usd_gbp)
    session.add_all([scenario, other])
    session.commit()
    axis = Axis(floor.usd_dem, (Shift(plus=Decimal(10)),))

    (point,) = grid(scenario, axis)
    (recorded,) = record_grid(session, scenario, axis, name="moved")

    assert quotes_of(session, recorded) == point.quotes
    assert str(point.quotes[floor.usd_gbp.id]) == "2/3"


def test_refuses_axes_that_are_not_apart_and_writes_nothing(
    session: Session, floor: Floor, base: Scenario
) -> None:
    cross = Axis(floor.gbp_dem, (Shift(plus=Decimal(1)),))

    with refuses("grid.axes-apart"):
        list(grid(base, spots(floor), spots(floor)))
    with refuses("grid.axes-apart"):
        record_grid(session, base, cross, spots(floor), name="both")

    assert session.scalars(select(Scenario)).all() == [base]


def test_refuses_a_shift_that_turns_quotes_round(floor: Floor) -> None:
    inexact: Any = 0.1

    with refuses("quote.factor"):
        Shift(times=Decimal(-1))
    with refuses("number.exact"):
        Shift(plus=inexact)
    with refuses("number.precision"):
        Shift(places=-1)


def test_records_nothing_that_cannot_be_worked_out(session: Session, floor: Floor, base: Scenario) -> None:
    with refuses("quote.divisor"):
        record_grid(session, base, Axis(floor.usd_gbp, (Shift(plus=Decimal("-0.6252")),)), name="none")

    assert session.scalars(select(Scenario)).all() == [base]


def test_records_hundreds_of_scenarios_by_few_statements(
    session: Session, floor: Floor, base: Scenario
) -> None:
    steps = tuple(Shift(plus=Decimal(n)) for n in range(10))

    recorded = record_grid(session, base, Axis(floor.usd_dem, steps), Axis(floor.volatility, steps), name="g")

    assert len(recorded) == 100
    assert session.scalar(select(func.count()).select_from(ScenarioElement)) == 4 + 400
