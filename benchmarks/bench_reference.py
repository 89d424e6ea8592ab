"""Reference: finding a thing by its identifier among many, and following what was merged (5.2, 5.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event, func, select
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    ALWAYS,
    FOREVER,
    UNTIL_CHANGED,
    Appearance,
    Base,
    EssenceMerge,
    FixedClock,
    IdentificationScheme,
    Identifier,
    IdentifierUse,
    Party,
    Person,
    Session,
    Supersession,
    Thing,
    active,
    create_engine,
    create_guards,
    drop_guards,
    identified,
    merge_by_essence,
    sessions,
)

from .baselines.reference import Statements
from .measure import Result, ratio

RECORDED = datetime(2020, 1, 1, tzinfo=UTC)
TODAY = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 50_000
ASKED = 1_000
CHAIN = 3
MERGES = 1_000


@dataclass
class World:
    """
    People with an identifier each, in a SQLite file; every fourth is superseded by the next, and so on.

    Shape:  `people` in order: of each four, the first leads to the fourth by three supersessions.
    """

    engine: Engine
    path: str
    people: list[UUID]
    scheme: IdentificationScheme

    def session(self, *, read_only: bool = True) -> Session:
        """A session on the first day of 2026."""
        return sessions(self.engine, clock=FixedClock(TODAY), read_only=read_only)()

    def statements(self) -> Statements:
        """The baseline's statements on the same file."""
        return Statements(self.path, self.scheme.id, TODAY)

    def numbers(self) -> list[int]:
        """A thousand people spread over all of them, each the first of its four."""
        step = max(1, len(self.people) // ASKED // 4) * 4
        return list(range(0, len(self.people), step))[:ASKED]


def measure(*, full: bool) -> Iterator[Result]:
    """Resolve identifiers in growing databases, follow supersessions, merge and split a thousand times."""
    sizes = [10_000, 100_000, *([1_000_000] if full else [])]
    with TemporaryDirectory() as folder:
        worlds = {size: _world(Path(folder), size) for size in sizes}
        yield from _resolving(worlds)
        yield from _following(worlds[100_000])
        yield from _merging(worlds[10_000])


def _resolving(worlds: dict[int, World]) -> Iterator[Result]:
    asking = {size: _asker(world) for size, world in worlds.items()}
    raw = worlds[100_000].statements()
    texts = cycle([str(number) for number in worlds[100_000].numbers()])
    yield Result(
        "reference.identified",
        "identified() at 100,000 identifiers, giving the person itself",
        "the prepared join on the driver's cursor, giving three columns",
        ratio(asking[100_000], lambda: raw.resolve(next(texts))),
        limit=5,
    )
    for size in list(worlds)[1:]:
        yield Result(
            f"reference.identified-{size}",
            f"the same question at {size:,} identifiers",
            "at 10,000 identifiers",
            ratio(asking[size], asking[10_000]),
            limit=1.5,
        )


def _asker(world: World) -> Callable[[], object]:
    session, texts = world.session(), cycle([str(number) for number in world.numbers()])
    scheme = session.get_one(IdentificationScheme, world.scheme.id)
    # A session forgets what nobody holds on to; whoever asks twice for one person has it at hand.
    held = [identified(session, scheme, str(number)) for number in world.numbers()]
    if not all(isinstance(each, Person) for each in held):
        raise AssertionError("an identifier leads nowhere")
    session.info["held"] = held

    def ask() -> object:
        return identified(session, scheme, next(texts))

    return ask


def _following(world: World) -> Iterator[Result]:
    session, raw, numbers = world.session(), world.statements(), world.numbers()
    things = {number: session.get_one(Person, world.people[number]) for number in numbers}
    ends = [session.get_one(Person, world.people[number + CHAIN]) for number in numbers]
    if [active(session, thing) for thing in things.values()] != ends:
        raise AssertionError("a superseded thing leads elsewhere")
    mine, bare = cycle(things.values()), cycle([world.people[number].bytes for number in numbers])
    yield Result(
        "reference.active",
        f"active() over {CHAIN} supersessions among 75,000, giving the person itself",
        "the prepared recursive statement on the driver's cursor, giving the key",
        ratio(lambda: active(session, next(mine)), lambda: raw.active(next(bare))),
        limit=5,
    )


def _merging(world: World) -> Iterator[Result]:
    """Merge a thousand times, undo all of it in random order, and compare with what was there before."""
    before, rewritten = _referring(world), []
    chance = Random(5)
    with world.session(read_only=False) as session:

        def executed(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            own = (Appearance.__tablename__, EssenceMerge.__tablename__)
            if statement.startswith("UPDATE") and statement.split()[1] not in own:
                rewritten.append(statement)

        event.listen(world.engine, "before_cursor_execute", executed)
        # Each pair lies among a hundred people, so that many merges meet.
        pairs = [chance.sample(world.people[start : start + 100], 2) for start in range(0, 10_000, 10)]
        merges = {
            merge.id: merge
            for one, other in pairs
            for merge in [
                merge_by_essence(session, session.get_one(Person, one), session.get_one(Person, other))
            ]
        }
        undone = list(merges.values())
        chance.shuffle(undone)
        for merge in undone:
            merge.withdraw()
        session.commit()
        event.remove(world.engine, "before_cursor_execute", executed)
        left = session.scalar(
            select(func.count()).select_from(Appearance).where(Appearance.known_to == UNTIL_CHANGED)
        )
    if left or _referring(world) != before:
        raise AssertionError("what was merged and split differs from what never was")
    yield Result(
        "reference.merged",
        f"foreign keys that {len(merges):,} merges by essence rewrite: {len(rewritten)}",
        "none; and undone in random order, all is as if nothing had been merged, or this would have failed",
        len(rewritten),
        limit=0,
    )


def _referring(world: World) -> list[Any]:
    """Everything but what merges write: the people, and what refers to them."""
    with world.engine.connect() as connection:
        return [
            tuple(row)
            for entity in (Thing, Party, Identifier, Supersession)
            for row in connection.execute(select(entity.__table__).order_by(*entity.__table__.primary_key))
        ]


def _world(folder: Path, size: int) -> World:
    path = str(folder / f"{size}.db")
    engine = create_engine(f"sqlite:///{path}", durability="normal")
    Base.metadata.create_all(engine)
    people = [uuid7() for _ in range(size)]
    with sessions(engine)() as session:
        scheme = IdentificationScheme(name="number", format="[0-9]{1,7}")
        session.add(scheme)
        session.commit()
        # The guards look at each row by itself; identifiers that differ by construction are loaded without.
        drop_guards(session.connection(), Base.metadata)
        for table, rows in _rows(people, scheme.id):
            session.connection().execute(table.insert(), rows)
        create_guards(session.connection(), Base.metadata)
        session.commit()
        session.refresh(scheme)
        session.expunge(scheme)
    engine.dispose()  # the last connection to close writes the log back into the file
    return World(engine, path, people, scheme)


def _rows(people: list[UUID], scheme: UUID) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    for start in range(0, len(people), BATCH):
        batch = range(start, min(start + BATCH, len(people)))
        keys = {n: uuid7() for n in batch}
        yield Thing.__table__, [{"id": people[n], "kind": Party.__tablename__} for n in batch]
        yield Party.__table__, [{"id": people[n], "kind": "person", "name": f"Person {n}"} for n in batch]
        yield (
            Identifier.__table__,
            [
                {
                    "id": keys[n],
                    "scheme_id": scheme,
                    "thing_id": people[n],
                    "text": str(n),
                    "recorded": RECORDED,
                }
                for n in batch
            ],
        )
        yield (
            IdentifierUse.__table__,
            [_belief(identifier_id=keys[n], valid_from=ALWAYS.start, valid_to=FOREVER) for n in batch],
        )
        yield (
            Supersession.__table__,
            [
                _belief(superseded_id=people[n], superseding_id=people[n + 1], reason="")
                for n in batch
                if n % (CHAIN + 1) < CHAIN
            ],
        )


def _belief(**columns: object) -> dict[str, object]:
    version = uuid7()
    return {
        **columns,
        "version": version,
        "id": version,
        "known_from": RECORDED,
        "known_to": UNTIL_CHANGED,
    }
