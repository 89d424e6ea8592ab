"""6.1, 6.3, 6.9: whatever was posted, every balance is what adding up by hand would give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text

from analysis_patterns.accounting import (
    Account,
    AccountFilter,
    Adjusting,
    Adjustment,
    Amounting,
    Asset,
    Charged,
    Concerning,
    DerivedAccount,
    Described,
    DetailAccount,
    Draft,
    InAccount,
    InUnit,
    IsMemo,
    Ledger,
    Leg,
    MemoAccount,
    SummaryAccount,
    Transaction,
    post,
    reverse,
)
from analysis_patterns.accounting.account.summary import closure
from analysis_patterns.accounting.choosing import _sums, balance, filter_kind
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.persistence.base import Base
from analysis_patterns.patterns.persistence.session import session_of
from analysis_patterns.patterns.time import FixedClock, Period

from ..covered import Covered, with_fault

pytestmark = pytest.mark.slow

START = datetime(1997, 5, 1, 9, tzinfo=UTC)
NAMES = count()
DAYS = [date(1997, 5, 1) + timedelta(days=day) for day in range(6)]


@dataclass
class Line:
    """What a model by hand remembers of an entry."""

    account: DetailAccount
    steps: int
    charged: date
    concerns: date
    booked: datetime
    description: str
    adjustment: Adjustment | None
    transaction: Transaction
    struck: datetime | None = None

    def stands(self, known_at: datetime) -> bool:
        """Whether it was in the current view at an instant."""
        return self.booked <= known_at and (self.struck is None or self.struck > known_at)


@dataclass
class World:
    """Books with a few accounts of every kind, and what a model by hand remembers of them."""

    session: Session
    clock: FixedClock
    random: Random
    details: list[DetailAccount] = field(default_factory=list)
    summaries: list[SummaryAccount] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    instants: list[datetime] = field(default_factory=lambda: [START])
    parts: dict[datetime, dict[Account, list[Account]]] = field(default_factory=dict)

    @classmethod
    def made(cls, session: Session, clock: FixedClock, seed: int) -> World:
        """Accounts in two units, and summaries over them of which some overlap."""
        world = cls(session, clock, Random(seed))
        ledger = Ledger(name=f"world {next(NAMES)}")
        ledger.count_in("USD")
        ledger.count_in("t", places=3)
        world.details = [
            *(Asset(ledger=ledger, name=name, unit="USD") for name in ("a", "b", "c")),
            *(Asset(ledger=ledger, name=name, unit="t") for name in ("d", "e")),
            MemoAccount(ledger=ledger, name="m", unit="USD"),
        ]
        session.add_all(world.details)
        for name in ("s", "t", "u", "v"):
            among: list[Account] = [*world.details, *world.summaries]
            parts = world.random.sample(among, world.random.randrange(1, 5))
            world.summaries.append(SummaryAccount(ledger=ledger, name=name, components=parts))
        session.add_all(world.summaries)
        session.commit()
        world.note_parts()
        return world

    def note_parts(self) -> None:
        """Note by hand what each summary is made up of, from now on."""
        self.parts[self.clock.now()] = {each: list(each.components) for each in self.summaries}

    def live(self, steps: int) -> None:
        """Post, reverse and replace for a while, some of it late, and take components out."""
        for _ in range(steps):
            if self.random.random() < 0.6:
                self.clock.advance(timedelta(hours=self.random.randrange(1, 30)))
                self.instants.append(self.clock.now())
            step: Callable[[], None] = self.random.choice(
                [self.move, self.move, self.move, self.note, self.undo, self.strike, self.take_out]
            )
            step()
            self.session.commit()
            self.note_parts()

    def move(self) -> None:
        """Move something between accounts of one unit."""
        source, destination = self.random.choice([self.details[:3], self.details[3:5]])[:2]
        steps = self.random.randrange(-3, 4) or 5
        charged = self.random.choice(DAYS)
        amount = source.unit.quantity(steps)
        draft = Draft.transfer(
            amount,
            source=source,
            destination=self.random.choice([destination, source]),
            charged=charged,
            description=self.random.choice(["rent", "rent and heating", "Heating"]),
        )
        self.remember(post(self.session, draft).transaction(self.session))

    def note(self) -> None:
        """Note something in the memo account, about an earlier day than it is charged on."""
        concerns, charged = sorted(self.random.choices(DAYS, k=2))
        amount = self.details[5].unit.quantity(self.random.randrange(1, 9))
        leg = Leg(self.details[5], amount, charged=charged, concerns=concerns)
        self.remember(post(self.session, Draft(leg, description="rent")).transaction(self.session))

    def undone(self) -> Transaction | None:
        """A transaction that was not taken back so far."""
        back = {each.reverses_id for each in self.transactions}
        left = [each for each in self.transactions if each.id not in back and each.reverses_id is None]
        return self.random.choice(left) if left else None

    def undo(self) -> None:
        """Reverse a transaction."""
        undone = self.undone()
        if undone is not None:
            self.remember(reverse(self.session, undone, description="back").transaction(self.session))

    def strike(self) -> None:
        """Strike a transaction out, as a replacement does."""
        replaced = self.undone()
        if replaced is not None:
            legs = (
                Leg(each.account, -each.amount, charged=each.charged, concerns=each.concerns)
                for each in replaced.entries
            )
            draft = Draft(*legs, reverses=replaced.id, adjustment=Adjustment.REPLACEMENT)
            made = post(self.session, draft).transaction(self.session)
            self.remember(made)
            for line in self.lines:
                if line.transaction in (made, replaced):
                    line.struck = made.booked

    def take_out(self) -> None:
        """Take a component out of a summary."""
        summary = self.random.choice(self.summaries)
        if len(summary.components) > 1:
            summary.components.remove(self.random.choice(summary.components))

    def remember(self, made: Transaction) -> None:
        """Note by hand what was posted."""
        self.transactions.append(made)
        for each in made.entries:
            self.lines.append(
                Line(
                    each.account, each.steps, each.charged, each.concerns, each.booked,
                    made.description, made.adjustment, made,
                )
            )  # fmt: skip

    def below(self, account: Account, known_at: datetime) -> set[Account]:
        """The detail accounts that an account was known to be made up of, by following every way down."""
        if isinstance(account, SummaryAccount):
            parts = self.parts[max(noted for noted in self.parts if noted <= known_at)][account]
            return {each for part in parts for each in self.below(part, known_at)}
        return {account}


def summed(lines: Iterator[Line]) -> dict[str, int]:
    """Lines added up by unit, those that come to nothing left out."""
    found: dict[str, int] = {}
    for line in lines:
        code = line.account.unit.code
        found[code] = found.get(code, 0) + line.steps
    return {code: steps for code, steps in found.items() if steps}


def told(account: Account, quantities: dict[str, Any]) -> dict[str, int]:
    """What the library tells, in the model's form."""
    ledger = account.ledger
    return {code: ledger.unit(code).steps(each) for code, each in quantities.items() if each.amount}


