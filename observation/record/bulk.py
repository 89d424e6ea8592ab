"""Many measurements at once, past the unit of work but past none of the rules (3.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from uuid_utils.compat import uuid7

from ...patterns.accountability.party import Party
from ...patterns.constraint import Layer
from ...patterns.persistence.composites import canonical
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.planning.protocol import Protocol
from ...patterns.values import Quantity
from ..concept.phenomenon_type import PhenomenonType
from .observation import LEGAL_UNIT, MADE_KNOWN, Measurement, Observation
from .time_record import Time, TimeRecord

_AT_ONCE = 5000


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


def record_measurements(session: Session, drafts: Iterable[MeasurementDraft]) -> list[UUID]:
    """
    Record many measurements in the session's transaction, and give their keys in order.

    Shape:  what waits in the session is written first; the drafts may come from a generator. All are
            active.
    Errors: as `Measurement`, naming the draft by its position; the transaction has to be rolled back then,
            and nothing is kept of any.
    Source: Analysis Patterns 3.4.
    """
    session.flush()
    recording = _Recording(session)
    keys: list[UUID] = []
    waiting = iter(drafts)
    while rows := [recording.row(draft) for draft in islice(waiting, _AT_ONCE)]:
        session.connection().execute(_INSERT, rows)
        keys.extend(row["id"] for row in rows)
    return keys


_INSERT = insert(Observation.__table__)  # type: ignore[arg-type]
_KIND = Measurement.__mapper__.polymorphic_identity


class _Recording:
    """The rows of one call: what many of them have in common is looked at once."""

    def __init__(self, session: Session) -> None:
        self.recorded = session.recorded
        self.legal: dict[tuple[UUID, str], bool] = {}
        self.position = 0

    def row(self, draft: MeasurementDraft) -> dict[str, Any]:
        applicable = TimeRecord.of(draft.applicable)
        made_known = TimeRecord.of(draft.made_known or self.recorded)
        quantity, measured = draft.quantity, draft.phenomenon_type
        self._require(draft, made_known)
        self.position += 1
        subject = draft.subject
        return {
            "id": uuid7(),
            "kind": _KIND,
            "subject_id": subject if isinstance(subject, UUID) else subject.id,
            "phenomenon_type_id": measured.id,
            "protocol_id": None if draft.protocol is None else draft.protocol.id,
            "performer_id": None if draft.performer is None else draft.performer.id,
            "applicable_from": applicable.start,
            "applicable_to": applicable.end,
            "made_known_from": made_known.start,
            "made_known_to": made_known.end,
            "recorded": self.recorded,
            "quantity_number": quantity.amount,
            "quantity_unit": quantity.unit.code,
            "quantity_canonical": canonical(quantity),
        }

    def _require(self, draft: MeasurementDraft, made_known: TimeRecord) -> None:
        quantity, measured = draft.quantity, draft.phenomenon_type
        key = measured.id, quantity.unit.code
        if key not in self.legal:
            self.legal[key] = measured.allows(quantity.unit)
        if not self.legal[key]:
            raise LEGAL_UNIT.violation(
                measured,
                found=f"draft {self.position}: {measured} of {quantity}",
                allowed=", ".join(unit.code for unit in measured.legal_units),
                remedy="Convert it first, or name the unit among the legal ones.",
            )
        if made_known.start > self.recorded:
            raise MADE_KNOWN.violation(
                measured,
                found=f"draft {self.position}: made known on {made_known}, after {self.recorded.isoformat()}",
                allowed="what was made known before now",
                remedy="Correct the instant, or record it once it is known.",
                layer=Layer.FLUSH,
            )
