"""What came of a projection: another observation, by which it can be judged (3.10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, exists, inspect, select
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.audit import audit
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.guard import Guard, guard, refuse_when, spelled, trigger
from ...patterns.persistence.recorded import Recorded
from ...patterns.provenance import Explanation
from ..concept.observation_concept import ObservationConcept, Phenomenon
from ..record.measurement import Measurement
from ..record.observation import Observation, Presence
from ..record.rejection import Rejection, was_rejected
from ..record.standing import Standing
from ._claim import recorded_on, told_by

_TABLE = "observation_fulfilment"

OF_PROJECTION = rule(
    "fulfilment.of-projection",
    pattern="3.10",
    says="Only a projection that was not rejected is fulfilled.",
    layers=EVERYWHERE,
)
BY_ACTIVE = rule(
    "fulfilment.by-active",
    pattern="3.10",
    says="What fulfils a projection is another observation, and an active one.",
    layers=EVERYWHERE,
)
SAME_QUESTION = rule(
    "fulfilment.same-question",
    pattern="3.10",
    says="A projection is fulfilled by an observation of the same thing, phenomenon type or concept.",
    layers=EVERYWHERE,
)
NOT_BEFORE = rule(
    "fulfilment.not-before",
    pattern="3.10",
    says="What fulfils a projection applied no earlier than the projection was made known.",
    layers=EVERYWHERE,
)
ONCE = rule(
    "fulfilment.once",
    pattern="3.10",
    says="A projection is fulfilled once; anew only where what fulfilled it was rejected.",
    layers=DATABASES | {Layer.FLUSH},
    guards=(f"pk_{_TABLE}", f"{_TABLE}.projection_id, {_TABLE}.observation_id"),
)
KEPT = rule(
    "fulfilment.append-only",
    pattern="3.10",
    says="What came of a projection is never changed or deleted.",
    layers=DATABASES | {Layer.FLUSH},
)


class Fulfilment(Recorded, Base, init=False):
    """
    That an observation tells what came of a projection, whether it came true or not.

    Shape:  one projection and one active observation of the same thing: of the same phenomenon type, or of
            the same concept, one of its subtypes that is present, or one of its supertypes that is absent.
    Errors: `ConstraintViolation`: `fulfilment.of-projection`, `fulfilment.by-active`,
            `fulfilment.same-question`, `fulfilment.not-before`, `fulfilment.once`,
            `fulfilment.append-only`; nothing is changed.
    Source: Analysis Patterns 3.10: when a projection comes true, another observation is recorded.
    """

    __tablename__ = _TABLE
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.10"
    __unchanged__ = KEPT

    projection_id: Mapped[UUID] = mapped_column(ForeignKey(Observation.id), primary_key=True, init=False)
    observation_id: Mapped[UUID] = mapped_column(
        ForeignKey(Observation.id), primary_key=True, index=True, init=False
    )
    projection: Mapped[Observation] = relationship(foreign_keys=[projection_id])
    observation: Mapped[Observation] = relationship(foreign_keys=[observation_id])

    def __init__(self, *, projection: Observation, observation: Observation) -> None:
        require(_objections(self, projection, observation))
        self.projection = projection
        self.observation = observation

    @classmethod
    def __reads__(cls) -> tuple[Any, ...]:
        """What has to be written before it, for its guards to see."""
        return (cls.projection, cls.observation, Observation.qualifications)

    @property
    def stands(self) -> bool:
        """Whether neither the projection nor what fulfilled it was rejected since."""
        return self.projection.rejection is None and self.observation.rejection is None

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this breaks by itself."""
        if inspect(self).pending:
            yield from _objections(self, self.projection, self.observation)
            yield from _too_early(self, self.projection, self.observation)

    def violations_in(self, session: Any) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        if not inspect(self).pending:
            return
        stored = session.scalars(
            select(Fulfilment)
            .outerjoin(Rejection, Rejection.observation_id == Fulfilment.observation_id)
            .where(Fulfilment.projection_id == self.projection.id, Rejection.id.is_(None))
        )
        beside = session.waiting(Fulfilment, _projected, self.projection)
        for other in (*beside, *(each for each in stored if each.stands)):
            if other is not self:
                yield ONCE.violation(
                    self,
                    other,
                    found=f"{self.projection}, fulfilled by {other.observation} already",
                    allowed="a projection that nothing has fulfilled",
                    remedy="Reject what fulfilled it first, if that was wrong.",
                )

    def explanation(self) -> Explanation:
        """What was expected, and what was observed."""
        pair = (self.projection, self.observation)
        said = (Explanation(f"{each}, {each.applicable}", recorded_on(each)) for each in pair)
        return Explanation(str(self), "", tuple(said))

    def __str__(self) -> str:
        return f"{self.projection} expected, {self.observation} observed"


