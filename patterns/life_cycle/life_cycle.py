"""A life cycle: which states a thing may be in, and which events lead from one to another (8.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, UOWTransaction, mapped_column, object_session, relationship
from uuid_utils.compat import uuid7

from ..accountability.name import name_violations
from ..constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ..persistence.base import Base, Level, identity
from ..persistence.session import Session, at_flush
from ..time.period import ALWAYS, Period

_BUILT = BUILT | {Layer.FLUSH}

UNIQUE_NAME = rule(
    "life-cycle.unique-name",
    pattern="8.2",
    says="A life cycle is known by its name, so no two share one.",
    layers=DATABASES,
    guards=("uq_patterns_life_cycle_name", "patterns_life_cycle.name"),
)
UNIQUE_STATE = rule(
    "life-cycle.unique-state",
    pattern="8.2",
    says="A state is known by its name within its life cycle, so no two share one.",
    layers=DATABASES | BUILT,
    guards=("pk_patterns_life_cycle_state", "patterns_life_cycle_state.life_cycle_id*"),
)
KNOWN_STATES = rule(
    "life-cycle.known-states",
    pattern="8.2",
    says="The initial state, the final states and both ends of each transition are states of the life cycle.",
    layers=_BUILT,
)
DETERMINISTIC = rule(
    "life-cycle.deterministic",
    pattern="8.2",
    says="On any day, one event leads from one state to one other state.",
    layers=_BUILT,
)
REACHABLE = rule(
    "life-cycle.reachable",
    pattern="8.2",
    says="Every state is reached from the initial one by some events.",
    layers=_BUILT,
)
WAY_OUT = rule(
    "life-cycle.way-out",
    pattern="8.2",
    says="From every state that is not final, some events lead to a final one, where there is any.",
    layers=_BUILT,
)


@dataclass(frozen=True, slots=True)
class Step:
    """
    That an event leads from one state to another, for a period.

    Shape:  the names of the event and of both states. With a `condition`, in words such as `canExercise`,
            it may follow and need not; without one it is promised.
    """

    event: str
    source: str
    target: str
    period: Period = ALWAYS
    condition: str = ""

    def __str__(self) -> str:
        return f"{self.source} -> {self.target} on {self.event}"


class LifeCycle(Base, init=False):
    """
    The states that things may be in, and what may happen to them there.

    Shape:  one initial state, any number of final ones; transitions, each with its event, for a period. A
            final state may be left again, where a transition says so.
    Errors: `ConstraintViolation`: `life-cycle.unique-state`, `life-cycle.known-states`,
            `life-cycle.deterministic`, `life-cycle.reachable`, `life-cycle.way-out`, `name.text`.
    Source: Analysis Patterns 8.2 fixes the statuses of an action; here they are data, so that another
            system's can be obeyed as they are.

    >>> order = LifeCycle(name="order", initial="open", final=["paid"], steps=[Step("pay", "open", "paid")])
    >>> [step.target for step in order.steps_from("open", date(1997, 5, 1))]
    ['paid']
    """

    __tablename__ = "patterns_life_cycle"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "8.2"

    id: Mapped[UUID] = identity()
    name: Mapped[str] = mapped_column(String(500), unique=True)
    states: Mapped[list[LifeCycleState]] = relationship(
        back_populates="life_cycle", cascade="all, delete-orphan", default_factory=list, init=False,
        order_by="LifeCycleState.position", info={"multiplicity": "1..*"},
    )  # fmt: skip
    transitions: Mapped[list[Transition]] = relationship(
        back_populates="life_cycle", cascade="all, delete-orphan", default_factory=list, init=False,
        order_by="Transition.event",
    )  # fmt: skip

    def __init__(
        self,
        *,
        name: str,
        initial: str,
        final: Iterable[str] = (),
        steps: Iterable[Step] = (),
        states: Iterable[str] | None = None,
    ) -> None:
        said, ends = list(steps), list(final)
        named = list(states) if states is not None else states_named(initial, ends, said)
        require(name_violations(self, name))
        require(objections(name, initial, ends, named, said))
        self.id = uuid7()
        self.name = name
        self.states = [
            LifeCycleState(name=each, position=n, initial=each == initial, final=each in ends)
            for n, each in enumerate(named)
        ]
        self.transitions = [Transition(step) for step in said]

    @property
    def initial(self) -> str:
        """The name of the state that every thing begins in."""
        return next(state.name for state in self.states if state.initial)

    @property
    def final(self) -> list[str]:
        """The names of the states that things may stay in for good."""
        return [state.name for state in self.states if state.final]

    @property
    def steps(self) -> list[Step]:
        """The transitions as plain values."""
        return [transition.step for transition in self.transitions]

    def steps_from(self, state: str, on: date) -> list[Step]:
        """The transitions that lead out of a state on a day, by event."""
        found = [step for step in self.steps if step.source == state and step.period.includes(on)]
        return sorted(found, key=lambda step: step.event)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this life cycle breaks by itself, without what is about to be deleted."""
        yield from name_violations(self, self.name)
        session = object_session(self)
        gone = frozenset() if session is None else frozenset(session.deleted)
        states = [state for state in self.states if state not in gone]
        initial = [state.name for state in states if state.initial]
        if len(initial) != 1:
            yield KNOWN_STATES.violation(
                self,
                found=f"{len(initial)} initial states in {self.name!r}",
                allowed="one",
                remedy="Let one state be the initial one.",
            )
            return
        final = [state.name for state in states if state.final]
        steps = [each.step for each in self.transitions if each not in gone]
        yield from objections(self.name, initial[0], final, [state.name for state in states], steps)

    def __str__(self) -> str:
        return self.name


