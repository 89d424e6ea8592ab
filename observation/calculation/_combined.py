"""The rows of many combinations at once: what is asked for, the parts, and what is recorded of them (4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, insert, select, type_coerce
from sqlalchemy.types import NullType
from uuid_utils.compat import uuid7

from ...patterns.accountability.party import Party
from ...patterns.persistence.composites import canonical
from ...patterns.persistence.mass import instant_text, key_writer, write_rows
from ...patterns.persistence.session import Session
from ...patterns.values import Quantity, Unit, parse_unit, total
from ..band.classification import Bands, bands_of, present_in
from ..concept.status_type import StatusType
from ..record.basis import Basis, Role
from ..record.observation import Observation
from ..record.question import ACTIVE, known_as
from ..record.time_record import TimeRecord
from ..segment.dimension import DimensionLevel
from ..segment.dimension_set import DimensionSet
from ..segment.enterprise_segment import EnterpriseSegment
from ._figure import Figure
from .calculated_measurement import CalculatedMeasurement
from .combination import CombinationMethod
from .dimension_combination import DimensionCombination

KEY = 16
"""How many bytes of a segment's keys are that of one element."""

_KIND = CalculatedMeasurement.__mapper__.polymorphic_identity
_ROLE = Role.INPUT.value
_MEASUREMENTS = insert(Observation.__table__)  # type: ignore[arg-type]
_BASIS = Basis.__tablename__
_BASIS_COLUMNS = "observation_id, source_id, role, position, recorded"


class Part(NamedTuple):
    """A figure to be combined, how far down in the order of preference, and of which segment below what."""

    source: Any
    number: Decimal
    unit: str
    place: int
    keys: bytes
    parent: bytes


def as_stored(column: Any) -> ColumnElement[Any]:
    """A key as the driver gives it: of very many, most are only handed back."""
    return type_coerce(column, NullType())


def key_bytes(stored: Any) -> bytes:
    """The bytes of a key as the driver gave it; none of none."""
    return stored.bytes if isinstance(stored, UUID) else bytes(stored or b"")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures are combined: those of a set of dimensions, of one status, time and level."""

    session: Session
    protocol: DimensionCombination
    of: DimensionSet
    level: DimensionLevel
    status_type: StatusType | None
    applicable: TimeRecord

    @property
    def day(self) -> date:
        """The day on which they begin to apply."""
        return self.applicable.start.date()

    @property
    def known_at(self) -> datetime:
        """Now."""
        return self.session.instant(None)

    @property
    def slice(self) -> tuple[int, int]:
        """Where in the keys of a segment that of its element of the dimension begins and ends."""
        place = self.of.dimensions.index(self.protocol.dimension)
        return KEY * place, KEY * (place + 1)

    def figures(self, *columns: Any) -> Select[Any]:
        """Select of the figures that are active, of this status and time."""
        observed: Any = Observation.__table__.c
        status = None if self.status_type is None else self.status_type.id
        asked: Any = select(*columns).where(
            *known_as(observed, ACTIVE, self.known_at),
            observed.status_type_id.is_not_distinct_from(status),
            observed.applicable_from == self.applicable.start,
            observed.applicable_to == self.applicable.end,
        )
        chosen: Select[Any] = asked
        return chosen


class Recording:
    """The rows of one call: measurements, and what each rests on."""

    def __init__(self, asked: Asked, performer: Party | None, weights: Mapping[bytes, Part]) -> None:
        self.asked = asked
        self.weights = weights
        self.bands: Bands = bands_of(asked.session, asked.protocol.result_type, as_of=asked.day)
        self.units: dict[str, Unit] = {}
        self.measurements: list[dict[str, Any]] = []
        self.bases: list[tuple[Any, ...]] = []
        recorded = asked.session.recorded
        dialect = asked.session.connection().dialect.name
        self.key = key_writer(dialect)
        self.at = instant_text(recorded, dialect)
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
        made = self.key(key)
        self.bases += [
            (made, source, _ROLE, position, self.at) for position, source in enumerate(self._sources(parts))
        ]

    def written(self) -> list[UUID]:
        """Write the rows, the measurements first; give their keys."""
        connection = self.asked.session.connection()
        if self.measurements:
            with connection.begin_nested():
                connection.execute(_MEASUREMENTS, self.measurements)
                write_rows(connection, [(_BASIS, _BASIS_COLUMNS, iter(self.bases))], streams=True)
        return [each["id"] for each in self.measurements]

    def _figure(self, parts: Sequence[Part]) -> Figure:
        combination = self.asked.protocol.combination
        units = {part.unit for part in parts}
        if combination.way is CombinationMethod.SUM and len(units) == 1:
            return Figure(Fraction(total(part.number for part in parts)), self._unit(units.pop()))
        weights = [self.weights[part.keys] for part in parts] if self.weights else []
        return combination.result([*map(self._quantity, parts)], [*map(self._quantity, weights)])

    def _quantity(self, part: Part) -> Quantity:
        number: Decimal = part.number
        return Quantity(number, self._unit(part.unit))

    def _unit(self, code: str) -> Unit:
        if code not in self.units:
            self.units[code] = parse_unit(code)
        return self.units[code]

    def _sources(self, parts: Sequence[Part]) -> Iterator[Any]:
        for part in parts:
            yield part.source
            if self.weights:
                yield self.weights[part.keys].source

    def _called(self, segment: EnterpriseSegment, quantity: Quantity) -> UUID | None:
        session, start = self.asked.session, self.asked.applicable.start
        context = present_in(session, segment, start) if self.bands.depend_on_context else ()
        found = self.bands.classify(quantity, context)
        return found.phenomenon.id if found else None
