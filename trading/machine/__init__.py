"""How contracts behave over time: state machines of types and subtypes, fixings, the daily sweep (10.4)."""

from . import section  # noqa: F401  (states what packs hold)
from .barrier_state import BarrierState, barrier_state_question, barrier_states
from .conformance import Breach, Machine, breaches
from .fixing import Fixing
from .following import (
    advance,
    begin_option,
    can_exercise,
    exercise,
    exercise_period,
    first_hit,
    machine_for,
    option_course,
)
from .option_machine import OptionEvent, add_option_machines
from .picture import machine_picture
from .subtype_machine import StateCase, SubtypeMachine
from .sweep import Swept, sweep
from .sweep_record import Sweep, SweptFixing, swept_through

__all__ = [
    "BarrierState",
    "Breach",
    "Fixing",
    "Machine",
    "OptionEvent",
    "StateCase",
    "SubtypeMachine",
    "Sweep",
    "Swept",
    "SweptFixing",
    "add_option_machines",
    "advance",
    "barrier_state_question",
    "barrier_states",
    "begin_option",
    "breaches",
    "can_exercise",
    "exercise",
    "exercise_period",
    "first_hit",
    "machine_for",
    "machine_picture",
    "option_course",
    "sweep",
    "swept_through",
]
