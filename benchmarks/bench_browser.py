"""Browsing: a table of mixed contracts filled in five ways, against a hand-written SELECT of it (10.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    Base,
    Money,
    Organization,
    Session,
    Thing,
    create_engine,
    create_guards,
    drop_guards,
    sessions,
)
from analysis_patterns.trading import (
    STRATEGIES,
    BarrierEffect,
    BarrierOption,
    BarrierSide,
    BrowserTable,
    Contract,
    Direction,
    ExchangeRate,
    Market,
    Option,
    browsed,
)

from .baselines.browser import Statement
from .measure import Result, ratio

CONTRACTS = 10_000


def measure(*, full: bool) -> Iterator[Result]:
    """Browse 10,000 contracts, of three classes in equal parts; 30,000 in full."""
    size = 3 * CONTRACTS if full else CONTRACTS
    with TemporaryDirectory() as folder:
        path = Path(folder) / "browser.db"
        engine = create_engine(f"sqlite:///{path}", durability="normal")
        Base.metadata.create_all(engine)
        with sessions(engine)() as session:
            _written(session, size)
        with sessions(engine, read_only=True)() as session:
            yield from _browsed(session, Statement(str(path)), size)
        engine.dispose()


def _browsed(session: Session, raw: Statement, size: int) -> Iterator[Result]:
    statement = f"one SELECT of the table on the driver's cursor, {size:,} rows"
    contracts: list[Contract] = list(session.scalars(browsed()).all())
    if not len(contracts) == len(raw.rows()) == size:
        raise AssertionError("the two ways do not agree")

    def load() -> None:
        session.expunge_all()
        session.scalars(browsed()).all()

    for strategy in STRATEGIES:
        yield Result(
            f"browser.{strategy.name.replace(' ', '-')}",
            f"the table of {size:,} contracts at hand, by {strategy.name}",
            statement,
            ratio(_filling(strategy.fill, contracts), raw.rows, rounds=7),
        )
    yield Result(
        "browser.load",
        f"to load {size:,} contracts, each of its class, for whichever way",
        statement,
        ratio(load, raw.rows, rounds=3),
    )


def _filling(
    fill: Callable[[list[Contract]], BrowserTable], contracts: list[Contract]
) -> Callable[[], BrowserTable]:
    return lambda: fill(contracts)


def _written(session: Session, size: int) -> None:
    """Three contracts, one of each class, and copies of them under other keys."""
    kinds = _one_of_each(session)
    session.commit()
    tables: list[Any] = [Thing.__table__, Contract.__table__, Option.__table__, BarrierOption.__table__]
    # The guards look at each row; copies of what was admitted are loaded without.
    drop_guards(session.connection(), Base.metadata)
    for number, contract in enumerate(kinds):
        keys = [uuid7() for _ in range(size // 3 - 1 + (number < size % 3))]
        for table in tables:
            row = session.execute(select(table).where(table.c.id == contract.id)).mappings().one_or_none()
            if row is not None:
                session.execute(insert(table), [{**row, "id": key} for key in keys])
    create_guards(session.connection(), Base.metadata)
    session.commit()


def _one_of_each(session: Session) -> list[Contract]:
    market = Market(name="New York", calendars=["US"])
    said: dict[str, Any] = {
        "instrument": ExchangeRate(base="USD", quoted="JPY", market=market),
        "long": Organization(name="Aroma Trading"),
        "short": Organization(name="Megabank"),
        "amount": 10_000_000,
        "price": 90,
        "traded": date(1997, 5, 1),
    }
    option: dict[str, Any] = said | {
        "expiration": date(1997, 9, 2),
        "option_direction": Direction.LONG,
        "premium": Money(250_000, "USD"),
    }
    barrier: dict[str, Any] = {
        "side": BarrierSide.DOWN,
        "effect": BarrierEffect.IN,
        "barrier": 85,
        "reference": 95,
    }
    made: list[Contract] = [Contract(**said), Option(**option), BarrierOption(**option, **barrier)]
    session.add_all(made)
    return made
