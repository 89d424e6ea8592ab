"""Retroactive Event: rules per month of many customers are put right by one entry, down to the last rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from analysis_patterns.accounting import (
    AccountingEvent,
    Adjustment,
    DetailAccount,
    Entry,
    Reconsideration,
    changes_since,
    derivation_of,
    derivation_of_balance,
    process_events,
    read_derivation,
    reconsider,
    write_derivation,
)
from analysis_patterns.accounting.firing import AccountBasedFiring, LedgerBooks, run
from analysis_patterns.accounting.method import RateMethod
from analysis_patterns.accounting.rule.finder import Named, OfType, Output
from analysis_patterns.accounting.rule.posting_rule import Per, PostingRule, RuleTerms
from analysis_patterns.accounting.rule.trigger import OnAccountType
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.values import Quantity

from .utility import Customer, Utility, balance, by_day, kwh, noticed, usd

OCTOBER_20, OCTOBER_25 = date(1999, 10, 20), date(1999, 10, 25)
HOUR = timedelta(hours=1)


@dataclass
class Fees:
    """A tenth of a month's usage is due as a fee, a tenth of the month's fees as tax, of two customers."""

    session: Session
    clock: FixedClock
    utility: Utility
    acme: Customer
    bean: Customer
    fee: PostingRule
    events: list[AccountingEvent]

    @property
    def revenue(self) -> DetailAccount:
        """Where all fees come from."""
        return self.session.scalars(select(DetailAccount).where(DetailAccount.name == "revenue")).one()

    def fire(self) -> None:
        """Fire what is left to firing."""
        self.session.commit()
        self.clock.advance(HOUR)
        run(LedgerBooks(self.session, self.utility.ledger), AccountBasedFiring())
        self.session.commit()
        self.clock.advance(HOUR)

    def dearer(self, rate: str) -> Reconsideration:
        """Let the fee be another share, since ever; and follow that up."""
        (believed,) = (each for each in self.fee.terms if each.is_believed)
        believed.withdraw()
        self.session.flush()
        RuleTerms(rule=self.fee, method=RateMethod(multiplier=Quantity(rate, "1")))
        self.session.commit()
        made = reconsider(
            self.session, self.utility.ledger, *changes_since(self.session, self.utility.ledger)
        )
        self.session.commit()
        self.clock.advance(HOUR)
        return made

    def due(self) -> tuple[Quantity, ...]:
        """The fees and the taxes of both."""
        accounts = (self.acme.service, self.bean.service, self.acme.tax, self.bean.tax)
        return tuple(balance(self.session, each) for each in accounts)


@pytest.fixture
def fees(session: Session, utility: Utility, acme: Customer, clock: FixedClock) -> Fees:
    """Two customers who used power, whose fees and taxes of the month are posted."""
    clock.set(noticed(12, 1))
    utility.regular.rules.remove(utility.rules["tax on usage"])
    utility.regular.rules.remove(utility.rules["tax on service"])
    rules = [
        PostingRule(
            name=name,
            trigger=OnAccountType(type=read),
            outputs=Output(source=Named(account=source), destination=OfType(type=written)),
            per=Per.MONTH,
        )
        for name, read, source, written in (
            ("monthly fee", "base usage", "revenue", "service fee"),
            ("monthly tax", "service fee", "tax due", "tax"),
        )
    ]
    for each in rules:
        RuleTerms(rule=each, method=RateMethod(multiplier=Quantity("0.1", "1")))
    utility.regular.rules.extend(rules)
    bean = utility.customer(session, "Bean", utility.regular)
    events = [acme.used(kwh(50), OCTOBER_20), bean.used(kwh(30), OCTOBER_25)]
    session.add_all(events)
    process_events(session, events)
    made = Fees(session, clock, utility, acme, bean, rules[0], events)
    made.fire()
    reconsider(session, utility.ledger, *changes_since(session, utility.ledger))
    session.commit()
    clock.advance(HOUR)
    assert made.due() == (usd(50), usd(30), usd(5), usd(3))
    return made


def adjusting(session: Session, made: Reconsideration) -> list[Entry]:
    """The adjusting entries of a reconsideration."""
    return [each for each in made.entries() if each.transaction.adjustment is Adjustment.DIFFERENCE]


def test_one_entry_puts_an_account_right_for_all_customers_down_to_the_last_rule(
    session: Session, fees: Fees
) -> None:
    made = fees.dearer("0.2")

    assert fees.due() == (usd(100), usd(60), usd(10), usd(6))
    found = Counter((each.account.name, each.concerns) for each in adjusting(session, made))
    assert set(found.values()) == {1}
    assert {each.account.name: each.amount for each in adjusting(session, made)} == {
        "revenue": usd(-80),
        "service fee of Acme Coffee Makers": usd(50),
        "service fee of Bean": usd(30),
        "tax due": usd(-8),
        "tax of Acme Coffee Makers": usd(5),
        "tax of Bean": usd(3),
    }
    ours = fees.acme.base_usage.id
    assert [each.steps for each in made.shares if each.totalled_id == ours] == [-5000, 5000]
    assert list(inconsistencies(session)) == []


def test_what_comes_next_is_reckoned_from_each_customers_share(session: Session, fees: Fees) -> None:
    fees.dearer("0.2")
    fees.fire()
    assert fees.due() == (usd(100), usd(60), usd(10), usd(6))

    fees.dearer("0.3")
    assert fees.due() == (usd(150), usd(90), usd(15), usd(9))

    late = fees.bean.used(kwh(10), OCTOBER_20)
    session.add(late)
    process_events(session, [late])
    fees.fire()
    assert fees.due() == (usd(150), usd(120), usd(15), usd(12))


def test_shares_that_even_out_need_no_entry_in_the_account_they_share(session: Session, fees: Fees) -> None:
    correction = fees.events[0].corrected(noticed=noticed(12, 2), subject=fees.bean.person)
    session.add(correction)
    before = balance(session, fees.revenue)

    process_events(session, [correction])
    session.commit()

    assert fees.due() == (usd(0), usd(80), usd(0), usd(8))
    assert balance(session, fees.revenue) == before


def test_a_correction_is_totalled_again_at_once_and_firing_adds_nothing(session: Session, fees: Fees) -> None:
    correction = fees.events[0].corrected(noticed=noticed(12, 2), attributes={"usage": kwh(70)})
    session.add(correction)

    process_events(session, [correction])
    session.commit()

    assert fees.due() == (usd(70), usd(30), usd(7), usd(3))
    days = by_day(session, fees.utility.ledger)
    fees.fire()
    assert by_day(session, fees.utility.ledger) == days


def test_what_was_reported_before_can_still_be_told(session: Session, fees: Fees) -> None:
    reported = fees.clock.now()
    fees.clock.advance(HOUR)

    fees.dearer("0.2")

    assert fees.acme.service.balance(known_at=reported) == usd(50)
    assert fees.revenue.balance(known_at=reported) == usd(-880)


def test_a_common_entry_and_what_comes_after_it_are_explained_and_reckoned_again(
    session: Session, fees: Fees
) -> None:
    entries = adjusting(session, fees.dearer("0.2")) + adjusting(session, fees.dearer("0.3"))
    late = fees.bean.used(kwh(10), OCTOBER_20)
    session.add(late)
    process_events(session, [late])
    fees.fire()
    entries += session.scalars(select(Entry).where(Entry.booked >= fees.clock.now() - 2 * HOUR))

    for entry in entries:
        derivation = read_derivation(write_derivation(derivation_of(entry)))
        assert "but from what is known" not in str(derivation), entry
        assert derivation.recomputed() == entry.amount
    told = derivation_of_balance(fees.acme.service)
    assert told.recomputed() == usd(150)
