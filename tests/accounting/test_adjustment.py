"""Accounting Patterns: reversal, difference and replacement adjustments put right what an event led to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from analysis_patterns.accounting import (
    AccountingEvent,
    Adjustment,
    DetailAccount,
    Draft,
    Entry,
    Leg,
    Transaction,
    post,
    process_event,
    record,
    reverse,
)
from analysis_patterns.accounting.choosing.balance import entries
from analysis_patterns.accounting.posting.closing import close_period
from analysis_patterns.accounting.rule.practice import PracticeAssignment
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock

from ..refusals import refuses
from .utility import DECEMBER, OCTOBER, Customer, Utility, balance, by_day, kwh, noticed, usd

EVERY_WAY = list(Adjustment)


def used(session: Session, customer: Customer, amount: int, on: date = OCTOBER) -> AccountingEvent:
    """An event of so many kilowatt hours, processed."""
    event = customer.used(kwh(amount), on)
    session.add(event)
    process_event(session, event)
    session.commit()
    return event


def corrected(
    session: Session, event: AccountingEvent, amount: int, by: Adjustment, *, on: date = OCTOBER
) -> AccountingEvent:
    """The event's correction, noticed on 15 October, processed."""
    correction = event.corrected(noticed=noticed(10, 15), attributes={"usage": kwh(amount)}, occurred=on)
    session.add(correction)
    outcome = process_event(session, correction, by=by)
    session.commit()
    assert outcome.is_done, outcome.error
    return correction


def amounts(session: Session, customer: Customer) -> list[Decimal]:
    """Every entry of a customer's base usage, as it was posted."""
    posted = select(Entry).where(Entry.account_id == customer.base_usage.id)
    return [
        entry.amount.amount for entry in session.scalars(posted.order_by(Entry.booked, Entry.transaction_id))
    ]


def test_a_reversal_takes_every_entry_back_and_posts_the_right_ones(session: Session, acme: Customer) -> None:
    event = used(session, acme, 50)

    corrected(session, event, 70, Adjustment.REVERSAL)

    assert amounts(session, acme) == [500, -500, 700]
    assert balance(session, acme.base_usage) == usd(700)
    assert balance(session, acme.tax) == usd("38.50")
    assert event.is_adjusted


def test_a_reversal_keeps_the_day_of_what_it_reverses(
    session: Session, acme: Customer, clock: FixedClock
) -> None:
    event = used(session, acme, 50)
    clock.set(noticed(10, 15))

    corrected(session, event, 70, Adjustment.REVERSAL)

    posted = session.scalars(select(Entry).where(Entry.account_id == acme.base_usage.id)).all()
    assert {entry.charged for entry in posted} == {OCTOBER}
    assert [entry.booked for entry in posted if entry.amount != usd(500)] == [noticed(10, 15)] * 2
    reversal = session.scalars(select(Transaction).where(Transaction.reverses_id.is_not(None))).first()
    assert reversal is not None
    assert reversal.adjustment is Adjustment.REVERSAL
    assert reversal.reverses is not None
    assert reversal.reverses.event_id == event.id


def test_a_difference_is_one_entry_for_each_account(session: Session, acme: Customer) -> None:
    event = used(session, acme, 50)

    correction = corrected(session, event, 60, Adjustment.DIFFERENCE)

    assert amounts(session, acme) == [500, 100]
    posted = session.scalars(select(Transaction).where(Transaction.event_id == correction.id)).all()
    assert [each.adjustment for each in posted] == [Adjustment.DIFFERENCE] * 2
    assert [str(entry.amount) for each in posted for entry in each.entries if entry.steps > 0] == [
        "100.00 USD",
        "5.50 USD",
    ]


def test_a_difference_names_the_terms_and_what_they_read(session: Session, acme: Customer) -> None:
    event = used(session, acme, 50)

    correction = corrected(session, event, 60, Adjustment.DIFFERENCE)

    usage, tax = session.scalars(
        select(Transaction).where(Transaction.event_id == correction.id).order_by(Transaction.id)
    )
    assert usage.creator is acme.utility.rules["usage"].terms_on(OCTOBER)
    assert usage.sources == []
    assert tax.creator is acme.utility.rules["tax on usage"].terms_on(OCTOBER)
    assert sorted(entry.amount.amount for entry in tax.sources) == [100, 500]


