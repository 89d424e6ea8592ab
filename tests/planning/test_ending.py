"""8.2 Completed and Abandoned Actions: how an action ended is a fact with a date, and is final."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from analysis_patterns.patterns import inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import (
    Abandonment,
    ActionStatus,
    Completion,
    Ending,
    ImplementedAction,
    ProposedAction,
    Suspension,
    TimeReference,
    status_of,
)
from analysis_patterns.patterns.time import FixedClock

from ..refusals import refuses
from .records import at, between, changes_nothing, leaves_no_trace, write


@pytest.fixture
def proposed(session: Session) -> ProposedAction:
    """An operation that is proposed, stored."""
    action = ProposedAction(name="operation", time=at(1))
    session.add(action)
    session.commit()
    return action


@pytest.fixture
def begun(session: Session) -> ImplementedAction:
    """An operation that began on 2 July 1997, stored."""
    action = ImplementedAction(name="operation", time=between(at(2)))
    session.add(action)
    session.commit()
    return action


def test_what_ran_as_planned_is_completed(session: Session, begun: ImplementedAction) -> None:
    Completion(action=begun, at=at(2, 5))
    session.commit()
    session.expire_all()

    assert str(begun.ending) == "completed at 1997-07-02 05:00 UTC"


@pytest.mark.parametrize("which", ["proposed", "begun"])
def test_what_is_given_up_is_abandoned_before_or_after_it_began(
    session: Session, request: pytest.FixtureRequest, which: str
) -> None:
    action = request.getfixturevalue(which)

    Abandonment(action=action, at=at(3), reason="the patient is too ill")
    session.commit()
    session.expire_all()

    assert str(action.ending) == "abandoned at 1997-07-03 00:00 UTC: the patient is too ill"


def test_an_ending_recorded_by_mistake_is_withdrawn_and_stays_known(
    session: Session, clock: FixedClock, begun: ImplementedAction
) -> None:
    mistaken = Completion(action=begun, at=at(2, 5))
    session.commit()
    before = clock.now()
    clock.advance(timedelta(days=1))

    mistaken.withdraw()
    Abandonment(action=begun, at=at(2, 6))
    session.commit()

    assert status_of(session, begun, as_of=at(9)) is ActionStatus.ABANDONED
    assert status_of(session, begun, as_of=at(9), known_at=before) is ActionStatus.COMPLETED


def test_refuses_to_complete_what_was_only_proposed(session: Session, proposed: ProposedAction) -> None:
    with changes_nothing(session), refuses("completion.implemented") as refused:
        Completion(action=proposed, at=at(3))

    assert str(refused.value) == (
        "completion.implemented: found the completion of ProposedAction operation; allowed: an implemented "
        "action. Record what was done as an ImplementedAction, and complete that."
    )


def test_the_flush_refuses_to_complete_what_was_only_proposed(
    session: Session, proposed: ProposedAction, begun: ImplementedAction
) -> None:
    with leaves_no_trace(session), refuses("completion.implemented", Layer.FLUSH):
        Completion(action=begun, at=at(3)).action = proposed
        session.commit()


def test_the_database_refuses_to_complete_what_was_only_proposed(
    session: Session, proposed: ProposedAction, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("completion.implemented", layer):
        write(session, Ending, kind="completion", action_id=proposed.id, at=at(3), reason="")


def test_refuses_a_second_ending(session: Session, begun: ImplementedAction) -> None:
    Completion(action=begun, at=at(3))

    with changes_nothing(session), refuses("ending.once") as refused:
        Abandonment(action=begun, at=at(4))

    assert refused.value.found == ("a second ending of operation, beside: completed at 1997-07-03 00:00 UTC")


def test_the_flush_refuses_a_second_ending(
    session: Session, begun: ImplementedAction, proposed: ProposedAction
) -> None:
    Completion(action=begun, at=at(3))

    with leaves_no_trace(session), refuses("ending.once", Layer.FLUSH):
        Abandonment(action=proposed, at=at(4)).action = begun
        session.commit()


def test_the_database_refuses_a_second_ending(
    session: Session, begun: ImplementedAction, layer: Layer
) -> None:
    Completion(action=begun, at=at(3))

    with leaves_no_trace(session), refuses("ending.once", layer):
        write(session, Ending, kind="abandonment", action_id=begun.id, at=at(4), reason="")


def test_refuses_an_ending_before_the_start(session: Session, begun: ImplementedAction) -> None:
    with changes_nothing(session), refuses("ending.after-start"):
        Completion(action=begun, at=at(1, 23))


def test_what_takes_no_time_ends_where_it_starts(session: Session, begun: ImplementedAction) -> None:
    Completion(action=begun, at=at(2))
    session.commit()

    assert status_of(session, begun, as_of=at(2)) is ActionStatus.COMPLETED


def test_the_flush_refuses_a_start_after_the_ending(session: Session, begun: ImplementedAction) -> None:
    Completion(action=begun, at=at(3))

    with leaves_no_trace(session), refuses("ending.after-start", Layer.FLUSH):
        begun.retime(between(at(4)))
        session.commit()


def test_the_database_refuses_an_ending_before_the_start(
    session: Session, begun: ImplementedAction, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("ending.after-start", layer):
        write(session, Ending, kind="completion", action_id=begun.id, at=at(1), reason="")


def test_the_database_refuses_a_start_after_the_ending(session: Session, layer: Layer) -> None:
    action = ImplementedAction(name="operation")
    session.add(action)
    Completion(action=action, at=at(3))

    with leaves_no_trace(session), refuses("ending.after-start", layer):
        write(session, TimeReference, action_id=action.id, starts=at(4), ends=at(4))


def test_a_proposal_is_abandoned_before_the_time_that_was_meant(
    session: Session, proposed: ProposedAction
) -> None:
    proposed.retime(at(20))
    Abandonment(action=proposed, at=at(3))
    session.commit()

    assert status_of(session, proposed, as_of=at(4)) is ActionStatus.ABANDONED


def test_refuses_to_abandon_a_proposal_that_is_implemented(
    session: Session, proposed: ProposedAction
) -> None:
    ImplementedAction(proposed=proposed, time=at(2))

    with changes_nothing(session), refuses("implementation.not-abandoned") as refused:
        Abandonment(action=proposed, at=at(3))

    assert refused.value.remedy == "Abandon the implemented action instead."


def test_the_database_refuses_to_abandon_a_proposal_that_is_implemented(
    session: Session, proposed: ProposedAction, layer: Layer
) -> None:
    ImplementedAction(proposed=proposed, time=at(2))

    with leaves_no_trace(session), refuses("implementation.not-abandoned", layer):
        write(session, Ending, kind="abandonment", action_id=proposed.id, at=at(4), reason="")


def test_refuses_to_end_before_a_suspension(session: Session, begun: ImplementedAction) -> None:
    Suspension(action=begun, interval=between(at(5)))

    with changes_nothing(session), refuses("suspension.before-ending"):
        Completion(action=begun, at=at(5))


def test_the_database_refuses_to_end_before_a_suspension(
    session: Session, begun: ImplementedAction, layer: Layer
) -> None:
    Suspension(action=begun, interval=between(at(5)))

    with leaves_no_trace(session), refuses("suspension.before-ending", layer):
        write(session, Ending, kind="completion", action_id=begun.id, at=at(5), reason="")


def test_refuses_a_naive_instant(session: Session, begun: ImplementedAction) -> None:
    with changes_nothing(session), refuses("time.aware"):
        Completion(action=begun, at=datetime(1997, 7, 3))  # noqa: DTZ001


def test_a_sound_database_has_no_inconsistencies(
    session: Session, begun: ImplementedAction, proposed: ProposedAction
) -> None:
    Completion(action=begun, at=at(3))
    Abandonment(action=proposed, at=at(3))
    session.commit()

    assert list(inconsistencies(session)) == []
