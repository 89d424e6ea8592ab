"""The daily sweep: a hundred thousand barrier options moved by a fixing, against the bare insert (10.4)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    Base,
    FixedClock,
    Organization,
    Session,
    Thing,
    create_engine,
    create_guards,
    drop_guards,
    sessions,
)
from analysis_patterns.trading import (
    BarrierEffect,
    BarrierOption,
    BarrierSide,
    Contract,
    Direction,
    ExchangeRate,
    Fixing,
    Market,
    Option,
    Product,
    add_option_machines,
    sweep,
)

from .baselines.sweep import BareMoves
from .measure import Result, seconds, sqlite_url

RECORDED = datetime(2026, 1, 1, tzinfo=UTC)
TRADED, EXPIRES = date(2026, 1, 1), date(2026, 12, 31)
OPTIONS = 100_000
LEVELS = 100
DAYS = 20


@dataclass
class World:
    """
    Barrier options of all kinds in a SQLite file, with their courses begun and twenty fixings swept.

    Shape:  the barriers of a hundred levels lie between 101 and 200, up or down from the price of 150.5; what
            the next day's price reaches is left to the question.
    """

    engine: Engine
    path: Path
    rate: Any
    source: Any


def measure(*, full: bool) -> Iterator[Result]:
    """Sweep a day on which much happens, with the guards on and off; and one on which nothing does."""
    rounds = 7 if full else 3
    with TemporaryDirectory() as folder:
        world = _world(Path(folder))
        for guarded in (True, False):
            if not guarded:
                with world.engine.begin() as connection:
                    drop_guards(connection, Base.metadata)
            yield from _compared(world, guarded=guarded, rounds=rounds)
        world.engine.dispose()


def _compared(world: World, *, guarded: bool, rounds: int) -> Iterator[Result]:
    on = "all guards on" if guarded else "without guards"
    name = "guarded" if guarded else "unguarded"
    # Half of the barriers lie above the price and half below, so a day reaches one side of them.
    for price, called in ((200, "half"), (160, "tenth")):
        ratio, moved = _ratio(world, price, rounds)
        yield Result(
            f"sweep.{called}-{name}",
            f"sweep() of {OPTIONS:,} barrier options, {moved:,} of them hit; {on}",
            f"INSERT ... SELECT of the same {moved:,} moves, known beforehand; {on}",
            ratio,
            limit=2 if guarded else None,
        )


def _ratio(world: World, price: int, rounds: int) -> tuple[float, int]:
    """How many times as long the sweep takes as the insert, both rolled back each time."""
    swept = world.path.with_name("swept.db")
    world.engine.dispose()
    shutil.copyfile(world.path, swept)
    with _session(create_engine(sqlite_url(swept), durability="normal")) as session:
        _fix(session, world, price)
        sweep(session, TRADED + timedelta(days=DAYS))
        session.commit()
        session.get_bind().dispose()  # type: ignore[union-attr]
    bare = BareMoves(str(world.path))
    moved = bare.prepare(str(swept))
    ratios = []
    for _ in range(rounds):
        taken = _swept(world, price)
        ratios.append(taken / seconds(bare.insert))
        bare.undo()
    return median(ratios), moved


def _swept(world: World, price: int) -> float:
    with _session(world.engine) as session:
        _fix(session, world, price)
        taken = seconds(lambda: sweep(session, TRADED + timedelta(days=DAYS)))
        session.rollback()
    return taken


def _fix(session: Session, world: World, price: int) -> None:
    rate, source = session.get_one(ExchangeRate, world.rate), session.get_one(Organization, world.source)
    session.add(Fixing(instrument=rate, day=TRADED + timedelta(days=DAYS), price=price, source=source))
    session.flush()


def _session(engine: Engine) -> Session:
    return sessions(engine, clock=FixedClock(RECORDED + timedelta(days=DAYS)))()


def _world(folder: Path) -> World:
    path = folder / "options.db"
    engine = create_engine(sqlite_url(path), durability="normal")
    Base.metadata.create_all(engine)
    with sessions(engine, clock=FixedClock(RECORDED))() as session:
        house, bank = Organization(name="Aroma Trading"), Organization(name="Megabank")
        rate = ExchangeRate(base="USD", quoted="JPY", market=Market(name="New York", calendars=["US"]))
        session.add_all([house, bank, rate])
        add_option_machines(session)
        session.commit()
        # Inserted row by row past the unit of work; what is built by construction needs no guard.
        drop_guards(session.connection(), Base.metadata)
        for table, rows in _rows(rate, house, bank):
            session.connection().execute(table.insert(), rows)
        create_guards(session.connection(), Base.metadata)
        session.commit()
        for day in range(DAYS):
            price = "150.5" if day % 2 else "150.4"
            session.add(Fixing(instrument=rate, day=TRADED + timedelta(days=day), price=price, source=bank))
            session.flush()
        sweep(session, TRADED + timedelta(days=DAYS - 1))
        session.commit()
        made = World(engine, path, rate.id, bank.id)
    engine.dispose()
    return made


def _rows(rate: Any, house: Any, bank: Any) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    samples = [_sample(rate, house, bank, n) for n in range(2 * LEVELS)]
    keys = [(uuid7(), uuid7(), samples[n % len(samples)]) for n in range(OPTIONS)]
    yield (
        Thing.__table__,
        [
            {"id": key, "kind": kind}
            for product, contract, _ in keys
            for key, kind in ((product, "trading_product"), (contract, "trading_contract"))
        ],
    )
    yield (
        Product.__table__,
        [
            {"id": product, "recorded": RECORDED, "buyer_id": house.id, "seller_id": bank.id}
            for product, _, _ in keys
        ],
    )
    for entity in (Contract, Option, BarrierOption):
        table: Any = entity.__table__
        columns = [column.name for column in table.columns if column.name not in ("id", "product_id")]
        rows = []
        for product, contract, sample in keys:
            row = {name: sample[name] for name in columns} | {"id": contract}
            rows.append(row | {"product_id": product} if entity is Contract else row)
        yield table, rows


def _sample(rate: Any, house: Any, bank: Any, n: int) -> dict[str, Any]:
    """An option of one of the eight kinds, as the values of its columns; it is thrown away."""
    level, up = 1 + n % LEVELS // 2, n % 2 == 0
    option = BarrierOption(
        instrument=rate, long=house, short=bank, amount=1000, price=150, traded=TRADED, expiration=EXPIRES,
        option_direction=Direction.LONG if n % 4 < 2 else Direction.SHORT,
        side=BarrierSide.UP if up else BarrierSide.DOWN,
        effect=BarrierEffect.IN if n // 4 % 2 else BarrierEffect.OUT,
        barrier=150 + level if up else 151 - level, reference="150.5",
    )  # fmt: skip
    told: dict[str, Any] = {
        "kind": "barrier option", "recorded": RECORDED, "instrument_id": rate.id,
        "long_id": house.id, "short_id": bank.id, "tenor_text": None,
        "premium_minor": None, "premium_currency": None, "premium_paid": None,
    }  # fmt: skip
    for name in (
        "direction",
        "traded",
        "delivery",
        "expiration",
        "option_direction",
        "style",
        "side",
        "effect",
    ):
        told[name] = getattr(option, name)
    for name in ("amount", "price", "barrier", "reference"):
        quantity = getattr(option, name)
        attribute = getattr(BarrierOption, name)
        parts = attribute.property._generated_composite_accessor(quantity)
        told |= dict(zip((f"{name}_number", f"{name}_unit", f"{name}_canonical"), parts, strict=True))
    return told
