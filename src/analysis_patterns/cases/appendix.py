"""Three inflamed appendices: who cares, what is to be done, and what came of it (2.8, 3.10, 8.7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from ..observation import (
    CategoryObservation,
    ClinicalCareScope,
    Outcome,
    OutcomeFunction,
    Presence,
    ProtocolSuggestion,
    Standing,
    StartFunction,
    Trigger,
    care_for,
    considered_protocols,
    outcomes,
    plans_triggered_by,
    triggers_of,
)
from ..observation.concept.knowledge_document import NamedConcept
from ..observation.concept.knowledge_section import concept_named
from ..patterns.accountability import (
    Accountability,
    AccountabilityType,
    OperatingScopeType,
    PartyType,
    Person,
)
from ..patterns.persistence.session import Session
from ..patterns.planning import ImplementedAction, Plan, Protocol
from ..patterns.provenance import explain, graph
from ..patterns.time.interval import Interval
from ..patterns.time.period import Period
from ..site.case import Table
from .case import Check, WorkedCase, check
from .session import load_pack, named, refusal

TEXT = """\
A pack states when an appendix is taken out: appendicitis indicates it, once there was an ultrasound of the
abdomen; an abscess speaks against it. Antibiotics are indicated by either, unless the patient is allergic to
penicillin. Ms Rowe has a perforated appendicitis, which is an appendicitis, so both are suggested; that she
may be allergic is a hypothesis, which forbids nothing and is shown as a caution. Mr Stone has an abscess
besides. Whether Ms Hill's appendix is inflamed is a hypothesis: it may be tested, but nothing is done.

The appendectomy of Ms Rowe is a plan that her observations triggered, and it was carried out. What came of
it is compared with what it is for. On the second day she had a fever, on the fifth none; the pain went; the
wound was infected, which was to be feared; and a rash nobody foresaw. Each answer says on which observations
it rests.

Dr Marsh answers for the care of abdominal diseases, so an observation of a perforated appendicitis is his,
although nobody wrote that down."""

_ROWE, _STONE, _HILL, _SURGEON = "Ms Rowe", "Mr Stone", "Ms Hill", "Dr Marsh"
_ADMITTED = datetime(1997, 4, 1, 8, tzinfo=UTC)
_ASKED, _HOUR, _DAY = datetime(1997, 4, 1, 12, tzinfo=UTC), timedelta(hours=1), timedelta(days=1)
_OPERATED = Interval(datetime(1997, 4, 1, 16, tzinfo=UTC), datetime(1997, 4, 1, 17, tzinfo=UTC))
_TODAY = date(1997, 4, 1)
_NORMAL, _FEVER = (NamedConcept(name, "temperature after surgery") for name in ("normal", "fever"))


class _Ward:
    """What the case's questions are about, found by name."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.patients = {name: self.person(name) for name in (_ROWE, _STONE, _HILL)}
        self.operation = session.scalars(
            select(ImplementedAction).where(ImplementedAction.name == f"Appendectomy of {_ROWE}")
        ).one()

    def person(self, name: str) -> Person:
        """The one person of a name."""
        return self.session.scalars(select(Person).where(Person.name == name)).one()

    def considered(self, patient: str) -> list[ProtocolSuggestion]:
        """What each protocol comes to for a patient at noon, before the operation."""
        return considered_protocols(self.session, self.patients[patient], as_of=_ASKED)

    def found(self, patient: str, concept: str) -> CategoryObservation:
        """The one observation of a concept in a patient."""
        question = select(CategoryObservation).where(
            CategoryObservation.subject_id == self.patients[patient].id,
            CategoryObservation.concept_id == concept_named(self.session, NamedConcept(concept)).id,
        )
        return self.session.scalars(question).one()


def run(session: Session) -> WorkedCase:
    """Treat the patients where the database does not hold them, and ask what its figures are."""
    load_pack(session, "appendix")
    if session.scalars(select(Person).where(Person.name == _ROWE)).one_or_none() is None:
        _build(session)
        session.commit()
    ward = _Ward(session)
    suggested = next(each for each in ward.considered(_ROWE) if each.protocol.name == "appendectomy")
    judged = outcomes(session, ward.operation, as_of=_ASKED + 10 * _DAY)
    return WorkedCase(
        title="Three inflamed appendices",
        text=TEXT,
        patterns=("2.8", "3.6", "3.10", "8.5", "8.7"),
        checks=(*_care(ward), *_suggestions(ward), *_outcomes(ward), *_refusals(ward)),
        tables=(_table(ward),),
        pictures=(graph(explain(suggested)), graph(explain(judged))),
    )


