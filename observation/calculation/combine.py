"""Combining the figures of all segments on a level at once, past the unit of work (4.2, 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select
from uuid_utils.compat import uuid7

from ...patterns.accountability.party import Party
from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.composites import canonical
from ...patterns.persistence.session import Session
from ...patterns.values import Quantity, Unit, parse_unit, total
from ..band.classification import Bands, bands_of, present_in
from ..concept.phenomenon_type import PhenomenonType
from ..concept.status_type import StatusType
from ..record.basis import Basis, Role
from ..record.observation import Observation
from ..record.question import ACTIVE, known_as
from ..record.time_record import Time, TimeRecord
from ..segment.dimension import DimensionElement, DimensionLevel
from ..segment.dimension_set import DimensionSet
from ..segment.enterprise_segment import EnterpriseSegment, SegmentElement, segments_for
from ..segment.placement import DimensionPlacement
from ._figure import Figure
from .calculated_measurement import CalculatedMeasurement
from .calculation import ARGUMENTS
from .combination import CombinationMethod
from .dimension_combination import PARTS, DimensionCombination
from .preference import protocols_of

_KEY = 16
_MOST_SHOWN = 5
_KIND = CalculatedMeasurement.__mapper__.polymorphic_identity

Part = Row[Any]
"""A figure to be combined: of which segment, at which place, and below which element."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which figures are combined: those of a set of dimensions, of one status, time and level."""

    session: Session
    protocol: DimensionCombination
    of: DimensionSet
    level: DimensionLevel
    status_type: StatusType | None
    applicable: TimeRecord

    @property
    def day(self) -> date:
        return self.applicable.start.date()

    @property
    def known_at(self) -> datetime:
        return self.session.instant(None)

    @property
    def place(self) -> int:
        """Where in the keys of a segment the element of the dimension stands."""
        return self.of.dimensions.index(self.protocol.dimension)

    def figures(self, *columns: Any) -> Select[Any]:
        """Select of the figures that are active, of this status and time."""
        observed: Any = Observation.__table__.c
        status = None if self.status_type is None else self.status_type.id
        return select(*columns).where(
            *known_as(observed, ACTIVE, self.known_at),
            observed.status_type_id.is_not_distinct_from(status),
            observed.applicable_from == self.applicable.start,
            observed.applicable_to == self.applicable.end,
        )


def combine(
    session: Session,
    protocol: DimensionCombination,
    *,
    of: DimensionSet,
    level: DimensionLevel,
    applicable: Time,
    status_type: StatusType | None = None,
    partial: bool = False,
    performer: Party | None = None,
) -> list[UUID]:
    """
    Combine all figures on a level of the protocol's dimension, each into that of the segment right above.

    Shape:  of the segments of one set of dimensions, one status and exactly that time; what an element lies
            below is that of the day on which the figures begin to apply. A segment that has such a figure by
            the protocol already is left alone. Gives the keys of the new measurements.
    Errors: `ConstraintViolation`: `calculation.arguments`, which names parts without a figure, unless the
            result may be `partial`; `dimension-combination.parts` for another dimension's level; and those of
            `create_measurement`. Nothing is recorded then.
    Source: Analysis Patterns 4.2: what `create_measurement` does for one segment.
    """
    if level.dimension is not protocol.dimension or protocol.dimension not in of.dimensions:
        raise PARTS.violation(
            protocol,
            level,
            found=f"{level} of {level.dimension}, among the segments of {of}",
            allowed=f"a level of {protocol.dimension}, and segments that have that dimension",
            remedy="Name the level of the parts that are to be combined.",
        )
    session.flush()
    asked = _Asked(session, protocol, of, level, status_type, TimeRecord.of(applicable))
    groups = _groups(asked)
    weights = _weights(asked, groups)
    if not partial:
        _require_all(asked, groups)
    segments = _segments_above(asked, groups)
    there = _there_already(asked)
    recording = _Recording(asked, performer, weights)
    for key, parts in groups.items():
        if segments[key].id not in there:
            recording.add(segments[key], parts)
    return recording.written()


def _groups(asked: _Asked) -> dict[bytes, list[Part]]:
    """The figures of each segment's parts, by the keys of the segment."""
    groups: dict[bytes, list[Part]] = {}
    start, end = _KEY * asked.place, _KEY * (asked.place + 1)
    for part in _parts(asked, asked.protocol.result_type):
        own = part.element_keys
        groups.setdefault(own[:start] + part.parent_id.bytes + own[end:], []).append(part)
    return groups


