"""What is found in patients: evidence, what was told later, and a wrong conclusion (3.4 to 3.12)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from ..observation import (
    AssociatedObservation,
    AssociativeFunction,
    CategoryObservation,
    Fulfilment,
    Measurement,
    Observation,
    ObservationConcept,
    PhenomenonType,
    Presence,
    Standing,
    evidence_picture,
    observations,
    presence_of,
    reconsider,
    scores,
    stale,
    suggestions,
    why_stale,
)
from ..patterns.accountability import Person
from ..patterns.persistence.session import Session
from ..patterns.picture import Graph
from ..patterns.provenance import explain
from ..patterns.time.clock import FixedClock
from ..patterns.time.interval import Interval
from ..patterns.values.quantity import Quantity
from ..site.case import Table
from .case import Check, WorkedCase, check
from .session import load_pack, refusal

TEXT = """\
Ann has type I diabetes, so she has diabetes. Ben has no diabetes, so he has neither type. Cora has no type I
diabetes, which says nothing of the rest. David loses weight, is thirsty, and passes too much water: together
that speaks for diabetes. The library proposes it, and Dr Gray decides.

Eve tells on 1 May 1997 of a chest pain that she had from 1 to 8 November 1996. Whoever asks what was known in
April is told nothing of it; whoever asks today is told that she had it on 4 November, and not on the 9th.

Frank's red cells were too large in October 1996. Dr Gray concluded that he lacked B12, acted on it, and
explained his numb feet by it. Six months later Dr Hill found that Frank drank, which explains the cells as
well. The anaemia is rejected, and stays on record with who rejected it and why. The neuropathy that rested on
it is to be reconsidered; nobody has to remember that it did."""

_AT = {
    "october": datetime(1996, 10, 15, 9, tzinfo=UTC),
    "december": datetime(1996, 12, 1, 9, tzinfo=UTC),
    "april": datetime(1997, 4, 15, 9, tzinfo=UTC),
    "may": datetime(1997, 5, 1, 8, tzinfo=UTC),
}
_PAIN = Interval(datetime(1996, 11, 1, tzinfo=UTC), datetime(1996, 11, 9, tzinfo=UTC))
_PATIENTS = ("Ann Clark", "Ben Clark", "Cora Reed", "David Shaw", "Eve Moss", "Frank Bell")
_ANN, _BEN, _CORA, _DAVID, _EVE, _FRANK = _PATIENTS
_GRAY, _HILL = "Dr Gray", "Dr Hill"
_NOTHING = "nothing observed"


class _Clinic:
    """What the case's questions are about, found by name."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def person(self, name: str) -> Person:
        """The one person of a name."""
        return self.session.scalars(select(Person).where(Person.name == name)).one()

    def concept(self, name: str) -> ObservationConcept:
        """The one concept of a name that is no phenomenon."""
        plain = ObservationConcept.phenomenon_type_id.is_(None)
        return self.session.scalars(
            select(ObservationConcept).where(ObservationConcept.name == name, plain)
        ).one()

    def measured(self, name: str) -> PhenomenonType:
        """The one phenomenon type of a name."""
        return self.session.scalars(select(PhenomenonType).where(PhenomenonType.name == name)).one()

    def function(self, name: str) -> AssociativeFunction:
        """The one associative function of a name."""
        question = select(AssociativeFunction).where(AssociativeFunction.name == name)
        return self.session.scalars(question).one()

    def found(self, who: str, what: str, **said: Any) -> CategoryObservation:
        """Record that something is present in a patient, or what `said` says, now."""
        given: dict[str, Any] = {"applicable": self.session.clock.now(), **said}
        made = CategoryObservation(subject=self.person(who), concept=self.concept(what), **given)
        self.session.add(made)
        return made

    def concluded(self, who: str, what: str) -> AssociatedObservation:
        """What was concluded of a patient."""
        question = observations(
            self.session,
            AssociatedObservation,
            subject=self.person(who),
            of=self.concept(what),
            standing=frozenset(Standing),
        )
        found: AssociatedObservation = self.session.scalars(question).one()
        return found

    def told(self, who: str, what: str, **when: Any) -> str:
        """What is to be made of a concept in a patient."""
        presence = presence_of(self.session, self.person(who), self.concept(what), **when).presence
        return _NOTHING if presence is None else presence.value

    def proposals(self, who: str, **when: Any) -> str:
        """What is proposed of a patient."""
        proposed = suggestions(self.session, self.person(who), **when)
        return ", ".join(str(each.product) for each in proposed) or "nothing"


