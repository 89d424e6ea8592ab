"""Methods that look up what they reckon with: tiers and tables keyed by upper thresholds (6.6, 7.6)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal, Self, cast

from pydantic import model_validator

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.document import Document, in_pydantic
from ...patterns.formula.value import counted, ratio
from ...patterns.values import Quantity, Unit
from .given import Given
from .method import SingleMethod, missing
from .multiplier import Multiplier, Written, bands, multiplied, threshold_violations

GIVES = rule("method.gives", pattern="6.6", says="A row of a table gives a flat amount or a rate, not both.")
BEYOND = rule(
    "method.beyond-table", pattern="6.6", says="A table says what it gives for every amount it meets."
)


class Tier(Document):
    """The `rate` of the part of an amount that lies below `up_to` and above the tier before."""

    up_to: Written
    rate: Multiplier


class TiersMethod(SingleMethod):
    """
    A rate for each part of the amount: 70c for the first minute, 20c up to the 21st, 12c from there.

    Shape:  tiers keyed by their upper thresholds, in ascending order, and the rate above the `top` one.
    Units:  thresholds count from zero, in units that the amount converts to; a threshold is part of the tier
            below it.
    Errors: `ConstraintViolation`: `method.thresholds`; `quantity.compatible-units` where two rates, or two
            thresholds, do not count the same.
    Source: Analysis Patterns 7.6, the rate table.
    """

    kind: Literal["tiers"] = "tiers"
    steps: tuple[Tier, ...]
    top: Multiplier

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """The sum of what each part comes to."""
        rates = [*(step.rate for step in self.steps), self.top]
        sums = [
            multiplied(part, given.amount.unit, rate)
            for part, rate in zip(bands(given.amount, self._thresholds), rates, strict=True)
        ]
        unit = sums[0][1]
        return sum((number * ratio(each, unit) for number, each in sums), Fraction(0)), unit

    def own_violations(self) -> Iterator[ConstraintViolation]:
        """No steps, thresholds that do not ascend, and rates that do not add up."""
        yield from super().own_violations()
        yield from missing(self.steps, "steps")
        yield from threshold_violations(self._thresholds)
        for step in self.steps:
            counted(self.top, step.rate.unit)

    @property
    def _thresholds(self) -> tuple[Quantity, ...]:
        return tuple(step.up_to for step in self.steps)


class Band(Document):
    """
    What a table gives for a whole amount: a `flat` one, or a `rate` of it.

    Errors: `ConstraintViolation` (`method.gives`) for both, and for neither.
    """

    flat: Written | None = None
    rate: Multiplier | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.flat is None) is (self.rate is None):
            violation = GIVES.violation(
                found="neither" if self.flat is None else f"{self.flat} and {self.rate}",
                allowed="either `flat` or `rate`",
                remedy="Say flat: 5 USD, or rate: 5 USD/kg.",
            )
            raise in_pydantic(violation) from violation
        return self

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """What the whole amount comes to."""
        if self.rate is not None:
            return multiplied(Fraction(given.amount.amount), given.amount.unit, self.rate)
        flat = cast("Quantity", self.flat)  # where there is no rate, there is a flat amount: see `_one`
        return Fraction(flat.amount), flat.unit


class Row(Band):
    """What a table gives for amounts above the row before, `up_to` this one and including it."""

    up_to: Written


class TableMethod(SingleMethod):
    """
    What the row gives that the whole amount falls into: 5 USD up to 1 kg, 8 USD up to 5 kg.

    Shape:  rows keyed by their upper thresholds, in ascending order; what it gives `above` the last, if
            such amounts are met.
    Units:  a threshold is part of the row that it ends.
    Errors: `ConstraintViolation`: `method.thresholds`; `method.beyond-table` where an amount is met that no
            row is for.
    Source: Analysis Patterns 6.6; 7.6.
    """

    kind: Literal["table"] = "table"
    rows: tuple[Row, ...]
    above: Band | None = None

    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """What the amount's row gives."""
        for row in self.rows:
            if counted(given.amount, row.up_to.unit) <= row.up_to.amount:
                return row.result(given)
        if self.above is None:
            raise BEYOND.violation(
                found=str(given.amount),
                allowed=f"up to {self.rows[-1].up_to}",
                remedy="Say what the table gives `above` its last row.",
            )
        return self.above.result(given)

    def own_violations(self) -> Iterator[ConstraintViolation]:
        """No rows, and thresholds that do not ascend."""
        yield from super().own_violations()
        yield from missing(self.rows, "rows")
        yield from threshold_violations(tuple(row.up_to for row in self.rows))
