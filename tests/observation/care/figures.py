"""What 2.8 and 8.7 are told about: a clinic, what it knows of beta-blockers, and a patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from analysis_patterns.observation import (
    CategoryObservation,
    ClinicalCareScope,
    ObservationConcept,
    OutcomeFunction,
    Phenomenon,
    PhenomenonType,
    StartFunction,
)
from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    ImplementedAction,
    OperatingScopeType,
    PartyType,
    Person,
    Protocol,
)
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import Period

MORNING = datetime(1997, 5, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
SINCE_1990 = Period(date(1990, 1, 1))


@dataclass
class Clinic:
    """Hypertension, angina and asthma; what blood pressure may be; the beta-blocker; Ann and her doctor."""

    ann: Person
    hale: Person
    consent: AccountabilityType
    care: OperatingScopeType
    treated: Accountability
    heart_disease: ObservationConcept
    hypertension: ObservationConcept
    angina: ObservationConcept
    asthma: ObservationConcept
    allergic_asthma: ObservationConcept
    tiredness: ObservationConcept
    cold_hands: ObservationConcept
    pressure: PhenomenonType
    normal: Phenomenon
    ideal: Phenomenon
    high: Phenomenon
    very_high: Phenomenon
    beta_blocker: Protocol
    start: StartFunction
    outcome: OutcomeFunction

    @classmethod
    def opened(cls, session: Session) -> Self:
        """Store them in `session`."""
        patient, doctor = PartyType(name="patient"), PartyType(name="doctor")
        consent = AccountabilityType(name="consent", commissioners=[patient], responsibles=[doctor])
        ann, hale = Person(name="Ann", types=[patient]), Person(name="Dr Hale", types=[doctor])
        heart, asthma = ObservationConcept(name="heart disease"), ObservationConcept(name="asthma")
        hypertension, angina = (
            ObservationConcept(name=name, supertypes=[heart]) for name in ("hypertension", "angina")
        )
        tiredness, cold_hands = (ObservationConcept(name=name) for name in ("tiredness", "cold hands"))
        pressure = PhenomenonType(name="blood pressure")
        normal = Phenomenon(name="normal", phenomenon_type=pressure)
        high = Phenomenon(name="high", phenomenon_type=pressure, supertypes=[hypertension])
        beta_blocker = Protocol(name="beta-blocker")
        made = cls(
            ann=ann,
            hale=hale,
            consent=consent,
            care=OperatingScopeType(name="clinical care", accountability_types=[consent]),
            treated=Accountability(type=consent, commissioner=ann, responsible=hale, period=SINCE_1990),
            heart_disease=heart,
            hypertension=hypertension,
            angina=angina,
            asthma=asthma,
            allergic_asthma=ObservationConcept(name="allergic asthma", supertypes=[asthma]),
            tiredness=tiredness,
            cold_hands=cold_hands,
            pressure=pressure,
            normal=normal,
            ideal=Phenomenon(name="ideal", phenomenon_type=pressure, supertypes=[normal]),
            high=high,
            very_high=Phenomenon(name="very high", phenomenon_type=pressure, supertypes=[high]),
            beta_blocker=beta_blocker,
            start=StartFunction(
                name="when to give it",
                indicated=beta_blocker,
                indications=[hypertension, angina],
                contraindications=[asthma],
                at_least=1,
            ),
            outcome=OutcomeFunction(
                name="what it does",
                protocol=beta_blocker,
                targets=[normal],
                side_effects=[tiredness, cold_hands],
            ),
        )
        session.add_all(vars(made).values())
        session.commit()
        return made

    def found(self, concept: ObservationConcept, **said: Any) -> CategoryObservation:
        """That a concept is present in Ann this morning, unless `said` otherwise; not stored yet."""
        given: dict[str, Any] = {"applicable": MORNING, **said}
        return CategoryObservation(subject=self.ann, concept=concept, **given)

    def given(self, **said: Any) -> ImplementedAction:
        """That Ann was given a beta-blocker this morning, not stored yet."""
        given: dict[str, Any] = {"name": "giving it", "protocol": self.beta_blocker, "time": MORNING, **said}
        return ImplementedAction(**given)

    def cared_for(self, concept: ObservationConcept, **said: Any) -> ClinicalCareScope:
        """That Dr Hale's care covers a concept, not stored yet."""
        return ClinicalCareScope(accountability=self.treated, type=self.care, concept=concept, **said)
