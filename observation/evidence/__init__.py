"""What observations say together: presence, evidence, and what one rejection makes doubtful (3.6 to 3.12)."""

from . import _evidence_guards  # noqa: F401  (states rules)
from .associated_observation import AssociatedObservation
from .associative_function import AssociativeFunction, FunctionArgument
from .dependents import dependents
from .grounds import evidence_graph, grounds_of
from .presence import Finding, findings, presence_of, subjects_with
from .staleness import Effect, Stale, Way, is_stale, reconsider, stale, why_stale

__all__ = [
    "AssociatedObservation",
    "AssociativeFunction",
    "Effect",
    "Finding",
    "FunctionArgument",
    "Stale",
    "Way",
    "dependents",
    "evidence_graph",
    "findings",
    "grounds_of",
    "is_stale",
    "presence_of",
    "reconsider",
    "stale",
    "subjects_with",
    "why_stale",
]
