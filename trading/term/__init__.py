"""Contract terms at run time: kinds of contract and of term that are data, not classes (10.5)."""

from . import consistency, section  # noqa: F401  (state what is re-checked, and what packs hold)
from .contract_type import ContractType, TermRule
from .having import having, of_type
from .term import ContractClassification, Term
from .term_type import TermChoice, TermType
from .value import TermValue, ValueKind

__all__ = [
    "ContractClassification",
    "ContractType",
    "Term",
    "TermChoice",
    "TermRule",
    "TermType",
    "TermValue",
    "ValueKind",
    "having",
    "of_type",
]
