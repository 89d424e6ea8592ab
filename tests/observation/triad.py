"""The book's own function: weight loss, thirst and polyuria speak for diabetes."""

from __future__ import annotations

from datetime import date
from typing import Any

from analysis_patterns.observation import (
    AssociatedObservation,
    AssociativeFunction,
    CategoryObservation,
    Observation,
    ObservationConcept,
)
from analysis_patterns.patterns import Period
from analysis_patterns.patterns.persistence import Session

from .figures import MORNING, Ward

SINCE_1990 = Period(date(1990, 1, 1))


class Triad:
    """Three symptoms and the function that concludes diabetes from two of them, stored."""

    def __init__(self, session: Session, ward: Ward) -> None:
        self.ward = ward
        symptom = ObservationConcept(name="symptom")
        self.thirst, self.polyuria, self.loss = (
            ObservationConcept(name=name, supertypes=[symptom])
            for name in ("thirst", "polyuria", "weight loss")
        )
        self.great_thirst = ObservationConcept(name="great thirst", supertypes=[self.thirst])
        self.pregnancy = ObservationConcept(name="pregnancy")
        self.function = AssociativeFunction(
            name="the triad",
            product=ward.diabetes,
            arguments=[self.thirst, self.polyuria, self.loss],
            at_least=2,
            period=SINCE_1990,
        )
        session.add_all([self.great_thirst, self.pregnancy, self.function])
        session.commit()

    def seen(self, *concepts: ObservationConcept, **said: Any) -> list[CategoryObservation]:
        """That each of these is present in Ann, not stored yet."""
        return [self.ward.found(concept, **said) for concept in concepts]

    def concluded(self, *evidence: Observation, **said: Any) -> AssociatedObservation:
        """Diabetes because of some evidence, not stored yet."""
        given: dict[str, Any] = {"function": self.function, "applicable": MORNING, **said}
        return AssociatedObservation(evidence=evidence, **given)