def _build(session: Session) -> None:
    def seen(
        patient: Person,
        concept: str | NamedConcept,
        at: datetime,
        *,
        standing: Standing = Standing.ACTIVE,
        presence: Presence = Presence.PRESENT,
        protocol: Protocol | None = None,
    ) -> CategoryObservation:
        name = concept if isinstance(concept, NamedConcept) else NamedConcept(concept)
        made = CategoryObservation(
            subject=patient,
            concept=concept_named(session, name),
            applicable=at,
            presence=presence,
            standing=standing,
            protocol=protocol,
            performer=surgeon,
        )
        session.add(made)
        return made

    surgeon = Person(name=_SURGEON, types=[named(session, PartyType, "surgeon")])
    rowe, stone, hill = (
        Person(name=name, types=[named(session, PartyType, "patient")]) for name in (_ROWE, _STONE, _HILL)
    )
    session.add_all([surgeon, rowe, stone, hill])
    _entrust(session, rowe, surgeon)
    ultrasound = named(session, Protocol, "ultrasound of the abdomen")
    for patient, disease in ((rowe, "perforated appendicitis"), (stone, "appendicitis")):
        seen(patient, disease, _ADMITTED, protocol=ultrasound)
    seen(stone, "abdominal abscess", _ADMITTED + _HOUR, protocol=ultrasound)
    seen(rowe, "penicillin allergy", _ADMITTED, standing=Standing.HYPOTHESIS)
    seen(hill, "appendicitis", _ADMITTED, standing=Standing.HYPOTHESIS, protocol=ultrasound)
    operation = _operate(session, rowe, surgeon)
    came: tuple[tuple[str | NamedConcept, int, Presence], ...] = (
        ("free of pain", 1, Presence.ABSENT),
        ("free of pain", 4, Presence.PRESENT),
        (_FEVER, 2, Presence.PRESENT),
        (_NORMAL, 5, Presence.PRESENT),
        ("infection of the wound", 2, Presence.PRESENT),
        ("rash", 3, Presence.PRESENT),
    )
    for concept, days, presence in came:
        Outcome(observation=seen(rowe, concept, _ADMITTED + days * _DAY, presence=presence), action=operation)


def _entrust(session: Session, patient: Person, surgeon: Person) -> None:
    care = Accountability(
        type=named(session, AccountabilityType, "surgical care"),
        commissioner=patient,
        responsible=surgeon,
        period=Period(_TODAY),
    )
    disease = concept_named(session, NamedConcept("abdominal disease"))
    scope = named(session, OperatingScopeType, "care for a disease")
    session.add(ClinicalCareScope(accountability=care, type=scope, concept=disease))


def _operate(session: Session, patient: Person, surgeon: Person) -> ImplementedAction:
    suggested = next(
        each
        for each in considered_protocols(session, patient, as_of=_ASKED)
        if each.protocol.name == "appendectomy"
    )
    plan = suggested.plan(name=f"Appendectomy of {patient.name}")
    operation = ImplementedAction(proposed=plan, time=_OPERATED, performers=[surgeon])
    session.add(operation)
    return operation


def _care(ward: _Ward) -> Iterator[Check]:
    for patient, concept, expected in (
        (_ROWE, "perforated appendicitis", f"{_SURGEON} cares for perforated appendicitis"),
        (_ROWE, "rash", "nobody"),
    ):
        covered = care_for(ward.session, ward.found(patient, concept), as_of=_TODAY)
        yield check(
            f"Who cares for the {concept} of {patient}",
            expected=expected,
            found=", ".join(map(str, covered)) or "nobody",
        )
    (covering,) = care_for(ward.session, ward.found(_ROWE, "perforated appendicitis"), as_of=_TODAY)
    yield check(
        "By which way",
        expected="by perforated appendicitis > appendicitis > abdominal disease",
        found=explain(covering).because[0].by,
    )


