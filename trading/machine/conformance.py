"""Whether the state machine of a subtype keeps what that of its supertype promises (10.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import object_session

from ...patterns.constraint import BUILT, Layer, rule
from ...patterns.life_cycle import LifeCycle, Step
from ...patterns.time.instant import FOREVER

WHOLE = rule(
    "subtype-machine.whole",
    pattern="10.4",
    says="Every state of a subtype's machine is a case of one state of its supertype's.",
    layers=BUILT | {Layer.FLUSH},
)


@dataclass(frozen=True, slots=True)
class Machine:
    """
    A state machine as a plain value.

    Shape:  a name, an initial state and the steps. A step without a condition is promised; one with a
            condition may follow, and need not.
    Source: Analysis Patterns 10.4.
    """

    name: str
    initial: str
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, life_cycle: LifeCycle) -> Machine:
        """That of a life cycle, without what is about to be deleted."""
        session = object_session(life_cycle)
        gone = frozenset() if session is None else frozenset(session.deleted)
        steps = tuple(each.step for each in life_cycle.transitions if each not in gone)
        return cls(life_cycle.name, life_cycle.initial, steps)

    @property
    def states(self) -> list[str]:
        """Every state that it names, the initial one first."""
        ends = (end for step in self.steps for end in (step.source, step.target))
        return list(dict.fromkeys([self.initial, *ends]))

    def steps_from(self, state: str, on: date) -> dict[str, Step]:
        """What leads out of a state on a day, by event."""
        found = (each for each in self.steps if each.source == state and each.period.includes(on))
        return {each.event: each for each in sorted(found, key=lambda step: step.event)}

    def traces(self) -> dict[str, tuple[str, ...]]:
        """The states that are ever reached, nearest first, each with a shortest run of events to it."""
        found: dict[str, tuple[str, ...]] = {self.initial: ()}
        waiting = [self.initial]
        for state in waiting:  # it grows while it is gone through
            for step in sorted(self.steps, key=lambda each: (each.event, each.target)):
                if step.source == state and step.target not in found:
                    found[step.target] = (*found[state], step.event)
                    waiting.append(step.target)
        return found


@dataclass(frozen=True, slots=True)
class Breach:
    """
    One promise of a supertype's machine that a subtype's does not keep.

    Shape:  the `state` of the subtype and the `event`, none where it is about the beginning; what the
            supertype `promised` there and what was `found`; `trace`, a shortest run of events that shows
            it; the first day `on` which it is so.
    Source: Analysis Patterns 10.4.
    """

    state: str
    event: str
    promised: str
    found: str
    trace: tuple[str, ...]
    on: date

    def __str__(self) -> str:
        run = " > ".join(self.trace) or "the beginning"
        event = self.event or "beginning"
        return f"{event!r} in {self.state!r}: promised {self.promised}, found {self.found}, after {run}"


def breaches(machine: Machine, general: Machine, refines: Mapping[str, str]) -> list[Breach]:
    """
    Every promise of `general` that `machine` breaks, those that are shown soonest first.

    Shape:  `refines` says which state of `general` each state of `machine` is a case of. What `general`
            promises has to be promised, and to lead to a case of the same target; what `machine` does on an
            event of `general` has to be allowed there; an event that `general` does not know stays within
            the state that it is a case of.
    Errors: `ConstraintViolation`: `subtype-machine.whole` where `refines` leaves a state out.
    Source: Analysis Patterns 10.4: a subtype responds to every event that its supertype responds to. What
            it demands is known as modal refinement.
    """
    left_out = [each for each in machine.states if each not in refines]
    if left_out:
        raise WHOLE.violation(
            machine,
            general,
            found=f"{left_out[0]!r} of {machine.name}, a case of no state of {general.name}",
            allowed=f"each of {', '.join(machine.states)} as a case of one of {', '.join(general.states)}",
            remedy="Say for each state of the subtype which state of the supertype it is a case of.",
        )
    found: dict[tuple[str, str], Breach] = {}
    if refines[machine.initial] != general.initial:
        begins = f"a case of {refines[machine.initial]!r}"
        first = Breach(machine.initial, "", f"a case of {general.initial!r}", begins, (), date.min)
        found[first.state, first.event] = first
    periods = [step.period for step in (*machine.steps, *general.steps)]
    days = {period.start for period in periods} | {period.end for period in periods}
    for day in sorted(days - {FOREVER}):
        for each in _breaches_on(day, machine, general, refines):
            found.setdefault((each.state, each.event), each)
    return sorted(found.values(), key=lambda each: (len(each.trace), each.trace, each.state))


def _breaches_on(
    day: date, machine: Machine, general: Machine, refines: Mapping[str, str]
) -> Iterator[Breach]:
    known = {step.event for step in general.steps}
    for state, trace in machine.traces().items():
        superstate = refines[state]
        promised, done = general.steps_from(superstate, day), machine.steps_from(state, day)
        for event, step in promised.items():
            if not step.condition and (event not in done or done[event].condition):
                kept = f"only where {done[event].condition}" if event in done else "nothing"
                yield Breach(state, event, f"a case of {step.target!r}", kept, (*trace, event), day)
        for event, step in done.items():
            if event in known and event not in promised:
                said, kept = f"nothing, as in {superstate!r}", f"{step.target!r}"
                yield Breach(state, event, said, kept, (*trace, event), day)
                continue
            target = promised[event].target if event in known else superstate
            if refines[step.target] != target:
                kept = f"{step.target!r}, a case of {refines[step.target]!r}"
                yield Breach(state, event, f"a case of {target!r}", kept, (*trace, event), day)
