"""What may be observed: concepts, phenomenon types and their phenomena (3.4 to 3.6)."""

from . import conversion_section, knowledge_section  # noqa: F401  (what packs hold)
from .conversion import Converted, Measured, PhenomenonConversion, conversions_of, convert, equivalents
from .observation_concept import ObservationConcept, Phenomenon
from .phenomenon_type import LegalUnit, PhenomenonType

__all__ = [
    "Converted",
    "LegalUnit",
    "Measured",
    "ObservationConcept",
    "Phenomenon",
    "PhenomenonConversion",
    "PhenomenonType",
    "conversions_of",
    "convert",
    "equivalents",
]
