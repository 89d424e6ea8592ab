"""Accountability: questions of a hierarchy against prepared SQL on the driver's own cursor (2.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event, text
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    ALWAYS,
    FOREVER,
    UNTIL_CHANGED,
    Accountability,
    AccountabilityType,
    Base,
    FixedClock,
    HierarchicAccountabilityType,
    Keys,
    Party,
    PartyClassification,
    PartyType,
    Session,
    Snapshot,
    Thing,
    create_engine,
    create_guards,
    descendants_of,
    drop_guards,
    move,
    responsible,
    sessions,
)

from .baselines.accountability import Statements
from .measure import Result, ratio

RECORDED = datetime(2020, 1, 1, tzinfo=UTC)
TODAY = datetime(2026, 1, 1, tzinfo=UTC)
BRANCHES = 10
CLIMB = 3
BATCH = 50_000


@dataclass
class World:
    """
    A tree of parties in a SQLite file, each with ten below it.

    Shape:  `parties` from the top down: the one at n stands below the one at (n - 1) // 10.
    """

    engine: Engine
    path: str
    parties: list[UUID]
    type: AccountabilityType

    def session(self, *, read_only: bool = True) -> Session:
        """A session on the tree, on the first day of 2026."""
        return sessions(self.engine, clock=FixedClock(TODAY), read_only=read_only)()

    def statements(self) -> Statements:
        """The baseline's statements on the same file."""
        return Statements(self.path, self.type.id, TODAY.date(), TODAY)

    def pairs(self) -> list[tuple[UUID, UUID]]:
        """A thousand parties spread over the lower half, each with the one three links above it."""
        count = len(self.parties)
        lower = range(count // 2, count, max(1, count // 2000))
        return [(self.parties[_above(number, CLIMB)], self.parties[number]) for number in lower]


def measure(*, full: bool) -> Iterator[Result]:
    """Climb and descend in trees of growing size; all rows are checked, guarded and dated in two times."""
    sizes = [1_000, 10_000, 100_000, *([1_040_000] if full else [])]
    with TemporaryDirectory() as folder:
        worlds = {size: _world(Path(folder), size) for size in sizes}
        yield from _climbing(worlds)
        yield from _climbing_by_statistics(worlds)
        yield from _descending(worlds[100_000])
        yield from _moving(worlds[10_000])


def _climbing(worlds: dict[int, World]) -> Iterator[Result]:
    asking = {size: _asker(world) for size, world in worlds.items()}
    raw = worlds[100_000].statements()
    bare = cycle([(above.bytes, below.bytes) for above, below in worlds[100_000].pairs()])
    yield Result(
        "accountability.responsible",
        f"responsible() over {CLIMB} links at 100,000 parties, giving the chain that proves it",
        "the prepared recursive statement on the driver's cursor",
        ratio(asking[100_000], lambda: raw.climb(*next(bare))),
        limit=5,
    )
    for size in list(worlds)[1:]:
        yield Result(
            f"accountability.responsible-{size}",
            f"the same question at {size:,} parties",
            "at 1,000 parties",
            ratio(asking[size], asking[1_000]),
            limit=1.5,
        )


def _climbing_by_statistics(worlds: dict[int, World]) -> Iterator[Result]:
    with TemporaryDirectory() as folder:
        as_before = _asker(_world(Path(folder), 1_000))
        for size, world in worlds.items():
            yield _analyzed(size, world, as_before)


def _analyzed(size: int, world: World, as_before: Any) -> Result:
    with world.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    return Result(
        f"accountability.responsible-analyzed-{size}",
        f"the same question at {size:,} parties, after ANALYZE",
        "at 1,000 parties, without statistics",
        ratio(_asker(world), as_before),
        limit=1.5,
    )


def _asker(world: World) -> Any:
    session, pairs = world.session(), cycle(world.pairs())

    def ask() -> object:
        above, below = next(pairs)
        return responsible(session, above, for_=below, type=world.type)

    if ask() is None:
        raise AssertionError("the party above is not found")
    return ask


def _descending(world: World) -> Iterator[Result]:
    session, raw, above = world.session(), world.statements(), world.parties[11]
    snapshot = Snapshot(world.engine, world.type, clock=FixedClock(TODAY))
    below = len(raw.descend(above.bytes))
    statement = f"the prepared recursive statement on the driver's cursor, {below:,} rows"

    def ask() -> Keys:
        return descendants_of(session, above, type=world.type)

    if not len(ask()) == len(snapshot.descendants(above)) == below:
        raise AssertionError("the three ways do not agree")
    yield Result(
        "accountability.descendants",
        f"descendants_of() at 100,000 parties: {below:,} keys, not yet looked at",
        statement,
        ratio(ask, lambda: raw.descend(above.bytes)),
        limit=1.3,
    )
    yield Result(
        "accountability.descendants-read",
        "the same, and every key made a UUID",
        f"{statement}, every key made a UUID",
        ratio(
            lambda: list(ask()),
            lambda: [UUID(bytes=row[0]) for row in raw.descend(above.bytes)],
        ),
    )
    yield Result(
        "accountability.snapshot",
        "the same question asked again of a snapshot, which first looks whether anything changed",
        statement,
        ratio(lambda: snapshot.descendants(above), lambda: raw.descend(above.bytes)),
        limit=0.05,
    )


def _moving(world: World) -> Iterator[Result]:
    """Count the statements that move a subtree of 1,110 parties; the ratio is that count to 2."""
    statements: list[str] = []
    with world.session(read_only=False) as session:
        moved = session.query(Accountability).filter_by(responsible_id=world.parties[1]).one()
        target = session.get_one(Party, world.parties[2])

        def executed(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            statements.append(statement)

        event.listen(world.engine, "before_cursor_execute", executed)
        move(session, moved, to=target, on=date(2025, 1, 1))
        event.remove(world.engine, "before_cursor_execute", executed)
        session.rollback()
    yield Result(
        "accountability.move",
        f"statements to move a party with 1,110 below it: {len(statements)}",
        "two statements",
        len(statements) / 2,
        limit=1,
    )


def _world(folder: Path, size: int) -> World:
    path = str(folder / f"{size}.db")
    engine = create_engine(f"sqlite:///{path}", durability="normal")
    Base.metadata.create_all(engine)
    parties = [uuid7() for _ in range(size)]
    with sessions(engine)() as session:
        unit = PartyType(name="unit")
        line = HierarchicAccountabilityType(name="line", commissioners=[unit], responsibles=[unit])
        session.add_all([unit, line])
        session.commit()
        # The guards look at each row for 0.1 ms; a tree that is one by construction is loaded without.
        drop_guards(session.connection(), Base.metadata)
        for table, rows in _rows(parties, unit.id, line.id):
            session.connection().execute(table.insert(), rows)
        create_guards(session.connection(), Base.metadata)
        session.commit()
        session.refresh(line)
        session.expunge(line)
    engine.dispose()  # the last connection to close writes the log back into the file
    return World(engine, path, parties, line)


def _rows(parties: list[UUID], unit: UUID, line: UUID) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    for start in range(0, len(parties), BATCH):
        batch = range(start, min(start + BATCH, len(parties)))
        yield Thing.__table__, [{"id": parties[n], "kind": Party.__tablename__} for n in batch]
        yield Party.__table__, [{"id": parties[n], "kind": "party", "name": f"Party {n}"} for n in batch]
        yield (
            PartyClassification.__table__,
            [_version(party_id=parties[n], type_id=unit) for n in batch],
        )
        yield (
            Accountability.__table__,
            [
                _version(
                    kind="accountability",
                    type_id=line,
                    commissioner_id=parties[_above(n)],
                    responsible_id=parties[n],
                )
                for n in batch
                if n > 0
            ],
        )


def _version(**columns: object) -> dict[str, object]:
    version = uuid7()
    return {
        **columns,
        "version": version,
        "id": version,
        "valid_from": ALWAYS.start,
        "valid_to": FOREVER,
        "known_from": RECORDED,
        "known_to": UNTIL_CHANGED,
    }


def _above(number: int, links: int = 1) -> int:
    for _ in range(links):
        number = (number - 1) // BRANCHES
    return number
