"""Combining the figures of all segments on a level at once, past the unit of work (4.2, 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ...patterns.accountability.party import Party
from ...patterns.constraint import ConstraintViolation
from ...patterns.persistence.session import Session
from ..concept.phenomenon_type import PhenomenonType
from ..concept.status_type import StatusType
from ..record.observation import Observation
from ..record.time_record import Time, TimeRecord
from ..segment.dimension import DimensionElement, DimensionLevel
from ..segment.dimension_set import DimensionSet
from ..segment.enterprise_segment import EnterpriseSegment, SegmentElement, segments_for
from ..segment.placement import DimensionPlacement
from ._combined import KEY, Asked, Part, Recording, as_stored, key_bytes
from .calculation import ARGUMENTS
from .dimension_combination import PARTS, DimensionCombination
from .preference import protocols_of

_MOST_SHOWN = 5


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
    asked = Asked(session, protocol, of, level, status_type, TimeRecord.of(applicable))
    groups = _groups(asked)
    weights = _weights(asked, groups)
    if not partial:
        _require_all(asked, groups)
    segments = _segments_above(asked, groups)
    there = _there_already(asked)
    recording = Recording(asked, performer, weights)
    for key, parts in groups.items():
        if segments[key].id not in there:
            recording.add(segments[key], parts)
    return recording.written()


def _groups(asked: Asked) -> dict[bytes, list[Part]]:
    """The figures of each segment's parts, by the keys of the segment."""
    groups: dict[bytes, list[Part]] = {}
    start, end = asked.slice
    for part in _parts(asked, asked.protocol.result_type):
        groups.setdefault(part.keys[:start] + part.parent + part.keys[end:], []).append(part)
    return groups


def _parts(asked: Asked, measured: PhenomenonType) -> list[Part]:
    """One figure for each segment on the level, made in the preferred way; of two made alike, the newest."""
    observed: Any = Observation.__table__.c
    question = (
        asked.figures(
            as_stored(observed.id), observed.quantity_number, observed.quantity_unit,
            as_stored(observed.protocol_id), EnterpriseSegment.element_keys,
            as_stored(DimensionPlacement.parent_id),
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
    places = {protocol.id.bytes: place for place, protocol in enumerate(order)}
    chosen: dict[bytes, Part] = {}
    found: Any = asked.session.execute(question)
    for source, number, unit, protocol, keys, parent in found:
        place = places.get(key_bytes(protocol), len(places))
        before = chosen.get(keys)
        if before is None or place < before.place:
            chosen[keys] = Part(source, number, unit, place, keys, key_bytes(parent))
    return list(chosen.values())


def _weights(asked: Asked, groups: Mapping[bytes, Sequence[Part]]) -> dict[bytes, Part]:
    """The figure that weighs each part, by its segment; none where figures are not weighed."""
    weight = asked.protocol.combination.weight
    if weight is None:
        return {}
    weights = {each.keys: each for each in _parts(asked, weight)}
    lacking = [part.keys for parts in groups.values() for part in parts if part.keys not in weights]
    if lacking:
        raise _lacks(asked, weight, lacking)
    return weights


def _require_all(asked: Asked, groups: Mapping[bytes, Sequence[Part]]) -> None:
    below: dict[bytes, set[bytes]] = {}
    placed = select(DimensionPlacement.parent_id, DimensionPlacement.element_id).where(
        DimensionPlacement.holds(asked.day, asked.known_at)
    )
    for parent_id, element_id in asked.session.execute(placed):
        below.setdefault(parent_id.bytes, set()).add(element_id.bytes)
    start, end = asked.slice
    lacking = [
        key[:start] + element + key[end:]
        for key, parts in groups.items()
        for element in sorted(below[key[start:end]] - {part.keys[start:end] for part in parts})
    ]
    if lacking:
        raise _lacks(asked, asked.protocol.result_type, lacking)


def _lacks(asked: Asked, measured: PhenomenonType, keys: Iterable[bytes]) -> ConstraintViolation:
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
    return [keys[at : at + KEY] for at in range(0, len(keys), KEY)]


def _elements(asked: Asked, keys: Iterable[bytes]) -> dict[bytes, DimensionElement]:
    """The elements that occur in the keys of segments."""
    ids = {key for each in keys for key in _split(each)}
    dimensions = [each.id for each in asked.of.dimensions]
    question = select(DimensionElement).where(DimensionElement.dimension_id.in_(dimensions))
    return {each.id.bytes: each for each in asked.session.scalars(question) if each.id.bytes in ids}


def _segments_above(asked: Asked, keys: Iterable[bytes]) -> dict[bytes, EnterpriseSegment]:
    wanted = list(keys)
    elements = _elements(asked, wanted)
    chosen = [
        dict(zip(asked.of.dimensions, (elements[key] for key in _split(each)), strict=True))
        for each in wanted
    ]
    return dict(zip(wanted, segments_for(asked.session, chosen, of=asked.of), strict=True))


def _there_already(asked: Asked) -> set[UUID]:
    observed: Any = Observation.__table__.c
    there = asked.figures(observed.subject_id).where(observed.protocol_id == asked.protocol.id)
    return set(asked.session.scalars(there))
