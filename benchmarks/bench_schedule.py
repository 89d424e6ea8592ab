"""Schedules: the critical path of a large plan from its rows, against passes over plain lists (8.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    UNTIL_CHANGED,
    Base,
    FixedClock,
    Session,
    Thing,
    create_engine,
    create_guards,
    drop_guards,
    sessions,
)
from analysis_patterns.patterns.planning import (
    Action,
    ActionReference,
    DependencyKind,
    Plan,
    PlanDependency,
    critical_path,
)
from analysis_patterns.patterns.planning.time_reference import TimeReference
from analysis_patterns.patterns.schedule import from_icalendar
from analysis_patterns.patterns.schedule.network import passes
from analysis_patterns.patterns.time.period import Period

from .baselines import schedule as baseline
from .measure import Result, ratio

RECORDED = datetime(2020, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACTIONS, DEPENDENCIES = 100_000, 200_000
SPREAD = 50


@dataclass
class World:
    """A plan in a SQLite file: actions that wait for others among the fifty before them."""

    engine: Engine
    path: str
    plan: UUID

    def session(self) -> Session:
        """A session on the first day of 2026."""
        return sessions(self.engine, clock=FixedClock(NOW), read_only=True)()


def measure(*, full: bool) -> Iterator[Result]:
    """Tell a critical path from rows and from lists; expand a recurrence."""
    with TemporaryDirectory() as folder:
        world = _world(Path(folder))
        yield from _critical_path(world, rounds=31 if full else 5)
    yield _recurring()


def _critical_path(world: World, *, rounds: int) -> Iterator[Result]:
    session = world.session()
    plan = session.get_one(Plan, world.plan)
    rows = baseline.Rows(world.path, world.plan.bytes, NOW.strftime("%Y-%m-%d %H:%M:%S.%f"))
    durations, edges = rows.network()

    def ask() -> object:
        return critical_path(session, plan)

    earliest, latest, end = baseline.passes(durations, edges)
    found = critical_path(session, plan).times
    if (list(found.earliest), list(found.latest), found.end) != (earliest, latest, end):
        raise AssertionError("the two ways do not agree")
    size = f"{ACTIONS:,} actions with {DEPENDENCIES:,} dependencies"
    yield Result(
        "schedule.passes",
        f"the passes over {size}, with free slack and circles looked for",
        "the passes over plain lists",
        ratio(lambda: passes(durations, edges), lambda: baseline.passes(durations, edges), rounds=rounds),
        limit=2,
    )
    yield Result(
        "schedule.critical-path",
        f"critical_path() of {size}, read from mapped rows",
        "the same rows read on the driver's cursor, then the passes over plain lists",
        ratio(ask, lambda: baseline.passes(*rows.network()), rounds=rounds),
        limit=2,
    )
    yield Result(
        "schedule.critical-path-and-rows",
        f"critical_path() of {size}, read from mapped rows",
        "the passes alone, over lists that are there already",
        ratio(ask, lambda: baseline.passes(durations, edges), rounds=rounds),
        limit=2,
    )


def _recurring() -> Result:
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - only to compare with

    text = "DTSTART:19970101\nRRULE:FREQ=MONTHLY;BYDAY=1MO,3MO;BYMONTH=4,5,6,7,8,9,10"
    expression, rule = from_icalendar(text), rrulestr(text)
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    first, last = datetime(2026, 1, 1), datetime(2026, 12, 31)  # noqa: DTZ001 - as python-dateutil has it
    if [day.date() for day in rule.between(first, last, inc=True)] != list(expression.days(year)):
        raise AssertionError("the two ways do not agree")
    return Result(
        "schedule.recurring",
        "the first and third Mondays from April to October of a year, 29 years after the rule began",
        "python-dateutil's between()",
        ratio(lambda: list(expression.days(year)), lambda: rule.between(first, last, inc=True)),
    )


def _world(folder: Path) -> World:
    path = str(folder / "plan.db")
    engine = create_engine(f"sqlite:///{path}", durability="normal")
    Base.metadata.create_all(engine)
    with sessions(engine, clock=FixedClock(RECORDED))() as session:
        plan = Plan(name="large")
        session.add(plan)
        session.commit()
        # The guards look for circles row by row; a network that has none by construction is loaded without.
        drop_guards(session.connection(), Base.metadata)
        for table, rows in _rows(plan.id):
            session.connection().execute(table.insert(), rows)
        create_guards(session.connection(), Base.metadata)
        session.commit()
        key = plan.id
    engine.dispose()  # the last connection to close writes the log back into the file
    return World(engine, path, key)


def _rows(plan: UUID) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    chance = Random(8)
    actions, references = ([uuid7() for _ in range(ACTIONS)] for _ in range(2))
    table: Any = Action.__table__
    yield Thing.__table__, [{"id": key, "kind": table.name} for key in actions]
    yield (
        table,
        [
            {
                "id": key, "kind": "proposed_action", "nature": "proposed", "name": f"Action {n}",
                "known_from": RECORDED, "known_to": UNTIL_CHANGED,
            }
            for n, key in enumerate(actions)
        ],
    )  # fmt: skip
    yield (
        TimeReference.__table__,
        [_believed(action_id=key, duration=timedelta(seconds=chance.randint(0, 86_400))) for key in actions],
    )
    yield (
        ActionReference.__table__,
        [
            _believed(key=references[n], plan_id=plan, action_id=key, number=n)
            for n, key in enumerate(actions)
        ],
    )
    yield PlanDependency.__table__, _dependencies(plan, references, chance)


def _dependencies(plan: UUID, references: list[UUID], chance: Random) -> list[dict[str, Any]]:
    made: dict[object, dict[str, Any]] = {}
    while len(made) < DEPENDENCIES:  # the same two wait for each other once in each way
        row = _dependency(plan, references, chance)
        made[row["predecessor_id"], row["successor_id"], row["kind"]] = row
    return list(made.values())


def _dependency(plan: UUID, references: list[UUID], chance: Random) -> dict[str, Any]:
    before = chance.randrange(ACTIONS - 1)
    after = min(ACTIONS - 1, before + chance.randint(1, SPREAD))
    kind = DependencyKind.FINISH_START if chance.random() < 0.9 else chance.choice(list(DependencyKind))
    return _believed(
        plan_id=plan,
        predecessor_id=references[before],
        successor_id=references[after],
        predecessor_number=before,
        successor_number=after,
        kind=kind,
        lag=timedelta(seconds=chance.randint(-3_600, 3_600)),
    )


def _believed(key: UUID | None = None, **columns: object) -> dict[str, Any]:
    version = key or uuid7()
    return {
        **columns,
        "version": version,
        "id": version,
        "known_from": RECORDED,
        "known_to": UNTIL_CHANGED,
    }
