"""The elements of FHIR R4 that observations are made of, as strict as FHIR is (3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, InstanceOf, model_validator
from pydantic.alias_generators import to_camel

from ...patterns.constraint import ConstraintViolation
from ...patterns.document import Document, in_pydantic
from ...patterns.values import Unit, parse_unit
from ...patterns.values.unit import ONE
from .instant import DateTime, span_of
from .json_text import Number
from .problem import CODED_UNIT, ONE_CHOICE, PERIOD, RANGE

UCUM = "http://unitsofmeasure.org"
"""The system of units whose codes we read."""

Code = Annotated[str, Field(pattern=r"^\S+( \S+)*$", max_length=500)]
"""A code: text without blanks at either end, or two in a row."""

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,64}$")]
"""What a resource is called by those who sent it."""

Figure = InstanceOf[Number]
"""A FHIR decimal or integer, as it is written."""

VALUE_TYPES = (
    "Quantity", "CodeableConcept", "String", "Boolean", "Integer", "Range", "Ratio", "SampledData", "Time",
    "DateTime", "Period",
)  # fmt: skip


class Element(Document):
    """
    The base of what a FHIR document consists of.

    Shape:  what we have no field for stays beside the fields: it is kept, and told of in the report.
    Errors: pydantic's `ValidationError`; a broken rule stands in it under the rule's own name.
    """

    model_config = ConfigDict(extra="allow", alias_generator=to_camel)

    def broken(self) -> Iterator[ConstraintViolation]:
        """The rules that this element breaks."""
        yield from ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for violation in self.broken():
            raise in_pydantic(violation)
        return self

    def one_of(self, name: str, types: tuple[str, ...]) -> Iterator[ConstraintViolation]:
        """Whether an element that may have one of several types is there more than once."""
        there = [each for each in (f"{name}{kind}" for kind in types) if self.has(each)]
        if len(there) > 1:
            yield ONE_CHOICE.violation(
                found=" and ".join(there), allowed=f"one {name}[x]", remedy="Leave out all but one."
            )

    def has(self, key: str) -> bool:
        """Whether the document has something under a key of FHIR's."""
        if key in (self.model_extra or {}):
            return True
        fields = type(self).model_fields
        return any(each.alias == key and name in self.model_fields_set for name, each in fields.items())


class Coding(Element):
    """A code of a system, with its words for people."""

    system: str | None = None
    code: Code | None = None
    display: str | None = None


class CodeableConcept(Element):
    """What something means: as codes of any number of systems, and in words."""

    coding: list[Coding] = []
    text: str | None = None

    @property
    def words(self) -> str:
        """It in words: its text, else what its first code says, else that code."""
        said = (self.text, *(each.display for each in self.coding), *(each.code for each in self.coding))
        return next((each.strip() for each in said if each), "")


class Reference(Element):
    """Another resource, by where it is found or in words."""

    reference: str | None = None
    display: str | None = None


class FhirQuantity(Element):
    """
    An amount of a unit.

    Shape:  `unit` is for people; only a `code` of UCUM says what it is. With a `comparator` the value is a
            bound of what was measured.
    """

    value: Figure | None = None
    comparator: Literal["<", "<=", ">=", ">"] | None = None
    unit: str | None = None
    system: str | None = None
    code: Code | None = None

    @property
    def said_unit(self) -> Unit | None:
        """
        The unit that it says by itself: by UCUM's code, or none, which is one; None where words alone do.

        Errors: `ConstraintViolation` (`unit.known`) for a code that is none of UCUM's.
        """
        if self.system == UCUM and self.code is not None:
            return parse_unit(self.code)
        return ONE if self.unit is None and self.code is None else None

    def broken(self) -> Iterator[ConstraintViolation]:
        """The rules that this quantity breaks."""
        if self.code is not None and self.system is None:
            yield CODED_UNIT.violation(
                found=f"the code {self.code!r} of no system",
                allowed="a code with its system",
                remedy=f"Say that it is one of {UCUM}, or leave the code out.",
            )


class FhirRange(Element):
    """From a low to a high quantity."""

    low: FhirQuantity | None = None
    high: FhirQuantity | None = None

    def broken(self) -> Iterator[ConstraintViolation]:
        """The rules that this range breaks."""
        yield from _upwards(self.low, self.high)


class FhirPeriod(Element):
    """From a start to an end, the end included as exactly as it is written."""

    start: DateTime | None = None
    end: DateTime | None = None

    def broken(self) -> Iterator[ConstraintViolation]:
        """The rules that this period breaks."""
        if self.start and self.end and span_of(self.start)[0] > span_of(self.end)[1]:
            yield PERIOD.violation(
                found=f"a period from {self.start} to {self.end}",
                allowed="an end that is not before the start",
                remedy="Swap the two.",
            )


class ReferenceRange(Element):
    """What is usual, or means something: a low bound, a high one, or words."""

    low: FhirQuantity | None = None
    high: FhirQuantity | None = None
    text: str | None = None

    def broken(self) -> Iterator[ConstraintViolation]:
        """The rules that this reference range breaks."""
        yield from _upwards(self.low, self.high)
        if self.low is None and self.high is None and self.text is None:
            yield RANGE.violation(
                found="neither low nor high nor text", allowed="one of them", remedy="Leave the range out."
            )


def _upwards(low: FhirQuantity | None, high: FhirQuantity | None) -> Iterator[ConstraintViolation]:
    comparable = low and high and low.value and high.value and low.code == high.code and low.unit == high.unit
    if comparable and low and high and low.value and high.value and low.value.amount > high.value.amount:
        yield RANGE.violation(
            found=f"low {low.value} above high {high.value}",
            allowed="a low bound that is not above the high one",
            remedy="Swap the bounds.",
        )
