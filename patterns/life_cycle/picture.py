"""A life cycle as a picture: states as boxes, transitions as arrows with their events (8.2)."""

from __future__ import annotations

from datetime import date

from ..picture import Edge, End, Graph, Mark, Node
from .life_cycle import LifeCycle, Step


def life_cycle_picture(life_cycle: LifeCycle, *, on: date, state: str | None = None) -> Graph:
    """
    Draw a life cycle as it is on a day.

    Shape:  the initial state and the final ones say so; `state`, if given, is marked as where a thing is.
            Events that lead the same way share an arrow; a condition stands in brackets.
    """
    drawn: dict[tuple[str, str], list[str]] = {}
    for step in life_cycle.steps:
        if step.period.includes(on):
            drawn.setdefault((step.source, step.target), []).append(event_of(step))
    return Graph(
        f"{life_cycle.name} on {on}",
        tuple(
            Node(each.name, each.name, _remarks(each.initial, each.final, is_here=each.name == state))
            for each in life_cycle.states
        ),
        tuple(
            Edge(source, target, label=", ".join(sorted(events)), head_end=End(mark=Mark.ARROW))
            for (source, target), events in drawn.items()
        ),
        description=_described(life_cycle, on),
    )


def event_of(step: Step) -> str:
    """The event of a transition, with its condition in brackets where it has one."""
    return f"{step.event} [{step.condition}]" if step.condition else step.event


def _remarks(initial: bool, final: bool, *, is_here: bool) -> tuple[str, ...]:
    said = ((initial, "initial"), (final, "final"), (is_here, "now here"))
    return tuple(word for is_so, word in said if is_so)


def _described(life_cycle: LifeCycle, on: date) -> str:
    steps: list[Step] = [step for step in life_cycle.steps if step.period.includes(on)]
    return "; ".join([f"begins {life_cycle.initial}", *map(str, steps)])
