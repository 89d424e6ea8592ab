"""Evidence: what rests on an observation, against the recursive statement on a driver's own cursor (3.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import insert, text
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    Basis,
    CategoryObservation,
    Observation,
    ObservationConcept,
    Presence,
    Role,
    dependents,
    stale,
)
from analysis_patterns.patterns import (
    Base,
    FixedClock,
    Keys,
    Person,
    Session,
    create_engine,
    create_guards,
    drop_guards,
    sessions,
)

from .baselines.evidence import Statements
from .measure import Result, ratio

RECORDED = datetime(2020, 1, 1, tzinfo=UTC)
TODAY = datetime(2026, 1, 1, tzinfo=UTC)
DEPENDENTS = 80_000
BRANCHES = 10
BATCH = 20_000


def measure(*, full: bool) -> Iterator[Result]:
    """Find 80,000 observations that rest on one, most of them on two others; 400,000 in full."""
    size = 5 * DEPENDENTS if full else DEPENDENTS
    with TemporaryDirectory() as folder:
        path = Path(folder) / "evidence.db"
        engine = create_engine(f"sqlite:///{path}", durability="normal")
        Base.metadata.create_all(engine)
        with sessions(engine, clock=FixedClock(TODAY))() as session:
            root = _written(session, size)
        with sessions(engine, clock=FixedClock(TODAY), read_only=True)() as session:
            raw = Statements(str(path))
            yield from _asked(session, raw, root, size)
            session.rollback()
            with engine.connect() as connection:
                connection.execute(text("ANALYZE"))
                connection.commit()
            yield from _analyzed(session, raw, root, size)
        engine.dispose()


def _asked(session: Session, raw: Statements, root: UUID, size: int) -> Iterator[Result]:
    statement = f"the recursive statement on the driver's cursor, {size:,} rows"

    def ask() -> Keys:
        return dependents(session, root)

    if not len(ask()) == len(raw.above(root.bytes)) == size:
        raise AssertionError("the two ways do not agree")
    yield Result(
        "evidence.dependents",
        f"dependents() of an observation that {size:,} others rest on: keys, not yet looked at",
        statement,
        ratio(ask, lambda: raw.above(root.bytes), rounds=11),
        limit=2,
    )
    yield Result(
        "evidence.dependents-read",
        "the same, and every key made a UUID",
        f"{statement}, every key made a UUID",
        ratio(
            lambda: list(ask()),
            lambda: [UUID(bytes=row[0]) for row in raw.above(root.bytes)],
            rounds=11,
        ),
        limit=2,
    )
    yield Result(
        "evidence.dependents-known",
        "the same as known a year later, keys not yet looked at",
        statement,
        ratio(
            lambda: dependents(session, root, known_at=RECORDED.replace(year=2021)),
            lambda: raw.above(root.bytes),
            rounds=11,
        ),
        limit=2,
    )


def _analyzed(session: Session, raw: Statements, root: UUID, size: int) -> Iterator[Result]:
    statement = f"the recursive statement on the driver's cursor, {size:,} rows, after ANALYZE"
    yield Result(
        "evidence.dependents-analyzed",
        "dependents() after ANALYZE",
        statement,
        ratio(lambda: dependents(session, root), lambda: raw.above(root.bytes), rounds=11),
        limit=2,
    )
    question = stale(session).order_by(None).with_only_columns(Observation.id)
    if len(session.execute(question).all()) != size:
        raise AssertionError("not all of them are stale")
    yield Result(
        "evidence.stale",
        "the keys of all that is stale, none of it rejected itself: a question to compose with",
        statement,
        ratio(lambda: session.execute(question).all(), lambda: raw.above(root.bytes), rounds=7),
    )


def _written(session: Session, size: int) -> UUID:
    """One observation, rejected, and `size` that rest on it, directly or through others; give its key."""
    ann, concept = Person(name="Ann"), ObservationConcept(name="something")
    session.add_all([ann, concept])
    session.commit()
    keys = [uuid7() for _ in range(size + 1)]
    # The guards look at each row; a graph without circles by construction is loaded without.
    drop_guards(session.connection(), Base.metadata)
    for start in range(0, size + 1, BATCH):
        batch = range(start, min(start + BATCH, size + 1))
        session.connection().execute(
            insert(CategoryObservation.__table__),  # type: ignore[arg-type]
            [_observation(keys[number], ann.id, concept.id) for number in batch],
        )
        session.connection().execute(
            insert(Basis.__table__),  # type: ignore[arg-type]
            [
                {
                    "observation_id": keys[number],
                    "source_id": keys[source],
                    "role": Role.FOR,
                    "position": position,
                    "recorded": RECORDED,
                }
                for number in batch
                if number > 0
                for position, source in enumerate(sorted({(number - 1) // BRANCHES, (number - 1) // 2}))
            ],
        )
    create_guards(session.connection(), Base.metadata)
    session.commit()
    session.get_one(Observation, keys[0]).reject(by=ann, why="a mistake")
    session.commit()
    return keys[0]


def _observation(key: UUID, subject: UUID, concept: UUID) -> dict[str, object]:
    times = ("applicable_from", "applicable_to", "made_known_from", "made_known_to", "recorded")
    return {
        "id": key,
        "kind": CategoryObservation.__mapper__.polymorphic_identity,
        "subject_id": subject,
        "concept_id": concept,
        "presence": Presence.PRESENT,
        **dict.fromkeys(times, RECORDED),
    }
