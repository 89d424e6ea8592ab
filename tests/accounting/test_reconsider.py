"""Retroactive Event: what changed later is followed up by the fewest entries, and nothing is rewritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from uuid_utils.compat import uuid7

from analysis_patterns.accounting import (
    AccountingEvent,
    Adjustment,
    Considered,
    Draft,
    Reconsideration,
    Share,
    Transaction,
    process_event,
    process_events,
    reconsider,
)
from analysis_patterns.accounting.firing import AccountBasedFiring, LedgerBooks, Mode, post_eagerly, run
from analysis_patterns.accounting.method import RateMethod
from analysis_patterns.accounting.posting.closing import close_period
from analysis_patterns.accounting.posting.post import post
from analysis_patterns.accounting.rule.finder import Named, OfType, Output
from analysis_patterns.accounting.rule.posting_rule import Per, PostingRule, RuleTerms
from analysis_patterns.accounting.rule.practice import PracticeAssignment
from analysis_patterns.accounting.rule.trigger import OnAccountType
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import FOREVER
from analysis_patterns.patterns.time.period import ALWAYS, Period
from analysis_patterns.patterns.values import Quantity

from ..refusals import refuses
from .books import counted
from .utility import DECEMBER, OCTOBER, Customer, Utility, balance, by_day, flat_rate, kwh, noticed, usd

OCTOBER_20 = date(1999, 10, 20)
OCTOBER_25 = date(1999, 10, 25)
NOVEMBER = date(1999, 11, 1)


@pytest.fixture(autouse=True)
def late_in_the_year(clock: FixedClock) -> None:
    """All of this is looked at in December 1999."""
    clock.set(noticed(12, 1))


def happened(session: Session, events: Iterable[AccountingEvent]) -> list[AccountingEvent]:
    """Events that are recorded and processed."""
    recorded = list(events)
    session.add_all(recorded)
    process_events(session, recorded)
    session.commit()
    return recorded


def dearer(session: Session, rule: PostingRule, since: date, rate: int = 12) -> list[RuleTerms]:
    """What changes where a rule has had another rate since a day."""
    ended = rule.terms[0].ended(since)
    session.flush()
    begun = RuleTerms(rule=rule, method=flat_rate(rate), period=Period(since, FOREVER))
    session.flush()
    return [ended, begun]


def adjusting(session: Session) -> list[Transaction]:
    """The differences that were posted."""
    asked = select(Transaction).where(Transaction.adjustment == Adjustment.DIFFERENCE)
    return list(session.scalars(asked.order_by(Transaction.id)))


def test_other_terms_of_a_rule_post_the_difference_and_its_tax(session: Session, acme: Customer) -> None:
    happened(session, [acme.used(kwh(50), OCTOBER), acme.used(kwh(50), OCTOBER_20)])

    changes = dearer(session, acme.utility.rules["usage"], OCTOBER_20)
    made = reconsider(session, acme.utility.ledger, *changes)

    assert balance(session, acme.base_usage) == usd(500 + 600)
    assert balance(session, acme.tax) == usd("60.50")
    assert [[entry.amount for entry in each.entries] for each in adjusting(session)] == [
        [usd(-100), usd(100)],
        [usd("-5.50"), usd("5.50")],
    ]
    assert str(made) == ("usage from 1999-10-01 until 1999-10-20, usage from 1999-10-20 until further notice")


def test_reconsidering_again_posts_nothing(session: Session, acme: Customer) -> None:
    happened(session, [acme.used(kwh(50), OCTOBER_20)])
    changes = dearer(session, acme.utility.rules["usage"], OCTOBER_20)
    reconsider(session, acme.utility.ledger, *changes)
    before = counted(session, "accounting_transaction")

    reconsider(session, acme.utility.ledger, *changes)

    assert counted(session, "accounting_transaction") == before


def test_without_a_change_nothing_is_posted(session: Session, acme: Customer) -> None:
    happened(session, [acme.used(kwh(50))])
    before = counted(session, "accounting_entry")

    made = reconsider(session, acme.utility.ledger)

    assert counted(session, "accounting_entry") == before
    assert made.shares == []


def test_what_can_not_have_changed_is_refused_before_anything_is_done(
    session: Session, utility: Utility
) -> None:
    with refuses("reconsideration.changes") as refused:
        reconsider(session, utility.ledger, "usage")  # type: ignore[arg-type]

    assert str(refused.value) == (
        "reconsideration.changes: found 'usage', of type str; "
        "allowed: terms, assignments, posting rules and component links, one after the other. "
        "Give the terms themselves: reconsider(session, ledger, *rule.terms)."
    )
    assert counted(session, "accounting_reconsideration") == 0


def test_there_is_one_entry_for_each_account_day_and_rule(
    session: Session, utility: Utility, acme: Customer
) -> None:
    bean = utility.customer(session, "Bean", utility.regular)
    events = happened(
        session,
        [
            acme.used(kwh(50), OCTOBER_20),
            acme.used(kwh(30), OCTOBER_20),
            bean.used(kwh(10), OCTOBER_20),
            bean.used(kwh(10), OCTOBER_25),
        ],
    )

    made = reconsider(session, utility.ledger, *dearer(session, utility.rules["usage"], OCTOBER_20))

    usage, tax = adjusting(session)
    kinds = Counter((entry.account_id, entry.concerns) for entry in usage.entries)
    assert set(kinds.values()) == {1}
    assert {(entry.account.name, entry.concerns): entry.amount for entry in usage.entries} == {
        ("revenue", OCTOBER_20): usd(-180),
        ("revenue", OCTOBER_25): usd(-20),
        ("base usage of Acme Coffee Makers", OCTOBER_20): usd(160),
        ("base usage of Bean", OCTOBER_20): usd(20),
        ("base usage of Bean", OCTOBER_25): usd(20),
    }
    assert usage.event_id is None
    assert len(tax.entries) == 5
    assert {share.event_id for share in made.shares} == {event.id for event in events}
    assert sum(share.steps for share in made.shares) == 0


def test_the_next_change_is_reckoned_from_each_events_share(
    session: Session, utility: Utility, acme: Customer
) -> None:
    first, second = happened(session, [acme.used(kwh(50), OCTOBER_20), acme.used(kwh(30), OCTOBER_20)])
    reconsider(session, utility.ledger, *dearer(session, utility.rules["usage"], OCTOBER_20))

    correction = first.corrected(noticed=noticed(12, 2), attributes={"usage": kwh(51)})
    session.add(correction)
    process_event(session, correction)

    assert second.is_processed
    assert balance(session, acme.base_usage) == usd(51 * 12 + 30 * 12)


@pytest.mark.parametrize("by", [Adjustment.REVERSAL, Adjustment.REPLACEMENT])
def test_a_share_is_taken_back_by_a_difference_where_all_else_is_reversed(
    session: Session, utility: Utility, acme: Customer, by: Adjustment
) -> None:
    first, _ = happened(session, [acme.used(kwh(50), OCTOBER_20), acme.used(kwh(30), OCTOBER_20)])
    reconsider(session, utility.ledger, *dearer(session, utility.rules["usage"], OCTOBER_20))

    correction = first.corrected(noticed=noticed(12, 2), attributes={"usage": kwh(51)})
    session.add(correction)
    assert process_event(session, correction, by=by).is_done

    assert balance(session, acme.base_usage) == usd(51 * 12 + 30 * 12)
    assert balance(session, acme.tax) == usd("53.46")


def test_shares_that_cancel_out_need_no_entry(session: Session, utility: Utility, acme: Customer) -> None:
    more, fewer = happened(session, [acme.used(kwh(50), OCTOBER_20), acme.used(kwh(30), OCTOBER_20)])
    for event, amount in ((more, 30), (fewer, 50)):
        session.add(event.corrected(noticed=noticed(12, 2), attributes={"usage": kwh(amount)}))
    session.flush()
    for event in (more, fewer):
        correction = event.adjusted_by
        assert correction is not None
        process_event(session, correction)
    ended = utility.rules["tax on usage"].terms[0]
    ended.withdraw()

    made = reconsider(session, utility.ledger, ended)

    assert balance(session, acme.tax) == usd(0)
    assert balance(session, acme.base_usage) == usd(800)
    assert all(share.steps for share in made.shares)


def test_what_was_reported_before_can_still_be_told(
    session: Session, acme: Customer, clock: FixedClock
) -> None:
    happened(session, [acme.used(kwh(50), OCTOBER_20)])
    reported = clock.now()
    clock.set(noticed(12, 15))

    reconsider(session, acme.utility.ledger, *dearer(session, acme.utility.rules["usage"], OCTOBER_20))
    session.commit()

    assert acme.base_usage.balance(as_of=DECEMBER, known_at=reported) == usd(500)
    assert acme.base_usage.balance(as_of=DECEMBER) == usd(600)
    assert acme.tax.balance(as_of=DECEMBER, known_at=reported) == usd("27.50")


def test_closed_books_are_adjusted_on_the_first_open_day(
    session: Session, acme: Customer, clock: FixedClock
) -> None:
    happened(session, [acme.used(kwh(50), OCTOBER_20)])
    close = close_period(session, acme.utility.ledger, before=NOVEMBER)
    session.commit()
    clock.set(noticed(12, 15))

    reconsider(session, acme.utility.ledger, *dearer(session, acme.utility.rules["usage"], OCTOBER_20))
    session.commit()

    posted = [entry for each in adjusting(session) for entry in each.entries]
    assert {(entry.charged, entry.concerns) for entry in posted} == {(NOVEMBER, OCTOBER_20)}
    assert acme.base_usage.balance(as_of=OCTOBER_25) == usd(500)
    assert acme.base_usage.balance(as_of=NOVEMBER) == usd(600)
    assert acme.base_usage.balance(as_of=OCTOBER_25, known_at=close.known_at) == usd(500)


def test_another_agreement_since_a_day_in_the_past(
    session: Session, utility: Utility, acme: Customer
) -> None:
    happened(session, [acme.used(kwh(50), OCTOBER), acme.used(kwh(50), OCTOBER_20)])
    assignment = session.scalars(select(PracticeAssignment)).one()
    ended = assignment.ended(OCTOBER_20)
    begun = PracticeAssignment(
        ledger=utility.ledger,
        practice=utility.low_pay,
        subject=acme.person,
        period=Period(OCTOBER_20, FOREVER),
    )
    session.add(begun)

    reconsider(session, utility.ledger, ended, begun)

    assert balance(session, acme.base_usage) == usd(750)
    assert balance(session, acme.tax) == usd("41.25")
    rules = Counter(each.creator.rule.name for each in adjusting(session) if each.creator)
    assert rules == {"usage": 1, "cheap usage": 1, "tax on usage": 1}


def test_an_agreement_that_was_withdrawn_leaves_nothing_and_an_error(
    session: Session, utility: Utility, acme: Customer
) -> None:
    (event,) = happened(session, [acme.used(kwh(50))])
    assignment = session.scalars(select(PracticeAssignment)).one()
    assignment.withdraw()

    reconsider(session, utility.ledger, assignment)

    assert by_day(session, utility.ledger) == {}
    assert event.error is not None
    assert event.error.startswith("event.agreement")
    assert event.is_processed
    assert [each.reconsidered for each in event.processings] == [False, True]


def test_an_agreement_that_comes_back_is_followed_again(
    session: Session, utility: Utility, acme: Customer
) -> None:
    (event,) = happened(session, [acme.used(kwh(50))])
    assignment = session.scalars(select(PracticeAssignment)).one()
    assignment.withdraw()
    reconsider(session, utility.ledger, assignment)
    again = PracticeAssignment(ledger=utility.ledger, practice=utility.regular, subject=acme.person)
    session.add(again)

    reconsider(session, utility.ledger, again)

    assert balance(session, acme.base_usage) == usd(500)
    assert event.error is None
    assert len(event.processings) == 3


def test_what_failed_for_want_of_an_agreement_is_processed_then(session: Session, utility: Utility) -> None:
    stranger = utility.customer(session, "stranger", None)
    (event,) = happened(session, [stranger.used(kwh(50))])
    begun = PracticeAssignment(ledger=utility.ledger, practice=utility.regular, subject=stranger.person)
    session.add(begun)

    reconsider(session, utility.ledger, begun)

    assert event.is_processed
    assert balance(session, stranger.base_usage) == usd(500)
    assert adjusting(session) == []


def test_what_failed_because_of_another_rule_is_processed_when_that_is_mended(
    session: Session, utility: Utility, acme: Customer
) -> None:
    (good,) = [each for each in utility.rules["tax on usage"].terms if each.is_believed]
    good.withdraw()
    session.flush()
    bad = RuleTerms(rule=utility.rules["tax on usage"], method=flat_rate(1))
    (event,) = happened(session, [acme.used(kwh(50))])
    assert event.error is not None
    bad.withdraw()
    session.flush()

    reconsider(session, utility.ledger, bad)

    assert event.is_processed
    assert balance(session, acme.base_usage) == usd(500)


def test_an_event_that_nobody_processed_yet_is_left_alone(
    session: Session, utility: Utility, acme: Customer
) -> None:
    event = acme.used(kwh(50), OCTOBER_20)
    session.add(event)
    session.commit()

    reconsider(session, utility.ledger, *dearer(session, utility.rules["usage"], OCTOBER_20))

    assert counted(session, "accounting_entry") == 0
    assert event.processings == []


def test_a_correction_that_nobody_processed_yet_does_not_count(
    session: Session, utility: Utility, acme: Customer
) -> None:
    (event,) = happened(session, [acme.used(kwh(50), OCTOBER_20)])
    correction = event.corrected(noticed=noticed(12, 2), attributes={"usage": kwh(70)})
    session.add(correction)

    reconsider(session, utility.ledger, *dearer(session, utility.rules["usage"], OCTOBER_20))

    assert balance(session, acme.base_usage) == usd(600)
    assert process_event(session, correction).is_done
    assert balance(session, acme.base_usage) == usd(840)


def test_a_rule_that_joins_a_practice_is_followed_for_the_past(
    session: Session, utility: Utility, acme: Customer
) -> None:
    rule = utility.rules["tax on usage"]
    utility.regular.rules.remove(rule)
    session.commit()
    happened(session, [acme.used(kwh(50))])
    utility.regular.rules.append(rule)

    reconsider(session, utility.ledger, rule)

    assert balance(session, acme.tax) == usd("27.50")


def test_a_rule_that_leaves_a_practice_takes_its_entries_along(
    session: Session, utility: Utility, acme: Customer
) -> None:
    happened(session, [acme.used(kwh(50)), acme.used(kwh(50), OCTOBER_20)])
    rule = utility.rules["tax on usage"]
    utility.regular.rules.remove(rule)

    reconsider(session, utility.ledger, rule)

    assert balance(session, acme.tax) == usd(0)
    assert balance(session, acme.base_usage) == usd(1000)


def test_a_change_touches_only_the_days_that_it_is_about(
    session: Session, utility: Utility, acme: Customer
) -> None:
    happened(session, [acme.used(kwh(50), OCTOBER)])

    made = reconsider(session, utility.ledger, *dearer(session, utility.rules["usage"], OCTOBER_20))

    assert adjusting(session) == []
    assert made.shares == []


def test_a_change_for_the_whole_ledger(session: Session, utility: Utility) -> None:
    someone = utility.customer(session, "someone", None)
    happened(session, [someone.used(kwh(50)), someone.called(usd(40), OCTOBER_25)])
    begun = PracticeAssignment(ledger=utility.ledger, practice=utility.regular)
    session.add(begun)

    reconsider(session, utility.ledger, begun)

    assert balance(session, someone.base_usage) == usd(500)
    assert balance(session, someone.service) == usd(30)


def test_an_assignment_for_the_whole_ledger_that_was_withdrawn_leaves_nothing(
    session: Session, utility: Utility
) -> None:
    someone, for_all = _everybody(session, utility)
    (event,) = happened(session, [someone.used(kwh(50))])
    post_eagerly(session, [_by_hand(session, someone, 100)])
    assert balance(session, someone.tax) == usd(33)
    for_all.withdraw()
    session.flush()

    reconsider(session, utility.ledger, for_all)

    assert balance(session, someone.tax) == usd(0)
    assert balance(session, someone.base_usage) == usd(100)
    assert event.error is not None


def test_an_assignment_for_the_whole_ledger_that_ended_is_followed_until_then(
    session: Session, utility: Utility
) -> None:
    someone, for_all = _everybody(session, utility)
    happened(session, [someone.used(kwh(50), OCTOBER), someone.used(kwh(50), OCTOBER_25)])

    reconsider(session, utility.ledger, for_all.ended(OCTOBER_20))

    assert balance(session, someone.base_usage) == usd(500)
    assert balance(session, someone.tax) == usd("27.50")


def test_an_assignment_for_the_whole_ledger_that_begins_later_takes_back_what_was_before(
    session: Session, utility: Utility
) -> None:
    someone, for_all = _everybody(session, utility)
    happened(session, [someone.used(kwh(50), OCTOBER), someone.used(kwh(50), OCTOBER_25)])
    for_all.withdraw()
    session.flush()
    later = PracticeAssignment(
        ledger=utility.ledger, practice=utility.regular, period=Period(OCTOBER_20, FOREVER)
    )
    session.add(later)

    reconsider(session, utility.ledger, for_all, later)

    assert balance(session, someone.base_usage) == usd(500)
    assert balance(session, someone.tax) == usd("27.50")


def test_other_terms_hold_for_everybody_who_follows_a_practice_of_the_whole_ledger(
    session: Session, utility: Utility
) -> None:
    someone, _ = _everybody(session, utility)
    happened(session, [someone.used(kwh(50), OCTOBER_20)])
    post_eagerly(session, [_by_hand(session, someone, 100)])

    reconsider(
        session,
        utility.ledger,
        *dearer(session, utility.rules["usage"], OCTOBER_20),
        *_tax(session, utility, 20),
    )

    assert balance(session, someone.base_usage) == usd(600 + 100)
    assert balance(session, someone.tax) == usd(140)


def test_what_was_posted_by_hand_is_followed_up_as_well(
    session: Session, utility: Utility, acme: Customer
) -> None:
    transaction = post_eagerly(session, [_by_hand(session, acme, 100)])[0]
    session.commit()
    assert balance(session, acme.tax) == usd("5.50")

    reconsider(session, utility.ledger, *_tax(session, utility, 20))

    assert balance(session, acme.tax) == usd(20)
    (difference,) = adjusting(session)
    assert difference.root_id == transaction.id
    assert difference.event_id is None


def test_several_transactions_by_hand_share_a_difference(
    session: Session, utility: Utility, acme: Customer
) -> None:
    posted = post_eagerly(session, [_by_hand(session, acme, 100), _by_hand(session, acme, 50)])
    session.commit()

    made = reconsider(session, utility.ledger, *_tax(session, utility, 20))
    assert balance(session, acme.tax) == usd(30)
    assert {share.root_id for share in made.shares} == {each.id for each in posted}

    reconsider(session, utility.ledger, *_tax(session, utility, 10))
    assert balance(session, acme.tax) == usd(15)


def test_what_no_rule_was_fired_on_yet_is_left_to_firing(
    session: Session, utility: Utility, acme: Customer, clock: FixedClock
) -> None:
    post(session, _by_hand(session, acme, 100))
    session.commit()

    reconsider(session, utility.ledger, *_tax(session, utility, 20))
    session.commit()
    assert balance(session, acme.tax) == usd(0)

    clock.set(noticed(12, 5))
    run(LedgerBooks(session, utility.ledger), AccountBasedFiring())
    assert balance(session, acme.tax) == usd(20)


def test_what_firing_has_done_in_another_mode_counts_as_done(
    session: Session, utility: Utility, acme: Customer, clock: FixedClock
) -> None:
    post(session, _by_hand(session, acme, 100))
    session.commit()
    clock.set(noticed(12, 5))
    run(LedgerBooks(session, utility.ledger), AccountBasedFiring())
    session.commit()
    assert balance(session, acme.tax) == usd("5.50")

    reconsider(session, utility.ledger, *_tax(session, utility, 20))

    assert balance(session, acme.tax) == usd(20)


def test_what_firing_has_just_come_to_counts_as_done(
    session: Session, utility: Utility, acme: Customer, clock: FixedClock
) -> None:
    for amount in (100, 50):
        post(session, _by_hand(session, acme, amount))
        session.commit()
        clock.advance(timedelta(hours=1))
    books = LedgerBooks(session, utility.ledger, batch=1)
    AccountBasedFiring().take(books, acme.base_usage.id)
    session.commit()
    first = acme.base_usage.entries()[0]
    assert books.reached(Mode.ACCOUNT_BASED, acme.base_usage.id) == first.booked
    assert balance(session, acme.tax) == usd("5.50")

    reconsider(session, utility.ledger, *_tax(session, utility, 20))
    assert balance(session, acme.tax) == usd(20)

    _fire(session, utility, clock)
    assert balance(session, acme.tax) == usd(30)


def test_firing_leaves_events_and_differences_to_processing(
    session: Session, utility: Utility, acme: Customer, clock: FixedClock
) -> None:
    happened(session, [acme.used(kwh(50), OCTOBER_20), acme.used(kwh(30), OCTOBER_20)])
    reconsider(session, utility.ledger, *dearer(session, utility.rules["usage"], OCTOBER_20))
    session.commit()
    before = by_day(session, utility.ledger)
    clock.set(noticed(12, 5))

    run(LedgerBooks(session, utility.ledger), AccountBasedFiring())

    assert by_day(session, utility.ledger) == before


def test_a_rule_per_month_is_reckoned_again_when_its_terms_change(
    session: Session, utility: Utility, acme: Customer, clock: FixedClock
) -> None:
    monthly = _monthly(session, utility)
    happened(
        session,
        [acme.used(kwh(50), OCTOBER_20), acme.used(kwh(50), OCTOBER_25), acme.used(kwh(10), NOVEMBER)],
    )
    _fire(session, utility, clock)
    assert balance(session, acme.service) == usd(110)

    reconsider(session, utility.ledger, *_terms(session, monthly, "0.2", OCTOBER))

    assert balance(session, acme.service) == usd(220)
    assert {entry.concerns for each in adjusting(session) for entry in each.entries} == {
        date(1999, 10, 31),
        date(1999, 11, 30),
    }
    _fire(session, utility, clock)
    assert balance(session, acme.service) == usd(220)


def test_terms_that_change_in_mid_month_split_it(
    session: Session, utility: Utility, acme: Customer, clock: FixedClock
) -> None:
    monthly = _monthly(session, utility)
    happened(session, [acme.used(kwh(50), OCTOBER), acme.used(kwh(50), OCTOBER_25)])
    _fire(session, utility, clock)

    ended = monthly.terms[0].ended(OCTOBER_20)
    session.flush()
    begun = _of_month(monthly, "0.2", Period(OCTOBER_20, FOREVER))
    session.flush()
    reconsider(session, utility.ledger, ended, begun)

    days = by_day(session, utility.ledger)
    assert days[acme.service.id, date(1999, 10, 19)] == 5000
    assert days[acme.service.id, date(1999, 10, 31)] == 10000
    _fire(session, utility, clock)
    assert by_day(session, utility.ledger) == days


def test_a_rule_per_month_that_holds_no_more_takes_its_totals_back(
    session: Session, utility: Utility, acme: Customer, clock: FixedClock
) -> None:
    monthly = _monthly(session, utility)
    happened(session, [acme.used(kwh(50), OCTOBER)])
    _fire(session, utility, clock)
    utility.regular.rules.remove(monthly)
    session.flush()

    reconsider(session, utility.ledger, monthly)
    reconsider(session, utility.ledger, monthly)

    assert balance(session, acme.service) == usd(0)
    assert len(adjusting(session)) == 1


def test_a_rule_per_month_that_was_never_fired_is_left_to_firing(
    session: Session, utility: Utility, acme: Customer, clock: FixedClock
) -> None:
    monthly = _monthly(session, utility)
    happened(session, [acme.used(kwh(50), OCTOBER)])

    reconsider(session, utility.ledger, *_terms(session, monthly, "0.2", OCTOBER))
    assert balance(session, acme.service) == usd(0)

    _fire(session, utility, clock)
    assert balance(session, acme.service) == usd(100)


def test_a_rule_per_month_follows_events_that_are_corrected(
    session: Session, utility: Utility, acme: Customer, clock: FixedClock
) -> None:
    _monthly(session, utility)
    (event,) = happened(session, [acme.used(kwh(50), OCTOBER)])
    _fire(session, utility, clock)
    correction = event.corrected(noticed=noticed(12, 2), attributes={"usage": kwh(70)})
    session.add(correction)
    process_event(session, correction)

    _fire(session, utility, clock)

    assert balance(session, acme.service) == usd(70)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounting_reconsideration SET because = 'forged'",
        "DELETE FROM accounting_reconsideration",
        "UPDATE accounting_share SET steps = 1",
        "DELETE FROM accounting_share",
        "UPDATE accounting_considered SET was_withdrawn = NOT was_withdrawn",
        "DELETE FROM accounting_considered",
    ],
)
def test_the_database_refuses_to_rewrite_a_reconsideration(
    session: Session, utility: Utility, acme: Customer, layer: Layer, statement: str
) -> None:
    _shared(session, acme)

    with refuses("reconsideration.append-only", layer):
        session.execute(text(statement))


def test_a_session_refuses_a_reconsideration_written_by_hand(session: Session, acme: Customer) -> None:
    made = _shared(session, acme)
    made.because = "forged"
    with refuses("reconsideration.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()

    made.shares[0].steps += 1
    with refuses("reconsideration.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()

    session.scalars(select(Considered)).first().was_withdrawn = True  # type: ignore[union-attr]
    with refuses("reconsideration.append-only", Layer.FLUSH):
        session.flush()


def test_the_database_refuses_a_late_share(session: Session, acme: Customer, layer: Layer) -> None:
    made = _shared(session, acme)
    share = made.shares[0]

    with refuses("reconsideration.shares", layer):
        _forge(session, share, n=99)


@pytest.mark.parametrize("forged", [{"steps": 7}, {"transaction_id": None}, {"concerns": OCTOBER}])
def test_the_database_refuses_shares_that_do_not_add_up(
    session: Session, acme: Customer, layer: Layer, forged: dict[str, Any]
) -> None:
    share = _shared(session, acme).shares[0]
    key = uuid7()
    _forge(session, share, reconsideration_id=key, **forged)

    with refuses("reconsideration.shares", layer):
        session.execute(
            insert(Reconsideration).values(
                ledger_id=share.ledger_id, id=key, at=noticed(12, 1), because="forged"
            )
        )


def test_the_database_refuses_a_share_without_its_reconsideration(
    session: Session, acme: Customer, layer: Layer
) -> None:
    share = _shared(session, acme).shares[0]
    _forge(session, share, reconsideration_id=uuid7())

    with pytest.raises(Exception, match=r"(?i)foreign key|reconsideration\.shares"):
        session.commit()


def _everybody(session: Session, utility: Utility) -> tuple[Customer, PracticeAssignment]:
    """A customer without an agreement, where the regular one is used for the whole ledger."""
    someone = utility.customer(session, "someone", None)
    for_all = PracticeAssignment(ledger=utility.ledger, practice=utility.regular)
    session.add(for_all)
    session.commit()
    return someone, for_all


def _monthly(session: Session, utility: Utility) -> PostingRule:
    """A tenth of each month's usage, as a fee."""
    rule = PostingRule(
        name="monthly fee",
        trigger=OnAccountType(type="base usage"),
        outputs=Output(source=Named(account="revenue"), destination=OfType(type="service fee")),
        per=Per.MONTH,
    )
    _of_month(rule, "0.1", ALWAYS)
    utility.regular.rules.remove(utility.rules["tax on service"])
    utility.regular.rules.append(rule)
    session.commit()
    return rule


