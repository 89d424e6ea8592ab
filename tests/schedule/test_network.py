"""8.4 The critical path: earliest and latest times, slack, kinds of dependency with lags, circles shown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.schedule import network
from analysis_patterns.patterns.schedule.network import Dependency, DependencyKind, Times, network_times

from ..covered import Covered, with_fault
from ..refusals import refuses

FS, SS, FF, SF = DependencyKind

# A house: 0 dig, 1 lay foundation, 2 order windows, 3 build walls, 4 put windows in.
HOUSE = [2, 5, 12, 8, 1]
HOUSE_NAMES = ["dig", "lay foundation", "order windows", "build walls", "put windows in"]
HOUSE_ORDER = [Dependency(0, 1), Dependency(1, 3), Dependency(3, 4), Dependency(2, 4)]


@st.composite
def networks(draw: Any) -> tuple[list[int], list[Dependency]]:
    """A network without circles, its activities in any order."""
    durations = draw(st.lists(st.integers(0, 9), min_size=1, max_size=9))
    order = draw(st.permutations(range(len(durations))))
    pairs = [(a, b) for n, a in enumerate(order) for b in order[n + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=12)) if pairs else []
    kinds, lags = st.sampled_from(DependencyKind), st.integers(-4, 6)
    return durations, [Dependency(a, b, draw(kinds), draw(lags)) for a, b in chosen]


def holds(each: Dependency, starts: list[int], durations: list[int]) -> bool:
    """Whether starts obey a dependency, by its definition."""
    before = starts[each.before] + (durations[each.before] if each.kind in {FS, FF} else 0)
    after = starts[each.after] + (durations[each.after] if each.kind in {FF, SF} else 0)
    return after >= before + each.lag


def test_a_house_is_built_in_the_time_of_its_longest_chain() -> None:
    found = network_times(HOUSE, HOUSE_ORDER)

    assert list(found.earliest) == [0, 2, 0, 7, 15]
    assert list(found.latest) == [0, 2, 3, 7, 15]
    assert found.end == 16
    assert [found.slack(n) for n in range(5)] == [0, 0, 3, 0, 0]
    assert [found.is_critical(n) for n in range(5)] == [True, True, False, True, True]
    assert found.critical_path() == [0, 1, 3, 4]


def test_free_slack_is_what_delays_nobody_else() -> None:
    found = network_times([4, 1, 2, 3], [Dependency(1, 2), Dependency(0, 3), Dependency(2, 3)])

    assert [found.slack(n) for n in range(4)] == [0, 1, 1, 0]
    assert [found.free_slack(n) for n in range(4)] == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [(FS, 0, 5), (FS, 2, 7), (FS, -2, 3), (SS, 0, 0), (SS, 3, 3), (FF, 0, 3), (FF, 4, 7), (SF, 6, 4)],
)
def test_each_kind_of_dependency_ties_its_own_ends(kind: DependencyKind, lag: int, start: int) -> None:
    found = network_times([5, 2], [Dependency(0, 1, kind, lag)])

    assert found.earliest[1] == start


def test_nothing_starts_before_the_network_does() -> None:
    assert list(network_times([2, 9], [Dependency(0, 1, FF)]).earliest) == [0, 0]
    assert network_times([], []).end == 0
    assert network_times([], []).critical_path() == []


def test_the_times_are_as_early_and_as_late_as_the_dependencies_allow() -> None:
    covered = Covered()

    @settings(deadline=None)
    @given(networks())
    def check(made: tuple[list[int], list[Dependency]]) -> None:
        durations, dependencies = made

        found = network_times(durations, dependencies)

        _is_tight(found, durations, dependencies)
        covered.case(
            tied=bool(dependencies),
            slack=any(found.slack(n) for n in range(len(durations))),
            lead=any(each.lag < 0 for each in dependencies),
            other_kind=any(each.kind is not FS for each in dependencies),
        )

    check()
    covered.enough()


def _is_tight(found: Times, durations: list[int], dependencies: list[Dependency]) -> None:
    everyone = range(len(durations))
    earliest, latest = list(found.earliest), list(found.latest)
    for starts in (earliest, latest):
        assert all(holds(each, starts, durations) for each in dependencies)
        assert all(0 <= starts[n] <= found.end - durations[n] for n in everyone)
    assert max(earliest[n] + durations[n] for n in everyone) == found.end
    for n in everyone:
        earlier = [*earliest[:n], earliest[n] - 1, *earliest[n + 1 :]]
        later = [*latest[:n], latest[n] + 1, *latest[n + 1 :]]
        freely = [*earliest[:n], earliest[n] + found.free_slack(n), *earliest[n + 1 :]]
        assert earliest[n] == 0 or not all(holds(each, earlier, durations) for each in dependencies)
        assert latest[n] == found.end - durations[n] or not all(
            holds(each, later, durations) for each in dependencies
        )
        assert all(holds(each, freely, durations) for each in dependencies)
    path = found.critical_path()
    assert path
    assert all(found.is_critical(n) for n in path)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("(later := start + least) > earliest[after]", "(later := start + least) < earliest[after]"),
        ("(limit := latest[after] - least) < late", "(limit := latest[after] + least) < late"),
        ("spared - start", "spared"),
        ("- (durations[after] if kind.to_finish else 0)", "+ (durations[after] if kind.to_finish else 0)"),
    ],
)
def test_a_fault_in_the_passes_would_be_noticed(right: str, wrong: str) -> None:
    faulty: Any = with_fault(network, right, wrong)
    durations = [5, 3, 4, 2]
    dependencies = [Dependency(0, 1, FF, 2), Dependency(0, 2), Dependency(1, 3, FS, 1)]
    own = [
        faulty.Dependency(d.before, d.after, faulty.DependencyKind(d.kind.value), d.lag) for d in dependencies
    ]

    with pytest.raises(AssertionError):
        _is_tight(faulty.network_times(durations, own), durations, dependencies)


def test_explains_why_an_activity_starts_no_earlier() -> None:
    found = network_times(HOUSE, HOUSE_ORDER)

    told = found.explanation(4, HOUSE_NAMES.__getitem__, lambda day: f"day {day}")

    assert str(told).splitlines() == [
        "put windows in starts no earlier than day 15  [waits for build walls]",
        "  build walls starts no earlier than day 7  [waits for lay foundation]",
        "    lay foundation starts no earlier than day 2  [waits for dig]",
        "      dig starts no earlier than day 0  [nothing before it takes longer]",
    ]
    assert found.binding(4) == 3
    assert found.binding(2) is None


def test_a_circle_is_shown_by_the_names_of_its_members() -> None:
    around = [*HOUSE_ORDER, Dependency(4, 1)]

    with refuses("dependency.acyclic") as refused:
        network_times(HOUSE, around, name=HOUSE_NAMES.__getitem__)

    assert refused.value.found in {
        "a circle: " + " -> ".join(names)
        for names in (
            ["lay foundation", "build walls", "put windows in", "lay foundation"],
            ["build walls", "put windows in", "lay foundation", "build walls"],
            ["put windows in", "lay foundation", "build walls", "put windows in"],
        )
    }


def test_an_activity_that_waits_for_itself_is_a_circle() -> None:
    with refuses("dependency.acyclic"):
        network_times([1], [Dependency(0, 0, SS)])


@pytest.mark.parametrize("duration", [-1, True, "3"])
def test_refuses_a_duration_that_is_none(duration: Any) -> None:
    with refuses("activity.duration") as refused:
        network_times([1, duration], [], name=["dig", "lay"].__getitem__)

    assert "lay" in refused.value.found


@pytest.mark.parametrize("pair", [(0, 2), (-1, 0)])
def test_refuses_a_dependency_on_an_activity_that_is_not_there(pair: tuple[int, int]) -> None:
    with refuses("dependency.known-activities"):
        network_times([1, 1], [Dependency(*pair)])


def test_a_chain_of_ten_thousand_is_gone_through_without_recursion() -> None:
    count = 10_000

    found = network_times([1] * count, [Dependency(n, n + 1) for n in range(count - 1)])

    assert found.end == count
    assert len(found.chain(count - 1)) == count


def test_a_circle_of_ten_thousand_is_shown_at_once() -> None:
    count = 10_000

    with refuses("dependency.acyclic") as refused:
        network_times([1] * count, [Dependency(n, (n + 1) % count) for n in range(count)])

    assert "1 -> 2 -> 3 -> " in refused.value.found
    assert len(refused.value.found) < 1_000


def test_refuses_a_lag_that_is_not_whole() -> None:
    wrong: Any = 0.5

    with refuses("dependency.lag"):
        network_times([1, 1], [Dependency(0, 1, lag=wrong)])


def test_a_milestone_at_the_end_belongs_to_the_critical_path() -> None:
    found = network_times([3, 2, 0], [Dependency(0, 2), Dependency(1, 2)])

    assert found.critical_path() == [0, 2]
