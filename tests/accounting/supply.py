"""A ledger of a power supplier with rules on events, on entries and per month, for what explains them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from analysis_patterns.accounting import (
    Account,
    AccountingEvent,
    AccountType,
    Adjustment,
    Asset,
    Entry,
    EventType,
    Income,
    Ledger,
    Liability,
    MemoAccount,
    SummaryAccount,
    record,
)
from analysis_patterns.accounting.adjustment.processing import process_event
from analysis_patterns.accounting.firing import AccountBasedFiring, LedgerBooks, run
from analysis_patterns.accounting.method import RateMethod, Tier, TiersMethod
from analysis_patterns.accounting.method.condition import Condition
from analysis_patterns.accounting.rule.finder import Named, OfType, Output
from analysis_patterns.accounting.rule.posting_rule import Per, PostingRule, RuleTerms
from analysis_patterns.accounting.rule.practice import (
    AccountingPracticeType,
    PracticeAssignment,
    ServiceAgreement,
)
from analysis_patterns.accounting.rule.trigger import OnAccountType, OnEvent
from analysis_patterns.patterns.accountability import Person
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Quantity

OCTOBER = date(1996, 10, 1)
SINCE = Period(date(1996, 1, 1))


@dataclass(frozen=True)
class Supply:
    """The books of a supplier: what a customer owes, the tax on it, and a bonus on what a month comes to."""

    session: Session
    ledger: Ledger
    customer: Person
    agreement: ServiceAgreement
    rules: dict[str, PostingRule]

    @classmethod
    def kept(cls, session: Session) -> Supply:
        """New books, stored in `session`."""
        ledger, customer = Ledger(name="supply"), Person(name="Acme")
        ledger.count_in("USD")
        types = {name: AccountType(name=name) for name in ("charge", "tax")}
        charges = Asset(ledger=ledger, name="charges", unit="USD", type=types["charge"], subject=customer)
        tax = Asset(ledger=ledger, name="tax", unit="USD", type=types["tax"], subject=customer)
        accounts: list[Account] = [
            Income(ledger=ledger, name="sales", unit="USD"),
            Liability(ledger=ledger, name="tax payable", unit="USD"),
            MemoAccount(ledger=ledger, name="bonus", unit="USD"),
            SummaryAccount(ledger=ledger, name="bill", components=[charges, tax]),
        ]
        rules = {each.name: each for each in _rules()}
        agreement = ServiceAgreement(
            name="standard", type=AccountingPracticeType(name="supply"), rules=rules.values()
        )
        session.add_all([ledger, customer, *types.values(), *accounts, EventType(name="usage"), agreement])
        session.flush()
        session.add(PracticeAssignment(ledger=ledger, practice=agreement, subject=customer, period=SINCE))
        session.commit()
        return cls(session, ledger, customer, agreement, rules)

    def used(self, hours: int, day: date = OCTOBER, *, is_processed: bool = True) -> AccountingEvent:
        """So many kilowatt hours were used on a day."""
        type = self.session.query(EventType).filter_by(name="usage").one()
        event = AccountingEvent(
            ledger=self.ledger,
            type=type,
            subject=self.customer,
            occurred=day,
            noticed=datetime(1997, 1, 1, tzinfo=UTC),
            attributes={"usage": Quantity(hours, "kW.h")},
        )
        record(self.session, event)
        if is_processed:
            process_event(self.session, event)
        self.passes()
        return event

    def corrected(self, event: AccountingEvent, hours: int | None, by: Adjustment) -> AccountingEvent:
        """It was another number of kilowatt hours, or it never was."""
        noticed = datetime(1997, 2, 1, tzinfo=UTC)
        instead = (
            event.rejected(noticed=noticed)
            if hours is None
            else event.corrected(noticed=noticed, attributes={"usage": Quantity(hours, "kW.h")})
        )
        process_event(self.session, record(self.session, instead), by=by)
        self.passes()
        return instead

    def replaced(self, rule: str, multiplier: str) -> tuple[RuleTerms, RuleTerms]:
        """A rule's terms were never as they were believed to be: the old ones, and the new."""
        (wrong,) = (each for each in self.rules[rule].terms if each.is_believed)
        wrong.withdraw()
        self.session.flush()
        method = RateMethod(multiplier=Quantity.parse(multiplier))
        return wrong, RuleTerms(rule=self.rules[rule], method=method, period=SINCE)

    def fire(self) -> None:
        """Let the rules per month look at what there is."""
        run(LedgerBooks(self.session, self.ledger), AccountBasedFiring())
        self.passes()

    def passes(self) -> None:
        """What was done is stored, and a minute goes by."""
        self.session.commit()
        if isinstance(self.session.clock, FixedClock):
            self.session.clock.set(self.session.clock.now() + timedelta(minutes=1))

    def account(self, name: str) -> Account:
        """An account of the ledger."""
        return self.session.query(Account).filter_by(ledger_id=self.ledger.id, name=name).one()

    def entries(self, name: str) -> list[Entry]:
        """The entries of an account, those that were struck out included."""
        return self.account(name).entries(struck=True)

    def all_entries_of(self, name: str) -> list[Entry]:
        """The entries of an account in the order in which they were posted, whenever they will be known."""
        return [each for each in self.all_entries() if each.account.name == name]

    def all_entries(self) -> list[Entry]:
        """Every entry of the ledger."""
        return (
            self.session.query(Entry)
            .filter_by(ledger_id=self.ledger.id)
            .order_by(Entry.booked, Entry.transaction_id)
            .all()
        )


def _rules() -> list[PostingRule]:
    power = PostingRule(
        name="power",
        trigger=OnEvent(event="usage", of="usage"),
        outputs=Output(source=Named(account="sales"), destination=OfType(type="charge")),
    )
    RuleTerms(rule=power, method=RateMethod(multiplier=Quantity(10, "USD/(kW.h)")), period=SINCE)
    tax = PostingRule(
        name="tax",
        trigger=OnAccountType(type="charge"),
        outputs=Output(source=Named(account="tax payable"), destination=OfType(type="tax")),
    )
    RuleTerms(rule=tax, method=RateMethod(multiplier=Quantity("5.5", "%")), period=SINCE)
    bonus = PostingRule(
        name="bonus",
        trigger=OnAccountType(type="charge"),
        outputs=Output(destination=Named(account="bonus")),
        per=Per.MONTH,
    )
    RuleTerms(
        rule=bonus,
        method=TiersMethod(
            steps=(Tier(up_to=Quantity(500, "USD"), rate=Quantity(1, "%")),), top=Quantity(2, "%")
        ),
        eligibility=Condition(variables={"amount": "USD"}, says="amount >= 100"),
        period=SINCE,
    )
    return [power, tax, bonus]
