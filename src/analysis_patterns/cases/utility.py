"""A power company: agreements by date, tax on top, and three ways to put right what was posted (6.10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from ..accounting import (
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
    SummaryAccount,
    record,
)
from ..accounting.adjustment.processing import process_event
from ..accounting.explanation.explanation import derivation_of
from ..accounting.rule.practice import AccountingPractice, PracticeAssignment
from ..accounting.rule.practice_picture import practice_picture
from ..patterns.accountability import Organization, Party, Person
from ..patterns.knowledge import Pack, load
from ..patterns.persistence.session import Session
from ..patterns.picture import Graph
from ..patterns.time.period import Period
from ..patterns.values import Money, Quantity
from ..site.case import Table
from .books import attempted, explained, unbalanced
from .case import Check, WorkedCase, check
from .session import named, pack_of

TEXT = """\
A power company has two service agreements. By the standard one a kilowatt hour is 10 dollars, and a service
call costs half of the electrician's fee and 10 dollars more; 15 from December 1999 on. Who is on low pay has
the first 50 kilowatt hours of a reading for 5 dollars each, or all of them for 10 if there are more, and a
service call for 10. On whatever is charged there are 5.5 % of tax, by a rule that both agreements share and
that watches what the others post.

An event is dealt with by the agreement and the terms of the day on which it occurred, not of the day on which
it was noticed: a service call of October that is told in December costs what it did in October. What no rule
is for stays as an event, with the error kept beside it.

Three meters were read wrongly. The reading is an event that happened, and is never changed: a further event
says how it was instead. By reversal, what was posted is taken back and posted anew; by difference, only what
is missing is posted, one entry for each account; by replacement, while the books are open, what was posted
leaves the view of the account. However it is done the balances are the same, and what was reported before
can still be told, to the cent."""

_LEDGER = "Power company"
_ACME, _DAIRY, _MILL, _LOW_PAY = "Acme Coffee Makers", "Elm Dairy", "Carter's Mill", "Reginald Perrin"
_AGREEMENTS = {_ACME: "standard", _DAIRY: "standard", _MILL: "standard", _LOW_PAY: "low pay"}
_SINCE, _YEAR_END = Period(date(1999, 1, 1)), date(1999, 12, 31)
_READ, _LEARNED = date(1999, 10, 1), date(1999, 10, 15)
_TYPES = ("base usage", "service", "tax")


@dataclass(frozen=True, slots=True)
class _Happening:
    """Something that is told of a customer."""

    customer: str
    type: str
    amount: Quantity
    occurred: date
    noticed: date

    @property
    def key(self) -> str:
        return f"{self.type} of {self.customer} on {self.occurred}"

    @property
    def attributes(self) -> Mapping[str, Quantity]:
        return {"usage" if self.type == "usage" else "fee": self.amount}


def _used(customer: str, hours: int, occurred: date = _READ) -> _Happening:
    return _Happening(customer, "usage", Quantity(hours, "kW.h"), occurred, occurred)


def _called(customer: str, occurred: date, noticed: date | None = None) -> _Happening:
    return _Happening(customer, "service call", Money(40, "USD"), occurred, noticed or occurred)


_TOLD = (
    _used(_ACME, 50),
    _used(_DAIRY, 50),
    _used(_MILL, 50),
    _used(_LOW_PAY, 50),
    _used(_LOW_PAY, 51, date(1999, 11, 1)),
    _called(_ACME, date(1999, 10, 5)),
    _called(_ACME, date(1999, 12, 5)),
    _called(_DAIRY, date(1999, 10, 5), noticed=date(1999, 12, 10)),
    _called(_LOW_PAY, date(1999, 12, 5)),
    _used(_ACME, 20, date(1998, 12, 1)),
    _used(_DAIRY, 20, date(1999, 9, 30)),
)
_CORRECTED = (
    (_ACME, 70, Adjustment.REVERSAL),
    (_DAIRY, 60, Adjustment.DIFFERENCE),
    (_MILL, 60, Adjustment.REPLACEMENT),
)


class _Company:
    """What the case's questions are about, found by name."""

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self.session = session
        self.ledger = ledger

    def account(self, type: str, customer: str) -> Account:
        """The account of a type of a customer."""
        question = select(Account).where(
            Account.ledger_id == self.ledger.id, Account.name == f"{type.capitalize()} of {customer}"
        )
        return self.session.scalars(question).one()

    def event(self, told: _Happening) -> AccountingEvent:
        """What was recorded of something that was told."""
        question = select(AccountingEvent).where(
            AccountingEvent.ledger_id == self.ledger.id, AccountingEvent.key == told.key
        )
        return self.session.scalars(question).one()

    def entries(self, told: _Happening, type: str, *, struck: bool = True) -> list[Entry]:
        """The entries that it led to in its customer's account of a type, itself and its correction."""
        event = self.event(told)
        of_it = {event.id} | ({event.adjusted_by.id} if event.adjusted_by else set())
        entries = self.account(type, told.customer).entries(as_of=_YEAR_END, struck=struck)
        in_turn = sorted(entries, key=lambda each: (each.booked, each.transaction_id, each.n))
        return [each for each in in_turn if each.transaction.event_id in of_it]

    def first(self, told: _Happening) -> str:
        """What it led to at first: what is charged, and the tax on it."""
        charged = self.entries(told, "base usage" if told.type == "usage" else "service")[0]
        tax = next(each for each in self.entries(told, "tax") if charged in each.sources)
        return f"{charged.amount}, tax {tax.amount}"

    def amounts(self, told: _Happening, *, struck: bool = True) -> str:
        """The entries of a reading in its customer's base usage, one after the other."""
        return ", ".join(str(each.amount) for each in self.entries(told, "base usage", struck=struck))

    def balances(self, customer: str) -> str:
        """What a customer owes for power, and the tax on it, of a reading that was put right."""
        told = _used(customer, 50)
        sums = [
            sum((each.amount for each in self.entries(told, type)), Money(0, "USD"))
            for type in ("base usage", "tax")
        ]
        return f"{sums[0]}, tax {sums[1]}"


