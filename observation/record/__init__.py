"""What was observed, when it was so, since when it is known, and what was rejected (3.4 to 3.10)."""

from . import knowledge_section  # noqa: F401  (what packs hold)
from .any_unit import above, below
from .basis import Basis, Role, rest
from .bulk import MeasurementDraft, record_measurements
from .measurement import Measurement
from .observation import CategoryObservation, Observation, Presence, Said
from .protocol import ObservationProtocol
from .question import ACTIVE, EVERY_STANDING, latest, observations
from .rejection import Rejection
from .standing import Hypothesis, Projection, Qualification, Standing
from .time_record import Time, TimeRecord

__all__ = [
    "ACTIVE",
    "EVERY_STANDING",
    "Basis",
    "CategoryObservation",
    "Hypothesis",
    "Measurement",
    "MeasurementDraft",
    "Observation",
    "ObservationProtocol",
    "Presence",
    "Projection",
    "Qualification",
    "Rejection",
    "Role",
    "Said",
    "Standing",
    "Time",
    "TimeRecord",
    "above",
    "below",
    "latest",
    "observations",
    "record_measurements",
    "rest",
]
