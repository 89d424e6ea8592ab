"""The book's own figures of chapter 2: the chart of ACM, and the people of a hospital."""

from __future__ import annotations

from dataclasses import dataclass

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    LeveledAccountabilityType,
    Organization,
    Party,
    PartyType,
    Person,
    Shape,
)
from analysis_patterns.patterns.persistence import Session


@dataclass(frozen=True, slots=True)
class Hospital:
    """Patients consent to treatment by doctors; a GP is a doctor."""

    patient: PartyType
    doctor: PartyType
    gp: PartyType
    consent: AccountabilityType
    john: Person
    mark: Person
    edwards: Person

    @classmethod
    def founded(cls, session: Session) -> Hospital:
        """A hospital in the database."""
        patient, doctor = PartyType(name="patient"), PartyType(name="doctor")
        gp = PartyType(name="GP", supertypes=[doctor])
        hospital = cls(
            patient=patient,
            doctor=doctor,
            gp=gp,
            consent=AccountabilityType(
                name="patient consent", commissioners=[patient], responsibles=[doctor]
            ),
            john=Person(name="John Smith", types=[patient]),
            mark=Person(name="Mark Thursz", types=[doctor]),
            edwards=Person(name="Dr Edwards", types=[gp]),
        )
        session.add_all([hospital.consent, hospital.john, hospital.mark, hospital.edwards])
        session.commit()
        return hospital


@dataclass(frozen=True, slots=True)
class Acm:
    """Aroma Coffee Makers: operating unit > region > division > sales office, each under the one before."""

    unit: PartyType
    region: PartyType
    division: PartyType
    office: PartyType
    line: LeveledAccountabilityType
    us: Organization
    northeast: Organization
    new_england: Organization
    boston: Organization

    @classmethod
    def founded(cls, session: Session) -> Acm:
        """The company's parties in the database, and no accountability yet."""
        unit, region = PartyType(name="operating unit"), PartyType(name="region")
        division, office = PartyType(name="division"), PartyType(name="sales office")
        acm = cls(
            unit=unit,
            region=region,
            division=division,
            office=office,
            line=LeveledAccountabilityType(
                name="line management", levels=[unit, region, division, office], shape=Shape.TREE
            ),
            us=Organization(name="ACM US", types=[unit]),
            northeast=Organization(name="Northeast", types=[region]),
            new_england=Organization(name="New England", types=[division]),
            boston=Organization(name="Boston", types=[office]),
        )
        session.add_all([acm.line, acm.us, acm.northeast, acm.new_england, acm.boston])
        session.commit()
        return acm

    @property
    def chart(self) -> list[Organization]:
        """The organizations from the highest to the lowest."""
        return [self.us, self.northeast, self.new_england, self.boston]

    def manage(self, session: Session) -> list[Accountability]:
        """Put each organization under the one before it, and give the accountabilities from the top."""
        made = [
            Accountability(type=self.line, commissioner=above, responsible=below)
            for above, below in zip(self.chart, self.chart[1:], strict=False)
        ]
        session.add_all(made)
        session.commit()
        return made


def party_type_of(party: Party) -> PartyType:
    """The one type that a party is of."""
    (classification,) = party.believed_classifications()
    return classification.type