def _parts(asked: _Asked, measured: PhenomenonType) -> list[Part]:
    """One figure for each segment on the level, made in the preferred way; of two made alike, the newest."""
    observed: Any = Observation.__table__.c
    question = (
        asked.figures(
            observed.id, observed.subject_id, observed.quantity_number, observed.quantity_unit,
            observed.protocol_id, observed.recorded, EnterpriseSegment.element_keys,
            DimensionPlacement.parent_id, DimensionPlacement.element_id,
        )
        .join(EnterpriseSegment, EnterpriseSegment.id == observed.subject_id)
        .join(SegmentElement, SegmentElement.segment_id == EnterpriseSegment.id)
        .join(DimensionElement, DimensionElement.id == SegmentElement.element_id)
        .join(DimensionPlacement, DimensionPlacement.element_id == DimensionElement.id)
        .where(
            observed.phenomenon_type_id == measured.id,
            EnterpriseSegment.dimension_set_id == asked.of.id,
            SegmentElement.dimension_id == asked.protocol.dimension.id,
            DimensionElement.depth == asked.level.position,
            DimensionPlacement.holds(asked.day, asked.known_at),
        )
        .order_by(EnterpriseSegment.element_keys, observed.recorded.desc(), observed.id.desc())
    )  # fmt: skip
    order = protocols_of(asked.session, measured, as_of=asked.day)
    places = {protocol.id: place for place, protocol in enumerate(order)}
    chosen: dict[UUID, Part] = {}
    for part in asked.session.execute(question):
        before = chosen.get(part.subject_id)
        if before is None or _place(part, places) < _place(before, places):
            chosen[part.subject_id] = part
    return list(chosen.values())


def _place(part: Part, places: Mapping[UUID, int]) -> int:
    return places.get(part.protocol_id, len(places))


def _weights(asked: _Asked, groups: Mapping[bytes, Sequence[Part]]) -> dict[UUID, Part]:
    """The figure that weighs each part, by its segment; none where figures are not weighed."""
    weight = asked.protocol.combination.weight
    if weight is None:
        return {}
    weights = {each.subject_id: each for each in _parts(asked, weight)}
    lacking = [part for parts in groups.values() for part in parts if part.subject_id not in weights]
    if lacking:
        raise _lacks(asked, weight, (part.element_keys for part in lacking))
    return weights


def _require_all(asked: _Asked, groups: Mapping[bytes, Sequence[Part]]) -> None:
    below: dict[bytes, set[bytes]] = {}
    placed = select(DimensionPlacement.parent_id, DimensionPlacement.element_id).where(
        DimensionPlacement.holds(asked.day, asked.known_at)
    )
    for parent_id, element_id in asked.session.execute(placed):
        below.setdefault(parent_id.bytes, set()).add(element_id.bytes)
    start, end = _KEY * asked.place, _KEY * (asked.place + 1)
    lacking = [
        key[:start] + element + key[end:]
        for key, parts in groups.items()
        for element in sorted(below[key[start:end]] - {part.element_id.bytes for part in parts})
    ]
    if lacking:
        raise _lacks(asked, asked.protocol.result_type, lacking)


def _lacks(asked: _Asked, measured: PhenomenonType, keys: Iterable[bytes]) -> ConstraintViolation:
    lacking = list(keys)
    elements = _elements(asked, lacking[:_MOST_SHOWN])
    names = [", ".join(str(elements[key]) for key in _split(each)) for each in lacking[:_MOST_SHOWN]]
    more = f" and {len(lacking) - _MOST_SHOWN} more" if len(lacking) > _MOST_SHOWN else ""
    return ARGUMENTS.violation(
        asked.protocol,
        found=f"no {measured} of {'; '.join(names)}{more}, {asked.applicable}",
        allowed="a figure for each part",
        remedy="Record what is missing, or let the result be partial=True.",
    )


def _split(keys: bytes) -> list[bytes]:
    return [keys[at : at + _KEY] for at in range(0, len(keys), _KEY)]


def _elements(asked: _Asked, keys: Iterable[bytes]) -> dict[bytes, DimensionElement]:
    """The elements that occur in the keys of segments."""
    ids = {key for each in keys for key in _split(each)}
    dimensions = [each.id for each in asked.of.dimensions]
    question = select(DimensionElement).where(DimensionElement.dimension_id.in_(dimensions))
    return {each.id.bytes: each for each in asked.session.scalars(question) if each.id.bytes in ids}


