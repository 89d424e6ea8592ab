"""Measurements: many at once, and those above a value in whatever unit, against the driver alone (3.4)."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import NullPool, column, insert, select, text

from analysis_patterns.observation import (
    ACTIVE,
    Measurement,
    MeasurementDraft,
    Observation,
    PhenomenonType,
    observations,
    record_measurements,
)
from analysis_patterns.observation.record.question import known_as
from analysis_patterns.patterns import Base, Person, Quantity, Session, create_engine, drop_guards
from analysis_patterns.patterns.persistence.types import ExactDecimal
from tests.postgres import PostgresServer
from tests.schemas import create_schema

from .baselines.observation import (
    PLAIN,
    TABLE,
    PostgresTable,
    Rows,
    SqliteTable,
    postgres_rows,
    sqlite_rows,
)
from .measure import Result, in_turns, ratio, remove_sqlite, seconds, session_at, sqlite_url

SUBJECTS = 1_000
COUNT = 100_000
UNITS = {"kg": 1_000_000, "g": 1_000, "mg": 1}
"""Units of mass, each with its milligrams."""

SEED = 20260101
START = datetime(2026, 1, 1, tzinfo=UTC)
ABOVE = Quantity("95", "kg")
"""About one in twenty is above it."""

_WRITTEN: Any = select(
    Observation.id,
    Observation.recorded,
    column("quantity_number", ExactDecimal),
    column("quantity_unit"),
).select_from(Observation)
_FOREIGN_KEYS = text(
    f"SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = CAST('{TABLE}' AS regclass)"
)


def measure(*, full: bool) -> Iterator[Result]:
    """Record and search, in SQLite files and on a PostgreSQL that keeps what it acknowledges."""
    count = COUNT if full else COUNT // 5
    with TemporaryDirectory() as folder:
        yield from _in_sqlite(Path(folder), count)
    server = PostgresServer(durable=True)
    try:
        yield from _in_postgres(server, count)
    finally:
        server.stop()


def prepare(url: str) -> None:
    """Make a database with what is measured and of whom, and no measurement."""
    create_schema(url)
    with session_at(url) as session:
        session.add(PhenomenonType(name="body mass", legal_units=list(UNITS)))
        session.add_all(Person(name=f"person {number}") for number in range(SUBJECTS))
        session.commit()


def drafts(session: Session, count: int) -> list[MeasurementDraft]:
    """So many measurements of between 0 and 100 kg, in one of three units each."""
    chance = random.Random(SEED)
    mass = session.scalars(select(PhenomenonType)).one()
    subjects = list(session.scalars(select(Person.id).order_by(Person.id)))
    made = []
    for number in range(count):
        unit = list(UNITS)[number % len(UNITS)]
        milligrams = Decimal(chance.randrange(100_000_000))
        at = START - timedelta(minutes=number)
        quantity = Quantity(milligrams / UNITS[unit], unit)
        made.append(MeasurementDraft(subjects[number % SUBJECTS], mass, quantity, at, made_known=at))
    return made


def _in_sqlite(folder: Path, count: int) -> Iterator[Result]:
    prepared, own, bare = folder / "prepared.db", folder / "own.db", folder / "bare.db"
    prepare(sqlite_url(prepared))
    rows: Rows = []

    def ours() -> float:
        remove_sqlite(own)
        shutil.copyfile(prepared, own)
        with session_at(sqlite_url(own)) as session:
            made = drafts(session, count)
            taken = seconds(lambda: _record(session, made))
        rows[:] = sqlite_rows(str(own))
        return taken

    def theirs() -> float:
        table = SqliteTable(str(bare))
        taken = seconds(lambda: table.write(rows))
        table.close()
        remove_sqlite(bare)
        return taken

    yield Result(
        "observation.bulk-sqlite",
        f"record_measurements() of {count:,} ready drafts in three units, every guard on",
        "the driver's executemany of the same rows: primary key and indexes, no foreign key, no guard",
        in_turns(ours, theirs),
        limit=3,
    )
    with session_at(sqlite_url(own)) as session:
        yield from _above(session, "sqlite", count)


def _in_postgres(server: PostgresServer, count: int) -> Iterator[Result]:
    rows: Rows = []

    def ours() -> float:
        with server.fresh(prepare) as url:
            with session_at(url) as session:
                made = drafts(session, count)
                taken = seconds(lambda: _record(session, made))
            rows[:] = postgres_rows(url)
        return taken

    def theirs() -> float:
        with server.fresh(prepare) as url:
            with create_engine(url, poolclass=NullPool).begin() as connection:
                drop_guards(connection, Base.metadata)
                for name in connection.execute(_FOREIGN_KEYS).scalars():
                    connection.execute(text(f"ALTER TABLE {TABLE} DROP CONSTRAINT {name}"))
            table = PostgresTable(url)
            taken = seconds(lambda: table.write(rows))
            table.close()
            return taken

    yield Result(
        "observation.bulk-postgresql",
        f"record_measurements() of {count:,} ready drafts in three units, every guard on",
        "the driver's executemany of the same rows: primary key and indexes, no foreign key, no guard",
        in_turns(ours, theirs),
        limit=3,
    )
    with server.fresh(prepare) as url, session_at(url) as session:
        _record(session, drafts(session, count))
        yield from _above(session, "postgresql", count)


def _above(session: Session, name: str, count: int) -> Iterator[Result]:
    """Ask for the keys of all above a value, against one column of whole milligrams asked likewise."""
    mass = session.scalars(select(PhenomenonType)).one()
    _write_plain(session, mass)
    known_at = session.clock.now()
    bare = select(PLAIN.c.id).where(
        PLAIN.c.type == mass.id, PLAIN.c.milligrams > int(ABOVE.amount * UNITS["kg"])
    )
    plain = bare.where(*known_as(PLAIN.c, ACTIVE, known_at))

    def ours() -> int:
        asked = observations(session, Measurement, of=mass, known_at=known_at)
        above = asked.where(Measurement.quantity > ABOVE).with_only_columns(Measurement.id).order_by(None)
        return len(session.scalars(above).all())

    found = ours()
    if not found or found != len(session.scalars(plain).all()):
        raise RuntimeError(f"{found} found, {len(session.scalars(plain).all())} in the plain column")
    what = f"the keys of the {found:,} of {count:,} active measurements above {ABOVE}, in whatever unit"
    yield Result(
        f"observation.above-{name}",
        what,
        "the same query, made once, with one indexed column of whole milligrams in place of the quantity",
        ratio(ours, lambda: session.scalars(plain).all()),
        limit=3,
    )
    yield Result(
        f"observation.above-bare-{name}",
        what,
        "the same keys by one indexed column of whole milligrams, rejected or not, and whenever recorded",
        ratio(ours, lambda: session.scalars(bare).all()),
    )


def _write_plain(session: Session, mass: PhenomenonType) -> None:
    PLAIN.create(session.connection())
    written: Any = session.execute(_WRITTEN)
    rows = [
        {"id": key, "type": mass.id, "milligrams": int(amount * UNITS[unit]), "recorded": recorded}
        for key, recorded, amount, unit in written
    ]
    session.execute(insert(PLAIN), rows)
    session.execute(text("ANALYZE"))


def _record(session: Session, made: list[MeasurementDraft]) -> None:
    record_measurements(session, made)
    session.commit()
