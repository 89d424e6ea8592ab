"""6.2 Transactions: every movement links entries that sum to zero, so that nothing leaks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from analysis_patterns.accounting import (
    Adjustment,
    Asset,
    Draft,
    Entry,
    Ledger,
    Leg,
    Transaction,
    post,
    post_all,
    reverse,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.values import Quantity

from ..refusals import refuses
from .books import JANUARY, MAY, Books, counted, usd


def test_an_air_ticket_moves_from_the_card_to_the_airline(session: Session, books: Books) -> None:
    transaction = post(session, books.ticket()).transaction(session)

    moved = {entry.account: entry.amount for entry in transaction.entries}
    assert moved == {books.card: usd(-500), books.airline: usd(500)}
    assert str(transaction) == "air ticket"
    assert str(transaction.entries[0]) == "-500.00 USD on 1997-05-01"


def test_coffee_goes_from_one_place_to_two(session: Session, books: Books) -> None:
    posting = post(
        session,
        Draft(
            Leg(books.coffee, Quantity(-5, "t"), charged=MAY),
            Leg(books.store, Quantity(2, "t"), charged=MAY),
            Leg(books.store, Quantity(3, "t"), charged=MAY),
        ),
    )

    entries = posting.transaction(session).entries
    assert [str(entry.amount) for entry in entries] == ["-5.000 t", "2.000 t", "3.000 t"]


def test_each_entry_has_the_day_it_happened_and_the_instant_it_was_recorded(
    session: Session, books: Books, clock: FixedClock
) -> None:
    transaction = post(session, books.ticket(charged=JANUARY)).transaction(session)

    for entry in transaction.entries:
        assert (entry.charged, entry.concerns, entry.booked) == (JANUARY, JANUARY, clock.now())
    assert transaction.booked == clock.now()


def test_an_entry_may_concern_another_day_than_it_is_charged_on(session: Session, books: Books) -> None:
    draft = Draft(
        Leg(books.card, usd(-5), charged=MAY, concerns=JANUARY),
        Leg(books.airline, usd(5), charged=MAY, concerns=JANUARY),
    )

    entries = post(session, draft).transaction(session).entries

    assert {(entry.charged, entry.concerns) for entry in entries} == {(MAY, JANUARY)}


def test_all_of_one_database_transaction_is_booked_at_one_instant(
    session: Session, books: Books, clock: FixedClock
) -> None:
    first = post(session, books.ticket())
    clock.set(datetime.fromisoformat("1997-05-02T00:00:00+00:00"))
    second = post(session, books.ticket())

    assert first.booked == second.booked


def test_is_booked_after_whatever_its_ledger_has_settled(
    session: Session, books: Books, clock: FixedClock
) -> None:
    books.ledger.barrier = clock.now()
    session.commit()

    assert post(session, books.ticket()).booked > clock.now()


def test_remembers_what_it_was_made_from(session: Session, books: Books) -> None:
    fee = post(
        session, Draft.transfer(usd(2000), source=books.fees, destination=books.checking, charged=MAY)
    ).transaction(session)

    posting = post(session, Draft(Leg(books.tax, usd(900), charged=MAY), sources=[fee.entries[1].key]))

    liability = posting.transaction(session)
    assert liability.sources == [fee.entries[1]]
    assert liability.entries[0].sources == [fee.entries[1]]


def test_many_drafts_are_posted_in_their_order(session: Session, books: Books) -> None:
    drafts = [
        Draft.transfer(usd(n), source=books.card, destination=books.airline, charged=MAY, key=f"ticket {n}")
        for n in range(1, 51)
    ]

    postings = post_all(session, drafts)
    session.commit()

    amounts = [posting.transaction(session).entries[1].amount for posting in postings]
    assert amounts == [usd(n) for n in range(1, 51)]
    assert all(posting.is_new for posting in postings)


def test_posting_nothing_posts_nothing(session: Session) -> None:
    assert post_all(session, []) == []


def test_what_is_pending_in_the_session_is_stored_first(session: Session) -> None:
    ledger = Ledger(name="new")
    ledger.count_in("USD")
    from_, to = (Asset(ledger=ledger, name=name, unit="USD") for name in ("one", "other"))
    session.add_all([ledger, from_, to])

    post(session, Draft.transfer(usd(1), source=from_, destination=to, charged=MAY))

    assert counted(session, "accounting_entry") == 2


@pytest.mark.parametrize(
    "texts", [{"key": ""}, {"key": "k" * 201}, {"description": "d" * 2001}, {"key": "a\0"}]
)
def test_refuses_texts_that_no_database_holds(books: Books, texts: dict[str, Any]) -> None:
    leg = Leg(books.tax, usd(1), charged=MAY)

    with refuses("transaction.texts"):
        Draft(leg, **texts)


def test_refuses_a_transaction_without_entries() -> None:
    with refuses("transaction.legs"):
        Draft()


def test_refuses_a_transaction_across_ledgers(session: Session, books: Books) -> None:
    other = Books.kept(session, "office")

    with refuses("transaction.legs"):
        Draft.transfer(usd(5), source=books.card, destination=other.checking, charged=MAY)


def test_refuses_a_ledger_that_is_not_stored(session: Session, books: Books) -> None:
    unknown = Ledger(name="elsewhere")
    unknown.count_in("USD")
    from_, to = (Asset(ledger=unknown, name=name, unit="USD") for name in ("one", "other"))
    draft = Draft.transfer(usd(1), source=from_, destination=to, charged=MAY)
    session.expunge_all()

    with refuses("transaction.ledger"):
        post(session, draft)


def test_refuses_an_instant_where_a_day_is_asked_for(books: Books, clock: FixedClock) -> None:
    with refuses("period.days"):
        Leg(books.card, usd(1), charged=clock.now())


@pytest.mark.parametrize("made", [Entry, Transaction])
def test_refuses_entries_and_transactions_added_to_a_session(session: Session, made: type) -> None:
    session.add(made())

    with refuses("entry.created-by-posting", Layer.FLUSH):
        session.flush()


def test_refuses_to_change_what_was_posted(session: Session, books: Books) -> None:
    transaction = post(session, books.ticket()).transaction(session)
    session.commit()

    transaction.entries[0].steps = 1
    with refuses("entry.created-by-posting", Layer.FLUSH):
        session.flush()


def test_a_reversal_takes_every_entry_back_on_its_own_day(session: Session, books: Books) -> None:
    ticket = post(session, books.ticket(charged=JANUARY)).transaction(session)

    reversal = reverse(session, ticket).transaction(session)

    assert [(each.account, each.amount, each.charged) for each in reversal.entries] == [
        (each.account, -each.amount, each.charged) for each in ticket.entries
    ]
    assert (reversal.reverses, reversal.adjustment) == (ticket, Adjustment.REVERSAL)
    assert str(reversal) == "reversal of air ticket"


def test_a_reversal_may_be_charged_later_and_still_concerns_the_old_day(
    session: Session, books: Books
) -> None:
    ticket = post(session, books.ticket(charged=JANUARY))

    reversal = reverse(session, ticket, charged=MAY).transaction(session)

    assert {(each.charged, each.concerns) for each in reversal.entries} == {(MAY, JANUARY)}


def test_refuses_to_reverse_twice(session: Session, books: Books, layer: Layer) -> None:
    ticket = post(session, books.ticket())
    reverse(session, ticket)
    session.commit()

    with refuses("transaction.reversed-once", layer):
        reverse(session, ticket)


def test_entries_are_found_by_account(session: Session, books: Books) -> None:
    post_all(session, [books.ticket(), books.ticket(charged=date(1997, 6, 1))])

    found = session.scalars(
        select(Entry).where(Entry.account_id == books.airline.id).order_by(Entry.charged)
    ).all()

    assert [entry.charged for entry in found] == [MAY, date(1997, 6, 1)]
