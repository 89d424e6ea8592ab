"""FHIR R4's Observation and RiskAssessment: what they must say, and what they must not (3.4, 3.5, 3.10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ...patterns.constraint import ConstraintViolation
from .element import (
    VALUE_TYPES,
    CodeableConcept,
    Element,
    FhirPeriod,
    FhirQuantity,
    FhirRange,
    Figure,
    Id,
    Reference,
    ReferenceRange,
)
from .instant import DateTime, Instant
from .json_text import Number
from .problem import NO_VALUE, OWN_VALUE, PROBABILITY, TYPE

Status = Literal[
    "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"
]
"""How far an observation or an assessment has come."""


class Valued(Element):
    """What has a code and may have a value: an observation, and each of its components."""

    code: CodeableConcept
    value_quantity: FhirQuantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_boolean: bool | None = None
    value_integer: Figure | None = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: list[CodeableConcept] = []
    reference_range: list[ReferenceRange] = []

    @property
    def value_key(self) -> str | None:
        """The key under which it has its value, whichever type that is of."""
        return next((key for key in (f"value{kind}" for kind in VALUE_TYPES) if self.has(key)), None)

    def broken(self) -> Iterator[ConstraintViolation]:
        """The rules that it breaks."""
        yield from self.one_of("value", VALUE_TYPES)
        if self.value_integer is not None and not _is_integer(self.value_integer):
            yield TYPE.violation(
                found=f"valueInteger {self.value_integer}",
                allowed="a whole number of 32 bits, without a point or an exponent",
                remedy="Give it as a valueQuantity.",
            )
        if self.data_absent_reason is not None and self.value_key is not None:
            yield NO_VALUE.violation(
                found=f"{self.value_key} and dataAbsentReason",
                allowed="one of them",
                remedy="Leave the reason out where there is a value.",
            )


class Component(Valued):
    """A part of an observation that has a code and a value of its own."""


class ObservationResource(Valued):
    """
    A FHIR R4 Observation.

    Shape:  a status, a code; at most one value, time and subject; components with values of their own, and
            references to observations that it is derived from or that it groups.
    Errors: pydantic's `ValidationError`, with our rules' names for FHIR's invariants obs-3, obs-6, obs-7.
    """

    resource_type: Literal["Observation"]
    id: Id | None = None
    status: Status
    subject: Reference | None = None
    effective_date_time: DateTime | None = None
    effective_period: FhirPeriod | None = None
    effective_instant: Instant | None = None
    issued: Instant | None = None
    performer: list[Reference] = []
    method: CodeableConcept | None = None
    body_site: CodeableConcept | None = None
    has_member: list[Reference] = []
    derived_from: list[Reference] = []
    component: list[Component] = []

    def broken(self) -> Iterator[ConstraintViolation]:
        """The rules that it breaks."""
        yield from super().broken()
        yield from self.one_of("effective", ("DateTime", "Period", "Timing", "Instant"))
        mine = _codes(self.code)
        for each in self.component:
            if self.value_key is not None and mine & _codes(each.code):
                yield OWN_VALUE.violation(
                    found=f"a value, and a component of the same code {self.code.words}",
                    allowed="the value in one place",
                    remedy="Leave it out of the observation, or give the component its own code.",
                )


class Prediction(Element):
    """What may come of it, how likely, and when."""

    outcome: CodeableConcept | None = None
    probability_decimal: Figure | None = None
    probability_range: FhirRange | None = None
    qualitative_risk: CodeableConcept | None = None
    when_period: FhirPeriod | None = None

    def broken(self) -> Iterator[ConstraintViolation]:
        """The rules that it breaks."""
        yield from self.one_of("probability", ("Decimal", "Range"))
        yield from self.one_of("when", ("Period", "Range"))
        said = [self.probability_decimal]
        if self.probability_range:
            bounds = (self.probability_range.low, self.probability_range.high)
            said += [bound.value for bound in bounds if bound]
        for figure in said:
            if figure is not None and not 0 <= figure.amount <= 100:
                yield PROBABILITY.violation(
                    found=str(figure), allowed="0 to 100", remedy="Give the probability in per cent."
                )


class RiskAssessmentResource(Element):
    """
    A FHIR R4 RiskAssessment.

    Shape:  a status, a subject; any number of predictions, and what they rest on.
    Errors: pydantic's `ValidationError`, with our rules' names for FHIR's invariants.
    """

    resource_type: Literal["RiskAssessment"]
    id: Id | None = None
    status: Status
    subject: Reference
    method: CodeableConcept | None = None
    occurrence_date_time: DateTime | None = None
    occurrence_period: FhirPeriod | None = None
    performer: Reference | None = None
    basis: list[Reference] = []
    prediction: list[Prediction] = []

    def broken(self) -> Iterator[ConstraintViolation]:
        """The rules that it breaks."""
        yield from self.one_of("occurrence", ("DateTime", "Period"))


def _is_integer(figure: Number) -> bool:
    whole = figure.written.removeprefix("-")
    return whole.isdigit() and -(2**31) <= int(figure.written) < 2**31


def _codes(concept: CodeableConcept) -> set[tuple[str | None, str]]:
    return {(each.system, each.code) for each in concept.coding if each.code}