def moved(account: Account, period: Period, known_at: datetime) -> dict[str, tuple[int, int]]:
    """Deposits and withdrawals that the library tells, by unit."""
    found = _sums.moved_during(session_of(account), account, period, known_at)
    return {
        code: (each.deposits, each.withdrawals)
        for code, each in found.items()
        if each.deposits or each.withdrawals
    }


def agrees(world: World, account: Account, as_of: date, known_at: datetime) -> None:
    """Compare one account with the model on a day, as known at an instant."""
    own = [line for line in world.lines if line.account in world.below(account, known_at)]
    period = Period(DAYS[1], as_of + timedelta(days=1)) if as_of > DAYS[1] else Period(DAYS[0], DAYS[2])
    by_then = [line for line in own if line.charged <= as_of and line.booked <= known_at]
    within = [line for line in own if period.includes(line.charged) and line.stands(known_at)]

    assert told(account, account.balances(as_of, known_at)) == summed(iter(by_then))
    for side, sign in ((0, 1), (1, -1)):
        expected = summed(line for line in within if line.steps * sign > 0)
        assert {
            code: both[side] for code, both in moved(account, period, known_at).items() if both[side]
        } == expected
    entries = account.entries(as_of=as_of, known_at=known_at)
    standing = [line for line in by_then if line.stands(known_at)]
    assert sorted(entry.steps for entry in entries) == sorted(line.steps for line in standing)
    assert len({(entry.transaction_id, entry.n) for entry in entries}) == len(entries)
    everything = account.entries(as_of=as_of, known_at=known_at, struck=True)
    assert sorted(entry.steps for entry in everything) == sorted(line.steps for line in by_then)
    if len(account.balances(as_of, known_at)) == 1:
        change = account.balance_during(period, known_at=known_at)
        turnover = account.turnover(period, known_at=known_at)
        assert turnover.change == change
        assert turnover.closing == account.balance(period.end - timedelta(days=1), known_at)


