"""Observations in FHIR R4: read, taken over, and written as they came (3.4)."""

from .fhir_file import FhirFile, FhirResource, read_fhir
from .json_text import Number, read_json, write_json
from .problem import FhirError, Place, Problem

__all__ = [
    "FhirError",
    "FhirFile",
    "FhirResource",
    "Number",
    "Place",
    "Problem",
    "read_fhir",
    "read_json",
    "write_json",
]
