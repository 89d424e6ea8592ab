"""What has become of an action, derived and never stored, as of an instant and as known then (8.1 to 8.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from ..catalogue import attach
from ..persistence.session import Session
from ..persistence.types import Instant
from ..provenance import Explanation
from ..time.instant import require_aware
from .action import Action, ImplementedAction
from .ending import Completion, Ending
from .suspension import Suspension
from .time_reference import TimeReference

_COMPLETED = Completion.__mapper_args__["polymorphic_identity"]


class ActionStatus(Enum):
    """
    What an action is at an instant: one of these.

    Source: Analysis Patterns 8.1 to 8.3.
    """

    PROPOSED = "proposed"
    STARTED = "started"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


def moment(session: Session, as_of: date | datetime | None) -> datetime:
    """
    The instant that `as_of` means: now, that instant, or the last one of that day where the clock stands.

    Errors: `ConstraintViolation` (`time.aware`) for a naive datetime.
    """
    if as_of is None:
        return session.instant(None)
    if isinstance(as_of, datetime):
        return require_aware(as_of).astimezone(UTC)
    # A clock need not say its zone; one that does not counts its days in UTC.
    zone = getattr(session.clock, "zone", UTC)
    midnight = datetime.combine(as_of + timedelta(days=1), time(), zone)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def status_column(as_of: datetime, known_at: datetime, *, action: Any = Action) -> ColumnElement[str]:
    """
    The SQL expression for the status of `action`, `Action` or an alias of it: NULL where it has none.

    Shape:  an ending comes before a suspension, a suspension before a start. A proposed action that was
            begun is what its implementation is.
    """
    return _status(literal(as_of, Instant), literal(known_at, Instant), action)


@cache
def _question() -> Select[Any]:
    """The status of one action: made once, since to make it takes far longer than to answer it."""
    column = _status(bindparam("as_of", type_=Instant), bindparam("known_at", type_=Instant), Action)
    return select(column).where(Action.id == bindparam("action"))


def _status(as_of: ColumnElement[Any], known_at: ColumnElement[Any], action: Any) -> ColumnElement[str]:
    begun = aliased(ImplementedAction)
    is_implemented = action.nature == "implemented"
    return case(
        (~_known(action, known_at), null()),
        (_ended(action, as_of, known_at).is_not(None), _ended(action, as_of, known_at)),
        (
            and_(is_implemented, ~_has_begun(action, as_of, known_at)),
            case((action.proposed_id.is_not(None), ActionStatus.PROPOSED.value), else_=null()),
        ),
        (
            exists().where(
                begun.proposed_id == action.id, _known(begun, known_at), _has_begun(begun, as_of, known_at)
            ),
            select(
                func.coalesce(
                    _ended(begun, as_of, known_at),
                    case(
                        (_rests(begun, as_of, known_at), ActionStatus.SUSPENDED.value),
                        else_=ActionStatus.STARTED.value,
                    ),
                )
            )
            .where(begun.proposed_id == action.id, _known(begun, known_at))
            .order_by(begun.known_from.desc())
            .limit(1)
            .scalar_subquery(),
        ),
        (_rests(action, as_of, known_at), ActionStatus.SUSPENDED.value),
        (is_implemented, ActionStatus.STARTED.value),
        else_=ActionStatus.PROPOSED.value,
    )


def _known(action: Any, known_at: Any) -> ColumnElement[bool]:
    return and_(action.known_from <= known_at, action.known_to > known_at)


def _ended(action: Any, as_of: Any, known_at: Any) -> ColumnElement[Any]:
    ending = aliased(Ending)
    return (
        select(
            case(
                (ending.kind == _COMPLETED, ActionStatus.COMPLETED.value), else_=ActionStatus.ABANDONED.value
            )
        )
        .where(ending.action_id == action.id, _known(ending, known_at), ending.at <= as_of)
        .order_by(ending.known_from.desc())
        .limit(1)
        .scalar_subquery()
    )


def _rests(action: Any, as_of: Any, known_at: Any) -> ColumnElement[bool]:
    suspension: Any = aliased(Suspension)
    return exists().where(
        suspension.action_id == action.id,
        _known(suspension, known_at),
        suspension.covers_from <= as_of,
        suspension.covers_to > as_of,
    )


def _has_begun(action: Any, as_of: Any, known_at: Any) -> ColumnElement[bool]:
    """By its time, or, where that says no start, by having been recorded."""
    time = aliased(TimeReference)
    told = and_(time.action_id == action.id, _known(time, known_at), time.starts.is_not(None))
    return or_(
        exists().where(told, time.starts <= as_of),
        and_(~exists().where(told), action.known_from <= as_of),
    )


def status_of(
    session: Session,
    action: Action,
    *,
    as_of: date | datetime | None = None,
    known_at: datetime | None = None,
) -> ActionStatus | None:
    """
    What has become of an action; None where it was not known yet, or begins without a proposal later.

    Shape:  `as_of` is an instant, or a day: then all of that day counts.
    Errors: `ConstraintViolation` (`time.aware`) for a naive datetime.
    Source: Analysis Patterns 8.1 to 8.3.
    """
    session.flush()
    asked = {"as_of": moment(session, as_of), "known_at": session.instant(known_at), "action": action.id}
    found = session.scalar(_question(), asked)
    return None if found is None else ActionStatus(found)


def actions_that_are(
    session: Session,
    *statuses: ActionStatus,
    as_of: date | datetime | None = None,
    known_at: datetime | None = None,
) -> Select[Any]:
    """
    The select of all actions that have one of `statuses`, to be narrowed, counted or run.

    Source: Analysis Patterns 8.1 to 8.3.
    """
    column = status_column(moment(session, as_of), session.instant(known_at))
    return select(Action).where(column.in_([status.value for status in statuses]))


@dataclass(frozen=True, slots=True)
class Standing:
    """
    The status of an action, and the facts that it follows from.

    Shape:  `facts` are the ending, the suspensions, or the implementation with its time.
    """

    action: Action
    status: ActionStatus | None
    as_of: datetime
    known_at: datetime
    facts: tuple[Explanation, ...]

    def explanation(self) -> Explanation:
        """The status, and why it is so."""
        status = "not there yet" if self.status is None else self.status.value
        return Explanation(
            f"{self.action} is {status} as of {self.as_of:%Y-%m-%d %H:%M} UTC",
            by=f"as known at {self.known_at:%Y-%m-%d %H:%M} UTC",
            because=self.facts,
        )


def standing_of(
    session: Session,
    action: Action,
    *,
    as_of: date | datetime | None = None,
    known_at: datetime | None = None,
) -> Standing:
    """
    The status of an action together with its reasons: `explain` tells them.

    Errors: `ConstraintViolation` (`time.aware`) for a naive datetime.
    """
    asked, known = moment(session, as_of), session.instant(known_at)
    status = status_of(session, action, as_of=asked, known_at=known)
    return Standing(action, status, asked, known, tuple(_facts(action, status, asked, known)))


def _facts(
    action: Action, status: ActionStatus | None, as_of: datetime, known_at: datetime
) -> list[Explanation]:
    if status is None:
        return []
    told: list[Explanation] = []
    begun = [] if status is ActionStatus.PROPOSED else _implementations(action, known_at)
    for subject in (action, *begun):
        ended = [each for each in subject.endings if each.was_believed(known_at) and each.at <= as_of]
        rests = [
            each
            for each in subject.suspensions
            if each.was_believed(known_at) and each.interval.includes(as_of)
        ]
        reasons: list[Ending | Suspension] = []
        if status in (ActionStatus.COMPLETED, ActionStatus.ABANDONED):
            reasons = [*ended]
        elif status is ActionStatus.SUSPENDED:
            reasons = [*rests]
        told += [
            Explanation(f"{subject} was {each}", by=f"recorded {each.known_from:%Y-%m-%d %H:%M} UTC")
            for each in reasons
        ]
        if subject.is_implemented:
            times = [str(each) for each in subject.times if each.was_believed(known_at)]
            when = f" {times[0]}" if times else ""
            told.append(
                Explanation(
                    f"{subject} was implemented{when}",
                    by=f"recorded {subject.known_from:%Y-%m-%d %H:%M} UTC",
                )
            )
        else:
            told.append(
                Explanation(f"{subject} was proposed", by=f"recorded {subject.known_from:%Y-%m-%d %H:%M} UTC")
            )
    return told


def _implementations(action: Action, known_at: datetime) -> list[Action]:
    if action.is_implemented:
        return []
    return [each for each in getattr(action, "implementations", ()) if each.was_believed(known_at)]


attach(
    "8.3",
    types=(Suspension, ActionStatus, Standing),
    behaviours=(status_of, standing_of, actions_that_are),
    figure="analysis_patterns.patterns.planning.suspension:Suspension",
    when_not="Where it does not matter for how long an action rested, another time for it is enough.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.patterns import Base, Interval, create_engine, explain, sessions
>>> from analysis_patterns.patterns.planning import (
...     ImplementedAction, Suspension, standing_of, status_of)
>>> wait = ImplementedAction(name="transplant wait", time=datetime(1997, 7, 1, tzinfo=UTC))
>>> cold = Interval(datetime(1997, 7, 5, tzinfo=UTC), datetime(1997, 7, 12, tzinfo=UTC))
>>> _ = Suspension(action=wait, interval=cold, reason="a cold")
>>> engine = create_engine("sqlite://")
>>> Base.metadata.create_all(engine)
>>> with sessions(engine)() as session:
...     session.add(wait)
...     for day in (4, 5, 12):
...         print(status_of(session, wait, as_of=datetime(1997, 7, day, tzinfo=UTC)).value)
...     standing = standing_of(session, wait, as_of=datetime(1997, 7, 6, tzinfo=UTC))
...     print(explain(standing).because[0].statement)
started
suspended
started
transplant wait was suspended from 1997-07-05 00:00 until 1997-07-12 00:00 UTC: a cold
""",
)
