"""8.4 The critical path of a plan, as its rows were known: the same as that of the network that they tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from analysis_patterns.patterns import explain
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import DependencyKind, Plan, ProposedAction
from analysis_patterns.patterns.planning.critical_path import critical_path
from analysis_patterns.patterns.planning.plan import PlanDependency
from analysis_patterns.patterns.schedule import Dependency, network_times
from analysis_patterns.patterns.time import FixedClock, Interval

from ..refusals import refuses
from .records import at, without_guards, write

DAY = timedelta(days=1)


class House:
    """The plan of a house: five actions, four dependencies."""

    def __init__(self) -> None:
        self.plan = Plan(name="house")
        lengths = {"dig": 2, "lay foundation": 5, "order windows": 12, "build walls": 8, "put windows in": 1}
        self.actions = [ProposedAction(name=name, duration=days * DAY) for name, days in lengths.items()]
        self.dig, self.lay, self.order, self.build, self.put = (
            self.plan.include(each) for each in self.actions
        )
        self.plan.depends(self.lay, on=self.dig)
        self.plan.depends(self.build, on=self.lay)
        self.plan.depends(self.put, on=self.build)
        self.plan.depends(self.put, on=self.order)


@pytest.fixture
def house(session: Session) -> House:
    """The house, stored."""
    made = House()
    session.add(made.plan)
    session.commit()
    return made


def test_a_plan_takes_as_long_as_its_longest_chain(session: Session, house: House) -> None:
    found = critical_path(session, house.plan)

    assert found.length == 16 * DAY
    assert found.critical_path() == ["dig", "lay foundation", "build walls", "put windows in"]
    assert found.actions == [action.id for action in house.actions]
    windows = found.of(house.order.action)
    assert (windows.earliest_start, windows.latest_start) == (timedelta(), 3 * DAY)
    assert (windows.earliest_finish, windows.latest_finish) == (12 * DAY, 15 * DAY)
    assert (windows.slack, windows.free_slack, windows.is_critical) == (3 * DAY, 3 * DAY, False)
    assert found.of(house.dig.action).is_critical


def test_kinds_and_lags_are_those_of_the_dependencies(session: Session, house: House) -> None:
    start = DependencyKind.START_START
    house.plan.depends(house.order, on=house.dig, kind=start, lag=6 * DAY)
    session.commit()

    found = critical_path(session, house.plan)

    order = [Dependency(0, 1), Dependency(1, 3), Dependency(3, 4), Dependency(2, 4)]
    expected = network_times([2, 5, 12, 8, 1], [*order, Dependency(0, 2, start, 6)])
    assert [found.of(action).earliest_start for action in house.actions] == [
        day * DAY for day in expected.earliest
    ]


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        (DependencyKind.FINISH_START, 9),
        (DependencyKind.START_START, 4),
        (DependencyKind.FINISH_FINISH, 6),
        (DependencyKind.START_FINISH, 1),
    ],
)
def test_each_kind_ties_the_ends_that_it_names(session: Session, kind: DependencyKind, start: int) -> None:
    plan = Plan(name="tie")
    first, second = (
        plan.include(ProposedAction(name=name, duration=days * DAY)) for name, days in (("a", 5), ("b", 3))
    )
    plan.depends(second, on=first, kind=kind, lag=4 * DAY)
    session.add(plan)
    session.commit()

    assert critical_path(session, plan).of(second.action).earliest_start == start * DAY


def test_a_duration_follows_from_start_and_end(session: Session) -> None:
    plan = Plan(name="talk")
    plan.include(ProposedAction(name="speak", time=Interval(at(1, 9), at(1, 11))))
    session.add(plan)
    session.commit()

    assert critical_path(session, plan).length == timedelta(hours=2)


def test_a_plan_within_a_plan_takes_as_long_as_its_own_path(session: Session, house: House) -> None:
    street = Plan(name="street")
    whole = street.include(house.plan)
    pave = street.include(ProposedAction(name="pave", duration=3 * DAY))
    street.depends(pave, on=whole)
    session.add(street)
    session.commit()

    found = critical_path(session, street)

    assert found.length == 19 * DAY
    assert found.critical_path() == ["house", "pave"]


def test_tells_the_path_as_the_plan_was_known(session: Session, house: House, clock: FixedClock) -> None:
    before = clock.now()
    clock.advance(timedelta(hours=1))

    house.build.action.retime(None, duration=20 * DAY)
    house.plan.leave_out(house.order)
    session.commit()

    now = critical_path(session, house.plan)
    assert now.length == 28 * DAY
    assert now.critical_path() == ["dig", "lay foundation", "build walls", "put windows in"]
    assert now.actions == [each.id for each in house.actions if each is not house.order.action]
    assert critical_path(session, house.plan, known_at=before).length == 16 * DAY


def test_explains_why_an_action_starts_no_earlier(session: Session, house: House) -> None:
    start = critical_path(session, house.plan).start_of(house.put.action)

    assert str(explain(start)).splitlines() == [
        "put windows in starts no earlier than 15 days, 0:00:00  [waits for build walls]",
        "  build walls starts no earlier than 7 days, 0:00:00  [waits for lay foundation]",
        "    lay foundation starts no earlier than 2 days, 0:00:00  [waits for dig]",
        "      dig starts no earlier than 0:00:00  [nothing before it takes longer]",
    ]


def test_explains_a_chain_that_is_deeper_than_calls_go() -> None:
    count = 3_000

    found = network_times([1] * count, [Dependency(n, n + 1) for n in range(count - 1)])

    lines = str(found.explanation(count - 1, str)).splitlines()
    assert len(lines) == count
    assert lines[0] == f"{count - 1} starts no earlier than {count - 1}  [waits for {count - 2}]"


def test_a_plan_of_nothing_takes_no_time(session: Session) -> None:
    plan = Plan(name="rest")
    session.add(plan)
    session.commit()

    found = critical_path(session, plan)

    assert (found.length, found.critical_path()) == (timedelta(), [])
    with pytest.raises(KeyError, match="no action of the plan rest"):
        found.of(ProposedAction(name="sleep"))


def test_refuses_actions_that_take_nobody_knows_how_long(session: Session, house: House) -> None:
    for name in ("paint", "furnish"):
        house.plan.include(ProposedAction(name=name))
    session.commit()

    with refuses("critical-path.duration-known") as refused:
        critical_path(session, house.plan)

    assert refused.value.found == "no duration of paint, furnish"
    assert critical_path(session, house.plan, unknown=17 * DAY).length == 17 * DAY
    with refuses("duration.whole-seconds"):
        critical_path(session, house.plan, unknown=timedelta(seconds=1.5))


def test_a_circle_that_came_from_elsewhere_is_shown(session: Session, house: House) -> None:
    without_guards(session)
    said: dict[str, Any] = {
        "plan_id": house.plan.id, "predecessor_id": house.put.version, "successor_id": house.lay.version,
        "kind": DependencyKind.FINISH_START, "lag": timedelta(),
        "predecessor_number": house.put.number, "successor_number": house.lay.number,
    }  # fmt: skip
    write(session, PlanDependency, **said)

    with refuses("dependency.acyclic") as refused:
        critical_path(session, house.plan)

    assert "build walls -> put windows in" in refused.value.found
