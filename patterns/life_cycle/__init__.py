"""Life cycles as data: the states of things, and the events that lead from one to another (8.2)."""

from . import section  # noqa: F401  (states what packs hold)
from .course import Course, Move
from .life_cycle import LifeCycle, LifeCycleState, Step, Transition
from .picture import life_cycle_picture
from .state import begin_course, course_of, course_states, state_of, things_in

__all__ = [
    "Course",
    "LifeCycle",
    "LifeCycleState",
    "Move",
    "Step",
    "Transition",
    "begin_course",
    "course_of",
    "course_states",
    "life_cycle_picture",
    "state_of",
    "things_in",
]
