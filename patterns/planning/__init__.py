"""Actions that are proposed and implemented, plans and protocols, resources and policies (chapter 8)."""

from . import _action_guards, _plan_guards, knowledge_section  # noqa: F401  (state rules, and what packs hold)
from .action import Action, ImplementedAction, ProposedAction
from .allocation import (
    GeneralResourceAllocation,
    ResourceAllocation,
    SpecificResourceAllocation,
    TemporalResource,
    bookings_of,
)
from .critical_path import ActionTimes, EarliestStart, PlanTimes, critical_path
from .dependency import DependencyKind
from .ending import Abandonment, Completion, Ending
from .feasible import FeasiblePlan, FeasibleStart, feasible
from .gantt import gantt
from .instantiation import Deviation, DeviationKind, deviations, plan_from
from .performance import Performance
from .plan import ActionReference, Plan, PlanDependency, dependencies_of, plans_with, references_of
from .plan_picture import plan_picture
from .policy import (
    NoGeneralAllocations,
    NothingHeldOnceEnded,
    PerformedBySomebody,
    PerformerOfType,
    Policy,
    Severity,
    findings,
    is_consistent,
)
from .progress import PROGRESS_COLUMNS, Progress, progress
from .protocol import Protocol, ProtocolDependency, ProtocolReference
from .replacement import PlanReplacement, successors_of
from .requirement import ResourceRequirement
from .resource_type import Asset, AssetType, ConsumableType, ResourceType
from .status import ActionStatus, Standing, actions_that_are, standing_of, status_of
from .suspension import Suspension
from .time_reference import TimeReference

__all__ = [
    "PROGRESS_COLUMNS",
    "Abandonment",
    "Action",
    "ActionReference",
    "ActionStatus",
    "ActionTimes",
    "Asset",
    "AssetType",
    "Completion",
    "ConsumableType",
    "DependencyKind",
    "Deviation",
    "DeviationKind",
    "EarliestStart",
    "Ending",
    "FeasiblePlan",
    "FeasibleStart",
    "GeneralResourceAllocation",
    "ImplementedAction",
    "NoGeneralAllocations",
    "NothingHeldOnceEnded",
    "Performance",
    "PerformedBySomebody",
    "PerformerOfType",
    "Plan",
    "PlanDependency",
    "PlanReplacement",
    "PlanTimes",
    "Policy",
    "Progress",
    "ProposedAction",
    "Protocol",
    "ProtocolDependency",
    "ProtocolReference",
    "ResourceAllocation",
    "ResourceRequirement",
    "ResourceType",
    "Severity",
    "SpecificResourceAllocation",
    "Standing",
    "Suspension",
    "TemporalResource",
    "TimeReference",
    "actions_that_are",
    "bookings_of",
    "critical_path",
    "dependencies_of",
    "deviations",
    "feasible",
    "findings",
    "gantt",
    "is_consistent",
    "plan_from",
    "plan_picture",
    "plans_with",
    "progress",
    "references_of",
    "standing_of",
    "status_of",
    "successors_of",
]
