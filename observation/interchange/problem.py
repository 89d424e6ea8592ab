"""What is wrong with a FHIR document: in which file, at which path, by which rule, and why (3.4)."""

from __future__ import annotations

from dataclasses import dataclass

from ...patterns import problem
from ...patterns.constraint import rule
from ...patterns.problem import DocumentError

FILE = rule(
    "fhir.file",
    pattern="3.4",
    says="A FHIR document is a file of at most 4 MiB of UTF-8 text.",
)
JSON = rule(
    "fhir.json",
    pattern="3.4",
    says="A FHIR document is JSON: at most 40 deep and 100,000 values, each key once in its object.",
)
TEXT = rule(
    "fhir.text",
    pattern="3.4",
    says="No text, object or list is empty or null, and no text holds control or half characters.",
)
RESOURCE = rule(
    "fhir.resource",
    pattern="3.4",
    says="A FHIR document is an Observation, a RiskAssessment, or a Bundle of at most 1,000 entries.",
)
REQUIRED = rule("fhir.required", pattern="3.4", says="What FHIR R4 requires of an element is there.")
TYPE = rule("fhir.type", pattern="3.4", says="An element is of the type that FHIR R4 gives it.")
ONE_CHOICE = rule(
    "fhir.one-choice",
    pattern="3.4",
    says="Of an element that FHIR R4 lets have one of several types, there is one at most.",
)
NO_VALUE = rule(
    "fhir.value-or-reason",
    pattern="3.4",
    says="Why there is no value is said only where there is none (FHIR's obs-6).",
)
OWN_VALUE = rule(
    "fhir.value-once",
    pattern="3.4",
    says="What a component with the same code says is not said by the observation as well (FHIR's obs-7).",
)
RANGE = rule(
    "fhir.reference-range",
    pattern="3.4",
    says="A reference range has a low bound, a high one or a text (FHIR's obs-3), and low is not above high.",
)
CODED_UNIT = rule(
    "fhir.coded-unit",
    pattern="3.4",
    says="Where a unit has a code, the system that it is a code of is named (FHIR's qty-3).",
)
PERIOD = rule("fhir.period", pattern="3.8", says="A period does not end before it starts (FHIR's per-1).")
PROBABILITY = rule(
    "fhir.probability",
    pattern="3.10",
    says="A probability is a percentage from 0 to 100 (FHIR's ras-2).",
)
MODIFIED = rule(
    "fhir.modified",
    pattern="3.4",
    says="What a modifier extension or implicit rules change is not read as if they were not there.",
)

ONE_MEANING = rule(
    "fhir.one-meaning",
    pattern="5.2",
    says="The codes of one concept lead to one phenomenon type, phenomenon or concept, if to any.",
)
KNOWN_CODE = rule(
    "fhir.known-code",
    pattern="5.2",
    says="Where nothing new is to be learnt, a code leads to something that is known.",
)
KNOWN_SUBJECT = rule(
    "fhir.known-subject",
    pattern="3.5",
    says="What an observation is about is known, or made known by whoever takes the document over.",
)
IN_ORDER = rule(
    "fhir.in-order",
    pattern="3.11",
    says="No resource is derived from itself, however far back.",
)
WHO_REJECTS = rule(
    "fhir.who-rejects",
    pattern="3.9",
    says="Where a document rejects what was taken over, somebody does so.",
)

PROJECTED_FIGURE = rule(
    "fhir.projected-figure",
    pattern="3.10",
    says="That a figure, or an absence, is expected is not written: FHIR R4 has no place for it.",
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """
    Where something stands.

    Shape:  a file, as it was named, and a path in it, such as Observation.component[0].code; empty stands
            for the file as a whole.
    """

    file: str
    path: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.path) if part)


class FhirError(DocumentError[Place]):
    """
    FHIR documents that cannot be read or taken over; nothing of them was.

    Shape:  all the `problems`, in the order of the documents; the rule is that of the first.
    """

    most_shown = 20


class Problems(problem.Problems[Place]):
    """Gathers what is wrong with FHIR documents."""

    def __init__(self) -> None:
        super().__init__(FhirError)
