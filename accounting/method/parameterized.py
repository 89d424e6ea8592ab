"""Methods that differ in their figures only: a multiple of the amount, or the same for any (6.6)."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from ...patterns.values import Unit
from .given import Given
from .method import SingleMethod
from .multiplier import Multiplier, Written, multiplied


class RateMethod(SingleMethod):
    """
    A multiple of the amount, such as 10 USD/(kW.h), 5.5 % or 1.

    Units:  a bare multiplier keeps the amount's unit; 10 USD/(kW.h) turns whatever converts to kW.h to USD.
    Source: Analysis Patterns 6.5, the multiplier; 6.6, the parameterized method.
    """

    kind: Literal["rate"] = "rate"
    multiplier: Multiplier

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """The amount, multiplied."""
        return multiplied(Fraction(given.amount.amount), given.amount.unit, self.multiplier)


class FlatMethod(SingleMethod):
    """
    The same for any amount: 10 USD a call.

    Units:  turned by the amount's sign; nothing for an amount of zero.
    Source: Analysis Patterns 6.6.
    """

    kind: Literal["flat"] = "flat"
    amount: Written

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """The flat amount."""
        return Fraction(self.amount.amount), self.amount.unit
