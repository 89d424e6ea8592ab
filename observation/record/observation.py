"""What was found of a thing: how much, or whether something is present or absent (3.4, 3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TypedDict
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, event, inspect
from sqlalchemy.orm import Mapped, UOWTransaction, mapped_column, relationship
from typing_extensions import Unpack
from uuid_utils.compat import uuid7

from ...patterns.accountability.party import Party
from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.recorded import Recorded
from ...patterns.persistence.registry import Referable, Thing
from ...patterns.persistence.session import Session, session_of
from ...patterns.persistence.types import choice
from ...patterns.picture import derived
from ...patterns.planning.action import Action
from ...patterns.planning.protocol import Protocol
from ...patterns.reference.thing import entity_of
from ..concept.observation_concept import ObservationConcept, Phenomenon
from ..concept.phenomenon_type import PhenomenonType
from ..concept.status_type import StatusType
from .basis import Basis
from .rejection import Rejection
from .standing import Hypothesis, Projection, Qualification, Standing
from .time_record import Time, TimeRecord, time_record_columns, time_record_order

_TABLE = "observation_observation"

KEPT = rule(
    "observation.append-only",
    pattern="3.9",
    says="What was observed is never changed or deleted; what was wrong is rejected, and stays.",
    layers=DATABASES | {Layer.FLUSH},
)
SUBJECT = rule(
    "observation.subject",
    pattern="3.5",
    says="An observation is of one thing of the registry.",
    layers=EVERYWHERE - DATABASES,
)
MADE_KNOWN = rule(
    "observation.made-known-first",
    pattern="3.8",
    says="An observation is recorded once it was made known, not before.",
    layers=DATABASES | {Layer.FLUSH},
    guards=(f"ck_{_TABLE}_made_known_first",),
)
NEVER_AT_FIRST = rule(
    "observation.rejected-later",
    pattern="3.9",
    says="An observation is recorded first and rejected later, by somebody who says why.",
)
OF_THE_TYPE = rule(
    "observation.phenomenon-of-type",
    pattern="3.5",
    says="The phenomenon that is observed is one of the phenomenon type that is looked at.",
    layers=EVERYWHERE,
)
SAID_ONE_WAY = rule(
    "observation.one-value",
    pattern="3.5",
    says="An observation has a quantity of a phenomenon type, or tells that a concept is present or not.",
    layers=DATABASES,
    guards=(f"ck_{_TABLE}_one_value", f"ck_{_TABLE}_presence", f"ck_{_TABLE}_value_of_kind"),
)


class Presence(Enum):
    """Whether something is there; that it was looked for and could not be told is worth recording, too."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Said(TypedDict, total=False):
    """
    What may be said of any observation.

    Shape:  `made_known` is when the observer told it: where it is left out, the instant it is recorded;
            `standing` is how certain it is, not rejected; `status_type` is as what it is stated, an actual
            figure or a planned one, where that is told apart.
    """

    made_known: Time | None
    protocol: Protocol | None
    performer: Party | None
    action: Action | None
    status_type: StatusType | None
    standing: Standing


