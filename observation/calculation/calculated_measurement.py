"""Measurements that were calculated, each with the measurements that it was calculated from (4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import UOWTransaction, object_session

from ...patterns.accountability.party import Party
from ...patterns.constraint import EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session, at_flush
from ...patterns.picture import derived
from ...patterns.planning.protocol import Protocol
from ...patterns.provenance import Explanation
from ...patterns.reference.thing import spoken
from ...patterns.values import STANDARD, Quantity
from ..band.classification import band_of
from ..concept.observation_concept import Phenomenon
from ..concept.phenomenon_type import PhenomenonType
from ..concept.status_type import StatusType
from ..record.basis import Basis, Role, rest
from ..record.measurement import Measurement
from ..record.observation import Observation
from ..record.time_record import Time
from ._figure import conversions_noted
from .measurement_protocol import (
    CalculatedMeasurementProtocol,
    MeasurementProtocol,
    ProtocolInput,
)

_PROTOCOL, _INPUT = MeasurementProtocol.__tablename__, ProtocolInput.__tablename__
_OBSERVATION, _BASIS = Observation.__tablename__, Basis.__tablename__
_KIND = "calculated measurement"

CALCULATED = rule(
    "calculated-measurement.protocol",
    pattern="4.2",
    says="A measurement is a calculated one where its protocol is, and only there.",
    layers=EVERYWHERE,
)
RESULT_TYPE = rule(
    "calculated-measurement.result-type",
    pattern="4.2",
    says="What is measured by a measurement protocol is of the result type of the protocol.",
    layers=EVERYWHERE - {Layer.CONSTRUCTOR},
)
SOURCES = rule(
    "calculated-measurement.sources",
    pattern="4.2",
    says="The sources of a calculated measurement are of the input types of its protocol, in order.",
    layers=EVERYWHERE,
)


class CalculatedMeasurement(Measurement):
    """
    A measurement that was reckoned from others.

    Shape:  what any measurement has, of the result type of its protocol; its sources in the order of the
            protocol's inputs, over and over again for a combination.
    Units:  as its protocol states the result.
    Errors: `ConstraintViolation`: `calculated-measurement.protocol` for a protocol that calculates nothing,
            `calculated-measurement.sources` for sources of other types, and those of `Measurement`.
    Source: Analysis Patterns 4.2.
    """

    __pattern__ = "4.2"
    __mapper_args__ = {"polymorphic_identity": _KIND}

    def __init__(
        self,
        *,
        subject: Referable,
        protocol: CalculatedMeasurementProtocol,
        quantity: Quantity,
        sources: Sequence[Measurement],
        applicable: Time,
        phenomenon: Phenomenon | None = None,
        status_type: StatusType | None = None,
        performer: Party | None = None,
    ) -> None:
        require(_calculated_by(self, protocol))
        require(_other_sources(self, protocol, sources))
        super().__init__(
            subject=subject,
            phenomenon_type=protocol.result_type,
            quantity=quantity,
            applicable=applicable,
            phenomenon=phenomenon,
            protocol=protocol,
            status_type=status_type,
            performer=performer,
        )
        rest(self, sources)

    @classmethod
    def __reads__(cls) -> Iterator[Any]:
        """What the guards of this table look at: see `patterns.persistence.session`."""
        yield CalculatedMeasurementProtocol.inputs

    @property
    @derived("1..*")
    def sources(self) -> list[Measurement]:
        """The measurements that it was calculated from, in the order of the protocol's inputs."""
        return [
            each.source
            for each in self.bases
            if each.role is Role.INPUT and isinstance(each.source, Measurement)
        ]

    def explanation(self) -> Explanation:
        """The protocol and its formula, the sources down to what was observed, conversions, and the band."""
        explained: dict[Measurement, Explanation] = {}
        waiting: list[Measurement] = [self]
        while waiting:  # a chain of thousands is deeper than Python calls go
            measurement = waiting[-1]
            sources = measurement.sources if isinstance(measurement, CalculatedMeasurement) else []
            lacking = [each for each in sources if each not in explained]
            if lacking:
                waiting += lacking
            else:
                explained[waiting.pop()] = _explained(measurement, [explained[each] for each in sources])
        return explained[self]


def _explained(measurement: Measurement, sources: list[Explanation]) -> Explanation:
    protocol = measurement.protocol
    by = "observed" if protocol is None else f"{protocol}"
    because = list(sources)
    if isinstance(measurement, CalculatedMeasurement) and isinstance(protocol, CalculatedMeasurementProtocol):
        by = f"{protocol}: {protocol.formula}"
        with conversions_noted() as noted:
            protocol.stated(protocol.result([each.quantity for each in measurement.sources]))
        because += [STANDARD.between(one, other).explanation() for one, other in noted]
    return Explanation(_stated(measurement), by=by, because=(*because, *_banded(measurement)))