def any_filter(world: World, depth: int = 2) -> AccountFilter:
    """A filter, of others where it may be."""
    random = world.random
    if depth and random.random() < 0.7:
        one, other = any_filter(world, depth - 1), any_filter(world, depth - 1)
        return random.choice([one & other, one | other, ~one])
    first, last = sorted(random.sample(DAYS, 2))
    bounds = sorted(random.choices(range(-4, 5), k=2))
    return random.choice(
        [
            InAccount(account=random.choice([*world.details, *world.summaries]).name),
            InUnit(code=random.choice(["USD", "t"])),
            Charged(period=Period(first, last)),
            Concerning(period=Period(first, last)),
            Amounting(
                code="USD", least=world.details[0].unit.quantity(bounds[0]).amount,
                most=world.details[0].unit.quantity(bounds[1]).amount,
            ),
            Described(contains=random.choice(["rent", "eating", "Heating"])),
            IsMemo(),
            Adjusting(kind=random.choice([None, Adjustment.REVERSAL])),
        ]
    )  # fmt: skip


def sums_agree(world: World) -> None:
    """Compare every account with the model, now or at an instant of the past."""
    for account in (*world.details, *world.summaries):
        if world.random.random() < 0.5:
            agrees(world, account, DAYS[-1], world.clock.now())
        else:
            agrees(world, account, world.random.choice(DAYS), world.random.choice(world.instants))


def filters_agree(world: World) -> list[str]:
    """Compare filters in the database with what they say of each entry; how much each chose."""
    found = []
    for _ in range(8):
        account = world.random.choice([*world.details, *world.summaries])
        filter = any_filter(world)
        every = account.entries(as_of=DAYS[-1])
        chosen = account.entries(filter, as_of=DAYS[-1])
        assert chosen == [entry for entry in every if filter.is_included(entry)]
        found.append("none" if not chosen else "all" if len(chosen) == len(every) else "some")
    return found


def derived_agrees(world: World) -> None:
    """Compare an account that a filter derives with the entries that the filter chooses."""
    filter = any_filter(world)
    derived = DerivedAccount(ledger=world.details[0].ledger, name=f"derived {next(NAMES)}", filter=filter)
    world.session.add(derived)
    every = [entry for account in world.details for entry in account.entries(as_of=DAYS[-1])]
    chosen = {entry for entry in every if filter.is_included(entry)}
    sums: dict[str, int] = {}
    for entry in chosen:
        sums[entry.unit_code] = sums.get(entry.unit_code, 0) + entry.steps
    assert set(derived.entries(as_of=DAYS[-1])) == chosen
    assert told(derived, derived.balances(DAYS[-1])) == {code: each for code, each in sums.items() if each}


@contextmanager
def lived(engine: Engine, seed: int) -> Iterator[World]:
    """A random history in books of its own."""
    clock = FixedClock(START)
    with sessions(engine, clock=clock, expire_on_commit=False)() as session:
        world = World.made(session, clock, seed)
        world.live(12)
        yield world
        session.rollback()


def kinds_of(world: World) -> dict[str, bool]:
    """What a history held that could have gone wrong."""
    lines = world.lines
    ways = [len(below(world, summary)) for summary in world.summaries]
    accounts = [len(world.below(summary, world.clock.now())) for summary in world.summaries]
    return {
        "backdated": any(line.charged < line.booked.date() for line in lines),
        "charged_later": any(line.charged > line.booked.date() for line in lines),
        "struck": any(line.struck for line in lines),
        "otherwise_made_up": len({str(parts) for parts in world.parts.values()}) > 1,
        "reversed": any(line.adjustment is Adjustment.REVERSAL for line in lines),
        "memo": any(line.account.memo for line in lines),
        "overlap": ways != accounts,
        "several_units": any(len(summary.balances()) > 1 for summary in world.summaries),
        "nothing": not all(account.entries(struck=True) for account in world.summaries),
        "equal_amounts": any(
            one is not other and (one.account, one.steps) == (other.account, other.steps)
            for one in lines
            for other in lines
        ),
    }


def below(world: World, summary: SummaryAccount) -> list[Account]:
    """The detail accounts below a summary, as often as there are ways to them."""
    return [
        each
        for part in summary.components
        for each in (below(world, part) if isinstance(part, SummaryAccount) else [part])
    ]


def test_every_balance_is_what_adding_up_by_hand_would_give(engine: Engine) -> None:
    is_sqlite = engine.dialect.name == "sqlite"
    covered = Covered()

    @given(seed=st.integers(0, 10**9))
    @settings(max_examples=25 if is_sqlite else 5, deadline=None)
    def holds(seed: int) -> None:
        with lived(engine, seed) as world:
            sums_agree(world)
            chosen = filters_agree(world)
            derived_agrees(world)
            covered.case(**kinds_of(world), **{kind: kind in chosen for kind in ("none", "some", "all")})

    holds()

    if is_sqlite:
        covered.enough()


