"""The critical path of a plan: when each of its actions can and must take place, read from its rows (8.4)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import add
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Connection, String, func, select, type_coerce

from ..constraint import rule
from ..persistence.packed import PackedKeys, Unpacked, packed, packed_keys
from ..persistence.session import Session
from ..provenance import Explanation
from ..schedule.network import DependencyKind, Times, passes, require_durations
from ..time.instant import SINCE_EVER, UNTIL_CHANGED
from .action import Action, ProposedAction
from .duration import whole_seconds
from .plan import ActionReference, Plan, PlanDependency
from .time_reference import TimeReference

DURATION_KNOWN = rule(
    "critical-path.duration-known",
    pattern="8.4",
    says="The critical path of a plan is told once it is known how long each of its actions takes.",
)

_SECOND = timedelta(seconds=1)
_FINISH_START = DependencyKind.FINISH_START.value
_ENDS = {kind.value: (kind.from_finish, kind.to_finish) for kind in DependencyKind}


@dataclass(frozen=True, slots=True)
class ActionTimes:
    """
    When one action of a plan can and must take place.

    Units:  lengths of time from the start of the plan. `slack` is by how much it can be late without making
            the plan late, `free_slack` without making any other action late.
    """

    earliest_start: timedelta
    earliest_finish: timedelta
    latest_start: timedelta
    latest_finish: timedelta
    slack: timedelta
    free_slack: timedelta

    @property
    def is_critical(self) -> bool:
        """Whether any lateness makes the plan late."""
        return not self.slack


@dataclass(frozen=True, slots=True)
class PlanTimes:
    """
    When each action of a plan can and must take place.

    Shape:  the times by number, and the names and keys of the actions that the numbers stand for.
    Source: Analysis Patterns 8.4; the critical path method of Kelley and Walker (1959).
    """

    plan: str
    times: Times
    names: Sequence[str] = field(repr=False)
    keys: PackedKeys = field(repr=False)
    _numbers: dict[bytes, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def length(self) -> timedelta:
        """How long the whole plan takes at least."""
        return self.times.end * _SECOND

    @property
    def actions(self) -> list[UUID]:
        """The keys of the actions, in the order in which they were included."""
        return list(self.keys)

    def of(self, action: ProposedAction) -> ActionTimes:
        """
        The times of one action.

        Errors: `KeyError` where the plan does not have it.
        """
        n, times = self.number(action), self.times
        start, latest, lasts = times.earliest[n], times.latest[n], times.durations[n]
        told = (start, start + lasts, latest, latest + lasts, times.slack(n), times.free_slack(n))
        return ActionTimes(*(each * _SECOND for each in told))

    def number(self, action: ProposedAction) -> int:
        """The number that an action has in `times`; errors as `of`."""
        if not self._numbers:  # made when it is first asked for, as most plans are told whole
            self._numbers.update(self.keys.places())
        if (key := action.id.bytes) in self._numbers:
            return self._numbers[key]
        raise KeyError(f"{action} is no action of the plan {self.plan}")

    def critical_path(self) -> list[str]:
        """The names of the actions on one longest chain, from the start of the plan to its end."""
        return [self.names[n] for n in self.times.critical_path()]

    def start_of(self, action: ProposedAction) -> EarliestStart:
        """The earliest start of an action, which explains itself; errors as `of`."""
        return EarliestStart(self, self.number(action))


@dataclass(frozen=True, slots=True)
class EarliestStart:
    """When an action can start at the earliest, and which others keep it waiting."""

    of: PlanTimes
    number: int

    def explanation(self) -> Explanation:
        """The chain of actions that it waits for, each by the one before."""
        return self.of.times.explanation(
            self.number, self.of.names.__getitem__, lambda moment: str(moment * _SECOND)
        )


def critical_path(
    session: Session, plan: Plan, *, known_at: datetime | None = None, unknown: timedelta | None = None
) -> PlanTimes:
    """
    Tell when each action of a plan can and must take place, as the plan was known at an instant.

    Shape:  an action takes as long as its time reference says; a plan within the plan that has none takes
            as long as its own critical path. `unknown` is how long to allow for any other.
    Errors: `ConstraintViolation`: `critical-path.duration-known` with the actions whose duration is not
            known, `duration.whole-seconds` for an `unknown` with a fraction of one, `dependency.acyclic`
            with the circle, should the rows hold one.
    Source: Analysis Patterns 8.4. It reads rows, not entities, so that large plans are told in seconds.
    """
    session.flush()
    return _told(session.connection(), plan.id, plan.name, session.instant(known_at), unknown)


def _told(
    connection: Connection, plan: UUID, name: str, known_at: datetime, unknown: timedelta | None
) -> PlanTimes:
    actions = _actions(connection, plan, known_at)
    if None in actions.durations:
        _complete(connection, plan, known_at, unknown, actions)
        _require_known(actions)
    durations: list[int] = actions.durations  # type: ignore[assignment]
    require_durations(durations, actions.names.__getitem__)
    edges = _edges(connection, plan, known_at, actions.numbers, durations)
    times = passes(durations, edges, name=actions.names.__getitem__)
    return PlanTimes(name, times, actions.names, actions.keys)


@dataclass(frozen=True, slots=True)
class _Actions:
    """The actions of a plan in order: their places there, keys, names and durations."""

    numbers: list[int]
    keys: PackedKeys
    names: Unpacked[str]
    durations: list[int | None]


def _actions(connection: Connection, plan: UUID, known_at: datetime) -> _Actions:
    rows = (
        select(
            ActionReference.number, ActionReference.action_id, Action.name,
            type_coerce(TimeReference.duration, BigInteger).label("duration"),
        )
        .join(Action, Action.id == ActionReference.action_id)
        .outerjoin(
            TimeReference, (TimeReference.action_id == Action.id) & TimeReference.known(known_at)
        )
        .where(ActionReference.plan_id == plan, ActionReference.known(known_at))
        .order_by(ActionReference.number)
        .subquery()
        .c
    )  # fmt: skip
    question = select(
        packed(rows.number), packed_keys(rows.action_id), packed(rows.name), packed(rows.duration)
    )
    numbers, keys, names, durations = connection.execute(question).one()
    return _Actions(json.loads(numbers), PackedKeys(keys), Unpacked(names), json.loads(durations))


def _complete(
    connection: Connection, plan: UUID, known_at: datetime, unknown: timedelta | None, actions: _Actions
) -> None:
    """Find durations where none is stated: from start to end, of a plan's own path, or as allowed for."""
    found = _from_ends(connection, plan, known_at)
    parts = _parts(connection, plan, known_at)
    durations, names = actions.durations, actions.names
    for n in [n for n, duration in enumerate(durations) if duration is None]:
        key = actions.keys[n]
        durations[n] = found.get(key)
        if durations[n] is None and key in parts:
            durations[n] = _told(connection, key, names[n], known_at, unknown).times.end
        elif durations[n] is None and unknown is not None:
            durations[n] = whole_seconds(unknown)


