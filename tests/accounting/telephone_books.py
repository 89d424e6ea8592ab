"""The books of a telephone company, for the specifications of rules that are fired."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

from analysis_patterns.accounting import (
    AccountType,
    DetailAccount,
    Draft,
    Entry,
    Ledger,
    MemoAccount,
    Transaction,
)
from analysis_patterns.accounting.firing import Firing, LedgerBooks, run
from analysis_patterns.accounting.method import RateMethod
from analysis_patterns.accounting.method.condition import Condition
from analysis_patterns.accounting.rule.finder import Finder, Named, OfType, Output
from analysis_patterns.accounting.rule.posting_rule import Per, PostingRule, RuleTerms
from analysis_patterns.accounting.rule.practice import (
    AccountingPractice,
    AccountingPracticeType,
    PracticeAssignment,
)
from analysis_patterns.accounting.rule.trigger import AnyTrigger, OnAccountType
from analysis_patterns.patterns.accountability import Person
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.period import ALWAYS, Period
from analysis_patterns.patterns.values import Money, Quantity

JANUARY = date(1995, 1, 1)
ON_ACTIVITY, TO_TAX, FROM_DUE = OnAccountType(type="activity"), OfType(type="tax"), Named(account="tax due")


class Telephone:
    """The books of a telephone company: for each customer an account of activity and one of tax."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.ledger = Ledger(name="telephone")
        self.ledger.count_in("USD")
        self.types = {name: AccountType(name=name) for name in ("activity", "tax")}
        self.income = DetailAccount(ledger=self.ledger, name="network income", unit="USD")
        self.due = DetailAccount(ledger=self.ledger, name="tax due", unit="USD")
        self.noted = MemoAccount(ledger=self.ledger, name="noted", unit="USD")
        self.practices = AccountingPracticeType(name="billing")
        session.add_all([self.ledger, *self.types.values(), self.income, self.due, self.noted])
        self.adams, self.baker = (self.customer(name) for name in ("Adams", "Baker"))
        session.commit()

    def customer(self, name: str) -> Person:
        person = Person(name=name)
        self.session.add(person)
        for type in self.types.values():
            self.open(f"{type} of {name}", type=type, subject=person)
        return person

    def open(
        self, name: str, *, type: AccountType | None = None, subject: Person | None = None
    ) -> DetailAccount:
        made = DetailAccount(ledger=self.ledger, name=name, unit="USD", type=type, subject=subject)
        self.session.add(made)
        return made

    def use(self, *rules: PostingRule, subject: Person | None = None, period: Period = ALWAYS) -> None:
        practice = AccountingPractice(name=f"practice of {rules[0]}", type=self.practices, rules=rules)
        self.session.add(
            PracticeAssignment(ledger=self.ledger, practice=practice, subject=subject, period=period)
        )
        self.session.commit()

    def rule(
        self,
        name: str = "tax",
        *,
        on: AnyTrigger = ON_ACTIVITY,
        to: Finder = TO_TAX,
        source: Finder | None = FROM_DUE,
        per: Per = Per.ENTRY,
        rate: str = "0.06",
        eligibility: Condition | None = None,
    ) -> PostingRule:
        made = PostingRule(name=name, trigger=on, outputs=Output(source=source, destination=to), per=per)
        method = RateMethod(multiplier=Quantity(rate, "1"))
        RuleTerms(rule=made, method=method, eligibility=eligibility)
        return made

    def charge(self, amount: str, *, to: str = "Adams", on: date = JANUARY, key: str | None = None) -> Draft:
        return Draft.transfer(
            Money(amount, "USD"),
            source=self.income,
            destination=self.account(f"activity of {to}"),
            charged=on,
            key=key,
        )

    def account(self, name: str) -> DetailAccount:
        named = select(DetailAccount).where(DetailAccount.name == name)
        return self.session.scalars(named).one()

    def balance(self, name: str) -> str:
        account = self.account(name)
        steps = select(func.coalesce(func.sum(Entry.steps), 0)).where(Entry.account_id == account.id)
        return str(account.unit.quantity(int(self.session.scalars(steps).one())).amount)

    def fire(self, firing: Firing[Any]) -> int:
        return run(LedgerBooks(self.session, self.ledger), firing)

    def transactions(self) -> int:
        return self.session.scalars(select(func.count()).select_from(Transaction)).one()
