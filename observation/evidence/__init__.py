"""What observations say together: presence, evidence, and what one rejection makes doubtful (3.6 to 3.12)."""

from . import _evidence_guards, knowledge_section  # noqa: F401  (state rules, and what packs hold)
from .associated_observation import AssociatedObservation
from .associative_function import AssociativeFunction, FunctionArgument
from .contradiction import Contradiction, contradictions
from .dependents import dependents
from .dismissal import Dismissal, DismissedEvidence
from .fulfilment import Fulfilment
from .grounds import evidence_picture, grounds_of
from .presence import Finding, findings, presence_of, subjects_with
from .score import Accuracy, Score, ScoreSummary, score_of, scores, summary, unfulfilled
from .staleness import Effect, Stale, Way, is_stale, reconsider, stale, why_stale
from .suggestion import Suggestion, evaluations, suggestions

__all__ = [
    "Accuracy",
    "AssociatedObservation",
    "AssociativeFunction",
    "Contradiction",
    "Dismissal",
    "DismissedEvidence",
    "Effect",
    "Finding",
    "Fulfilment",
    "FunctionArgument",
    "Score",
    "ScoreSummary",
    "Stale",
    "Suggestion",
    "Way",
    "contradictions",
    "dependents",
    "evaluations",
    "evidence_picture",
    "findings",
    "grounds_of",
    "is_stale",
    "presence_of",
    "reconsider",
    "score_of",
    "scores",
    "stale",
    "subjects_with",
    "suggestions",
    "summary",
    "unfulfilled",
    "why_stale",
]
