"""Scenarios: states of markets, real or imagined, and where each of their quotes comes from (9.4)."""

from . import _element_guards as _element_guards
from .argument import ScenarioArgument
from .element import (
    AssumedScenarioElement,
    CalculatedScenarioElement,
    ScenarioElement,
    ShiftedScenarioElement,
    SourcedScenarioElement,
)
from .evaluation import Evaluation, levels, quotes_of
from .information_source import InformationSource, SourceIndex
from .quote_formula import QuoteFormula
from .recipe import Shift
from .scenario import Scenario
from .source_quote import SourceQuote

__all__ = [
    "AssumedScenarioElement",
    "CalculatedScenarioElement",
    "Evaluation",
    "InformationSource",
    "QuoteFormula",
    "Scenario",
    "ScenarioArgument",
    "ScenarioElement",
    "Shift",
    "ShiftedScenarioElement",
    "SourceIndex",
    "SourceQuote",
    "SourcedScenarioElement",
    "levels",
    "quotes_of",
]
