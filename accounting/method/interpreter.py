"""Methods that are formulas (6.6)."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from ...patterns.formula.formula import Formula
from ...patterns.values import Unit
from .given import Given
from .method import SingleMethod


class FormulaMethod(SingleMethod, Formula):
    """
    What a formula comes to, counted in `unit`: 0.5 * fee + 10, in USD.

    Units:  a variable that is the amount is taken without its sign, as everywhere.
    Source: Analysis Patterns 6.6, the interpreter.
    """

    kind: Literal["formula"] = "formula"
    unit: Unit

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """The formula's number of the unit."""
        return self.worked_out(given.values), self.unit
