"""What was observed of a thing, as known at an instant; the rejected only where asked for (3.8, 3.9)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select

from ...patterns.catalogue import attach
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.session import Session
from ...patterns.time.instant import require_aware
from ...patterns.time.interval import Interval
from ..concept.observation_concept import ObservationConcept, Phenomenon, closure
from ..concept.phenomenon_type import PhenomenonType
from .observation import CategoryObservation, Observation, Presence
from .rejection import was_rejected
from .standing import Standing, is_qualified

O = TypeVar("O", bound=Observation)  # noqa: E741 (an observation)

ACTIVE = frozenset({Standing.ACTIVE})
"""What is asked for where nobody says otherwise: what is taken as a fact."""

EVERY_STANDING = frozenset(Standing)
"""All that was ever recorded, the rejected included."""


def observations(
    session: Session,
    kind: type[O] = Observation,  # type: ignore[assignment]
    *,
    subject: Referable | UUID | None = None,
    of: PhenomenonType | ObservationConcept | None = None,
    as_of: datetime | None = None,
    during: Interval | None = None,
    standing: Collection[Standing] = ACTIVE,
    known_at: datetime | None = None,
) -> Select[Any]:
    """
    Ask for observations, to be narrowed further: by `Measurement.quantity > ...`, say.

    Shape:  of one subject, or any; of a phenomenon type, or a concept and all its subtypes; that applied at
            the instant `as_of`, or at any `during` an interval; of the `standing` given: active, unless
            said otherwise. Ordered by when they applied.
    Units:  `known_at` is an aware instant, by default the session's now.
    Errors: `ConstraintViolation` (`time.aware`) for a naive instant.
    Source: Analysis Patterns 3.8 to 3.10.
    """
    asked = select(kind).where(*known_as(kind, standing, session.instant(known_at)))
    if subject is not None:
        asked = asked.where(kind.subject_id == (subject if isinstance(subject, UUID) else subject.id))
    if isinstance(of, PhenomenonType):
        asked = asked.where(kind.phenomenon_type_id == of.id)
    elif of is not None:
        below = select(closure.c.subtype_id).where(closure.c.supertype_id == of.id)
        asked = asked.where(kind.concept_id.in_(below))
    if as_of is not None:
        asked = asked.where(kind.applicable.includes(require_aware(as_of)))
    if during is not None:
        asked = asked.where(kind.applicable.overlaps(during))
    return asked.order_by(_starts(kind), kind.id)


def latest(
    session: Session,
    kind: type[O],
    *,
    subject: Referable | UUID,
    of: PhenomenonType | ObservationConcept,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> O | None:
    """
    The newest active observation that had begun to apply by `as_of`, by default now.

    Source: Analysis Patterns 3.8.
    """
    begun = session.instant(as_of)
    question = observations(session, kind, subject=subject, of=of, known_at=known_at)
    start = _starts(kind)
    newest = question.where(start <= begun).order_by(None).order_by(start.desc(), kind.id.desc()).limit(1)
    return session.scalars(newest).first()


def known_as(kind: Any, standing: Collection[Standing], known_at: datetime) -> list[ColumnElement[bool]]:
    """The SQL conditions that observations were recorded, and were of one of `standing`, at an instant."""
    asked = set(standing)
    conditions: list[ColumnElement[bool]] = [kind.recorded <= known_at]
    if asked == EVERY_STANDING:
        return conditions
    accepted = _accepted(kind, asked - {Standing.REJECTED}, known_at)
    rejected = was_rejected(kind, known_at)
    if Standing.REJECTED in asked:
        conditions.append(rejected if accepted is None else or_(rejected, accepted))
    else:
        conditions.append(~rejected)
        if accepted is not None:
            conditions.append(accepted)
    return conditions


def _accepted(kind: Any, asked: set[Standing], known_at: datetime) -> ColumnElement[bool] | None:
    """The condition for those that were not rejected; none where any will do."""
    uncertain = {Standing.HYPOTHESIS, Standing.PROJECTION}
    if Standing.ACTIVE not in asked:
        return is_qualified(kind, known_at, *asked) if asked else false()
    excluded = uncertain - asked
    return ~is_qualified(kind, known_at, *excluded) if excluded else None


def _starts(kind: Any) -> ColumnElement[datetime]:
    started: ColumnElement[datetime] = kind.applicable_from
    return started


attach(
    "3.5",
    types=(Observation, CategoryObservation, Phenomenon, Presence),
    behaviours=(observations, latest),
    figure="analysis_patterns.observation.record.observation:CategoryObservation",
    when_not="A quality that is settled for good, and that nobody doubts, is an attribute of the thing.",
    example="""
>>> from datetime import UTC, datetime
>>> from analysis_patterns.observation import CategoryObservation, Phenomenon, PhenomenonType, Presence
>>> from analysis_patterns.patterns import Person
>>> group = PhenomenonType(name="blood group")
>>> a = Phenomenon(name="A", phenomenon_type=group)
>>> noon = datetime(1997, 5, 1, 12, tzinfo=UTC)
>>> ann = Person(name="Ann")
>>> print(CategoryObservation(subject=ann, concept=a, presence=Presence.ABSENT, applicable=noon))
blood group: A absent
""",
)