def run(session: Session) -> WorkedCase:
    """Account for what was told where the database does not hold it, and ask it what its figures are."""
    return worked(session, pack_of("utility"))


def worked(session: Session, pack: Pack) -> WorkedCase:
    """Work the case by what `pack` states, such as other rates."""
    load(pack, session)
    ledger = session.scalars(select(Ledger).where(Ledger.name == _LEDGER)).one_or_none()
    if ledger is None:
        ledger = _build(session)
    found = _Company(session, ledger)
    return WorkedCase(
        title="Agreements of a power company",
        text=TEXT,
        patterns=("6.2", "6.5", "6.6", "6.8", "6.10", "6.11"),
        checks=(*_charges(found), *_unaccounted(found), *_reversal(found), *_other_ways(found)),
        tables=(
            _bills(found),
            explained(
                "Where the tax of 1.93 dollars comes from",
                derivation_of(found.entries(_called(_ACME, date(1999, 12, 5)), "tax")[0]),
            ),
        ),
        pictures=(_picture(found),),
    )


def _build(session: Session) -> Ledger:
    ledger = Ledger(name=_LEDGER)
    ledger.count_in("USD")
    customers: dict[str, Party] = {
        name: (Person if name == _LOW_PAY else Organization)(name=name) for name in _AGREEMENTS
    }
    session.add_all([ledger, *customers.values(), *_accounts(session, ledger, customers)])
    session.flush()
    for name, agreed in _AGREEMENTS.items():
        agreement = named(session, AccountingPractice, agreed)
        session.add(
            PracticeAssignment(ledger=ledger, practice=agreement, subject=customers[name], period=_SINCE)
        )
    session.flush()
    for told in _TOLD:
        process_event(session, record(session, _event(session, ledger, customers[told.customer], told)))
    session.commit()
    found = _Company(session, ledger)
    for customer, hours, by in _CORRECTED:
        wrong = found.event(_used(customer, 50))
        right = wrong.corrected(
            noticed=_morning(_LEARNED),
            attributes=_used(customer, hours).attributes,
            key=f"{wrong.key}, corrected",
        )
        process_event(session, record(session, right), by=by)
    session.commit()
    return ledger


def _accounts(session: Session, ledger: Ledger, customers: Mapping[str, Party]) -> Iterator[Account]:
    yield Income(ledger=ledger, name="Sale of power", unit="USD")
    yield Income(ledger=ledger, name="Services", unit="USD")
    yield Liability(ledger=ledger, name="Tax payable", unit="USD")
    charged: list[Account] = []
    for type in _TYPES:
        account_type = named(session, AccountType, type)
        for name, customer in customers.items():
            account = Asset(
                ledger=ledger,
                name=f"{type.capitalize()} of {name}",
                unit="USD",
                type=account_type,
                subject=customer,
            )
            yield account
            if type != "tax":
                charged.append(account)
    yield SummaryAccount(ledger=ledger, name="Charges", components=charged)


