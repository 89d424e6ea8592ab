"""A telephone company: calls in minutes, charged by the time of day and taxed by the month (chapter 7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone

from sqlalchemy import select

from ..accounting import (
    Account,
    AccountingEvent,
    Asset,
    DetailAccount,
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
from ..accounting.firing import AccountBasedFiring, LedgerBooks
from ..accounting.firing import run as fire
from ..accounting.method.given import Given
from ..accounting.rule.posting_rule import PostingRule, RuleTerms
from ..accounting.rule.practice import AccountingPractice, PracticeAssignment
from ..accounting.rule.practice_picture import practice_picture
from ..patterns.accountability import Person
from ..patterns.knowledge import Pack, load
from ..patterns.persistence.session import Session
from ..patterns.picture import Graph
from ..patterns.time.period import Period
from ..patterns.values.quantity import Quantity
from ..site.case import Table
from .books import balances, explained, transactions, unbalanced
from .case import Check, WorkedCase, check
from .phone_line import PhoneLine
from .session import named, pack_of

TEXT = """\
Customer Adams has the line 617 123 1234 and the basic billing plan. A call is an event; what follows from
it is in a knowledge pack, as five posting rules. Its minutes move from the network to the line's basic time.
From there they go to day time or to evening time, and only the start of the call decides: a call that begins
at 19:00 sharp is a day call, however late it ends. Minutes of the day and minutes of the evening each have
their table of rates, by which money moves from network income to the line's activity. Once a month tax falls
due on the activity: 6 % of the first 50 dollars, 4 % of the rest.

The rules speak of summary accounts (Basic time, Day time and so on); whose detail accounts are meant is found
when a rule fires, by the subject that accounts have in common: here the line, a class of this case, of which
the accounts know no more than that it is a thing.

The rule for tax looks at the total of a month, and posts what is due on it less what it posted already. So it
may run after each call, every night or once in spring: the tax of the month is the same. And to fire rules on
accounts that were processed before adds nothing."""

_NUMBER, _PLAN, _LEDGER = "617 123 1234", "basic billing plan", "Telephone company"
_DAY, _MONTH_END = date(1995, 1, 1), date(1995, 1, 31)
_ZONE = timezone(timedelta(hours=-5), "EST")
_CALLS = (("13:15", 10), ("19:05", 6), ("14:25", 8), ("20:20", 33))
_OF_A_LINE = ("Basic time", "Day time", "Evening time", "Activity", "Tax")
_MINUTES = ("Network", "Basic time", "Day time", "Evening time")


class _Company:
    """What the case's questions are about, found by name."""

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self.session = session
        self.ledger = ledger
        self.line = session.scalars(select(PhoneLine).where(PhoneLine.number == _NUMBER)).one()
        self.plan = named(session, AccountingPractice, _PLAN)

    def account(self, name: str) -> Account:
        """An account of the ledger."""
        question = select(Account).where(Account.ledger_id == self.ledger.id, Account.name == name)
        return self.session.scalars(question).one()

    def of_line(self, name: str) -> Account:
        """The line's own account below a summary account."""
        return self.account(f"{name} of {self.line}")

    def balance(self, account: Account) -> str:
        """What stands in an account at the end of the month."""
        return str(account.balance(as_of=_MONTH_END))

    def terms(self, rule: str) -> RuleTerms:
        """How a rule reckons on the day of the calls."""
        terms = named(self.session, PostingRule, rule).terms_on(_DAY)
        if terms is None:
            raise LookupError(rule)
        return terms

    def reckoned(self, rule: str, amount: str, start: str = "13:15") -> dict[str, Quantity]:
        """What a rule makes of an amount, for a call that starts at a time; nothing is posted."""
        number, unit = amount.split()
        given = Given(Quantity(number, unit), _DAY, {"start": _at(start)})
        return self.terms(rule).method.apply(given)

    def calls(self) -> list[AccountingEvent]:
        """The calls, in the order of their starts."""
        question = select(AccountingEvent).where(AccountingEvent.ledger_id == self.ledger.id)
        return sorted(self.session.scalars(question), key=lambda each: str(each.attributes["start"]))

    def charge(self, call: AccountingEvent) -> Entry:
        """The entry in the line's activity that a call led to."""
        activity = self.of_line("Activity")
        (entry,) = (each for each in activity.entries() if each.transaction.event_id == call.id)
        return entry


