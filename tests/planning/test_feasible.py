"""8.6 A plan that its resources can bear: assets one at a time, as many of a type as there are."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import event

from analysis_patterns.patterns import Quantity, explain
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import (
    Asset,
    AssetType,
    ConsumableType,
    GeneralResourceAllocation,
    Plan,
    ProposedAction,
    TemporalResource,
)
from analysis_patterns.patterns.planning.feasible import FeasiblePlan, feasible
from analysis_patterns.patterns.schedule import DayOfWeek, Weekday, WorkingCalendar
from analysis_patterns.patterns.time import Interval

from ..refusals import refuses
from .records import at

HOUR = timedelta(hours=1)
WEEKEND = DayOfWeek(Weekday.SATURDAY) | DayOfWeek(Weekday.SUNDAY)


class Theatre:
    """Two operations in room 1, and two visits that each need a nurse; one of the nurses is Ann."""

    def __init__(self) -> None:
        self.nurse, self.room_type = AssetType(name="nurse"), AssetType(name="theatre")
        self.room = Asset(name="room 1", types=[self.room_type])
        self.ann = Asset(name="Ann", types=[self.nurse])
        self.plan = Plan(name="Tuesday")
        self.kidney, self.liver, self.visit, self.round = (
            ProposedAction(name=name, duration=hours * HOUR)
            for name, hours in (("kidney", 2), ("liver", 3), ("visit", 1), ("round", 1))
        )
        self.references = [
            self.plan.include(each) for each in (self.kidney, self.liver, self.visit, self.round)
        ]
        for each in (self.kidney, self.liver):
            TemporalResource(action=each, asset=self.room, quantity=Quantity(1, "h"))
        for each in (self.visit, self.round):
            GeneralResourceAllocation(action=each, type=self.nurse, quantity=Quantity(1, "h"))
        blood = ConsumableType(name="packed cells")
        GeneralResourceAllocation(action=self.liver, type=blood, quantity=Quantity(4, "1"))

    def intervals(self, found: FeasiblePlan) -> list[tuple[datetime, datetime]]:
        """When each action takes place."""
        return [found.interval(each) for each in (self.kidney, self.liver, self.visit, self.round)]


@pytest.fixture
def theatre(session: Session) -> Theatre:
    """The plan, stored."""
    made = Theatre()
    session.add_all([made.plan, made.room, made.ann])
    session.commit()
    return made


def test_no_asset_serves_two_at_once(session: Session, theatre: Theatre) -> None:
    found = feasible(session, theatre.plan, start=at(1, 9))

    assert theatre.intervals(found) == [
        (at(1, 12), at(1, 14)),
        (at(1, 9), at(1, 12)),
        (at(1, 9), at(1, 10)),
        (at(1, 10), at(1, 11)),
    ]
    assert found.end == at(1, 14)


def test_of_a_type_there_are_as_many_as_there_are_or_as_is_said(session: Session, theatre: Theatre) -> None:
    session.add(Asset(name="Bea", types=[theatre.nurse]))
    session.commit()

    both = feasible(session, theatre.plan, start=at(1, 9))
    one = feasible(session, theatre.plan, start=at(1, 9), capacities={theatre.nurse: 1})

    assert both.interval(theatre.round) == (at(1, 9), at(1, 10))
    assert one.interval(theatre.round) == (at(1, 10), at(1, 11))


def test_a_named_asset_is_one_of_its_type(session: Session, theatre: Theatre) -> None:
    TemporalResource(action=theatre.kidney, asset=theatre.ann, quantity=Quantity(1, "h"))
    session.commit()

    found = feasible(session, theatre.plan, start=at(1, 9), priorities={theatre.kidney.id: 1})

    assert found.interval(theatre.kidney) == (at(1, 9), at(1, 11))
    assert found.interval(theatre.visit)[0] == at(1, 11)


def test_what_other_actions_have_booked_is_taken(session: Session, theatre: Theatre) -> None:
    other = ProposedAction(name="cleaning")
    TemporalResource(action=other, asset=theatre.room, interval=Interval(at(1, 8), at(1, 10)))
    session.add(other)
    session.commit()

    found = feasible(session, theatre.plan, start=at(1, 9), priorities={theatre.kidney.id: 1})

    assert found.interval(theatre.kidney) == (at(1, 10), at(1, 12))
    assert str(explain(found.start_of(theatre.liver))).splitlines() == [
        "liver starts at 1997-07-01 12:00  [room 1 is held by kidney until 1997-07-01 12:00]",
        "  kidney starts at 1997-07-01 10:00  [room 1 is held by others until 1997-07-01 10:00]",
    ]


def test_dependencies_and_working_hours_are_kept(session: Session, theatre: Theatre) -> None:
    theatre.plan.depends(theatre.references[0], on=theatre.references[1], lag=HOUR)
    session.commit()
    office = WorkingCalendar(WEEKEND, time(9), time(13))

    found = feasible(session, theatre.plan, start=at(4, 11), calendar=office)  # a Friday

    assert found.interval(theatre.liver) == (at(4, 11), at(7, 10))
    assert found.interval(theatre.kidney) == (at(7, 11), at(7, 13))


def test_refuses_more_than_there_is(session: Session, theatre: Theatre) -> None:
    with refuses("resource.capacity") as refused:
        feasible(session, theatre.plan, start=at(1, 9), capacities={theatre.nurse: 0})

    assert refused.value.found == "1 of nurse for visit"


def test_a_withdrawn_allocation_needs_nothing(session: Session, theatre: Theatre) -> None:
    theatre.liver.allocations[0].withdraw()
    session.commit()

    found = feasible(session, theatre.plan, start=at(1, 9))

    assert found.interval(theatre.kidney)[0] == found.interval(theatre.liver)[0] == at(1, 9)


def test_the_number_of_statements_does_not_grow_with_the_plan(session: Session) -> None:
    plan = Plan(name="many")
    references = [plan.include(ProposedAction(name=f"step {n}", duration=HOUR)) for n in range(40)]
    for before, after in pairwise(references):
        plan.depends(after, on=before)
    session.add(plan)
    session.commit()
    key = plan.id
    session.expunge_all()
    kept = session.get_one(Plan, key)
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *told: asked.append(told[2]))

    found = feasible(session, kept, start=at(1))

    assert found.end - found.start == 40 * HOUR
    assert len(asked) < 20


def test_an_asset_of_a_type_is_free_for_all_of_an_action(session: Session) -> None:
    nurse = AssetType(name="nurse")
    for name, hour in (("Ann", 0), ("Bob", 2)):
        visit = ProposedAction(name=f"visit of {name}")
        person = Asset(name=name, types=[nurse])
        TemporalResource(action=visit, asset=person, interval=Interval(at(1, hour), at(1, hour + 1)))
        session.add(visit)
    plan, watch = Plan(name="night"), ProposedAction(name="watch", duration=3 * HOUR)
    GeneralResourceAllocation(action=watch, type=nurse, quantity=Quantity(3, "h"))
    plan.include(watch)
    session.add(plan)
    session.commit()

    found = feasible(session, plan, start=at(1))

    # One of the two is free at any time, but nobody from the start until the watch would be over.
    assert found.interval(watch) == (at(1, 1), at(1, 4))
    assert str(explain(found.start_of(watch))) == (
        "watch starts at 1997-07-01 01:00  [Ann is held by others until 1997-07-01 01:00]"
    )
    more = feasible(session, plan, start=at(1), capacities={nurse: 3})
    assert more.interval(watch) == (at(1), at(1, 3))


def test_an_asset_of_two_types_serves_as_one_of_them_at_a_time(session: Session) -> None:
    nurse, driver = AssetType(name="nurse"), AssetType(name="driver")
    session.add(Asset(name="Ann", types=[nurse, driver]))
    plan = Plan(name="rounds")
    actions = [ProposedAction(name=name, duration=HOUR) for name in ("visit", "drive")]
    for action, type in zip(actions, (nurse, driver), strict=True):
        GeneralResourceAllocation(action=action, type=type, quantity=Quantity(1, "h"))
        plan.include(action)
    session.add(plan)
    session.commit()

    found = feasible(session, plan, start=at(1))

    assert [found.interval(each)[0] for each in actions] == [at(1), at(1, 1)]


def test_refuses_an_action_that_needs_one_asset_twice(session: Session) -> None:
    nurse, driver = AssetType(name="nurse"), AssetType(name="driver")
    session.add(Asset(name="Ann", types=[nurse, driver]))
    plan, both = Plan(name="rounds"), ProposedAction(name="both", duration=HOUR)
    for type in (nurse, driver):
        GeneralResourceAllocation(action=both, type=type, quantity=Quantity(1, "h"))
    plan.include(both)
    session.add(plan)
    session.commit()

    with refuses("resource.capacity") as refused:
        feasible(session, plan, start=at(1))

    assert refused.value.found == "2 resources, each another one, for both"