def _event(session: Session, ledger: Ledger, customer: Party, told: _Happening) -> AccountingEvent:
    return AccountingEvent(
        ledger=ledger,
        type=named(session, EventType, told.type),
        subject=customer,
        occurred=told.occurred,
        noticed=_morning(told.noticed),
        attributes=told.attributes,
        key=told.key,
    )


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def _charges(found: _Company) -> Iterator[Check]:
    for what, told, expected in (
        ("50 kWh by the standard agreement", _used(_ACME, 50), "500.00 USD, tax 27.50 USD"),
        (
            "A service call of October, fee 40",
            _called(_ACME, date(1999, 10, 5)),
            "30.00 USD, tax 1.65 USD",
        ),
        (
            "A service call of December, fee 40",
            _called(_ACME, date(1999, 12, 5)),
            "35.00 USD, tax 1.93 USD",
        ),
        (
            "A service call of October, noticed in December",
            _called(_DAIRY, date(1999, 10, 5)),
            "30.00 USD, tax 1.65 USD",
        ),
        ("50 kWh on low pay", _used(_LOW_PAY, 50), "250.00 USD, tax 13.75 USD"),
        ("51 kWh on low pay", _used(_LOW_PAY, 51, date(1999, 11, 1)), "510.00 USD, tax 28.05 USD"),
        (
            "A service call on low pay, fee 40",
            _called(_LOW_PAY, date(1999, 12, 5)),
            "10.00 USD, tax 0.55 USD",
        ),
    ):
        yield check(what, expected=expected, found=found.first(told))


def _unaccounted(found: _Company) -> Iterator[Check]:
    for what, told, expected in (
        ("before there was an agreement", _used(_ACME, 20, date(1998, 12, 1)), "event.agreement"),
        ("before there was a rule", _used(_DAIRY, 20, date(1999, 9, 30)), "event.rule"),
    ):
        attempt = found.event(told).processings[-1]
        yield check(f"A reading {what}, and the error kept with it", expected=expected, found=attempt.rule)


def _reversal(found: _Company) -> Iterator[Check]:
    session, wrong = found.session, found.event(_used(_ACME, 50))
    before = found.entries(_used(_ACME, 50), "base usage")[0].booked
    usage = found.account("base usage", _ACME)
    yield check(
        "50 kWh that were 70, by reversal", expected="700.00 USD, tax 38.50 USD", found=found.balances(_ACME)
    )
    yield check(
        "Its entries", expected="500.00 USD, -500.00 USD, 700.00 USD", found=found.amounts(_used(_ACME, 50))
    )
    yield check(
        "The balance as it was known before",
        expected="500.00 USD",
        found=usage.balance(as_of=_YEAR_END, known_at=before),
    )
    yield check("The wrong reading is marked as adjusted", expected=True, found=wrong.is_adjusted)
    yield check(
        "To adjust it again",
        expected="event.adjusted-once",
        found=attempted(session, lambda: wrong.corrected(noticed=_morning(_LEARNED))),
    )
    yield check(
        "To process it again",
        expected="event.current",
        found=attempted(session, lambda: process_event(session, wrong)),
    )
    untouched = found.event(_called(_ACME, date(1999, 10, 5)))
    yield check(
        "To process an event a second time",
        expected="event.processed-once",
        found=attempted(session, lambda: process_event(session, untouched)),
    )


def _other_ways(found: _Company) -> Iterator[Check]:
    for customer, by, entries in (
        (_DAIRY, "difference", "500.00 USD, 100.00 USD"),
        (_MILL, "replacement", "600.00 USD"),
    ):
        told = _used(customer, 50)
        yield check(
            f"50 kWh that were 60, by {by}",
            expected="600.00 USD, tax 33.00 USD",
            found=found.balances(customer),
        )
        yield check(
            f"Its entries, by {by}", expected=entries, found=found.amounts(told, struck=by == "difference")
        )
    kept = found.event(_used(_MILL, 50)).attributes["usage"]
    yield check("The reading that was replaced is kept", expected="50 kW.h", found=kept)
    yield check(
        "Transactions that do not balance",
        expected=0,
        found=len(list(unbalanced(found.session, found.ledger))),
    )


def _bills(found: _Company) -> Table:
    return Table(
        f"What customers owe on {_YEAR_END}",
        ("Customer", "Agreement", "Base usage", "Service", "Tax"),
        tuple(
            (
                customer,
                agreement,
                *(str(found.account(type, customer).balance(as_of=_YEAR_END)) for type in _TYPES),
            )
            for customer, agreement in _AGREEMENTS.items()
        ),
    )


def _picture(found: _Company) -> Graph:
    agreements = [named(found.session, AccountingPractice, name) for name in ("standard", "low pay")]
    return practice_picture(
        *agreements,
        ledger=found.ledger,
        title="The two agreements of a power company, and the rule they share",
    )
