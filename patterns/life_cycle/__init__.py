"""Life cycles as data: the states of things, and the events that lead from one to another (8.2)."""

from . import section  # noqa: F401  (states what packs hold)
from .course import Course, Move, begin, course_of, state_of, states, things_in
from .life_cycle import LifeCycle, LifeCycleState, Step, Transition
from .picture import picture

__all__ = [
    "Course",
    "LifeCycle",
    "LifeCycleState",
    "Move",
    "Step",
    "Transition",
    "begin",
    "course_of",
    "picture",
    "state_of",
    "states",
    "things_in",
]
