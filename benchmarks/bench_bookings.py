"""Bookings: many at once on PostgreSQL, none of which overlap, against locked rows and one insert (8.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Thread
from time import perf_counter
from uuid import UUID

from sqlalchemy import Engine, make_url, text
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import Base, create_engine, sessions, transact
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.persistence import Patience, Session
from analysis_patterns.patterns.planning import Asset, ProposedAction, TemporalResource
from analysis_patterns.patterns.time import Interval
from tests.postgres import PostgresServer

from .baselines.bookings import Wish, book, make_tables
from .measure import Result

ASSETS = 50
AT_ONCE = 8
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
PATIENT = Patience(tries=60)
TOGETHER = """
SELECT count(*) FROM {table} a JOIN {table} b ON a.asset_id = b.asset_id AND a.{key} < b.{key}
AND a.booked_from < b.booked_to AND b.booked_from < a.booked_to
"""


def measure(*, full: bool) -> Iterator[Result]:
    """Let eight writers book what collides about as often as not; every booking is kept or refused."""
    count = 10_000 if full else 2_000
    server = PostgresServer(durable=True)
    try:
        with server.fresh() as url:
            yield _compared(url, count)
    finally:
        server.stop()


def _compared(url: str, count: int) -> Result:
    engine = create_engine(url, pool_size=AT_ONCE)
    Base.metadata.create_all(engine)
    assets, actions = _stored(engine, count)
    wishes = _wishes(assets, actions)
    bare = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    make_tables(bare, assets)
    by_hand = _seconds(lambda mine: book(bare, mine), wishes)
    ours = _seconds(lambda mine: _book(engine, mine), wishes)
    kept, overlapping = (
        _count(engine, "SELECT count(*) FROM patterns_resource_allocation"),
        _count(engine, TOGETHER.format(table="patterns_resource_allocation", key="version")),
    )
    kept_by_hand = _count(engine, "SELECT count(*) FROM bare_booking")
    engine.dispose()
    if overlapping:
        raise RuntimeError(f"{overlapping} bookings overlap")
    return Result(
        "bookings.at-once",
        f"{count:,} bookings by {AT_ONCE} at once on PostgreSQL: {kept:,} kept, {overlapping} overlap",
        f"the asset's row locked and one insert, by psycopg: {kept_by_hand:,} kept",
        ours / by_hand,
        limit=20,
    )


def _stored(engine: Engine, count: int) -> tuple[list[UUID], list[UUID]]:
    with sessions(engine)() as session:
        assets = [Asset(name=f"Room {number}") for number in range(ASSETS)]
        actions = [ProposedAction(name=f"meeting {number}") for number in range(count)]
        session.add_all([*assets, *actions])
        keys = [asset.id for asset in assets], [action.id for action in actions]
        session.commit()
        return keys


def _wishes(assets: Sequence[UUID], actions: Sequence[UUID]) -> list[Wish]:
    chance = Random(8)
    hours = 2 * len(actions) // ASSETS
    starts = [(action, BEGIN + timedelta(hours=chance.randrange(hours))) for action in actions]
    return [
        Wish(uuid7(), chance.choice(assets), action, start, start + timedelta(hours=chance.randrange(1, 4)))
        for action, start in starts
    ]


def _seconds(work: Callable[[Sequence[Wish]], None], wishes: Sequence[Wish]) -> float:
    """How long the writers take together, each with its share."""
    errors: list[Exception] = []

    def run(mine: Sequence[Wish]) -> None:
        try:
            work(mine)
        except Exception as error:  # noqa: BLE001 - raised below, in the thread that asked
            errors.append(error)

    threads = [Thread(target=run, args=[wishes[number::AT_ONCE]]) for number in range(AT_ONCE)]
    started = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        raise error
    return perf_counter() - started


def _book(engine: Engine, wishes: Sequence[Wish]) -> None:
    make = sessions(engine)
    for wish in wishes:

        def booked(session: Session, wish: Wish = wish) -> None:
            session.add(
                TemporalResource(
                    action=session.get_one(ProposedAction, wish.action),
                    asset=session.get_one(Asset, wish.asset),
                    interval=Interval(wish.start, wish.end),
                )
            )

        try:
            transact(make, booked, patience=PATIENT)
        except ConstraintViolation as refused:
            if refused.rule.name != "asset.one-booking-at-a-time":
                raise


def _count(engine: Engine, question: str) -> int:
    with engine.connect() as connection:
        counted: int = connection.execute(text(question)).scalar_one()
        return counted