def _of_month(rule: PostingRule, share: str, period: Period) -> RuleTerms:
    return RuleTerms(rule=rule, method=RateMethod(multiplier=Quantity(share, "1")), period=period)


def _terms(session: Session, rule: PostingRule, share: str, since: date) -> list[RuleTerms]:
    (old,) = [each for each in rule.terms if each.is_believed]
    old.withdraw()
    session.flush()
    return [old, _of_month(rule, share, Period(since, FOREVER))]


def _fire(session: Session, utility: Utility, clock: FixedClock) -> None:
    session.commit()
    clock.advance(timedelta(hours=1))
    run(LedgerBooks(session, utility.ledger), AccountBasedFiring())
    session.commit()
    clock.advance(timedelta(hours=1))


def _shared(session: Session, acme: Customer) -> Reconsideration:
    happened(session, [acme.used(kwh(50), OCTOBER_20), acme.used(kwh(30), OCTOBER_20)])
    made = reconsider(session, acme.utility.ledger, *dearer(session, acme.utility.rules["usage"], OCTOBER_20))
    session.commit()
    assert str(made.shares[0])
    return made


def _forge(session: Session, share: Share, **changes: Any) -> None:
    said = {column.name: getattr(share, column.name) for column in Share.__table__.columns}
    session.execute(insert(Share.__table__).values({**said, **changes}))  # type: ignore[arg-type]


def _by_hand(session: Session, customer: Customer, amount: int) -> Draft:
    from analysis_patterns.accounting import DetailAccount

    revenue = session.scalars(select(DetailAccount).where(DetailAccount.name == "revenue")).one()
    return Draft.transfer(usd(amount), source=revenue, destination=customer.base_usage, charged=OCTOBER_20)


def _tax(session: Session, utility: Utility, percent: int) -> list[RuleTerms]:
    rule = utility.rules["tax on usage"]
    (old,) = [each for each in rule.terms if each.is_believed]
    old.withdraw()
    session.flush()
    return [
        old,
        RuleTerms(
            rule=rule,
            method=RateMethod(multiplier=Quantity(f"0.{percent}", "1")),
            period=Period(OCTOBER, FOREVER),
        ),
    ]
