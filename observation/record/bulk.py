"""Many measurements at once, past the unit of work but past none of the rules (3.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from ...patterns.accountability.party import Party
from ...patterns.catalogue import attach
from ...patterns.constraint import Layer
from ...patterns.persistence.composites import canonical, unit_code
from ...patterns.persistence.mass import Row, instant_text, key_writer, write_rows
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.planning.protocol import Protocol
from ...patterns.time.instant import require_aware
from ...patterns.values import Quantity, Unit
from ..concept.phenomenon_type import LegalUnit, PhenomenonType
from ..concept.status_type import StatusType
from .measurement import LEGAL_UNIT, Measurement
from .observation import MADE_KNOWN
from .time_record import Time

_TABLE = "observation_observation"
_KIND = "measurement"
_COLUMNS = (
    "id, kind, subject_id, phenomenon_type_id, protocol_id, performer_id, status_type_id, applicable_from, "
    "applicable_to, made_known_from, made_known_to, recorded, quantity_number, quantity_unit, "
    "quantity_canonical"
)


@dataclass(frozen=True, slots=True)
class MeasurementDraft:
    """
    A measurement that is about to be recorded.

    Shape:  as `Measurement`; the subject by itself or by its key.
    Source: Analysis Patterns 3.4.
    """

    subject: Referable | UUID
    phenomenon_type: PhenomenonType
    quantity: Quantity
    applicable: Time
    made_known: Time | None = None
    protocol: Protocol | None = None
    performer: Party | None = None
    status_type: StatusType | None = None


def record_measurements(session: Session, drafts: Iterable[MeasurementDraft]) -> list[UUID]:
    """
    Record many measurements in the session's transaction, and give their keys in order.

    Shape:  what waits in the session is written first; the drafts may come from a generator. All are
            active.
    Errors: as `Measurement`, naming the draft by its position; nothing is kept of any, and the transaction
            goes on.
    Source: Analysis Patterns 3.4.
    """
    session.flush()
    connection = session.connection()
    recording = _Recording(session.recorded, connection.dialect.name)
    # Made before the first is written: what a draft refers to may have to be read on this connection.
    rows = [recording.row(draft) for draft in drafts]
    write_rows(connection, [(_TABLE, _COLUMNS, iter(rows))], streams=True)
    return recording.keys


class _Recording:
    """The rows of one call: what many of them have in common is looked at, and written out, once."""

    def __init__(self, recorded: datetime, dialect: str) -> None:
        self.recorded = recorded
        self.at = instant_text(recorded, dialect)
        self.dialect = dialect
        self.as_key = key_writer(dialect)
        self.keys: list[UUID] = []
        self._legal: dict[tuple[UUID, Unit], str | None] = {}

    def row(self, draft: MeasurementDraft) -> Row:
        quantity, measured, subject = draft.quantity, draft.phenomenon_type, draft.subject
        unit = self._legal_code(measured, quantity)
        key = uuid7()
        row = (
            self.as_key(key),
            _KIND,
            self.as_key(subject if isinstance(subject, UUID) else subject.id),
            self.as_key(measured.id),
            None if draft.protocol is None else self.as_key(draft.protocol.id),
            None if draft.performer is None else self.as_key(draft.performer.id),
            None if draft.status_type is None else self.as_key(draft.status_type.id),
            *self._times(draft.applicable),
            *self._made_known(draft),
            self.at,
            str(quantity.amount),
            unit,
            canonical(quantity),
        )
        self.keys.append(key)
        return row

    def _times(self, time: Time) -> tuple[str, str]:
        if isinstance(time, datetime):
            at = instant_text(require_aware(time), self.dialect)
            return at, at
        return instant_text(time.start, self.dialect), instant_text(time.end, self.dialect)

    def _made_known(self, draft: MeasurementDraft) -> tuple[str, str]:
        made_known = draft.made_known
        if made_known is None:
            return self.at, self.at
        times = self._times(made_known)
        if times[0] > self.at:  # all are written in UTC, and sort as the instants do
            raise MADE_KNOWN.violation(
                draft.phenomenon_type,
                found=f"draft {len(self.keys)}: made known on {made_known}, after {self.recorded}",
                allowed="what was made known before now",
                remedy="Correct the instant, or record it once it is known.",
                layer=Layer.FLUSH,
            )
        return times

    def _legal_code(self, measured: PhenomenonType, quantity: Quantity) -> str:
        key = measured.id, quantity.unit
        if key not in self._legal:
            self._legal[key] = unit_code(quantity.unit) if measured.allows(quantity.unit) else None
        code = self._legal[key]
        if code is None:
            raise LEGAL_UNIT.violation(
                measured,
                found=f"draft {len(self.keys)}: {measured} of {quantity}",
                allowed=", ".join(unit.code for unit in measured.legal_units),
                remedy="Convert it first, or name the unit among the legal ones.",
            )
        return code


attach(
    "3.4",
    types=(Measurement, PhenomenonType, LegalUnit, MeasurementDraft),
    behaviours=(record_measurements,),
    figure="analysis_patterns.observation.record.measurement:Measurement",
    when_not="A number that every thing of a class has, once, and that no rule speaks of by type is an "
    "attribute of the class.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.observation import Measurement, PhenomenonType
>>> from analysis_patterns.patterns import Person, Quantity
>>> height = PhenomenonType(name="body height", legal_units=["cm", "[in_i]"])
>>> noon = datetime(1997, 5, 1, 12, tzinfo=UTC)
>>> ann = Person(name="Ann")
>>> print(Measurement(subject=ann, phenomenon_type=height, quantity=Quantity("182.0", "cm"), applicable=noon))
body height 182.0 cm
>>> Measurement(subject=ann, phenomenon_type=height, quantity=Quantity(80, "kg"), applicable=noon)
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: measurement.legal-unit: ...
""",
)
