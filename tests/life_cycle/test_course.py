"""8.2 The course of a thing through a life cycle: moves in order, kept, and never two ways at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, insert, inspect, text, update
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import ConstraintViolation, Organization, Session, explain, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.life_cycle import (
    Course,
    LifeCycle,
    Move,
    Transition,
    begin_course,
    course_of,
    state_of,
    things_in,
)
from analysis_patterns.patterns.persistence.session import sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED

from ..refusals import refuses

NINE = datetime(1997, 5, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def course(session: Session, task: LifeCycle, thing: Organization) -> Course:
    """A task that was requested an hour after it was drafted, stored."""
    made = begin_course(session, thing, task, at=NINE - 3 * HOUR)
    made.move("request", at=NINE - 2 * HOUR)
    session.commit()
    return made


def test_a_thing_is_in_the_state_that_its_moves_lead_to(
    session: Session, course: Course, task: LifeCycle, thing: Organization
) -> None:
    course.move("accept", at=NINE - HOUR)
    session.commit()
    session.expire_all()

    asked = [state_of(session, thing, task, as_of=NINE - n * HOUR) for n in (4, 3, 2, 1, 0)]

    assert asked == [None, "draft", "requested", "accepted", "accepted"]
    kept = course_of(session, thing, task)
    assert kept is not None
    assert [str(move) for move in kept.believed()] == [
        "the beginning -> draft at 1997-05-01 06:00",
        "draft -> requested at 1997-05-01 07:00",
        "requested -> accepted at 1997-05-01 08:00",
    ]
    assert (kept.state(), kept.state(NINE - 2 * HOUR), kept.state(NINE - 4 * HOUR)) == (
        "accepted", "requested", None
    )  # fmt: skip


def test_a_move_is_made_without_reading_those_before(session: Session, course: Course) -> None:
    key = course.id
    session.expunge_all()
    kept = session.get_one(Course, key)

    kept.move("accept", at=NINE - HOUR)
    kept.move("start", at=NINE)
    session.commit()
    session.refresh(kept, ["life_cycle"])
    unread = "moves" in inspect(kept).unloaded

    assert unread
    assert kept.state() == "in-progress"
    assert [move.number for move in kept.believed()] == [0, 1, 2, 3]


def test_moves_follow_one_another_before_they_are_written(session: Session, course: Course) -> None:
    with session.no_autoflush:
        accepted = course.move("accept", at=NINE - HOUR)
        started = course.move("start", at=NINE)

        assert {*session.new} == {accepted, started}
    session.commit()

    assert course.state() == "in-progress"


def test_tells_all_things_that_are_in_a_state(
    session: Session, course: Course, task: LifeCycle, thing: Organization
) -> None:
    other = Organization(name="X-ray")
    session.add(other)
    begin_course(session, other, task, at=NINE)
    session.commit()

    assert things_in(session, task, "requested") == [thing.id]
    assert things_in(session, task, "draft") == [other.id]
    assert things_in(session, task, "draft", as_of=NINE - 3 * HOUR) == [thing.id]
    assert things_in(session, task, "completed") == []


def test_two_events_may_happen_at_one_instant(session: Session, course: Course) -> None:
    instant = course.believed()[-1].at
    number = len(course.believed())

    event = course.life_cycle.steps_from(course.state() or "", instant.date())[0].event
    course.move(event, at=instant)
    session.commit()

    assert [move.number for move in course.believed()] == list(range(number + 1))
    assert course.believed()[-1].at == instant


def test_a_withdrawn_move_was_never_so_but_was_believed(
    session: Session, clock: FixedClock, course: Course, task: LifeCycle, thing: Organization
) -> None:
    before = clock.now()
    clock.advance(HOUR)

    course.moves[-1].withdraw()
    course.move("make ready", at=NINE)
    session.commit()

    assert state_of(session, thing, task) == "ready"
    assert state_of(session, thing, task, known_at=before) == "requested"
    assert course.state(known_at=before) == "requested"


def test_a_move_may_be_said_to_have_taken_place_earlier(session: Session, course: Course) -> None:
    course.moves[-1].restated(at=NINE - 3 * HOUR)
    session.commit()

    assert course.state(NINE - 3 * HOUR) == "requested"


def test_explains_how_a_thing_came_into_its_state(session: Session, course: Course) -> None:
    assert str(explain(course)) == (
        "requested since 1997-05-01 07:00 UTC  [request while draft]\n"
        "  draft since 1997-05-01 06:00 UTC  [begun]"
    )
    assert str(course) == "FHIR task: requested"
    for move in reversed(course.believed()):
        move.withdraw()
    session.flush()
    assert str(explain(course)) == "in no state  [no move is believed]"


def test_one_thing_may_go_through_two_life_cycles(
    session: Session, course: Course, task: LifeCycle, thing: Organization
) -> None:
    own = LifeCycle(name="own", initial="here")
    session.add(own)
    begin_course(session, thing, own)
    session.commit()

    assert (state_of(session, thing, own), state_of(session, thing, task)) == ("here", "requested")
    assert course_of(session, Organization(name="unknown"), own) is None


def test_refuses_an_event_that_leads_nowhere_from_there(session: Session, course: Course) -> None:
    with refuses("move.allowed") as refused:
        course.move("complete", at=NINE)

    assert str(refused.value) == (
        "move.allowed: found 'complete' of a thing that is requested, in 'FHIR task'; allowed: accept, "
        "cancel, receive, reject, retract. "
        "Let one of these happen first, or let the life cycle say that this may."
    )
    assert len(course.moves) == 2
    assert not session.new


def test_refuses_a_second_beginning(course: Course) -> None:
    with refuses("move.allowed"):
        Move(course=course, at=NINE)


def test_refuses_a_move_before_the_last_one(course: Course) -> None:
    with refuses("move.in-order"):
        course.move("accept", at=NINE - 3 * HOUR)
    with refuses("time.aware"):
        course.move("accept", at=datetime(1997, 5, 1, 9))  # noqa: DTZ001
    with refuses("time.aware"):
        course.believed(datetime(1997, 5, 1, 9))  # noqa: DTZ001
    assert len(course.moves) == 2


@pytest.mark.parametrize(
    ("said", "rule"),
    [({"target": "completed"}, "move.allowed"), ({"source": "draft"}, "move.allowed"),
     ({"at": NINE - 3 * HOUR}, "move.in-order")],
)  # fmt: skip
def test_the_flush_refuses_a_move_that_changed_after_it_was_made(
    session: Session, course: Course, said: dict[str, Any], rule: str
) -> None:
    move = course.move("accept", at=NINE)
    for name, value in said.items():
        setattr(move, name, value)

    with refuses(rule, Layer.FLUSH):
        session.flush()


def row(course: Course, **said: Any) -> dict[str, Any]:
    """A move as another client would write it, past all of Python's checks."""
    version = uuid7()
    return {
        "version": version, "id": version, "known_from": NINE, "known_to": UNTIL_CHANGED,
        "course_id": course.id, "number": 2, "event": "accept", "source": "requested", "target": "accepted",
        "at": NINE, **said,
    }  # fmt: skip


