"""8.1 to 8.3: the status of an action is derived, as of an instant and as known at another, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from analysis_patterns.patterns import Base
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.planning import (
    Abandonment,
    Action,
    ActionStatus,
    Completion,
    ImplementedAction,
    ProposedAction,
    Suspension,
    actions_that_are,
    standing_of,
    status_of,
)
from analysis_patterns.patterns.planning.status import status_column
from analysis_patterns.patterns.time import FixedClock

from ..covered import Covered
from ..refusals import refuses
from .records import at, between

EVERY = tuple(ActionStatus)


def statuses(session: Session, action: Action, *days: int) -> list[str | None]:
    found = [status_of(session, action, as_of=at(day)) for day in days]
    return [None if each is None else each.value for each in found]


def test_a_proposed_action_is_what_came_of_it(session: Session) -> None:
    proposed = ProposedAction(name="operation", time=at(1))
    session.add(proposed)
    done = ImplementedAction(proposed=proposed, time=between(at(3)))
    Suspension(action=done, interval=between(at(5), at(6)))
    Completion(action=done, at=at(9))
    session.commit()

    expected = ["proposed", "started", "suspended", "started", "completed"]
    assert statuses(session, proposed, 2, 3, 5, 6, 9) == expected
    assert statuses(session, done, 2, 3, 5, 6, 9) == expected


def test_what_was_never_proposed_is_nothing_before_it_begins(session: Session) -> None:
    emergency = ImplementedAction(name="train emergency", time=at(3))
    session.add(emergency)
    session.commit()

    assert statuses(session, emergency, 2, 3) == [None, "started"]


def test_what_began_at_no_known_time_had_begun_when_it_was_recorded(
    session: Session, clock: FixedClock
) -> None:
    action = ImplementedAction(name="wait", duration=timedelta(hours=1))
    session.add(action)
    session.commit()

    assert status_of(session, action, as_of=clock.now()) is ActionStatus.STARTED
    assert status_of(session, action, as_of=clock.now() - timedelta(hours=1)) is None


def test_an_action_has_no_status_before_it_was_known(session: Session, clock: FixedClock) -> None:
    action = ProposedAction(name="wait")
    session.add(action)
    session.commit()

    assert status_of(session, action) is ActionStatus.PROPOSED
    assert status_of(session, action, known_at=clock.now() - timedelta(seconds=1)) is None


def test_a_day_means_all_of_that_day_where_the_clock_stands(session: Session) -> None:
    action = ImplementedAction(name="wait", time=at(3, 23))
    session.add(action)
    session.commit()

    assert status_of(session, action, as_of=date(1997, 7, 2)) is None
    assert status_of(session, action, as_of=date(1997, 7, 3)) is ActionStatus.STARTED


def test_asks_about_now_unless_an_instant_is_given(session: Session, clock: FixedClock) -> None:
    action = ImplementedAction(name="wait", time=clock.now() + timedelta(days=1))
    session.add(action)
    session.commit()

    assert status_of(session, action) is None
    clock.advance(timedelta(days=1))
    assert status_of(session, action) is ActionStatus.STARTED


def test_refuses_a_question_as_of_an_unclear_moment(session: Session) -> None:
    action = ProposedAction(name="wait")
    session.add(action)

    with refuses("time.aware"):
        status_of(session, action, as_of=datetime(1997, 7, 1))  # noqa: DTZ001
    with refuses("time.aware"):
        actions_that_are(session, ActionStatus.PROPOSED, known_at=datetime(1997, 7, 1))  # noqa: DTZ001


def test_finds_all_actions_of_a_status_in_sql(session: Session) -> None:
    proposed, given_up = ProposedAction(name="a"), ProposedAction(name="b")
    done = ImplementedAction(name="c", time=at(1))
    session.add_all([proposed, given_up, done])
    Abandonment(action=given_up, at=at(2))
    Completion(action=done, at=at(3))
    session.commit()

    def named(status: ActionStatus, day: int) -> list[str]:
        question = actions_that_are(session, status, as_of=at(day)).order_by(Action.name)
        return [each.name for each in session.scalars(question)]

    assert {status.value: named(status, 3) for status in EVERY} == {
        "proposed": ["a"],
        "started": [],
        "suspended": [],
        "completed": ["c"],
        "abandoned": ["b"],
    }
    assert named(ActionStatus.PROPOSED, 1) == ["a", "b"]


def test_the_select_can_be_narrowed_and_counted(session: Session) -> None:
    session.add_all([ProposedAction(name=name) for name in ("a", "b", "c")])
    session.commit()

    open_ones = actions_that_are(session, ActionStatus.PROPOSED, ActionStatus.STARTED)
    counted = select(func.count()).select_from(open_ones.where(Action.name > "a").subquery())

    assert session.scalar(counted) == 2


@dataclass(frozen=True)
class Story:
    """What befell an action, in hours of 1 July 1997; None where it did not."""

    is_proposed: bool
    starts: int | None
    suspended: tuple[int, int] | None
    ends: int | None
    completed: bool
    abandoned_as_proposal: int | None


def stretch() -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, 8), st.integers(1, 4)).map(lambda each: (each[0], sum(each)))


STORIES = st.builds(
    Story,
    is_proposed=st.booleans(),
    starts=st.sampled_from([None, 0, 0, 1, 2, 3, 5, 8]),
    suspended=st.sampled_from([True, True, False]).flatmap(lambda rests: stretch() if rests else st.none()),
    ends=st.sampled_from([None, None, 4, 7, 9, 11]),
    completed=st.booleans(),
    abandoned_as_proposal=st.sampled_from([None, 2, 6, 10]),
)


def told(story: Story, hour: int) -> str | None:
    """The status that a person would read off a story."""
    if story.starts is not None and story.starts <= hour:
        if _ends(story) and story.ends is not None and story.ends <= hour:
            return "completed" if story.completed else "abandoned"
        if _rests(story) and story.suspended and story.suspended[0] <= hour < story.suspended[1]:
            return "suspended"
        return "started"
    if not story.is_proposed:
        return None
    given_up = story.abandoned_as_proposal
    if story.starts is None and given_up is not None and given_up <= hour:
        return "abandoned"
    return "proposed"


def _ends(story: Story) -> bool:
    return story.ends is not None and story.starts is not None and story.ends >= story.starts


def _rests(story: Story) -> bool:
    if story.suspended is None or story.starts is None or story.suspended[0] >= story.suspended[1]:
        return False
    return not _ends(story) or story.ends is None or story.suspended[0] < story.ends


def act(session: Session, story: Story) -> Action | None:
    """Record a story; give the action that it is about."""
    proposed = ProposedAction(name="action") if story.is_proposed else None
    if proposed is not None:
        session.add(proposed)
    if story.starts is None:
        if proposed is not None and story.abandoned_as_proposal is not None:
            Abandonment(action=proposed, at=at(1, story.abandoned_as_proposal))
        return proposed
    done = ImplementedAction(proposed=proposed, name="action", time=between(at(1, story.starts)))
    session.add(done)
    if _rests(story) and story.suspended is not None:
        Suspension(action=done, interval=between(*(at(1, hour) for hour in story.suspended)))
    if _ends(story) and story.ends is not None:
        kind = Completion if story.completed else Abandonment
        kind(action=done, at=at(1, story.ends))
    return proposed or done


def test_sql_reads_off_a_story_what_a_person_does() -> None:
    covered = Covered()
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)

    @settings(max_examples=60, deadline=None)
    @given(STORIES)
    def reads(story: Story) -> None:
        with sessions(engine)() as session:
            action = act(session, story)
            if action is not None:
                session.flush()
                known = session.instant(None)
                columns = [status_column(at(1, hour), known) for hour in range(13)]
                found = list(session.execute(select(*columns).where(Action.id == action.id)).one())
                expected = [told(story, hour) for hour in range(13)]
                assert found == expected
                covered.case(
                    proposed=story.is_proposed,
                    suspended="suspended" in expected,
                    completed="completed" in expected,
                    abandoned="abandoned" in expected,
                    nothing_yet=None in expected,
                )
            session.rollback()

    reads()

    covered.enough()


@pytest.mark.parametrize("days", [2, 4])
def test_an_explanation_tells_the_status_and_its_reasons(session: Session, days: int) -> None:
    proposed = ProposedAction(name="operation", time=at(1))
    session.add(proposed)
    ImplementedAction(proposed=proposed, time=at(3))
    session.commit()

    told = standing_of(session, proposed, as_of=at(days)).explanation()

    assert told.statement == (
        f"operation is {'proposed' if days == 2 else 'started'} as of 1997-07-0{days} 00:00 UTC"
    )
    assert len(told.because) == (1 if days == 2 else 2)
