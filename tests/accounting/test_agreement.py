"""Agreement Dispatcher: an event meets the agreement and the terms of the day that it occurred."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from time import sleep
from typing import Any

import pytest
from sqlalchemy import insert, select

from analysis_patterns.accounting import (
    AccountingEvent,
    Entry,
    Processing,
    Transaction,
    process_event,
    process_events,
)
from analysis_patterns.accounting.event.agreement import AgreementDispatcher
from analysis_patterns.accounting.method import FlatMethod
from analysis_patterns.accounting.posting.closing import close_period
from analysis_patterns.accounting.posting.limit import BalanceLimit
from analysis_patterns.accounting.rule.finder import Named, OfType, Output
from analysis_patterns.accounting.rule.posting_rule import PostingRule, RuleTerms
from analysis_patterns.accounting.rule.practice import (
    AccountingPractice,
    AccountingPracticeType,
    PracticeAssignment,
)
from analysis_patterns.accounting.rule.trigger import OnAccount, OnEvent
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import FOREVER
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Quantity

from ..postgres import PostgresServer
from ..refusals import refuses
from ..schemas import create_schema
from .books import counted
from .utility import DECEMBER, OCTOBER, Customer, Utility, balance, flat_rate, kwh, noticed, usd

OCTOBER_5 = date(1999, 10, 5)
DECEMBER_5 = date(1999, 12, 5)


def processed(session: Session, event: AccountingEvent) -> Processing:
    """What became of an event that was recorded and processed."""
    session.add(event)
    outcome = process_event(session, event)
    session.commit()
    return outcome


def posted_for(session: Session, event: AccountingEvent) -> list[Transaction]:
    """The transactions of an event, in their order."""
    asked = select(Transaction).where(Transaction.event_id == event.id).order_by(Transaction.id)
    return list(session.scalars(asked))


def test_fifty_kilowatt_hours_cost_five_hundred_dollars_and_tax(session: Session, acme: Customer) -> None:
    outcome = processed(session, acme.used(kwh(50)))

    assert outcome.is_done
    assert str(outcome) == "processed"
    assert balance(session, acme.base_usage) == usd(500)
    assert balance(session, acme.tax) == usd("27.50")


@pytest.mark.parametrize(("day", "fee"), [(OCTOBER_5, 30), (DECEMBER_5, 35)])
def test_a_service_call_costs_what_the_terms_of_its_day_say(
    session: Session, acme: Customer, day: date, fee: int
) -> None:
    processed(session, acme.called(usd(40), day))

    assert balance(session, acme.service) == usd(fee)


def test_tax_of_thirty_five_dollars_is_rounded_up_to_the_cent(session: Session, acme: Customer) -> None:
    processed(session, acme.called(usd(40), DECEMBER_5))

    assert balance(session, acme.tax) == usd("1.93")


@pytest.mark.parametrize(("used", "cost"), [(50, 250), (51, 510), (10, 50)])
def test_the_low_pay_agreement_is_cheap_up_to_fifty(
    session: Session, perrin: Customer, used: int, cost: int
) -> None:
    processed(session, perrin.used(kwh(used)))

    assert balance(session, perrin.base_usage) == usd(cost)


def test_the_low_pay_agreement_has_a_flat_fee(session: Session, perrin: Customer) -> None:
    processed(session, perrin.called(usd(40), OCTOBER_5))

    assert balance(session, perrin.service) == usd(10)


def test_the_day_it_occurred_decides_not_when_it_was_noticed(session: Session, acme: Customer) -> None:
    event = AccountingEvent(
        ledger=acme.utility.ledger, type=acme.utility.call, subject=acme.person,
        occurred=OCTOBER_5, noticed=noticed(12, 20), attributes={"fee": usd(40)},
    )  # fmt: skip

    processed(session, event)

    (entry,) = session.scalars(select(Entry).where(Entry.account_id == acme.service.id))
    assert entry.amount == usd(30)
    assert (entry.charged, entry.concerns) == (OCTOBER_5, OCTOBER_5)


def test_each_entry_names_the_terms_the_event_and_what_it_was_made_from(
    session: Session, acme: Customer
) -> None:
    event = acme.used(kwh(50))

    processed(session, event)

    usage, tax = posted_for(session, event)
    assert [each.creator for each in (usage, tax)] == [
        acme.utility.rules[name].terms_on(OCTOBER) for name in ("usage", "tax on usage")
    ]
    assert (usage.sources, usage.root_id) == ([], None)
    assert [entry.account for entry in tax.sources] == [acme.base_usage]
    assert tax.root_id == usage.id
    assert [entry.amount for entry in usage.entries] == [usd(-500), usd(500)]


def test_a_rule_without_an_attribute_counts_the_event(
    session: Session, utility: Utility, acme: Customer
) -> None:
    rule = PostingRule(
        name="standing charge",
        trigger=OnEvent(event="usage"),
        outputs=Output(source=Named(account="revenue"), destination=OfType(type="service fee")),
    )
    RuleTerms(rule=rule, method=flat_rate(1).model_copy(update={"multiplier": Quantity(3, "USD/1")}))
    utility.regular.rules.append(rule)
    session.commit()

    processed(session, acme.used(kwh(50)))

    assert balance(session, acme.service) == usd(3)


def test_an_event_of_the_whole_ledgers_agreement(session: Session, utility: Utility) -> None:
    someone = utility.customer(session, "someone", None)
    session.add(PracticeAssignment(ledger=utility.ledger, practice=utility.regular))

    processed(session, someone.used(kwh(2)))

    assert balance(session, someone.base_usage) == usd(20)


def test_agreements_are_found_by_subject_and_day(session: Session, utility: Utility, acme: Customer) -> None:
    assignment = session.scalars(select(PracticeAssignment)).one()
    assignment.ended(DECEMBER)
    session.flush()

    dispatcher = AgreementDispatcher(session, utility.ledger.id)

    assert dispatcher.agreements(acme.person.id, OCTOBER_5) == [utility.regular]
    assert dispatcher.agreements(acme.person.id, DECEMBER) == []


def test_without_an_agreement_the_error_is_kept_with_the_event(session: Session, utility: Utility) -> None:
    stranger = utility.customer(session, "stranger", None)
    event = stranger.used(kwh(50))

    outcome = processed(session, event)

    assert not outcome.is_done
    assert outcome.rule == "event.agreement"
    assert event.error == (
        "event.agreement: found usage on 1999-10-01, when its subject had no service agreement; allowed: an "
        "agreement on that day. Assign one: PracticeAssignment(ledger=..., practice=..., subject=..., "
        "period=...); then process the event again."
    )
    assert not event.is_processed
    assert counted(session, "accounting_transaction") == 0


def test_without_an_agreement_is_refused_where_one_is_asked_for(session: Session, utility: Utility) -> None:
    stranger = utility.customer(session, "stranger", None)

    with refuses("event.agreement"):
        AgreementDispatcher(session, utility.ledger.id).terms_for(stranger.used(kwh(50)))


def test_without_terms_on_its_day_the_error_is_kept_with_the_event(
    session: Session, utility: Utility
) -> None:
    early = utility.customer(session, "early", utility.regular, since=date(1999, 9, 1))
    event = early.used(kwh(50), date(1999, 9, 30))

    outcome = processed(session, event)

    assert outcome.rule == "event.rule"
    assert event.error is not None
    assert event.error.startswith(
        "event.rule: found usage on 1999-09-30, for which regular has no rule; allowed: a rule with OnEvent"
    )
    with refuses("event.rule"):
        AgreementDispatcher(session, utility.ledger.id).terms_for(event)


def test_an_event_that_failed_is_processed_once_what_was_missing_is_there(
    session: Session, utility: Utility
) -> None:
    stranger = utility.customer(session, "stranger", None)
    event = stranger.used(kwh(50))
    processed(session, event)
    session.add(
        PracticeAssignment(
            ledger=utility.ledger,
            practice=utility.regular,
            subject=stranger.person,
            period=Period(OCTOBER, FOREVER),
        )
    )

    outcome = process_event(session, event)

    assert outcome.is_done
    assert event.is_processed
    assert event.error is None
    assert [each.n for each in event.processings] == [0, 1]
    assert balance(session, stranger.base_usage) == usd(500)


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({}, "usage on 1999-10-01, without 'usage'"),
        ({"usage": "much"}, "usage on 1999-10-01, with usage = 'much'"),
        ({"usage": True}, "usage on 1999-10-01, with usage = True"),
    ],
)
def test_without_an_amount_the_error_is_kept_with_the_event(
    session: Session, acme: Customer, attributes: dict[str, Any], found: str
) -> None:
    event = acme.used(kwh(50))
    event.attributes = attributes

    outcome = processed(session, event)

    assert outcome.rule == "event.amount"
    assert outcome.error is not None
    assert outcome.error.startswith(
        f"event.amount: found {found}; allowed: a number or a quantity as 'usage'."
    )


def test_an_event_without_the_amount_that_its_rule_reckons_with_is_refused(
    session: Session, utility: Utility, acme: Customer
) -> None:
    from analysis_patterns.accounting.adjustment.adjustment import Work
    from analysis_patterns.accounting.adjustment.consequence import of_event

    event = acme.called(usd(40), OCTOBER_5)
    event.type = utility.usage
    work = Work.on(session, utility.ledger.id)

    with refuses("event.amount"):
        of_event(work.books, work.dispatcher, event)


def test_nothing_is_posted_where_a_later_consequence_fails(
    session: Session, utility: Utility, acme: Customer
) -> None:
    utility.rules["tax on usage"].terms[0].withdraw()
    broken = RuleTerms(rule=utility.rules["tax on usage"], method=flat_rate(1))
    session.flush()

    outcome = processed(session, acme.used(kwh(50)))

    assert broken.is_believed
    assert not outcome.is_done
    assert counted(session, "accounting_entry") == 0


def test_an_event_is_processed_once(session: Session, acme: Customer) -> None:
    event = acme.used(kwh(50))
    processed(session, event)

    with refuses("event.processed-once") as refused:
        process_event(session, event)

    assert str(refused.value) == (
        "event.processed-once: found usage on 1999-10-01, which is processed already; allowed: an event that "
        "is not. To follow up what changed since, call reconsider(session, ledger, ...)."
    )
    assert balance(session, acme.base_usage) == usd(500)


def test_the_database_refuses_a_second_success(session: Session, acme: Customer, layer: Layer) -> None:
    event = acme.used(kwh(50))
    outcome = processed(session, event)
    said = {column.name: getattr(outcome, column.name) for column in Processing.__table__.columns}

    with refuses("event.processed-once", layer):
        session.execute(insert(Processing.__table__).values({**said, "n": 1}))  # type: ignore[arg-type]


def test_an_event_that_another_adjusts_is_not_processed_any_more(session: Session, acme: Customer) -> None:
    event = acme.used(kwh(50))
    session.add(event)
    session.flush()
    session.add(event.corrected(noticed=noticed(10, 15)))

    with refuses("event.current"):
        process_event(session, event)


def test_many_events_are_processed_together(session: Session, acme: Customer, perrin: Customer) -> None:
    events = [acme.used(kwh(1), date(1999, 10, day)) for day in range(1, 20)]
    events += [perrin.used(kwh(1), date(1999, 10, day)) for day in range(1, 20)]
    events.append(acme.used(kwh(1), date(1999, 9, 30)))
    session.add_all(events)

    outcomes = process_events(session, events)

    assert [each.is_done for each in outcomes] == [True] * 38 + [False]
    assert balance(session, acme.base_usage) == usd(190)
    assert balance(session, perrin.base_usage) == usd(95)
    assert len({entry.booked for entry in session.scalars(select(Entry))}) == 1


def test_one_event_that_cannot_be_posted_does_not_hold_up_the_others(
    session: Session, acme: Customer, perrin: Customer
) -> None:
    session.add(BalanceLimit(account=acme.base_usage, upper=usd(100)))
    session.commit()
    events = [acme.used(kwh(1)), acme.used(kwh(50)), perrin.used(kwh(1))]
    session.add_all(events)

    outcomes = process_events(session, events)

    assert [each.rule for each in outcomes] == [None, "balance-limit.kept", None]
    assert balance(session, acme.base_usage) == usd(10)
    assert balance(session, perrin.base_usage) == usd(5)


def test_a_late_event_in_closed_books_is_charged_on_the_first_open_day(
    session: Session, acme: Customer
) -> None:
    close_period(session, acme.utility.ledger, before=DECEMBER)
    session.commit()

    processed(session, acme.used(kwh(50), OCTOBER_5))

    assert {
        (entry.account.name, entry.charged, entry.concerns) for entry in session.scalars(select(Entry))
    } == {(name, DECEMBER, OCTOBER_5) for name in ("revenue", "tax due", acme.base_usage.name, acme.tax.name)}


def test_rules_of_two_customers_that_set_each_other_off_are_an_error_of_the_event(
    session: Session, utility: Utility, acme: Customer, perrin: Customer
) -> None:
    passing = AccountingPracticeType(name="passing on")
    for customer, other in ((acme, perrin), (perrin, acme)):
        rule = PostingRule(
            name=f"pass on from {customer.person.name}",
            trigger=OnAccount(account=customer.service.name),
            outputs=Output(source=Named(account="revenue"), destination=Named(account=other.service.name)),
        )
        RuleTerms(rule=rule, method=FlatMethod(amount=usd(1)))
        practice = AccountingPractice(name=f"{customer.person.name} passes on", type=passing, rules=[rule])
        session.add(PracticeAssignment(ledger=utility.ledger, practice=practice, subject=customer.person))
    session.commit()

    outcome = processed(session, acme.called(usd(40), OCTOBER_5))

    assert outcome.rule == "posting-rule.stratified"
    assert outcome.error is not None
    assert outcome.error.startswith(
        "posting-rule.stratified: found rules that set each other off: pass on from Acme Coffee Makers > "
        "pass on from Reginald Perrin > pass on from Acme Coffee Makers; allowed:"
    )


def test_two_sessions_process_an_event_once(postgres: PostgresServer) -> None:
    with postgres.fresh(create_schema) as url:
        engine = create_engine(url)
        begin = sessions(engine, clock=FixedClock(noticed(12, 1)))
        with begin() as one, begin() as other, ThreadPoolExecutor(1) as beside:
            acme = Utility.founded(one)
            event = acme.customer(one, "Acme", acme.regular).used(kwh(50))
            one.add(event)
            one.commit()
            same = other.get_one(AccountingEvent, (event.ledger_id, event.id))

            process_event(one, event)
            waiting = beside.submit(process_event, other, same)
            sleep(0.2)
            waits = not waiting.done()
            one.commit()

            with refuses("event.processed-once"):
                waiting.result(timeout=20)
            assert waits
            assert counted(one, "accounting_transaction") == 2
        engine.dispose()
