"""8.1 Proposed and Implemented Action: what is intended and what happened are two linked objects."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text

from analysis_patterns.patterns import Location, Person, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session, create_engine
from analysis_patterns.patterns.planning import (
    Abandonment,
    Action,
    ImplementedAction,
    Performance,
    Plan,
    ProposedAction,
    Protocol,
    TimeReference,
)
from analysis_patterns.patterns.time import FixedClock

from ..refusals import refuses
from ..schemas import create_schema
from .records import at, between, changes_nothing, leaves_no_trace, overwrite, table_of, write, write_action


@pytest.fixture
def presentation(session: Session) -> ProposedAction:
    """A presentation that is proposed for 1 July 1997, stored."""
    proposed = ProposedAction(
        name="presentation", time=between(at(1, 10), at(1, 11)), performers=[Person(name="Anne")]
    )
    session.add(proposed)
    session.commit()
    return proposed


def test_what_happened_stands_beside_what_was_intended(
    session: Session, presentation: ProposedAction
) -> None:
    done = ImplementedAction(proposed=presentation, time=between(at(3, 10), at(3, 12)))
    session.commit()
    session.expire_all()

    assert presentation.implemented is done
    assert done.proposed is presentation
    assert presentation.time == between(at(1, 10), at(1, 11))
    assert done.time == between(at(3, 10), at(3, 12))
    assert (presentation.duration, done.duration) == (timedelta(hours=1), timedelta(hours=2))
    assert done.name == "presentation"


def test_an_action_comes_back_with_all_that_it_says(session: Session) -> None:
    room, protocol = Location(name="Room Q9"), Protocol(name="give a talk")
    whole = ProposedAction(name="conference")
    part = ProposedAction(
        name="talk",
        time=at(1, 9),
        performers=[Person(name="Anne"), Person(name="Ben")],
        location=room,
        protocol=protocol,
        parent=whole,
    )
    session.add(whole)
    session.commit()
    key = part.id
    session.expunge_all()

    kept = session.get_one(ProposedAction, key)

    assert kept.time == at(1, 9)
    assert sorted(each.name for each in kept.performers) == ["Anne", "Ben"]
    assert kept.location is not None
    assert kept.location.name == "Room Q9"
    assert kept.protocol is not None
    assert kept.protocol.name == "give a talk"
    assert kept.parent is not None
    assert kept.parent.name == "conference"
    assert [each.name for each in kept.parent.parts] == ["talk"]


def test_what_was_proposed_may_never_be_done(session: Session) -> None:
    missed = ProposedAction(name="blood test")
    session.add(missed)
    session.commit()

    assert missed.implemented is None


def test_what_was_never_proposed_may_be_done(session: Session) -> None:
    session.add(ImplementedAction(name="train emergency", time=at(2)))
    session.commit()

    assert session.scalars(select(ImplementedAction)).one().proposed is None


@pytest.mark.parametrize(
    ("time", "duration", "expected"),
    [
        (None, None, None),
        (at(1), None, timedelta()),
        (at(1), timedelta(hours=2), timedelta(hours=2)),
        (None, timedelta(hours=2), timedelta(hours=2)),
        (between(at(1)), None, None),
    ],
)
def test_a_time_is_a_point_or_an_interval_or_only_a_duration(
    session: Session, time: Any, duration: timedelta | None, expected: timedelta | None
) -> None:
    action = ProposedAction(name="wait", time=time, duration=duration)
    session.add(action)
    session.commit()
    session.expire_all()

    assert action.duration == expected
    if duration is None:
        assert action.time == time


def test_another_time_leaves_the_first_one_in_the_history(
    session: Session, clock: FixedClock, presentation: ProposedAction
) -> None:
    before = clock.now()
    clock.advance(timedelta(days=1))

    presentation.retime(between(at(3, 10), at(3, 11)))
    session.commit()
    session.expire_all()

    assert presentation.time == between(at(3, 10), at(3, 11))
    (then,) = (each for each in presentation.times if each.was_believed(before))
    assert then.time == between(at(1, 10), at(1, 11))


def test_an_action_may_get_its_time_later(session: Session) -> None:
    action = ProposedAction(name="wait")
    session.add(action)
    session.commit()

    action.retime(at(1))
    action.retime(at(2))
    session.commit()

    assert [each.time for each in action.times] == [at(2)]


def test_refuses_a_negative_duration(session: Session, presentation: ProposedAction) -> None:
    with changes_nothing(session), refuses("duration.not-negative") as refused:
        presentation.retime(at(1), duration=timedelta(hours=-1))

    assert str(refused.value) == (
        "duration.not-negative: found a duration of -3600 seconds; allowed: no time, or some. "
        "Swap start and end, or leave the duration out where it is not known."
    )


def test_the_flush_refuses_a_negative_duration(session: Session, presentation: ProposedAction) -> None:
    with leaves_no_trace(session), refuses("duration.not-negative", Layer.FLUSH):
        presentation.retime(at(1)).duration = timedelta(seconds=-1)
        session.commit()


def test_the_database_refuses_a_negative_duration(session: Session, layer: Layer) -> None:
    action = ProposedAction(name="wait")
    session.add(action)

    with leaves_no_trace(session), refuses("duration.not-negative", layer):
        write(session, TimeReference, action_id=action.id, duration=timedelta(seconds=-1))


def test_refuses_a_fraction_of_a_second() -> None:
    with refuses("duration.whole-seconds"):
        ProposedAction(name="blink", duration=timedelta(milliseconds=300))


def test_sqlite_refuses_a_fraction_of_a_second(sqlite_url: str) -> None:
    create_schema(sqlite_url)
    fraction = (
        "INSERT INTO patterns_time_reference (version, id, action_id, duration, known_from, known_to) "
        "VALUES (x'00', x'00', x'00', 1.5, '1997-05-01 09:00:00.000000', '9999-12-30 00:00:00.000000')"
    )

    with create_engine(sqlite_url).begin() as connection, refuses("duration.whole-seconds", Layer.SQLITE):
        connection.execute(text(fraction))


def test_refuses_an_end_before_the_start() -> None:
    with refuses("interval.order"):
        ProposedAction(name="wait", time=between(at(2), at(1)))


def test_the_database_refuses_an_end_before_the_start(session: Session, layer: Layer) -> None:
    action = ProposedAction(name="wait")
    session.add(action)

    with leaves_no_trace(session), refuses("interval.order", layer):
        write(session, TimeReference, action_id=action.id, starts=at(2), ends=at(1))


def test_refuses_a_naive_time() -> None:
    with refuses("time.aware"):
        ProposedAction(name="wait", time=datetime(1997, 7, 1))  # noqa: DTZ001


def test_refuses_an_action_without_a_name() -> None:
    with refuses("name.text"):
        ImplementedAction()


def test_the_flush_refuses_a_second_time(session: Session, presentation: ProposedAction) -> None:
    with leaves_no_trace(session), refuses("action.one-time", Layer.FLUSH):
        TimeReference(action=presentation, time=at(2))
        session.commit()


def test_the_database_refuses_a_second_time(
    session: Session, presentation: ProposedAction, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("action.one-time", layer):
        write(session, TimeReference, action_id=presentation.id)


def test_the_database_refuses_a_performer_named_twice(
    session: Session, presentation: ProposedAction, layer: Layer
) -> None:
    (anne,) = presentation.performers

    with leaves_no_trace(session), refuses("performance.once", layer):
        write(session, Performance, action_id=presentation.id, performer_id=anne.id)


def test_who_performs_may_change_and_stays_known(
    session: Session, clock: FixedClock, presentation: ProposedAction
) -> None:
    before = clock.now()
    clock.advance(timedelta(days=1))

    presentation.performances[0].withdraw()
    Performance(action=presentation, performer=Person(name="Ben"))
    session.commit()

    assert [each.name for each in presentation.performers] == ["Ben"]
    assert [each.performer.name for each in presentation.performances if each.was_believed(before)] == [
        "Anne"
    ]


def test_refuses_a_second_implementation(session: Session, presentation: ProposedAction) -> None:
    ImplementedAction(proposed=presentation, time=at(3))

    with changes_nothing(session), refuses("implementation.once") as refused:
        ImplementedAction(proposed=presentation, time=at(4))

    assert str(refused.value) == (
        "implementation.once: found a second implementation of presentation; allowed: one. Withdraw the "
        "other one if it was recorded by mistake, or propose the action again."
    )


def test_the_flush_refuses_a_second_implementation(session: Session, presentation: ProposedAction) -> None:
    ImplementedAction(proposed=presentation, time=at(3))

    with leaves_no_trace(session), refuses("implementation.once", Layer.FLUSH):
        second = ImplementedAction(name="presentation", time=at(4))
        session.add(second)
        second.proposed = presentation
        session.commit()


def test_the_database_refuses_a_second_implementation(
    session: Session, presentation: ProposedAction, layer: Layer
) -> None:
    ImplementedAction(proposed=presentation, time=at(3))

    with leaves_no_trace(session), refuses("implementation.once", layer):
        write_action(
            session, "again", kind="implemented_action", nature="implemented", proposed_id=presentation.id
        )


def test_an_implementation_recorded_by_mistake_makes_room_for_another(
    session: Session, clock: FixedClock, presentation: ProposedAction
) -> None:
    mistaken = ImplementedAction(proposed=presentation, time=at(1))
    session.commit()
    before = clock.now()
    clock.advance(timedelta(days=1))

    mistaken.withdraw()
    session.flush()
    right = ImplementedAction(proposed=presentation, time=at(3))
    session.commit()

    assert presentation.implemented is right
    assert mistaken.was_believed(before)
    assert not mistaken.was_believed(clock.now())


def test_refuses_to_implement_what_is_no_proposal(session: Session, presentation: ProposedAction) -> None:
    done: Any = ImplementedAction(proposed=presentation, time=at(3))

    with changes_nothing(session), refuses("implementation.of-proposal"):
        ImplementedAction(proposed=done, time=at(4))


def test_the_flush_refuses_to_implement_what_was_withdrawn(
    session: Session, presentation: ProposedAction
) -> None:
    other = ProposedAction(name="other")
    session.add(other)

    with leaves_no_trace(session), refuses("implementation.of-proposal", Layer.FLUSH):
        ImplementedAction(proposed=other, time=at(4))
        other.withdraw()
        session.commit()


def test_the_database_refuses_to_implement_what_is_no_proposal(
    session: Session, presentation: ProposedAction, layer: Layer
) -> None:
    done = ImplementedAction(proposed=presentation, time=at(3))

    with leaves_no_trace(session), refuses("implementation.of-proposal", layer):
        write_action(session, "again", kind="implemented_action", nature="implemented", proposed_id=done.id)


def test_refuses_to_implement_what_was_abandoned(session: Session, presentation: ProposedAction) -> None:
    Abandonment(action=presentation, at=at(1))

    with changes_nothing(session), refuses("implementation.not-abandoned"):
        ImplementedAction(proposed=presentation, time=at(3))


def test_the_flush_refuses_to_implement_what_was_abandoned(
    session: Session, presentation: ProposedAction
) -> None:
    Abandonment(action=presentation, at=at(1))

    with leaves_no_trace(session), refuses("implementation.not-abandoned", Layer.FLUSH):
        done = ImplementedAction(name="presentation", time=at(4))
        session.add(done)
        done.proposed = presentation
        session.commit()


def test_the_database_refuses_to_implement_what_was_abandoned(
    session: Session, presentation: ProposedAction, layer: Layer
) -> None:
    Abandonment(action=presentation, at=at(1))

    with leaves_no_trace(session), refuses("implementation.not-abandoned", layer):
        write_action(
            session, "again", kind="implemented_action", nature="implemented", proposed_id=presentation.id
        )


def test_refuses_an_action_that_would_be_part_of_itself(session: Session) -> None:
    whole = ProposedAction(name="conference")
    part = ProposedAction(name="talk", parent=whole)
    session.add(whole)

    with refuses("action.parent-cycle") as refused:
        whole.parent = part

    assert refused.value.found == "a circle: conference < talk < conference"
    session.commit()
    assert whole.parent is None


def test_the_flush_refuses_an_action_that_is_part_of_itself(session: Session) -> None:
    with leaves_no_trace(session), refuses("action.parent-cycle", Layer.FLUSH):
        whole, part = ProposedAction(name="conference"), ProposedAction(name="talk")
        session.add_all([whole, part])
        part.parent = whole
        with session.no_autoflush:
            vars(whole)["parent"] = part  # past what watches assignments
            session.flush()


def test_the_database_refuses_an_action_that_is_part_of_itself(session: Session, layer: Layer) -> None:
    key = ProposedAction(name="spare").id

    with leaves_no_trace(session), refuses("action.parent-cycle", layer):
        write_action(session, "ring", id=key, parent_id=key)


def test_the_flush_refuses_to_change_what_was_recorded(
    session: Session, presentation: ProposedAction
) -> None:
    with leaves_no_trace(session), refuses("history.append-only", Layer.FLUSH) as refused:
        presentation.name = "party"
        session.commit()

    assert refused.value.found == "another name: party"


def test_the_flush_refuses_to_delete_an_action(session: Session, presentation: ProposedAction) -> None:
    with leaves_no_trace(session), refuses("history.append-only", Layer.FLUSH):
        session.delete(presentation)
        session.commit()


def test_the_database_refuses_to_change_or_delete_an_action(
    session: Session, presentation: ProposedAction, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("history.append-only", layer):
        overwrite(session, Action, table_of(Action).c.id == presentation.id, name="party")
    with leaves_no_trace(session), refuses("history.append-only", layer):
        session.execute(delete(table_of(Action)))


def test_the_database_refuses_an_action_that_replaces_another(
    session: Session, presentation: ProposedAction, layer: Layer
) -> None:
    (row,) = session.execute(
        select(table_of(Action)).where(table_of(Action).c.id == presentation.id)
    ).mappings()
    again = insert(table_of(Action)).values(**row)

    with leaves_no_trace(session), refuses("history.append-only", layer):
        session.execute(again.prefix_with("OR REPLACE", dialect="sqlite"))


def test_an_action_is_withdrawn_once(session: Session, layer: Layer) -> None:
    action = ProposedAction(name="mistake")
    session.add(action)
    session.commit()
    action.withdraw()
    session.commit()

    with leaves_no_trace(session), refuses("history.closed-once", Layer.FLUSH):
        action.withdraw()
    with leaves_no_trace(session), refuses("history.closed-once", layer):
        overwrite(session, Action, table_of(Action).c.id == action.id, known_to=at(5))
    with leaves_no_trace(session), refuses("history.begins-believed", layer):
        write_action(session, "gone", known_to=at(5))


def test_the_flush_refuses_to_withdraw_at_another_instant(
    session: Session, presentation: ProposedAction
) -> None:
    with leaves_no_trace(session), refuses("history.closed-once", Layer.FLUSH):
        presentation.known_to = at(20)
        session.commit()


def test_the_flush_refuses_to_withdraw_what_is_planned(
    session: Session, presentation: ProposedAction
) -> None:
    plan = Plan(name="the week")
    session.add(plan)
    plan.include(presentation)
    session.commit()

    with leaves_no_trace(session), refuses("action.withdrawn-alone", Layer.FLUSH):
        presentation.withdraw()
        session.commit()


def test_the_database_refuses_to_withdraw_what_is_implemented(
    session: Session, presentation: ProposedAction, layer: Layer
) -> None:
    ImplementedAction(proposed=presentation, time=at(3))
    session.commit()

    with leaves_no_trace(session), refuses("action.withdrawn-alone", layer):
        overwrite(session, Action, table_of(Action).c.id == presentation.id, known_to=session.recorded)


def test_a_sound_database_has_no_inconsistencies(session: Session, presentation: ProposedAction) -> None:
    ImplementedAction(proposed=presentation, time=at(3))
    session.commit()

    assert list(inconsistencies(session)) == []
