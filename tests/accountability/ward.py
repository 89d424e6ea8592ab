"""A hospital ward whose every accountability rests on some rule that may change."""

from __future__ import annotations

from datetime import date

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    Eligibility,
    LeveledAccountabilityType,
    OperatingScope,
    OperatingScopeType,
    PartyType,
    Person,
    Role,
)
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.period import Period

from .figures import Hospital

YEAR = Period(date(1996, 1, 1), date(1997, 1, 1))


class Ward:
    """
    John and Jane consent to be treated; doctors stand in for each other, refer to GPs and teach.

    Shape:  John consents to Mark Thursz and to Dr Edwards, Jane to Dr Edwards, all for the year 1996.
    """

    def __init__(self, session: Session, hospital: Hospital) -> None:
        self.patient, self.doctor, self.gp = hospital.patient, hospital.doctor, hospital.gp
        self.nurse = PartyType(name="nurse")
        self.john, self.mark, self.edwards = hospital.john, hospital.mark, hospital.edwards
        self.jane = Person(name="Jane Jones", types=[self.patient])
        self.consent = hospital.consent
        self.cover = AccountabilityType(name="cover", commissioners=[self.doctor], responsibles=[self.doctor])
        self.referral = AccountabilityType(name="referral", connections=[(self.doctor, self.gp)])
        self.teaching = LeveledAccountabilityType(
            name="teaching", levels=[self.doctor, self.nurse, self.patient]
        )
        self.admitted = OperatingScopeType(name="care", accountability_types=[self.consent])
        self.nan = Person(name="Nan Green", types=[self.nurse])
        self.consents = [
            self.link(self.consent, self.john, self.mark),
            self.link(self.consent, self.john, self.edwards),
            self.link(self.consent, self.jane, self.edwards),
        ]
        self.covers = [
            self.link(self.cover, self.mark, self.edwards),
            self.link(self.cover, self.edwards, self.mark),
        ]
        self.referred = self.link(self.referral, self.mark, self.edwards)
        self.taught = self.link(self.teaching, self.mark, self.nan)
        self.scope = OperatingScope(accountability=self.consents[0], type=self.admitted)
        session.add_all([*self.consents, *self.covers, self.referred, self.taught, self.scope])
        session.commit()

    def link(self, type: AccountabilityType, commissioner: Person, responsible: Person) -> Accountability:
        """An accountability for the year."""
        return Accountability(type=type, commissioner=commissioner, responsible=responsible, period=YEAR)

    def eligibility(self, type: AccountabilityType, role: Role) -> Eligibility:
        """The one admission of a type at one of its ends."""
        (found,) = (each for each in type.eligibilities if each.role is role)
        return found
