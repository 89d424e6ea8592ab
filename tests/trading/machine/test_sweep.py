"""10.4 The daily sweep: what a day brings to all options at once, and what a corrected fixing takes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from analysis_patterns.patterns import Base, FixedClock, Session, create_engine, sessions
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.life_cycle import Move
from analysis_patterns.trading import (
    BarrierEffect,
    BarrierOption,
    BarrierSide,
    Cancellation,
    Direction,
    ExerciseStyle,
    Fixing,
    Option,
    Sweep,
    SweptFixing,
    add_option_machines,
    advance,
    exercise,
    option_course,
    sweep,
    swept_through,
)

from ...covered import Covered
from ...refusals import refuses
from ..trades import EXPIRES, TRADED, Desk
from .conftest import Fix

DAY = timedelta(days=1)
JUNE = date(1997, 6, 1)


def moves(session: Session, option: Option) -> list[str]:
    course = option_course(session, option)
    return [] if course is None else [f"{move.at:%m-%d %H} {move.target}" for move in course.believed()]


def count(session: Session, entity: type[Any]) -> int:
    return session.scalars(select(func.count()).select_from(entity)).one()


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
    last = sweep(session, EXPIRES + DAY).record
    session.commit()

    assert str(first) == "1997-06-03: 1 begun, 0 exercisable, 1 hit, 0 expired, 0 withdrawn"
    assert (last.exercisable, last.expired) == (0, 1)
    assert moves(session, call) == [
        "05-01 00 purchased", "06-03 12 hit", "09-02 00 exercisable", "09-03 00 expired"
    ]  # fmt: skip


def test_a_barrier_that_is_never_hit_leaves_a_knock_in_unborn(session: Session, desk: Desk, fix: Fix) -> None:
    call = desk.barrier()
    session.add(call)
    fix(date(1997, 6, 2), "85.0001")

    sweep(session, EXPIRES)
    sweep(session, EXPIRES + DAY)

    assert moves(session, call) == ["05-01 00 purchased", "09-03 00 expired"]


def test_a_price_that_just_reaches_the_barrier_hits_it(session: Session, desk: Desk, fix: Fix) -> None:
    down, up = desk.barrier(), desk.barrier(side=BarrierSide.UP, barrier=99)
    session.add_all([down, up])
    fix(JUNE, "85.00")
    fix(JUNE + DAY, "99.0")

    sweep(session, JUNE + DAY)

    assert [moves(session, each)[-1] for each in (down, up)] == ["06-01 12 hit", "06-02 12 hit"]


def test_a_barrier_hit_on_the_last_day_makes_a_knock_in_exercisable_at_once(
    session: Session, desk: Desk, fix: Fix
) -> None:
    comes, goes = desk.barrier(), desk.barrier(effect=BarrierEffect.OUT)
    session.add_all([comes, goes])
    fix(EXPIRES, 80)

    swept = sweep(session, EXPIRES).record

    assert (swept.exercisable, swept.hit) == (1, 2)
    assert moves(session, comes) == ["05-01 00 purchased", "09-02 12 exercisable"]
    assert moves(session, goes) == ["05-01 00 purchased", "09-02 00 exercisable", "09-02 12 knocked out"]


def test_an_american_option_is_exercisable_from_its_trade_on(session: Session, desk: Desk, fix: Fix) -> None:
    plain = desk.option(style=ExerciseStyle.AMERICAN)
    knocked = desk.barrier(style=ExerciseStyle.AMERICAN)
    session.add_all([plain, knocked])
    fix(JUNE, 80)

    sweep(session, JUNE)

    assert moves(session, plain) == ["05-01 00 purchased", "05-01 00 exercisable"]
    assert moves(session, knocked) == ["05-01 00 purchased", "06-01 12 exercisable"]


def test_fixings_before_the_trade_and_after_the_expiration_hit_nothing(
    session: Session, desk: Desk, fix: Fix
) -> None:
    call = desk.barrier()
    session.add(call)
    fix(TRADED - DAY, 80)
    fix(EXPIRES + DAY, 80)

    sweep(session, EXPIRES + 2 * DAY)

    assert moves(session, call) == ["05-01 00 purchased", "09-03 00 expired"]


def test_the_day_of_the_trade_counts(session: Session, desk: Desk, fix: Fix) -> None:
    call = desk.barrier()
    session.add(call)
    fix(TRADED, 80)

    sweep(session, TRADED)

    assert moves(session, call) == ["05-01 00 purchased", "05-01 12 hit"]


def test_fixings_of_another_instrument_are_no_matter(session: Session, desk: Desk, fix: Fix) -> None:
    shares = desk.barrier(instrument=desk.acm, price=30, barrier=25, reference=31)
    session.add(shares)
    fix(JUNE, 20)

    sweep(session, JUNE)

    assert moves(session, shares) == ["05-01 00 purchased"]


def test_what_was_swept_is_swept_once(session: Session, desk: Desk, fix: Fix) -> None:
    session.add_all([desk.barrier(), desk.option()])
    fix(JUNE, 84)
    for day in (JUNE, EXPIRES):
        sweep(session, day)
    session.commit()
    before = count(session, Move), count(session, Sweep), count(session, SweptFixing)

    again = [sweep(session, day).record for day in (EXPIRES, JUNE, EXPIRES)]
    session.commit()

    assert [each.changed for each in again] == [0, 0, 0]
    assert (count(session, Move), count(session, Sweep), count(session, SweptFixing)) == before
    assert swept_through(session) == EXPIRES


def test_a_contract_that_is_recorded_late_is_brought_up_to_date(
    session: Session, desk: Desk, fix: Fix
) -> None:
    fix(JUNE, 84)
    sweep(session, JUNE + DAY)
    late = desk.barrier()
    session.add(late)

    sweep(session, JUNE + 2 * DAY)

    assert moves(session, late) == ["05-01 00 purchased", "06-01 12 hit"]


def test_what_is_traded_later_is_not_followed_yet(session: Session, desk: Desk) -> None:
    session.add_all([desk.barrier(), desk.barrier(traded=JUNE + DAY)])

    swept = [sweep(session, day).record for day in (JUNE, JUNE + DAY, JUNE + 2 * DAY)]

    assert [each.begun for each in swept] == [1, 1, 0]
    assert [each.options for each in swept] == [None, 2, 2]


def test_an_option_that_comes_after_all_were_followed_is_followed_too(session: Session, desk: Desk) -> None:
    gone = desk.barrier()
    session.add_all([desk.barrier(), gone, Cancellation(contract=gone, by=desk.house, why="twice")])

    swept = [sweep(session, JUNE).record]
    session.add(desk.option())
    swept += [sweep(session, JUNE).record, sweep(session, JUNE + DAY).record]

    assert [(each.begun, each.options) for each in swept] == [(1, 2), (1, 3), (0, 3)]


def test_what_is_cancelled_stays_where_it_was(session: Session, desk: Desk, fix: Fix) -> None:
    before, after = desk.barrier(), desk.barrier()
    session.add_all([before, after, Cancellation(contract=before, by=desk.house, why="twice")])
    sweep(session, JUNE)
    session.add(Cancellation(contract=after, by=desk.house, why="twice"))
    fix(JUNE + DAY, 80)

    sweep(session, EXPIRES + DAY)

    assert (moves(session, before), moves(session, after)) == ([], ["05-01 00 purchased"])


def test_a_corrected_fixing_takes_back_what_followed_from_it(
    session: Session, desk: Desk, fix: Fix, clock: FixedClock
) -> None:
    comes, goes = desk.barrier(), desk.barrier(effect=BarrierEffect.OUT)
    session.add_all([comes, goes])
    wrong = fix(JUNE, 84)
    fix(JUNE + DAY, 90)
    sweep(session, EXPIRES)
    session.commit()
    known_then = clock.now()
    clock.advance(DAY)

    wrong.corrected(price=86)
    swept = sweep(session, EXPIRES).record
    session.commit()

    assert (swept.withdrawn, swept.exercisable) == (3, 1)
    assert moves(session, comes) == ["05-01 00 purchased"]
    assert moves(session, goes) == ["05-01 00 purchased", "09-02 00 exercisable"]
    course = option_course(session, comes)
    assert course is not None
    assert course.state(known_at=known_then) == "exercisable"
    assert sweep(session, EXPIRES).record.changed == 0


def test_a_withdrawn_fixing_hits_nothing(session: Session, desk: Desk, fix: Fix) -> None:
    call = desk.barrier()
    session.add(call)
    wrong = fix(JUNE, 84)
    sweep(session, JUNE)
    session.commit()

    wrong.withdraw()
    swept = sweep(session, JUNE).record

    assert swept.withdrawn == 1
    assert moves(session, call) == ["05-01 00 purchased"]


def test_what_was_withdrawn_by_hand_is_found_again_from_the_old_fixings(
    session: Session, desk: Desk, fix: Fix, clock: FixedClock
) -> None:
    hit, over, late = desk.barrier(), desk.option(), desk.barrier()
    session.add_all([hit, over, late])
    fix(JUNE, 84)
    sweep(session, EXPIRES + 9 * DAY)
    session.commit()
    told = [moves(session, each) for each in (hit, over, late)]
    clock.advance(DAY)
    for option, kept in ((hit, 1), (over, 2), (late, 0)):
        course = option_course(session, option)
        assert course is not None
        for move in reversed(course.believed()[kept:]):
            move.withdraw()
    session.commit()
    clock.advance(DAY)

    swept = sweep(session, EXPIRES + 9 * DAY).record
    session.commit()

    assert [moves(session, each) for each in (hit, over, late)] == told
    assert (swept.begun, swept.hit, swept.exercisable, swept.expired) == (1, 2, 2, 3)
    clock.advance(DAY)
    assert sweep(session, EXPIRES + 9 * DAY).record.changed == 0


def test_a_correction_that_hits_after_all_comes_before_what_happened_later(
    session: Session, desk: Desk, fix: Fix
) -> None:
    goes = desk.barrier(effect=BarrierEffect.OUT)
    session.add(goes)
    wrong = fix(JUNE, 86)
    sweep(session, EXPIRES + DAY)
    session.commit()

    wrong.corrected(price=84)
    swept = sweep(session, EXPIRES + DAY).record

    assert (swept.withdrawn, swept.hit, swept.expired) == (2, 1, 1)
    assert moves(session, goes) == ["05-01 00 purchased", "06-01 12 knocked out", "09-03 00 expired"]


def test_an_exercise_that_holds_still_is_recorded_again(session: Session, desk: Desk, fix: Fix) -> None:
    call = desk.barrier()
    session.add(call)
    wrong = fix(JUNE, 84)
    fix(JUNE + DAY, 83)
    sweep(session, EXPIRES)
    exercise(session, call, by=desk.house, at=_at(EXPIRES, 15))
    session.commit()

    wrong.corrected(price=86)
    swept = sweep(session, EXPIRES + DAY)

    assert swept.undone == ()
    assert moves(session, call)[1:] == ["06-02 12 hit", "09-02 00 exercisable", "09-02 15 exercised"]


def test_an_exercise_that_never_could_have_been_is_told(session: Session, desk: Desk, fix: Fix) -> None:
    call = desk.barrier()
    session.add(call)
    wrong = fix(JUNE, 84)
    sweep(session, EXPIRES)
    exercise(session, call, by=desk.house, at=_at(EXPIRES, 15))
    session.commit()

    wrong.corrected(price=86)
    swept = sweep(session, EXPIRES + DAY)

    assert swept.undone == (call.id,)
    assert moves(session, call) == ["05-01 00 purchased", "09-03 00 expired"]


def test_what_was_exercised_before_the_fixing_stays_exercised(session: Session, desk: Desk, fix: Fix) -> None:
    goes = desk.barrier(effect=BarrierEffect.OUT)
    session.add(goes)
    sweep(session, EXPIRES)
    exercise(session, goes, by=desk.house, at=_at(EXPIRES, 10))
    fix(EXPIRES, 80)

    swept = sweep(session, EXPIRES + DAY)

    assert (swept.undone, swept.record.changed) == ((), 0)
    assert moves(session, goes)[-1] == "09-02 10 exercised"


@pytest.mark.parametrize("hour", [12, 15])
def test_an_exercise_once_the_fixing_counts_is_undone(
    session: Session, desk: Desk, fix: Fix, hour: int
) -> None:
    goes = desk.barrier(effect=BarrierEffect.OUT)
    session.add(goes)
    sweep(session, EXPIRES)
    exercise(session, goes, by=desk.house, at=_at(EXPIRES, hour))
    fix(EXPIRES, 80)

    swept = sweep(session, EXPIRES)

    assert swept.undone == (goes.id,)
    assert moves(session, goes)[-1] == "09-02 12 knocked out"


def test_the_record_of_a_sweep_stays(session: Session, desk: Desk, fix: Fix, layer: Layer) -> None:
    session.add(desk.barrier())
    fix(JUNE, 84)
    record = sweep(session, JUNE).record
    session.commit()

    record.hit = 7
    with refuses("sweep.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    for statement in (update(Sweep).values(hit=7), delete(SweptFixing)):
        with refuses("sweep.append-only", layer):
            session.execute(statement)
        session.rollback()


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, tzinfo=UTC))


@dataclass(frozen=True)
class Story:
    """What is traded, how it is fixed day by day, what is corrected when, and on which days one sweeps."""

    options: list[dict[str, Any]]
    prices: list[int | None]
    corrections: dict[int, tuple[int, int]]
    swept: set[int]


LENGTH = 8


@st.composite
def _options(draw: st.DrawFn) -> dict[str, Any]:
    side = draw(st.sampled_from(BarrierSide))
    first = draw(st.integers(0, 3))
    return {
        "side": side,
        "effect": draw(st.sampled_from(BarrierEffect)),
        "direction": draw(st.sampled_from(Direction)),
        "style": draw(st.sampled_from(ExerciseStyle)),
        "reference": 90,
        "barrier": 90 + draw(st.integers(1, 4)) * (1 if side is BarrierSide.UP else -1),
        "traded": TRADED + first * DAY,
        "expiration": TRADED + (first + draw(st.integers(0, 5))) * DAY,
    }


STORIES = st.builds(
    Story,
    st.lists(_options(), min_size=3, max_size=6),
    st.lists(st.sampled_from((None, 86, 88, 89, 90, 91, 92, 94)), min_size=LENGTH, max_size=LENGTH),
    st.dictionaries(
        st.integers(3, LENGTH),
        st.tuples(st.integers(0, 3), st.sampled_from((86, 90, 94))),
        min_size=1,
        max_size=4,
    ),
    st.sets(st.integers(0, LENGTH - 1), min_size=4),
)


def _told(session: Session, story: Story) -> tuple[list[list[str]], int]:
    """Let it happen day by day, swept now and then; give the moves, and how many were taken back."""
    desk, options = _traded(session, story)
    fixings: dict[int, Fixing] = {}
    withdrawn = 0
    for day, price in enumerate([*story.prices, None]):
        if price is not None:
            fixings[day] = Fixing(
                instrument=desk.yen, day=TRADED + day * DAY, price=price, source=desk.megabank
            )
            session.add(fixings[day])
        about, corrected = story.corrections.get(day, (-1, 0))
        if about in fixings:
            fixings[about] = fixings[about].corrected(price=corrected)
            session.flush()
        if day in story.swept or day == LENGTH:
            withdrawn += sweep(session, TRADED + day * DAY).record.withdrawn
    return [moves(session, each) for each in options], withdrawn


def _one_by_one(session: Session, story: Story) -> list[list[str]]:
    """The same, known from the beginning, each option for itself."""
    desk, options = _traded(session, story)
    prices = dict(enumerate(story.prices))
    for about, corrected in (story.corrections[day] for day in sorted(story.corrections)):
        prices[about] = None if prices[about] is None else corrected
    for day, price in prices.items():
        if price is not None:
            made = Fixing(instrument=desk.yen, day=TRADED + day * DAY, price=price, source=desk.megabank)
            session.add(made)
    session.flush()
    for each in options:
        advance(session, each, TRADED + LENGTH * DAY)
    return [moves(session, each) for each in options]


def _traded(session: Session, story: Story) -> tuple[Desk, list[BarrierOption]]:
    desk = Desk()
    options = [desk.barrier(**each) for each in story.options]
    session.add_all([*desk.all, *options])
    add_option_machines(session)
    session.flush()
    return desk, options


@pytest.fixture(scope="module")
def memory() -> Iterator[Any]:
    """An engine whose tables are made once for all stories."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def _compared(engine: Any, story: Story, covered: Covered) -> None:
    told = []
    for tell in (_told, lambda session, story: (_one_by_one(session, story), 0)):
        with sessions(engine)() as session:
            told.append(tell(session, story))
            session.rollback()
    (swept, withdrawn), (advanced, _) = told

    assert swept == advanced
    ends = {line[6:] for lines in swept for line in lines}
    last_day = any("12 exercisable" in line for lines in swept for line in lines)
    covered.case(
        hit="12 hit" in ends, out="12 knocked out" in ends, last_day=last_day, expired="00 expired" in ends,
        withdrawn=withdrawn > 0, untouched=not ends & {"12 hit", "12 knocked out"},
    )  # fmt: skip


def test_a_sweep_does_what_is_done_one_by_one(memory: Any) -> None:
    covered = Covered()

    @settings(max_examples=60, deadline=None)
    @given(story=STORIES)
    def compared(story: Story) -> None:
        _compared(memory, story, covered)

    compared()
    covered.enough()


def test_a_sweep_does_so_in_postgresql(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    Base.metadata.create_all(engine)
    covered = Covered()

    @settings(max_examples=8, deadline=None)
    @given(story=STORIES)
    def compared(story: Story) -> None:
        _compared(engine, story, covered)

    compared()
    engine.dispose()
    assert covered.kinds["hit"] + covered.kinds["out"] > 0
