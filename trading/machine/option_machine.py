"""The machines that options go through: one promise, and three that keep it (10.4)."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import select

from ...patterns.life_cycle import LifeCycle, Step
from ...patterns.persistence.session import Session
from .subtype_machine import SubtypeMachine


class OptionEvent(Enum):
    """
    What happens to options.

    Shape:  the exercise period is the day of expiration of a European option, and any day since the trade
            of an American one.
    Source: Analysis Patterns 10.4: a barrier that is hit on the last day makes an option exercisable at
            once, and so is another event than one that is hit before.
    """

    BEGINS = "exercise period begins"
    HIT = "barrier hit"
    HIT_LATE = "barrier hit in the exercise period"
    EXERCISE = "exercise"
    ENDS = "exercise period ends"


_ENDS = "exercised", "expired"
_CAN_EXERCISE = "canExercise"


def _exercisable(*others: str) -> list[Step]:
    """What every machine of an option has: exercise where it is exercisable, and its end from anywhere."""
    ends = (Step(OptionEvent.ENDS.value, state, "expired") for state in ("exercisable", *others))
    return [Step(OptionEvent.EXERCISE.value, "exercisable", "exercised"), *ends]


def add_option_machines(session: Session) -> None:
    """
    Store how options behave where a database does not say so yet.

    Shape:  `option` is what every option promises: it is active until it is exercised, which may be where
            `canExercise` holds, or until it expires. `plain option`, `knock-in option` and `knock-out
            option` refine it, and are what the three types of contract go through.
    Source: Analysis Patterns 10.4, figures 10.15 and 10.16: the machines that conform.
    """
    if session.scalars(select(LifeCycle).where(LifeCycle.name == "option")).one_or_none() is not None:
        return
    option = LifeCycle(
        name="option",
        initial="active",
        final=_ENDS,
        steps=[
            Step(OptionEvent.EXERCISE.value, "active", "exercised", condition=_CAN_EXERCISE),
            Step(OptionEvent.ENDS.value, "active", "expired"),
        ],
    )
    begins, hit, late = OptionEvent.BEGINS.value, OptionEvent.HIT.value, OptionEvent.HIT_LATE.value
    _refine(session, option, "plain option", "option", [Step(begins, "purchased", "exercisable")])
    knock_in = [
        Step(hit, "purchased", "hit"),
        Step(begins, "hit", "exercisable"),
        Step(late, "purchased", "exercisable"),
        Step(OptionEvent.ENDS.value, "hit", "expired"),
    ]
    _refine(session, option, "knock-in option", "barrier option in", knock_in)
    knock_out = [
        Step(begins, "purchased", "exercisable"),
        Step(hit, "purchased", "knocked out"),
        Step(late, "exercisable", "knocked out"),
        Step(OptionEvent.ENDS.value, "knocked out", "expired"),
    ]
    _refine(session, option, "knock-out option", "barrier option out", knock_out)


def _refine(session: Session, option: LifeCycle, name: str, contract_type: str, steps: list[Step]) -> None:
    life_cycle = LifeCycle(
        name=name, initial="purchased", final=_ENDS, steps=[*steps, *_exercisable("purchased")]
    )
    refines = {each.name: each.name if each.final else "active" for each in life_cycle.states}
    machine = SubtypeMachine(
        life_cycle=life_cycle, general=option, refines=refines, contract_type=contract_type
    )
    session.add(machine)
