"""8.5 Protocol: a standard procedure, whose steps are protocols themselves, and of which plans are made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import Quantity, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.planning import (
    AssetType,
    ConsumableType,
    DependencyKind,
    DeviationKind,
    Plan,
    ProposedAction,
    Protocol,
    ProtocolDependency,
    ProtocolReference,
    ResourceRequirement,
    deviations,
    plan_from,
)
from analysis_patterns.patterns.time import FixedClock

from ..refusals import refuses
from .records import changes_nothing, leaves_no_trace, table_of


class Transplant:
    """How a kidney is transplanted: a blood test before and after the operation, which has steps itself."""

    def __init__(self) -> None:
        self.test = Protocol(name="blood test", duration=timedelta(minutes=20))
        self.opening, self.closing = Protocol(name="opening"), Protocol(name="closing")
        self.operation = Protocol(name="operation")
        opened = self.operation.add_step(self.opening)
        self.operation.depends(self.operation.add_step(self.closing), on=opened)
        self.whole = Protocol(name="kidney transplant")
        self.before = self.whole.add_step(self.test)
        self.operate = self.whole.add_step(self.operation)
        self.after = self.whole.add_step(self.test)
        self.whole.depends(self.operate, on=self.before)
        self.whole.depends(
            self.after, on=self.operate, kind=DependencyKind.START_START, lag=timedelta(hours=6)
        )
        self.theatre = AssetType(name="operating theatre")
        ResourceRequirement(protocol=self.operation, type=self.theatre, quantity=Quantity(3, "h"))
        cells = ConsumableType(name="packed cells")
        ResourceRequirement(protocol=self.opening, type=cells, quantity=Quantity(4, "1"))


@pytest.fixture
def transplant(session: Session) -> Transplant:
    """The protocols, stored."""
    made = Transplant()
    session.add(made.whole)
    session.commit()
    return made


def write_row(session: Session, entity: Any, **columns: Any) -> UUID:
    """Write knowledge past every check of Python's; give its key."""
    key = uuid7()
    session.execute(insert(table_of(entity)).values(id=key, **columns))
    return key


def names(plan: Plan) -> list[str]:
    return [each.name for each in plan.proposed_actions]


def test_a_protocol_comes_back_with_its_steps_in_order(session: Session, transplant: Transplant) -> None:
    key = transplant.whole.id
    session.expunge_all()

    kept = session.get_one(Protocol, key)

    assert [str(step) for step in kept.steps] == ["blood test", "operation", "blood test (2)"]
    assert [str(each) for each in kept.dependencies] == [
        "operation after blood test (finish-start)",
        "blood test (2) after operation (start-start + 6:00:00)",
    ]
    assert [str(each) for each in kept.step("operation").referred.requirements] == [
        "3 h of operating theatre"
    ]


def test_the_components_are_a_bag(transplant: Transplant) -> None:
    assert transplant.whole.components == [transplant.test, transplant.operation, transplant.test]


def test_a_plan_is_made_of_an_action_for_each_step(session: Session, transplant: Transplant) -> None:
    plan = plan_from(transplant.whole, name="John Smith's transplant")
    session.add(plan)
    session.commit()
    session.expire_all()

    assert str(plan) == "John Smith's transplant"
    assert plan.protocol is transplant.whole
    assert names(plan) == ["blood test", "operation", "blood test (2)"]
    assert [str(each) for each in plan.dependencies] == [str(each) for each in transplant.whole.dependencies]
    before, operation, after = plan.proposed_actions
    assert before.protocol is after.protocol is transplant.test
    assert before.duration == timedelta(minutes=20)
    assert isinstance(operation, Plan)
    assert names(operation) == ["opening", "closing"]
    assert deviations(session, plan) == []


def test_a_plan_allocates_what_its_protocols_need(session: Session, transplant: Transplant) -> None:
    plan = plan_from(transplant.whole)
    session.add(plan)
    session.commit()

    operation = plan.proposed_actions[1]
    assert isinstance(operation, Plan)
    allocated = [
        str(each) for action in (operation, *operation.proposed_actions) for each in action.allocations
    ]
    assert allocated == ["3 h of operating theatre for operation", "4 1 of packed cells for opening"]


def test_reports_what_was_added_and_left_out(session: Session, transplant: Transplant) -> None:
    plan = plan_from(transplant.whole, leaving_out={transplant.after})
    session.add(plan)
    plan.include(ProposedAction(name="second opinion"))
    operation = plan.proposed_actions[1]
    assert isinstance(operation, Plan)
    session.flush()
    operation.leave_out(operation.references[0])
    session.commit()

    assert [str(each) for each in deviations(session, plan)] == [
        "kidney transplant: left out: blood test (2)",
        "kidney transplant: added: second opinion",
        "operation: left out: opening",
    ]


