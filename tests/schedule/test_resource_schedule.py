"""8.6 Schedules that resources can bear: feasible, as early as can be, and each wait accounted for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.schedule import Dates, DayOfWeek, During, Weekday
from analysis_patterns.patterns.schedule.network import Dependency, DependencyKind
from analysis_patterns.patterns.schedule.resource_schedule import (
    Activity,
    Cause,
    Resource,
    ResourceSchedule,
    scheduled,
)
from analysis_patterns.patterns.schedule.working_calendar import WorkingCalendar, WorkingTime

from ..covered import Covered
from ..refusals import refuses
from .test_network import HOUSE_NAMES, networks

HOUR = 3600
DAY = 24 * HOUR
WEEKEND = DayOfWeek(Weekday.SATURDAY) | DayOfWeek(Weekday.SUNDAY)
OFFICE = WorkingCalendar(WEEKEND, time(9), time(17))
MONDAY = datetime(1997, 5, 5, tzinfo=UTC)
# The house again, in days; one crew digs, lays and builds.
CREW = Resource("crew")
HOUSE = [Activity(days * DAY, ((0, 1),) if crew else ()) for days, crew in
         ((2, True), (5, True), (12, False), (8, True), (1, True))]  # fmt: skip
HOUSE_ORDER = [Dependency(0, 1), Dependency(1, 3), Dependency(3, 4), Dependency(2, 4)]


def in_days(moment: int) -> str:
    return f"day {moment // DAY}"


def test_an_asset_serves_one_at_a_time() -> None:
    activities = [Activity(3, ((0, 1),)), Activity(2, ((0, 1),)), Activity(4)]

    found = scheduled(activities, [], [Resource("room Q9")])

    assert (list(found.starts), list(found.finishes), found.end) == ([0, 3, 0], [3, 5, 4], 5)


def test_a_resource_type_serves_as_many_as_its_capacity() -> None:
    activities = [Activity(4, ((0, 2),)), Activity(4, ((0, 1),)), Activity(1, ((0, 2),))]

    found = scheduled(activities, [], [Resource("nurses", 3)], priority=[0, 1, 2])

    assert list(found.starts) == [0, 0, 4]


def test_what_others_hold_already_is_waited_for() -> None:
    room = Resource("room Q9", 1, taken=((-5, 2, 1), (4, 9, 1)))

    found = scheduled([Activity(2, ((0, 1),)), Activity(3, ((0, 1),))], [], [room], priority=[1, 2])

    assert list(found.starts) == [2, 9]
    assert str(found.explanation(1, lambda n: f"talk {n}")) == (
        "talk 1 starts at 9  [room Q9 is held by others until 9]"
    )
    assert str(found.explanation(0, lambda n: f"talk {n}")) == (
        "talk 0 starts at 2  [room Q9 is held by others until 2]"
    )


def test_each_resource_is_waited_for_once_however_many_hold_it_one_after_another() -> None:
    count = 3_000
    activities = [Activity(1, ((0, 1),)) for _ in range(count)]

    found = scheduled(activities, [], [Resource("room Q9")])

    assert list(found.starts) == list(range(count))
    assert [len(each) for each in found.waits] == [0] + [1] * (count - 1)
    assert found.waits[-1][0].activity == count - 2


def test_the_lowest_priority_goes_first() -> None:
    activities = [Activity(3, ((0, 1),)), Activity(2, ((0, 1),))]

    assert list(scheduled(activities, [], [CREW], priority=[2, 1]).starts) == [2, 0]
    assert list(scheduled(activities, [], [CREW], priority=[1, 2]).starts) == [0, 3]


def test_tells_what_an_activity_waited_for() -> None:
    roof = Activity(DAY, ((0, 1),))
    found = scheduled([*HOUSE, roof], HOUSE_ORDER, [CREW], priority=[0, 1, 2, 3, 4, 5])

    told = found.explanation(5, [*HOUSE_NAMES, "mend roof"].__getitem__, in_days)

    assert str(told).splitlines()[:2] == [
        "mend roof starts at day 16  [crew is held by put windows in until day 16]",
        "  put windows in starts at day 15  [waits for build walls until day 15]",
    ]
    assert str(told).splitlines()[-1] == "        dig starts at day 0  [nothing to wait for]"


def test_work_rests_at_night_and_at_weekends() -> None:
    hours = OFFICE.from_(datetime(1997, 5, 2, 12, tzinfo=UTC))  # a Friday, at noon

    found = scheduled([Activity(4 * HOUR, (), hours), Activity(10 * HOUR, (), hours)], [Dependency(0, 1)])

    # Five hours are left on Friday; then come nine of ten hours on Monday and Tuesday.
    assert list(found.starts) == [0, 4 * HOUR]
    assert list(found.finishes) == [4 * HOUR, 3 * DAY + 21 * HOUR + HOUR]
    assert found.waits[1][-1].cause is Cause.PREDECESSOR


def test_tells_where_an_activity_waited_for_working_hours() -> None:
    hours = OFFICE.from_(datetime(1997, 5, 3, tzinfo=UTC))  # a Saturday

    found = scheduled([Activity(HOUR, (), hours)], [])

    assert [wait.cause for wait in found.waits[0]] == [Cause.CALENDAR]
    assert str(found.explanation(0, lambda _: "meeting", lambda s: f"hour {s // HOUR}")) == (
        "meeting starts at hour 57  [no working time until hour 57]"
    )


def test_a_finish_that_waits_counts_back_through_the_weekend() -> None:
    hours = OFFICE.from_(MONDAY)
    finish = DependencyKind.FINISH_FINISH

    found = scheduled(
        [Activity(7 * DAY + 10 * HOUR), Activity(4 * HOUR, (), hours)], [Dependency(0, 1, finish)]
    )

    # The first is done at ten on the second Monday; four hours before that began on Friday at 14.
    assert found.starts[1] == 4 * DAY + 14 * HOUR
    assert found.finishes[1] == 7 * DAY + 10 * HOUR


def test_hours_are_those_of_the_clock_on_the_wall() -> None:
    london = WorkingCalendar(opens=time(9), closes=time(10), zone=ZoneInfo("Europe/London"))

    hours = london.from_(datetime(1997, 3, 29, tzinfo=UTC))  # the clocks go forward that night

    assert hours.open_at(0) == 9 * HOUR
    assert hours.open_at(10 * HOUR) == DAY + 8 * HOUR
    assert hours.finish(9 * HOUR, 2 * HOUR) == DAY + 9 * HOUR


def test_a_whole_day_ends_at_midnight_whatever_the_clocks_do() -> None:
    london = WorkingCalendar(zone=ZoneInfo("Europe/London"))

    hours = london.from_(datetime(1997, 3, 30, tzinfo=UTC))

    assert hours.open_at(5) == 5
    assert hours.finish(0, 23 * HOUR + 60) == 23 * HOUR + 60


@given(st.integers(0, 20 * DAY), st.integers(0, 30 * HOUR))
def test_work_counted_back_from_its_finish_is_done_then(finish: int, duration: int) -> None:
    hours = OFFICE.from_(MONDAY)

    start = hours.start_for(finish, duration)

    assert hours.open_at(start) == start
    assert hours.finish(start, duration) >= finish
    if start > hours.open_at(0):
        assert hours.finish(start - 1, duration) < finish or hours.open_at(start - 1) == start


@st.composite
def problems(draw: Any) -> tuple[list[Activity], list[Dependency], list[Resource], WorkingTime | None]:
    """A network whose activities need resources, some of them within working hours."""
    durations, dependencies = draw(networks())
    resources = [Resource(f"resource {n}", draw(st.integers(1, 3))) for n in range(2)]
    hours = WorkingCalendar(opens=time(0, 0, 3), closes=time(0, 0, 9)).from_(MONDAY)
    activities = []
    for duration in durations:
        needs = [
            (n, draw(st.integers(1, each.capacity)))
            for n, each in enumerate(resources)
            if draw(st.booleans())
        ]
        activities.append(Activity(duration, tuple(needs), hours if draw(st.integers(0, 4)) == 0 else None))
    return activities, dependencies, resources, hours


def is_feasible(number: int, start: int, found: ResourceSchedule, problem: Any) -> bool:
    """Whether an activity could start at a moment beside all others, by the definitions."""
    activities, dependencies, resources, _ = problem
    activity = activities[number]
    working = activity.working_time
    if working and working.open_at(start) != start:
        return False
    finish = working.finish(start, activity.duration) if working else start + activity.duration
    for each in dependencies:
        if each.after == number:
            ends = found.finishes if each.kind.from_finish else found.starts
            if (finish if each.kind.to_finish else start) < ends[each.before] + each.lag:
                return False
    for moment in sorted({start, *(s for s in found.starts if start < s < finish)}):
        for resource, amount in activity.needs:
            used = sum(
                more
                for n, other in enumerate(activities)
                for which, more in other.needs
                if n != number and which == resource and found.starts[n] <= moment < found.finishes[n]
            )
            if finish > start and used + amount > resources[resource].capacity:
                return False
    return True


def test_every_schedule_is_feasible_and_nothing_could_start_earlier() -> None:
    covered = Covered()

    @settings(deadline=None, max_examples=60)
    @given(problems())
    def check(problem: Any) -> None:
        activities, dependencies, resources, _ = problem

        found = scheduled(activities, dependencies, resources)

        for number in range(len(activities)):
            start = found.starts[number]
            assert is_feasible(number, start, found, problem)
            last = found.waits[number][-1].until if found.waits[number] else 0
            assert start == last
            if start < 500:
                assert not any(is_feasible(number, earlier, found, problem) for earlier in range(start))
        causes = {wait.cause for waits in found.waits for wait in waits}
        covered.case(
            for_others=Cause.PREDECESSOR in causes,
            for_resources=Cause.RESOURCE in causes,
            for_hours=Cause.CALENDAR in causes,
        )

    check()
    covered.enough()


@pytest.mark.parametrize("amount", [0, -1, 4])
def test_refuses_a_need_that_can_never_be_met(amount: int) -> None:
    with refuses("resource.capacity") as refused:
        scheduled([Activity(1, ((0, amount),))], [], [Resource("nurses", 3)], name=lambda _: "surgery")

    assert refused.value.found == f"{amount} of nurses for surgery"


def test_refuses_priorities_for_some_only() -> None:
    with refuses("activity.priority"):
        scheduled([Activity(1), Activity(1)], [], priority=[1])


def test_refuses_a_circle_and_a_duration_below_zero() -> None:
    with refuses("dependency.acyclic"):
        scheduled([Activity(1), Activity(1)], [Dependency(0, 1), Dependency(1, 0)])
    with refuses("activity.duration"):
        scheduled([Activity(-1)], [])


@pytest.mark.parametrize("free", [During(), WEEKEND | During()])
def test_refuses_a_calendar_that_never_works(free: Any) -> None:
    hours = WorkingCalendar(free).from_(MONDAY)

    with refuses("working-calendar.works"):
        scheduled([Activity(1, (), hours)], [])


def test_refuses_hours_that_close_before_they_open() -> None:
    with refuses("working-calendar.works"):
        WorkingCalendar(opens=time(17), closes=time(9))


def test_refuses_to_count_from_an_instant_without_a_zone() -> None:
    with refuses("time.aware"):
        OFFICE.from_(datetime(1997, 5, 5))  # noqa: DTZ001


def test_a_holiday_is_free() -> None:
    free = WorkingCalendar(WEEKEND | Dates.of([date(1997, 5, 5)]))

    hours = free.from_(datetime(1997, 5, 3, tzinfo=UTC))

    assert hours.open_at(0) == 3 * DAY
    assert timedelta(seconds=hours.finish(0, 2 * DAY)) == timedelta(days=5)


@pytest.mark.parametrize("needs", [((0, 1), (0, 1)), ((1, 1),), ((-1, 1),), ((0, 0),), ((0, 2),)])
def test_refuses_needs_that_there_is_too_little_of(needs: tuple[tuple[int, int], ...]) -> None:
    with refuses("resource.capacity"):
        scheduled([Activity(1, needs)], [], [Resource("room Q9")])


def test_of_each_choice_another_one_is_taken() -> None:
    either, second = (0, 1), (0,)
    rooms = [Resource("room Q9"), Resource("room Q10")]
    activities = [Activity(2, (), None, (either, second)), Activity(1, (), None, (either,))]

    found = scheduled(activities, [], rooms, priority=[0, 1])

    assert list(found.starts) == [0, 2]
    with refuses("resource.capacity"):
        scheduled([Activity(1, (), None, (second, second))], [], rooms)


def test_work_that_fills_a_day_is_done_when_the_day_closes() -> None:
    office = WorkingCalendar(opens=time(9), closes=time(17))
    hours = office.from_(datetime(1997, 5, 5, 9, tzinfo=UTC))

    found = scheduled([Activity(8 * HOUR, (), hours), Activity(16 * HOUR, (), hours)], [])

    assert list(found.finishes) == [8 * HOUR, DAY + 8 * HOUR]
