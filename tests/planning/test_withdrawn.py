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
from .records import at, between, changes_nothing, leaves_no_trace, overwrite, table_of, write, write_action

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


@pytest.fixture(params=["a part", "a plan that it replaced", "a plan that took its place"])
def needed(session: Session, request: pytest.FixtureRequest) -> Plan:
    """A plan with a part of its own, or one that another replaced, stored."""
    plan, other = Plan(name="dinner"), Plan(name="buffet")
    session.add_all([plan, other])
    if request.param == "a part":
        session.add(ProposedAction(name="cook", parent=plan))
    elif request.param == "a plan that it replaced":
        PlanReplacement(replacing=plan, replaced=other, at=at(2))
    else:
        PlanReplacement(replacing=other, replaced=plan, at=at(2))
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


def test_refuses_parts_of_what_was_withdrawn(session: Session, mistaken: ImplementedAction) -> None:
    for made in (ImplementedAction, ProposedAction):
        with changes_nothing(session), refuses("action.still-believed") as refused:
            made(name="anaesthesia", parent=mistaken)
        assert refused.value.found.startswith(f"{made.__name__} of operation, withdrawn on")


def test_a_part_and_its_whole_are_withdrawn_together(session: Session, needed: Plan) -> None:
    for part in needed.parts:
        part.withdraw()
    for each in (*needed.replacements, *needed.replaced_by):
        each.withdraw()
    session.flush()

    needed.withdraw()
    session.commit()

    assert not needed.is_believed


def test_the_flush_refuses_parts_of_what_was_withdrawn(session: Session) -> None:
    whole = ProposedAction(name="operation")
    session.add(whole)
    session.commit()

    with leaves_no_trace(session), refuses("action.still-believed", Layer.FLUSH), session.no_autoflush:
        session.add(ProposedAction(name="anaesthesia", parent=whole))
        whole.known_to = max(session.recorded, whole.known_from)
        session.flush()


def test_the_database_refuses_parts_of_what_was_withdrawn(
    session: Session, mistaken: ImplementedAction, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("action.still-believed", layer):
        write_action(session, "anaesthesia", parent_id=mistaken.id)


@pytest.fixture
def given_up(session: Session) -> Plan:
    """A plan that was withdrawn."""
    plan = Plan(name="dinner")
    session.add(plan)
    session.commit()
    plan.withdraw()
    session.commit()
    return plan


def test_refuses_replacements_by_or_of_what_was_withdrawn(session: Session, given_up: Plan) -> None:
    other = Plan(name="buffet")
    session.add(other)

    for ends in ((given_up, other), (other, given_up)):
        with changes_nothing(session), refuses("plan-replacement.of-believed") as refused:
            PlanReplacement(replacing=ends[0], replaced=ends[1], at=at(2))
        assert refused.value.found == "Plan dinner, which is no plan that is believed"


def test_the_flush_refuses_replacements_of_what_was_withdrawn(session: Session, given_up: Plan) -> None:
    one, other = Plan(name="buffet"), Plan(name="picnic")
    session.add_all([one, other])
    session.commit()

    with leaves_no_trace(session), refuses("plan-replacement.of-believed", Layer.FLUSH):
        PlanReplacement(replacing=one, replaced=other, at=at(2)).replaced = given_up
        session.flush()


def test_the_database_refuses_replacements_by_or_of_what_was_withdrawn(
    session: Session, given_up: Plan, layer: Layer
) -> None:
    other, action = Plan(name="buffet"), ProposedAction(name="cook")
    session.add_all([other, action])
    session.commit()

    for ends in ((given_up, other), (other, given_up), (other, action)):
        with leaves_no_trace(session), refuses("plan-replacement.of-believed", layer):
            write(session, PlanReplacement, replacing_id=ends[0].id, replaced_id=ends[1].id, at=at(2))


HOUR = {"quantity_number": 1, "quantity_unit": "h", "quantity_canonical": "s1 2500000336"}
