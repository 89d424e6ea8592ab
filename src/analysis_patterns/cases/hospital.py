"""A hospital: consent that sees a doctor's kinds, and a post that outlives its holders (2.4 to 2.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from ..patterns.accountability import (
    Accountability,
    AccountabilityType,
    Appointment,
    AppointmentType,
    HierarchicAccountabilityType,
    Location,
    OperatingScopeType,
    Organization,
    Party,
    PartyType,
    Person,
    Post,
    accountabilities_on,
    holders,
    network_picture,
    vacancies,
)
from ..patterns.persistence.session import Session
from ..patterns.picture import Graph
from ..patterns.time.period import Period
from ..patterns.values.quantity import Quantity
from ..site.case import Table
from .case import Check, WorkedCase, check
from .scope import Provision
from .session import load_pack, named, refusal

TEXT = """\
John Smith consents to be treated by Mark Thursz: an accountability of the type `patient consent`, in which
the patient is the commissioner and the doctor is responsible. The type admits doctors and says nothing of
their kinds. Dr Edwards is a GP; he may be consented to because a GP is a doctor, which only the closure of
his types shows. A nurse may not, and nor may the two parties change places.

The transplant surgeon of the hospital is a post. It answers to the head of surgery for 50 renal and 20 liver
transplants a year, the latter in south-east London. Dr Hale held it until the end of 1995; for three months
it was vacant; then came Dr Ito. The duties belong to the post, so on none of these days did they change, and
nobody had to copy them from one surgeon to the next."""

_PATIENT, _DOCTOR, _GP, _NURSE = "John Smith", "Mark Thursz", "Dr Edwards", "Nurse Ames"
_HOSPITAL, _HEAD, _SURGEON = "Hospital", "Head of surgery", "Transplant surgeon"
_HOLDERS = (
    (_HEAD, "Dr Flint", Period(date(1990, 1, 1))),
    (_SURGEON, "Dr Hale", Period(date(1992, 1, 1), date(1996, 1, 1))),
    (_SURGEON, "Dr Ito", Period(date(1996, 4, 1))),
)
_OPERATIONS = (("renal transplants", "50", ""), ("liver transplants", "20", "south-east London"))
_BEFORE, _BETWEEN, _TODAY = date(1995, 6, 1), date(1996, 2, 1), date(1997, 5, 1)


class _Hospital:
    """What the case's questions are about, found by name."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.consent = named(session, AccountabilityType, "patient consent")
        self.direction = named(session, HierarchicAccountabilityType, "clinical direction")
        self.appointment = named(session, AppointmentType, "surgical appointment")
        self.surgeon = session.scalars(select(Post).where(Post.name == _SURGEON)).one()

    def person(self, name: str) -> Person:
        """The one person of a name."""
        return self.session.scalars(select(Person).where(Person.name == name)).one()

    def holder(self, day: date) -> str:
        """Who holds the post of transplant surgeon on a day."""
        return ", ".join(each.name for each in holders(self.session, self.surgeon, as_of=day)) or "nobody"

    def duties(self, day: date) -> list[Provision]:
        """What the post answers for on a day."""
        (line,) = (
            each
            for each in accountabilities_on(self.session, self.direction, as_of=day)
            if each.responsible is self.surgeon
        )
        question = select(Provision).where(
            Provision.accountability_id == line.id, Provision.holds(day, self.session.instant(None))
        )
        return sorted(self.session.scalars(question), key=lambda each: each.version)


def run(session: Session) -> WorkedCase:
    """Build the hospital where the database does not hold it, and ask it what its figures are."""
    load_pack(session, "hospital")
    if session.scalars(select(Post).where(Post.name == _SURGEON)).one_or_none() is None:
        _build(session)
        session.commit()
    found = _Hospital(session)
    return WorkedCase(
        title="Consents and posts of a hospital",
        text=TEXT,
        patterns=("2.1", "2.4", "2.5", "2.6", "2.8", "2.9"),
        checks=(*_consent(found), *_post(found)),
        tables=(_occupation(found),),
        pictures=(_picture(found),),
    )