def test_a_difference_of_nothing_posts_nothing(session: Session, acme: Customer) -> None:
    event = used(session, acme, 50)

    corrected(session, event, 50, Adjustment.DIFFERENCE)

    assert amounts(session, acme) == [500]


def test_a_replacement_leaves_one_entry_in_view_and_keeps_the_event(session: Session, acme: Customer) -> None:
    event = used(session, acme, 50)

    corrected(session, event, 60, Adjustment.REPLACEMENT)

    assert [entry.amount for entry in entries(acme.base_usage, as_of=DECEMBER)] == [usd(600)]
    assert amounts(session, acme) == [500, -500, 600]
    assert session.get(AccountingEvent, (event.ledger_id, event.id)) is event
    assert event.is_adjusted


def test_what_was_reported_before_a_replacement_can_still_be_told(
    session: Session, acme: Customer, clock: FixedClock
) -> None:
    event = used(session, acme, 50)
    reported = clock.now()
    clock.set(noticed(10, 15))

    corrected(session, event, 60, Adjustment.REPLACEMENT)

    assert [entry.amount for entry in entries(acme.base_usage, as_of=DECEMBER, known_at=reported)] == [
        usd(500)
    ]
    assert acme.base_usage.balance(as_of=DECEMBER, known_at=reported) == usd(500)
    assert acme.base_usage.balance(as_of=DECEMBER) == usd(600)


@pytest.mark.parametrize("by", EVERY_WAY)
@pytest.mark.parametrize("then", EVERY_WAY)
def test_every_way_leads_to_the_same_balances(
    session: Session, utility: Utility, acme: Customer, by: Adjustment, then: Adjustment
) -> None:
    event = used(session, acme, 50)

    once = corrected(session, event, 70, by)
    corrected(session, once, 60, then, on=date(1999, 10, 7))

    assert by_day(session, utility.ledger) == {
        (account.id, date(1999, 10, 7)): steps
        for account, steps in _chart(session, acme, [60000, 3300, -60000, -3300])
    }


@pytest.mark.parametrize("by", EVERY_WAY)
def test_an_event_that_never_happened_leaves_nothing(
    session: Session, utility: Utility, acme: Customer, by: Adjustment
) -> None:
    event = used(session, acme, 50)
    rejection = event.rejected(noticed=noticed(10, 15))
    session.add(rejection)

    assert process_event(session, rejection, by=by).is_done

    assert by_day(session, utility.ledger) == {}


@pytest.mark.parametrize("by", EVERY_WAY)
def test_a_correction_that_cannot_be_accounted_for_leaves_nothing_and_the_error(
    session: Session, utility: Utility, acme: Customer, by: Adjustment
) -> None:
    event = used(session, acme, 50)
    correction = event.corrected(noticed=noticed(10, 15), attributes={})
    session.add(correction)

    outcome = process_event(session, correction, by=by)

    assert outcome.rule == "event.amount"
    assert by_day(session, utility.ledger) == {}


@pytest.mark.parametrize("by", [Adjustment.REVERSAL, Adjustment.DIFFERENCE])
def test_what_lies_in_closed_books_is_adjusted_on_the_first_open_day(
    session: Session, acme: Customer, clock: FixedClock, by: Adjustment
) -> None:
    event = used(session, acme, 50)
    close_period(session, acme.utility.ledger, before=DECEMBER)
    session.commit()
    clock.set(noticed(12, 5))

    corrected(session, event, 60, by)

    posted = session.scalars(select(Entry).where(Entry.account_id == acme.base_usage.id)).all()
    assert {(entry.charged, entry.concerns) for entry in posted if entry.steps != 50000} == {
        (DECEMBER, OCTOBER)
    }
    assert acme.base_usage.balance(as_of=date(1999, 11, 30)) == usd(500)
    assert acme.base_usage.balance(as_of=DECEMBER) == usd(600)


def test_what_lies_in_closed_books_is_not_replaced(session: Session, acme: Customer) -> None:
    event = used(session, acme, 50)
    close_period(session, acme.utility.ledger, before=DECEMBER)
    correction = event.corrected(noticed=noticed(10, 15), attributes={"usage": kwh(60)})
    session.add(correction)
    session.commit()

    with refuses("adjustment.replacement-open") as refused:
        process_event(session, correction, by=Adjustment.REPLACEMENT)

    assert str(refused.value) == (
        "adjustment.replacement-open: found an entry charged on 1999-10-01, in books closed up to 1999-12-01"
        "; allowed: entries of open days only. Adjust by reversal or by difference: by=Adjustment.REVERSAL."
    )
    assert amounts(session, acme) == [500]
    assert not correction.processings


