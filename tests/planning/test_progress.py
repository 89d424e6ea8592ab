"""8.1 and 8.4 A plan against what came of it: as a table, and as a Gantt chart."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from analysis_patterns.diagrams import draw
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.picture import BarKind
from analysis_patterns.patterns.planning import (
    Abandonment,
    ActionStatus,
    Completion,
    ImplementedAction,
    Plan,
    ProposedAction,
    Suspension,
)
from analysis_patterns.patterns.planning.gantt import gantt
from analysis_patterns.patterns.planning.progress import PROGRESS_COLUMNS, progress
from analysis_patterns.patterns.time import FixedClock, Interval

from ..refusals import refuses
from .records import at

DAY = timedelta(days=1)
PLANNED, CRITICAL, ACTUAL, SUSPENDED = BarKind


class Transplant:
    """A transplant planned from 1 July on: tests, a wait, the operation; and a visit of its own time."""

    def __init__(self) -> None:
        self.plan = Plan(name="transplant", time=at(1))
        self.tests = ProposedAction(name="blood tests", duration=DAY)
        self.wait = ProposedAction(name="wait for a donor", duration=5 * DAY)
        self.operation = ProposedAction(name="operation", duration=timedelta(hours=6))
        self.visit = ProposedAction(name="visit", time=Interval(at(3, 14), at(3, 15)))
        first, second, third, _ = (
            self.plan.include(each) for each in (self.tests, self.wait, self.operation, self.visit)
        )
        self.plan.depends(second, on=first)
        self.plan.depends(third, on=second)


@pytest.fixture
def transplant(session: Session, clock: FixedClock) -> Transplant:
    """The plan, stored, and what came of it until 10 July: tests late, a wait that rests, no visit."""
    made = Transplant()
    session.add(made.plan)
    session.commit()
    clock.set(at(10, 12))
    tested = ImplementedAction(proposed=made.tests, time=at(2))
    Completion(action=tested, at=at(3))
    waiting = ImplementedAction(proposed=made.wait, time=at(3))
    Suspension(action=waiting, interval=Interval(at(5), at(7)), reason="a cold")
    Suspension(action=waiting, interval=Interval(at(9)), reason="another cold")
    Abandonment(action=made.visit, at=at(3))
    session.add_all([tested, waiting])
    session.commit()
    return made


def test_each_action_stands_against_what_came_of_it(session: Session, transplant: Transplant) -> None:
    lines = progress(session, transplant.plan)

    assert [line.cells() for line in lines] == [
        ("blood tests", "1997-07-01 00:00", "1997-07-02 00:00", "1997-07-02 00:00", "1997-07-03 00:00",
         "+1 day, 0:00:00", "completed"),
        ("wait for a donor", "1997-07-02 00:00", "1997-07-07 00:00", "1997-07-03 00:00", "",
         "+3 days, 12:00:00", "suspended"),
        ("visit", "1997-07-03 14:00", "1997-07-03 15:00", "", "", "", "abandoned"),
        ("operation", "1997-07-07 00:00", "1997-07-07 06:00", "", "", "+3 days, 12:00:00", "proposed"),
    ]  # fmt: skip
    assert all(len(line.cells()) == len(PROGRESS_COLUMNS) for line in lines)


def test_tells_how_it_stood_before(session: Session, transplant: Transplant) -> None:
    lines = {line.action.name: line for line in progress(session, transplant.plan, as_of=at(2, 12))}

    assert lines["blood tests"].status is ActionStatus.STARTED
    assert lines["blood tests"].slip == DAY
    assert lines["blood tests"].actual_finish is None
    assert lines["wait for a donor"].actual_start is None
    assert lines["operation"].slip == timedelta()


def test_what_was_not_known_yet_did_not_happen(session: Session, transplant: Transplant) -> None:
    before = transplant.plan.known_from

    lines = progress(session, transplant.plan, known_at=before)

    assert {line.actual_start for line in lines} == {None}


def test_an_early_finish_is_a_slip_below_zero(session: Session, clock: FixedClock) -> None:
    plan = Plan(name="walk", time=at(1))
    walk = ProposedAction(name="walk", duration=2 * DAY)
    plan.include(walk)
    done = ImplementedAction(proposed=walk, time=Interval(at(1), at(2)))
    session.add_all([plan, done])
    clock.set(at(10))
    session.commit()

    (line,) = progress(session, plan)

    assert (line.slip, line.cells()[5]) == (-DAY, "-1 day, 0:00:00")


def test_what_was_abandoned_halfway_is_neither_late_nor_early(
    session: Session, transplant: Transplant, clock: FixedClock
) -> None:
    clock.set(at(11))
    [waiting] = transplant.wait.implementations
    Abandonment(action=waiting, at=at(11))
    session.commit()

    line = next(each for each in progress(session, transplant.plan) if each.action is transplant.wait)

    assert (line.status, line.actual_finish, line.slip) == (ActionStatus.ABANDONED, at(11), None)


def test_refuses_a_start_without_a_zone(session: Session, transplant: Transplant) -> None:
    with refuses("time.aware"):
        progress(session, transplant.plan, start=datetime(1997, 7, 1))  # noqa: DTZ001 - what is refused


def _many_steps(session: Session) -> UUID:
    """The key of a stored plan of forty steps, of which the session holds nothing any more."""
    plan = Plan(name="many", time=at(1))
    references = [plan.include(ProposedAction(name=f"step {n}", duration=DAY)) for n in range(40)]
    for before, after in pairwise(references):
        plan.depends(after, on=before)
    session.add(plan)
    session.commit()
    key = plan.id
    session.expunge_all()
    return key


@pytest.mark.parametrize("ask", [progress, gantt])
def test_the_number_of_statements_does_not_grow_with_the_plan(session: Session, ask: Any) -> None:
    plan = session.get_one(Plan, _many_steps(session))
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *told: asked.append(told[2]))

    ask(session, plan)

    assert len(asked) < 20


def test_a_plan_without_a_start_plans_no_times(session: Session) -> None:
    plan = Plan(name="some day")
    plan.include(ProposedAction(name="learn Greek"))
    session.add(plan)
    session.commit()

    (line,) = progress(session, plan)

    assert (line.planned_start, line.slip) == (None, None)
    assert line.cells() == ("learn Greek", "", "", "", "", "", "proposed")
    assert progress(session, plan, start=at(1), unknown=DAY)[0].planned_finish == at(2)


def test_the_chart_shows_plan_actual_and_suspensions(session: Session, transplant: Transplant) -> None:
    chart = gantt(session, transplant.plan)

    rows = {row.label: row for row in chart.rows}
    assert chart.title == "transplant, as of 1997-07-10 12:00 UTC"
    assert [(bar.kind, bar.start, bar.end) for bar in rows["wait for a donor"].bars] == [
        (CRITICAL, at(2), at(7)),
        (ACTUAL, at(3), at(5)),
        (SUSPENDED, at(5), at(7)),
        (ACTUAL, at(7), at(9)),
        (SUSPENDED, at(9), at(10, 12)),
    ]
    assert [bar.kind for bar in rows["visit"].bars] == [PLANNED]
    assert [(link.critical, link.note) for link in chart.links] == [
        (True, "wait for a donor waits for blood tests: finish-start"),
        (True, "operation waits for wait for a donor: finish-start"),
    ]
    assert "blood tests: planned from 1997-07-01 00:00, to 1997-07-02 00:00" in chart.description
    assert draw(chart).startswith("<svg")


def test_only_what_keeps_a_critical_action_waiting_is_drawn_as_critical(session: Session) -> None:
    plan = Plan(name="kitchen", time=at(1))
    strip, plumb, wire = (
        plan.include(ProposedAction(name=name, duration=days * DAY))
        for name, days in (("strip", 2), ("plumb", 2), ("wire", 3))
    )
    plan.depends(plumb, on=strip)
    plan.depends(wire, on=plumb)
    plan.depends(wire, on=strip)
    session.add(plan)
    session.commit()

    links = gantt(session, plan).links

    assert [link.critical for link in links] == [True, True, False]


def test_what_takes_no_time_is_a_milestone(session: Session, clock: FixedClock) -> None:
    plan = Plan(name="day")
    point = ProposedAction(name="presentation", time=at(1, 9))
    plan.include(point)
    done = ImplementedAction(proposed=point, time=at(3, 9))
    Completion(action=done, at=at(3, 9))
    session.add_all([plan, done])
    clock.set(at(4))
    session.commit()

    (row,) = gantt(session, plan).rows

    assert row.bars == ()
    assert [(each.kind, each.at) for each in row.milestones] == [(PLANNED, at(1, 9)), (ACTUAL, at(3, 9))]


def test_overlapping_suspensions_are_drawn_once(session: Session, clock: FixedClock) -> None:
    plan = Plan(name="trip", time=at(1))
    trip = ProposedAction(name="trip", duration=9 * DAY)
    plan.include(trip)
    done = ImplementedAction(proposed=trip, time=at(1))
    for start, end in ((at(1), at(3)), (at(2), at(4)), (at(2, 12), at(3))):
        Suspension(action=done, interval=Interval(start, end))
    session.add_all([plan, done])
    clock.set(at(4))
    session.commit()

    (row,) = gantt(session, plan).rows

    assert [(bar.kind, bar.start, bar.end) for bar in row.bars[1:]] == [
        (SUSPENDED, at(1), at(3)), (SUSPENDED, at(3), at(4))
    ]  # fmt: skip
