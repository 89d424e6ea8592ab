"""Retroactive Event: a change of the past meets those who account by the old rules, or no longer can."""

from __future__ import annotations

from datetime import date
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, select

from analysis_patterns.accounting import (
    Account,
    AccountBasedFiring,
    AccountingEvent,
    DetailAccount,
    Draft,
    EagerFiring,
    EventType,
    Ledger,
    LedgerBooks,
    PracticeAssignment,
    RuleBasedFiring,
    post_eagerly,
    process_event,
    reconsider,
    record,
    run,
)
from analysis_patterns.accounting.rule.posting_rule import PostingRule
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.values import Money, Quantity

from ..refusals import refuses
from .supply import OCTOBER, SINCE, Supply

LATER = date(1999, 1, 1)


@pytest.fixture
def supply(session: Session) -> Supply:
    return Supply.kept(session)


def test_what_stands_is_not_taken_back_because_an_account_has_another_name(supply: Supply) -> None:
    supply.used(50)
    charges = supply.session.scalars(select(Account).where(Account.name == "charges")).one()
    stood = charges.balance(as_of=LATER)
    supply.session.scalars(select(Account).where(Account.name == "sales")).one().name = "Sales of power"
    supply.session.commit()

    changed = supply.replaced("power", "11 USD/(kW.h)")
    with refuses("posting-rule.account-found"):
        reconsider(supply.session, supply.ledger, *changed)
    supply.session.rollback()

    assert charges.balance(as_of=LATER) == stood != Money(0, "USD")


def test_what_reconsidering_posted_is_not_posted_again_by_another_mode(supply: Supply) -> None:
    """The tax was first due by an agreement that began, for the past, after the charge had been fired on."""
    (assignment,) = supply.session.scalars(select(PracticeAssignment))
    assignment.withdraw()
    supply.session.commit()
    charges, payable = supply.account("charges"), supply.account("tax payable")
    assert isinstance(charges, DetailAccount)
    by_hand = Draft.transfer(
        Money(100, "USD"), source=supply.account("sales"), destination=charges, charged=OCTOBER
    )
    post_eagerly(supply.session, [by_hand])
    begun = PracticeAssignment(
        ledger=supply.ledger, practice=supply.agreement, subject=supply.customer, period=SINCE
    )
    supply.session.add(begun)
    reconsider(supply.session, supply.ledger, begun)
    supply.session.commit()

    run(LedgerBooks(supply.session, supply.ledger), AccountBasedFiring())
    run(LedgerBooks(supply.session, supply.ledger), RuleBasedFiring())
    run(LedgerBooks(supply.session, supply.ledger), EagerFiring())
    supply.session.commit()

    assert payable.balance(as_of=LATER) == Money("-5.50", "USD")


def test_an_event_being_accounted_for_by_old_terms_is_put_right_by_who_changes_them(
    engine: Engine, supply: Supply, clock: FixedClock
) -> None:
    """In SQLite, with one writer at a time, the second one waits from the beginning."""
    make, ledger, subject = sessions(engine, clock=clock), supply.ledger.id, supply.customer.id
    usage = supply.used(1).type_id
    supply.session.commit()
    accounted, both_under_way = Event(), Event()

    def account_for_an_event() -> None:
        with make() as mine:
            event = AccountingEvent(
                ledger=mine.get_one(Ledger, ledger),
                type=mine.get_one(EventType, usage),
                subject=subject,
                occurred=OCTOBER,
                noticed=clock.now(),
                attributes={"usage": Quantity(10, "kW.h")},
            )
            process_event(mine, record(mine, event))
            accounted.set()
            both_under_way.wait(1)
            mine.commit()

    other = Thread(target=account_for_an_event)
    other.start()
    accounted.wait(10)
    (rule,) = supply.session.scalars(select(PostingRule).where(PostingRule.name == "power"))
    assert rule is supply.rules["power"]
    reconsider(supply.session, supply.ledger, *supply.replaced("power", "11 USD/(kW.h)"))
    supply.session.commit()
    other.join()

    charges = supply.session.scalars(select(Account).where(Account.name == "charges")).one()
    assert charges.balance(as_of=LATER) == Money(121, "USD")
