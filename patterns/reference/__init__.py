"""Referring to objects: names, identifiers, and what to do where two objects are one (chapter 5)."""

from . import consistency, scheme_section  # noqa: F401  (state what is checked, and what packs hold)
from .copy_and_replace import MergeOutcome, MergePlan, MergeReference, plan_copy_and_replace
from .equivalence import (
    Equivalence,
    EquivalenceHolding,
    EquivalentThing,
    equivalences_of,
    equivalent_keys,
    equivalents,
)
from .essence import Appearance, ObjectEssence, appearance_keys, appearances, essence_of
from .essence_merge import EssenceMerge, merge_by_essence, split
from .identification_scheme import IdentificationScheme
from .identifier import Identifier, IdentifierUse, identified, identifiers_of, scheme_named
from .match import MatchCandidate, MatchVerdict, Verdict, verdict_on
from .name import Name, names_of, things_named
from .supersession import Forwarding, Supersession, active, active_keys, superseded_by

__all__ = [
    "Appearance",
    "Equivalence",
    "EquivalenceHolding",
    "EquivalentThing",
    "EssenceMerge",
    "Forwarding",
    "IdentificationScheme",
    "Identifier",
    "IdentifierUse",
    "MatchCandidate",
    "MatchVerdict",
    "MergeOutcome",
    "MergePlan",
    "MergeReference",
    "Name",
    "ObjectEssence",
    "Supersession",
    "Verdict",
    "active",
    "active_keys",
    "appearance_keys",
    "appearances",
    "equivalences_of",
    "equivalent_keys",
    "equivalents",
    "essence_of",
    "identified",
    "identifiers_of",
    "merge_by_essence",
    "names_of",
    "plan_copy_and_replace",
    "scheme_named",
    "split",
    "superseded_by",
    "things_named",
    "verdict_on",
]