def run(session: Session) -> WorkedCase:
    """Record what was found where the database does not hold it, and ask what is made of it."""
    load_pack(session, "clinic")
    if session.scalars(select(Person).where(Person.name == _FRANK)).one_or_none() is None:
        session.add_all(Person(name=name) for name in (*_PATIENTS, _GRAY, _HILL))
        session.commit()
        _observe(_Clinic(session))
    found = _Clinic(session)
    return WorkedCase(
        title="What a clinic finds, concludes and takes back",
        text=TEXT,
        patterns=("3.4", "3.5", "3.6", "3.8", "3.9", "3.10", "3.11", "3.12"),
        checks=(
            *_inferred(found),
            *_evident(found),
            *_told_later(found),
            *_rejected(found),
            *_expected(found),
        ),
        tables=(_known(found),),
        pictures=(_picture(found),),
    )


@contextmanager
def _on(session: Session, when: str) -> Iterator[None]:
    """Record what the block finds as it was recorded then."""
    today, session.clock = session.clock, FixedClock(_AT[when])
    yield
    session.commit()
    session.clock = today


def _observe(clinic: _Clinic) -> None:
    session, gray, hill = clinic.session, clinic.person(_GRAY), clinic.person(_HILL)
    volume = clinic.measured("mean corpuscular volume")
    with _on(session, "october"):
        cells = Measurement(
            subject=clinic.person(_FRANK),
            phenomenon_type=volume,
            quantity=Quantity(112, "fL"),
            applicable=_AT["october"],
            phenomenon=volume.phenomenon("raised"),
        )
        session.add(cells)
        session.flush()
        (proposed,) = suggestions(session, clinic.person(_FRANK))
        proposed.accept(by=gray)
        clinic.found(_FRANK, "numbness")
        session.flush()
        (proposed,) = suggestions(session, clinic.person(_FRANK))
        proposed.accept(by=gray)
        _weigh(clinic, "70", Standing.PROJECTION)
    with _on(session, "april"):
        for who, what, presence in (
            (_ANN, "type I diabetes", Presence.PRESENT),
            (_BEN, "diabetes", Presence.ABSENT),
            (_CORA, "type I diabetes", Presence.ABSENT),
            *((_DAVID, sign, Presence.PRESENT) for sign in ("weight loss", "thirst", "polyuria")),
        ):
            clinic.found(who, what, presence=presence)
        drinks = clinic.found(_FRANK, "alcohol misuse", performer=hill)
        session.flush()
        wrong = clinic.concluded(_FRANK, "B12 anaemia")
        wrong.reject(by=hill, why="alcohol explains the large cells", rejecting=drinks)
        observed = _weigh(clinic, "71.4", Standing.ACTIVE)
        session.flush()
        (expected,) = session.scalars(
            observations(session, Measurement, of=clinic.measured("weight"), standing={Standing.PROJECTION})
        )
        session.add(Fulfilment(projection=expected, observation=observed))
    with _on(session, "may"):
        clinic.found(_EVE, "chest pain", applicable=_PAIN)
        (proposed,) = suggestions(session, clinic.person(_DAVID))
        proposed.accept(by=gray)


def _weigh(clinic: _Clinic, written: str, standing: Standing) -> Measurement:
    made = Measurement(
        subject=clinic.person(_FRANK),
        phenomenon_type=clinic.measured("weight"),
        quantity=Quantity(written, "kg"),
        applicable=_AT["april"],
        standing=standing,
    )
    clinic.session.add(made)
    return made


def _inferred(clinic: _Clinic) -> Iterator[Check]:
    for who, what, expected in (
        (_ANN, "diabetes", "present"),
        (_ANN, "type II diabetes", _NOTHING),
        (_BEN, "type I diabetes", "absent"),
        (_BEN, "type II diabetes", "absent"),
        (_CORA, "diabetes", _NOTHING),
    ):
        yield check(f"{who}: {what}", expected=expected, found=clinic.told(who, what))


