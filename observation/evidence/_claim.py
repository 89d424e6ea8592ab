"""What observations tell of concepts, in Python and in SQL (3.5, 3.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import with_polymorphic

from ..concept.observation_concept import ObservationConcept, closure
from ..record.measurement import Measurement
from ..record.observation import CategoryObservation, Observation, Presence
from ..record.question import ACTIVE, known_as
from ..record.standing import Standing


def told_by(observation: Observation) -> tuple[ObservationConcept, Presence] | None:
    """Of which concept an observation tells what: None for a measurement that was not classified."""
    if isinstance(observation, CategoryObservation):
        return observation.concept, observation.presence
    if isinstance(observation, Measurement) and observation.phenomenon is not None:
        return observation.phenomenon, Presence.PRESENT
    return None


def recorded_on(observation: Observation) -> str:
    """Since when, and from whom, an observation is known."""
    by = "" if observation.performer is None else f" by {observation.performer}"
    return f"recorded {observation.recorded:%Y-%m-%d %H:%M} UTC{by}"


def every_kind() -> Any:
    """Observations under a name of their own, with what each kind adds, such as a presence."""
    return with_polymorphic(Observation, "*", aliased=True)


def says(observation: Any, presence: Presence) -> ColumnElement[bool]:
    """The SQL condition that one of `every_kind` tells of its concept that it is `presence`."""
    told: Any = observation.CategoryObservation.presence
    # A measurement has no presence of its own: the phenomenon that it is classified as is there.
    condition = or_(told == presence, told.is_(None)) if presence is Presence.PRESENT else told == presence
    return and_(observation.concept_id.is_not(None), condition)


if TYPE_CHECKING:
    from ...patterns.persistence.seek import AnySelect


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant asked about, the instant as known at which, and the standing of what counts."""

    as_of: datetime
    known_at: datetime
    standing: Collection[Standing] = ACTIVE


def claims(presence: Presence, concepts: Iterable[UUID], subject: UUID, moment: Moment) -> AnySelect:
    """Each of `concepts` with all that had begun to tell of it, even if that is over; the earliest first."""
    told = every_kind()
    asked, said = _ends(presence)
    return (
        select(asked, told)
        .join(told, told.concept_id == said)
        .where(
            asked.in_(concepts),
            told.subject_id == subject,
            says(told, presence),
            told.applicable_from <= moment.as_of,
            *known_as(told, moment.standing, moment.known_at),
            # What could not be told of a special case says nothing of the general one, nor the other way.
            *([asked == said] if presence is Presence.UNKNOWN else []),
        )
        .order_by(told.applicable_from, told.id)
    )


def _ends(presence: Presence) -> tuple[ColumnElement[UUID], ColumnElement[UUID]]:
    """Of the closure, the column of the concept asked about and that of the concept observed."""
    below, above = closure.c.subtype_id, closure.c.supertype_id
    return (below, above) if presence is Presence.ABSENT else (above, below)


def stands(
    observation: Any, presence: Presence, concept: ObservationConcept, moment: Moment
) -> ColumnElement[bool]:
    """The SQL condition that one of `every_kind` tells so of a concept, and no later one outdates it."""
    other = Presence.ABSENT if presence is Presence.PRESENT else Presence.PRESENT
    later = every_kind()
    return and_(
        _claimed(observation, presence, concept, moment),
        or_(
            observation.applicable_to > moment.as_of,  # a period that is not over: a point never is
            and_(
                observation.applicable_to == observation.applicable_from,
                ~exists().where(
                    later.subject_id == observation.subject_id,
                    later.applicable_from > observation.applicable_from,
                    _claimed(later, other, concept, moment),
                ),
            ),
        ),
    )


def _claimed(
    observation: Any, presence: Presence, concept: ObservationConcept, moment: Moment
) -> ColumnElement[bool]:
    asked, said = _ends(presence)
    return and_(
        observation.concept_id.in_(select(said).where(asked == concept.id)),
        says(observation, presence),
        observation.applicable_from <= moment.as_of,
        *known_as(observation, moment.standing, moment.known_at),
    )