def memory() -> Engine:
    """A database in memory, with all tables and guards."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    return engine


SUMS = [
    ("Entry.charged.between(_FIRST, _LAST)", "Entry.charged < _LAST"),
    ("Entry.booked <= _KNOWN_AT, standing(_KNOWN_AT)", "Entry.booked < _KNOWN_AT, standing(_KNOWN_AT)"),
    ("Entry.booked <= _KNOWN_AT, standing(_KNOWN_AT)", "Entry.booked <= _KNOWN_AT"),
    ("Entry.steps < nothing", "Entry.steps <= Entry.steps"),
    ("closure.c.summary_id == _FROM", "closure.c.component_id == _FROM"),
    ("strike.booked <= known_at,", ""),
    ("when, Entry.booked <= known_at, standing(known_at)]", "when, Entry.booked <= known_at]"),
]


@pytest.mark.parametrize(("right", "wrong"), SUMS, ids=[wrong or right for right, wrong in SUMS])
def test_a_fault_in_the_sums_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch, right: str, wrong: str
) -> None:
    faulty = with_fault(_sums, right, wrong)
    for name in ("moved_during", "steps_until", "standing", "covered_by", "moved_chosen"):
        for module in (balance, _sums):
            monkeypatch.setattr(module, name, getattr(faulty, name))

    noticed(memory(), sums_agree, derived_agrees)


FILTERS = [
    ("Entry.charged >= self.period.start", "Entry.charged > self.period.start"),
    ("Entry.concerns < self.period.end", "Entry.concerns <= self.period.end"),
    ("Entry.steps.between(least, most)", "Entry.steps >= least"),
    ("without != Transaction.description", "without == Transaction.description"),
    ("Account.name == self.account", "Account.name >= self.account"),
]


@pytest.mark.parametrize(("right", "wrong"), FILTERS, ids=[wrong for _, wrong in FILTERS])
def test_a_fault_in_the_filters_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch, right: str, wrong: str
) -> None:
    faulty = with_fault(filter_kind, right, wrong)
    for kind in (InAccount, Charged, Concerning, Amounting, Described):
        monkeypatch.setattr(kind, "condition", getattr(faulty, kind.__name__).condition)

    noticed(memory(), filters_agree)


@pytest.mark.parametrize("guard", ["accounting_component_extend", "accounting_component_shrink"])
def test_a_closure_that_nobody_keeps_would_be_noticed(guard: str) -> None:
    engine = memory()
    with engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER {guard}"))

    noticed(engine, sums_agree)


def noticed(engine: Engine, *looks: Callable[[World], object]) -> None:
    """Fail unless some history shows a fault of the library, or of this database."""
    with pytest.raises(AssertionError):  # noqa: PT012  (which history shows it does not matter)
        for seed in range(40):
            with lived(engine, seed) as world:
                for look in looks:
                    look(world)


def test_the_database_keeps_what_lies_below_what(engine: Engine) -> None:
    is_sqlite = engine.dialect.name == "sqlite"
    covered = Covered()

    @given(seed=st.integers(0, 10**9))
    @settings(max_examples=25 if is_sqlite else 5, deadline=None)
    def holds(seed: int) -> None:
        with sessions(engine)() as session:
            covered.case(**linked(session, Random(seed)))
            session.rollback()

    holds()

    if is_sqlite:
        covered.enough()


def linked(session: Session, random: Random) -> dict[str, bool]:
    """Add and take out components at random, and compare with what a graph says lies below what."""
    ledger = Ledger(name=f"world {next(NAMES)}")
    accounts = [SummaryAccount(ledger=ledger, name=str(number)) for number in range(7)]
    session.add_all(accounts)
    session.flush()
    graph: nx.DiGraph[SummaryAccount] = nx.DiGraph()
    graph.add_nodes_from(accounts)
    taken_out = second_way = False
    for _ in range(20):
        lower, upper = sorted(random.sample(range(7), 2))
        up, down = accounts[upper], accounts[lower]
        if graph.has_edge(up, down):
            up.components.remove(down)
            graph.remove_edge(up, down)
            taken_out = True
        else:
            second_way |= nx.has_path(graph, up, down)
            up.components.append(down)
            graph.add_edge(up, down)
        session.flush()
        rows = session.execute(
            select(closure.c.summary_id, closure.c.component_id).where(closure.c.ledger_id == ledger.id)
        ).all()
        expected = {(up.id, down.id) for up in accounts for down in [up, *nx.descendants(graph, up)]}
        assert len(rows) == len(expected)
        assert {(up, down) for up, down in rows} == expected
    return {"taken_out": taken_out, "second_way": second_way, "deep": nx.dag_longest_path_length(graph) > 2}
