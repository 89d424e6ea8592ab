"""What all methods have in common: that they reckon with magnitudes, and round once (6.6)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sized
from fractions import Fraction
from typing import Any, NamedTuple, Self

from pydantic import SerializerFunctionWrapHandler, model_serializer, model_validator

from ...patterns.constraint import ConstraintViolation, require, rule
from ...patterns.document import Document, in_pydantic
from ...patterns.knowledge.section import Whole
from ...patterns.values import Currency, Quantity, Unit
from ...patterns.values.number import WIDEST
from .given import Given, amounting

PLACES = rule("method.places", pattern="6.6", says=f"A method rounds to 0 to {WIDEST} places, if it says so.")
PARTS = rule(
    "method.parts", pattern="6.6", says="Tiers have a step, a table has a row, and a split has a case."
)


class Result(NamedTuple):
    """What a method comes to: under which key, how many of which unit, and to which places to round it."""

    key: str
    number: Fraction
    unit: Unit
    places: int | None


class Method(Document, ABC):
    """
    The calculation of one posting rule.

    Shape:  a document of one `kind`; `places`, to which results are rounded, where the method says so.
    Units:  it reckons with the amount's magnitude and turns the result by the amount's sign afterwards, so
            that what is posted for an amount and for its negative cancels to the last digit, whatever the
            kind; nothing comes of zero.
    Source: Analysis Patterns 6.6; 6.5 for reversibility.
    """

    places: Whole | None = None

    @property
    @abstractmethod
    def keys(self) -> frozenset[str]:
        """The keys under which it may give results; an empty text for a rule with one output."""

    @abstractmethod
    def results(self, given: Given) -> Iterator[Result]:
        """What comes of an amount without its sign, not yet rounded."""

    def apply(self, given: Given, *, places: Mapping[str, int] | None = None) -> dict[str, Quantity]:
        """
        Work out what a rule posts, by output key.

        Shape:  `places` are those that a ledger counts a unit in, by the unit's code.
        Units:  rounded once, half away from zero: to the places that the method states, or the ledger's, or
                the currency's own; what has none of these stays exact.
        Errors: `ConstraintViolation`: `quantity.compatible-units` where units do not mix, `number.quotient`
                where an end is neither in sight nor stated, `method.beyond-table`, and what formulas and
                functions refuse.
        """
        sign = (given.amount.amount > 0) - (given.amount.amount < 0)
        known = places or {}
        return {
            each.key: amounting(
                sign * each.number,
                each.unit,
                known.get(each.unit.code, _minor(each.unit)) if each.places is None else each.places,
            )
            for each in self.results(abs(given))
        }

    def violations(self) -> Iterator[ConstraintViolation]:
        """What would keep it from being worked out in this process: functions that are not known."""
        yield from ()

    def own_violations(self) -> Iterator[ConstraintViolation]:
        """What is wrong with the document itself."""
        if self.places is not None and not 0 <= self.places <= WIDEST:
            yield PLACES.violation(
                found=f"{self.places} places",
                allowed=f"0 to {WIDEST}",
                remedy="Say 2 for the cents of a currency, or leave it out.",
            )

    @property
    def depth(self) -> int:
        """How many methods stand within one another here."""
        return 1

    @model_validator(mode="after")
    def _complete(self) -> Self:
        try:
            require(self.own_violations())
        except ConstraintViolation as violation:
            raise in_pydantic(violation) from violation
        return self

    @model_serializer(mode="wrap")
    def _with_kind(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Documents leave out what is said by default; but the kind is how one is read again.
        return {"kind": type(self).model_fields["kind"].default, **handler(self)}

    def __hash__(self) -> int:
        return hash(self.model_dump_json())


def _minor(unit: Unit) -> int | None:
    return unit.places if isinstance(unit, Currency) else None


def missing(parts: Sized, name: str) -> Iterator[ConstraintViolation]:
    """That a method has none of the parts that it cannot do without."""
    if not parts:
        yield PARTS.violation(
            found=f"no {name}", allowed="one at least", remedy="A method without them is flat, or a rate."
        )


class SingleMethod(Method):
    """A method with one result, under one `key`."""

    key: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """Its one key."""
        return frozenset({self.key})

    @abstractmethod
    def result(self, given: Given) -> tuple[Fraction, Unit]:
        """What comes of an amount without its sign: how many of which unit."""

    def results(self, given: Given) -> Iterator[Result]:
        """The one result."""
        yield Result(self.key, *self.result(given), self.places)