@pytest.mark.parametrize("closed", [True, False])
def test_the_database_refuses_to_replace_elsewhere(
    session: Session, acme: Customer, layer: Layer, closed: bool
) -> None:
    event = used(session, acme, 50)
    if closed:
        close_period(session, acme.utility.ledger, before=DECEMBER)
        session.commit()
    replaced = session.scalars(select(Transaction).where(Transaction.event_id == event.id)).first()
    assert replaced is not None
    record(session, event.corrected(noticed=noticed(10, 15), attributes={"usage": kwh(60)}))

    with refuses("adjustment.replacement-open", layer):
        post(session, _struck(replaced.entries, DECEMBER, replaced))


def test_the_database_lets_an_open_day_be_replaced(session: Session, acme: Customer) -> None:
    event = used(session, acme, 50)
    replaced = session.scalars(select(Transaction).where(Transaction.event_id == event.id)).first()
    assert replaced is not None
    record(session, event.corrected(noticed=noticed(10, 15), attributes={"usage": kwh(60)}))

    assert post(session, _struck(replaced.entries, OCTOBER, replaced)).is_new


def test_what_is_charged_on_the_first_open_day_may_be_replaced(session: Session, acme: Customer) -> None:
    event = used(session, acme, 50)
    close_period(session, acme.utility.ledger, before=OCTOBER)
    session.commit()

    corrected(session, event, 60, Adjustment.REPLACEMENT)

    assert [each.amount for each in acme.base_usage.entries(as_of=DECEMBER)] == [usd(600)]


def test_a_correction_for_another_customer_moves_it_all(
    session: Session, utility: Utility, acme: Customer, perrin: Customer
) -> None:
    event = used(session, acme, 50)
    correction = event.corrected(noticed=noticed(10, 15), subject=perrin.person)
    session.add(correction)

    process_event(session, correction)

    assert balance(session, acme.base_usage) == usd(0)
    assert balance(session, perrin.base_usage) == usd(250)
    assert balance(session, perrin.tax) == usd("13.75")


def test_what_an_event_led_to_is_taken_back_with_the_event_only(
    session: Session, acme: Customer, layer: Layer
) -> None:
    event = used(session, acme, 50)
    (usage,) = [each.transaction for each in acme.base_usage.entries(as_of=DECEMBER)]
    with refuses("transaction.reversed-with-its-cause"):
        reverse(session, usage)
    corrected(session, event, 60, Adjustment.REVERSAL)
    (taken_back,) = session.scalars(select(Transaction).where(Transaction.reverses_id == usage.id))
    session.commit()

    with refuses("transaction.reversed-with-its-cause"):
        reverse(session, taken_back)
    legs = [Leg(each.account, -each.amount, charged=each.charged) for each in taken_back.entries]
    with refuses("transaction.reversed-with-its-cause", layer):
        post(session, Draft(*legs, reverses=taken_back.id, adjustment=Adjustment.REVERSAL))


def test_a_correction_of_what_failed_is_posted_in_full(session: Session, utility: Utility) -> None:
    stranger = utility.customer(session, "stranger", None)
    event = used(session, stranger, 50)
    session.add(PracticeAssignment(ledger=utility.ledger, practice=utility.regular, subject=stranger.person))

    correction = corrected(session, event, 60, Adjustment.DIFFERENCE)

    assert amounts(session, stranger) == [600]
    assert {each.adjustment for each in session.scalars(select(Transaction))} == {None}
    assert correction.is_processed


def _struck(entries: Sequence[Entry], charged: date, replaced: Transaction) -> Draft:
    return Draft(
        *(Leg(each.account, -each.amount, charged=charged, concerns=each.concerns) for each in entries),
        reverses=replaced.id,
        adjustment=Adjustment.REPLACEMENT,
    )


def _chart(session: Session, customer: Customer, steps: list[int]) -> list[tuple[DetailAccount, int]]:
    named: list[DetailAccount] = [
        session.scalars(select(DetailAccount).where(DetailAccount.name == name)).one()
        for name in ("revenue", "tax due")
    ]
    return list(zip([customer.base_usage, customer.tax, *named], steps, strict=True))