def test_reports_other_dependencies(session: Session, transplant: Transplant) -> None:
    plan = plan_from(transplant.whole)
    session.add(plan)
    session.commit()
    before, operation, after = plan.references
    for each in list(plan.dependencies):
        each.withdraw()
    session.flush()
    plan.depends(before, on=operation)
    plan.depends(after, on=operation)
    plan.depends(after, on=before)
    session.commit()

    found = deviations(session, plan)

    assert [each.kind for each in found] == [
        DeviationKind.REORDERED,
        DeviationKind.DEPENDENCY_CHANGED,
        DeviationKind.DEPENDENCY_ADDED,
    ]
    assert [each.what for each in found] == [
        "operation after blood test (finish-start)",
        "blood test (2) after operation (finish-start), not "
        "blood test (2) after operation (start-start + 6:00:00)",
        "blood test (2) after blood test (finish-start)",
    ]


def test_reports_a_dependency_that_was_ignored(session: Session, transplant: Transplant) -> None:
    plan = plan_from(transplant.whole)
    session.add(plan)
    session.commit()
    plan.dependencies[0].withdraw()
    session.commit()

    (found,) = deviations(session, plan)

    assert found.kind is DeviationKind.DEPENDENCY_LEFT_OUT


def test_reports_a_step_done_by_another_protocol(session: Session, transplant: Transplant) -> None:
    plan = plan_from(transplant.whole, leaving_out={transplant.before})
    session.add(plan)
    plan.include(ProposedAction(name="quick test", protocol=transplant.opening), step=transplant.before)
    session.commit()

    assert [str(each) for each in deviations(session, plan)] == [
        "kidney transplant: follows another protocol: quick test for blood test",
        "kidney transplant: dependency left out: operation after blood test (finish-start)",
    ]


def test_tells_how_a_plan_differed_before(
    session: Session, clock: FixedClock, transplant: Transplant
) -> None:
    plan = plan_from(transplant.whole)
    session.add(plan)
    session.commit()
    before = clock.now()
    clock.advance(timedelta(days=1))
    plan.leave_out(plan.references[2])
    session.commit()

    assert len(deviations(session, plan)) == 1
    assert deviations(session, plan, known_at=before) == []


def test_a_plan_without_a_protocol_deviates_from_nothing(session: Session) -> None:
    plan = Plan(name="weekend")
    session.add(plan)
    plan.include(ProposedAction(name="shop"))

    assert deviations(session, plan) == []


def test_refuses_to_make_a_plan_beyond_all_bounds() -> None:
    protocol = Protocol(name="leaf")
    for depth in range(60):
        wider = Protocol(name=f"depth {depth}")
        wider.add_step(protocol)
        wider.add_step(protocol)
        protocol = wider

    with refuses("protocol.plan-size") as refused:
        plan_from(protocol)

    assert refused.value.found == f"{2**61 - 2} steps in depth 59"


def test_refuses_a_protocol_that_would_contain_itself(session: Session, transplant: Transplant) -> None:
    with changes_nothing(session), refuses("protocol.contains-itself") as refused:
        transplant.opening.add_step(transplant.whole)

    assert str(refused.value) == (
        "protocol.contains-itself: found a circle: opening > kidney transplant > operation > opening; "
        "allowed: steps that do not contain the protocol themselves. "
        "Leave the step out, or describe what repeats as a protocol of its own."
    )
    with changes_nothing(session), refuses("protocol.contains-itself"):
        transplant.opening.add_step(transplant.opening)
    with refuses("protocol.contains-itself"):
        transplant.operation.steps[0].referred = transplant.whole


def test_the_flush_refuses_a_protocol_that_contains_itself(session: Session, transplant: Transplant) -> None:
    with leaves_no_trace(session), refuses("protocol.contains-itself", Layer.FLUSH), session.no_autoflush:
        made = transplant.opening.add_step(Protocol(name="spare"))
        vars(made)["referred"] = transplant.whole  # past what watches assignments
        session.flush()


def test_the_database_refuses_a_protocol_that_contains_itself(
    session: Session, transplant: Transplant, layer: Layer
) -> None:
    ends = {"protocol_id": transplant.opening.id, "referred_id": transplant.whole.id}

    with leaves_no_trace(session), refuses("protocol.contains-itself", layer):
        write_row(session, ProtocolReference, name="ring", position=0, **ends)