def _parts(connection: Connection, plan: UUID, known_at: datetime) -> set[UUID]:
    """Which of the actions of a plan are plans themselves."""
    question = (
        select(ActionReference.action_id)
        .join(Action, Action.id == ActionReference.action_id)
        .where(ActionReference.plan_id == plan, ActionReference.known(known_at), Action.nature == "plan")
    )
    return set(connection.scalars(question))


def _from_ends(connection: Connection, plan: UUID, known_at: datetime) -> dict[UUID, int]:
    """How long those actions take that say when they start and end."""
    starts: Any = TimeReference.starts
    ends: Any = TimeReference.ends
    question = (
        select(ActionReference.action_id, starts, ends)
        .join(TimeReference, TimeReference.action_id == ActionReference.action_id)
        .where(ActionReference.plan_id == plan, ActionReference.known(known_at))
        .where(TimeReference.known(known_at), TimeReference.duration.is_(None))
        .where(starts.is_not(None), starts > SINCE_EVER)
        .where(ends < UNTIL_CHANGED)
    )
    return {key: (end - start) // _SECOND for key, start, end in connection.execute(question)}


def _require_known(actions: _Actions) -> None:
    unknown = [
        name for name, duration in zip(actions.names, actions.durations, strict=True) if duration is None
    ]
    if unknown:
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        raise DURATION_KNOWN.violation(
            found=f"no duration of {', '.join(unknown[:5])}{more}",
            allowed="a duration of each action",
            remedy="Give each action a duration, or say how long to allow with unknown=.",
        )


def _edges(
    connection: Connection, plan: UUID, known_at: datetime, numbers: list[int], durations: list[int]
) -> list[tuple[int, int, int]]:
    rows = (
        select(
            PlanDependency.predecessor_number, PlanDependency.successor_number,
            type_coerce(PlanDependency.lag, BigInteger).label("lag"),
            # NULL for the kind that nearly all have: no text is made that would be thrown away.
            func.nullif(type_coerce(PlanDependency.kind, String), _FINISH_START).label("other"),
        )
        .where(PlanDependency.plan_id == plan, PlanDependency.known(known_at))
        # What is gone through together then lies together in memory: the passes take half the time.
        .order_by(PlanDependency.predecessor_number)
        .subquery()
        .c
    )  # fmt: skip
    columns = (rows.predecessor_number, rows.successor_number, rows.lag, rows.other)
    befores, afters, lags, others = map(json.loads, connection.execute(select(*map(packed, columns))).one())
    if numbers and numbers[-1] >= len(numbers):  # what was left out took its place along
        place_of = {number: n for n, number in enumerate(numbers)}
        befores, afters = ([place_of[number] for number in each] for each in (befores, afters))
    leasts = list(map(add, lags, map(durations.__getitem__, befores)))
    for n, other in enumerate(others):
        if other is not None:
            from_finish, to_finish = _ENDS[other]
            before, after = durations[befores[n]], durations[afters[n]]
            leasts[n] = (before if from_finish else 0) + lags[n] - (after if to_finish else 0)
    return list(zip(befores, afters, leasts, strict=True))
