"""What an Observation or a RiskAssessment tells, in the terms of the model (3.4, 3.5, 3.10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...patterns.accountability.party import Party
from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.registry import Referable
from ...patterns.time.instant import SINCE_EVER, UNTIL_CHANGED
from ...patterns.values import Quantity, Unit
from ...patterns.values.unit import ONE
from ..concept.observation_concept import ObservationConcept
from ..concept.phenomenon_type import PhenomenonType
from ..record.basis import Role
from ..record.observation import Observation, Presence
from ..record.protocol import ObservationProtocol
from ..record.standing import Standing
from ..record.time_record import TimeRecord
from .element import UCUM, CodeableConcept, FhirPeriod, FhirQuantity, Reference
from .fhir_file import FhirResource
from .finding import Circumstances, Finding, Found, Measured
from .instant import span_of
from .resource import Component, ObservationResource, Prediction, RiskAssessmentResource, Valued
from .vocabulary import Vocabulary

Resolver = Callable[[Reference], Referable | None]
"""Finds what a reference leads to."""

WITHOUT_RESULT = frozenset({"registered", "cancelled"})
"""The statuses of what has no result: registered only, or given up."""

_UNCERTAIN = frozenset({"preliminary", "unknown"})


class NoPlaceError(Exception):
    """That something is no observation here, and why: it is left out, and told of."""


@dataclass(slots=True)
class Reading:
    """
    What is read of one resource.

    Shape:  the `findings`, parts before what rests on them; `placed` are the paths of what they say; what
            was `left_out`, by path, and why.
    """

    findings: list[Finding] = field(default_factory=list)
    placed: set[str] = field(default_factory=set)
    left_out: dict[str, str] = field(default_factory=dict)


class Reader:
    """
    Reads resources by a vocabulary.

    Shape:  `things` finds subjects and performers, `sources` the observations that a reference leads to;
            `units` are those that documents name in words only.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        things: Resolver,
        sources: Callable[[str], list[Observation]],
        units: Mapping[str, Unit],
    ) -> None:
        self.vocabulary = vocabulary
        self.things = things
        self.sources = sources
        self.units = units

    def circumstances(self, resource: FhirResource, reading: Reading) -> Circumstances:
        """
        What all parts of a resource have in common.

        Errors: `NoPlaceError` where it does not say when it was so; as the vocabulary.
        """
        content, placed = resource.content, reading.placed
        placed |= {"resourceType", "id", "status"}
        applicable, told = _times(content, placed)
        performers = content.performer if isinstance(content, ObservationResource) else [content.performer]
        performer = None
        if performers and performers[0] is not None:
            at = "performer[0]" if isinstance(content, ObservationResource) else "performer"
            found = self.things(performers[0])
            if isinstance(found, Party):
                performer = found
                _place_reference(performers[0], found.name, at, placed)
        protocol = None
        if content.method is not None and content.method.words:
            protocol = self.vocabulary.protocol(content.method)
            _place_words(content.method, protocol, "method", reading)
        return Circumstances(applicable, told, protocol, performer, _standing(content))

    def read(self, resource: FhirResource, reading: Reading) -> None:
        """
        What is found in a resource.

        Errors: `ConstraintViolation` from the vocabulary, and of units that are none.
        """
        if isinstance(resource.content, ObservationResource):
            self._observation(resource.content, reading)
        else:
            self._assessment(resource.content, reading)

    def _observation(self, content: ObservationResource, reading: Reading) -> None:
        for at, component in enumerate(content.component):
            self._part(component, f"component[{at}]", reading, (), ())
        parts = tuple(each.path for each in reading.findings)
        if content.value_key is None:
            if not parts:
                reading.left_out[""] = "no value is said"
            elif content.code.words:
                reading.left_out["code"] = "a panel has no value of its own; its components are observations"
            return
        sources = self._derived(content.derived_from, "derivedFrom", reading)
        sources += self._derived(content.has_member, "hasMember", reading)
        self._part(content, "", reading, tuple(dict.fromkeys(sources)), parts)

    def _part(
        self,
        part: ObservationResource | Component,
        path: str,
        reading: Reading,
        sources: tuple[Observation, ...],
        parts: tuple[str, ...],
    ) -> None:
        try:
            said = self._said(part, f"{path}." if path else "", reading)
        except NoPlaceError as no_place:
            reading.left_out[path] = str(no_place)
            return
        reading.findings.append(Finding(path, said, sources, parts))

    def _said(self, part: Valued, at: str, reading: Reading) -> Measured | Found:
        key = part.value_key
        if not part.code.words:
            raise NoPlaceError("its code has neither words nor a code")
        if part.value_boolean is not None:
            concept = self.vocabulary.concept(part.code)
            _place_words(part.code, concept, f"{at}code", reading, self.vocabulary)
            reading.placed.add(f"{at}valueBoolean")
            return Found(concept, Presence.PRESENT if part.value_boolean else Presence.ABSENT)
        if part.value_quantity is not None or part.value_integer is not None:
            return self._measured(part, at, reading)
        if part.value_codeable_concept is not None and part.value_codeable_concept.words:
            measured = self.vocabulary.phenomenon_type(part.code)
            _place_words(part.code, measured, f"{at}code", reading, self.vocabulary)
            value = self.vocabulary.phenomenon(measured, part.value_codeable_concept)
            _place_words(
                part.value_codeable_concept, value, f"{at}valueCodeableConcept", reading, self.vocabulary
            )
            return Found(value)
        raise NoPlaceError(f"there is no place for a {key}" if key else "no value is said")

    def _measured(self, part: Valued, at: str, reading: Reading) -> Measured:
        if part.value_integer is not None:
            quantity = Quantity(part.value_integer.amount, ONE)
            reading.placed.add(f"{at}valueInteger")
        else:
            said = part.value_quantity or FhirQuantity()
            quantity = self._quantity(said, f"{at}valueQuantity.", reading.placed)
        measured = self.vocabulary.phenomenon_type(part.code)
        _place_words(part.code, measured, f"{at}code", reading, self.vocabulary)
        phenomenon = None
        if len(part.interpretation) == 1 and part.interpretation[0].words:
            # High and low mean something else of each quality: their code is nobody's identifier.
            phenomenon = self.vocabulary.phenomenon(measured, part.interpretation[0], identifies=False)
            _place_words(part.interpretation[0], phenomenon, f"{at}interpretation[0]", reading)
        return Measured(measured, quantity, phenomenon)

    def _quantity(self, said: FhirQuantity, at: str, placed: set[str]) -> Quantity:
        if said.value is None:
            raise NoPlaceError("a quantity without a value")
        if said.comparator is not None:
            raise NoPlaceError(f"{said.comparator} {said.value} is a bound, and no value")
        unit = self._unit(said)
        placed |= {f"{at}value", *(f"{at}{key}" for key in ("code", "system") if said.system == UCUM)}
        is_coded = said.system == UCUM and said.code is not None
        if said.unit is not None and (said.unit == unit.code or not is_coded):
            placed.add(f"{at}unit")
        return Quantity(said.value.amount, unit)

    def _unit(self, said: FhirQuantity) -> Unit:
        try:
            unit = said.said_unit
        except ConstraintViolation as violation:
            raise NoPlaceError(str(violation)) from violation
        if unit is None and said.unit is not None:
            unit = self.units.get(said.unit)
        if unit is not None:
            return unit
        raise NoPlaceError(f"{said.unit or said.code!r} is no unit of UCUM's; say which one in `units`")

    def _derived(self, references: list[Reference], key: str, reading: Reading) -> list[Observation]:
        found: list[Observation] = []
        for at, reference in enumerate(references):
            sources = self.sources(reference.reference) if reference.reference else []
            if sources:
                reading.placed.add(f"{key}[{at}].reference")
                found += sources
        return found

    def _assessment(self, content: RiskAssessmentResource, reading: Reading) -> None:
        sources = tuple(dict.fromkeys(self._derived(content.basis, "basis", reading)))
        if not content.prediction:
            reading.left_out[""] = "nothing is predicted"
        for at, prediction in enumerate(content.prediction):
            path = f"prediction[{at}]"
            if prediction.outcome is None or not prediction.outcome.words:
                reading.left_out[path] = "no outcome is said"
                continue
            concept = self.vocabulary.concept(prediction.outcome)
            _place_words(prediction.outcome, concept, f"{path}.outcome", reading, self.vocabulary)
            if prediction.when_period is not None:
                reading.placed |= {f"{path}.whenPeriod.start", f"{path}.whenPeriod.end"}
            reading.findings.append(Finding(path, Found(concept), sources, role=Role.FOR))


