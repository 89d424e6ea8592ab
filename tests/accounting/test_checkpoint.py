"""6.1 Checkpoints: whatever was summed ahead, every balance is the naive sum over the entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from analysis_patterns.accounting import (
    Asset,
    DetailAccount,
    Draft,
    Equity,
    Ledger,
    SummaryAccount,
    post,
    post_all,
)
from analysis_patterns.accounting.choosing.balance import balance
from analysis_patterns.accounting.posting import _standing as standing
from analysis_patterns.accounting.posting import checkpoint as checkpoints
from analysis_patterns.accounting.posting.closing import PeriodClose, close_period
from analysis_patterns.accounting.statement.statement import balance_sheet, trial_balance
from analysis_patterns.patterns.persistence import Session, create_engine, sessions
from analysis_patterns.patterns.time import FixedClock

from ..covered import Covered
from ..databases import SqliteFolder
from ..refusals import refuses
from ..schemas import create_schema
from .books import JANUARY, MAY, Books

OPENED = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 40
LEAF = 3
_names = count()

Told = dict[tuple[int, date], int]


@dataclass
class History:
    """
    Books kept at random: posted, backdated, closed, summed ahead, by a clock that at times steps back.

    Shape:  every entry is noted once more in `noted`, as account, steps, day and instant; `told` is what was
            known at each close, on each day.
    """

    session: Session
    clock: FixedClock
    random: Random
    ledger: Ledger = field(init=False)
    accounts: list[DetailAccount] = field(init=False)
    noted: list[tuple[int, int, date, datetime]] = field(default_factory=list)
    told: list[tuple[PeriodClose, Told]] = field(default_factory=list)
    made: datetime = field(init=False)
    checkpoints: int = 0
    backdated: int = 0

    def __post_init__(self) -> None:
        self.ledger = Ledger(name=f"books {next(_names)}")
        self.ledger.count_in("USD")
        self.accounts = [
            kind(ledger=self.ledger, name=name, unit="USD")
            for name, kind in (("lean", Asset), ("every", Asset), ("third", Equity))
        ]
        self.accounts[1].keeps_every_balance = True
        self.session.add(self.ledger)
        self.session.add_all(self.accounts)
        self.session.flush()
        self.session.add(SummaryAccount(ledger=self.ledger, name="both", components=self.accounts[:2]))
        self.session.commit()
        self.made = self.clock.now()

    def run(self, steps: int) -> None:
        """Do so many random things."""
        doing: list[Callable[[], None]] = [self.post, self.checkpoint, self.close, self.tick]
        for _ in range(steps):
            (work,) = self.random.choices(doing, weights=[12, 2, 1.5, 6])
            work()
            self.session.commit()

    def tick(self) -> None:
        """Let time pass, or step back a little."""
        self.clock.advance(timedelta(hours=self.random.choice([-3, 5, 30, 60])))

    def post(self) -> None:
        """Post a few transactions at once, most of them today, some of them earlier or later."""
        first, today = self.ledger.closed_before, self.clock.today()
        day = max(first, today + timedelta(days=self.random.choice([0, 0, 0, -1, -9, -20, 2])))
        self.backdated += day < today
        drafts, amounts = [], []
        for _ in range(self.random.choice([1, 1, 2, 7])):
            source, destination = self.random.sample(range(3), 2)
            cents = self.random.choice([-500, 1, 40, 999, 2**40])
            drafts.append(
                Draft.transfer(
                    self.ledger.unit("USD").quantity(cents),
                    source=self.accounts[source],
                    destination=self.accounts[destination],
                    charged=day,
                )
            )
            amounts += [(source, -cents), (destination, cents)]
        booked = post_all(self.session, drafts)[0].booked
        self.noted += [(account, cents, day, booked) for account, cents in amounts]

    def checkpoint(self) -> None:
        """Sum ahead."""
        checkpoints.checkpoint(self.session, self.ledger)
        self.checkpoints += 1

    def close(self) -> None:
        """Close the books up to some days ago, and note what is known then."""
        before = self.clock.today() - timedelta(days=2)
        if before > max(self.ledger.closed_before, OPENED.date()):
            close = close_period(self.session, self.ledger, before=before)
            self.told.append((close, {
                (account, day): self.naive(account, day, close.known_at)
                for account in range(3)
                for day in self.days()
            }))  # fmt: skip

    def naive(self, account: int, day: date, known_at: datetime) -> int:
        """The balance in cents, by adding up every entry."""
        return sum(
            cents
            for whose, cents, charged, booked in self.noted
            if whose == account and charged <= day and booked <= known_at
        )

    def days(self) -> list[date]:
        """Some days to ask about."""
        return [OPENED.date() + timedelta(days=n) for n in range(-22, DAYS, 6)]

    def instants(self) -> list[datetime]:
        """Some instants to ask about: at bookings, just before and after them, at closes, and long after."""
        at = {booked for *_, booked in self.noted}
        chosen = self.random.sample(sorted(at), min(6, len(at)))
        shifted = [each + timedelta(microseconds=self.random.choice([-1, 0, 1])) for each in chosen]
        return [*shifted, *(close.known_at for close, _ in self.told), OPENED + timedelta(days=999)]

    def wrong(self) -> Iterator[str]:
        """Every answer that is not that of the naive sum, or not what was told at a close."""
        for known_at in self.instants():
            for day in self.days():
                expected = [self.naive(account, day, known_at) for account in range(3)]
                yield from self.wrong_at(day, known_at, expected)
        for close, told in self.told:
            for (account, day), cents in told.items():
                if self.found(account, day, close.known_at) != cents:
                    yield f"{self.accounts[account]} on {day}, as told by {close}"

    def wrong_at(self, day: date, known_at: datetime, expected: list[int]) -> Iterator[str]:
        """Which of the ways to ask gives another answer than `expected`."""
        unit = self.ledger.unit("USD")
        for account, cents in enumerate(expected):
            if self.found(account, day, known_at) != cents:
                yield f"{self.accounts[account]} on {day}, as known at {known_at}"
        whole = trial_balance(self.ledger, as_of=day, known_at=known_at)
        lines = {line.account.name: line.amount for line in whole.lines}
        sums: dict[str, int] = dict(zip(("lean", "every", "third"), expected, strict=True))
        if known_at >= self.made:  # before, it was not known to consist of anything
            sums["both"] = sum(expected[:2])
        if lines != {name: unit.quantity(cents) for name, cents in sums.items()} or not whole.adds_up:
            yield f"the trial balance on {day}, as known at {known_at}"
        if not balance_sheet(self.ledger, as_of=day, known_at=known_at).adds_up:
            yield f"the balance sheet on {day}, as known at {known_at}"

    def found(self, account: int, day: date, known_at: datetime) -> int:
        """The balance in cents, as the library tells it."""
        amount = balance(self.accounts[account], as_of=day, known_at=known_at)
        return int(amount.amount.scaleb(2))

    def stored(self) -> list[list[Any]]:
        """Every row that was summed ahead."""
        tables = (checkpoints.checkpoint_leaf, checkpoints.checkpoint_block)
        return [
            [
                tuple(row)
                for row in self.session.execute(
                    select(table).where(table.c.ledger_id == self.ledger.id).order_by(*table.primary_key)
                )
            ]
            for table in tables
        ]


@pytest.fixture
def small_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves of three entries, so that a short history has many."""
    monkeypatch.setattr(checkpoints, "LEAF", LEAF)


