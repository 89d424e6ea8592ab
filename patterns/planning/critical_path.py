"""The critical path of a plan: when each of its actions can and must take place, read from its rows (8.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Connection, Executable, String, func, select, type_coerce
from sqlalchemy.types import NullType

from ..constraint import rule
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
_KINDS = {kind.value: (kind.from_finish, kind.to_finish) for kind in DependencyKind}
_FINISH_START = DependencyKind.FINISH_START.value


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
    keys: Sequence[UUID | bytes] = field(repr=False)
    _numbers: dict[UUID | bytes, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def length(self) -> timedelta:
        """How long the whole plan takes at least."""
        return self.times.end * _SECOND

    @property
    def actions(self) -> list[UUID]:
        """The keys of the actions, in the order in which they were included."""
        return [_uuid(key) for key in self.keys]

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
            self._numbers.update((key, n) for n, key in enumerate(self.keys))
        for key in (action.id, action.id.bytes):
            if key in self._numbers:
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
    numbers, keys, names, durations = _actions(connection, plan, known_at, unknown)
    require_durations(durations, names.__getitem__)
    edges = _edges(connection, plan, known_at, numbers, durations)
    return PlanTimes(name, passes(durations, edges, name=names.__getitem__), names, keys)


def _raw(column: Any) -> Any:
    """A key as the driver gives it: to make a UUID of each would take longer than all the rest."""
    return type_coerce(column, NullType())


def _rows(connection: Connection, question: Executable) -> Sequence[Any]:
    """The driver's own rows, all at once: no column has a type that would have to be made of them."""
    found = connection.execute(question)
    rows: Sequence[Any] = found.cursor.fetchall() if found.cursor is not None else ()
    found.close()
    return rows


def _actions(
    connection: Connection, plan: UUID, known_at: datetime, unknown: timedelta | None
) -> tuple[dict[Any, int], list[Any], list[str], list[int]]:
    question = (
        select(
            _raw(ActionReference.id), _raw(ActionReference.action_id), Action.name, Action.nature,
            type_coerce(TimeReference.duration, BigInteger),
        )
        .join(Action, Action.id == ActionReference.action_id)
        .outerjoin(
            TimeReference, (TimeReference.action_id == Action.id) & TimeReference.known(known_at)
        )
        .where(ActionReference.plan_id == plan, ActionReference.known(known_at))
        .order_by(ActionReference.id)
    )  # fmt: skip
    rows = _rows(connection, question)
    if not rows:
        return {}, [], [], []
    references, keys, names, natures, durations = map(list, zip(*rows, strict=True))
    lacking = [n for n, duration in enumerate(durations) if duration is None]
    if lacking:
        found = _from_ends(connection, plan, known_at)
        for n in lacking:
            durations[n] = found.get(keys[n])
            if durations[n] is None and natures[n] == "plan":
                durations[n] = _told(connection, _uuid(keys[n]), names[n], known_at, unknown).times.end
            elif durations[n] is None and unknown is not None:
                durations[n] = whole_seconds(unknown)
        _require_known(names, durations)
    return {key: n for n, key in enumerate(references)}, keys, names, durations


def _from_ends(connection: Connection, plan: UUID, known_at: datetime) -> dict[Any, int]:
    """How long those actions take that say when they start and end."""
    starts: Any = TimeReference.starts
    ends: Any = TimeReference.ends
    question = (
        select(_raw(ActionReference.action_id), starts, ends)
        .join(TimeReference, TimeReference.action_id == ActionReference.action_id)
        .where(ActionReference.plan_id == plan, ActionReference.known(known_at))
        .where(TimeReference.known(known_at), TimeReference.duration.is_(None))
        .where(starts.is_not(None), starts > SINCE_EVER)
        .where(ends < UNTIL_CHANGED)
    )
    return {key: (end - start) // _SECOND for key, start, end in connection.execute(question)}


def _require_known(names: list[str], durations: list[int | None]) -> None:
    unknown = [name for name, duration in zip(names, durations, strict=True) if duration is None]
    if unknown:
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        raise DURATION_KNOWN.violation(
            found=f"no duration of {', '.join(unknown[:5])}{more}",
            allowed="a duration of each action",
            remedy="Give each action a duration, or say how long to allow with unknown=.",
        )


def _edges(
    connection: Connection, plan: UUID, known_at: datetime, numbers: dict[Any, int], durations: list[int]
) -> list[tuple[int, int, int]]:
    kind = PlanDependency.kind
    question = select(
        _raw(PlanDependency.predecessor_id), _raw(PlanDependency.successor_id),
        type_coerce(PlanDependency.lag, BigInteger),
        # NULL for the kind that nearly all have: no text is made that would be thrown away.
        type_coerce(func.nullif(type_coerce(kind, String), _FINISH_START), String),
    ).where(PlanDependency.plan_id == plan, PlanDependency.known(known_at))  # fmt: skip
    edges = []
    for before, after, lag, other_kind in _rows(connection, question):
        first, second = numbers[before], numbers[after]
        if other_kind is None:
            edges.append((first, second, durations[first] + lag))
        else:
            from_finish, to_finish = _KINDS[other_kind]
            least = (durations[first] if from_finish else 0) + lag - (durations[second] if to_finish else 0)
            edges.append((first, second, least))
    return edges


def _uuid(key: UUID | bytes) -> UUID:
    return key if isinstance(key, UUID) else UUID(bytes=key)
