"""Networks of activities: earliest and latest times, slack and the critical path, in whole numbers (8.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise

from ..constraint import ConstraintViolation, rule
from ..provenance import Explanation

DURATION = rule(
    "activity.duration",
    pattern="8.4",
    says="An activity takes a whole number of units of time, none or more.",
)
LAG = rule(
    "dependency.lag",
    pattern="8.4",
    says="A lag is a whole number of units of time.",
)
KNOWN = rule(
    "dependency.known-activities",
    pattern="8.4",
    says="A dependency ties two activities of the network.",
)
ACYCLIC = rule(
    "dependency.acyclic",
    pattern="8.4",
    says="No activity waits for itself, however far down the dependencies.",
)


_SHOWN = 20


class DependencyKind(Enum):
    """
    Which end of the activity before it an activity waits for, and with which end of its own.

    Source: Analysis Patterns 8.4 knows that one action follows another: finish to start.
    """

    FINISH_START = "finish-start"
    START_START = "start-start"
    FINISH_FINISH = "finish-finish"
    START_FINISH = "start-finish"

    @property
    def from_finish(self) -> bool:
        """Whether it is the finish of the first activity that the second one waits for."""
        return self in {DependencyKind.FINISH_START, DependencyKind.FINISH_FINISH}

    @property
    def to_finish(self) -> bool:
        """Whether it is the finish of the second activity that waits."""
        return self in {DependencyKind.FINISH_FINISH, DependencyKind.START_FINISH}


@dataclass(frozen=True, slots=True)
class Dependency:
    """
    That one activity waits for another.

    Shape:  the numbers of both activities, before and after.
    Units:  `lag` in the network's unit of time; below zero it is a lead.
    """

    before: int
    after: int
    kind: DependencyKind = DependencyKind.FINISH_START
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Times:
    """
    When each activity of a network can and must take place.

    Shape:  for each activity, by its number: the earliest and the latest start; `end` is when all are
            done, and no activity starts before 0.
    Units:  whole units of time from the start of the network, such as seconds.
    """

    durations: Sequence[int]
    earliest: Sequence[int]
    latest: Sequence[int]
    end: int
    dependencies: Sequence[tuple[int, int, int]] = field(repr=False)
    free: Sequence[int] = field(repr=False)

    def slack(self, activity: int) -> int:
        """By how much an activity can be late without making the whole late."""
        return self.latest[activity] - self.earliest[activity]

    def free_slack(self, activity: int) -> int:
        """By how much an activity can be late without making any other one later than it could be."""
        return self.free[activity]

    def is_critical(self, activity: int) -> bool:
        """Whether any lateness of an activity makes the whole late."""
        return self.latest[activity] == self.earliest[activity]

    def binding(self, activity: int) -> int | None:
        """The activity before it that keeps an activity from starting earlier, or None where none does."""
        start = self.earliest[activity]
        for before, after, weight in self.dependencies:
            if after == activity and self.earliest[before] + weight == start:
                return before
        return None

    def chain(self, activity: int) -> list[int]:
        """The activities that keep one from starting earlier, each by the one before, up to that one."""
        bound: dict[int, int] = {}
        for before, after, weight in self.dependencies:
            if self.earliest[before] + weight == self.earliest[after]:
                bound.setdefault(after, before)
        found = [activity]
        while found[-1] in bound:
            found.append(bound[found[-1]])
        return found[::-1]

    def critical_path(self) -> list[int]:
        """
        One longest chain of activities, from the start of the network to its end.

        Shape:  where several are as long, the one through the lowest numbers at its end.
        """
        last = {
            activity: None
            for activity, start in enumerate(self.earliest)
            if start + self.durations[activity] == self.end and self.is_critical(activity)
        }
        # What takes no time may follow at the very end, and belongs to the chain.
        followed = {
            before
            for before, after, weight in self.dependencies
            if after in last and self.earliest[before] + weight == self.earliest[after]
        }
        return next((self.chain(activity) for activity in last if activity not in followed), [])

    def explanation(
        self, activity: int, name: Callable[[int], str], written: Callable[[int], str] = str
    ) -> Explanation:
        """Why an activity starts no earlier: the chain of those that it waits for, each by the one before."""
        chain = self.chain(activity)
        told = Explanation(
            f"{name(chain[0])} starts no earlier than {written(self.earliest[chain[0]])}",
            by="nothing before it takes longer",
        )
        for before, after in pairwise(chain):
            told = Explanation(
                f"{name(after)} starts no earlier than {written(self.earliest[after])}",
                by=f"waits for {name(before)}",
                because=(told,),
            )
        return told


def network_times(
    durations: Sequence[int],
    dependencies: Sequence[Dependency],
    *,
    name: Callable[[int], str] = str,
) -> Times:
    """
    Tell when each activity of a network can and must take place.

    Shape:  activities are numbered from 0, as their durations stand; `name` says what an error calls them.
    Errors: `ConstraintViolation`: `activity.duration` for a duration below zero or not whole,
            `dependency.lag`, `dependency.known-activities`, `dependency.acyclic` with the circle.

    >>> found = network_times([3, 2, 4], [Dependency(0, 2), Dependency(1, 2)])
    >>> found.earliest, found.latest, found.end, found.critical_path()
    ([0, 0, 3], [0, 1, 3], 7, [0, 2])
    """
    require_durations(durations, name)
    count = len(durations)
    edges = []
    for each in dependencies:
        if not isinstance(each.lag, int):
            raise LAG.violation(
                each,
                found=f"a lag of {each.lag!r}",
                allowed="a whole number of units, below zero for a lead",
                remedy="Give the lag in whole units, such as seconds.",
            )
        if not (0 <= each.before < count and 0 <= each.after < count):
            raise KNOWN.violation(
                each,
                found=f"a dependency of {each.after} on {each.before}",
                allowed=f"activities 0 to {count - 1}",
                remedy="Number the activities as their durations stand.",
            )
        edges.append(
            (each.before, each.after, weight(durations, each.before, each.after, each.kind, each.lag))
        )
    return passes(durations, edges, name=name)


def weight(durations: Sequence[int], before: int, after: int, kind: DependencyKind, lag: int) -> int:
    """How long after the start of one activity another one starts at the earliest."""
    from_start = durations[before] if kind.from_finish else 0
    return from_start + lag - (durations[after] if kind.to_finish else 0)


def passes(
    durations: Sequence[int],
    edges: Sequence[tuple[int, int, int]],
    *,
    name: Callable[[int], str] = str,
) -> Times:
    """
    Go forwards and backwards through a network that is known to be sound but for circles.

    Shape:  `edges` are triples: an activity, one that waits for it, and how long after the start of the
            first the second one starts at the earliest.
    Errors: `ConstraintViolation` (`dependency.acyclic`) with the circle.
    """
    count = len(durations)
    following: list[list[tuple[int, int, int]]] = [[] for _ in range(count)]
    waiting = [0] * count
    for edge in edges:
        before, after, _ = edge
        following[before].append(edge)
        waiting[after] += 1
    order = [activity for activity in range(count) if not waiting[activity]]
    earliest = [0] * count
    for before in order:  # it grows while it is gone through
        start = earliest[before]
        for _, after, least in following[before]:
            if (later := start + least) > earliest[after]:  # max() would take twice as long
                earliest[after] = later
            waiting[after] -= 1
            if not waiting[after]:
                order.append(after)
    if len(order) < count:
        raise circle([(before, after) for before, after, _ in edges], waiting, name)
    end = max(map(sum, zip(earliest, durations, strict=True)), default=0)
    latest, free = [0] * count, [0] * count
    for before in reversed(order):
        start = earliest[before]
        late = spared = end - durations[before]
        for _, after, least in following[before]:
            if (limit := latest[after] - least) < late:
                late = limit
            if (limit := earliest[after] - least) < spared:
                spared = limit
        latest[before], free[before] = late, spared - start
    return Times(durations, earliest, latest, end, edges, free)


def require_durations(durations: Sequence[int], name: Callable[[int], str] = str) -> None:
    """
    Pass where every duration is a whole number, none or more.

    Errors: `ConstraintViolation` (`activity.duration`) with the first that is not.
    """
    for activity, duration in enumerate(durations):
        if not isinstance(duration, int) or isinstance(duration, bool) or duration < 0:
            raise DURATION.violation(
                found=f"{duration!r} for {name(activity)}",
                allowed="a whole number of units, 0 or more",
                remedy="Give the duration in whole units; for a lead, use a lag below zero.",
            )


def circle(
    edges: Sequence[tuple[int, int]], waiting: Sequence[int], name: Callable[[int], str]
) -> ConstraintViolation:
    """The error that shows a circle among the activities that still wait for another."""
    # Whatever still waits has one before it that still waits, so going back must come round.
    before_of = {after: before for before, after in edges if waiting[before] and waiting[after]}
    path = list(_back_from(next(iter(before_of)), before_of))
    path.reverse()
    shown = [name(activity) for activity in path[:_SHOWN]]
    if len(path) > 2 * _SHOWN:
        shown.append(f"{len(path) - 2 * _SHOWN} more")
    shown += [name(activity) for activity in path[_SHOWN:][-_SHOWN:]]
    return ACYCLIC.violation(
        found="a circle: " + " -> ".join(shown),
        allowed="dependencies that lead back to no activity",
        remedy="Take one of the dependencies of the circle away.",
    )


def _back_from(activity: int, before_of: dict[int, int]) -> Iterator[int]:
    """The circle that going back from an activity leads into, its first member again at the end."""
    seen: dict[int, int] = {}
    while activity not in seen:
        seen[activity] = len(seen)
        activity = before_of[activity]
    yield from list(seen)[seen[activity] :]
    yield activity