def _stated(measurement: Measurement) -> str:
    """What was measured, of what, when: with all that tells two figures of one type apart."""
    parts = spoken(measurement.subject), measurement.status_type, measurement.applicable
    said = ", ".join(str(each) for each in parts if each is not None)
    return f"{measurement.phenomenon_type} {measurement.quantity} of {said}"


def _banded(measurement: Measurement) -> Iterator[Explanation]:
    """By which range it was classified, as that was known when it was recorded."""
    session = object_session(measurement)
    if measurement.phenomenon is not None and isinstance(session, Session):
        known_at = measurement.recorded if inspect(measurement).persistent else None
        found = band_of(session, measurement, known_at=known_at)
        if found is not None and found.phenomenon is measurement.phenomenon:
            yield found.explanation()


def _calculated_by(measurement: Measurement, protocol: Protocol | None) -> Iterator[ConstraintViolation]:
    is_calculated = isinstance(measurement, CalculatedMeasurement)
    if is_calculated is not isinstance(protocol, CalculatedMeasurementProtocol):
        yield CALCULATED.violation(
            measurement,
            protocol,
            found=f"{type(measurement).__name__} by {protocol or 'no protocol'}",
            allowed="a calculated measurement by a calculated protocol, any other one by another",
            remedy="Let the protocol make it: protocol.create_measurement(session, ...).",
        )


def _of_another_type(
    measurement: Measurement, protocol: Protocol | None, measured: PhenomenonType
) -> Iterator[ConstraintViolation]:
    if isinstance(protocol, MeasurementProtocol) and protocol.result_type is not measured:
        yield RESULT_TYPE.violation(
            measurement,
            protocol,
            found=f"{measured} by {protocol}",
            allowed=f"{protocol.result_type}",
            remedy="Name the protocol that it was measured by, or none.",
        )


def _other_sources(
    measurement: CalculatedMeasurement,
    protocol: CalculatedMeasurementProtocol,
    sources: Sequence[Measurement],
) -> Iterator[ConstraintViolation]:
    types = [each.phenomenon_type for each in sources]
    if not protocol.takes(types):
        yield SOURCES.violation(
            measurement,
            *sources,
            found=", ".join(map(str, types)) or "no source",
            allowed=f"what {protocol} takes: {', '.join(map(str, protocol.input_types))}",
            remedy="Give a measurement for each input, in order.",
        )


@event.listens_for(Session, "before_flush")
def _check_protocols(session: Session, _context: UOWTransaction, _instances: object) -> None:
    with session.no_autoflush:
        for each in session.new:
            if isinstance(each, Measurement) and inspect(each).pending:
                require(at_flush(_calculated_wrongly(each)))


def _calculated_wrongly(measurement: Measurement) -> Iterator[ConstraintViolation]:
    protocol: Any = measurement.protocol
    yield from _calculated_by(measurement, protocol)
    yield from _of_another_type(measurement, protocol, measurement.phenomenon_type)
    if isinstance(measurement, CalculatedMeasurement):
        yield from _other_sources(measurement, protocol, measurement.sources)


def _by_another_protocol(row: str) -> str:
    calculated = f"SELECT 1 FROM {_PROTOCOL} p WHERE p.id = {row}.protocol_id AND p.form <> 'source'"
    return f"({row}.kind = '{_KIND}') <> EXISTS ({calculated})"


def _not_its_result(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_PROTOCOL} p WHERE p.id = {row}.protocol_id "
        f"AND p.result_type_id <distinct> {row}.phenomenon_type_id)"
    )


def _no_input(row: str) -> str:
    """That the source's type is not the input at its position; a combination's inputs come round again."""
    inputs = f"(SELECT count(*) FROM {_INPUT} k WHERE k.protocol_id = o.protocol_id)"
    return (
        f"{row}.role = 'input' AND EXISTS (SELECT 1 FROM {_OBSERVATION} o WHERE o.id = {row}.observation_id "
        f"AND o.kind = '{_KIND}' AND NOT EXISTS (SELECT 1 FROM {_OBSERVATION} s JOIN {_INPUT} i "
        f"ON i.phenomenon_type_id = s.phenomenon_type_id WHERE s.id = {row}.source_id "
        f"AND i.protocol_id = o.protocol_id AND i.position = {row}.position % {inputs}))"
    )


guard(
    Observation.__table__,  # type: ignore[arg-type]
    refuse_when(
        CALCULATED, _OBSERVATION, "INSERT", _by_another_protocol,
        because="a calculated measurement without a calculated protocol, or the other way round",
    ),
    refuse_when(
        RESULT_TYPE, _OBSERVATION, "INSERT", _not_its_result,
        because="a measurement of another type than its protocol makes",
    ),
)  # fmt: skip
guard(
    Basis.__table__,  # type: ignore[arg-type]
    refuse_when(SOURCES, _BASIS, "INSERT", _no_input, because="a source that is none of the inputs"),
)
