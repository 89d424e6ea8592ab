"""3.8, 6.1: what is known now includes what was just posted, whatever the clock says."""

from __future__ import annotations

from datetime import timedelta

from analysis_patterns.accounting import account_statement, checkpoint, post, trial_balance
from analysis_patterns.patterns import Period
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock

from .books import MAY, Books, usd


def test_what_is_posted_after_a_barrier_is_known_at_once_though_the_clock_stands_still(
    session: Session, books: Books
) -> None:
    post(session, books.ticket())
    checkpoint(session, books.ledger)
    session.commit()
    post(session, books.ticket())
    session.commit()

    assert books.airline.balance() == usd(1000)
    assert len(books.airline.entries()) == 2
    assert len(account_statement(books.airline, Period(MAY)).movements) == 2


def test_what_is_posted_by_a_clock_that_runs_behind_is_known_at_once(
    session: Session, books: Books, clock: FixedClock
) -> None:
    post(session, books.ticket())
    checkpoint(session, books.ledger)
    session.commit()
    clock.set(clock.now() - timedelta(minutes=5))
    post(session, books.ticket())
    session.commit()

    lines = {line.account: line.amount for line in trial_balance(books.ledger).lines}
    assert lines[books.airline] == usd(1000)


def test_what_is_asked_as_known_at_an_instant_is_told_as_known_then(
    session: Session, books: Books, clock: FixedClock
) -> None:
    post(session, books.ticket())
    barrier = checkpoint(session, books.ledger)
    session.commit()
    post(session, books.ticket())
    session.commit()

    assert books.airline.balance(known_at=barrier) == usd(500)
