"""Plans made from protocols, and how far a plan has come away from its own (8.5)."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ..catalogue import attach
from ..constraint import rule
from ..persistence.session import Session
from .action import ProposedAction
from .allocation import GeneralResourceAllocation
from .dependency import described
from .plan import ActionReference, Plan, PlanDependency, dependencies_of, references_of
from .protocol import Protocol, ProtocolDependency, ProtocolReference

MOST_ACTIONS = 10_000

PLAN_SIZE = rule(
    "protocol.plan-size",
    pattern="8.5",
    says="A plan is made from a protocol of at most 10000 steps, those of its steps included.",
)


def plan_from(
    protocol: Protocol, *, name: str | None = None, leaving_out: Container[ProtocolReference] = ()
) -> Plan:
    """
    Make a plan of what a protocol says: an action for each step, a plan where the step has steps itself.

    Shape:  dependencies, durations and required resources are those of the protocol, without the steps that
            are left out. The plan may be changed as any other: see `deviations`.
    Errors: `ConstraintViolation` (`protocol.plan-size`) where it would be of more than 10000 actions.
    Source: Analysis Patterns 8.5: a plan may add to its protocol, and ignore parts of it.
    """
    size = _size(protocol, {})
    if size > MOST_ACTIONS:
        raise PLAN_SIZE.violation(
            protocol,
            found=f"{size} steps in {protocol}",
            allowed=f"at most {MOST_ACTIONS}",
            remedy="Plan the parts of the protocol one by one.",
        )
    return _planned(protocol, name or protocol.name, leaving_out)


def _size(protocol: Protocol, sizes: dict[Protocol, int]) -> int:
    if protocol not in sizes:
        sizes[protocol] = sum(1 + _size(step.referred, sizes) for step in protocol.steps)
    return sizes[protocol]


def _planned(protocol: Protocol, name: str, leaving_out: Container[ProtocolReference]) -> Plan:
    plan = Plan(name=name, protocol=protocol, duration=protocol.duration)
    _allocate(plan, protocol)
    included = {
        step: plan.include(_proposed(step, leaving_out), step=step)
        for step in protocol.steps
        if step not in leaving_out
    }
    for each in protocol.dependencies:
        if each.predecessor in included and each.successor in included:
            before, after = included[each.predecessor], included[each.successor]
            plan.depends(after, on=before, kind=each.kind, lag=each.lag)
    return plan


def _proposed(step: ProtocolReference, leaving_out: Container[ProtocolReference]) -> ProposedAction:
    referred = step.referred
    if referred.steps:
        return _planned(referred, step.name, leaving_out)
    action = ProposedAction(name=step.name, protocol=referred, duration=referred.duration)
    _allocate(action, referred)
    return action


def _allocate(action: ProposedAction, protocol: Protocol) -> None:
    for required in protocol.requirements:
        GeneralResourceAllocation(action=action, type=required.type, quantity=required.quantity)


class DeviationKind(Enum):
    """In what a plan differs from its protocol."""

    ADDED = "added"
    LEFT_OUT = "left out"
    EXCHANGED = "follows another protocol"
    REORDERED = "reordered"
    DEPENDENCY_ADDED = "dependency added"
    DEPENDENCY_LEFT_OUT = "dependency left out"
    DEPENDENCY_CHANGED = "dependency changed"


@dataclass(frozen=True, slots=True)
class Deviation:
    """
    One difference between a plan and its protocol.

    Shape:  the plan that differs, which may be a part of the one asked about; `what` differs, in words.
    Source: Analysis Patterns 8.5.
    """

    kind: DeviationKind
    plan: Plan
    what: str

    def __str__(self) -> str:
        return f"{self.plan}: {self.kind.value}: {self.what}"


def deviations(session: Session, plan: Plan, *, known_at: datetime | None = None) -> list[Deviation]:
    """
    Everything in which a plan, as known at an instant, differs from its protocol; its parts included.

    Shape:  none for a plan that follows no protocol. Where the protocol itself was changed since, the plan
            differs from it as it is now.
    Source: Analysis Patterns 8.5.
    """
    session.flush()
    known = session.instant(known_at)
    return list(_deviations(session, plan, known, set()))


def _deviations(session: Session, plan: Plan, known: datetime, seen: set[Plan]) -> Iterator[Deviation]:
    seen.add(plan)
    references = references_of(session, plan, known_at=known)
    if plan.protocol is not None:
        yield from _steps(plan, plan.protocol, references)
        yield from _orders(plan, plan.protocol, references, dependencies_of(session, plan, known_at=known))
    for reference in references:
        if isinstance(reference.action, Plan) and reference.action not in seen:
            yield from _deviations(session, reference.action, known, seen)


def _steps(plan: Plan, protocol: Protocol, references: list[ActionReference]) -> Iterator[Deviation]:
    taken = {reference.step for reference in references}
    for step in protocol.steps:
        if step not in taken:
            yield Deviation(DeviationKind.LEFT_OUT, plan, str(step))
    for reference in references:
        if reference.step is None or reference.step.protocol is not protocol:
            yield Deviation(DeviationKind.ADDED, plan, str(reference.action))
        elif reference.action.protocol is not reference.step.referred:
            what = f"{reference.action} for {reference.step}"
            yield Deviation(DeviationKind.EXCHANGED, plan, what)


Ends = tuple[ProtocolReference | ActionReference, ProtocolReference | ActionReference]
"""What a dependency joins: steps where the protocol knows them, else references of the plan."""


def _orders(
    plan: Plan, protocol: Protocol, references: list[ActionReference], dependencies: list[PlanDependency]
) -> Iterator[Deviation]:
    taken = {reference.step for reference in references}
    said: dict[Ends, list[ProtocolDependency]] = {}
    for stated in protocol.dependencies:
        # What is left out takes its dependencies along; that is no difference of its own.
        if stated.predecessor in taken and stated.successor in taken:
            said.setdefault((stated.predecessor, stated.successor), []).append(stated)
    planned: dict[Ends, list[PlanDependency]] = {}
    for each in dependencies:
        ends = (each.predecessor.step or each.predecessor, each.successor.step or each.successor)
        planned.setdefault(ends, []).append(each)
    for ends, states in said.items():
        if ends not in planned:
            turned = ends[::-1] in planned
            kind = DeviationKind.REORDERED if turned else DeviationKind.DEPENDENCY_LEFT_OUT
            yield Deviation(kind, plan, _told(states))
        elif _meant(states) != _meant(planned[ends]):
            what = f"{_told(planned[ends])}, not {_told(states)}"
            yield Deviation(DeviationKind.DEPENDENCY_CHANGED, plan, what)
    for ends, made in planned.items():
        if ends not in said and ends[::-1] not in said:
            yield Deviation(DeviationKind.DEPENDENCY_ADDED, plan, _told(made))


def _meant(dependencies: list[ProtocolDependency] | list[PlanDependency]) -> list[str]:
    return sorted(described(each.kind, each.lag) for each in dependencies)


def _told(dependencies: list[ProtocolDependency] | list[PlanDependency]) -> str:
    return ", ".join(sorted(str(each) for each in dependencies))


attach(
    "8.5",
    types=(Protocol, ProtocolReference, ProtocolDependency, Deviation),
    behaviours=(plan_from, deviations),
    figure="analysis_patterns.patterns.planning.protocol:Protocol",
    when_not="What is done once is planned, not described. What always runs the same way, without "
    "anybody deciding, is a program.",
    example="""
>>> from analysis_patterns.patterns.planning import Protocol, plan_from
>>> test, operation = Protocol(name="blood test"), Protocol(name="operation")
>>> transplant = Protocol(name="transplant")
>>> before, operate, after = (transplant.add_step(each) for each in (test, operation, test))
>>> _ = transplant.depends(operate, on=before)
>>> plan = plan_from(transplant, name="John Smith's transplant", leaving_out={after})
>>> print(", ".join(str(each) for each in plan.proposed_actions))
blood test, operation
>>> operation.add_step(transplant)
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: protocol.contains-itself: ...
""",
)
