"""In which state things are, asked by thing, by state, and in SQL, in two times (8.2)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from ..persistence.registry import Referable
from ..persistence.session import Session
from .course import Course, Move
from .life_cycle import LifeCycle

if TYPE_CHECKING:
    from ..persistence.seek import AnySelect


def begin_course(
    session: Session, thing: Referable, life_cycle: LifeCycle, *, at: datetime | None = None
) -> Course:
    """
    Let a thing begin in the initial state of a life cycle, now or at an instant.

    Errors: `ConstraintViolation` (`course.one-per-thing`) at the flush where it began already.
    """
    course = Course(life_cycle=life_cycle, thing=thing, at=session.instant(at))
    session.add(course)
    return course


def course_of(session: Session, thing: Referable, life_cycle: LifeCycle) -> Course | None:
    """The course of a thing through a life cycle, or None where it has not begun."""
    question = select(Course).where(Course.thing_id == thing.id, Course.life_cycle_id == life_cycle.id)
    return session.scalars(question).one_or_none()


def state_of(
    session: Session,
    thing: Referable,
    life_cycle: LifeCycle,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> str | None:
    """The state of a thing at an instant, as known at an instant; None where it had not begun."""
    question = course_states(session, life_cycle, as_of=as_of, known_at=known_at).where(
        Course.thing_id == thing.id
    )
    row = session.execute(question).one_or_none()
    return None if row is None else row.state


def things_in(
    session: Session,
    life_cycle: LifeCycle,
    state: str,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> list[UUID]:
    """The keys of all things that are in a state at an instant, as known at an instant."""
    question = course_states(session, life_cycle, as_of=as_of, known_at=known_at)
    return list(session.scalars(question.where(Move.target == state).order_by(Course.thing_id)))


def course_states(
    session: Session,
    life_cycle: LifeCycle,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> AnySelect:
    """The question for every thing's `thing_id` and `state` at an instant, as known at an instant."""
    instant, known = session.instant(as_of), session.instant(known_at)
    later = aliased(Move)
    follows = (
        select(later.version)
        .where(later.course_id == Move.course_id, later.number > Move.number)
        .where(later.known(known), later.at <= instant)
        .exists()
    )
    return (
        select(Course.thing_id, Move.target.label("state"))
        .join(Move, Move.course_id == Course.id)
        .where(Course.life_cycle_id == life_cycle.id, Move.known(known), Move.at <= instant, ~follows)
    )