def run(session: Session) -> WorkedCase:
    """Make the calls where the database does not hold them, and ask it what its figures are."""
    return worked(session, pack_of("telephone"))


def worked(session: Session, pack: Pack) -> WorkedCase:
    """Work the case by what `pack` states, such as other rates."""
    load(pack, session)
    ledger = session.scalars(select(Ledger).where(Ledger.name == _LEDGER)).one_or_none()
    if ledger is None:
        ledger = _build(session)
        session.commit()
    found = _Company(session, ledger)
    return WorkedCase(
        title="The calls of a telephone line",
        text=TEXT,
        patterns=("6.1", "6.2", "6.3", "6.5", "6.6", "6.7", "6.8", "6.10", "6.11"),
        checks=(*_rates(found), *_charges(found), *_invariants(found)),
        tables=(
            _calls(found),
            balances(
                f"The books on {_MONTH_END}",
                [
                    *(found.account(name) for name in ("Network", "Network income", "Tax payable")),
                    *(found.of_line(name) for name in _OF_A_LINE),
                ],
                as_of=_MONTH_END,
            ),
            explained("Where a charge comes from", derivation_of(found.charge(found.calls()[0]))),
        ),
        pictures=(_picture(found),),
    )


def _build(session: Session) -> Ledger:
    ledger = Ledger(name=_LEDGER)
    ledger.count_in("USD")
    ledger.count_in("min", places=0)
    line = PhoneLine(number=_NUMBER, customer=Person(name="Adams"))
    session.add_all([ledger, line])
    session.add_all(_accounts(ledger, line))
    session.flush()
    plan = named(session, AccountingPractice, _PLAN)
    session.add(
        PracticeAssignment(ledger=ledger, practice=plan, subject=line, period=Period(date(1994, 1, 1)))
    )
    session.flush()
    for start, minutes in _CALLS:
        process_event(session, record(session, _call(session, ledger, line, start, minutes)))
        # Tax is looked at after every call: what it comes to in the month is the same.
        fire(LedgerBooks(session, ledger), AccountBasedFiring())
    return ledger


def _accounts(ledger: Ledger, line: PhoneLine) -> Iterator[Account]:
    yield DetailAccount(ledger=ledger, name="Network", unit="min")
    yield Income(ledger=ledger, name="Network income", unit="USD")
    yield Liability(ledger=ledger, name="Tax payable", unit="USD")
    for name in _OF_A_LINE:
        kind, unit = (DetailAccount, "min") if name in _MINUTES else (Asset, "USD")
        own = kind(ledger=ledger, name=f"{name} of {line}", unit=unit, subject=line)
        yield SummaryAccount(ledger=ledger, name=name, components=[own])


def _call(session: Session, ledger: Ledger, line: PhoneLine, start: str, minutes: int) -> AccountingEvent:
    return AccountingEvent(
        ledger=ledger,
        type=named(session, EventType, "call"),
        subject=line,
        occurred=_DAY,
        occurred_at=_at(start),
        noticed=datetime(1995, 1, 2, 5, tzinfo=UTC),
        attributes={"start": _at(start), "duration": Quantity(minutes, "min")},
        key=f"{line} {_DAY} {start}",
    )


def _at(start: str) -> datetime:
    return datetime.combine(_DAY, time.fromisoformat(start), _ZONE)


