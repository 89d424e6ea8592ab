"""6.7 and 7.1: a rule per month is followed up when its terms or its users change inside the month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from analysis_patterns.accounting import (
    AccountingPractice,
    AccountingPracticeType,
    Asset,
    DetailAccount,
    Draft,
    Entry,
    Income,
    Ledger,
    PracticeAssignment,
    Transaction,
    post,
    reconsider,
)
from analysis_patterns.accounting.firing import AccountBasedFiring, LedgerBooks, run
from analysis_patterns.accounting.method import RateMethod
from analysis_patterns.accounting.posting.closing import close_period
from analysis_patterns.accounting.rule.finder import Finder, Named, Output, Trigger
from analysis_patterns.accounting.rule.posting_rule import Per, PostingRule, RuleTerms
from analysis_patterns.accounting.rule.trigger import OnAccount
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import FOREVER
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Quantity

from .utility import usd

HOUR = timedelta(hours=1)
FIFTH, MIDDLE, LATE, END = date(1995, 1, 5), date(1995, 1, 15), date(1995, 1, 25), date(1995, 1, 31)
BEFORE_MIDDLE = date(1995, 1, 14)


@dataclass
class Taxed:
    """Books in which a tenth of each month's fees is due as tax."""

    session: Session
    clock: FixedClock
    ledger: Ledger
    fees: DetailAccount
    tax: DetailAccount
    sales: DetailAccount
    rule: PostingRule
    practice: AccountingPractice
    use: PracticeAssignment

    @classmethod
    def kept(cls, session: Session, clock: FixedClock, source: Finder) -> Taxed:
        """New books, in which the tax is taken from where it is said."""
        ledger = Ledger(name="consultant")
        ledger.count_in("USD")
        fees, tax = (Asset(ledger=ledger, name=name, unit="USD") for name in ("fees", "tax"))
        sales, due = (Income(ledger=ledger, name=name, unit="USD") for name in ("sales", "due"))
        rule = PostingRule(
            name="monthly tax",
            trigger=OnAccount(account="fees"),
            outputs=Output(source=source, destination=Named(account="tax")),
            per=Per.MONTH,
        )
        RuleTerms(rule=rule, method=share("0.1"))
        practice = AccountingPractice(name="taxes", type=AccountingPracticeType(name="taxes"), rules=[rule])
        session.add_all([fees, tax, sales, due, practice])
        use = PracticeAssignment(ledger=ledger, practice=practice)
        session.add(use)
        session.commit()
        return cls(session, clock, ledger, fees, tax, sales, rule, practice, use)

    def charge(self, amount: int, day: date) -> None:
        """Charge a fee, and fire the rules."""
        charged = max(day, self.ledger.closed_before)
        draft = Draft.transfer(usd(amount), source=self.sales, destination=self.fees, charged=charged)
        post(self.session, draft)
        self.fire()

    def fire(self) -> None:
        """Fire the rules."""
        self.clock.advance(HOUR)
        run(LedgerBooks(self.session, self.ledger), AccountBasedFiring())
        self.session.commit()
        self.clock.advance(HOUR)

    def dearer(self, since: date) -> list[RuleTerms]:
        """Let a fifth be due since a day."""
        (terms,) = self.rule.terms
        ended = terms.ended(since)
        self.session.flush()
        begun = RuleTerms(rule=self.rule, method=share("0.2"), period=Period(since, FOREVER))
        self.session.flush()
        return [ended, begun]

    def due(self) -> dict[date, int]:
        """The tax in cents, by the day concerned; days for which none is due left out."""
        found: dict[date, int] = {}
        for day, steps in self.session.execute(
            select(Entry.concerns, Entry.steps).where(Entry.account_id == self.tax.id)
        ):
            found[day] = found.get(day, 0) + steps
        return {day: steps for day, steps in found.items() if steps}

    def taxed(self) -> list[Transaction]:
        """The transactions that the rule made, in order."""
        made = select(Transaction).where(Transaction.creator_id.is_not(None))
        return list(self.session.scalars(made.order_by(Transaction.booked, Transaction.key)))


def share(number: str) -> RateMethod:
    return RateMethod(multiplier=Quantity(number, "1"))


@pytest.fixture
def books(session: Session, clock: FixedClock) -> Taxed:
    return Taxed.kept(session, clock, Named(account="due"))


def test_a_change_inside_a_month_that_was_fired_does_not_post_it_twice(books: Taxed) -> None:
    books.charge(100, FIFTH)
    books.charge(100, LATE)
    books.dearer(MIDDLE)

    books.charge(100, LATE)

    assert books.due() == {BEFORE_MIDDLE: 1000, END: 4000}


def test_what_stands_moves_to_the_last_day_of_its_part_though_all_entries_are_earlier(books: Taxed) -> None:
    books.charge(100, FIFTH)

    reconsider(books.session, books.ledger, *books.dearer(MIDDLE))

    assert books.due() == {BEFORE_MIDDLE: 1000}


def test_there_is_one_entry_for_each_account_and_day(books: Taxed) -> None:
    books.charge(100, FIFTH)
    books.charge(100, LATE)
    before = len(books.taxed())

    reconsider(books.session, books.ledger, *books.dearer(FIFTH))

    (last,) = books.taxed()[before:]
    assert [str(entry) for entry in last.entries if entry.account is books.tax] == ["20.00 USD on 1995-01-31"]


def test_each_part_names_its_terms_and_what_is_taken_back_those_that_had_made_it(books: Taxed) -> None:
    books.charge(100, FIFTH)
    (made,) = books.taxed()

    ended = books.use.ended(MIDDLE)
    reconsider(books.session, books.ledger, ended)

    _, again, back = books.taxed()
    assert books.due() == {BEFORE_MIDDLE: 1000}
    assert {again.creator_id, back.creator_id} == {made.creator_id}


def test_a_practice_that_was_never_followed_takes_all_of_it_back(books: Taxed) -> None:
    books.charge(100, FIFTH)
    books.use.withdraw()

    reconsider(books.session, books.ledger, books.use)
    books.fire()

    assert books.due() == {}


def test_a_closed_month_is_charged_on_the_first_open_day_and_concerns_its_own(books: Taxed) -> None:
    books.charge(100, FIFTH)
    close_period(books.session, books.ledger, before=date(1995, 3, 1))

    reconsider(books.session, books.ledger, *books.dearer(FIFTH))

    *_, last = books.taxed()
    assert books.due() == {END: 2000}
    assert {(each.charged, each.concerns) for each in last.entries} == {(date(1995, 3, 1), END)}


def test_what_the_rule_uses_up_of_its_own_account_is_not_totalled_again(
    session: Session, clock: FixedClock
) -> None:
    books = Taxed.kept(session, clock, Trigger())
    books.charge(100, FIFTH)

    reconsider(session, books.ledger, *books.dearer(FIFTH))
    books.fire()

    assert books.due() == {END: 2000}


def test_following_up_twice_and_firing_again_adds_nothing(books: Taxed) -> None:
    books.charge(100, FIFTH)
    changes = books.dearer(MIDDLE)
    reconsider(books.session, books.ledger, *changes)
    posted = len(books.taxed())

    reconsider(books.session, books.ledger, *changes)
    books.fire()

    assert len(books.taxed()) == posted