def histories(session: Session, clock: FixedClock, seeds: range, steps: int = 45) -> Iterator[History]:
    """One random history for each seed."""
    for seed in seeds:
        clock.set(OPENED)
        history = History(session, clock, Random(seed))
        history.run(steps)
        yield history


@pytest.mark.slow
@pytest.mark.usefixtures("small_leaves")
def test_every_answer_is_the_naive_sum_and_what_was_told_at_a_close(
    session: Session, clock: FixedClock
) -> None:
    covered = Covered()

    for history in histories(session, clock, range(24)):
        assert not list(history.wrong())
        leaves, blocks = history.stored()
        covered.case(
            backdated=history.backdated > 2,
            closed=len(history.told) > 0,
            closed_twice=len(history.told) > 1,
            several_checkpoints=history.checkpoints > 3,
            many_leaves=len(leaves) > 12,
            leaves_forgotten=any(not kept for *_, kept in leaves),
            higher_blocks=any(level > 1 for _, _, level, *_ in blocks),
        )

    covered.enough()


@pytest.mark.usefixtures("small_leaves")
def test_rebuilding_leads_to_the_same_rows(session: Session, clock: FixedClock) -> None:
    for history in histories(session, clock, range(100, 112)):
        history.checkpoint()
        stored = history.stored()

        checkpoints.rebuild_checkpoints(session, history.ledger)

        assert history.stored() == stored


@pytest.mark.usefixtures("small_leaves")
def test_an_account_keeps_the_blocks_of_now_and_of_each_close_only(
    session: Session, clock: FixedClock
) -> None:
    for history in histories(session, clock, range(200, 206)):
        history.checkpoint()
        leaves, blocks = history.stored()
        for account in history.accounts:
            own = [(number, until, kept) for _, key, number, until, kept in leaves if key == account.id]
            ends = {close.known_at for close, _ in history.told}
            last_before = {max((n for n, until, _ in own if until <= end), default=0) for end in ends}
            marks = {n for n, *_ in own} if account.keeps_every_balance else last_before | {len(own)}
            found = {(level, position) for _, key, level, position, *_ in blocks if key == account.id}

            assert {n for n, _, kept in own if kept} == marks - {0}
            assert found == {block for mark in marks for block in checkpoints.blocks_of(mark)}


