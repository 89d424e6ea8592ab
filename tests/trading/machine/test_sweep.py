"""10.4 The daily sweep: what a day brings to all options, in two databases alike."""

from __future__ import annotations

from datetime import date, timedelta

from analysis_patterns.patterns import Session
from analysis_patterns.trading import (
    Option,
    option_course,
    sweep,
)

from ..trades import EXPIRES, Desk
from .conftest import Fix

MAY = date(1997, 5, 1)


def states(session: Session, option: Option) -> list[str]:
    course = option_course(session, option)
    assert course is not None
    return [f"{move.at:%m-%d %H} {move.target}" for move in course.believed()]


def test_a_knock_in_call_lives_once_the_price_has_been_beyond_its_barrier(
    session: Session, desk: Desk, fix: Fix
) -> None:
    call = desk.barrier()
    session.add(call)
    fix(date(1997, 6, 2), 86)
    fix(date(1997, 6, 3), 84)
    fix(date(1997, 6, 4), 95)

    first = sweep(session, date(1997, 6, 3)).record
    sweep(session, EXPIRES)
    sweep(session, EXPIRES + timedelta(days=1))
    session.commit()

    assert (first.begun, first.hit, first.exercisable, first.expired) == (1, 1, 0, 0)
    assert states(session, call) == [
        "05-01 00 purchased",
        "06-03 12 hit",
        "09-02 00 exercisable",
        "09-03 00 expired",
    ]


def test_what_was_swept_is_swept_once(session: Session, desk: Desk, fix: Fix) -> None:
    session.add(desk.barrier())
    fix(date(1997, 6, 3), 84)
    sweep(session, EXPIRES)
    session.commit()

    again = sweep(session, EXPIRES).record

    assert again.changed == 0
    assert again not in session
