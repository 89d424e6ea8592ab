"""What may be observed: concepts, phenomenon types and their phenomena (3.4 to 3.6)."""

from .observation_concept import ObservationConcept, Phenomenon
from .phenomenon_type import LegalUnit, PhenomenonType

__all__ = ["LegalUnit", "ObservationConcept", "Phenomenon", "PhenomenonType"]
