"""How figures come about: loaded from a source, or calculated from others (4.2 Measurement Protocol)."""

from .combination import Combination, Way
from .measurement_protocol import (
    CalculatedMeasurementProtocol,
    CausalProtocol,
    ComparativeProtocol,
    MeasurementProtocol,
    ProtocolInput,
    SourceMeasurementProtocol,
)
from .method import Method
from .preference import ProtocolPreference, prefer, protocols_of

__all__ = [
    "CalculatedMeasurementProtocol",
    "CausalProtocol",
    "Combination",
    "ComparativeProtocol",
    "MeasurementProtocol",
    "Method",
    "ProtocolInput",
    "ProtocolPreference",
    "SourceMeasurementProtocol",
    "Way",
    "prefer",
    "protocols_of",
]
