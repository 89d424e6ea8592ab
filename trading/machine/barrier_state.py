"""Which barriers were hit, asked for many options at once (10.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Select, and_, case, select
from sqlalchemy.orm import aliased

from ...patterns.life_cycle import Course, Move
from ...patterns.persistence.session import Session
from ..contract.barrier_option import BarrierEffect, BarrierOption
from .option_machine import OptionEvent

if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect

_AT_ONCE = 5000
_OPTIONS = BarrierOption.__table__


class BarrierState(Enum):
    """What became of a barrier: not hit, or hit, by which the option was knocked in or out."""

    NOT_HIT = "not hit"
    KNOCKED_IN = "knocked in"
    KNOCKED_OUT = "knocked out"


def barrier_state_question(
    session: Session, *, as_of: datetime | None = None, known_at: datetime | None = None
) -> AnySelect:
    """The question for every barrier option's `id` and `state`, at an instant as known at another."""
    instant, known = session.instant(as_of), session.instant(known_at)
    hit = aliased(Move)
    is_hit = and_(
        hit.course_id == Course.id,
        hit.event.in_([OptionEvent.HIT.value, OptionEvent.HIT_LATE.value]),
        hit.known(known),
        hit.at <= instant,
    )
    was_hit = select(hit.version).join(Course, is_hit).where(Course.thing_id == _OPTIONS.c.id).exists()
    knocked = case(
        (_OPTIONS.c.effect == BarrierEffect.IN, BarrierState.KNOCKED_IN.value),
        else_=BarrierState.KNOCKED_OUT.value,
    )
    state = case((was_hit, knocked), else_=BarrierState.NOT_HIT.value)
    return select(_OPTIONS.c.id, state.label("state")).select_from(_OPTIONS)


def barrier_states(
    session: Session,
    options: Iterable[UUID] | AnySelect,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> dict[UUID, BarrierState]:
    """
    What became of the barriers of some options, at an instant as known at another.

    Shape:  by the keys of the options, which may be a question for them; what is no barrier option is left
            out.
    """
    question = barrier_state_question(session, as_of=as_of, known_at=known_at)
    key = _OPTIONS.c.id
    if isinstance(options, Select):
        parts = [question.where(key.in_(options))]
    else:
        keys = list(options)
        starts = range(0, len(keys), _AT_ONCE)
        parts = [question.where(key.in_(keys[start : start + _AT_ONCE])) for start in starts]
    return {row.id: BarrierState(row.state) for part in parts for row in session.execute(part)}
