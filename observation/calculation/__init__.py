"""How figures come about: loaded from a source, or calculated from others (4.2 Measurement Protocol)."""

from . import _protocol_guards, consistency, knowledge_section  # noqa: F401  (guards, audits, packs)
from .argument import Wanted
from .calculated_measurement import CalculatedMeasurement
from .calculation import create_measurement, measure
from .causal_protocol import CausalProtocol
from .combination import Combination, Way
from .combine import combine
from .comparative_protocol import ComparativeProtocol
from .derivation import derivation_picture
from .dimension_combination import DimensionCombination
from .generation import Deviations, combination_protocols, comparative_protocols
from .measurement_protocol import (
    CalculatedMeasurementProtocol,
    MeasurementProtocol,
    ProtocolInput,
    SourceMeasurementProtocol,
)
from .method import Method
from .preference import ProtocolPreference, prefer, protocols_of
from .recalculation import Recalculation, recalculate

__all__ = [
    "CalculatedMeasurement",
    "CalculatedMeasurementProtocol",
    "CausalProtocol",
    "Combination",
    "ComparativeProtocol",
    "Deviations",
    "DimensionCombination",
    "MeasurementProtocol",
    "Method",
    "ProtocolInput",
    "ProtocolPreference",
    "Recalculation",
    "SourceMeasurementProtocol",
    "Wanted",
    "Way",
    "combination_protocols",
    "combine",
    "comparative_protocols",
    "create_measurement",
    "derivation_picture",
    "measure",
    "prefer",
    "protocols_of",
    "recalculate",
]
