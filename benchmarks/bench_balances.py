"""Balances and trial balances: long histories against short ones, and what it takes to be ready (6.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from uuid_utils.compat import uuid7

from analysis_patterns.accounting import (
    Account,
    Asset,
    DetailAccount,
    Draft,
    Ledger,
    SummaryAccount,
    post_all,
)
from analysis_patterns.accounting.choosing.balance import balance
from analysis_patterns.accounting.posting.checkpoint import checkpoint, rebuild_checkpoints
from analysis_patterns.accounting.posting.closing import PeriodClose
from analysis_patterns.accounting.statement.statement import trial_balance
from analysis_patterns.patterns import (
    Base,
    FixedClock,
    Money,
    Session,
    create_engine,
    create_guards,
    drop_guards,
    sessions,
)

from .baselines.balances import Sums
from .measure import Result, ratio

OPENED = datetime(2016, 1, 1, tzinfo=UTC)
DAYS = 3_650
MONTH = 30
TODAY = OPENED + timedelta(days=DAYS)
BATCH = 100_000


@dataclass
class Books:
    """
    A ledger in a SQLite file, ten years old and closed every month.

    Shape:  `accounts` share its entries; one in ten was charged up to a month before it was booked.
    """

    engine: Engine
    path: str
    ledger: UUID
    accounts: list[UUID]

    def session(self, *, read_only: bool = True) -> Session:
        """A session on the books, at the end of the ten years."""
        return sessions(self.engine, clock=FixedClock(TODAY), read_only=read_only)()

    def days(self) -> Iterator[date]:
        """A thousand days spread over the ten years, over and over."""
        return cycle([(OPENED + timedelta(days=n * 7 % DAYS)).date() for n in range(1_000)])

    def closes(self) -> Iterator[datetime]:
        """The closes of the months, over and over."""
        return cycle([OPENED + timedelta(days=n) for n in range(MONTH, DAYS, MONTH)])

    def instants(self) -> Iterator[datetime]:
        """A thousand instants spread over the ten years, over and over."""
        return cycle([OPENED + timedelta(days=n * 11 % DAYS, seconds=n) for n in range(1_000)])


def measure(*, full: bool) -> Iterator[Result]:
    """Ask of accounts with ever longer histories what they held; the entries lie in the same ten years."""
    sizes = [10_000, 100_000, *([1_000_000] if full else [])]
    with TemporaryDirectory() as folder:
        books = {size: _pair(Path(folder), size) for size in sizes}
        for size in sizes[1:]:
            yield from _answering(books[size], books[10_000], size)
        yield _summing(books[100_000])
        yield from _being_ready(Path(folder), books[100_000])
        yield from _trial_balance(Path(folder), entries=[100, 200, *([1_000] if full else [])])


def _answering(long: Books, short: Books, size: int) -> Iterator[Result]:
    lean, every = 0, 1
    for name, what, account, known, limit in (
        ("now", "known now", lean, None, 1.5),
        ("close", "known at the close of any month", lean, Books.closes, 1.5),
        ("any", "known at any instant, of an account that keeps every balance", every, Books.instants, 3),
    ):
        yield Result(
            f"balances.{name}-{size}",
            f"balance() on any day, {what}, of {size:,} entries",
            "of 10,000 entries",
            ratio(_asker(long, account, known), _asker(short, account, known)),
            limit=limit,
        )


def _summing(books: Books) -> Result:
    raw, days, closes = Sums(books.path, books.ledger, books.accounts[0]), books.days(), books.closes()
    return Result(
        "balances.summed",
        "balance() on any day, known at the close of any month, of 100,000 entries",
        "the prepared sum over the index, on the driver's cursor",
        ratio(_asker(books, 0, Books.closes), lambda: raw.sum(next(days), next(closes))),
        limit=1,
    )


def _asker(books: Books, account: int, known: Callable[[Books], Iterator[datetime]] | None) -> Any:
    session, days = books.session(), books.days()
    instants = cycle([None]) if known is None else known(books)
    asked = session.get_one(DetailAccount, books.accounts[account])

    def ask() -> object:
        # The session is named here so that it stays as long as the account.
        return session, balance(asked, as_of=next(days), known_at=next(instants))

    return ask


def _being_ready(folder: Path, books: Books) -> Iterator[Result]:
    """What it takes to sum ahead: all at once, and as the entries come, against posting them."""
    taken = {}
    with books.session(read_only=False) as session:
        ledger = session.get_one(Ledger, books.ledger)
        lean, every = (session.get_one(Account, key) for key in books.accounts)
        for keeps in (False, True):
            lean.keeps_every_balance = every.keeps_every_balance = keeps
            session.flush()
            taken[keeps] = _seconds(session, lambda: rebuild_checkpoints(session, ledger))
    yield Result(
        "balances.rebuild-every",
        f"rebuild_checkpoints() of two accounts of 100,000 entries, every balance kept: {taken[True]:.2f} s",
        f"those now and at each of 121 closes kept: {taken[False]:.2f} s",
        taken[True] / taken[False],
    )
    for keeps, kind in ((False, "now and at each close"), (True, "at any instant")):
        posting, checkpointing = _as_they_come(folder / f"posted-{keeps}.db", keeps=keeps)
        yield Result(
            f"balances.checkpoint-{'every' if keeps else 'lean'}",
            f"checkpoint() after each of 120 months of posting, for balances {kind}: {checkpointing:.2f} s",
            f"post_all() of the 60,000 entries, guards on: {posting:.2f} s",
            checkpointing / posting,
        )


def _as_they_come(path: Path, *, keeps: bool) -> tuple[float, float]:
    engine = create_engine(f"sqlite:///{path}", durability="normal")
    Base.metadata.create_all(engine)
    clock = FixedClock(OPENED)
    posting = checkpointing = 0.0
    with sessions(engine, clock=clock)() as session:
        ledger = Ledger(name="posted")
        ledger.count_in("USD")
        source, destination = (Asset(ledger=ledger, name=name, unit="USD") for name in ("one", "other"))
        source.keeps_every_balance = destination.keeps_every_balance = keeps
        session.add_all([source, destination])
        session.commit()
        for _ in range(120):
            clock.advance(timedelta(days=MONTH))
            drafts = [_draft(source, destination, n, clock.today()) for n in range(250)]
            posting += _seconds(session, partial(post_all, session, drafts))
            checkpointing += _seconds(session, lambda: checkpoint(session, ledger))
    engine.dispose()
    return posting, checkpointing


def _draft(source: Account, destination: Account, n: int, day: date) -> Draft:
    amount, charged = Money(n + 1, "USD"), day - timedelta(days=n % MONTH)
    return Draft.transfer(amount, source=source, destination=destination, charged=charged)


def _seconds(session: Session, work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    session.commit()
    return perf_counter() - started


def _trial_balance(folder: Path, *, entries: list[int]) -> Iterator[Result]:
    asking = {each: _teller(_many(folder, each)) for each in entries}
    for each in entries[1:]:
        yield Result(
            f"balances.trial-balance-{each}",
            f"trial_balance() with roll-up of 1,000 accounts that have {each:,} entries each",
            f"{entries[0]} entries each",
            ratio(asking[each], asking[entries[0]], rounds=11),
            limit=1.5,
        )


def _teller(books: Books) -> Any:
    session, closes = books.session(), books.closes()
    ledger = session.get_one(Ledger, books.ledger)

    def tell() -> object:
        known_at = next(closes)
        return session, trial_balance(ledger, as_of=known_at.date(), known_at=known_at)

    return tell


def _pair(folder: Path, entries: int) -> Books:
    """Two accounts with so many entries each, of which the second keeps every balance."""
    books = _opened(folder / f"pair-{entries}.db", accounts=2)
    with books.session(read_only=False) as session:
        session.get_one(DetailAccount, books.accounts[1]).keeps_every_balance = True
        session.commit()
    return _filled(books, entries)


def _many(folder: Path, entries: int) -> Books:
    """A thousand accounts with so many entries each, under summaries of ten and of a hundred of them."""
    books = _opened(folder / f"many-{entries}.db", accounts=1_000)
    return _filled(books, entries * 500)


def _opened(path: Path, *, accounts: int) -> Books:
    engine = create_engine(f"sqlite:///{path}", durability="normal")
    Base.metadata.create_all(engine)
    with sessions(engine)() as session:
        ledger = Ledger(name="books")
        ledger.count_in("USD")
        made = [Asset(ledger=ledger, name=f"account {n}", unit="USD") for n in range(accounts)]
        session.add_all([ledger, *made])
        session.commit()
        level: Sequence[Account] = made
        while len(level) > 10:
            with session.no_autoflush:
                level = [
                    SummaryAccount(ledger=ledger, name=f"{len(level)}, {n}", components=level[n : n + 10])
                    for n in range(0, len(level), 10)
                ]
            session.add_all(level)
            session.commit()
        return Books(engine, str(path), ledger.id, [each.id for each in made])


_ENTRY = (
    "accounting_entry (ledger_id, transaction_id, n, legs, account_id, unit_code, steps, memo, charged, "
    "booked, concerns)"
)
_TRANSACTION = "accounting_transaction (ledger_id, id, legs, booked, digest, description)"


def _filled(books: Books, transactions: int) -> Books:
    with books.session(read_only=False) as session:
        # A transaction that is whole by construction is loaded without the guards that look at each.
        drop_guards(session.connection(), Base.metadata)
        for rows in _batches(books, transactions):
            for table, each in rows.items():
                marks = ", ".join("?" * len(each[0]))
                session.connection().exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", each)
        ledger = session.get_one(Ledger, books.ledger)
        for closed in (OPENED + timedelta(days=n) for n in range(MONTH, DAYS, MONTH)):
            session.add(PeriodClose(ledger=ledger, before=closed.date(), known_at=closed))
        checkpoint(session, ledger)
        create_guards(session.connection(), Base.metadata)
        session.commit()
    books.engine.dispose()  # the last connection to close writes the log back into the file
    return books


def _batches(books: Books, transactions: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    random, ledger = Random(6), books.ledger.bytes
    accounts = [each.bytes for each in books.accounts]
    apart = timedelta(days=DAYS) / transactions
    for start in range(0, transactions, BATCH):
        entries, headers = [], []
        for n in range(start, min(start + BATCH, transactions)):
            at = OPENED + n * apart
            late = random.randrange(MONTH) if n % 10 == 0 else 0
            booked = at.strftime("%Y-%m-%d %H:%M:%S.%f")
            charged = (at - timedelta(days=late)).date().isoformat()
            key, steps = uuid7().bytes, random.randrange(1, 1_000_000)
            pair = (accounts[2 * n % len(accounts)], accounts[(2 * n + 1) % len(accounts)])
            for leg, (account, sign) in enumerate(zip(pair, (1, -1), strict=True)):
                entries.append(
                    (ledger, key, leg, 2, account, "USD", sign * steps, False, charged, booked, charged)
                )
            headers.append((ledger, key, 2, booked, bytes(32), ""))
        yield {_ENTRY: entries, _TRANSACTION: headers}
