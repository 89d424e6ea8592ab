"""What a calculation needs: a figure of a type, a subject, a status and a time, and where it is (4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.planning.protocol import Protocol
from ...patterns.reference.thing import spoken
from ..concept.phenomenon_type import PhenomenonType
from ..concept.status_type import Actual, StatusType
from ..record.observation import Measurement
from ..record.question import observations
from ..record.time_record import TimeRecord


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    A figure that is looked for.

    Shape:  a phenomenon type, a subject, a status type where figures have one, and when it applies.
    """

    phenomenon_type: PhenomenonType
    subject: Referable
    status_type: StatusType | None
    applicable: TimeRecord

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from others."""
        status = None if self.status_type is None else self.status_type.id
        return self.phenomenon_type.id, self.subject.id, status, self.applicable

    def of(self, phenomenon_type: PhenomenonType) -> Wanted:
        """The same of another type."""
        return replace(self, phenomenon_type=phenomenon_type)

    def under(self, status_type: StatusType | None) -> Wanted:
        """The same of another status."""
        return replace(self, status_type=status_type)

    def about(self, subject: Referable) -> Wanted:
        """The same of another subject."""
        return replace(self, subject=subject)

    def beside(self, other: Wanted) -> str:
        """What it is, as it is said beside another: a time that is the same is not said again."""
        same = "" if self.applicable == other.applicable else f", {self.applicable}"
        return f"{self._what}{same}"

    @property
    def _what(self) -> str:
        status = "" if self.status_type is None else f", {self.status_type}"
        return f"{self.phenomenon_type} of {spoken(self.subject)}{status}"

    def __str__(self) -> str:
        return f"{self._what}, {self.applicable}"


def shifted(session: Session, wanted: Wanted) -> Wanted | None:
    """
    What a figure for the prior year is, where none is recorded as such: the actual one, a year before.

    Shape:  None where the status is about the very time that it is stated for.
    """
    status = wanted.status_type
    if not isinstance(status, Actual) or status.time_offset is None:
        return None
    offset, time = status.time_offset, wanted.applicable
    then = TimeRecord(offset.before(time.start), offset.before(time.end))
    plain = select(Actual).where(Actual.offset_months.is_(None)).order_by(Actual.name).limit(1)
    return replace(wanted, status_type=session.scalars(plain).first(), applicable=then)


def measurements_of(session: Session, wanted: Wanted) -> list[Measurement]:
    """
    The active measurements that are what is wanted, the newest first.

    Shape:  those of exactly that time; where there are none, those of a period that covers it.
    """
    measured: Any = Measurement
    question = observations(session, Measurement, subject=wanted.subject, of=wanted.phenomenon_type)
    status = None if wanted.status_type is None else wanted.status_type.id
    question = question.where(
        measured.status_type_id.is_not_distinct_from(status),
        measured.applicable_from <= wanted.applicable.start,
        measured.applicable_to >= wanted.applicable.end,
    )
    found = sorted(session.scalars(question), key=_newest, reverse=True)
    exactly = [each for each in found if each.applicable == wanted.applicable]
    return exactly or [each for each in found if _covers(each.applicable, wanted.applicable)]


def preferred(found: Sequence[Measurement], protocols: Sequence[Protocol]) -> Measurement | None:
    """The one of several measurements that was made in the preferred way; of two made alike, the newest."""
    if not found:
        return None
    places: dict[Protocol | None, int] = {protocol: place for place, protocol in enumerate(protocols)}
    return min(found, key=lambda each: places.get(each.protocol, len(places)))


def _newest(measurement: Measurement) -> Any:
    return measurement.recorded, measurement.id


def _covers(period: TimeRecord, wanted: TimeRecord) -> bool:
    return not period.is_point and period.start <= wanted.start and wanted.end <= period.end