def _evident(clinic: _Clinic) -> Iterator[Check]:
    before = {"as_of": _AT["april"], "known_at": _AT["april"]}
    yield check(
        f"Proposed of {_DAVID} in April", expected="diabetes", found=clinic.proposals(_DAVID, **before)
    )
    yield check(
        f"Proposed of {_DAVID} once it was accepted", expected="nothing", found=clinic.proposals(_DAVID)
    )
    concluded = clinic.concluded(_DAVID, "diabetes")
    yield check(
        "Why he has diabetes",
        expected=f"signs of diabetes, {_GRAY}: weight loss present, thirst present, polyuria present",
        found=f"{concluded.function}, {concluded.performer}: "
        + ", ".join(str(each) for each in concluded.evidence),
    )

    def conclude(*evidence: Observation) -> str:
        return refusal(
            clinic.session,
            lambda: clinic.session.add(
                AssociatedObservation(function=concluded.function, evidence=evidence, applicable=_AT["may"])
            ),
        )

    yield check(
        "Diabetes from two of the three",
        expected="evidence.condition",
        found=conclude(*concluded.evidence[:2]),
    )
    yield check(
        "Diabetes from what another has",
        expected="evidence.same-subject",
        found=conclude(*concluded.evidence, _numbness(clinic)),
    )


def _numbness(clinic: _Clinic) -> Observation:
    question = observations(clinic.session, subject=clinic.person(_FRANK), of=clinic.concept("numbness"))
    found: Observation = clinic.session.scalars(question).one()
    return found


def _told_later(clinic: _Clinic) -> Iterator[Check]:
    fourth, ninth = (datetime(1996, 11, day, tzinfo=UTC) for day in (4, 9))
    yield check(
        "Chest pain on 4 November", expected="present", found=clinic.told(_EVE, "chest pain", as_of=fourth)
    )
    yield check(
        "Chest pain on 9 November", expected=_NOTHING, found=clinic.told(_EVE, "chest pain", as_of=ninth)
    )
    yield check(
        "Chest pain on 4 November, as known in April",
        expected=_NOTHING,
        found=clinic.told(_EVE, "chest pain", as_of=fourth, known_at=_AT["april"]),
    )


def _rejected(clinic: _Clinic) -> Iterator[Check]:
    session, wrong = clinic.session, clinic.concluded(_FRANK, "B12 anaemia")
    rejection = wrong.rejection
    yield check(
        "Anaemia of Frank, as known in December and now",
        expected=f"present, {_NOTHING}",
        found=f"{clinic.told(_FRANK, 'anaemia', known_at=_AT['december'])}, {clinic.told(_FRANK, 'anaemia')}",
    )
    yield check(
        "Who rejected it, because of what",
        expected=f"{_HILL}, alcohol misuse present: alcohol explains the large cells",
        found="nobody" if rejection is None else f"{rejection.by}, {rejection.rejecting}: {rejection.why}",
    )
    yield check(
        "What is to be reconsidered",
        expected="B12 neuropathy present > B12 anaemia present: lost something that spoke for it",
        found="; ".join(str(way) for each in reconsider(session, wrong) for way in each.ways),
    )
    stale = why_stale(session, clinic.concluded(_FRANK, "B12 neuropathy"))
    yield check(
        "Why",
        expected=f"B12 anaemia present, rejected by {_HILL}: alcohol explains the large cells",
        found="nothing" if stale is None else [step.statement for _, step in explain(stale).walk()][-1],
    )
    yield check("Proposed of Frank again", expected="nothing", found=clinic.proposals(_FRANK))
    yield check(
        "The rejected, deleted",
        expected="observation.append-only",
        found=refusal(session, lambda: session.delete(wrong)),
    )


def _expected(clinic: _Clinic) -> Iterator[Check]:
    (score,) = scores(clinic.session, subject=clinic.person(_FRANK))
    yield check(
        "Frank's weight in April, against what was expected in October",
        expected="weight 70 kg: off by 1.4 kg (1/50 of what was expected)",
        found=score,
    )


def _known(clinic: _Clinic) -> Table:
    session, frank = clinic.session, clinic.person(_FRANK)
    rows: list[tuple[str, ...]] = []
    for day in (date(1996, 12, 1), date(1997, 5, 1)):
        known = datetime(day.year, day.month, day.day, tzinfo=UTC)
        doubtful = set(session.scalars(stale(session, subject=frank, known_at=known)))
        for standing in Standing:
            asked = observations(session, subject=frank, standing={standing}, known_at=known)
            for each in session.scalars(asked):
                said = f"{standing.value}, to be reconsidered" if each in doubtful else standing.value
                rows.append((str(day), str(each), said))
    return Table("What was known of Frank on two days", ("Day", "Observation", "Standing"), tuple(rows))


def _picture(clinic: _Clinic) -> Graph:
    conclusions = (
        clinic.concluded(_FRANK, "B12 neuropathy"),
        clinic.concluded(_DAVID, "diabetes"),
    )
    return evidence_picture(
        clinic.session, *conclusions, title="What Frank's neuropathy and David's diabetes rest on"
    )
