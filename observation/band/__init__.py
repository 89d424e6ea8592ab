"""Names for bands of a measured value, in general or in a context (4.4 Phenomenon with Range)."""

from . import knowledge_section  # noqa: F401  (what packs hold)
from .classification import Classification, band_of, bands_of, state_bands
from .phenomenon_range import BandContext, PhenomenonRange, RangeFunction

__all__ = [
    "BandContext",
    "Classification",
    "PhenomenonRange",
    "RangeFunction",
    "band_of",
    "bands_of",
    "state_bands",
]