def _suggestions(ward: _Ward) -> Iterator[Check]:
    for patient, expected in (
        (_ROWE, "antibiotics is indicated; appendectomy is indicated"),
        (_STONE, "antibiotics is indicated; appendectomy is contraindicated by abdominal abscess"),
        (_HILL, "antibiotics is not indicated; appendectomy is not indicated"),
    ):
        found = "; ".join(map(str, ward.considered(patient)))
        yield check(f"What is to be done about {patient}", expected=expected, found=found)
    antibiotics, appendectomy = ward.considered(_ROWE)
    yield check(
        f"What has to be kept in mind with {_ROWE}",
        expected="penicillin allergy",
        found=", ".join(map(str, antibiotics.cautions)),
    )
    yield check(
        "Why her appendix is taken out",
        expected="appendicitis, ultrasound of the abdomen",
        found=", ".join(map(str, appendectomy.met)),
    )
    (plan,) = plans_triggered_by(ward.session, ward.found(_ROWE, "perforated appendicitis"))
    yield check(
        "What triggered her plan",
        expected=f"Appendectomy of {_ROWE} because of perforated appendicitis present",
        found="; ".join(map(str, triggers_of(ward.session, plan))),
    )


def _outcomes(ward: _Ward) -> Iterator[Check]:
    for days, expected in (
        (0, "free of pain: not observed; temperature after surgery: normal: not observed"),
        (2, "free of pain: not met; temperature after surgery: normal: not met"),
        (5, "free of pain: met; temperature after surgery: normal: met"),
    ):
        judged = outcomes(ward.session, ward.operation, as_of=_ASKED + days * _DAY)
        yield check(
            f"Her targets {days} days later", expected=expected, found="; ".join(map(str, judged.targets))
        )
    judged = outcomes(ward.session, ward.operation, as_of=_ASKED + 5 * _DAY)
    yield check(
        "What else came of it, as was to be feared",
        expected="infection: seen",
        found="; ".join(map(str, judged.side_effects)),
    )
    yield check("What nobody foresaw", expected="rash present", found="; ".join(map(str, judged.unforeseen)))


def _refusals(ward: _Ward) -> Iterator[Check]:
    session = ward.session
    appendectomy = named(session, Protocol, "appendectomy")
    suspected = ward.found(_HILL, "appendicitis")
    perforated, inflamed = (
        concept_named(session, NamedConcept(name)) for name in ("perforated appendicitis", "appendicitis")
    )

    def act_on_a_hypothesis() -> None:
        session.add(Trigger(observation=suspected, plan=Plan(name="another")))

    def speak_for_and_against() -> None:
        session.add(
            StartFunction(
                name="any",
                indicated=appendectomy,
                indications=[perforated],
                contraindications=[inflamed],
            )
        )

    def mean_a_side_effect() -> None:
        session.add(
            OutcomeFunction(name="any", protocol=appendectomy, targets=[inflamed], side_effects=[inflamed])
        )

    def care_under_a_consent() -> None:
        consent = Accountability(
            type=named(session, AccountabilityType, "patient consent"),
            commissioner=ward.patients[_HILL],
            responsible=ward.person(_SURGEON),
            period=Period(_TODAY),
        )
        scope = named(session, OperatingScopeType, "care for a disease")
        session.add(ClinicalCareScope(accountability=consent, type=scope, concept=inflamed))

    def result_before_it_is_done() -> None:
        session.add(Outcome(observation=ward.found(_ROWE, "rash"), action=Plan(name="another")))

    for what, change, expected in (
        ("A plan because of a hypothesis", act_on_a_hypothesis, "trigger.acted-on"),
        ("An indication that speaks against itself", speak_for_and_against, "start-function.possible"),
        ("A target that is a side effect", mean_a_side_effect, "knowledge-function.one-part"),
        ("A care scope under a consent", care_under_a_consent, "scope.admitted"),
        ("What came of a plan", result_before_it_is_done, "outcome.expected"),
    ):
        yield check(what, expected=expected, found=refusal(session, change))


def _table(ward: _Ward) -> Table:
    days = (0, 1, 2, 3, 4, 5)
    judged = [outcomes(ward.session, ward.operation, as_of=_ASKED + day * _DAY) for day in days]
    targets = [
        (str(each.target), *(one.targets[at].achievement.value for one in judged))
        for at, each in enumerate(judged[0].targets)
    ]
    seen = tuple(", ".join(str(each.concept) for each in one.side_effects) for one in judged)
    return Table(
        f"What came of the appendectomy of {_ROWE}",
        ("", *(f"Day {day}" for day in days)),
        (*targets, ("Side effects seen", *seen)),
    )