def _rates(found: _Company) -> Iterator[Check]:
    for start, expected in (
        ("06:59", "evening"),
        ("07:00", "day"),
        ("19:00", "day"),
        ("19:01", "evening"),
    ):
        (kind,) = found.reckoned("time of day", "60 min", start)
        yield check(f"A call of an hour that starts at {start}", expected=expected, found=kind)
    for rule, minutes, expected in (
        ("day charge", 1, "0.98 USD"),
        ("day charge", 2, "1.28 USD"),
        ("day charge", -10, "-3.68 USD"),
        ("evening charge", 1, "0.70 USD"),
        ("evening charge", 21, "4.70 USD"),
        ("evening charge", 22, "4.82 USD"),
    ):
        (amount,) = found.reckoned(rule, f"{minutes} min").values()
        yield check(f"{rule.capitalize()} of {minutes} min", expected=expected, found=amount)
    for total, expected in (("50", "3.00 USD"), ("100", "5.00 USD")):
        (amount,) = found.reckoned("monthly tax", f"{total} USD").values()
        yield check(f"Tax on a month of {total} USD", expected=expected, found=amount)


def _charges(found: _Company) -> Iterator[Check]:
    expected = {
        "13:15": ("10 min, day", "3.68 USD"),
        "14:25": ("8 min, day", "3.08 USD"),
        "19:05": ("6 min, evening", "1.70 USD"),
        "20:20": ("33 min, evening", "6.14 USD"),
    }
    for call in found.calls():
        start, minutes, kind, charge = _written(found, call)
        yield check(
            f"The call of {start}",
            expected=": ".join(expected[start]),
            found=f"{minutes}, {kind}: {charge}",
        )
    for name, amount in (
        ("Basic time", "0 min"),
        ("Day time", "18 min"),
        ("Evening time", "39 min"),
        ("Activity", "14.60 USD"),
        ("Tax", "0.88 USD"),
    ):
        yield check(f"{name} in January", expected=amount, found=found.balance(found.of_line(name)))


def _invariants(found: _Company) -> Iterator[Check]:
    session, ledger = found.session, found.ledger
    minutes = [found.account(name) for name in _MINUTES]
    total = sum((each.balance(as_of=_MONTH_END) for each in minutes), Quantity(0, "min"))
    yield check("All accounts of minutes together", expected="0 min", found=total)
    yield check("Transactions that do not balance", expected=0, found=len(list(unbalanced(session, ledger))))
    before = transactions(session, ledger)
    fire(LedgerBooks(session, ledger), AccountBasedFiring())
    yield check(
        "Transactions added by firing again", expected=0, found=transactions(session, ledger) - before
    )
    taxed = len(found.of_line("Tax").entries(as_of=_MONTH_END))
    yield check("Times that tax was posted in the month", expected=4, found=taxed)
    call, *_ = found.calls()
    with session.begin_nested() as tried:
        process_event(session, record(session, call.rejected(noticed=session.clock.now())))
        fire(LedgerBooks(session, ledger), AccountBasedFiring())
        left = [found.balance(found.of_line(name)) for name in _OF_A_LINE]
        tried.rollback()
    yield check(
        "The line's accounts if the first call had never been made",
        expected="0 min, 8 min, 39 min, 10.92 USD, 0.66 USD",
        found=", ".join(left),
    )


def _written(found: _Company, call: AccountingEvent) -> tuple[str, str, str, str]:
    """When a call started, how long it was, of which kind, and what it cost."""
    start = call.attributes["start"]
    (kind,) = {
        name
        for name in ("Day time", "Evening time")
        for each in found.of_line(name).entries()
        if each.transaction.event_id == call.id
    }
    return (
        f"{start:%H:%M}",
        str(call.attributes["duration"]),
        kind.partition(" ")[0].lower(),
        str(found.charge(call).amount),
    )


def _calls(found: _Company) -> Table:
    rows = tuple(_written(found, call) for call in found.calls())
    return Table(f"Calls of {_DAY}", ("Start", "Length", "Time", "Charge"), rows)


def _picture(found: _Company) -> Graph:
    return practice_picture(
        found.plan,
        ledger=found.ledger,
        subject=found.line,
        as_of=_MONTH_END,
        title=f"The basic billing plan, with what stood in the accounts of {found.line} on {_MONTH_END}",
    )
