"""Machines of subtypes as pictures: each state within that of the supertype that it is a case of (10.4)."""

from __future__ import annotations

from datetime import date

from ...patterns.life_cycle import life_cycle_picture
from ...patterns.picture import Graph, Node
from .subtype_machine import SubtypeMachine


def machine_picture(machine: SubtypeMachine, *, on: date, state: str | None = None) -> Graph:
    """
    Draw the machine of a subtype as it is on a day, within its supertype's.

    Shape:  a band for each state of the supertype, with the states that are cases of it; what is not kept of
            the supertype's promises stands below. `state`, if given, is marked as where a contract is.
    Source: Analysis Patterns 10.4, figures 10.15 and 10.16, where the supertype's state encloses them.
    """
    plain = life_cycle_picture(machine.life_cycle, on=on, state=state)
    refines = machine.refines
    nodes = tuple(Node(each.key, each.label, each.lines, level=refines[each.key]) for each in plain.nodes)
    used = dict.fromkeys(node.level for node in nodes)
    bands = tuple(each.name for each in machine.general.states if each.name in used)
    return Graph(
        f"{machine} on {on}",
        nodes,
        plain.edges,
        levels=bands,
        description=plain.description,
        remarks=tuple(str(each) for each in machine.breaches()),
    )
