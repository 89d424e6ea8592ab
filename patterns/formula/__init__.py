"""A small language of formulas that can neither loop nor look anything up (6.6, 4.2)."""

from .formula import Formula
from .value import Value

__all__ = ["Formula", "Value"]
