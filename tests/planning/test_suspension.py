"""8.3 Suspension: an action rests for an interval, and is suspended when some suspension covers now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from analysis_patterns.patterns import explain
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import (
    ActionStatus,
    Completion,
    ImplementedAction,
    ProposedAction,
    Suspension,
    standing_of,
    status_of,
)
from analysis_patterns.patterns.time import FixedClock

from ..refusals import refuses
from .records import at, between, changes_nothing, leaves_no_trace, write


@pytest.fixture
def wait(session: Session) -> ImplementedAction:
    """A wait for a transplant, from 1 July 1997 on, stored."""
    action = ImplementedAction(name="transplant wait", time=between(at(1)))
    session.add(action)
    session.commit()
    return action


def test_refuses_an_instant_where_an_interval_is_asked_for(session: Session, wait: ImplementedAction) -> None:
    instant: Any = at(5)

    with changes_nothing(session), refuses("interval.kind"):
        Suspension(action=wait, interval=instant)


def test_an_action_is_suspended_while_a_suspension_covers_it(
    session: Session, wait: ImplementedAction
) -> None:
    Suspension(action=wait, interval=between(at(5), at(12)), reason="a cold")
    session.commit()

    statuses = [status_of(session, wait, as_of=at(day)) for day in (4, 5, 11, 12)]

    started, suspended = ActionStatus.STARTED, ActionStatus.SUSPENDED
    assert statuses == [started, suspended, suspended, started]


def test_a_suspension_may_be_open_until_the_action_is_taken_up_again(
    session: Session, clock: FixedClock, wait: ImplementedAction
) -> None:
    cold = Suspension(action=wait, interval=between(at(5)), reason="a cold")
    session.commit()
    assert status_of(session, wait, as_of=at(30)) is ActionStatus.SUSPENDED
    before = clock.now()
    clock.advance(timedelta(days=1))

    cold.ended(at(12))
    session.commit()
    session.expire_all()

    assert status_of(session, wait, as_of=at(30)) is ActionStatus.STARTED
    assert status_of(session, wait, as_of=at(30), known_at=before) is ActionStatus.SUSPENDED


def test_suspensions_may_overlap(session: Session, wait: ImplementedAction) -> None:
    for start, end in ((5, 8), (7, 10)):
        Suspension(action=wait, interval=between(at(start), at(end)))
    session.commit()

    suspended = [
        day for day in range(4, 12) if status_of(session, wait, as_of=at(day)) is ActionStatus.SUSPENDED
    ]

    assert suspended == [5, 6, 7, 8, 9]


def test_what_is_only_proposed_may_be_suspended(session: Session) -> None:
    proposed = ProposedAction(name="operation", time=at(9))
    session.add(proposed)
    Suspension(action=proposed, interval=between(at(2), at(3)))
    session.commit()

    assert status_of(session, proposed, as_of=at(2)) is ActionStatus.SUSPENDED
    assert status_of(session, proposed, as_of=at(3)) is ActionStatus.PROPOSED


def test_says_why_an_action_is_suspended(session: Session, wait: ImplementedAction) -> None:
    Suspension(action=wait, interval=between(at(5), at(12)), reason="a cold")
    session.commit()

    told = explain(standing_of(session, wait, as_of=at(6)))

    assert str(told) == (
        "transplant wait is suspended as of 1997-07-06 00:00 UTC  [as known at 1997-05-01 09:00 UTC]\n"
        "  transplant wait was suspended from 1997-07-05 00:00 until 1997-07-12 00:00 UTC: a cold"
        "  [recorded 1997-05-01 09:00 UTC]\n"
        "  transplant wait was implemented from 1997-07-01 00:00 until further notice UTC"
        "  [recorded 1997-05-01 09:00 UTC]"
    )


@pytest.mark.parametrize("start", [at(20), at(21)])
def test_refuses_a_suspension_after_completion(
    session: Session, wait: ImplementedAction, start: object
) -> None:
    Completion(action=wait, at=at(20))

    with changes_nothing(session), refuses("suspension.before-ending"):
        Suspension(action=wait, interval=between(start))  # type: ignore[arg-type]


def test_says_when_the_action_had_ended(session: Session, wait: ImplementedAction) -> None:
    Completion(action=wait, at=at(20))

    with changes_nothing(session), refuses("suspension.before-ending") as refused:
        Suspension(action=wait, interval=between(at(21)))

    assert str(refused.value) == (
        "suspension.before-ending: found transplant wait suspended from 1997-07-21 00:00 UTC, ended at "
        "1997-07-20 00:00 UTC; allowed: a suspension that starts before the ending. Withdraw the suspension, "
        "or the ending, where it was recorded by mistake."
    )


def test_the_flush_refuses_a_suspension_after_completion(session: Session, wait: ImplementedAction) -> None:
    Completion(action=wait, at=at(20))

    with leaves_no_trace(session), refuses("suspension.before-ending", Layer.FLUSH):
        Suspension(action=wait, interval=between(at(5))).interval = between(at(21))
        session.commit()


def test_the_database_refuses_a_suspension_after_completion(
    session: Session, wait: ImplementedAction, layer: Layer
) -> None:
    Completion(action=wait, at=at(20))

    with leaves_no_trace(session), refuses("suspension.before-ending", layer):
        write(session, Suspension, action_id=wait.id, covers_from=at(20), covers_to=at(22), reason="")


def test_an_ending_outranks_a_suspension_that_is_still_open(
    session: Session, wait: ImplementedAction
) -> None:
    Suspension(action=wait, interval=between(at(5)))
    Completion(action=wait, at=at(20))
    session.commit()

    assert status_of(session, wait, as_of=at(19)) is ActionStatus.SUSPENDED
    assert status_of(session, wait, as_of=at(20)) is ActionStatus.COMPLETED


def test_refuses_to_end_a_suspension_outside_its_interval(session: Session, wait: ImplementedAction) -> None:
    cold = Suspension(action=wait, interval=between(at(5), at(12)))
    session.commit()

    with changes_nothing(session), refuses("interval.ending"):
        cold.ended(at(13))