class Observation(Recorded, Base, init=False):
    """
    Something that was found of a thing, when it was so, and since when that is known.

    Shape:  one subject, any thing of the registry; when it applied and when it was made known, each a point
            or a period; the instant at which it was `recorded`. A protocol, a performer and the action that
            made it, at most one of each. What it rests on; whether it is a hypothesis, or rejected.
    Errors: `ConstraintViolation`: `observation.subject`, `observation.made-known-first`,
            `observation.append-only`, `time.aware`.
    Source: Analysis Patterns 3.5 and 3.8; figures 3.9 and 3.10.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        time_record_order("applicable"),
        time_record_order("made_known"),
        CheckConstraint("made_known_from <= recorded", name="made_known_first"),
        CheckConstraint(
            "CASE WHEN presence IS NULL THEN quantity_number IS NOT NULL AND phenomenon_type_id IS NOT NULL "
            "ELSE quantity_number IS NULL AND concept_id IS NOT NULL END",
            name="one_value",
        ),
        CheckConstraint("presence IN ('present', 'absent', 'unknown')", name="presence"),
        # An application's own kinds say either.
        CheckConstraint(
            "CASE kind WHEN 'measurement' THEN presence IS NULL "
            "WHEN 'category observation' THEN presence IS NOT NULL ELSE 1 = 1 END",
            name="value_of_kind",
        ),
        Index(f"ix_{_TABLE}_measured", "subject_id", "phenomenon_type_id", "applicable_from"),
        Index(f"ix_{_TABLE}_found", "subject_id", "concept_id", "applicable_from"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "3.5"
    # Otherwise what a kind adds, such as a presence, would be asked for observation by observation.
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True, "with_polymorphic": "*"}
    __unchanged__ = KEPT

    id: Mapped[UUID] = identity()
    kind: Mapped[str] = mapped_column(String(50), init=False)
    subject_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), init=False)
    phenomenon_type_id: Mapped[UUID | None] = mapped_column(ForeignKey(PhenomenonType.id), init=False)
    concept_id: Mapped[UUID | None] = mapped_column(ForeignKey(ObservationConcept.id), index=True, init=False)
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey(Protocol.id), index=True, init=False)
    performer_id: Mapped[UUID | None] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    action_id: Mapped[UUID | None] = mapped_column(ForeignKey(Action.id), index=True, init=False)
    status_type_id: Mapped[UUID | None] = mapped_column(ForeignKey(StatusType.id), index=True, init=False)
    applicable: Mapped[TimeRecord] = time_record_columns("applicable")
    made_known: Mapped[TimeRecord] = time_record_columns("made_known")
    protocol: Mapped[Protocol | None] = relationship()
    performer: Mapped[Party | None] = relationship()
    action: Mapped[Action | None] = relationship()
    status_type: Mapped[StatusType | None] = relationship()
    bases: Mapped[list[Basis]] = relationship(
        foreign_keys=[Basis.observation_id],
        back_populates="observation",
        order_by="Basis.position",
        default_factory=list,
        init=False,
    )
    qualifications: Mapped[list[Qualification]] = relationship(
        back_populates="observation",
        order_by="Qualification.known_from",
        default_factory=list,
        init=False,
    )
    rejection: Mapped[Rejection | None] = relationship(
        foreign_keys=[Rejection.observation_id], back_populates="observation", init=False
    )

    def _record(self, subject: Referable, applicable: Time, said: Said) -> None:
        """Assign what every observation has; a subtype has checked the rest."""
        applied = TimeRecord.of(applicable)
        made_known = said.get("made_known")
        known = None if made_known is None else TimeRecord.of(made_known)
        standing = said.get("standing", Standing.ACTIVE)
        require(_of_a_thing(self, subject))
        require(_not_at_first(self, standing))
        self.id = uuid7()
        self.subject_id = subject.id
        self._subject: Referable | None = subject
        self.applicable = applied
        if known is not None:
            self.made_known = known
        self.protocol = said.get("protocol")
        self.performer = said.get("performer")
        self.action = said.get("action")
        self.status_type = said.get("status_type")
        if standing in _QUALIFIED:
            _QUALIFIED[standing](observation=self)

    @property
    @derived("1")
    def subject(self) -> Referable:
        """The thing that it is an observation of."""
        return vars(self).get("_subject") or entity_of(session_of(self), self.subject_id)

    @property
    def standing(self) -> Standing:
        """What is made of it now, as far as memory can tell."""
        if self.rejection is not None:
            return Standing.REJECTED
        believed = [each for each in self.qualifications if each.is_believed]
        return Standing(believed[-1].kind) if believed else Standing.ACTIVE

    def reject(self, *, by: Party, why: str, rejecting: Observation | None = None) -> Rejection:
        """
        Record that this observation is wrong, and that `rejecting` shows it; it stays.

        Errors: those of `Rejection`; nothing is changed.
        """
        return Rejection(observation=self, by=by, why=why, rejecting=rejecting)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this observation breaks by itself."""
        subject = vars(self).get("_subject")
        if inspect(self).pending and subject is not None and inspect(subject).transient:
            yield SUBJECT.violation(
                self,
                subject,
                found=f"{subject}, which is in no session",
                allowed="a thing that is recorded, or will be in the same flush",
                remedy="Add the subject to the session first.",
                layer=Layer.FLUSH,
            )
        if self.made_known.start > self.recorded:
            yield MADE_KNOWN.violation(
                self,
                found=f"{self}, made known on {self.made_known}, after {self.recorded.isoformat()}",
                allowed="what was made known before now",
                remedy="Correct the instant, or record it once it is known; expected is a projection.",
                layer=Layer.FLUSH,
            )


