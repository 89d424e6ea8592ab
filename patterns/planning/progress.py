"""A plan against what came of it: when each action was meant to take place, and when it did (8.1, 8.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import selectinload

from ..persistence.session import Session
from ..time.instant import SINCE_EVER, UNTIL_CHANGED, require_aware
from ._reading import actions_of, statuses_of
from .action import Action, ImplementedAction, ProposedAction
from .critical_path import PlanTimes, critical_path
from .plan import Plan
from .status import ActionStatus, moment
from .time_reference import TimeReference


@dataclass(frozen=True, slots=True)
class Progress:
    """
    One action of a plan against what came of it.

    Shape:  the planned start and finish, the actual ones, as far as they are known; the status.
    """

    action: ProposedAction
    status: ActionStatus | None
    planned_start: datetime | None
    planned_finish: datetime | None
    actual_start: datetime | None
    actual_finish: datetime | None
    as_of: datetime
    is_critical: bool = False

    @property
    def slip(self) -> timedelta | None:
        """
        By how much the action is later than planned; below zero where it is earlier.

        Shape:  what is done, by its finish; what has begun, by its start, or by now where it should be
                done; what has not, by now where it should have begun. None where nothing was planned,
                and for what was abandoned: it is neither late nor early.
        """
        if self.status is ActionStatus.ABANDONED or self.planned_start is None or self.planned_finish is None:
            return None
        if self.actual_finish is not None:
            return self.actual_finish - self.planned_finish
        overdue = self.as_of - self.planned_finish
        if self.actual_start is not None:
            return max(self.actual_start - self.planned_start, overdue)
        return max(self.as_of - self.planned_start, timedelta())

    def cells(self) -> tuple[str, ...]:
        """The line of a table: name, planned start and finish, actual ones, slip, status."""
        instants = (self.planned_start, self.planned_finish, self.actual_start, self.actual_finish)
        written = (f"{each:%Y-%m-%d %H:%M}" if each is not None else "" for each in instants)
        status = "" if self.status is None else self.status.value
        return (self.action.name, *written, _signed(self.slip), status)


PROGRESS_COLUMNS = (
    "Action",
    "Planned start",
    "Planned finish",
    "Actual start",
    "Actual finish",
    "Slip",
    "Status",
)
"""What stands above the cells of each line."""


def progress(
    session: Session,
    plan: Plan,
    *,
    start: datetime | None = None,
    as_of: date | datetime | None = None,
    known_at: datetime | None = None,
    unknown: timedelta | None = None,
) -> list[Progress]:
    """
    Hold a plan against what came of it, action by action, in the order in which they were to start.

    Shape:  an action is planned when its own time reference says; one that has none, as early as the plan
            allows from `start` on, by default the start of the plan itself.
    Errors: as `critical_path` where times have to be told from it; `ConstraintViolation` (`time.aware`).
    Source: Analysis Patterns 8.1 and 8.4.
    """
    instant, known = moment(session, as_of), session.instant(known_at)
    begins = _own_start(plan, known) if start is None else require_aware(start)
    times = critical_path(session, plan, known_at=known, unknown=unknown) if begins is not None else None
    statuses = statuses_of(session, plan, as_of=instant, known_at=known)
    question = _Question(begins, times, statuses, instant, known)
    own = (Action.times, Action.endings, Action.suspensions)
    done = selectinload(ProposedAction.implementations).options(*map(selectinload, own))
    actions = actions_of(session, plan, selectinload(Action.times), done, known_at=known)
    told = [question.about(each) for each in actions]
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(told, key=lambda each: (each.planned_start or each.actual_start or never, each.action.name))


def actual_of(action: ProposedAction, as_of: datetime, known_at: datetime) -> ImplementedAction | None:
    """What came of an action, as known at an instant, if it had begun by then."""
    done = [each for each in action.implementations if each.was_believed(known_at)]
    begun = (each for each in done if _start(each, known_at) <= as_of)
    return next(begun, None)


@dataclass(frozen=True, slots=True)
class _Question:
    """How a plan is looked at: from where its times count, as of when, as known when."""

    begins: datetime | None
    times: PlanTimes | None
    statuses: Mapping[UUID, ActionStatus | None]
    as_of: datetime
    known_at: datetime

    def about(self, action: ProposedAction) -> Progress:
        own = None if self.times is None else self.times.of(action)
        planned = _stated(action, self.known_at)
        if planned is None and self.begins is not None and own is not None:
            planned = self.begins + own.earliest_start, self.begins + own.earliest_finish
        start, finish = planned or (None, None)
        done = actual_of(action, self.as_of, self.known_at)
        return Progress(
            action,
            self.statuses[action.id],
            start,
            finish,
            None if done is None else _start(done, self.known_at),
            None if done is None else _finish(done, self.as_of, self.known_at),
            self.as_of,
            is_critical=own is not None and own.is_critical,
        )


def _own_start(plan: Plan, known_at: datetime) -> datetime | None:
    own = _reference(plan, known_at)
    return None if own is None or own.starts == SINCE_EVER else own.starts


def _reference(action: Action, known_at: datetime) -> TimeReference | None:
    return next((each for each in action.times if each.was_believed(known_at)), None)


def _stated(action: Action, known_at: datetime) -> tuple[datetime, datetime] | None:
    """When an action takes place by its own word, where that has a start and an end."""
    own = _reference(action, known_at)
    if own is None or own.starts is None or own.ends is None:
        return None
    return None if own.starts == SINCE_EVER or own.ends == UNTIL_CHANGED else (own.starts, own.ends)


def _start(done: ImplementedAction, known_at: datetime) -> datetime:
    own = _reference(done, known_at)
    return done.known_from if own is None or own.starts is None else own.starts


def _finish(done: ImplementedAction, as_of: datetime, known_at: datetime) -> datetime | None:
    """By its ending, or by its own time where that is over."""
    ends = [each.at for each in done.endings if each.was_believed(known_at) and each.at <= as_of]
    if ends:
        return ends[0]
    stated = _stated(done, known_at)
    return stated[1] if stated is not None and stated[0] < stated[1] <= as_of else None


def _signed(slip: timedelta | None) -> str:
    if slip is None:
        return ""
    return f"{'-' if slip < timedelta() else '+' if slip else ''}{abs(slip)}"


def suspensions_of(
    action: Action, as_of: datetime, known_at: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """When an action rested until an instant, as known at another."""
    for each in action.suspensions:
        if each.was_believed(known_at) and each.interval.start < as_of:
            yield each.interval.start, min(each.interval.end, as_of)