def test_refuses_a_second_step_of_a_name(session: Session, transplant: Transplant) -> None:
    with changes_nothing(session), refuses("protocol.step-name"):
        transplant.whole.add_step(transplant.closing, name="operation")


def test_the_flush_refuses_a_second_step_of_a_name(session: Session, transplant: Transplant) -> None:
    with leaves_no_trace(session), refuses("protocol.step-name", Layer.FLUSH):
        transplant.after.name = "operation"
        session.commit()


def test_the_database_refuses_a_second_step_of_a_name(
    session: Session, transplant: Transplant, layer: Layer
) -> None:
    ends = {"protocol_id": transplant.whole.id, "referred_id": transplant.closing.id}

    with leaves_no_trace(session), refuses("protocol.step-name", layer):
        write_row(session, ProtocolReference, name="operation", position=9, **ends)


def test_refuses_a_circle_of_steps_and_shows_it(session: Session, transplant: Transplant) -> None:
    with changes_nothing(session), refuses("protocol-dependency.acyclic") as refused:
        transplant.whole.depends(transplant.before, on=transplant.after)

    assert refused.value.found == "a circle: blood test > operation > blood test (2) > blood test"


def test_the_flush_refuses_a_circle_of_steps(session: Session, transplant: Transplant) -> None:
    with leaves_no_trace(session), refuses("protocol-dependency.acyclic", Layer.FLUSH):
        transplant.whole.dependencies[1].successor = transplant.before
        session.commit()


def test_refuses_the_same_dependency_of_steps_twice(session: Session, transplant: Transplant) -> None:
    start = DependencyKind.START_START
    first = transplant.whole.dependencies[0]

    with changes_nothing(session), refuses("protocol-dependency.once") as refused:
        transplant.whole.depends(first.successor, on=first.predecessor)
    transplant.whole.depends(first.successor, on=first.predecessor, kind=start)
    session.commit()

    assert refused.value.found == f"a second time {first}"
    with leaves_no_trace(session), refuses("protocol-dependency.once", Layer.FLUSH):
        transplant.whole.dependencies[-1].kind = first.kind
        session.commit()


def test_refuses_a_step_of_another_protocol(session: Session, transplant: Transplant) -> None:
    with changes_nothing(session), refuses("protocol-dependency.own-steps"):
        transplant.whole.depends(transplant.operation.steps[0], on=transplant.before)


def test_the_flush_refuses_a_step_of_another_protocol(session: Session, transplant: Transplant) -> None:
    with leaves_no_trace(session), refuses("protocol-dependency.own-steps", Layer.FLUSH):
        transplant.whole.dependencies[1].successor = transplant.operation.steps[0]
        session.commit()


@pytest.mark.parametrize(
    ("broken", "step"),
    [("protocol-dependency.acyclic", "before"), ("protocol-dependency.own-steps", "foreign")],
)
def test_the_database_refuses_dependencies_that_protocols_cannot_have(
    session: Session, transplant: Transplant, layer: Layer, broken: str, step: str
) -> None:
    after = transplant.before if step == "before" else transplant.operation.steps[0]
    columns = {
        "protocol_id": transplant.whole.id,
        "predecessor_id": transplant.after.id,
        "successor_id": after.id,
        "kind": DependencyKind.FINISH_START,
        "lag": timedelta(),
    }

    with leaves_no_trace(session), refuses(broken, layer):
        write_row(session, ProtocolDependency, **columns)


def test_the_database_refuses_a_second_protocol_of_a_name(
    session: Session, transplant: Transplant, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("protocol.unique-name", layer):
        write_row(session, Protocol, kind="protocol", name="blood test")


def test_the_database_refuses_to_state_a_requirement_twice(
    session: Session, transplant: Transplant, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("requirement.once", layer):
        ResourceRequirement(protocol=transplant.operation, type=transplant.theatre, quantity=Quantity(1, "h"))
        session.commit()


def test_refuses_to_require_assets_by_anything_but_time(transplant: Transplant) -> None:
    with refuses("allocation.asset-time"):
        ResourceRequirement(protocol=transplant.test, type=transplant.theatre, quantity=Quantity(2, "kg"))


def test_a_sound_database_has_no_inconsistencies(session: Session, transplant: Transplant) -> None:
    session.add(plan_from(transplant.whole))
    session.commit()

    assert list(inconsistencies(session)) == []
