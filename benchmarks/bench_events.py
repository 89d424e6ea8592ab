"""Events: what a change of the past costs must not grow with the ledger that it happened in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select
from uuid_utils.compat import uuid7

from analysis_patterns.accounting import (
    AccountingEvent,
    AccountType,
    Asset,
    Entry,
    EventType,
    Income,
    Ledger,
    Liability,
    process_event,
    process_events,
    reconsider,
)
from analysis_patterns.accounting.method import RateMethod
from analysis_patterns.accounting.rule.finder import Named, OfType, Output
from analysis_patterns.accounting.rule.posting_rule import PostingRule, RuleTerms
from analysis_patterns.accounting.rule.practice import (
    AccountingPracticeType,
    PracticeAssignment,
    ServiceAgreement,
)
from analysis_patterns.accounting.rule.trigger import OnAccountType, OnEvent
from analysis_patterns.patterns import (
    Base,
    FixedClock,
    Person,
    Session,
    create_engine,
    create_guards,
    drop_guards,
    sessions,
)
from analysis_patterns.patterns.time.instant import FOREVER
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import Quantity

from .measure import Result, ratio

TODAY = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = date(2025, 1, 1)
CUSTOMERS = 330
RULES = 25
EVENTS = 25
BATCH = 10_000
ATTRIBUTES = '{"usage":["quantity",["50","kW.h"]]}'


@dataclass
class World:
    """
    The books of a utility in a SQLite file, with so many entries of 330 customers, three accounts each.

    Shape:  two more customers have 100 entries each: `broad` from one event that meets 25 rules and a tax on
            each, `steady` from 25 events that meet one rule and the tax.
    """

    engine: Engine
    ledger: UUID
    broad: UUID
    steady: UUID

    def session(self) -> Session:
        """A session on the books, on the first day of 2026."""
        return sessions(self.engine, clock=FixedClock(TODAY))()


def measure(*, full: bool) -> Iterator[Result]:
    """Correct an event, and change an agreement, in ledgers of growing size; every guard is on."""
    sizes = [10_000, 100_000, *([1_000_000] if full else [])]
    with TemporaryDirectory() as folder:
        worlds = {size: _world(Path(folder), size) for size in sizes}
        for size in sizes[1:]:
            for name, what, begun in (
                (
                    "corrected",
                    "correct an event of a year ago that led to 100 entries: 52 differences",
                    _correcting,
                ),
                (
                    "reconsidered",
                    "change terms a year back that 25 events with 100 entries follow: 100 differences",
                    _reconsidering,
                ),
            ):
                yield Result(
                    f"events.{name}-{size}",
                    f"{what}, in a ledger of {size:,} entries",
                    "the same in a ledger of 10,000 entries",
                    ratio(begun(worlds[size]), begun(worlds[sizes[0]]), rounds=11, round_seconds=0.2),
                    limit=1.5,
                )


def _correcting(world: World) -> Callable[[], object]:
    session = world.session()

    def correct() -> None:
        mistaken = session.get_one(AccountingEvent, (world.ledger, world.broad))
        correction = mistaken.corrected(noticed=TODAY, attributes={"usage": Quantity(70, "kW.h")})
        session.add(correction)
        process_event(session, correction)

    return _undone(session, correct, posting=2 * RULES + 2)


def _reconsidering(world: World) -> Callable[[], object]:
    session = world.session()

    def change() -> None:
        ledger = session.get_one(Ledger, world.ledger)
        rule = session.scalars(select(PostingRule).where(PostingRule.name == "steady rate")).one()
        ended = rule.terms[0].ended(FIRST + timedelta(days=1))
        dearer = RuleTerms(rule=rule, method=_rate(12), period=Period(FIRST + timedelta(days=1), FOREVER))
        session.flush()
        reconsider(session, ledger, ended, dearer)

    return _undone(session, change, posting=4 * EVENTS)


def _undone(session: Session, change: Callable[[], None], *, posting: int) -> Callable[[], object]:
    """Make a change and undo it, having seen once how many entries it posts."""
    before = session.scalar(select(func.count()).select_from(Entry)) or 0
    change()
    posted = (session.scalar(select(func.count()).select_from(Entry)) or 0) - before
    session.rollback()
    if posted != posting:
        raise AssertionError(f"{posted} entries were posted")

    def again() -> None:
        change()
        session.rollback()

    return again


def _world(folder: Path, size: int) -> World:
    path = str(folder / f"{size}.db")
    engine = create_engine(f"sqlite:///{path}", durability="normal")
    Base.metadata.create_all(engine)
    with sessions(engine, clock=FixedClock(TODAY - timedelta(days=30)))() as session:
        made = _founded(session)
        drop_guards(session.connection(), Base.metadata)
        _fill(session, made, size - 200)
        create_guards(session.connection(), Base.metadata)
        session.commit()
        broad = _used(session, made, made.customers[0], FIRST)
        steady = [
            _used(session, made, made.customers[1], FIRST + timedelta(days=day))
            for day in range(1, EVENTS + 1)
        ]
        session.add_all([broad, *steady])
        process_events(session, [broad, *steady])
        session.commit()
        world = World(engine, made.ledger.id, broad.id, steady[0].subject_id)
    engine.dispose()  # the last connection to close writes the log back into the file
    return world


@dataclass
class _Made:
    ledger: Ledger
    usage: EventType
    customers: list[Person]
    accounts: dict[str, list[Asset]]
    revenue: Income
    due: Liability
    terms: dict[str, RuleTerms]


def _founded(session: Session) -> _Made:
    ledger = Ledger(name="utility")
    ledger.count_in("USD")
    revenue = Income(ledger=ledger, name="revenue", unit="USD")
    due = Liability(ledger=ledger, name="tax due", unit="USD")
    usage, agreed = EventType(name="usage"), AccountingPracticeType(name="service")
    types = {name: AccountType(name=name) for name in ("base usage", "tax")}
    tax = _rule("tax", OnAccountType(type="base usage"), "tax due", "tax")
    rate, steady = (
        _rule(name, OnEvent(event="usage", of="usage"), "revenue", "base usage")
        for name in ("rate", "steady rate")
    )
    broad = [
        _rule(f"broad {n}", OnEvent(event="usage", of="usage"), "revenue", "base usage") for n in range(RULES)
    ]
    terms = {rule.name: RuleTerms(rule=rule, method=_rate(10)) for rule in (rate, steady, *broad)}
    terms["tax"] = RuleTerms(rule=tax, method=RateMethod(multiplier=Quantity("0.055", "1")))
    agreements = [
        ServiceAgreement(name=name, type=agreed, rules=[tax, *rules])
        for name, rules in (("broad", broad), ("steady", [steady]), ("ordinary", [rate]))
    ]
    customers = [Person(name=f"customer {n}") for n in range(CUSTOMERS + 2)]
    accounts = {
        name: [
            Asset(ledger=ledger, name=f"{name} of {each.name}", unit="USD", type=type, subject=each)
            for each in customers
        ]
        for name, type in types.items()
    }
    session.add_all(
        [ledger, revenue, due, usage, *agreements, *customers, *accounts["base usage"], *accounts["tax"]]
    )
    session.add_all(
        PracticeAssignment(ledger=ledger, practice=agreements[min(n, 2)], subject=each)
        for n, each in enumerate(customers)
    )
    session.commit()
    return _Made(ledger, usage, customers, accounts, revenue, due, terms)


def _rule(name: str, trigger: Any, source: str, destination: str) -> PostingRule:
    output = Output(source=Named(account=source), destination=OfType(type=destination))
    return PostingRule(name=name, trigger=trigger, outputs=output)


def _rate(dollars: int) -> RateMethod:
    return RateMethod(multiplier=Quantity(dollars, "USD/(kW.h)"))


def _used(session: Session, made: _Made, customer: Person, day: date) -> AccountingEvent:
    return AccountingEvent(
        ledger=made.ledger, type=made.usage, subject=customer, occurred=day,
        noticed=TODAY - timedelta(days=30), attributes={"usage": Quantity(50, "kW.h")},
    )  # fmt: skip


def _fill(session: Session, made: _Made, entries: int) -> None:
    """Load what processing would have posted: four entries for each event, in two transactions."""
    booked = "2025-06-01 00:00:00.000000"
    ledger, cursor = made.ledger.id.bytes, session.connection().connection.cursor()
    rate, tax = made.terms["rate"].version.bytes, made.terms["tax"].version.bytes
    shared = {"rate": made.revenue.id.bytes, "tax": made.due.id.bytes}
    for start in range(0, entries // 4, BATCH):
        events, done, legs, headers, sources = [], [], [], [], []
        for number in range(start, min(start + BATCH, entries // 4)):
            customer = 2 + number % CUSTOMERS
            day = str(FIRST + timedelta(days=number // CUSTOMERS % 360))
            own, first, second = uuid7().bytes, uuid7().bytes, uuid7().bytes
            subject = made.customers[customer].id.bytes
            events.append((ledger, own, made.usage.id.bytes, subject, day, booked, ATTRIBUTES, True))
            done.append((ledger, own, 0, booked, False))
            for key, to, from_, steps, creator, root in (
                (first, made.accounts["base usage"][customer], shared["rate"], 50000, rate, None),
                (second, made.accounts["tax"][customer], shared["tax"], 2750, tax, first),
            ):
                legs.append((ledger, key, 0, 2, from_, "USD", -steps, False, day, booked, day))
                legs.append((ledger, key, 1, 2, to.id.bytes, "USD", steps, False, day, booked, day))
                headers.append((ledger, key, 2, booked, b"", "", creator, own, root))
            sources.append((ledger, second, first, 1))
        for table, columns, rows in (
            ("event", "ledger_id, id, type_id, subject_id, occurred, noticed, attributes, happened", events),
            ("processing", "ledger_id, event_id, n, at, reconsidered", done),
            (
                "entry",
                "ledger_id, transaction_id, n, legs, account_id, unit_code, steps, memo, charged, booked, "
                "concerns",
                legs,
            ),
            ("source", "ledger_id, transaction_id, source_transaction_id, source_n", sources),
            (
                "transaction",
                "ledger_id, id, legs, booked, digest, description, creator_id, event_id, root_id",
                headers,
            ),
        ):
            marks = ", ".join("?" * len(rows[0]))
            cursor.executemany(f"INSERT INTO accounting_{table} ({columns}) VALUES ({marks})", rows)
