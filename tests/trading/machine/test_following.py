"""10.4 An option behaves as its type's machine says: exercised by its holder, when it can be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import event, select

from analysis_patterns.patterns import AnalysisPatternsError, FixedClock, Session, explain
from analysis_patterns.trading import (
    BarrierEffect,
    BarrierOption,
    BarrierSide,
    BarrierState,
    Direction,
    ExerciseStyle,
    advance,
    barrier_states,
    begin_option,
    can_exercise,
    exercise,
    exercise_period,
    machine_for,
    option_course,
    sweep,
)

from ...refusals import refuses
from ..trades import EXPIRES, TRADED, Desk
from .conftest import Fix

JUNE = date(1997, 6, 1)
DAY = timedelta(days=1)
LAST_DAY = datetime(1997, 9, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def call(session: Session, desk: Desk, fix: Fix) -> BarrierOption:
    """The knock-in call of the book, whose barrier of 85 was hit on 1 June, on its last day."""
    made = desk.barrier()
    session.add(made)
    fix(JUNE, 84)
    sweep(session, EXPIRES)
    session.commit()
    return made


def test_the_holder_exercises_what_is_exercisable(session: Session, desk: Desk, call: BarrierOption) -> None:
    assert can_exercise(session, call, as_of=LAST_DAY)
    assert not can_exercise(session, call, as_of=LAST_DAY - HOUR)

    move = exercise(session, call, by=desk.house, at=LAST_DAY + 9 * HOUR)
    session.commit()

    assert str(move) == "exercisable -> exercised at 1997-09-02 09:00"
    assert not can_exercise(session, call, as_of=LAST_DAY + 10 * HOUR)
    course = option_course(session, call)
    assert str(explain(course)).startswith(
        "exercised since 1997-09-02 09:00 UTC  [exercise while exercisable]"
    )
    sweep(session, EXPIRES + DAY)
    assert course is not None
    assert course.state() == "exercised"


def test_the_writer_may_not_exercise(session: Session, desk: Desk, call: BarrierOption) -> None:
    with refuses("exercise.by-holder") as refused:
        exercise(session, call, by=desk.megabank, at=LAST_DAY)

    assert "Megabank" in refused.value.found
    assert not session.new


def test_nor_may_anyone_else(session: Session, desk: Desk, call: BarrierOption) -> None:
    with refuses("exercise.by-holder"):
        exercise(session, call, by=desk.client, at=LAST_DAY)


def test_a_put_is_exercised_by_the_party_that_bought_it(session: Session, desk: Desk) -> None:
    put = desk.option(option_direction=Direction.SHORT)
    session.add(put)
    sweep(session, EXPIRES)

    with refuses("exercise.by-holder"):
        exercise(session, put, by=desk.house, at=LAST_DAY)
    exercise(session, put, by=desk.megabank, at=LAST_DAY)


def test_a_knock_in_that_was_not_hit_is_not_exercised(session: Session, desk: Desk) -> None:
    call = desk.barrier()
    session.add(call)
    sweep(session, EXPIRES)

    assert not can_exercise(session, call, as_of=LAST_DAY)
    with refuses("move.allowed") as refused:
        exercise(session, call, by=desk.house, at=LAST_DAY)

    assert "'exercise' of a thing that is purchased" in refused.value.found


@pytest.mark.parametrize("at", [LAST_DAY - HOUR, LAST_DAY + DAY])
def test_nothing_is_exercised_outside_its_period(
    session: Session, desk: Desk, call: BarrierOption, at: datetime
) -> None:
    with refuses("exercise.in-period"):
        exercise(session, call, by=desk.house, at=at)


def test_what_is_not_followed_yet_is_not_exercised(session: Session, desk: Desk) -> None:
    call = desk.option()
    session.add(call)
    session.flush()

    assert not can_exercise(session, call, as_of=LAST_DAY)
    with refuses("exercise.in-period") as refused:
        exercise(session, call, by=desk.house, at=LAST_DAY)

    assert refused.value.found == "exercised at 1997-09-02 00:00, not followed yet"


def test_an_american_option_is_exercised_on_any_day(session: Session, desk: Desk) -> None:
    option = desk.option(style=ExerciseStyle.AMERICAN)
    session.add(option)
    sweep(session, TRADED)

    exercise(session, option, by=desk.house, at=datetime(1997, 5, 20, 10, tzinfo=UTC))

    assert exercise_period(option) == (datetime(1997, 5, 1, tzinfo=UTC), LAST_DAY + DAY)


def test_one_option_is_followed_up_to_what_was_swept(session: Session, desk: Desk, fix: Fix) -> None:
    fix(JUNE, 84)
    sweep(session, JUNE + DAY)
    late = desk.barrier()
    session.add(late)

    course = begin_option(session, late)
    session.commit()

    assert course.state() == "hit"
    assert sweep(session, JUNE + DAY).record.changed == 0


def test_advancing_twice_moves_nothing_more(session: Session, desk: Desk, fix: Fix) -> None:
    call = desk.barrier()
    session.add(call)
    fix(JUNE, 84)

    made = [len(advance(session, call, EXPIRES)) for _ in range(2)]

    assert made == [2, 0]


def test_a_type_without_a_machine_is_named(session: Session, desk: Desk) -> None:
    machine_for(session, desk.option()).contract_type = None
    session.flush()

    with pytest.raises(AnalysisPatternsError, match="no machine says how a contract of the type 'option'"):
        machine_for(session, desk.option())


@pytest.mark.parametrize("kind", list(product(BarrierSide, BarrierEffect, Direction)))
def test_each_of_the_eight_kinds_is_moved_by_its_barrier(
    session: Session, desk: Desk, fix: Fix, kind: tuple[BarrierSide, BarrierEffect, Direction]
) -> None:
    side, effect, direction = kind
    barrier = 99 if side is BarrierSide.UP else 85
    option = desk.barrier(side=side, effect=effect, option_direction=direction, barrier=barrier)
    session.add(option)
    fix(JUNE, 95)
    fix(JUNE + DAY, barrier)
    sweep(session, EXPIRES)

    lives = can_exercise(session, option, as_of=LAST_DAY)

    assert lives is (effect is BarrierEffect.IN)
    assert option.barrier_kind in {
        f"{side.value}-and-{effect.value} call", f"{side.value}-and-{effect.value} put"
    }  # fmt: skip
    expected = BarrierState.KNOCKED_IN if effect is BarrierEffect.IN else BarrierState.KNOCKED_OUT
    assert barrier_states(session, [option.id], as_of=LAST_DAY) == {option.id: expected}


def test_barriers_are_told_as_of_a_day_and_as_known_at_another(
    session: Session, desk: Desk, fix: Fix, clock: FixedClock
) -> None:
    comes, goes, plain = desk.barrier(), desk.barrier(effect=BarrierEffect.OUT), desk.option()
    session.add_all([comes, goes, plain])
    fix(JUNE, 90)
    wrong = fix(JUNE + DAY, 84)
    sweep(session, JUNE + DAY)
    session.commit()
    before, then = datetime(1997, 6, 2, 11, tzinfo=UTC), datetime(1997, 6, 2, 12, tzinfo=UTC)
    known = clock.now()
    clock.advance(DAY)
    wrong.corrected(price=86)
    sweep(session, JUNE + DAY)
    session.commit()

    keys = [comes.id, goes.id, plain.id]
    asked = [(before, known), (then, known), (then, None)]
    found = [barrier_states(session, keys, as_of=at, known_at=known_at) for at, known_at in asked]

    neither = {comes.id: BarrierState.NOT_HIT, goes.id: BarrierState.NOT_HIT}
    hit = {comes.id: BarrierState.KNOCKED_IN, goes.id: BarrierState.KNOCKED_OUT}
    assert found == [neither, hit, neither]
    assert barrier_states(session, select(BarrierOption.id), as_of=then, known_at=known) == hit


def test_many_barriers_are_asked_for_in_few_statements(
    session: Session, call: BarrierOption, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis_patterns.trading.machine.barrier_state._AT_ONCE", 2)
    keys = [call.id] * 5
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *said: asked.append(said[2]))

    found = barrier_states(session, keys)

    assert list(found) == keys[:1]
    assert sum("FROM trading_barrier_option" in each for each in asked) == 3
