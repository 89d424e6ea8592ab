"""The utility company of the Accounting Patterns paper: two agreements, a tax, and two customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select

from analysis_patterns.accounting import (
    AccountingEvent,
    AccountType,
    Asset,
    DetailAccount,
    Entry,
    EventType,
    Income,
    Ledger,
    Liability,
)
from analysis_patterns.accounting.method import (
    AnyMethod,
    Case,
    FlatMethod,
    FormulaMethod,
    RateMethod,
    SplitMethod,
)
from analysis_patterns.accounting.method.condition import Condition
from analysis_patterns.accounting.rule.finder import Named, OfType, Output
from analysis_patterns.accounting.rule.posting_rule import PostingRule, RuleTerms
from analysis_patterns.accounting.rule.practice import (
    AccountingPracticeType,
    PracticeAssignment,
    ServiceAgreement,
)
from analysis_patterns.accounting.rule.trigger import OnAccountType, OnEvent
from analysis_patterns.patterns import Person
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.instant import FOREVER
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Currency, Money, Quantity

OCTOBER = date(1999, 10, 1)
DECEMBER = date(1999, 12, 1)


def usd(amount: str | int) -> Money:
    """So many dollars."""
    return Money(amount, "USD")


def kwh(amount: str | int) -> Quantity:
    """So many kilowatt hours."""
    return Quantity(amount, "kW.h")


def noticed(month: int, day: int) -> datetime:
    """Nine in the morning of a day of 1999."""
    return datetime(1999, month, day, 9, tzinfo=UTC)


def flat_rate(dollars: str | int) -> RateMethod:
    """So many dollars for each kilowatt hour."""
    return RateMethod(multiplier=Quantity(dollars, "USD/(kW.h)"))


def call_out(share: str, more: str) -> FormulaMethod:
    """A share of the fee, and something on top."""
    return FormulaMethod(variables={"fee": "USD"}, says=f"{share} * fee + {more}", unit=Currency.of("USD"))


@dataclass
class Utility:
    """The company's books, with what its customers agreed to."""

    ledger: Ledger
    usage: EventType
    call: EventType
    agreements: AccountingPracticeType
    regular: ServiceAgreement
    low_pay: ServiceAgreement
    base_usage: AccountType
    service: AccountType
    tax: AccountType
    rules: dict[str, PostingRule]

    @classmethod
    def founded(cls, session: Session, name: str = "utility") -> Utility:
        """The company with its knowledge, stored in `session`."""
        ledger = Ledger(name=name)
        ledger.count_in("USD")
        revenue = Income(ledger=ledger, name="revenue", unit="USD")
        due = Liability(ledger=ledger, name="tax due", unit="USD")
        usage, call = EventType(name="usage"), EventType(name="service call")
        agreed = AccountingPracticeType(name="service")
        base_usage, service, tax = types = [
            AccountType(name=each) for each in ("base usage", "service fee", "tax")
        ]
        rules = {rule.name: rule for rule in _rules()}
        _terms(rules)
        regular, low_pay = (
            ServiceAgreement(name=name, type=agreed, rules=[rules[each] for each in used])
            for name, used in (
                ("regular", ("usage", "call", "tax on usage", "tax on service")),
                ("low pay", ("cheap usage", "cheap call", "tax on usage", "tax on service")),
            )
        )
        session.add_all([ledger, revenue, due, usage, call, *types, *rules.values(), regular, low_pay])
        session.commit()
        return cls(ledger, usage, call, agreed, regular, low_pay, base_usage, service, tax, rules)

    def customer(
        self,
        session: Session,
        name: str,
        agreement: ServiceAgreement | None,
        *,
        since: date = OCTOBER,
    ) -> Customer:
        """A customer with accounts of every type, and an agreement."""
        person = Person(name=name)
        accounts = [
            Asset(ledger=self.ledger, name=f"{type.name} of {name}", unit="USD", type=type, subject=person)
            for type in (self.base_usage, self.service, self.tax)
        ]
        session.add_all([person, *accounts])
        if agreement is not None:
            session.add(
                PracticeAssignment(
                    ledger=self.ledger, practice=agreement, subject=person, period=Period(since, FOREVER)
                )
            )
        session.commit()
        return Customer(self, person, *accounts)


