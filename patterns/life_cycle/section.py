"""Life cycles as knowledge packs write them, and how they are stored (8.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator
from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from ..accountability.knowledge_document import NamedDocument
from ..document import Document, in_pydantic
from ..knowledge.section import Section, register, tidied
from ..persistence.session import Session
from ..time.period import ALWAYS, Period
from .course import Course
from .life_cycle import LifeCycle, LifeCycleState, Step, Transition, objections, states_named


class StepDocument(Document):
    """
    That an event leads from one state to another, for a period, where a condition holds if there is one.

    Source: Analysis Patterns 8.2.
    """

    event: str
    source: str
    target: str
    period: Period = ALWAYS
    condition: str = ""

    def during(self, period: Period) -> Self:
        """The same, for another period."""
        return self.model_copy(update={"period": period})

    def step(self) -> Step:
        """The transition as a value."""
        return Step(self.event, self.source, self.target, self.period, self.condition)


class LifeCycleDocument(NamedDocument):
    """
    A life cycle: its initial state, its final ones, and its transitions.

    Shape:  the states are those that are named there; `states` says their order where that matters.
    Errors: the rules of `LifeCycle`, each under its name.
    Source: Analysis Patterns 8.2.
    """

    initial: str
    final: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    transitions: tuple[StepDocument, ...] = ()

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        object.__setattr__(self, "final", tuple(sorted(set(self.final))))
        object.__setattr__(self, "transitions", tidied(self.transitions))
        object.__setattr__(self, "states", self.states or self._implied_states())
        for violation in objections(
            self.name, self.initial, list(self.final), list(self.states), self.steps()
        ):
            raise in_pydantic(violation)
        return self

    def _implied_states(self) -> tuple[str, ...]:
        return tuple(states_named(self.initial, self.final, self.steps()))

    def steps(self) -> list[Step]:
        """The transitions as values."""
        return [each.step() for each in self.transitions]

    def fields(self) -> dict[str, object]:
        """What it says, without the states where they follow from the rest."""
        said = super().fields()
        if self.states == self._implied_states():
            said.pop("states", None)
        return said


class LifeCycles(Section[LifeCycleDocument]):
    """The section `life_cycles`."""

    name = "life_cycles"
    model = LifeCycleDocument
    dated = ("transitions",)

    def read(self, session: Session) -> Iterator[LifeCycleDocument]:
        """Every life cycle that the database holds."""
        question = select(LifeCycle).options(
            selectinload(LifeCycle.states), selectinload(LifeCycle.transitions)
        )
        for stored in session.scalars(question):
            yield LifeCycleDocument(
                name=stored.name,
                initial=stored.initial,
                final=tuple(stored.final),
                states=tuple(state.name for state in stored.states),
                transitions=tuple(
                    StepDocument(
                        event=each.event,
                        source=each.source,
                        target=each.target,
                        period=each.period,
                        condition=each.condition,
                    )
                    for each in stored.steps
                ),
            )

    def add(self, session: Session, document: LifeCycleDocument) -> None:
        """Store a life cycle."""
        session.add(
            LifeCycle(
                name=document.name,
                initial=document.initial,
                final=document.final,
                states=document.states,
                steps=document.steps(),
            )
        )

    def change(self, session: Session, old: LifeCycleDocument, new: LifeCycleDocument) -> None:
        """Make a stored life cycle say what `new` says; what is there already stays the same row."""
        stored = session.scalars(select(LifeCycle).filter_by(name=old.name)).one()
        with session.no_autoflush:
            _set_states(stored, new)
            _set_transitions(stored, new.steps())

    def unused(self, session: Session) -> Iterator[str]:
        """The life cycles that no thing ever began."""
        used = exists().where(Course.life_cycle_id == LifeCycle.id)
        yield from session.scalars(select(LifeCycle.name).where(~used).order_by(LifeCycle.name))


def _set_states(stored: LifeCycle, new: LifeCycleDocument) -> None:
    there = {state.name: state for state in stored.states}
    for position, name in enumerate(new.states):
        initial, final = name == new.initial, name in new.final
        state = there.pop(name, None)
        if state is None:
            stored.states.append(LifeCycleState(name=name, position=position, initial=initial, final=final))
        else:
            state.position, state.initial, state.final = position, initial, final
    for state in there.values():
        stored.states.remove(state)


def _set_transitions(stored: LifeCycle, steps: list[Step]) -> None:
    there = {(each.source, each.event, each.valid_from): each for each in stored.transitions}
    for step in steps:
        transition = there.pop((step.source, step.event, step.period.start), None)
        if transition is None:
            stored.transitions.append(Transition(step))
        else:
            transition.target, transition.valid_to = step.target, step.period.end
            transition.condition = step.condition
    for transition in there.values():
        stored.transitions.remove(transition)


register(LifeCycles())
