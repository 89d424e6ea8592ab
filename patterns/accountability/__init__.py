"""Parties, and who answers to whom, for what, and when (chapter 2)."""

from . import consistency, knowledge_section, scope_section  # noqa: F401  (state rules, and what packs hold)
from .accountability import Accountability
from .accountability_type import AccountabilityType, Shape
from .admission import ConnectionRule, Eligibility, Role
from .chain import (
    Chain,
    Link,
    ancestors,
    ancestors_of,
    chain_periods,
    descendants,
    descendants_of,
    responsible,
    span,
)
from .contact_point import ContactPoint, EmailAddress, PostalAddress, TelephoneNumber
from .hierarchic import AccountabilityLevel, HierarchicAccountabilityType, LeveledAccountabilityType
from .hierarchy import Snapshot, move
from .network_picture import accountabilities_on, network_picture
from .organization import Organization, OrganizationStructure, OrganizationStructureType
from .party import Party, PartyClassification, Person, has_type
from .party_type import PartyType
from .post import Appointment, AppointmentType, Post, holders, vacancies
from .scope import Location, OperatingScope, OperatingScopeType, ProductType, SalesTerritory
from .undertaking import Undertaking, accountabilities_for, actions_under

__all__ = [
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
    "accountabilities_on",
    "actions_under",
    "ancestors",
    "ancestors_of",
    "chain_periods",
    "descendants",
    "descendants_of",
    "has_type",
    "holders",
    "move",
    "network_picture",
    "responsible",
    "span",
    "vacancies",
]
