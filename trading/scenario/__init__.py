"""Scenarios: states of markets, real or imagined, and where each of their quotes comes from (9.4)."""

from . import _element_guards as _element_guards
from . import knowledge_section as knowledge_section
from .argument import ScenarioArgument
from .build import Change, build_scenario, preview_scenario, rebuild_scenario
from .build_definition import BuildDefinition, ConflictPolicy, ScenarioBuild
from .element import (
    AssumedScenarioElement,
    CalculatedScenarioElement,
    ScenarioElement,
    ShiftedScenarioElement,
    SourcedScenarioElement,
)
from .evaluation import Evaluation, levels, quotes_of
from .grid import Axis, GridPoint, grid, record_grid
from .information_source import InformationSource, SourceIndex
from .quote_formula import QuoteFormula
from .recipe import Shift
from .scenario import Scenario
from .scenario_document import ScenarioDocument, export_scenario, import_scenario
from .scenario_picture import scenario_picture
from .source_quote import SourceQuote
from .step import CalculateStep, CopyStep, ShiftStep, SourceStep, StepArgument

__all__ = [
    "AssumedScenarioElement",
    "Axis",
    "BuildDefinition",
    "CalculateStep",
    "CalculatedScenarioElement",
    "Change",
    "ConflictPolicy",
    "CopyStep",
    "Evaluation",
    "GridPoint",
    "InformationSource",
    "QuoteFormula",
    "Scenario",
    "ScenarioArgument",
    "ScenarioBuild",
    "ScenarioDocument",
    "ScenarioElement",
    "Shift",
    "ShiftStep",
    "ShiftedScenarioElement",
    "SourceIndex",
    "SourceQuote",
    "SourceStep",
    "SourcedScenarioElement",
    "StepArgument",
    "build_scenario",
    "export_scenario",
    "grid",
    "import_scenario",
    "levels",
    "preview_scenario",
    "quotes_of",
    "rebuild_scenario",
    "record_grid",
    "scenario_picture",
]