def _build(session: Session) -> None:
    def typed(name: str) -> PartyType:
        return named(session, PartyType, name)

    patient = Person(name=_PATIENT, types=[typed("patient")])
    doctor = Person(name=_DOCTOR, types=[typed("doctor")])
    consent = named(session, AccountabilityType, "patient consent")
    session.add(Person(name=_GP, types=[typed("GP")]))
    session.add(Person(name=_NURSE, types=[typed("nurse")]))
    session.add(Accountability(type=consent, commissioner=patient, responsible=doctor, period=_since_1990()))
    hospital = Organization(name=_HOSPITAL, types=[typed("hospital")])
    posts = {name: Post(name=name, types=[typed("surgical post")]) for name in (_HEAD, _SURGEON)}
    direction = named(session, HierarchicAccountabilityType, "clinical direction")
    headed, duty = (
        Accountability(type=direction, commissioner=above, responsible=below, period=_since_1990())
        for above, below in ((hospital, posts[_HEAD]), (posts[_HEAD], posts[_SURGEON]))
    )
    session.add_all([headed, duty])
    operations = named(session, OperatingScopeType, "yearly operations")
    for covers, number, place in _OPERATIONS:
        session.add(
            Provision(
                accountability=duty,
                type=operations,
                covers=covers,
                amount=Quantity(number, "/a"),
                location=Location(name=place) if place else None,
            )
        )
    appointment = named(session, AppointmentType, "surgical appointment")
    for post, name, period in _HOLDERS:
        person = Person(name=name, types=[typed("surgeon")])
        session.add(Appointment(type=appointment, post=posts[post], person=person, period=period))


def _since_1990() -> Period:
    return Period(date(1990, 1, 1))


def _consent(found: _Hospital) -> Iterator[Check]:
    patient, doctor, gp, nurse = map(found.person, (_PATIENT, _DOCTOR, _GP, _NURSE))

    def consented(commissioner: Party, responsible: Party) -> str:
        return refusal(
            found.session,
            lambda: found.session.add(
                Accountability(
                    type=found.consent,
                    commissioner=commissioner,
                    responsible=responsible,
                    period=Period(_TODAY),
                )
            ),
        )

    given = accountabilities_on(found.session, found.consent, as_of=_TODAY)
    yield check(
        "Consents, and whom they hold responsible",
        expected="John Smith: Mark Thursz",
        found=", ".join(f"{each.commissioner}: {each.responsible}" for each in given),
    )
    yield check(
        "The type of Dr Edwards, and all his types",
        expected="GP; GP, doctor",
        found="; ".join(
            ", ".join(sorted(names))
            for names in (
                [each.type.name for each in gp.classifications],
                [each.name for each in gp.all_types(_TODAY)],
            )
        ),
    )
    yield check("Consent to Dr Edwards", expected="admitted", found=consented(patient, gp))
    yield check(
        "Consent to a nurse", expected="accountability.responsible-type", found=consented(patient, nurse)
    )
    yield check(
        "Patient and doctor in each other's place",
        expected="accountability.commissioner-type",
        found=consented(doctor, patient),
    )


def _post(found: _Hospital) -> Iterator[Check]:
    duties = "renal transplants: 50 /a; liver transplants: 20 /a, south-east London"
    for day, holder in ((_BEFORE, "Dr Hale"), (_BETWEEN, "nobody"), (_TODAY, "Dr Ito")):
        yield check(f"Holder on {day}", expected=holder, found=found.holder(day))
        yield check(
            f"Duties on {day}",
            expected=duties,
            found="; ".join(str(each) for each in found.duties(day)),
        )
    surgical = select(Post.id).where(Post.name.in_((_HEAD, _SURGEON)))
    yield check(
        f"Posts vacant on {_BETWEEN}",
        expected=_SURGEON,
        found=", ".join(each.name for each in vacancies(found.session, as_of=_BETWEEN, among=surgical)),
    )

    def appoint_again() -> None:
        former = found.person("Dr Hale")
        found.session.add(
            Appointment(type=found.appointment, post=found.surgeon, person=former, period=Period(_TODAY))
        )

    yield check(
        "A second holder beside Dr Ito",
        expected="accountability.single-responsible",
        found=refusal(found.session, appoint_again),
    )


def _occupation(found: _Hospital) -> Table:
    days = (_BEFORE, _BETWEEN, _TODAY)
    return Table(
        "The post on three days",
        ("Day", "Holder", "Duties"),
        tuple(
            (str(day), found.holder(day), "; ".join(str(each) for each in found.duties(day))) for day in days
        ),
    )


def _picture(found: _Hospital) -> Graph:
    return network_picture(
        found.session,
        found.direction,
        found.appointment,
        as_of=_TODAY,
        title=f"The hospital's posts on {_TODAY}, and who holds them",
        lines={found.surgeon: [str(each) for each in found.duties(_TODAY)]},
    )
