"""Following one option: its course, what a day brings to it, and its exercise (10.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from ...patterns.accountability.party import Party
from ...patterns.constraint import BUILT, ConstraintViolation, rule
from ...patterns.errors import AnalysisPatternsError
from ...patterns.life_cycle import Course, Move, begin_course, course_of
from ...patterns.persistence.session import Session
from ...patterns.time.instant import UNTIL_CHANGED, require_aware
from ..contract.barrier_option import BarrierOption
from ..contract.option import ExerciseStyle, Option
from .fixing import Fixing, noon
from .option_machine import OptionEvent
from .subtype_machine import SubtypeMachine
from .sweep_record import swept_through

_MIDNIGHT = time(tzinfo=UTC)
_DAY = timedelta(days=1)

BY_HOLDER = rule(
    "exercise.by-holder",
    pattern="10.4",
    says="An option is exercised by the party that has the right, and not by the one that has the duty.",
    layers=BUILT,
)
IN_PERIOD = rule(
    "exercise.in-period",
    pattern="10.4",
    says="An option is exercised within its exercise period, once its course has come to that.",
    layers=BUILT,
)


def contract_type(option: Option) -> str:
    """The type by which a contract finds its machine, such as `barrier option in`."""
    return f"{option.kind} {option.effect.value}" if isinstance(option, BarrierOption) else option.kind


def machine_for(session: Session, option: Option) -> SubtypeMachine:
    """
    The machine that an option goes through.

    Errors: `AnalysisPatternsError` where the database has none for its type.
    """
    asked = select(SubtypeMachine).where(SubtypeMachine.contract_type == contract_type(option))
    machine = session.scalars(asked).one_or_none()
    if machine is None:
        raise AnalysisPatternsError(
            f"no machine says how a contract of the type {contract_type(option)!r} behaves; "
            "add_option_machines(session) stores those of the book"
        )
    return machine


def begin_option(session: Session, option: Option) -> Course:
    """
    Let an option begin its course as of the day that it was traded, up to the last day that was swept.

    Shape:  the next sweep does so for all options that are not followed yet; this is for one.
    """
    life_cycle = machine_for(session, option).life_cycle
    course = begin_course(session, option, life_cycle, at=_midnight(option.traded))
    through = swept_through(session)
    if through is not None:
        advance(session, option, through)
    return course


def option_course(session: Session, option: Option) -> Course | None:
    """The course of an option through its machine; None where it is not followed yet."""
    return course_of(session, option, machine_for(session, option).life_cycle)


def advance(session: Session, option: Option, day: date) -> list[Move]:
    """
    Bring one option up to a day, by the fixings that are believed; give the moves that it made.

    Source: Analysis Patterns 10.4: `sweep` does the same for all options at once.
    """
    course = option_course(session, option) or begin_option(session, option)
    made = []
    for event, at in _events(session, option, session.day(day)):
        state = course.state()
        steps = course.life_cycle.steps_from(str(state), at.date())
        if event.value in {step.event for step in steps}:
            made.append(course.move(event.value, at=at))
    return made


def can_exercise(
    session: Session, option: Option, *, as_of: datetime | None = None, known_at: datetime | None = None
) -> bool:
    """Whether an option could be exercised at an instant, as known at an instant."""
    at = session.instant(as_of)
    course = option_course(session, option)
    state = None if course is None else course.state(at, known_at=known_at)
    if course is None or state is None or not _is_within(option, at):
        return False
    steps = course.life_cycle.steps_from(state, at.astimezone(UTC).date())
    return OptionEvent.EXERCISE.value in {step.event for step in steps}


def exercise(session: Session, option: Option, *, by: Party, at: datetime | None = None) -> Move:
    """
    Exercise an option, now or at an instant.

    Errors: `ConstraintViolation`: `exercise.by-holder` for anyone but the holder, `exercise.in-period` where
            its exercise period has not begun or is over, or it is not followed yet, `move.allowed` where it
            is not exercisable; nothing is changed.
    """
    instant = require_aware(session.instant(at))
    if by is not option.holder:
        raise BY_HOLDER.violation(
            option,
            by,
            found=f"exercised by {by}",
            allowed=f"by {option.holder}, who bought it",
            remedy="Let the holder exercise it.",
        )
    course = option_course(session, option)
    if course is None or not _is_within(option, instant):
        raise _outside(option, course, instant)
    return course.move(OptionEvent.EXERCISE.value, at=instant)


def exercise_period(option: Option) -> tuple[datetime, datetime]:
    """From when an option may be exercised, up to when; whether it may then is for its machine to say."""
    first = option.traded if option.style is ExerciseStyle.AMERICAN else option.expiration
    return _midnight(first), _midnight(option.expiration + _DAY)


def _is_within(option: Option, at: datetime) -> bool:
    start, end = exercise_period(option)
    return start <= at < end


def _outside(option: Option, course: Course | None, at: datetime) -> ConstraintViolation:
    start, end = exercise_period(option)
    found = f"exercised at {at:%Y-%m-%d %H:%M}" + (", not followed yet" if course is None else "")
    return IN_PERIOD.violation(
        option,
        found=found,
        allowed=f"from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC, once a sweep has come to it",
        remedy="Wait for its exercise period, and sweep the days up to it.",
    )


def _events(session: Session, option: Option, through: date) -> Iterator[tuple[OptionEvent, datetime]]:
    """What happened to an option up to a day, in order."""
    start, end = exercise_period(option)
    hit = first_hit(session, option, through) if isinstance(option, BarrierOption) else None
    if hit is not None and noon(hit) < start:
        yield OptionEvent.HIT, noon(hit)
    if start <= _midnight(through):
        yield OptionEvent.BEGINS, start
    if hit is not None and noon(hit) >= start:
        yield OptionEvent.HIT_LATE, noon(hit)
    if end <= _midnight(through):
        yield OptionEvent.ENDS, end


def first_hit(session: Session, option: BarrierOption, through: date) -> date | None:
    """The first day of an option's life, up to a day, on which a fixing reached its barrier."""
    asked = select(Fixing).where(
        Fixing.instrument_id == option.instrument.id,
        Fixing.known_to == UNTIL_CHANGED,
        Fixing.day.between(option.traded, min(option.expiration, through)),
    )
    hits = (each.day for each in session.scalars(asked) if option.is_hit_by(each.price))
    return min(hits, default=None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, _MIDNIGHT)