def write(session: Session, *rows: dict[str, Any]) -> None:
    session.connection().execute(insert(Move.__table__), list(rows))  # type: ignore[arg-type]


def test_the_database_takes_a_move_that_is_allowed(session: Session, course: Course) -> None:
    write(session, row(course))
    session.commit()
    session.expire_all()

    assert course.state() == "accepted"
    assert list(inconsistencies(session)) == []


@pytest.mark.parametrize(
    "said",
    [
        {"target": "completed"},
        {"event": "complete"},
        {"source": "draft", "event": "request", "target": "requested"},
        {"number": 3},
        {"number": 0, "event": None, "source": None, "target": "ready"},
    ],
)
def test_the_database_refuses_a_move_that_no_transition_allows(
    session: Session, course: Course, layer: Layer, said: dict[str, Any]
) -> None:
    with refuses("move.allowed", layer):
        write(session, row(course, **said))


def test_the_database_refuses_a_move_before_the_last_one(
    session: Session, course: Course, layer: Layer
) -> None:
    with refuses("move.in-order", layer):
        write(session, row(course, at=NINE - 3 * HOUR))


def test_the_database_refuses_a_fork(session: Session, course: Course, layer: Layer) -> None:
    write(session, row(course))

    with refuses("move.no-fork", layer):
        write(session, row(course, event="reject", target="rejected"))


