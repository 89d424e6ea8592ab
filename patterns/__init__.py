"""The ground floor: values, time, persistence, constraints, provenance, and the patterns of chapter 2."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .accountability import (
        Accountability as Accountability,
    )
    from .accountability import (
        AccountabilityLevel as AccountabilityLevel,
    )
    from .accountability import (
        AccountabilityType as AccountabilityType,
    )
    from .accountability import (
        Appointment as Appointment,
    )
    from .accountability import (
        AppointmentType as AppointmentType,
    )
    from .accountability import (
        Chain as Chain,
    )
    from .accountability import (
        ConnectionRule as ConnectionRule,
    )
    from .accountability import (
        ContactPoint as ContactPoint,
    )
    from .accountability import (
        Eligibility as Eligibility,
    )
    from .accountability import (
        EmailAddress as EmailAddress,
    )
    from .accountability import (
        HierarchicAccountabilityType as HierarchicAccountabilityType,
    )
    from .accountability import (
        LeveledAccountabilityType as LeveledAccountabilityType,
    )
    from .accountability import (
        Link as Link,
    )
    from .accountability import (
        Location as Location,
    )
    from .accountability import (
        OperatingScope as OperatingScope,
    )
    from .accountability import (
        OperatingScopeType as OperatingScopeType,
    )
    from .accountability import (
        Organization as Organization,
    )
    from .accountability import (
        OrganizationStructure as OrganizationStructure,
    )
    from .accountability import (
        OrganizationStructureType as OrganizationStructureType,
    )
    from .accountability import (
        Party as Party,
    )
    from .accountability import (
        PartyClassification as PartyClassification,
    )
    from .accountability import (
        PartyType as PartyType,
    )
    from .accountability import (
        Person as Person,
    )
    from .accountability import (
        Post as Post,
    )
    from .accountability import (
        PostalAddress as PostalAddress,
    )
    from .accountability import (
        ProductType as ProductType,
    )
    from .accountability import (
        Role as Role,
    )
    from .accountability import (
        SalesTerritory as SalesTerritory,
    )
    from .accountability import (
        Shape as Shape,
    )
    from .accountability import (
        Snapshot as Snapshot,
    )
    from .accountability import (
        TelephoneNumber as TelephoneNumber,
    )
    from .accountability import (
        Undertaking as Undertaking,
    )
    from .accountability import (
        accountabilities_for as accountabilities_for,
    )
    from .accountability import (
        actions_under as actions_under,
    )
    from .accountability import (
        ancestors as ancestors,
    )
    from .accountability import (
        ancestors_of as ancestors_of,
    )
    from .accountability import (
        chain_periods as chain_periods,
    )
    from .accountability import (
        descendants as descendants,
    )
    from .accountability import (
        descendants_of as descendants_of,
    )
    from .accountability import (
        has_type as has_type,
    )
    from .accountability import (
        holders as holders,
    )
    from .accountability import (
        move as move,
    )
    from .accountability import (
        responsible as responsible,
    )
    from .accountability import (
        span as span,
    )
    from .accountability import (
        vacancies as vacancies,
    )
    from .catalogue import PatternRecord as PatternRecord
    from .catalogue import attach as attach
    from .constraint import (
        RULES as RULES,
    )
    from .constraint import (
        ConstraintViolation as ConstraintViolation,
    )
    from .constraint import (
        Layer as Layer,
    )
    from .constraint import (
        Rule as Rule,
    )
    from .constraint import (
        rule as rule,
    )
    from .errors import AnalysisPatternsError as AnalysisPatternsError
    from .knowledge import Pack as Pack
    from .knowledge import PackError as PackError
    from .knowledge import read_pack as read_pack
    from .persistence import (
        Base as Base,
    )
    from .persistence import (
        CommitInDoubt as CommitInDoubt,
    )
    from .persistence import (
        Guard as Guard,
    )
    from .persistence import (
        Instant as Instant,
    )
    from .persistence import (
        Key as Key,
    )
    from .persistence import (
        Keys as Keys,
    )
    from .persistence import (
        Level as Level,
    )
    from .persistence import (
        Patience as Patience,
    )
    from .persistence import (
        Question as Question,
    )
    from .persistence import (
        Referable as Referable,
    )
    from .persistence import (
        Session as Session,
    )
    from .persistence import (
        Thing as Thing,
    )
    from .persistence import (
        Versioned as Versioned,
    )
    from .persistence import (
        create_engine as create_engine,
    )
    from .persistence import (
        create_guards as create_guards,
    )
    from .persistence import (
        drop_guards as drop_guards,
    )
    from .persistence import (
        guard as guard,
    )
    from .persistence import (
        guards_of as guards_of,
    )
    from .persistence import (
        identity as identity,
    )
    from .persistence import (
        identity_of as identity_of,
    )
    from .persistence import (
        inconsistencies as inconsistencies,
    )
    from .persistence import (
        keep_history as keep_history,
    )
    from .persistence import (
        money_columns as money_columns,
    )
    from .persistence import (
        period_columns as period_columns,
    )
    from .persistence import (
        prepare as prepare,
    )
    from .persistence import (
        preview as preview,
    )
    from .persistence import (
        quantity_columns as quantity_columns,
    )
    from .persistence import (
        range_columns as range_columns,
    )
    from .persistence import (
        refuse_when as refuse_when,
    )
    from .persistence import (
        session_of as session_of,
    )
    from .persistence import (
        sessions as sessions,
    )
    from .persistence import (
        transact as transact,
    )
    from .persistence import (
        versioned_table_args as versioned_table_args,
    )
    from .provenance import Explained as Explained
    from .provenance import Explanation as Explanation
    from .provenance import explain as explain
    from .time import (
        ALWAYS as ALWAYS,
    )
    from .time import (
        BEGINNING as BEGINNING,
    )
    from .time import (
        FOREVER as FOREVER,
    )
    from .time import (
        UNTIL_CHANGED as UNTIL_CHANGED,
    )
    from .time import (
        Clock as Clock,
    )
    from .time import (
        Effectivity as Effectivity,
    )
    from .time import (
        FixedClock as FixedClock,
    )
    from .time import (
        History as History,
    )
    from .time import (
        KeyedMapping as KeyedMapping,
    )
    from .time import (
        Period as Period,
    )
    from .time import (
        SystemClock as SystemClock,
    )
    from .time import (
        TemporalProperty as TemporalProperty,
    )
    from .time import (
        TwoDimensionalHistory as TwoDimensionalHistory,
    )
    from .time import (
        effective as effective,
    )
    from .time import (
        effective_one as effective_one,
    )
    from .time import (
        merged as merged,
    )
    from .time import (
        require_apart as require_apart,
    )
    from .time import (
        require_aware as require_aware,
    )
    from .time import (
        require_day as require_day,
    )
    from .values import (
        ONE as ONE,
    )
    from .values import (
        STANDARD as STANDARD,
    )
    from .values import (
        AtomicUnit as AtomicUnit,
    )
    from .values import (
        CompoundUnit as CompoundUnit,
    )
    from .values import (
        Conversion as Conversion,
    )
    from .values import (
        ConversionRatio as ConversionRatio,
    )
    from .values import (
        Conversions as Conversions,
    )
    from .values import (
        Currency as Currency,
    )
    from .values import (
        Dimension as Dimension,
    )
    from .values import (
        ExactDecimal as ExactDecimal,
    )
    from .values import (
        Money as Money,
    )
    from .values import (
        Precision as Precision,
    )
    from .values import (
        Quantity as Quantity,
    )
    from .values import (
        Range as Range,
    )
    from .values import (
        Rounding as Rounding,
    )
    from .values import (
        Scale as Scale,
    )
    from .values import (
        Unit as Unit,
    )
    from .values import (
        UnitReference as UnitReference,
    )
    from .values import (
        exact as exact,
    )
    from .values import (
        parse_unit as parse_unit,
    )
    from .values import (
        quotient as quotient,
    )
    from .values import (
        rational as rational,
    )
    from .values import (
        rounded as rounded,
    )
    from .values import (
        total as total,
    )

# Values must not pull in a database: each room is entered when one of its names is asked for.
_ROOMS = {
    "accountability": (
        "Accountability",
        "AccountabilityLevel",
        "AccountabilityType",
        "Appointment",
        "AppointmentType",
        "Chain",
        "ConnectionRule",
        "ContactPoint",
        "Eligibility",
        "EmailAddress",
        "HierarchicAccountabilityType",
        "LeveledAccountabilityType",
        "Link",
        "Location",
        "OperatingScope",
        "OperatingScopeType",
        "Organization",
        "OrganizationStructure",
        "OrganizationStructureType",
        "Party",
        "PartyClassification",
        "PartyType",
        "Person",
        "Post",
        "PostalAddress",
        "ProductType",
        "Role",
        "SalesTerritory",
        "Shape",
        "Snapshot",
        "TelephoneNumber",
        "Undertaking",
        "accountabilities_for",
        "actions_under",
        "ancestors",
        "ancestors_of",
        "chain_periods",
        "descendants",
        "descendants_of",
        "has_type",
        "holders",
        "move",
        "responsible",
        "span",
        "vacancies",
    ),
    "catalogue": (
        "PatternRecord",
        "attach",
    ),
    "constraint": (
        "RULES",
        "ConstraintViolation",
        "Layer",
        "Rule",
        "rule",
    ),
    "errors": ("AnalysisPatternsError",),
    "knowledge": (
        "Pack",
        "PackError",
        "read_pack",
    ),
    "persistence": (
        "Base",
        "CommitInDoubt",
        "Guard",
        "Instant",
        "Key",
        "Keys",
        "Level",
        "Patience",
        "Question",
        "Referable",
        "Session",
        "Thing",
        "Versioned",
        "create_engine",
        "create_guards",
        "drop_guards",
        "guard",
        "guards_of",
        "identity",
        "identity_of",
        "inconsistencies",
        "keep_history",
        "money_columns",
        "period_columns",
        "prepare",
        "preview",
        "quantity_columns",
        "range_columns",
        "refuse_when",
        "session_of",
        "sessions",
        "transact",
        "versioned_table_args",
    ),
    "provenance": (
        "Explained",
        "Explanation",
        "explain",
    ),
    "time": (
        "ALWAYS",
        "BEGINNING",
        "FOREVER",
        "UNTIL_CHANGED",
        "Clock",
        "Effectivity",
        "FixedClock",
        "History",
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
    ),
    "values": (
        "ONE",
        "STANDARD",
        "AtomicUnit",
        "CompoundUnit",
        "Conversion",
        "ConversionRatio",
        "Conversions",
        "Currency",
        "Dimension",
        "ExactDecimal",
        "Money",
        "Precision",
        "Quantity",
        "Range",
        "Rounding",
        "Scale",
        "Unit",
        "UnitReference",
        "exact",
        "parse_unit",
        "quotient",
        "rational",
        "rounded",
        "total",
    ),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "ALWAYS",
    "BEGINNING",
    "FOREVER",
    "ONE",
    "RULES",
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
    "Key",
    "KeyedMapping",
    "Keys",
    "Layer",
    "Level",
    "LeveledAccountabilityType",
    "Link",
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
    "keep_history",
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
    "session_of",
    "sessions",
    "span",
    "total",
    "transact",
    "vacancies",
    "versioned_table_args",
]


def __getattr__(name: str) -> object:
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f".{_ROOM_OF[name]}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