def when(prediction: Prediction, circumstances: Circumstances) -> TimeRecord:
    """When a prediction is expected to come true: as it says, else from the assessment on."""
    if prediction.when_period is not None:
        return _period(prediction.when_period)
    return TimeRecord(circumstances.applicable.start, UNTIL_CHANGED)


def _times(
    content: ObservationResource | RiskAssessmentResource, placed: set[str]
) -> tuple[TimeRecord, TimeRecord | None]:
    """When it was so, and when it was told."""
    if isinstance(content, RiskAssessmentResource):
        dated, period = content.occurrence_date_time, content.occurrence_period
        key = "occurrenceDateTime" if dated else "occurrencePeriod"
        issued = None
    else:
        dated = content.effective_date_time or content.effective_instant
        period, issued = content.effective_period, content.issued
        key = "effectivePeriod" if period else "effectiveInstant"
        key = "effectiveDateTime" if content.effective_date_time else key
    told = None
    if issued is not None:
        told = TimeRecord(*span_of(issued))
        placed.add("issued")
    if dated is not None:
        placed.add(key)
        return TimeRecord(*span_of(dated)), told
    if period is not None and (period.start or period.end):
        placed |= {f"{key}.start", f"{key}.end"}
        return _period(period), told
    if told is not None and not (period or content.has("effectiveTiming")):
        return told, told
    raise NoPlaceError("it does not say when it was so, as an instant, a date or a period")