FAULTS: dict[str, tuple[Any, str, Callable[[Any], Any]]] = {
    "a leaf that ends with half of what was booked at one instant": (
        checkpoints, "_SUMMED", lambda sql: sql.replace("e.booked <= :until", "e.booked < :until"),
    ),
    "a block that begins with the end of the one before": (
        checkpoints, "_SUMMED", lambda sql: sql.replace("e.booked > coalesce", "e.booked >= coalesce"),
    ),
    "a block that is not cumulative": (
        checkpoints, "_SUMMED", lambda sql: sql.replace("OVER (ORDER BY", "OVER (PARTITION BY"),
    ),
    "halves taken for each other": (
        checkpoints, "_SUMMED", lambda sql: sql.replace("sum(day.high)", "sum(day.low)", 1),
    ),
    "blocks of one leaf too few": (
        checkpoints, "blocks_of", lambda right: lambda leaves: right(leaves - 1),
    ),
    "a last day left out of a block": (
        standing, "_PARTS", lambda sql: sql.replace("x.charged <= {day}", "x.charged < {day}"),
    ),
    "a tail that begins with the end of the last leaf": (
        standing, "_PARTS", lambda sql: sql.replace("e.booked > coalesce", "e.booked >= coalesce"),
    ),
    "a leaf that is known only later": (
        standing, "_LAST", lambda sql: sql.replace("{known}", ""),
    ),
    "a leaf whose blocks were forgotten": (
        standing, "_LAST", lambda sql: sql.replace("k.kept = TRUE", "k.kept = k.kept"),
    ),
    "a bit that is not looked at": (
        standing, "LEVELS", lambda levels: levels.replace("(0), ", ""),
    ),
}  # fmt: skip


@pytest.mark.usefixtures("small_leaves")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_deliberate_fault_is_noticed(
    sqlite: SqliteFolder, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    module, name, wrongly = FAULTS[fault]
    right = getattr(module, name)
    wrong = wrongly(right)
    assert wrong != right
    monkeypatch.setattr(module, name, wrong)
    for question, arguments in ANSWERS.items():
        monkeypatch.setattr(standing, question, standing._standing(**arguments))

    with sqlite.fresh(create_schema) as url:
        engine = create_engine(url)
        clock = FixedClock(OPENED)
        with sessions(engine, clock=clock)() as session:
            noticed = any(any(each.wrong()) for each in histories(session, clock, range(4)))
        engine.dispose()

    assert noticed


ANSWERS = {
    "_STANDING": {"wanted": standing._OWN},
    "_STANDING_BELOW": {"wanted": standing._BELOW, "by": "unit_code"},
    "_STANDING_EACH": {"wanted": standing._EVERY, "by": "account_id"},
}


@pytest.mark.parametrize(
    ("leaves", "blocks"), [(0, []), (1, [(0, 0)]), (6, [(1, 2), (2, 0)]), (7, [(0, 6), (1, 2), (2, 0)])]
)
def test_leaves_are_made_up_of_one_block_for_each_bit(leaves: int, blocks: list[tuple[int, int]]) -> None:
    assert list(checkpoints.blocks_of(leaves)) == blocks


def test_what_is_less_than_a_leaf_is_not_summed_ahead(session: Session, books: Books) -> None:
    post_all(session, [books.ticket() for _ in range(checkpoints.LEAF - 1)])
    checkpoints.checkpoint(session, books.ledger)
    assert leaves_of(session, books) == 0

    post(session, books.ticket())
    checkpoints.checkpoint(session, books.ledger)

    assert leaves_of(session, books) == 2


def leaves_of(session: Session, books: Books) -> int:
    leaf = checkpoints.checkpoint_leaf
    return (
        session.scalar(select(func.count()).select_from(leaf).where(leaf.c.ledger_id == books.ledger.id)) or 0
    )


def test_what_is_booked_after_a_checkpoint_is_booked_later(
    session: Session, books: Books, clock: FixedClock
) -> None:
    before = post(session, books.ticket())

    barrier = checkpoints.checkpoint(session, books.ledger)
    after = post(session, books.ticket())

    assert before.booked <= barrier < after.booked
    assert books.ledger.barrier == barrier


def test_a_checkpoint_takes_a_stored_ledger(session: Session) -> None:
    for work in (checkpoints.checkpoint, checkpoints.rebuild_checkpoints):
        with refuses("period-close.known-ledger"):
            work(session, Ledger(name="elsewhere"))


@pytest.mark.usefixtures("small_leaves")
def test_an_account_that_asks_later_for_every_balance_gets_them(session: Session, clock: FixedClock) -> None:
    (history,) = histories(session, clock, range(301, 302))
    lean = history.accounts[0]
    lean.keeps_every_balance = True

    checkpoints.rebuild_checkpoints(session, history.ledger)

    assert all(kept for _, key, _, _, kept in history.stored()[0] if key == lean.id)
    assert not list(history.wrong())


@pytest.mark.usefixtures("small_leaves")
def test_sums_beyond_64_bits_are_exact(session: Session, books: Books, clock: FixedClock) -> None:
    most = books.ledger.unit("USD").quantity(2**62 - 1)
    for _ in range(5):
        post(session, Draft.transfer(most, source=books.card, destination=books.airline, charged=JANUARY))
        checkpoints.checkpoint(session, books.ledger)
    session.commit()
    clock.advance(timedelta(hours=1))

    assert leaves_of(session, books) == 2
    assert balance(books.airline, as_of=MAY).amount == 5 * most.amount
    assert balance(books.card, as_of=MAY).amount == -5 * most.amount
    assert trial_balance(books.ledger, as_of=MAY).adds_up
