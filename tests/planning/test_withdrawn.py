"""8.1: nothing is recorded of an action that was withdrawn, as none is withdrawn that something rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analysis_patterns.patterns import Base, Quantity
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import (
    Abandonment,
    Action,
    Asset,
    AssetType,
    Completion,
    Ending,
    GeneralResourceAllocation,
    ImplementedAction,
    Plan,
    PlanReplacement,
    ProposedAction,
    ResourceAllocation,
    Suspension,
    TemporalResource,
)

from ..refusals import refuses
from .records import at, between, changes_nothing, leaves_no_trace, overwrite, table_of, write

FACTS: dict[str, Callable[[Action], object]] = {
    "completion": lambda action: Completion(action=action, at=at(4)),
    "abandonment": lambda action: Abandonment(action=action, at=at(4)),
    "suspension": lambda action: Suspension(action=action, interval=between(at(4))),
    "general allocation": lambda action: GeneralResourceAllocation(
        action=action, type=AssetType(name="room"), quantity=Quantity(1, "h")
    ),
    "booking": lambda action: TemporalResource(
        action=action, asset=Asset(name="Room Q9"), interval=between(at(3), at(4))
    ),
}
COLUMNS: dict[type[Base], dict[str, Any]] = {
    Ending: {"kind": "abandonment", "at": at(4), "reason": ""},
    Suspension: {"covers_from": at(4), "covers_to": at(5), "reason": ""},
}


@pytest.fixture
def mistaken(session: Session) -> ImplementedAction:
    """What was recorded by mistake, and withdrawn."""
    action = ImplementedAction(name="operation", time=at(2))
    session.add(action)
    session.commit()
    action.withdraw()
    session.commit()
    return action


@pytest.mark.parametrize("fact", FACTS)
def test_refuses_facts_of_what_was_withdrawn(
    session: Session, mistaken: ImplementedAction, fact: str
) -> None:
    with changes_nothing(session), refuses("action.still-believed") as refused:
        FACTS[fact](mistaken)

    assert "of operation, withdrawn on" in refused.value.found


@pytest.mark.parametrize("fact", FACTS)
def test_the_flush_refuses_facts_of_what_was_withdrawn(
    session: Session, mistaken: ImplementedAction, fact: str
) -> None:
    other = ImplementedAction(name="another", time=at(2))
    session.add(other)

    with leaves_no_trace(session), refuses("action.still-believed", Layer.FLUSH), session.no_autoflush:
        told: Any = FACTS[fact](other)
        told.action = mistaken
        session.flush()


@pytest.mark.parametrize("table", [*COLUMNS, ResourceAllocation])
def test_the_database_refuses_facts_of_what_was_withdrawn(
    session: Session, mistaken: ImplementedAction, table: type[Base], layer: Layer
) -> None:
    columns = COLUMNS.get(table)
    if columns is None:
        room = AssetType(name="room")
        session.add(room)
        session.flush()
        columns = {"kind": "general", "resource_type_id": room.id, **HOUR}

    with refuses("action.still-believed", layer):
        write(session, table, action_id=mistaken.id, **columns)


@pytest.fixture(params=["a part", "a plan that took its place"])
def needed(session: Session, request: pytest.FixtureRequest) -> Plan:
    """A plan with a part of its own, or one that another replaced, stored."""
    plan, other = Plan(name="dinner"), Plan(name="buffet")
    session.add_all([plan, other])
    if request.param == "a part":
        session.add(ProposedAction(name="cook", parent=plan))
    else:
        PlanReplacement(replacing=plan, replaced=other, at=at(2))
    session.commit()
    return plan


def test_the_flush_refuses_to_withdraw_what_others_rest_on(session: Session, needed: Plan) -> None:
    with leaves_no_trace(session), refuses("action.withdrawn-alone", Layer.FLUSH):
        needed.withdraw()
        session.flush()


def test_the_database_refuses_to_withdraw_what_others_rest_on(
    session: Session, needed: Plan, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("action.withdrawn-alone", layer):
        overwrite(session, Action, table_of(Action).c.id == needed.id, known_to=session.recorded)


def test_the_database_refuses_to_withdraw_a_plan_that_was_replaced(session: Session, layer: Layer) -> None:
    plan, other = Plan(name="dinner"), Plan(name="buffet")
    session.add_all([plan, other])
    PlanReplacement(replacing=other, replaced=plan, at=at(2))
    session.commit()

    with leaves_no_trace(session), refuses("action.withdrawn-alone", layer):
        plan.withdraw()
        session.flush()


HOUR = {"quantity_number": 1, "quantity_unit": "h", "quantity_canonical": "s1 2500000336"}