def answered(projection: Any, known_at: datetime) -> ColumnElement[bool]:
    """The SQL condition that somebody has told by an instant what came of a projection."""
    told, answer = aliased(Fulfilment), aliased(Observation)
    return exists().where(
        told.projection_id == projection.id,
        told.recorded <= known_at,
        answer.id == told.observation_id,
        ~was_rejected(answer, known_at),
    )


def _projected(fulfilment: Fulfilment) -> Observation:
    return fulfilment.projection


def _objections(
    fulfilment: Fulfilment, projection: Observation, observation: Observation
) -> Iterator[ConstraintViolation]:
    if projection.standing is not Standing.PROJECTION:
        yield OF_PROJECTION.violation(
            fulfilment,
            projection,
            found=f"{projection}, which is {projection.standing.value}",
            allowed="a projection",
            remedy="Record what is expected with standing=Standing.PROJECTION.",
        )
    if observation.standing is not Standing.ACTIVE:
        yield BY_ACTIVE.violation(
            fulfilment,
            observation,
            found=f"{observation}, which is {observation.standing.value}",
            allowed="an active observation",
            remedy="Record what was observed, or confirm it first.",
        )
    if not _answers(projection, observation):
        yield SAME_QUESTION.violation(
            fulfilment,
            projection,
            observation,
            found=f"{observation} where {projection} was expected",
            allowed="an observation of the same thing, and of the same phenomenon type or concept",
            remedy="Link the observation that tells what came of it.",
        )
    if "made_known" in vars(projection):
        yield from _too_early(fulfilment, projection, observation)


def _too_early(
    fulfilment: Fulfilment, projection: Observation, observation: Observation
) -> Iterator[ConstraintViolation]:
    if observation.applicable.start < projection.made_known.start:
        yield NOT_BEFORE.violation(
            fulfilment,
            projection,
            observation,
            found=f"{observation} of {observation.applicable}, made known on {projection.made_known}",
            allowed="what applied once the projection was known",
            remedy="What was so before was no matter of expectation: link a later observation.",
        )


def _answers(projection: Observation, observation: Observation) -> bool:
    if projection.subject_id != observation.subject_id:
        return False
    if isinstance(projection, Measurement):
        if not isinstance(observation, Measurement):
            return False
        return observation.phenomenon_type is projection.phenomenon_type
    expected, told = told_by(projection), told_by(observation)
    if expected is None or told is None:
        return False
    (concept, _), (observed, presence) = expected, told
    # Of one type, another phenomenon tells as well what came of it: that it did not come true.
    return of_one_type(concept, observed) or bears_on(concept, observed, presence)


def bears_on(concept: ObservationConcept, observed: ObservationConcept, presence: Presence) -> bool:
    """Whether it tells of a concept that another was observed to be `presence`."""
    if presence is Presence.PRESENT:
        return concept in observed.all_concepts()
    if presence is Presence.ABSENT:
        return observed in concept.all_concepts()
    return observed is concept


def of_one_type(concept: ObservationConcept, other: ObservationConcept) -> bool:
    """Whether both are phenomena of the same type."""
    return (
        isinstance(concept, Phenomenon)
        and isinstance(other, Phenomenon)
        and concept.phenomenon_type is other.phenomenon_type
    )


