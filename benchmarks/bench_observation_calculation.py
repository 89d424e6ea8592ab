"""Combining figures along a dimension, against one GROUP BY and the insert of the same rows (4.2)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import NullPool, select

from analysis_patterns.observation import (
    Actual,
    Combination,
    Dimension,
    DimensionCombination,
    DimensionElement,
    DimensionSet,
    MeasurementDraft,
    PhenomenonType,
    combination_protocols,
    combine,
    record_measurements,
    segments_for,
)
from analysis_patterns.patterns import Base, Interval, Quantity, create_engine, drop_guards
from tests.postgres import PostgresServer
from tests.schemas import create_schema

from .baselines.calculation import PostgresBooks, Rows, SqliteBooks
from .measure import Result, in_turns, remove_sqlite, seconds, session_at, sqlite_url

QUARTER = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
REGIONS, AREAS = 10, 10
WHAT = "combine() of {count:,} figures into {into:,}, each with its sources, every guard on"
BASELINE = (
    "one SQL GROUP BY of the same rows, and the driver's executemany of the same results and links, {guards}"
)


def measure(*, full: bool) -> Iterator[Result]:
    """Combine the figures of areas into those of regions, in SQLite files and on a durable PostgreSQL."""
    models = 100 if full else 30
    with TemporaryDirectory() as folder:
        yield _in_sqlite(Path(folder), models)
    server = PostgresServer(durable=True)
    try:
        yield _in_postgres(server, models)
    finally:
        server.stop()


def prepared(models: int) -> Callable[[str], None]:
    """What makes a database with a figure for each model in each area, and with the segments above them."""

    def prepare(url: str) -> None:
        create_schema(url)
        with session_at(url) as session:
            location = Dimension(name="location", levels=["region", "area"])
            product = Dimension(name="product", levels=["model"])
            sales = DimensionSet(name="sales", dimensions=[location, product])
            regions = [DimensionElement(name=f"region {n}", parent=location.root) for n in range(REGIONS)]
            areas = [
                DimensionElement(name=f"{region} area {n}", parent=region)
                for region in regions
                for n in range(AREAS)
            ]
            made = [DimensionElement(name=f"model {n}", parent=product.root) for n in range(models)]
            revenue, actual = PhenomenonType(name="revenue", legal_units=["USD"]), Actual(name="actual")
            session.add_all([sales, *regions, *areas, *made, Combination(phenomenon_type=revenue), actual])
            session.flush()
            combination_protocols(session, revenue, [location])
            segments_for(session, [{location: r, product: m} for m in made for r in regions], of=sales)
            leaves = segments_for(session, [{location: a, product: m} for m in made for a in areas], of=sales)
            record_measurements(
                session,
                [
                    MeasurementDraft(
                        subject=leaf, phenomenon_type=revenue, quantity=Quantity(n % 997 + 1, "USD"),
                        applicable=QUARTER, status_type=actual,
                    )
                    for n, leaf in enumerate(leaves)
                ],
            )  # fmt: skip
            session.commit()

    return prepare


def ours(url: str) -> float:
    """The seconds that it takes to combine all of it, and commit."""
    with session_at(url) as session:
        protocol = session.scalars(select(DimensionCombination)).one()
        of, actual = session.scalars(select(DimensionSet)).one(), session.scalars(select(Actual)).one()
        level = protocol.dimension.levels[-1]

        def work() -> None:
            combine(session, protocol, of=of, level=level, applicable=QUARTER, status_type=actual)
            session.commit()

        return seconds(work)


def keys(url: str) -> tuple[UUID, UUID]:
    """The keys by which the baseline finds its rows: of what is measured, and along which dimension."""
    with session_at(url) as session:
        protocol = session.scalars(select(DimensionCombination)).one()
        return protocol.result_type.id, protocol.dimension.id


def _in_sqlite(folder: Path, models: int) -> Result:
    start, own, bare = folder / "prepared.db", folder / "own.db", folder / "bare.db"
    prepared(models)(sqlite_url(start))
    asked = [key.bytes for key in keys(sqlite_url(start))]
    rows: Rows = {}

    def candidate() -> float:
        shutil.copyfile(start, own)
        taken = ours(sqlite_url(own))
        books = SqliteBooks(str(own))
        rows.update(books.written())
        books.close()
        remove_sqlite(own)
        return taken

    def baseline() -> float:
        shutil.copyfile(start, bare)
        _without_guards(sqlite_url(bare))
        books = SqliteBooks(str(bare))
        taken = seconds(lambda: books.combine(asked[0], asked[1], rows))
        books.close()
        remove_sqlite(bare)
        return taken

    return _result("sqlite", models, in_turns(candidate, baseline))


def _in_postgres(server: PostgresServer, models: int) -> Result:
    rows: Rows = {}
    prepare = prepared(models)

    def candidate() -> float:
        with server.fresh(prepare) as url:
            taken = ours(url)
            books = PostgresBooks(url)
            rows.update(books.written())
            books.close()
        return taken

    def baseline() -> float:
        with server.fresh(prepare) as url:
            asked = keys(url)
            _without_guards(url)
            books = PostgresBooks(url)
            taken = seconds(lambda: books.combine(*asked, rows))
            books.close()
        return taken

    return _result("postgresql", models, in_turns(candidate, baseline))


def _result(database: str, models: int, ratio: float) -> Result:
    return Result(
        f"calculation.combine-{database}",
        WHAT.format(count=REGIONS * AREAS * models, into=REGIONS * models),
        BASELINE,
        ratio,
        limit=5,
    )


def _without_guards(url: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        drop_guards(connection, Base.metadata)
