"""The knock-in call of the book, and the eight kinds of barrier option, moved by fixings (10.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from ..patterns.accountability import Organization
from ..patterns.life_cycle import Step
from ..patterns.persistence.session import Session
from ..site.case import Table
from ..trading import (
    BarrierEffect,
    BarrierOption,
    BarrierSide,
    Breach,
    Direction,
    ExchangeRate,
    Fixing,
    Machine,
    Market,
    SubtypeMachine,
    add_option_machines,
    breaches,
    can_exercise,
    exercise,
    machine_picture,
    option_course,
    sweep,
)
from .case import Check, WorkedCase, check
from .session import refusal

TEXT = """\
A call on 10 million dollars at 90 yen, with a knock-in barrier of 85: while the yen has never been at 85 or
below, the option does not exist; once it has been, it is in, and stays so. Hit on its last day, it can be
exercised at once. A knock-out is the opposite.

As the book first draws them, a knock-in is no option: where the day of expiration begins, an option becomes
exercisable, and a knock-in that was not hit does nothing. The check finds that, with the shortest run of
events that shows it. In the version that conforms, an option promises only that it is active until it is
exercised or expires, and may be exercised where `canExercise` holds.

Each of the eight kinds is moved by the same fixings: the yen at 95, at 84 on 2 June, at 100 on 1 July. One
sweep brings all of them up to a day; when the fixing of 2 June turns out to have been 86, what followed from
it is taken back, and what was believed before can still be asked for."""

_HOUSE, _CLIENT = "Yen desk", "Kobe Bank"
_TRADED, _EXPIRES = date(1997, 5, 1), date(1997, 9, 2)
_LAST_DAY = datetime(1997, 9, 2, 9, tzinfo=UTC)
_FIXED = ((date(1997, 5, 2), 95), (date(1997, 6, 2), 84), (date(1997, 7, 1), 100))
_BARRIERS = {BarrierSide.UP: 99, BarrierSide.DOWN: 85}


def run(session: Session) -> WorkedCase:
    """Trade and fix where the database does not hold it, and ask what became of each option."""
    add_option_machines(session)
    if session.scalars(select(Organization).where(Organization.name == _HOUSE)).one_or_none() is None:
        _build(session)
        session.commit()
    options = _options(session)
    asked = select(SubtypeMachine).where(SubtypeMachine.contract_type == "barrier option in")
    machine = session.scalars(asked).one()
    (call,) = (each for each in options if each.barrier_kind == "down-and-in call")
    course = option_course(session, call)
    state = None if course is None else course.state(_LAST_DAY)
    return WorkedCase(
        title="A knock-in call, and the eight kinds of barrier option",
        text=TEXT,
        patterns=("10.2", "10.4"),
        checks=(*_states(session, options), *_naive(), *_refused(session, call), *_corrected(session, call)),
        tables=(_table(session, options),),
        pictures=(machine_picture(machine, on=_TRADED, state=state),),
    )


def _build(session: Session) -> None:
    house, client = Organization(name=_HOUSE), Organization(name=_CLIENT)
    market = Market(name="Tokyo and New York", calendars=["JP", "US"])
    yen = ExchangeRate(base="USD", quoted="JPY", market=market, name="USD/JPY fixed daily")
    session.add_all([house, client, yen])
    for effect in BarrierEffect:
        for side, barrier in _BARRIERS.items():
            for direction in Direction:
                is_long = direction is Direction.LONG
                option = BarrierOption(
                    instrument=yen, long=house if is_long else client, short=client if is_long else house,
                    direction=direction, amount=10_000_000, price=90, traded=_TRADED,
                    expiration=_EXPIRES, option_direction=Direction.LONG, side=side, effect=effect,
                    barrier=barrier, reference=95,
                )  # fmt: skip
                session.add(option)
    for day, price in _FIXED:
        session.add(Fixing(instrument=yen, day=day, price=price, source=client))
        session.flush()
    sweep(session, _EXPIRES)


def _options(session: Session) -> list[BarrierOption]:
    asked = (
        select(BarrierOption).join(BarrierOption.instrument).where(ExchangeRate.name == "USD/JPY fixed daily")
    )
    return sorted(session.scalars(asked), key=lambda option: option.barrier_kind)


def _states(session: Session, options: list[BarrierOption]) -> Iterator[Check]:
    for option in options:
        hit = "2 June" if option.side is BarrierSide.DOWN else "1 July"
        lives, article = option.effect is BarrierEffect.IN, "An" if option.side is BarrierSide.UP else "A"
        yield check(
            f"{article} {option.barrier_kind}, hit on {hit}, can be exercised on its last day",
            expected=lives,
            found=can_exercise(session, option, as_of=_LAST_DAY),
        )


def _naive() -> Iterator[Check]:
    option = Machine(
        "option",
        "purchased",
        (
            Step("expiration date begins", "purchased", "exercisable"),
            Step("expiration date ends", "exercisable", "expired"),
        ),
    )
    knock_in = Machine(
        "knock-in",
        "purchased",
        (
            Step("barrier hit", "purchased", "hit"),
            Step("expiration date begins", "hit", "exercisable"),
            Step("expiration date ends", "exercisable", "expired"),
        ),
    )
    refines = {
        "purchased": "purchased",
        "hit": "purchased",
        "exercisable": "exercisable",
        "expired": "expired",
    }
    found: list[Breach] = breaches(knock_in, option, refines)
    yield check(
        "What the book's first knock-in does not keep",
        expected="'expiration date begins' in 'purchased': promised a case of 'exercisable', found nothing, "
        "after expiration date begins",
        found="; ".join(map(str, found)),
    )


def _refused(session: Session, call: BarrierOption) -> Iterator[Check]:
    yield check(
        "The writer exercising it",
        expected="exercise.by-holder",
        found=refusal(session, lambda: exercise(session, call, by=call.writer, at=_LAST_DAY)),
    )
    yield check(
        "The holder exercising it a day early",
        expected="exercise.in-period",
        found=refusal(
            session, lambda: exercise(session, call, by=call.holder, at=_LAST_DAY - timedelta(days=1))
        ),
    )


def _corrected(session: Session, call: BarrierOption) -> Iterator[Check]:
    """What a corrected fixing would alter; it is looked at and rolled back."""
    with session.begin_nested() as savepoint:
        asked = select(Fixing).where(
            Fixing.instrument_id == call.instrument_id, Fixing.day == date(1997, 6, 2)
        )
        session.scalars(asked).one().corrected(price=86)
        swept = sweep(session, _EXPIRES).record
        found = can_exercise(session, call, as_of=_LAST_DAY)
        taken_back = "moves taken back" if swept.withdrawn else "nothing taken back"
        told = f"{taken_back}, exercisable: {found}"
        savepoint.rollback()
    session.expire_all()
    yield check("Fixed at 86 instead on 2 June", expected="moves taken back, exercisable: False", found=told)


def _table(session: Session, options: list[BarrierOption]) -> Table:
    rows = []
    for option in options:
        course = option_course(session, option)
        moves = [] if course is None else course.believed()
        told = ", ".join(f"{move.target} {move.at:%d %b}" for move in moves[1:])
        rows.append((option.barrier_kind, f"{option.barrier}", told))
    return Table("What the fixings of a summer did to each kind", ("kind", "barrier", "moves"), tuple(rows))