def _segments_above(asked: _Asked, keys: Iterable[bytes]) -> dict[bytes, EnterpriseSegment]:
    wanted = list(keys)
    elements = _elements(asked, wanted)
    chosen = [
        dict(zip(asked.of.dimensions, (elements[key] for key in _split(each)), strict=True))
        for each in wanted
    ]
    return dict(zip(wanted, segments_for(asked.session, chosen, of=asked.of), strict=True))


def _there_already(asked: _Asked) -> set[UUID]:
    observed: Any = Observation.__table__.c
    there = asked.figures(observed.subject_id).where(observed.protocol_id == asked.protocol.id)
    return set(asked.session.scalars(there))


class _Recording:
    """The rows of one call: measurements, and what each rests on."""

    def __init__(self, asked: _Asked, performer: Party | None, weights: Mapping[UUID, Part]) -> None:
        self.asked = asked
        self.weights = weights
        self.bands: Bands = bands_of(asked.session, asked.protocol.result_type, as_of=asked.day)
        self.units: dict[str, Unit] = {}
        self.measurements: list[dict[str, Any]] = []
        self.bases: list[dict[str, Any]] = []
        recorded = asked.session.recorded
        self.same = {
            "kind": _KIND,
            "phenomenon_type_id": asked.protocol.result_type.id,
            "protocol_id": asked.protocol.id,
            "performer_id": None if performer is None else performer.id,
            "status_type_id": None if asked.status_type is None else asked.status_type.id,
            "applicable_from": asked.applicable.start,
            "applicable_to": asked.applicable.end,
            "made_known_from": recorded,
            "made_known_to": recorded,
            "recorded": recorded,
        }

    def add(self, segment: EnterpriseSegment, parts: Sequence[Part]) -> None:
        """Reckon the figure of a segment from its parts'."""
        quantity = self.asked.protocol.stated(self._figure(parts))
        key = uuid7()
        self.measurements.append(
            {
                **self.same,
                "id": key,
                "subject_id": segment.id,
                "concept_id": self._called(segment, quantity),
                "quantity_number": quantity.amount,
                "quantity_unit": quantity.unit.code,
                "quantity_canonical": canonical(quantity),
            }
        )
        self.bases += [
            {
                "observation_id": key, "source_id": source, "role": Role.INPUT, "position": position,
                "recorded": self.same["recorded"],
            }
            for position, source in enumerate(self._sources(parts))
        ]  # fmt: skip

    def written(self) -> list[UUID]:
        """Write the rows, the measurements first; give their keys."""
        connection = self.asked.session.connection()
        if self.measurements:
            connection.execute(_MEASUREMENTS, self.measurements)
            connection.execute(_BASES, self.bases)
        return [each["id"] for each in self.measurements]

    def _figure(self, parts: Sequence[Part]) -> Figure:
        combination = self.asked.protocol.combination
        units = {part.quantity_unit for part in parts}
        if combination.way is CombinationMethod.SUM and len(units) == 1:
            return Figure(Fraction(total(part.quantity_number for part in parts)), self._unit(units.pop()))
        weights = [self.weights[part.subject_id] for part in parts] if self.weights else []
        return combination.result([*map(self._quantity, parts)], [*map(self._quantity, weights)])

    def _quantity(self, part: Part) -> Quantity:
        number: Decimal = part.quantity_number
        return Quantity(number, self._unit(part.quantity_unit))

    def _unit(self, code: str) -> Unit:
        if code not in self.units:
            self.units[code] = parse_unit(code)
        return self.units[code]

    def _sources(self, parts: Sequence[Part]) -> Iterator[UUID]:
        for part in parts:
            yield part.id
            if self.weights:
                yield self.weights[part.subject_id].id

    def _called(self, segment: EnterpriseSegment, quantity: Quantity) -> UUID | None:
        session, start = self.asked.session, self.asked.applicable.start
        context = present_in(session, segment, start) if self.bands.depend_on_context else ()
        found = self.bands.classify(quantity, context)
        return found.phenomenon.id if found else None


_MEASUREMENTS = insert(Observation.__table__)  # type: ignore[arg-type]
_BASES = insert(Basis.__table__)  # type: ignore[arg-type]