def test_the_database_refuses_a_second_course_of_a_thing(
    session: Session, course: Course, task: LifeCycle, thing: Organization, layer: Layer
) -> None:
    begin_course(session, thing, task)

    with refuses("course.one-per-thing", layer):
        session.flush()


def test_only_the_last_move_is_withdrawn(session: Session, course: Course) -> None:
    with refuses("move.last-only", Layer.FLUSH):
        course.moves[0].withdraw()
    with refuses("move.last-only", Layer.FLUSH):
        course.moves[0].restated(at=NINE - 4 * HOUR)


def test_the_database_withdraws_only_the_last_move(session: Session, course: Course, layer: Layer) -> None:
    with refuses("move.last-only", layer):
        session.execute(update(Move).where(Move.number == 0).values(known_to=NINE))


def test_what_happened_is_neither_overwritten_nor_deleted(
    session: Session, course: Course, layer: Layer
) -> None:
    with refuses("history.append-only", layer):
        session.execute(text("UPDATE patterns_life_cycle_move SET target = 'completed'"))
    session.rollback()
    with refuses("history.append-only", layer):
        session.execute(text("DELETE FROM patterns_life_cycle_move"))


def test_a_transition_that_a_move_followed_is_not_taken_away(session: Session, course: Course) -> None:
    task = course.life_cycle
    (used,) = (each for each in task.transitions if each.event == "request")
    task.transitions.append(Transition(type(used.step)("ask", "draft", "requested")))
    session.flush()

    task.transitions.remove(used)

    with refuses("move.allowed", Layer.FLUSH):
        session.flush()


def test_a_move_that_came_from_elsewhere_against_the_rules_is_found(session: Session, course: Course) -> None:
    from ..accountability.records import without_guards

    without_guards(session)
    write(session, row(course, target="completed"))

    found = {each.rule.name for each in inconsistencies(session)}

    assert found == {"move.allowed"}


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_two_who_move_one_thing_at_once_do_not_fork_it(
    engine: Engine, session: Session, course: Course, isolation: str, layer: Layer
) -> None:
    made = engine if layer is Layer.SQLITE else engine.execution_options(isolation_level=isolation)
    key, barrier = course.id, Barrier(2)
    session.rollback()

    def act(event: str) -> str:
        with sessions(made, clock=FixedClock(NINE))() as mine:
            if layer is Layer.SQLITE:  # who reads to write there locks the other one out
                barrier.wait(20)
            found = mine.get_one(Course, key)
            state = found.state()
            if layer is Layer.POSTGRESQL:
                barrier.wait(20)
            try:
                if event == "withdraw":
                    found.believed()[-1].withdraw()
                else:
                    found.move(event, at=NINE)
                mine.commit()
            except (ConstraintViolation, DBAPIError):
                return "refused"
            return "done" if state == "requested" else "done later"

    for pair in (("accept", "reject"), ("accept", "withdraw")):
        with ThreadPoolExecutor(2) as pool:
            outcomes = sorted(pool.map(act, pair))
        assert outcomes == ["done", "refused"] or layer is Layer.SQLITE, pair
        session.expire_all()
        assert list(inconsistencies(session)) == []
        numbers = [move.number for move in session.get_one(Course, key).believed()]
        assert numbers == list(range(len(numbers)))
        back = session.get_one(Course, key)
        while back.state() not in {"requested", "draft"}:
            back.believed()[-1].withdraw()
        session.commit()
