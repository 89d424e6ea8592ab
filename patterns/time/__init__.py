"""Time: clocks, days and instants, periods, and values that remember what they were (3.8, 15.2, 15.3)."""

from .clock import Clock, FixedClock, SystemClock
from .effectivity import Effectivity, effective, effective_one, require_apart
from .history import History, TwoDimensionalHistory
from .instant import BEGINNING, FOREVER, SINCE_EVER, UNTIL_CHANGED, require_aware
from .interval import Interval
from .keyed import KeyedMapping
from .period import ALWAYS, Period, merged, require_day
from .temporal import TemporalProperty

__all__ = [
    "ALWAYS",
    "BEGINNING",
    "FOREVER",
    "SINCE_EVER",
    "UNTIL_CHANGED",
    "Clock",
    "Effectivity",
    "FixedClock",
    "History",
    "Interval",
    "KeyedMapping",
    "Period",
    "SystemClock",
    "TemporalProperty",
    "TwoDimensionalHistory",
    "effective",
    "effective_one",
    "merged",
    "require_apart",
    "require_aware",
    "require_day",
]
