"""Observations in FHIR R4: read, taken over, and written as they came (3.4)."""

from ...patterns.problem import Problem
from .exporting import documents, everything, export_fhir, fhir_of, is_writable
from .fhir_file import FhirFile, FhirResource, read_fhir
from .importing import import_fhir
from .json_text import Number, read_json, write_json
from .kept import DocumentPart, ObservationDocument
from .people import References
from .problem import FhirError, Place
from .report import FhirImport, LeftOut, Unplaced

__all__ = [
    "DocumentPart",
    "FhirError",
    "FhirFile",
    "FhirImport",
    "FhirResource",
    "LeftOut",
    "Number",
    "ObservationDocument",
    "Place",
    "Problem",
    "References",
    "Unplaced",
    "documents",
    "everything",
    "export_fhir",
    "fhir_of",
    "import_fhir",
    "is_writable",
    "read_fhir",
    "read_json",
    "write_json",
]
