"""Referring to objects: names, identifiers, and what to do where two objects are one (chapter 5)."""

from . import consistency, scheme_section  # noqa: F401  (state what is checked, and what packs hold)
from .identification_scheme import IdentificationScheme
from .identifier import Identifier, IdentifierUse, identified, identifiers_of, scheme_named
from .name import Name, names_of, things_named

__all__ = [
    "IdentificationScheme",
    "Identifier",
    "IdentifierUse",
    "Name",
    "identified",
    "identifiers_of",
    "names_of",
    "scheme_named",
    "things_named",
]
