"""What it costs to record many options, beside the driver's own bulk calls."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from analysis_patterns.patterns import Organization, Session
from analysis_patterns.trading import Direction, Instrument, Market, OptionDraft, record_contracts
from tests.schemas import create_schema

from .measure import Result, in_turns, remove_sqlite, seconds, session_at, sqlite_url

COUNT = 100_000
TABLES = ("patterns_thing", "trading_product", "trading_contract", "trading_option")


def measure(*, full: bool) -> Iterator[Result]:
    """Record options in SQLite files, and write the same rows by hand."""
    count = COUNT if full else COUNT // 5
    with TemporaryDirectory() as folder:
        prepared, own, bare = (Path(folder) / name for name in ("prepared.db", "own.db", "bare.db"))
        prepare(sqlite_url(prepared))

        def ours() -> float:
            _renewed(prepared, own)
            with session_at(sqlite_url(own)) as session:
                made = drafts(session, count)
                return seconds(lambda: _record(session, made))

        def theirs() -> float:
            _renewed(prepared, bare)
            return seconds_by_hand(bare, own)

        yield Result(
            "trading.record-sqlite",
            f"record_contracts() of {count:,} ready drafts of options, every guard on",
            "the driver's executemany of the same 5 rows each: keys and indexes, no foreign key, no guard",
            in_turns(ours, theirs),
            limit=4,
        )


def prepare(url: str) -> None:
    """Make a database with an instrument and its traders, and no contract."""
    create_schema(url)
    with session_at(url) as session:
        market = Market(name="New York", calendars=["US"])
        session.add(Instrument(name="ACM", market=market, amount_unit="{share}", currency="USD"))
        session.add_all([Organization(name="house"), Organization(name="client")])
        session.commit()


def drafts(session: Session, count: int) -> list[OptionDraft]:
    """So many calls, of a thousand strikes and fifty amounts."""
    acm = session.scalars(select(Instrument)).one()
    house, client = session.scalars(select(Organization)).all()
    return [
        OptionDraft(
            instrument=acm,
            long=house,
            short=client,
            amount=100 + number % 50,
            price=Decimal(2000 + number % 1000) / 100,
            traded=date(1997, 5, 1),
            expiration=date(1997, 9, 2),
            option_direction=Direction.LONG,
        )
        for number in range(count)
    ]


def seconds_by_hand(bare: Path, own: Path) -> float:
    """How long the driver takes to write the rows that stand in `own`, as durably, and nothing else."""
    kept = sqlite3.connect(own)
    rows = {table: kept.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    sold = {"trading_contract", "trading_product"}
    rows["patterns_thing"] = [row for row in rows["patterns_thing"] if sold.intersection(row)]
    kept.close()
    connection = sqlite3.connect(bare, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    taken = seconds(lambda: _write(connection, rows))
    connection.close()
    return taken


def _write(connection: sqlite3.Connection, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for table, written in rows.items():
        marks = ", ".join("?" * len(written[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", written)
    connection.execute("COMMIT")


def _record(session: Session, made: list[OptionDraft]) -> None:
    record_contracts(session, made)
    session.commit()


def _renewed(prepared: Path, path: Path) -> None:
    remove_sqlite(path)
    shutil.copyfile(prepared, path)
