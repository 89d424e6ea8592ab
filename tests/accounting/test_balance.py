"""6.1 Account: what stands in it on a day, as known at an instant, and what went in and out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from analysis_patterns.accounting import (
    Adjustment,
    Asset,
    Draft,
    Entry,
    Ledger,
    Leg,
    Transaction,
    Turnover,
    post,
    reverse,
)
from analysis_patterns.accounting.account.ledger import LARGEST
from analysis_patterns.accounting.choosing.balance import entries_of
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import ALWAYS, FOREVER, FixedClock, Period
from analysis_patterns.patterns.values import Money, Quantity

from ..refusals import refuses
from .books import JANUARY, MAY, Books, usd

YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))


def paid(session: Session, books: Books, amount: str | int, charged: date = MAY) -> Transaction:
    """A payment from the fees into the checking account."""
    draft = Draft.transfer(usd(amount), source=books.fees, destination=books.checking, charged=charged)
    return post(session, draft).transaction(session)


def struck(session: Session, replaced: Transaction) -> Transaction:
    """What takes a transaction out of the current view, on the days it was charged."""
    legs = (
        Leg(each.account, -each.amount, charged=each.charged, concerns=each.concerns)
        for each in replaced.entries
    )
    draft = Draft(*legs, reverses=replaced.id, adjustment=Adjustment.REPLACEMENT)
    return post(session, draft).transaction(session)


def test_an_account_without_entries_stands_at_zero_in_its_unit(session: Session, books: Books) -> None:
    assert books.checking.balance() == usd(0)
    assert books.coffee.balance() == Quantity(0, "t")
    assert books.checking.entries() == []


def test_paying_the_card_for_the_air_ticket_brings_it_back_to_zero(session: Session, books: Books) -> None:
    post(session, books.ticket())
    assert books.card.balance() == usd(-500)

    post(session, Draft.transfer(usd(500), source=books.checking, destination=books.card, charged=MAY))

    assert books.card.balance() == usd(0)
    assert books.airline.balance() == usd(500)
    assert books.checking.balance() == usd(-500)


def test_two_entries_of_equal_amount_both_count(session: Session, books: Books) -> None:
    paid(session, books, 100)
    paid(session, books, 100)

    assert books.checking.balance() == usd(200)
    assert books.checking.deposits(YEAR) == usd(200)


def test_two_legs_of_one_transaction_in_one_account_both_count(session: Session, books: Books) -> None:
    legs = [Leg(books.store, Quantity(amount, "t"), charged=MAY) for amount in (2, 3)]

    post(session, Draft(Leg(books.coffee, Quantity(-5, "t"), charged=MAY), *legs))

    assert books.store.balance() == Quantity(5, "t")
    assert len(books.store.entries()) == 2


def test_a_day_counts_at_its_end(session: Session, books: Books) -> None:
    paid(session, books, 100, charged=MAY)

    assert books.checking.balance(as_of=MAY - timedelta(days=1)) == usd(0)
    assert books.checking.balance(as_of=MAY) == usd(100)
    assert books.checking.balance(as_of=FOREVER) == usd(100)


def test_what_is_charged_tomorrow_does_not_stand_there_today(
    session: Session, books: Books, clock: FixedClock
) -> None:
    paid(session, books, 100, charged=MAY + timedelta(days=1))

    assert books.checking.balance() == usd(0)
    assert books.checking.entries() == []
    session.commit()
    clock.advance(timedelta(days=1))
    assert books.checking.balance() == usd(100)


def test_what_was_booked_later_was_not_known_before(
    session: Session, books: Books, clock: FixedClock
) -> None:
    paid(session, books, 100, charged=JANUARY)
    session.commit()
    reported = clock.now()
    clock.advance(timedelta(days=30))
    paid(session, books, 40, charged=JANUARY)
    session.commit()

    assert books.checking.balance(JANUARY, reported) == usd(100)
    assert books.checking.balance(JANUARY) == usd(140)
    assert books.checking.balance(JANUARY, reported - timedelta(microseconds=1)) == usd(0)
    assert len(books.checking.entries(known_at=reported)) == 1
    assert books.checking.deposits(YEAR, known_at=reported) == usd(100)


def test_what_this_transaction_booked_is_known_to_it(session: Session, books: Books) -> None:
    paid(session, books, 100)

    assert books.checking.balance() == usd(100)


def test_deposits_and_withdrawals_are_told_apart_over_a_period(session: Session, books: Books) -> None:
    for amount in (100, 250, -30):
        paid(session, books, amount)

    assert books.checking.deposits(YEAR) == usd(350)
    assert books.checking.withdrawals(YEAR) == usd(-30)
    assert books.checking.balance_during(YEAR) == usd(320)


@pytest.mark.parametrize(
    ("charged", "counts"),
    [
        (date(1997, 4, 30), False),
        (date(1997, 5, 1), True),
        (date(1997, 5, 31), True),
        (date(1997, 6, 1), False),
    ],
)
def test_a_period_holds_its_first_day_and_not_its_end(
    session: Session, books: Books, charged: date, counts: bool
) -> None:
    may = Period(date(1997, 5, 1), date(1997, 6, 1))

    paid(session, books, 100, charged=charged)

    expected = usd(100 if counts else 0)
    assert books.checking.deposits(may) == expected
    assert books.checking.balance_during(may) == expected
    assert books.fees.withdrawals(may) == -expected
    assert len(books.checking.entries(period=may)) == counts


def test_a_period_without_bounds_holds_every_entry(session: Session, books: Books) -> None:
    paid(session, books, 100, charged=date.min)
    paid(session, books, 1, charged=date(9999, 12, 30))

    assert books.checking.deposits(ALWAYS) == usd(101)
    assert books.checking.balance_during(ALWAYS) == usd(101)
    assert books.checking.balance(as_of=date.min) == usd(100)


def test_turnover_leads_from_the_opening_to_the_closing_balance(session: Session, books: Books) -> None:
    paid(session, books, 1000, charged=date(1996, 12, 31))
    paid(session, books, 100)
    paid(session, books, -30)

    turnover = books.checking.turnover(YEAR)

    assert turnover == Turnover(opening=usd(1000), deposits=usd(100), withdrawals=usd(-30))
    assert turnover.change == usd(70)
    assert turnover.closing == usd(1070) == books.checking.balance()


def test_turnover_from_the_beginning_opens_at_zero(session: Session, books: Books) -> None:
    paid(session, books, 100)

    assert books.checking.turnover(ALWAYS).opening == usd(0)


def test_entries_come_in_the_order_they_were_charged(session: Session, books: Books) -> None:
    for amount, charged in ((1, MAY), (2, JANUARY), (3, MAY)):
        paid(session, books, amount, charged)

    assert [entry.amount for entry in books.checking.entries()] == [usd(2), usd(1), usd(3)]
    assert [entry.amount for entry in books.checking.entries(as_of=JANUARY)] == [usd(2)]


def test_entries_of_a_period_may_be_cut_off_on_a_day_as_well(session: Session, books: Books) -> None:
    paid(session, books, 1, charged=JANUARY)
    paid(session, books, 2, charged=MAY)

    assert len(books.checking.entries(period=YEAR, as_of=JANUARY)) == 1


def test_a_replaced_transaction_and_its_strike_leave_the_current_view(
    session: Session, books: Books, clock: FixedClock
) -> None:
    replaced = paid(session, books, 100)
    session.commit()
    reported = clock.now()
    clock.advance(timedelta(days=1))

    struck(session, replaced)
    paid(session, books, 120)

    assert [entry.amount for entry in books.checking.entries()] == [usd(120)]
    assert books.checking.deposits(YEAR) == usd(120)
    assert books.checking.withdrawals(YEAR) == usd(0)
    assert books.checking.balance() == usd(120)
    # What was reported then is shown again as it was then, and nothing is gone.
    assert [entry.amount for entry in books.checking.entries(known_at=reported)] == [usd(100)]
    assert [entry.amount for entry in books.checking.entries(struck=True)] == [usd(100), usd(-100), usd(120)]


def test_a_reversal_stays_in_view(session: Session, books: Books) -> None:
    reverse(session, paid(session, books, 100))

    assert [entry.amount for entry in books.checking.entries()] == [usd(100), usd(-100)]
    assert books.checking.balance() == usd(0)
    assert books.checking.withdrawals(YEAR) == usd(-100)


def test_a_sum_beyond_64_bits_is_exact(session: Session) -> None:
    ledger = Ledger(name="large")
    ledger.count_in("USD")
    one, other = (Asset(ledger=ledger, name=name, unit="USD") for name in ("one", "other"))
    session.add_all([one, other])
    session.flush()
    largest = ledger.unit("USD").quantity(LARGEST)

    for _ in range(5):
        post(session, Draft.transfer(largest, source=one, destination=other, charged=MAY))

    assert other.balance() == largest * 5
    assert one.balance() == -largest * 5
    assert one.withdrawals(YEAR) == -largest * 5
    assert one.balance_during(YEAR) == -largest * 5


def test_entries_are_a_select_to_compose_with(session: Session, books: Books, clock: FixedClock) -> None:
    for amount, charged in ((1, JANUARY), (2, MAY), (3, MAY)):
        paid(session, books, amount, charged)

    question = entries_of(books.checking, known_at=clock.now())
    by_day = select(Entry.charged, func.count()).where(
        Entry.transaction_id.in_(question.with_only_columns(Entry.transaction_id))
    )
    found = session.execute(by_day.group_by(Entry.charged).order_by(Entry.charged)).all()

    # Each transaction with both of its legs.
    assert [tuple(row) for row in found] == [(JANUARY, 2), (MAY, 4)]


def test_an_account_not_yet_written_is_written_first(session: Session, books: Books) -> None:
    savings = Asset(ledger=books.ledger, name="savings", unit="USD")
    session.add(savings)

    assert savings.balance() == usd(0)
    assert savings.deposits(YEAR) == usd(0)


def test_balances_by_unit_of_a_detail_account_are_one(session: Session, books: Books) -> None:
    paid(session, books, 100)

    assert books.checking.balances() == {"USD": usd(100)}
    assert isinstance(books.checking.balance(), Money)


@pytest.mark.parametrize("ask", ["balance", "balances", "entries"])
def test_refuses_an_instant_for_a_day_and_an_instant_without_its_zone(
    session: Session, books: Books, ask: str
) -> None:
    question: Any = getattr(books.checking, ask)

    with refuses("period.days"):
        question(as_of=datetime(1997, 5, 1, tzinfo=UTC))
    with refuses("time.aware"):
        question(known_at=datetime(1997, 5, 1))  # noqa: DTZ001  (that is what it refuses)
