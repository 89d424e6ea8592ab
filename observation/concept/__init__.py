"""What may be observed: concepts, phenomenon types and their phenomena (3.4 to 3.6), and as what (4.2)."""

from . import conversion_section, knowledge_section, status_section  # noqa: F401  (what packs hold)
from .conversion import (
    Converted,
    Measured,
    PhenomenonConversion,
    conversions_of,
    convert,
    equivalents,
)
from .observation_concept import (
    ObservationConcept,
    Phenomenon,
)
from .phenomenon_type import (
    LegalUnit,
    PhenomenonType,
)
from .status_type import (
    Actual,
    ComparativeStatusType,
    Forecast,
    Planned,
    SimpleStatusType,
    StatusType,
)
from .time_offset import (
    TimeOffset,
)

__all__ = [
    "Actual",
    "ComparativeStatusType",
    "Converted",
    "Forecast",
    "LegalUnit",
    "Measured",
    "ObservationConcept",
    "Phenomenon",
    "PhenomenonConversion",
    "PhenomenonType",
    "Planned",
    "SimpleStatusType",
    "StatusType",
    "TimeOffset",
    "conversions_of",
    "convert",
    "equivalents",
]
