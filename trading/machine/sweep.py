"""The daily sweep: what a day brings to all options, in a few statements (10.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Executable

from ...patterns.catalogue import complete
from ...patterns.constraint import ConstraintViolation
from ...patterns.life_cycle import Course, Move
from ...patterns.persistence.session import Session
from ..contract.barrier_option import BarrierOption
from . import _statements as statements
from .barrier_state import barrier_states
from .fixing import Fixing, noon
from .following import exercise
from .option_machine import OptionEvent
from .sweep_record import Sweep, options_followed, swept_at, swept_through


@dataclass(frozen=True, slots=True)
class Swept:
    """
    What a sweep did.

    Shape:  the record of it; the options that had been exercised, and by the corrected fixings could not be.
    """

    record: Sweep
    undone: tuple[UUID, ...] = ()


def sweep(session: Session, day: date) -> Swept:
    """
    Bring every option up to a day: its beginning for those that expire on it, and its fixings.

    Shape:  options begin to be followed as of their trade, are hit by the fixings up to that day, become
            exercisable at the start of their exercise period, and expire where it ended before that day.
            Where a fixing was corrected, the moves that do not follow any more are withdrawn first; an
            exercise among them is recorded again where it can be. What was withdrawn by hand since the last
            sweep is found again where it follows. What was swept already stays as it is.
    Units:  days of UTC.
    Errors: those of `Move`, where a life cycle was changed meanwhile; nothing is changed.
    Source: Analysis Patterns 10.4. It does what `advance` does, for all options at once.
    """
    session.flush()
    last = swept_through(session)
    through = session.day(day) if last is None else max(session.day(day), last)
    run = _Run(session, through, date.min if last is None else last - timedelta(days=1))
    first = run.execute(statements.changed(run.dialect)).scalar()
    withdrawn = [] if first is None else run.withdraw(_day(first))
    begun, options = run.begin(options_followed(session))
    by_hand = run.execute(statements.withdrawn_by_hand(run.dialect)).first() is not None
    if by_hand:
        begun += run.execute(statements.begin(run.dialect)).rowcount
    is_fresh = bool(begun or withdrawn or by_hand)
    hit = run.both(statements.hit, OptionEvent.HIT, is_fresh)
    exercisable = run.both(statements.timed, OptionEvent.BEGINS, is_fresh)
    hit += run.both(statements.hit, OptionEvent.HIT_LATE, is_fresh)
    _forget(session)
    undone = run.exercise_again(each for each in withdrawn if each.event == OptionEvent.EXERCISE.value)
    expired = run.both(statements.timed, OptionEvent.ENDS, is_fresh)
    record = Sweep(
        day=through, options=options, begun=begun, exercisable=exercisable, hit=hit, expired=expired,
        withdrawn=len(withdrawn),
    )  # fmt: skip
    if record.changed or first is not None or last != through:
        session.add(record)
        session.flush()
        run.execute(statements.mark(run.dialect), sweep=record.id)
    _forget(session)
    return Swept(record, tuple(undone))


class _Run:
    """One sweep on its way."""

    def __init__(self, session: Session, through: date, since: date) -> None:
        self.session = session
        self.dialect = session.connection().dialect.name
        known = session.recorded
        self.given = {
            "known": known, "swept": swept_at(session) or known, "through": through, "since": since,
        }  # fmt: skip

    def execute(self, statement: Executable, **given: Any) -> CursorResult[Any]:
        """Execute one of the statements with what it asks for."""
        said = self.given | {"seed": statements.seed()} | given
        return cast("CursorResult[Any]", self.session.execute(statement, said))

    def begin(self, followed: int | None) -> tuple[int, int | None]:
        """
        Follow what is not followed yet.

        Shape:  `followed` is how many options there were when all were followed. It gives how many began to
                be followed, and how many options there are, or None where some will be followed later only.
        """
        # Counted first: what another session adds from here on is counted, and followed, the next time.
        options: int = self.execute(statements.count_options(self.dialect)).scalar_one()
        if options == followed:
            return 0, options
        begun = self.execute(statements.begin_courses(self.dialect)).rowcount
        if begun:
            begun = self.execute(statements.begin(self.dialect)).rowcount
        waits = self.execute(statements.not_followed(self.dialect)).first() is not None
        return begun, None if waits else options

    def both(self, make: Any, event: OptionEvent, is_fresh: bool) -> int:
        """Let an event happen to the fresh courses, of which all has to be looked at, then to the others."""
        passes = (True, False) if is_fresh else (False,)
        made = (make(event, self.dialect, fresh=fresh) for fresh in passes)
        return sum(self.execute(statement, event=event.value).rowcount for statement in made)

    def withdraw(self, first: date) -> list[Any]:
        """Withdraw what does not follow from the fixings any more, of which the first changed on a day."""
        hits = {"hit": OptionEvent.HIT.value, "late": OptionEvent.HIT_LATE.value}
        found = self.execute(statements.wrong(self.dialect), noon=noon(first), **hits).all()
        if found:
            # One by one, since what others follow cannot be withdrawn: they come last move first.
            rows = [{"version": each.version, "known": self.given["known"]} for each in found]
            self.session.execute(statements.withdraw(self.dialect), rows)
        return list(found)

    def exercise_again(self, exercised: Iterable[Any]) -> list[UUID]:
        """Record again that options were exercised; give those that could not be."""
        undone: list[UUID] = []
        for each in exercised:
            course = self.session.get_one(Course, each.course_id)
            try:
                course.move(OptionEvent.EXERCISE.value, at=each.at)
            except ConstraintViolation:
                undone.append(course.thing_id)
        self.session.flush()
        return undone


def _day(told: date | str) -> date:
    return date.fromisoformat(told) if isinstance(told, str) else told


def _forget(session: Session) -> None:
    """What a session holds of courses was read before the database changed them."""
    for each in list(session.identity_map.values()):
        if isinstance(each, Course | Move):
            session.expire(each)


complete("10.4", types=(BarrierOption, Fixing, Sweep), behaviours=(sweep, exercise, barrier_states))