def _period(period: FhirPeriod) -> TimeRecord:
    return TimeRecord(
        span_of(period.start)[0] if period.start else SINCE_EVER,
        span_of(period.end)[1] if period.end else UNTIL_CHANGED,
    )


def _standing(content: ObservationResource | RiskAssessmentResource) -> Standing:
    if isinstance(content, RiskAssessmentResource):
        return Standing.PROJECTION
    return Standing.HYPOTHESIS if content.status in _UNCERTAIN else Standing.ACTIVE


def _place_reference(reference: Reference, name: str, at: str, placed: set[str]) -> None:
    placed.add(f"{at}.reference")
    if reference.display == name:
        placed.add(f"{at}.display")


def _place_words(
    concept: CodeableConcept,
    meant: PhenomenonType | ObservationConcept | ObservationProtocol,
    at: str,
    reading: Reading,
    vocabulary: Vocabulary | None = None,
) -> None:
    """What of a concept the model has: the name of what it means, and the codes that lead there."""
    if concept.text == meant.name:
        reading.placed.add(f"{at}.text")
    for n, coding in enumerate(concept.coding):
        if coding.display == meant.name:
            reading.placed.add(f"{at}.coding[{n}].display")
        led = None if vocabulary is None else vocabulary.thing(coding)
        if led is meant:
            reading.placed |= {f"{at}.coding[{n}].system", f"{at}.coding[{n}].code"}
        elif led is not None:
            reading.left_out[f"{at}.coding[{n}]"] = f"the code {coding.code} means {led} already"
