"""Schedules that resources can bear: by priority, each activity as early as what it needs is free (8.6)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from heapq import heapify, heappop, heappush

from ..constraint import ConstraintViolation, rule
from ..provenance import Explanation
from .network import Dependency, Times, network_times
from .working_calendar import WorkingTime

CAPACITY = rule(
    "resource.capacity",
    pattern="8.6",
    says="No activity needs more of a resource than there is, and none needs less than nothing.",
)
PRIORITY = rule(
    "activity.priority",
    pattern="8.6",
    says="A priority is given to every activity, or to none.",
)


_OTHERS = -1


class Cause(Enum):
    """What an activity can wait for."""

    PREDECESSOR = "predecessor"
    RESOURCE = "resource"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Resource:
    """
    Something that activities need, and of which there is so much at any one time.

    Shape:  `taken` is what others hold of it already: from when, until when, and how much.
    Units:  `capacity` 1 for an asset, which serves one activity at a time; seconds.
    """

    name: str
    capacity: int = 1
    taken: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """
    What is to be scheduled.

    Shape:  a duration; the numbers of the resources that it needs, and how much of each; the working time
            that it goes on in, or None for around the clock. Of each of its `choices` it needs one resource
            besides, for all of its time, and no two of them the same.
    Units:  seconds, of its working time where it has one.
    """

    duration: int
    needs: tuple[tuple[int, int], ...] = ()
    working_time: WorkingTime | None = None
    choices: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """
    What an activity waited for.

    Shape:  the cause; until when; the activity before it or the one that held the resource; the resource.
    """

    cause: Cause
    until: int
    activity: int | None = None
    resource: int | None = None


@dataclass(frozen=True, slots=True)
class ResourceSchedule:
    """
    When each activity takes place, so that no resource is overdrawn.

    Shape:  for each activity, by its number, its start, its finish, and what it waited for one after
            another, each resource once; the last of these is why it starts no earlier.
    Units:  whole seconds from the start of the schedule.
    """

    starts: Sequence[int]
    finishes: Sequence[int]
    waits: Sequence[tuple[Wait, ...]]
    resources: Sequence[Resource]

    @property
    def end(self) -> int:
        """When all is done."""
        return max(self.finishes, default=0)

    def explanation(
        self, activity: int, name: Callable[[int], str], written: Callable[[int], str] = str
    ) -> Explanation:
        """Why an activity starts no earlier: what it waited for, and why that was not over before."""
        chain = [activity]
        while (before := self._held_up_by(chain[-1])) is not None:
            chain.append(before)
        told: list[Explanation] = []
        for each in reversed(chain):
            said = f"{name(each)} starts at {written(self.starts[each])}"
            told = [Explanation(said, by=self._reasons(each, name, written), because=tuple(told))]
        return told[0]

    def _held_up_by(self, activity: int) -> int | None:
        found = [wait.activity for wait in self.waits[activity] if wait.activity is not None]
        return found[-1] if found else None

    def _reasons(self, activity: int, name: Callable[[int], str], written: Callable[[int], str]) -> str:
        said = []
        for wait in self.waits[activity]:
            until = f"until {written(wait.until)}"
            if wait.cause is Cause.CALENDAR:
                said.append(f"no working time {until}")
            elif wait.cause is Cause.PREDECESSOR and wait.activity is not None:
                said.append(f"waits for {name(wait.activity)} {until}")
            elif wait.resource is not None:
                holder = "others" if wait.activity is None else name(wait.activity)
                said.append(f"{self.resources[wait.resource].name} is held by {holder} {until}")
        return "; ".join(said) or "nothing to wait for"


def scheduled(
    activities: Sequence[Activity],
    dependencies: Sequence[Dependency],
    resources: Sequence[Resource] = (),
    *,
    priority: Sequence[int] | None = None,
    name: Callable[[int], str] = str,
) -> ResourceSchedule:
    """
    Schedule one activity after another, each as early as can be: the one with the lowest priority first.

    Shape:  activities and resources are numbered as they stand. Without priorities those go first that can
            be late by least. An activity holds what it needs from its start to its finish, rest included.
    Units:  lags in seconds of the clock.
    Errors: as `network_times`; `ConstraintViolation`: `resource.capacity` where an activity needs more than
            there is, `activity.priority`, `working-calendar.works`.
    Source: the serial schedule generation scheme of Kelley (1963).
    """
    found = network_times([each.duration for each in activities], dependencies, name=name)
    _require_capacity(activities, resources, name)
    ranks = _ranks(found, priority, len(activities))
    made = _Schedule(activities, dependencies, resources)
    for activity in _by_rank(len(activities), dependencies, ranks):
        made.place(activity)
    return ResourceSchedule(made.starts, made.finishes, made.waits, resources)


def _require_capacity(
    activities: Sequence[Activity], resources: Sequence[Resource], name: Callable[[int], str]
) -> None:
    for number, activity in enumerate(activities):
        wanted: Counter[int] = Counter()
        for resource, amount in activity.needs:
            if not 0 <= resource < len(resources):
                raise _more_than_there_is(
                    activity, f"resource {resource} for {name(number)}", len(resources) - 1
                )
            wanted[resource] += amount
            held = resources[resource]
            if amount <= 0 or wanted[resource] > held.capacity:
                found = f"{wanted[resource]} of {held.name} for {name(number)}"
                raise _more_than_there_is(activity, found, held.capacity)
        chosen = [[each for each in choice if each not in wanted] for choice in activity.choices]
        if _picked(chosen) is None:
            found = f"{len(chosen)} resources, each another one, for {name(number)}"
            raise _more_than_there_is(activity, found, len({each for choice in chosen for each in choice}))


def _more_than_there_is(activity: Activity, found: str, most: int) -> ConstraintViolation:
    return CAPACITY.violation(
        activity, found=found, allowed=f"at most {most}", remedy="Let it need less, or raise the capacity."
    )


def _picked(choices: Sequence[Sequence[int]]) -> list[int] | None:
    """A resource of each choice, all of them different, or None where there are too few."""
    picked: dict[int, int] = {}

    def find(choice: int, tried: set[int]) -> bool:
        for resource in choices[choice]:
            if resource not in tried:
                tried.add(resource)
                if resource not in picked or find(picked[resource], tried):
                    picked[resource] = choice
                    return True
        return False

    return list(picked) if all(find(choice, set()) for choice in range(len(choices))) else None


def _ranks(found: Times, priority: Sequence[int] | None, count: int) -> list[tuple[int, int]]:
    if priority is None:
        return list(zip(found.latest, range(count), strict=True))
    if len(priority) != count:
        raise PRIORITY.violation(
            found=f"{len(priority)} priorities for {count} activities",
            allowed="one for each activity",
            remedy="Give each activity a priority, or leave them out.",
        )
    return list(zip(priority, range(count), strict=True))


def _by_rank(count: int, dependencies: Sequence[Dependency], ranks: list[tuple[int, int]]) -> Iterator[int]:
    """The activities, none before one that it waits for, and else by rank."""
    following: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for each in dependencies:
        following[each.before].append(each.after)
        waiting[each.after] += 1
    ready = [ranks[activity] for activity in range(count) if not waiting[activity]]
    heapify(ready)
    while ready:
        _, activity = heappop(ready)
        yield activity
        for after in following[activity]:
            waiting[after] -= 1
            if not waiting[after]:
                heappush(ready, ranks[after])


class _Use:
    """How much of a resource is used when, as steps; and who holds it."""

    def __init__(self, resource: Resource) -> None:
        self._capacity = resource.capacity
        self._moments = [0]
        self._used = [0]
        self._holders = [_OTHERS]  # of each step the one that is named as holding it
        self._full_until: dict[int, int] = {}
        for start, finish, amount in resource.taken:
            if finish > max(start, 0):
                self.hold(max(start, 0), finish, amount, _OTHERS)

    def blocked(self, start: int, finish: int, amount: int) -> tuple[int, int] | None:
        """Until when there is too little of it in that time, and who holds it; None where there is enough."""
        n = bisect_right(self._moments, start) - 1
        while n < len(self._moments) and self._moments[n] < finish:
            if self._used[n] >= self._capacity:
                until = self._end_of_full(self._moments[n])
                return until, self._holders[bisect_left(self._moments, until) - 1]
            if self._used[n] + amount > self._capacity:
                return self._moments[n + 1], self._holders[n]  # the last step uses nothing: this is not it
            n += 1
        return None

    def hold(self, start: int, finish: int, amount: int, who: int) -> None:
        """Let an activity hold so much of it."""
        for moment in (start, finish):
            n = bisect_left(self._moments, moment)
            if n == len(self._moments) or self._moments[n] != moment:
                self._moments.insert(n, moment)
                self._used.insert(n, self._used[n - 1])
                self._holders.insert(n, self._holders[n - 1])
        first, last = bisect_left(self._moments, start), bisect_left(self._moments, finish)
        for n in range(first, last):
            self._holders[n] = min(self._holders[n], who) if self._used[n] else who
            self._used[n] += amount
            if self._used[n] >= self._capacity:
                self._full_until[self._moments[n]] = self._moments[n + 1]

    def _end_of_full(self, moment: int) -> int:
        """Where the full steps that adjoin from `moment` on end; each jump is remembered for the next."""
        end = moment
        while end in self._full_until:
            end = self._full_until[end]
        while moment != end:
            self._full_until[moment], moment = end, self._full_until[moment]
        return end


class _Schedule:
    def __init__(
        self,
        activities: Sequence[Activity],
        dependencies: Sequence[Dependency],
        resources: Sequence[Resource],
    ) -> None:
        self._activities = activities
        self._before: list[list[Dependency]] = [[] for _ in activities]
        for each in dependencies:
            self._before[each.after].append(each)
        self._use = [_Use(each) for each in resources]
        self.starts = [0] * len(activities)
        self.finishes = [0] * len(activities)
        self.waits: list[tuple[Wait, ...]] = [()] * len(activities)

    def place(self, number: int) -> None:
        """Let an activity take place as early as can be, beside those that have their place."""
        activity = self._activities[number]
        working = activity.working_time
        waits = {(each.cause, each.resource): each for each in self._waits_for_others(number, activity)}
        start = max((each.until for each in waits.values()), default=0)
        while True:
            opens = working.open_at(start) if working else start
            if opens > start:
                start = opens
                _wait_last(waits, Wait(Cause.CALENDAR, start))
            finish = working.finish(start, activity.duration) if working else start + activity.duration
            blocked = self._blocked(activity, start, finish)
            if blocked is None:
                break
            _wait_last(waits, blocked)
            start = blocked.until
        self.starts[number], self.finishes[number], self.waits[number] = start, finish, tuple(waits.values())
        chosen = self._chosen(activity, start, finish)
        for resource, amount in (*activity.needs, *((each, 1) for each in chosen)):
            if finish > start:
                self._use[resource].hold(start, finish, amount, number)

    def _waits_for_others(self, number: int, activity: Activity) -> Iterator[Wait]:
        """The activity before it that keeps it waiting longest, if any does."""
        longest = Wait(Cause.PREDECESSOR, 0)
        for each in self._before[number]:
            ends = self.finishes if each.kind.from_finish else self.starts
            bound = max(0, ends[each.before] + each.lag)
            if each.kind.to_finish:
                working = activity.working_time
                bound = (
                    working.start_for(bound, activity.duration)
                    if working
                    else max(0, bound - activity.duration)
                )
            if bound > longest.until:
                longest = Wait(Cause.PREDECESSOR, bound, each.before)
        if longest.activity is not None:
            yield longest

    def _blocked(self, activity: Activity, start: int, finish: int) -> Wait | None:
        # What takes no time holds nothing.
        for resource, amount in activity.needs if finish > start else ():
            blocked = self._use[resource].blocked(start, finish, amount)
            if blocked is not None:
                until, who = blocked
                return Wait(Cause.RESOURCE, until, None if who == _OTHERS else who, resource)
        if finish > start and activity.choices and not self._chosen(activity, start, finish):
            # Whichever of them is free next, it is worth to look again then.
            held = {each for choice in activity.choices for each in choice}
            waits = ((self._use[each].blocked(start, finish, 1), each) for each in sorted(held))
            (until, who), resource = min((blocked, each) for blocked, each in waits if blocked is not None)
            return Wait(Cause.RESOURCE, until, None if who == _OTHERS else who, resource)
        return None

    def _chosen(self, activity: Activity, start: int, finish: int) -> list[int]:
        """A resource of each choice that is free all that time, and none where there are too few."""
        own = {resource for resource, _ in activity.needs}
        free = [
            [each for each in choice if each not in own and self._use[each].blocked(start, finish, 1) is None]
            for choice in activity.choices
        ]
        return _picked(free) or []


def _wait_last(waits: dict[tuple[Cause, int | None], Wait], wait: Wait) -> None:
    """Of what is waited for again and again, keep the last time."""
    waits.pop((wait.cause, wait.resource), None)
    waits[wait.cause, wait.resource] = wait
