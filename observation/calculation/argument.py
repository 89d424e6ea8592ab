"""What a calculation needs: a figure of a type, a subject, a status and a time, and where it is (4.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload

from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.planning.protocol import Protocol
from ...patterns.reference.thing import in_parts, spoken
from ..concept.phenomenon_type import PhenomenonType
from ..concept.status_type import Actual, StatusType
from ..record.basis import Basis, Role
from ..record.measurement import Measurement
from ..record.observation import Observation
from ..record.question import observations
from ..record.rejection import Rejection
from ..record.time_record import TimeRecord

_Key: TypeAlias = tuple[Any, ...]


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
    def key(self) -> _Key:
        """What tells it from others."""
        status = None if self.status_type is None else self.status_type.id
        return self.phenomenon_type.id, self.subject.id, status, self.applicable

    @property
    def beside_subject(self) -> _Key:
        """What it has in common with the same figure of another subject."""
        phenomenon_type, _subject, *rest = self.key
        return phenomenon_type, *rest

    def is_met_by(self, measurement: Measurement) -> bool:
        """Whether a measurement is of this type, subject and status and time, or held at the point."""
        *what, time = self.key
        said = measurement.phenomenon_type_id, measurement.subject_id, measurement.status_type_id
        held: TimeRecord = measurement.applicable
        return said == tuple(what) and (held == time or (time.is_point and held.includes(time.start)))

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

    Shape:  None where the status is about the very time that it is stated for. Of several actual ones
            without an offset the first that was made, so that a further one changes nothing.
    """
    status = wanted.status_type
    if not isinstance(status, Actual) or status.time_offset is None:
        return None
    offset, time = status.time_offset, wanted.applicable
    then = TimeRecord(offset.before(time.start), offset.before(time.end))
    plain = select(Actual).where(Actual.offset_months.is_(None)).order_by(Actual.id).limit(1)
    return replace(wanted, status_type=session.scalars(plain).first(), applicable=then)


def measurements_for(session: Session, wanted: Iterable[Wanted]) -> dict[_Key, list[Measurement]]:
    """
    The active measurements that are what is wanted, by its key, the newest first.

    Shape:  those of exactly that time; for a point in time, where there are none, those of a period that
            includes it. The figure of a year is none of a quarter. However many are wanted of one type,
            status and time, few questions are asked.
    """
    found: dict[_Key, list[Measurement]] = {}
    alike: dict[_Key, list[Wanted]] = {}
    for each in wanted:
        alike.setdefault(each.beside_subject, []).append(each)
    for some in alike.values():
        for part in in_parts(each.subject.id for each in some):
            question = _question(session, some[0]).where(Measurement.subject_id.in_(part))
            by_subject: dict[UUID, list[Measurement]] = {}
            for measurement in session.scalars(question):
                by_subject.setdefault(measurement.subject_id, []).append(measurement)
            for each in some:
                if each.subject.id in by_subject:
                    found[each.key] = _of_its_time(by_subject[each.subject.id], each.applicable)
    return found


def rejected_below(session: Session, measurements: Iterable[Measurement]) -> Observation | None:
    """One of the rejected observations that some of these measurements were calculated from, however far."""
    loaded: Any = Measurement.__mapper__.polymorphic_identity
    for part in in_parts(each.id for each in measurements if each.kind != loaded):
        first = select(Basis.source_id).where(Basis.observation_id.in_(part), Basis.role == Role.INPUT)
        below = first.cte(recursive=True)
        further = select(Basis.source_id).where(Basis.observation_id == below.c.source_id)
        below = below.union(further.where(Basis.role == Role.INPUT))
        rejected = select(Observation).join(Rejection, Rejection.observation_id == Observation.id)
        found = session.scalars(
            rejected.where(Observation.id.in_(select(below.c.source_id))).limit(1)
        ).first()
        if found is not None:
            return found
    return None


def _question(session: Session, wanted: Wanted) -> Select[Any]:
    measured: Any = Measurement
    time = wanted.applicable
    exactly = and_(measured.applicable_from == time.start, measured.applicable_to == time.end)
    held = and_(measured.applicable_from <= time.start, measured.applicable_to > time.start)
    status = None if wanted.status_type is None else wanted.status_type.id
    return (
        observations(session, Measurement, of=wanted.phenomenon_type)
        .where(
            measured.status_type_id.is_not_distinct_from(status),
            or_(exactly, held) if time.is_point else exactly,
        )
        .options(joinedload(Measurement.protocol))
    )


def _of_its_time(measurements: Sequence[Measurement], time: TimeRecord) -> list[Measurement]:
    newest_first = sorted(measurements, key=_newest, reverse=True)
    exactly = [each for each in newest_first if each.applicable == time]
    return exactly or newest_first  # all of them held at the point, or the database would not have given them


def preferred(found: Sequence[Measurement], protocols: Sequence[Protocol]) -> Measurement | None:
    """The one of several measurements that was made in the preferred way; of two made alike, the newest."""
    if not found:
        return None
    places: dict[Protocol | None, int] = {protocol: place for place, protocol in enumerate(protocols)}
    return min(found, key=lambda each: places.get(each.protocol, len(places)))


def _newest(measurement: Measurement) -> Any:
    return measurement.recorded, measurement.id
