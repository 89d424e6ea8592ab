"""Who cares for what is observed, what to do about it, and what comes of that (2.8, 3.12, 8.7)."""

from . import knowledge_section  # noqa: F401  (what packs hold)
from .achievement import Achievement, ActionOutcome, SideEffect, TargetResult, outcomes
from .function import FunctionTerm, KnowledgeFunction, Part
from .outcome import Outcome
from .outcome_function import OutcomeFunction
from .scope import ClinicalCareScope, Coverage, care_for
from .start_function import StartFunction
from .suggestion import Ground, ProtocolSuggestion, considered_protocols, suggested_protocols
from .trigger import Trigger, plans_triggered_by, triggers_of, triggers_to_reconsider

__all__ = [
    "Achievement",
    "ActionOutcome",
    "ClinicalCareScope",
    "Coverage",
    "FunctionTerm",
    "Ground",
    "KnowledgeFunction",
    "Outcome",
    "OutcomeFunction",
    "Part",
    "ProtocolSuggestion",
    "SideEffect",
    "StartFunction",
    "TargetResult",
    "Trigger",
    "care_for",
    "considered_protocols",
    "outcomes",
    "plans_triggered_by",
    "suggested_protocols",
    "triggers_of",
    "triggers_to_reconsider",
]
