"""Posting: all that is guaranteed of a transaction, against the driver's own writing of its rows (6.2)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import NullPool, select

from analysis_patterns.accounting import Asset, Draft, Entry, EntryKey, Ledger, Leg, post, post_all
from analysis_patterns.accounting.method import RateMethod
from analysis_patterns.accounting.rule.finder import Named, Output
from analysis_patterns.accounting.rule.posting_rule import PostingRule, RuleTerms
from analysis_patterns.accounting.rule.trigger import OnAccount
from analysis_patterns.patterns import Base, Money, Quantity, Session, create_engine, drop_guards
from tests.postgres import PostgresServer
from tests.schemas import create_schema

from .baselines.ledger import PostgresTables, Rows, SqliteTables, one_by_one, postgres_rows, sqlite_rows
from .measure import Result, in_turns, ratio, remove_sqlite, seconds, session_at, sqlite_url

ACCOUNTS = 1_000
SINGLES = 8_000
OPENED = date(2026, 1, 1)
GUARANTEES = "with keys, digests, creators, sources, two dates and every guard on"


@dataclass(frozen=True)
class World:
    """What drafts need: a ledger's accounts, the terms that make them and the entry they are made from."""

    accounts: list[Asset]
    creator: UUID
    source: EntryKey

    def drafts(self, count: int) -> list[Draft]:
        """So many two-legged drafts, over all accounts and the days of a year."""
        return [self._draft(number) for number in range(count)]

    def _draft(self, number: int) -> Draft:
        giver, taker = (number * 7) % ACCOUNTS, (number * 13 + 1) % ACCOUNTS
        amount, day = Money(number % 997 + 1, "USD"), OPENED + timedelta(number % 365)
        return Draft(
            Leg(self.accounts[giver], -amount, charged=day),
            Leg(self.accounts[taker if taker != giver else taker - 1], amount, charged=day),
            key=f"order {number}",
            description="delivered as ordered",
            creator=self.creator,
            sources=[self.source],
        )


def measure(*, full: bool) -> Iterator[Result]:
    """Post in bulk and one at a time, in SQLite files and on a PostgreSQL that keeps what it acknowledges."""
    count = 100_000 if full else 20_000
    rounds = 5
    with TemporaryDirectory() as folder:
        yield from _in_sqlite(Path(folder), count, rounds)
    server = PostgresServer(durable=True)
    try:
        yield from _in_postgres(server, count, rounds)
    finally:
        server.stop()


def prepare(url: str) -> None:
    """Make a database that holds the accounts, and nothing that is posted but one entry."""
    create_schema(url)
    with session_at(url) as session:
        ledger = Ledger(name="books")
        ledger.count_in("USD")
        accounts = [Asset(ledger=ledger, name=f"account {n}", unit="USD") for n in range(ACCOUNTS)]
        rule = PostingRule(
            name="deliveries",
            trigger=OnAccount(account="account 0"),
            outputs={"": Output(source=Named(account="account 1"), destination=Named(account="account 2"))},
        )
        session.add_all(
            [
                ledger,
                *accounts,
                rule,
                RuleTerms(rule=rule, method=RateMethod(multiplier=Quantity("0.5", "1"))),
            ]
        )
        session.flush()
        amount = Money(1, "USD")
        post(session, Draft.transfer(amount, source=accounts[0], destination=accounts[1], charged=OPENED))
        session.commit()


def world(url: str) -> World:
    """What a prepared database holds."""
    with session_at(url) as session:
        accounts = list(session.scalars(select(Asset).order_by(Asset.id)))
        for account in accounts:
            _ = account.unit, account.ledger  # read now: the drafts are made when the session is gone
        creator = session.scalars(select(RuleTerms.version)).one()
        source = session.execute(select(Entry.transaction_id, Entry.n).where(Entry.n == 0)).one()
        session.expunge_all()
    return World(accounts, creator, EntryKey(*source))


def _in_sqlite(folder: Path, count: int, rounds: int) -> Iterator[Result]:
    prepared, own, bare = folder / "prepared.db", folder / "own.db", folder / "bare.db"
    prepare(sqlite_url(prepared))
    given = world(sqlite_url(prepared))
    drafts = given.drafts(count)
    rows: Rows = {}

    def ours() -> float:
        shutil.copyfile(prepared, own)
        with session_at(sqlite_url(own)) as session:
            taken = seconds(lambda: _post(session, drafts))
        rows.update(sqlite_rows(str(own)))
        remove_sqlite(own)
        return taken

    def theirs() -> float:
        tables = SqliteTables(str(bare))
        taken = seconds(lambda: tables.write(rows))
        tables.close()
        remove_sqlite(bare)
        return taken

    yield Result(
        "ledger.bulk-sqlite",
        f"post_all() of {count:,} ready two-legged drafts over 1,000 accounts, {GUARANTEES}",
        "the driver's executemany of the same rows: primary keys and two indexes, no foreign key, no guard",
        in_turns(ours, theirs, rounds),
        limit=3,
    )
    singles = given.drafts(SINGLES)
    tables = SqliteTables(str(bare))
    shutil.copyfile(prepared, own)
    with session_at(sqlite_url(own)) as session:
        each, raw = iter(singles), one_by_one(rows)
        yield Result(
            "ledger.single-sqlite",
            f"post() and commit, one durable transaction at a time, {GUARANTEES}",
            "the driver's executemany of the same rows and COMMIT, without foreign keys and guards",
            ratio(lambda: _post(session, [next(each)]), lambda: tables.write(next(raw))),
            limit=2,
        )
    tables.close()


def _in_postgres(server: PostgresServer, count: int, rounds: int) -> Iterator[Result]:
    with server.fresh(prepare) as url:
        given = world(url)
    drafts = given.drafts(count)
    rows: Rows = {}

    def ours() -> float:
        with server.fresh(prepare) as url:
            with session_at(url) as session:
                taken = seconds(lambda: _post(session, drafts))
            rows.update(postgres_rows(url, without=given.source.transaction_id))
        return taken

    def theirs() -> float:
        with _unguarded(server) as tables:
            return seconds(lambda: tables.copy(rows))

    yield Result(
        "ledger.bulk-postgresql",
        f"post_all() of {count:,} ready two-legged drafts over 1,000 accounts, {GUARANTEES}",
        "COPY of the same rows into the same tables, keys, foreign keys and indexes on, our guards off",
        in_turns(ours, theirs, rounds),
        limit=2,
    )
    with server.fresh(prepare) as url, session_at(url) as session, _unguarded(server) as tables:
        each, raw = iter(given.drafts(SINGLES)), one_by_one(rows)
        yield Result(
            "ledger.single-postgresql",
            f"post() and commit, one durable transaction at a time, {GUARANTEES}",
            "the driver's executemany of the same rows and COMMIT, our guards off",
            ratio(lambda: _post(session, [next(each)]), lambda: tables.write(next(raw))),
            limit=2,
        )


@contextmanager
def _unguarded(server: PostgresServer) -> Iterator[PostgresTables]:
    with server.fresh(prepare) as url:
        with create_engine(url, poolclass=NullPool).begin() as connection:
            drop_guards(connection, Base.metadata)
        tables = PostgresTables(url)
        yield tables
        tables.close()


def _post(session: Session, drafts: list[Draft]) -> None:
    post_all(session, drafts)
    session.commit()
