"""What a clinician is responsible for: accountabilities that cover observation concepts (2.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...patterns.accountability.accountability import Accountability
from ...patterns.accountability.scope import Location, OperatingScope, OperatingScopeType
from ...patterns.catalogue import complete
from ...patterns.persistence.base import Level
from ...patterns.persistence.session import Session
from ...patterns.persistence.version import keep_history
from ...patterns.provenance import Explanation
from ...patterns.time.period import Period
from ..concept.observation_concept import ObservationConcept, closure
from ..evidence._claim import told_by
from ..evidence.presence import way_up
from ..record.observation import Observation


class ClinicalCareScope(OperatingScope, init=False):
    """
    That an accountability covers the care for what is observed: for diabetes, in all its types.

    Shape:  one observation concept; a concept has any number of such scopes.
    Errors: those of `OperatingScope`.
    Source: Analysis Patterns 2.8.
    """

    __tablename__ = "observation_clinical_care_scope"
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.8"
    __mapper_args__ = {"polymorphic_identity": "clinical_care_scope"}

    version: Mapped[UUID] = mapped_column(ForeignKey(OperatingScope.version), primary_key=True, init=False)
    concept_id: Mapped[UUID] = mapped_column(ForeignKey(ObservationConcept.id), index=True, init=False)
    concept: Mapped[ObservationConcept] = relationship()

    def __init__(
        self,
        *,
        accountability: Accountability,
        type: OperatingScopeType,
        concept: ObservationConcept,
        location: Location | None = None,
        period: Period | None = None,
    ) -> None:
        super().__init__(accountability=accountability, type=type, location=location, period=period)
        self.concept = concept

    def __str__(self) -> str:
        return f"care for {self.concept}" + ("" if self.location is None else f", {self.location}")


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """
    That an accountability covers the care for a concept, itself or as a special case of another.

    Shape:  the concept, the scope that it falls under, and the accountability with that scope.
    Source: Analysis Patterns 2.8 and 3.6.
    """

    concept: ObservationConcept
    scope: ClinicalCareScope
    accountability: Accountability

    def explanation(self) -> Explanation:
        """The way from the concept up to that of the scope, and the accountability."""
        way = " > ".join(str(each) for each in way_up(self.concept, self.scope.concept))
        return Explanation(
            str(self),
            "2.8: a scope covers its concept and all special cases of it",
            (Explanation(f"{self.scope}", f"by {way}"), self.accountability.explanation()),
        )

    def __str__(self) -> str:
        return f"{self.accountability.responsible} cares for {self.concept}"


def care_for(
    session: Session,
    subject: ObservationConcept | Observation,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[Coverage]:
    """
    Tell which accountabilities cover a concept, or that of an observation, on a day.

    Shape:  in the order in which their scopes were recorded; none for a measurement that was not classified.
    Source: Analysis Patterns 2.8 and 3.6: whoever cares for diabetes cares for its types.
    """
    concept = _concept_of(subject)
    if concept is None:
        return []
    day, known = session.day(as_of), session.instant(known_at)
    above = select(closure.c.supertype_id).where(closure.c.subtype_id == concept.id)
    question = (
        select(ClinicalCareScope, Accountability)
        .join(Accountability, Accountability.id == ClinicalCareScope.accountability_id)
        .where(
            ClinicalCareScope.concept_id.in_(above),
            ClinicalCareScope.holds(day, known),
            Accountability.holds(day, known),
        )
        .order_by(ClinicalCareScope.id)
    )
    return [Coverage(concept, scope, accountability) for scope, accountability in session.execute(question)]


def _concept_of(subject: ObservationConcept | Observation) -> ObservationConcept | None:
    if isinstance(subject, ObservationConcept):
        return subject
    told = told_by(subject)
    return None if told is None else told[0]


keep_history(ClinicalCareScope)


complete("2.8", types=(ClinicalCareScope, Coverage), behaviours=(care_for,))
