"""Beside other ledgers: the same transactions, given to tools that people use today, where they install."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import make_url

from analysis_patterns.accounting import Asset, Draft, Ledger, post_all
from analysis_patterns.patterns import Money, create_engine, sessions
from tests.postgres import PostgresServer
from tests.schemas import create_schema

from .environment import environment
from .measure import Result, in_turns

PROJECT = Path(__file__).parent.parent
VENV = PROJECT / "build" / "other-ledgers"
"""A virtual environment of its own: some of these want versions that we cannot live with."""

INSTALLED = ("piecash==1.2.1", "django-hordak==2.0.0", "psycopg[binary]", "beancount==3.2.3")
BASELINES = Path(__file__).parent / "baselines"
ACCOUNTS = 100
ROUNDS = 3

Timed = Callable[[], float]
"""Does its work once, and gives the seconds that it took."""


def measure(*, full: bool) -> Iterator[Result]:
    """Post what they read, balance or post; whatever is not there is skipped, and the table says why."""
    count = 5_000 if full else 1_000
    server = PostgresServer(durable=True)
    try:
        with TemporaryDirectory() as folder:
            for name, does, needs, timed in _others(Path(folder), server, count):
                on_postgres = name == "django-hordak"
                ours = (
                    partial(_on_postgres, server, count) if on_postgres else partial(_in_file, folder, count)
                )
                where = "on the same PostgreSQL" if on_postgres else "in a SQLite file"
                missing = needs()
                yield Result(
                    f"beside.{name}",
                    f"post_all() of {count:,} two-legged drafts {where}, made, checked, stored and committed",
                    f"skipped: {missing}" if missing else f"{name}, {does}",
                    None if missing else in_turns(ours, timed),
                )
    finally:
        server.stop()


def _others(
    folder: Path, server: PostgresServer, count: int
) -> Iterator[tuple[str, str, Callable[[], str], Timed]]:
    beancount, journal = folder / "books.beancount", folder / "books.journal"
    beancount.write_text("".join(_beancount(count)), encoding="utf-8")
    journal.write_text("".join(_journal(count)), encoding="utf-8")
    python, installed = str(VENV / "bin" / "python"), partial(environment, VENV, INSTALLED)
    load = f"from beancount import loader; assert not loader.load_file({str(beancount)!r})[1]"
    reads = "reading them from a file and checking them, its start included"
    yield "beancount", reads, installed, partial(_run, [python, "-c", load])
    for name in ("hledger", "ledger"):
        balances = partial(_run, [name, "-f", str(journal), "balance"])
        yield (
            name,
            "reading them from a file and balancing, its start included",
            partial(_program, name),
            balances,
        )
    piecash = [python, str(BASELINES / "piecash_posting.py"), str(folder / "piecash.gnucash"), str(count)]
    yield (
        "piecash",
        "making them and saving once in a SQLite file",
        installed,
        partial(_told, piecash),
    )
    yield (
        "django-hordak", "making them in one transaction on PostgreSQL", installed,
        partial(_hordak, server, python, count),
    )  # fmt: skip


def _amounts(count: int) -> Iterator[tuple[date, int, int, int]]:
    for number in range(count):
        yield (
            date(2026, 1, 1) + timedelta(number % 365), number % ACCOUNTS, (number + 1) % ACCOUNTS,
            number % 997 + 1,
        )  # fmt: skip


def _beancount(count: int) -> Iterator[str]:
    for n in range(ACCOUNTS):
        yield f"2026-01-01 open Assets:A{n} USD\n"
    for day, giver, taker, amount in _amounts(count):
        yield f'{day} * "delivered as ordered"\n  Assets:A{giver}  -{amount}.00 USD\n'
        yield f"  Assets:A{taker}  {amount}.00 USD\n"


def _journal(count: int) -> Iterator[str]:
    for day, giver, taker, amount in _amounts(count):
        yield f"{day} delivered as ordered\n    assets:a{giver}  -{amount}.00 USD\n"
        yield f"    assets:a{taker}  {amount}.00 USD\n\n"


def _post(url: str, count: int) -> float:
    create_schema(url)
    engine = create_engine(url)
    with sessions(engine)() as session:
        ledger = Ledger(name="books")
        ledger.count_in("USD")
        accounts = [Asset(ledger=ledger, name=f"account {n}", unit="USD") for n in range(ACCOUNTS)]
        session.add_all([ledger, *accounts])
        session.flush()
        started = perf_counter()
        drafts = [
            Draft.transfer(
                Money(amount, "USD"),
                source=accounts[giver],
                destination=accounts[taker],
                charged=day,
                description="delivered as ordered",
            )
            for day, giver, taker, amount in _amounts(count)
        ]
        post_all(session, drafts)
        session.commit()
        taken = perf_counter() - started
    engine.dispose()
    return taken


def _in_file(folder: str, count: int) -> float:
    with TemporaryDirectory(dir=folder) as own:
        return _post(f"sqlite:///{own}/books.db", count)


def _on_postgres(server: PostgresServer, count: int) -> float:
    with server.fresh() as url:
        return _post(url, count)


def _hordak(server: PostgresServer, python: str, count: int) -> float:
    with server.fresh() as url:
        database = make_url(url).database
        script = str(BASELINES / "hordak_posting.py")
        return _told([python, script, str(server.folder), str(database), str(count)])


def _run(command: Sequence[str]) -> float:
    started = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - started


def _told(command: Sequence[str]) -> float:
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return float(ended.stdout)


def _program(name: str) -> str:
    """Why a program cannot be run; nothing where it can."""
    return "" if which(name) else f"no program {name} is installed"
