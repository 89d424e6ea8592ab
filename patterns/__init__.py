"""The ground floor: values, time, persistence, constraints, provenance, and the patterns of chapter 2."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .accountability import *
    from .catalogue import PatternRecord as PatternRecord
    from .catalogue import attach as attach
    from .constraint import *
    from .errors import *
    from .knowledge import *
    from .persistence import *
    from .provenance import *
    from .time import *
    from .values import *

# Values must not pull in a database: a name is looked for in these rooms in turn, when it is asked for.
_ROOMS = (
    "errors",
    "constraint",
    "provenance",
    "values",
    "time",
    "catalogue",
    "knowledge",
    "persistence",
    "accountability",
)

__all__ = [
    "ALWAYS",
    "BEGINNING",
    "FOREVER",
    "ONE",
    "RULES",
    "SINCE_EVER",
    "STANDARD",
    "UNTIL_CHANGED",
    "Accountability",
    "AccountabilityLevel",
    "AccountabilityType",
    "AnalysisPatternsError",
    "Appointment",
    "AppointmentType",
    "AtomicUnit",
    "Base",
    "Believed",
    "Chain",
    "Clock",
    "CommitInDoubt",
    "CompoundUnit",
    "ConnectionRule",
    "ConstraintViolation",
    "ContactPoint",
    "Conversion",
    "ConversionRatio",
    "Conversions",
    "Currency",
    "Dimension",
    "Effectivity",
    "Eligibility",
    "EmailAddress",
    "ExactDecimal",
    "Explained",
    "Explanation",
    "FixedClock",
    "Guard",
    "HierarchicAccountabilityType",
    "History",
    "Instant",
    "Interval",
    "Key",
    "KeyedMapping",
    "Keys",
    "KeywordOnly",
    "Layer",
    "Level",
    "LeveledAccountabilityType",
    "Link",
    "Links",
    "Location",
    "Money",
    "OperatingScope",
    "OperatingScopeType",
    "Organization",
    "OrganizationStructure",
    "OrganizationStructureType",
    "Pack",
    "PackError",
    "Party",
    "PartyClassification",
    "PartyType",
    "Patience",
    "PatternRecord",
    "Period",
    "Person",
    "Post",
    "PostalAddress",
    "Precision",
    "ProductType",
    "Quantity",
    "QuantityText",
    "Question",
    "Range",
    "Referable",
    "Role",
    "Rounding",
    "Rule",
    "SalesTerritory",
    "Scale",
    "Session",
    "Shape",
    "Snapshot",
    "SystemClock",
    "TelephoneNumber",
    "TemporalProperty",
    "Thing",
    "TwoDimensionalHistory",
    "Undertaking",
    "Unit",
    "UnitReference",
    "Versioned",
    "accountabilities_for",
    "actions_under",
    "ancestors",
    "ancestors_of",
    "attach",
    "believed_table_args",
    "chain_periods",
    "create_engine",
    "create_guards",
    "descendants",
    "descendants_of",
    "drop_guards",
    "effective",
    "effective_one",
    "exact",
    "explain",
    "guard",
    "guards_of",
    "has_type",
    "holders",
    "identity",
    "identity_of",
    "inconsistencies",
    "interval_columns",
    "keep_history",
    "keep_links",
    "merged",
    "money_columns",
    "move",
    "parse_unit",
    "period_columns",
    "prepare",
    "preview",
    "quantity_columns",
    "quotient",
    "range_columns",
    "rational",
    "read_pack",
    "refuse_when",
    "require_apart",
    "require_aware",
    "require_day",
    "responsible",
    "rounded",
    "rule",
    "schema_of",
    "session_of",
    "sessions",
    "span",
    "total",
    "transact",
    "vacancies",
    "versioned_table_args",
]


def __getattr__(name: str) -> object:
    if name in __all__:
        for room in _ROOMS:
            module = import_module(f".{room}", __name__)
            if name in module.__all__:
                found: object = getattr(module, name)
                globals()[name] = found
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
