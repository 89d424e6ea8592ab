"""A consultant's books: tickets, coffee, fees counted once, and tax set aside by a rule (6.1 to 6.15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import select

from ..accounting import (
    Account,
    Asset,
    DetailAccount,
    Draft,
    Equity,
    Expense,
    Ledger,
    Leg,
    Liability,
    MemoAccount,
    SummaryAccount,
    post_all,
)
from ..accounting.explanation.explanation import derivation_of
from ..accounting.firing import LedgerBooks, RuleBasedFiring
from ..accounting.firing import run as fire
from ..accounting.method.given import Given
from ..accounting.rule.posting_rule import PostingRule
from ..accounting.rule.practice import AccountingPractice, PracticeAssignment
from ..accounting.rule.practice_picture import practice_picture
from ..patterns.knowledge import Pack, load
from ..patterns.persistence.session import Session
from ..patterns.picture import Graph
from ..patterns.values import Money, Quantity
from .books import balances, explained, unbalanced
from .case import Check, WorkedCase, check
from .session import named, pack_of

TEXT = """\
A consultant buys a ticket with a card, and pays the card later: two transactions, each of which only moves
something, and the card is back at nothing. Five tonnes of coffee leave New York for Boston and Washington in
one transaction of three entries.

The client ACM owes fees and expenses, each kind in an account of its own. Two summary accounts look at them,
ACM at all that this client owes and Fees at the fees of all clients. Above both stands a third, in which the
fees lie in two ways: they are counted once.

Tax is set aside by a rule, in a memo account, so that it is noted without being paid. The entry says which
rule made it and from which fee, and can be reckoned again from that alone. Another rule works out a
progressive tax on the fees of the year: the first 300 dollars are free, the next 2500 taxed at 20 %, the
rest at 40 %."""

_LEDGER = "Consultant"
_BOUGHT, _PAID, _EARNED, _YEAR_END = (
    date(1997, 1, 2), date(1997, 2, 3), date(1997, 3, 3), date(1997, 12, 31),
)  # fmt: skip
_FEES = (("Fees of ACM", 4000), ("Fees of ACM", 2000))
_EXPENSES = (("Travel for ACM", 500), ("Hotels for ACM", 250), ("Meals for ACM", 150), ("Phone for ACM", 100))
_COFFEE = (("Coffee in New York", -5), ("Coffee in Boston", 2), ("Coffee in Washington", 3))


class _Consultant:
    """What the case's questions are about, found by name."""

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self.session = session
        self.ledger = ledger

    def account(self, name: str) -> Account:
        """An account of the ledger."""
        question = select(Account).where(Account.ledger_id == self.ledger.id, Account.name == name)
        return self.session.scalars(question).one()

    def balance(self, name: str, day: date = _YEAR_END) -> Quantity:
        """What stands in an account at the end of a day."""
        return self.account(name).balance(as_of=day)


def run(session: Session) -> WorkedCase:
    """Keep the books where the database does not hold them, and ask them what their figures are."""
    return worked(session, pack_of("consultant"))


def worked(session: Session, pack: Pack) -> WorkedCase:
    """Work the case by what `pack` states, such as other rates."""
    load(pack, session)
    ledger = session.scalars(select(Ledger).where(Ledger.name == _LEDGER)).one_or_none()
    if ledger is None:
        ledger = _build(session)
        session.commit()
    found = _Consultant(session, ledger)
    names = ["Card", "Fees of ACM", *(name for name, _ in _EXPENSES), "ACM", "Fees", "X"]
    set_aside = found.account("Tax to be paid").entries(as_of=_YEAR_END)
    return WorkedCase(
        title="The books of a consultant",
        text=TEXT,
        patterns=("6.1", "6.2", "6.3", "6.4", "6.5", "6.11", "6.15"),
        checks=(*_moves(found), *_sums(found), *_taxes(found)),
        tables=(
            balances(f"The books on {_YEAR_END}", map(found.account, names), as_of=_YEAR_END),
            explained("Where what was set aside comes from", derivation_of(set_aside[-1])),
        ),
        pictures=(_picture(found),),
    )


def _build(session: Session) -> Ledger:
    ledger = Ledger(name=_LEDGER)
    ledger.count_in("USD")
    ledger.count_in("t", places=3)
    accounts = {each.name: each for each in _accounts(ledger)}
    session.add_all([ledger, *accounts.values()])
    practice = named(session, AccountingPractice, "income tax of a consultant")
    session.flush()
    session.add(PracticeAssignment(ledger=ledger, practice=practice))
    session.flush()
    post_all(session, _drafts(accounts))
    fire(LedgerBooks(session, ledger), RuleBasedFiring())
    return ledger