class LifeCycleState(Base, init=False):
    """
    One state of a life cycle.

    Shape:  a name; whether things begin in it, and whether they may stay in it for good.
    """

    __tablename__ = "patterns_life_cycle_state"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "8.2"

    life_cycle_id: Mapped[UUID] = mapped_column(ForeignKey(LifeCycle.id), primary_key=True, init=False)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int] = mapped_column(info={"figure": False})
    initial: Mapped[bool]
    final: Mapped[bool]
    life_cycle: Mapped[LifeCycle] = relationship(back_populates="states", init=False)

    def __init__(self, *, name: str, position: int, initial: bool, final: bool) -> None:
        self.name = name
        self.position = position
        self.initial = initial
        self.final = final

    def __str__(self) -> str:
        return self.name


class Transition(Base, init=False):
    """
    That an event leads from one state of a life cycle to another, for a period.

    Shape:  an event, a source and a target; a condition, where it only may follow.
    """

    __tablename__ = "patterns_life_cycle_transition"
    __table_args__ = (
        CheckConstraint("valid_from < valid_to", name="period_order"),
        UniqueConstraint("life_cycle_id", "source", "event", "valid_from"),
        *(
            ForeignKeyConstraint(
                ["life_cycle_id", end],
                ["patterns_life_cycle_state.life_cycle_id", "patterns_life_cycle_state.name"],
                name=f"fk_patterns_life_cycle_transition_{end}",
                # A state and what leads to it come and go in one transaction, in either order.
                deferrable=True,
                initially="DEFERRED",
            )
            for end in ("source", "target")
        ),
    )
    __level__ = Level.KNOWLEDGE
    __pattern__ = "8.2"

    id: Mapped[UUID] = identity()
    life_cycle_id: Mapped[UUID] = mapped_column(ForeignKey(LifeCycle.id), index=True, init=False)
    event: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200))
    target: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date] = mapped_column()
    valid_to: Mapped[date] = mapped_column()
    condition: Mapped[str] = mapped_column(String(200))
    life_cycle: Mapped[LifeCycle] = relationship(back_populates="transitions", init=False)

    def __init__(self, step: Step) -> None:
        self.id = uuid7()
        self.event, self.source, self.target = step.event, step.source, step.target
        self.valid_from, self.valid_to = step.period.start, step.period.end
        self.condition = step.condition

    @property
    def step(self) -> Step:
        """The transition as a plain value."""
        period = Period(self.valid_from, self.valid_to)
        return Step(self.event, self.source, self.target, period, self.condition)

    def __str__(self) -> str:
        return str(self.step)


