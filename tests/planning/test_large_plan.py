"""8.4 and 8.6 at size: what is added to a large plan, or a busy action, does not read all that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import event, inspect, text

from analysis_patterns.patterns import Base, Quantity
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session, create_engine, guards_of, sessions
from analysis_patterns.patterns.planning import (
    ActionStatus,
    Asset,
    AssetType,
    GeneralResourceAllocation,
    Plan,
    PlanDependency,
    ProposedAction,
    TemporalResource,
    references_of,
    status_of,
)

from ..databases import SqliteFolder
from ..refusals import refuses
from ..schemas import create_schema
from .records import at, between

STEPS = 60


@contextmanager
def asked(session: Session) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def listening(*told: object) -> None:
        sent.append(str(told[2]))

    event.listen(session.get_bind(), "before_cursor_execute", listening)
    yield sent
    event.remove(session.get_bind(), "before_cursor_execute", listening)


@pytest.fixture
def long(session: Session) -> Plan:
    """A stored plan of actions one after the other, of which nothing has been read."""
    plan = Plan(name="long")
    references = [plan.include(ProposedAction(name=f"step {n}")) for n in range(STEPS)]
    for before, after in pairwise(references):
        plan.depends(after, on=before)
    session.add(plan)
    session.commit()
    key = plan.id
    session.expunge_all()
    return session.get_one(Plan, key)


def test_the_actions_of_a_plan_are_read_together(session: Session, long: Plan) -> None:
    with asked(session) as sent:
        names = [each.action.name for each in references_of(session, long)]

    assert names == [f"step {n}" for n in range(STEPS)]
    assert len(sent) <= 3


def test_what_is_added_to_a_plan_does_not_read_the_plan(session: Session, long: Plan) -> None:
    (last,) = references_of(session, long)[-1:]

    with asked(session) as sent:
        added = long.include(ProposedAction(name="one more"))
        long.depends(added, on=last)
        session.commit()

    assert {"references", "dependencies"} <= inspect(long).unloaded
    assert len(sent) < 25
    assert [each.action.name for each in added.predecessors()] == [f"step {STEPS - 1}"]


def test_several_dependencies_are_written_together(session: Session, long: Plan) -> None:
    references = references_of(session, long)

    with asked(session) as sent:
        for n in range(10):
            long.depends(references[n + 10], on=references[n])
        session.commit()

    assert sum(each.startswith("INSERT INTO patterns_plan_dependency") for each in sent) == 1


@pytest.mark.parametrize("ends", [(0, STEPS - 1), (10, 20)])
def test_a_circle_through_a_long_plan_is_refused(session: Session, long: Plan, ends: tuple[int, int]) -> None:
    references = references_of(session, long)
    before, after = (references[n] for n in ends)

    with refuses("plan-dependency.acyclic"):
        long.depends(before, on=after)


def test_the_flush_refuses_a_circle_that_two_new_dependencies_close(session: Session, long: Plan) -> None:
    references = references_of(session, long)
    session.rollback()
    with session.no_autoflush:
        forward = long.depends(references[30], on=references[20])
        forward.predecessor, forward.successor = references[30], references[20]

    with refuses("plan-dependency.acyclic", Layer.FLUSH):
        session.flush()


def test_the_question_for_a_status_is_put_together_once(session: Session, long: Plan) -> None:
    put: list[object] = []
    event.listen(session, "do_orm_execute", lambda told: put.append(told.statement))
    actions = [each.action for each in references_of(session, long)]
    put.clear()

    statuses = {status_of(session, each, as_of=at(day)) for each in actions for day in (4, 5)}

    assert statuses == {ActionStatus.PROPOSED}
    assert len(put) == 2 * STEPS
    assert all(each is put[0] for each in put)


def test_an_allocation_is_added_without_reading_the_others(session: Session) -> None:
    room = AssetType(name="room")
    q9, busy = Asset(name="Room Q9", types=[room]), ProposedAction(name="busy")
    session.add_all([q9, busy])
    for hour in range(20):
        TemporalResource(action=busy, asset=q9, interval=between(at(3, hour), at(3, hour + 1)))
    session.commit()

    one_more = TemporalResource(action=busy, asset=q9, interval=between(at(4), at(5)))
    some = GeneralResourceAllocation(action=busy, type=room, quantity=Quantity(1, "h"))
    session.commit()

    assert "allocations" in inspect(busy).unloaded
    assert {one_more, some} <= set(busy.allocations)
    assert len(busy.allocations) == 22


def test_an_allocation_of_an_action_that_is_nowhere_waits_for_its_action(session: Session) -> None:
    action, room = ProposedAction(name="talk"), AssetType(name="room")

    allocation = GeneralResourceAllocation(action=action, type=room, quantity=Quantity(2, "h"))
    session.add(action)
    session.commit()

    assert action.allocations == [allocation]


@pytest.mark.parametrize("analyzed", [False, True], ids=["before ANALYZE", "after ANALYZE"])
def test_each_step_of_a_guard_that_goes_a_long_way_seeks_in_an_index(
    sqlite: SqliteFolder, analyzed: bool
) -> None:
    guards = [each for each in guards_of(Base.metadata) if "way(key)" in str(each.sqlite)]
    with sqlite.fresh(create_schema) as url, sessions(create_engine(url))() as session:
        plan = Plan(name="long")
        references = [plan.include(ProposedAction(name=f"step {n}")) for n in range(STEPS)]
        for before, after in pairwise(references):
            plan.depends(after, on=before, lag=timedelta(hours=1))
        session.add(plan)
        session.commit()
        if analyzed:
            session.execute(text("ANALYZE"))
            session.commit()
            session.connection().execute(text("PRAGMA optimize"))

        plans = {}
        for guard in guards:
            (condition,) = re.findall(r" WHEN (.*) BEGIN SELECT RAISE", guard.sqlite[0], re.DOTALL)
            question = "EXPLAIN QUERY PLAN SELECT " + re.sub(r"NEW[.]\w+", "?1", condition)
            plans[guard.name] = [row[3] for row in session.connection().exec_driver_sql(question, ("",))]

    assert PlanDependency.__tablename__ in {each.table for each in guards}
    assert len(guards) >= 5
    for name, steps in plans.items():
        seeks = [step for step in steps if step.startswith(("SEARCH o ", "SCAN o"))]
        assert seeks, name
        assert all(step.startswith("SEARCH o USING") for step in seeks), (name, steps)
        assert not [step for step in steps if "BLOOM" in step or "AUTOMATIC" in step], (name, steps)
