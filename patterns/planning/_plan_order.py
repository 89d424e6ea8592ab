"""In which order the actions of a plan can be done, and what would make that impossible (8.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..constraint import EVERYWHERE, ConstraintViolation, rule
from .dependency import way

if TYPE_CHECKING:
    from .plan import ActionReference, Plan, PlanDependency

OWN_REFERENCES = rule(
    "plan-dependency.own-references",
    pattern="8.4",
    says="A dependency joins two references of one plan, and goes before either of them is left out.",
    layers=EVERYWHERE,
)
ACYCLIC = rule(
    "plan-dependency.acyclic",
    pattern="8.4",
    says="No action of a plan depends on itself, however far back.",
    layers=EVERYWHERE,
)
ONCE = rule(
    "plan-dependency.once",
    pattern="8.4",
    says="One action of a plan waits for another once for each way of waiting.",
    layers=EVERYWHERE,
)


def own_references(
    dependency: PlanDependency, plan: Plan, *references: ActionReference
) -> Iterator[ConstraintViolation]:
    """Whether a dependency would join what is not, or no longer, part of its plan."""
    for reference in references:
        if reference.plan is not plan or not reference.is_believed:
            left = "" if reference.is_believed else ", which was left out"
            yield OWN_REFERENCES.violation(
                dependency,
                reference,
                found=f"{reference}{left}, in a dependency of {plan}",
                allowed="references that the plan has",
                remedy="Include the action in the plan first, or order the plans that contain both.",
            )


def circular(dependency: PlanDependency, path: list[ActionReference]) -> ConstraintViolation:
    """The violation that says how a dependency closes a circle."""
    return ACYCLIC.violation(
        dependency,
        *path,
        found="a circle: " + " > ".join(each.action.name for each in path),
        allowed="an order in which every action can be done",
        remedy="Withdraw one of the dependencies of the circle.",
    )


def circles(
    dependency: PlanDependency, plan: Plan, predecessor: ActionReference, successor: ActionReference
) -> Iterator[ConstraintViolation]:
    """Whether a dependency would close a circle of its plan."""
    # Whoever plans names what comes next, which nothing follows yet, or what comes before, which follows
    # nothing yet: no need to look any further.
    if predecessor is not successor and not (successor.successors() and predecessor.predecessors()):
        return
    # Read as a whole: one by one, each step would be a question of its own.
    held = set(plan.references)
    following: dict[ActionReference, list[ActionReference]] = {}
    for each in plan.dependencies:
        if each.is_believed and each.predecessor in held:
            following.setdefault(each.predecessor, []).append(each.successor)
    path = way(successor, predecessor, lambda reference: following.get(reference, ()))
    if path is not None:
        yield circular(dependency, [predecessor, *path])