def excludes(observed: ObservationConcept, concept: ObservationConcept) -> bool:
    """Whether the presence of one is the absence of the other: two of one type, none a case of the other."""
    return (
        of_one_type(observed, concept)
        and observed not in concept.all_concepts()
        and concept not in observed.all_concepts()
    )


def _is_no_projection(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = {row}.projection_id) "
        "OR NOT EXISTS (SELECT 1 FROM observation_qualification q "
        f"WHERE q.observation_id = {row}.projection_id AND q.kind = 'projection' AND q.known_to = <forever>)"
    )


def _is_not_active(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM observation_rejection r WHERE r.observation_id = {row}.observation_id) "
        "OR EXISTS (SELECT 1 FROM observation_qualification q "
        f"WHERE q.observation_id = {row}.observation_id AND q.known_to = <forever>)"
    )


def _both(row: str) -> str:
    """Begins the search for the projection and what fulfils it, as p and o."""
    return (
        "EXISTS (SELECT 1 FROM observation_observation p JOIN observation_observation o "
        f"ON o.id = {row}.observation_id WHERE p.id = {row}.projection_id"
    )


def _is_another_question(row: str) -> str:
    bears_on = (
        "EXISTS (SELECT 1 FROM observation_concept_closure k WHERE "
        "(coalesce(o.presence, 'present') = 'present' AND k.subtype_id = o.concept_id "
        "AND k.supertype_id = p.concept_id) OR "
        "(o.presence = 'absent' AND k.supertype_id = o.concept_id AND k.subtype_id = p.concept_id) OR "
        "(o.presence = 'unknown' AND k.subtype_id = o.concept_id AND k.supertype_id = p.concept_id "
        "AND o.concept_id = p.concept_id))"
    )
    same_type = (
        "(p.phenomenon_type_id IS NOT NULL AND o.phenomenon_type_id IS NOT NULL "
        "AND o.phenomenon_type_id = p.phenomenon_type_id)"
    )
    return (
        f"{_both(row)} AND NOT (p.subject_id = o.subject_id AND (CASE WHEN p.presence IS NULL "
        f"THEN o.presence IS NULL AND {same_type} "
        f"ELSE {bears_on} OR (o.concept_id IS NOT NULL AND {same_type}) END)))"
    )


def _is_fulfilled(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} f WHERE f.projection_id = {row}.projection_id AND NOT EXISTS "
        "(SELECT 1 FROM observation_rejection r WHERE r.observation_id = f.observation_id))"
    )


def _one_at_a_time() -> Guard:
    """
    Let the second wait for the first, and be tried again where its snapshot is older than that.

    Shape:  that the observation is a projection is written once more as it is: a lock alone would let a
            transaction pass that sees nothing of what was committed meanwhile (REPEATABLE READ).
    """
    # PostgreSQL fires triggers in the order of their names: the lock comes first.
    name = f"{_TABLE}_aa_lock"
    body = (
        "UPDATE observation_qualification SET kind = kind "
        "WHERE observation_id = NEW.projection_id AND known_to = <forever>; RETURN NEW;"
    )
    when = f"BEFORE INSERT ON {_TABLE} FOR EACH ROW"
    return Guard(name, _TABLE, (), trigger(name, when, spelled(body, "postgresql")))


guard(
    Fulfilment.__table__,  # type: ignore[arg-type]
    _one_at_a_time(),
    refuse_when(OF_PROJECTION, _TABLE, "INSERT", _is_no_projection, because="what is no projection"),
    refuse_when(BY_ACTIVE, _TABLE, "INSERT", _is_not_active, because="what is not active"),
    refuse_when(SAME_QUESTION, _TABLE, "INSERT", _is_another_question, because="an answer to something else"),
    refuse_when(
        NOT_BEFORE, _TABLE, "INSERT",
        lambda row: f"{_both(row)} AND o.applicable_from < p.made_known_from)",
        because="what applied before it was expected",
    ),
    refuse_when(ONCE, _TABLE, "INSERT", _is_fulfilled, because="a projection that is fulfilled already"),
)  # fmt: skip
only_added(Fulfilment, KEPT)
audit(SAME_QUESTION, Fulfilment, _is_another_question)