class CategoryObservation(Observation):
    """
    That a concept is present in a thing, absent, or that it could not be told.

    Shape:  an observation concept, often a phenomenon: then its phenomenon type is that of the phenomenon.
    Errors: those of `Observation`.
    Source: Analysis Patterns 3.5, figure 3.10.
    """

    __mapper_args__ = {"polymorphic_identity": "category observation"}

    presence: Mapped[Presence] = mapped_column(
        choice(Presence, length=10),
        nullable=True,
    )
    concept: Mapped[ObservationConcept] = relationship()
    phenomenon_type: Mapped[PhenomenonType | None] = relationship()

    def __init__(
        self,
        *,
        subject: Referable,
        concept: ObservationConcept,
        applicable: Time,
        presence: Presence = Presence.PRESENT,
        **said: Unpack[Said],
    ) -> None:
        self._record(subject, applicable, said)
        self.presence = presence
        self.concept = concept
        self.phenomenon_type = _type_of(concept)

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this observation breaks by itself."""
        yield from super().violations()
        if self.phenomenon_type is not _type_of(self.concept):
            yield of_another_type(self, self.concept, self.phenomenon_type)

    def __str__(self) -> str:
        return f"{self.concept} {self.presence.value}"


_QUALIFIED = {Standing.HYPOTHESIS: Hypothesis, Standing.PROJECTION: Projection}


def _type_of(concept: ObservationConcept) -> PhenomenonType | None:
    return concept.phenomenon_type if isinstance(concept, Phenomenon) else None


def _of_a_thing(observation: Observation, subject: object) -> Iterator[ConstraintViolation]:
    if not isinstance(subject, Referable):
        yield SUBJECT.violation(
            observation,
            found=f"{type(subject).__name__} {subject!r}",
            allowed="a party, an account, or another entity with the mixin Referable",
            remedy="Give the object itself; an application's own class takes the mixin.",
        )


def _not_at_first(observation: Observation, standing: Standing) -> Iterator[ConstraintViolation]:
    if standing is Standing.REJECTED:
        yield NEVER_AT_FIRST.violation(
            observation,
            found=f"{type(observation).__name__} recorded as rejected",
            allowed="active, a hypothesis or a projection",
            remedy="Record it, and call reject(by=..., why=...), which says who rejects it.",
        )


def of_another_type(
    observation: Observation, phenomenon: ObservationConcept, phenomenon_type: PhenomenonType | None
) -> ConstraintViolation:
    """That a phenomenon is not one of the type that is looked at."""
    return OF_THE_TYPE.violation(
        observation,
        phenomenon,
        found=f"the phenomenon {phenomenon} where {phenomenon_type or 'no phenomenon type'} is looked at",
        allowed=f"a phenomenon of {phenomenon_type}" if phenomenon_type else "a concept without a type",
        remedy="Choose among the phenomena of the type.",
    )


@event.listens_for(Session, "before_flush", insert=True)
def _made_known_now(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for each in session.new:
        # Whoever records it makes it known, unless somebody else told it before.
        if isinstance(each, Observation) and "made_known" not in vars(each):
            each.made_known = TimeRecord.of(session.recorded)


def _is_of_another_type(row: str) -> str:
    return (
        f"{row}.concept_id IS NOT NULL AND EXISTS (SELECT 1 FROM observation_concept c "
        f"WHERE c.id = {row}.concept_id AND c.phenomenon_type_id <distinct> {row}.phenomenon_type_id)"
    )


guard(
    Observation.__table__,  # type: ignore[arg-type]
    refuse_when(OF_THE_TYPE, _TABLE, "INSERT", _is_of_another_type, because="a phenomenon of another type"),
)
only_added(Observation, KEPT)