def states_named(initial: str, final: Iterable[str], steps: Iterable[Step]) -> list[str]:
    """Every state that is named, in the order that things come to it, the rest after those."""
    following: dict[str, list[str]] = {}
    named = [initial]
    for step in steps:
        following.setdefault(step.source, []).append(step.target)
        named += [step.source, step.target]
    return list(dict.fromkeys([*_reached([initial], following), *named, *final]))


def objections(
    name: str, initial: str, final: list[str], states: list[str], steps: list[Step]
) -> Iterator[ConstraintViolation]:
    """What rules such a life cycle breaks."""
    yield from _misnamed(name, initial, final, states, steps)
    yield from _ambiguous(steps)
    following: dict[str, list[str]] = {}
    leading: dict[str, list[str]] = {}
    for step in steps:
        following.setdefault(step.source, []).append(step.target)
        leading.setdefault(step.target, []).append(step.source)
    reached = _reached([initial], following)
    for state in states:
        if state not in reached:
            yield REACHABLE.violation(
                found=f"state {state!r} of {name!r}, which no events lead to",
                allowed=f"states that are reached from {initial!r}",
                remedy="Add a transition to it, or leave it out.",
            )
    ended = _reached(final, leading)
    for state in states:
        if state not in ended if final else not following.get(state) and state != initial:
            yield WAY_OUT.violation(
                found=f"state {state!r} of {name!r}, which is not final and has no way to a final state",
                allowed="states from which a final one is reached",
                remedy="Call it final, or add a transition out of it.",
            )


def _misnamed(
    name: str, initial: str, final: list[str], states: list[str], steps: list[Step]
) -> Iterator[ConstraintViolation]:
    conditions = (step.condition for step in steps if step.condition)
    for word in (*states, *(step.event for step in steps), *conditions):
        yield from name_violations(name, word)
    times = Counter(states)
    for state in sorted(each for each in times if times[each] > 1):
        yield UNIQUE_STATE.violation(
            found=f"state {state!r} of {name!r} twice",
            allowed="each state once",
            remedy="Leave one of them out.",
        )
    ends = (end for step in steps for end in (step.source, step.target))
    for state in dict.fromkeys([initial, *final, *ends]):
        if state not in times:
            yield KNOWN_STATES.violation(
                found=f"state {state!r}, which {name!r} does not have",
                allowed=", ".join(states),
                remedy="Correct the name, or add the state.",
            )


def _ambiguous(steps: list[Step]) -> Iterator[ConstraintViolation]:
    before: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        for other in before.setdefault((step.source, step.event), []):
            if other.period.overlaps(step.period):
                yield DETERMINISTIC.violation(
                    found=f"{other}, and {step}",
                    allowed="one transition for an event in a state on any day",
                    remedy="Give the events different names, or leave one of the transitions out.",
                )
        before[step.source, step.event].append(step)


def _reached(starts: Iterable[str], following: Mapping[str, list[str]]) -> dict[str, None]:
    """What is reached from some states, themselves first, in the order of coming to it."""
    waiting = list(starts)
    found = dict.fromkeys(waiting)
    for state in waiting:  # it grows while it is gone through
        for each in following.get(state, ()):
            if each not in found:
                found[each] = None
                waiting.append(each)
    return found


@event.listens_for(Session, "before_flush")
def _check_those_changed_in_part(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """A state or a transition that comes, changes or goes by itself leaves its life cycle to be looked at."""
    with session.no_autoflush:
        changed = (*session.new, *session.dirty, *session.deleted)
        parts = [each for each in changed if isinstance(each, LifeCycleState | Transition)]
        touched = dict.fromkeys(each.life_cycle for each in parts if each.life_cycle is not None)
        for life_cycle in touched:
            if life_cycle not in session.deleted:
                require(at_flush(life_cycle.violations()))
