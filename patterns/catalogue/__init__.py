"""The catalogue of the 76 patterns: what each is about, what builds it here, and whether that holds."""

from importlib import import_module
from typing import TYPE_CHECKING

from .record import ATTACHED, Attachment, Head, PatternRecord, attach, complete

if TYPE_CHECKING:
    from .check import Finding, Proof, findings
    from .table import heads
    from .whole import catalogue

__all__ = [
    "ATTACHED",
    "Attachment",
    "Finding",
    "Head",
    "PatternRecord",
    "Proof",
    "attach",
    "catalogue",
    "complete",
    "findings",
    "heads",
]

# Every module that builds a pattern imports `attach`; only readers of the catalogue need the rest.
_LAZY = {
    "Finding": ".check",
    "Proof": ".check",
    "catalogue": ".whole",
    "findings": ".check",
    "heads": ".table",
}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name], __name__), name)
