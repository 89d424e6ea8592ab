"""Conditions that an occasion meets, or does not, in the language of formulas (6.8)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import TypeAdapter

from ...patterns.formula.expression import Kind
from ...patterns.formula.formula import Formula
from .._reading import read_json
from .given import Given


class Condition(Formula):
    """
    What must be true of an occasion, such as `usage > 50`.

    Shape:  variables, and a text that comes to true or false.
    Units:  each variable is counted in the unit that it declares; the amount is taken without its sign.
    Errors: `ConstraintViolation` (`formula.result`) for a text that comes to a number.
    Source: Analysis Patterns 6.8, fig. 6.23.

    >>> from datetime import date
    >>> from analysis_patterns.patterns import Quantity
    >>> low = Condition(variables={"usage": "kW.h"}, says="usage <= 50")
    >>> low.holds(Given(amount=Quantity(50, "kW.h"), of="usage", day=date(1999, 10, 1)))
    True
    """

    comes_to: ClassVar[Kind] = Kind.TRUTH

    def holds(self, given: Given) -> bool:
        """Whether it is true, whichever sign the amount has: what is reversed meets the same rules."""
        return bool(self.worked_out(abs(given).values))


_CONDITION = TypeAdapter(Condition)


def read_condition(written: str) -> Condition:
    """
    Read a condition from its JSON.

    Errors: `ConstraintViolation`: the rule that it breaks, or `document.form` where it is no condition.
    """
    return read_json(_CONDITION, written)


def write_condition(condition: Condition) -> str:
    """Write a condition as JSON, without what is said by default."""
    return condition.model_dump_json(exclude_defaults=True)