def _drafts(accounts: Mapping[str, Account]) -> Iterator[Draft]:
    coffee = (Leg(accounts[name], Quantity(tonnes, "t"), charged=_BOUGHT) for name, tonnes in _COFFEE)
    yield Draft(*coffee, description="coffee sent")
    for source, destination, amount, day, what in (
        ("Card", "Airline", 500, _BOUGHT, "air ticket"),
        ("Checking", "Card", 500, _PAID, "card paid"),
        *(("Earned", name, amount, _EARNED, "bill") for name, amount in (*_FEES, *_EXPENSES)),
    ):
        yield Draft.transfer(
            Money(amount, "USD"),
            source=accounts[source],
            destination=accounts[destination],
            charged=day,
            description=what,
        )


def _accounts(ledger: Ledger) -> Iterator[Account]:
    yield Asset(ledger=ledger, name="Checking", unit="USD")
    yield Liability(ledger=ledger, name="Card", unit="USD")
    yield Expense(ledger=ledger, name="Airline", unit="USD")
    yield Equity(ledger=ledger, name="Earned", unit="USD")
    yield MemoAccount(ledger=ledger, name="Tax to be paid", unit="USD")
    yield MemoAccount(ledger=ledger, name="Progressive tax", unit="USD")
    for name, _ in _COFFEE:
        yield DetailAccount(ledger=ledger, name=name, unit="t")
    fees = Asset(ledger=ledger, name="Fees of ACM", unit="USD")
    expenses = [Asset(ledger=ledger, name=name, unit="USD") for name, _ in _EXPENSES]
    acm = SummaryAccount(ledger=ledger, name="ACM", components=[fees, *expenses])
    of_all = SummaryAccount(ledger=ledger, name="Fees", components=[fees])
    yield from (fees, *expenses, acm, of_all)
    yield SummaryAccount(ledger=ledger, name="X", components=[acm, of_all])


def _moves(found: _Consultant) -> Iterator[Check]:
    for day, expected in ((_BOUGHT, "-500.00 USD"), (_PAID, "0.00 USD")):
        yield check(f"The card on {day}", expected=expected, found=found.balance("Card", day))
    yield check(
        "Coffee sent",
        expected="Coffee in New York -5 t, Coffee in Boston 2 t, Coffee in Washington 3 t",
        found=", ".join(f"{name} {found.balance(name).amount.normalize()} t" for name, _ in _COFFEE),
    )
    yield check(
        "Transactions that do not balance",
        expected=0,
        found=len(list(unbalanced(found.session, found.ledger))),
    )


def _sums(found: _Consultant) -> Iterator[Check]:
    for name, expected in (("Fees", "6000.00 USD"), ("ACM", "7000.00 USD"), ("X", "7000.00 USD")):
        yield check(f"What stands in {name}", expected=expected, found=found.balance(name))
    shares = Money("0.05", "USD").allocate([3, 7])
    yield check(
        "5 cents by 3 to 7", expected="0.02 USD, 0.03 USD", found=", ".join(str(each) for each in shares)
    )


def _taxes(found: _Consultant) -> Iterator[Check]:
    entry = next(
        each
        for each in found.account("Tax to be paid").entries(as_of=_YEAR_END)
        for source in each.sources
        if source.amount == Money(2000, "USD")
    )
    yield check("Set aside of a fee of 2000 dollars", expected="900.00 USD", found=entry.amount)
    creator = entry.transaction.creator
    yield check("The rule that made it", expected="tax set aside", found=creator.rule if creator else None)
    yield check(
        "What it was made from",
        expected="2000.00 USD in Fees of ACM",
        found=", ".join(f"{each.amount} in {each.account}" for each in entry.sources),
    )
    yield check(
        "Reckoned again from its leaves", expected="900.00 USD", found=derivation_of(entry).recomputed()
    )
    terms = named(found.session, PostingRule, "progressive tax").terms_on(_EARNED)
    for income, expected in (("300", "0.00"), ("1300", "200.00"), ("2800", "500.00"), ("3800", "900.00")):
        given = Given(Money(income, "USD"), _EARNED)
        tax = terms.method.apply(given)[""] if terms else None
        yield check(f"Progressive tax on {income} dollars", expected=f"{expected} USD", found=tax)
    yield check("Progressive tax of the year", expected="1780.00 USD", found=found.balance("Progressive tax"))


def _picture(found: _Consultant) -> Graph:
    practice = named(found.session, AccountingPractice, "income tax of a consultant")
    return practice_picture(
        practice, ledger=found.ledger, title="What a consultant sets aside, and what the tax would be"
    )