@dataclass
class Customer:
    """A customer, and the accounts about them."""

    utility: Utility
    person: Person
    base_usage: DetailAccount
    service: DetailAccount
    tax: DetailAccount

    def used(self, amount: Quantity, on: date = OCTOBER, *, seen: datetime | None = None) -> AccountingEvent:
        """They used electricity."""
        return AccountingEvent(
            ledger=self.utility.ledger,
            type=self.utility.usage,
            subject=self.person,
            occurred=on,
            noticed=seen or datetime(on.year, on.month, on.day, 9, tzinfo=UTC),
            attributes={"usage": amount},
        )

    def called(self, fee: Money, on: date) -> AccountingEvent:
        """They called for service."""
        return AccountingEvent(
            ledger=self.utility.ledger,
            type=self.utility.call,
            subject=self.person,
            occurred=on,
            noticed=datetime(on.year, on.month, on.day, 9, tzinfo=UTC),
            attributes={"fee": fee},
        )


def _rules() -> Iterable[PostingRule]:
    revenue, due = Named(account="revenue"), Named(account="tax due")
    for name, event, of, type_name in (
        ("usage", "usage", "usage", "base usage"),
        ("cheap usage", "usage", "usage", "base usage"),
        ("call", "service call", "fee", "service fee"),
        ("cheap call", "service call", "fee", "service fee"),
    ):
        output = Output(source=revenue, destination=OfType(type=type_name))
        yield PostingRule(name=name, trigger=OnEvent(event=event, of=of), outputs=output)
    for name, type_name in (("tax on usage", "base usage"), ("tax on service", "service fee")):
        output = Output(source=due, destination=OfType(type="tax"))
        yield PostingRule(name=name, trigger=OnAccountType(type=type_name), outputs=output)


def _terms(rules: dict[str, PostingRule]) -> None:
    cheap = Condition(variables={"usage": "kW.h"}, says="usage > 50")
    always, autumn, winter = (
        Period(OCTOBER, FOREVER),
        Period(OCTOBER, DECEMBER),
        Period(DECEMBER, FOREVER),
    )
    methods: list[tuple[str, AnyMethod, Period]] = [
        ("usage", flat_rate(10), always),
        ("call", call_out("0.5", "10"), autumn),
        ("call", call_out("0.5", "15"), winter),
        (
            "cheap usage",
            SplitMethod(cases=(Case(when=cheap, method=flat_rate(10)),), otherwise=flat_rate(5)),
            always,
        ),
        ("cheap call", FlatMethod(amount=usd(10)), always),
        ("tax on usage", RateMethod(multiplier=Quantity("0.055", "1")), always),
        ("tax on service", RateMethod(multiplier=Quantity("0.055", "1")), always),
    ]
    for name, method, period in methods:
        RuleTerms(rule=rules[name], method=method, period=period)


def by_day(session: Session, ledger: Ledger) -> dict[tuple[UUID, date], int]:
    """The balance of each account, by the day that its entries concern: zero is left out."""
    found: dict[tuple[UUID, date], int] = {}
    for account, concerns, steps in session.execute(
        select(Entry.account_id, Entry.concerns, Entry.steps).where(Entry.ledger_id == ledger.id)
    ):
        found[account, concerns] = found.get((account, concerns), 0) + steps
    return {key: steps for key, steps in found.items() if steps != 0}


def balance(session: Session, account: DetailAccount) -> Quantity:
    """What the entries of an account sum to."""
    steps = session.scalars(select(Entry.steps).where(Entry.account_id == account.id))
    return account.unit.quantity(sum(steps))
