"""What a calculated measurement was calculated from, as a picture (4.2 Measurement Protocol)."""

from __future__ import annotations

from collections.abc import Iterator

from ...patterns.picture import Edge, End, Graph, Mark, Node
from ...patterns.reference.thing import spoken
from ...patterns.values import ONE
from ..record.observation import Measurement
from .calculated_measurement import CalculatedMeasurement
from .measurement_protocol import CalculatedMeasurementProtocol


def derivation_picture(measurement: Measurement) -> Graph:
    """
    Draw a measurement above those that it was calculated from, and so on down to what was recorded.

    Shape:  a box for each measurement, drawn once however often it is used: its type, its figure, as what it
            is stated, of which subject where that is another one than asked about, and the formula.
    Source: Analysis Patterns 4.2.
    """
    found = _walked(measurement)
    keys = {each: str(n) for n, each in enumerate(found)}
    return Graph(
        f"{measurement.phenomenon_type} of {spoken(measurement.subject)}, {measurement.applicable}",
        tuple(
            Node(key, str(each.phenomenon_type), tuple(_lines(each, measurement)), note=str(each.applicable))
            for each, key in keys.items()
        ),
        tuple(
            Edge(keys[each], keys[source], head_end=End(mark=Mark.ARROW), note="calculated from")
            for each in found
            for source in _sources(each)
        ),
        description="; ".join(f"{each}: {', '.join(_lines(each, measurement))}" for each in found),
    )


def _walked(measurement: Measurement) -> list[Measurement]:
    """A measurement, then those that it rests on, each once."""
    found = {measurement: None}
    waiting = [measurement]
    while waiting:  # a chain of calculations may be deeper than Python calls go
        for source in _sources(waiting.pop(0)):
            if source not in found:
                found[source] = None
                waiting.append(source)
    return list(found)


def _sources(measurement: Measurement) -> list[Measurement]:
    return list(dict.fromkeys(measurement.sources)) if isinstance(measurement, CalculatedMeasurement) else []


def _lines(measurement: Measurement, asked: Measurement) -> Iterator[str]:
    quantity = measurement.quantity
    yield str(quantity.amount) if quantity.unit == ONE else str(quantity)
    if measurement.phenomenon is not None:
        yield measurement.phenomenon.name
    if measurement.status_type is not None:
        yield str(measurement.status_type)
    if measurement.subject_id != asked.subject_id:
        yield spoken(measurement.subject)
    if measurement.applicable != asked.applicable:
        yield str(measurement.applicable)
    protocol = measurement.protocol
    if isinstance(protocol, CalculatedMeasurementProtocol):
        yield f"= {protocol.formula}"
    elif protocol is not None:
        yield str(protocol)
