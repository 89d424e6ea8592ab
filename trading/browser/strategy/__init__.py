"""The book's five ways to show a table with columns that only some contracts have, side by side (10.5)."""

from .exceptions import DoesNotApply
from .run_time_attributes import UnknownColumn, terms_of
from .strategy import Strategy
from .ways import STRATEGIES

__all__ = ["STRATEGIES", "DoesNotApply", "Strategy", "UnknownColumn", "terms_of"]
