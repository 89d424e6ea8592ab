"""6.1 Closing: a closed day takes no more entries, and what was known then is told again to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, text

from analysis_patterns.accounting import Account, Adjustment, Draft, Ledger, Leg, post, reverse
from analysis_patterns.accounting.choosing.balance import balance
from analysis_patterns.accounting.posting.closing import (
    PeriodClose,
    close_period,
    closes,
    first_open_day,
    settle,
)
from analysis_patterns.accounting.statement.statement import trial_balance
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.time import FixedClock

from ..databases import Databases
from ..refusals import refuses
from ..schemas import create_schema
from .books import JANUARY, MAY, Books, counted, usd
from .unchecked import post_unchecked

APRIL = date(1997, 4, 1)
MARCH_31 = date(1997, 3, 31)
SECONDS = 20


def test_a_close_says_up_to_which_day_and_when(session: Session, books: Books, clock: FixedClock) -> None:
    post(session, books.ticket(charged=JANUARY))

    close = close_period(session, books.ledger, before=APRIL)
    session.commit()

    assert (close.before, close.known_at) == (APRIL, clock.now())
    assert (books.ledger.closed_before, books.ledger.barrier) == (APRIL, clock.now())
    assert closes(session, books.ledger) == [close]
    assert str(close) == "household, closed before 1997-04-01"


def test_python_refuses_what_is_charged_on_a_closed_day(session: Session, books: Books) -> None:
    close_period(session, books.ledger, before=APRIL)

    with refuses("ledger.closed-period") as refused:
        post(session, books.ticket(charged=MARCH_31))

    assert str(refused.value) == (
        "ledger.closed-period: found an entry charged on 1997-03-31; allowed: 1997-04-01, the first open "
        "day, or later. Charge it on an open day and let it concern the closed one: Leg(..., charged=..., "
        "concerns=...)."
    )
    assert counted(session, "accounting_entry") == 0


def test_the_database_refuses_what_is_charged_on_a_closed_day(
    session: Session, books: Books, layer: Layer
) -> None:
    close_period(session, books.ledger, before=APRIL)
    session.commit()

    with refuses("ledger.closed-period", layer):
        post_unchecked(session, books.ticket(charged=MARCH_31))
    session.rollback()

    assert counted(session, "accounting_entry") == 0


def test_an_open_day_takes_entries_as_before(session: Session, books: Books, clock: FixedClock) -> None:
    close_period(session, books.ledger, before=APRIL)
    session.commit()
    clock.advance(timedelta(hours=1))

    post(session, books.ticket(charged=APRIL))
    session.commit()

    assert balance(books.airline, as_of=MAY) == usd(500)


def test_what_was_posted_under_a_key_is_found_again_after_its_day_was_closed(
    session: Session, books: Books
) -> None:
    first = post(session, books.ticket(key="ticket 1", charged=JANUARY))
    close_period(session, books.ledger, before=APRIL)

    again = post(session, books.ticket(key="ticket 1", charged=JANUARY))

    assert (again.id, again.is_new) == (first.id, False)


def test_what_lies_in_closed_books_is_taken_back_on_the_first_open_day(
    session: Session, books: Books, clock: FixedClock
) -> None:
    ticket = post(session, books.ticket(charged=JANUARY))
    close_period(session, books.ledger, before=APRIL)
    clock.advance(timedelta(days=1))

    taken_back = reverse(session, ticket, charged=first_open_day(session, books.ledger, JANUARY))

    transaction = taken_back.transaction(session)
    assert transaction.adjustment is Adjustment.REVERSAL
    assert {(each.charged, each.concerns) for each in transaction.entries} == {(APRIL, JANUARY)}


def test_the_first_open_day_is_the_day_itself_where_it_is_open(session: Session, books: Books) -> None:
    assert first_open_day(session, books.ledger, JANUARY) == JANUARY

    close_period(session, books.ledger, before=APRIL)

    assert first_open_day(session, books.ledger, MARCH_31) == APRIL
    assert first_open_day(session, books.ledger, MAY) == MAY
    assert first_open_day(session, books.ledger) == APRIL


def test_what_was_known_at_a_close_is_told_again_to_the_cent(
    session: Session, books: Books, clock: FixedClock
) -> None:
    post(session, books.ticket(charged=JANUARY))
    close = close_period(session, books.ledger, before=APRIL)
    told = trial_balance(books.ledger, as_of=MARCH_31)

    # The clock stands still: what follows is booked after the close all the same.
    post(session, Draft.transfer(usd("0.01"), source=books.card, destination=books.airline, charged=APRIL))
    clock.advance(timedelta(days=90))
    late = Leg(books.airline, usd(7), charged=APRIL, concerns=JANUARY)
    post(session, Draft(late, Leg(books.card, usd(-7), charged=APRIL, concerns=JANUARY)))
    session.commit()

    again = trial_balance(books.ledger, as_of=MARCH_31, known_at=close.known_at)
    assert (again.lines, again.totals) == (told.lines, told.totals)
    assert balance(books.airline, as_of=MAY, known_at=close.known_at) == usd(500)
    assert balance(books.airline, as_of=MAY) == usd("507.01")


def test_a_close_settles_what_a_clock_ahead_of_its_own_booked(
    session: Session, books: Books, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=1))
    ahead = post(session, books.ticket(charged=JANUARY))
    session.commit()
    clock.advance(timedelta(hours=-1))

    close = close_period(session, books.ledger, before=APRIL)
    later = post(session, books.ticket())

    assert close.known_at == ahead.booked
    assert later.booked > close.known_at
    assert balance(books.airline, as_of=MARCH_31, known_at=close.known_at) == usd(500)


@pytest.mark.parametrize("before", [APRIL, MARCH_31])
def test_a_ledger_is_closed_further_each_time(session: Session, books: Books, before: date) -> None:
    close_period(session, books.ledger, before=APRIL)

    with refuses("period-close.forward") as refused:
        close_period(session, books.ledger, before=before)

    assert str(refused.value) == (
        f"period-close.forward: found a close before {before} of household, closed before 1997-04-01; "
        "allowed: a later day than that. What lies in closed books is adjusted by entries on an open day: "
        "see first_open_day()."
    )
    assert len(closes(session, books.ledger)) == 1
    assert close_period(session, books.ledger, before=MAY).before == MAY


@pytest.mark.parametrize("before", [APRIL, MARCH_31])
def test_the_database_refuses_a_close_no_further_than_the_last(
    session: Session, books: Books, layer: Layer, before: date
) -> None:
    close = close_period(session, books.ledger, before=APRIL)
    session.commit()

    with refuses("period-close.forward", layer):
        session.add(PeriodClose(ledger=books.ledger, before=before, known_at=close.known_at))
        session.flush()


@pytest.mark.parametrize("wrong", ["before", "known_at"])
def test_the_database_refuses_a_close_that_its_ledger_does_not_know_of(
    session: Session, books: Books, layer: Layer, clock: FixedClock, wrong: str
) -> None:
    books.ledger.closed_before = APRIL
    books.ledger.barrier = clock.now()
    session.flush()
    said: dict[str, Any] = {"before": APRIL, "known_at": clock.now()}
    said[wrong] = {"before": MAY, "known_at": clock.now() - timedelta(hours=1)}[wrong]

    with refuses("period-close.as-ledger", layer):
        session.add(PeriodClose(ledger=books.ledger, **said))
        session.flush()


@pytest.mark.parametrize(
    "change",
    ["UPDATE accounting_period_close SET before = '1997-02-01'", "DELETE FROM accounting_period_close"],
)
def test_the_database_keeps_a_recorded_close(
    session: Session, books: Books, layer: Layer, change: str
) -> None:
    close_period(session, books.ledger, before=APRIL)
    session.commit()

    with refuses("period-close.recorded", layer):
        session.execute(text(change))


def test_only_a_stored_ledger_is_closed(session: Session) -> None:
    with refuses("period-close.known-ledger") as refused:
        close_period(session, Ledger(name="elsewhere"), before=APRIL)

    assert str(refused.value) == (
        "period-close.known-ledger: found elsewhere, which this database does not hold; allowed: a ledger "
        "that is stored. Add the ledger to this session first."
    )


def test_a_close_asks_for_a_day(session: Session, books: Books, clock: FixedClock) -> None:
    with refuses("period.days"):
        close_period(session, books.ledger, before=clock.now())


@pytest.fixture
def beside(postgres: Databases) -> Iterator[Engine]:
    """A PostgreSQL in which two sessions can be open at once."""
    with postgres.fresh(create_schema) as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


def opened(engine: Engine) -> UUID:
    with sessions(engine)() as session:
        return Books.kept(session).ledger.id


def ticket(session: Session, ledger: UUID) -> Draft:
    accounts = {each.name: each for each in session.scalars(select(Account).filter_by(ledger_id=ledger))}
    return Draft.transfer(usd(500), source=accounts["card"], destination=accounts["airline"], charged=JANUARY)


def in_time(work: Thread) -> None:
    work.join(SECONDS)
    assert not work.is_alive()


def test_a_close_waits_for_a_posting_under_way_and_counts_it(beside: Engine) -> None:
    ledger = opened(beside)
    closed: list[datetime] = []
    begun = Event()

    def close() -> None:
        with sessions(beside)() as session:
            begun.set()
            closed.append(close_period(session, session.get_one(Ledger, ledger), before=APRIL).known_at)
            session.commit()

    with sessions(beside)() as session:
        posting = post(session, ticket(session, ledger))
        closing = Thread(target=close)
        closing.start()
        begun.wait(SECONDS)
        closing.join(0.3)
        assert closing.is_alive()
        session.commit()
    in_time(closing)

    assert posting.booked <= closed[0]


def test_a_posting_that_comes_beside_a_close_waits_and_is_refused(beside: Engine) -> None:
    ledger = opened(beside)
    refused: list[ConstraintViolation] = []
    begun = Event()

    def come_late() -> None:
        with sessions(beside)() as session:
            draft = ticket(session, ledger)
            begun.set()
            try:
                post(session, draft)
            except ConstraintViolation as violation:
                refused.append(violation)

    with sessions(beside)() as session:
        settle(session, session.get_one(Ledger, ledger))
        posting = Thread(target=come_late)
        posting.start()
        begun.wait(SECONDS)
        posting.join(0.3)
        assert posting.is_alive()
        close_period(session, session.get_one(Ledger, ledger), before=APRIL)
        session.commit()
    in_time(posting)

    assert [each.rule.name for each in refused] == ["ledger.closed-period"]
    with sessions(beside)() as session:
        assert session.scalar(select(func.count()).select_from(text("accounting_entry"))) == 0
