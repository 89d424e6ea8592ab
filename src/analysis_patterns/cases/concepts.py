"""Diseases that change their names, and two that some doctors take for one (5.2, 5.3 and 5.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import select

from ..patterns.accountability import Party, Person
from ..patterns.persistence.session import Session
from ..patterns.picture import Edge, End, Graph, Mark, Node
from ..patterns.reference import (
    Equivalence,
    Identifier,
    MatchCandidate,
    Name,
    Supersession,
    Verdict,
    active,
    active_keys,
    equivalent_keys,
    equivalents,
    identified,
    names_of,
    scheme_named,
    things_named,
)
from ..patterns.time.period import Period
from ..site.case import Table
from .case import Check, WorkedCase, check
from .concept import Concept, Diagnosis
from .session import load_pack, refusal

TEXT = """\
The code E10 of ICD-10 leads to Type I diabetes, which people have called by other names before.

What was diagnosed as post-transfusion hepatitis, or as non-A non-B hepatitis, is hepatitis C in today's
words. Both concepts are superseded by it. The diagnoses of the time stay as they were written; a question
about hepatitis C finds them nevertheless.

Hepatitis G and GBC are held to be the same by Dr Ash and Dr Birch. Dr Cole does not hold so. Each is answered
accordingly: the same question finds two patients for the first two, and one for the third."""

_DIABETES, _OLD_NAME = "Type I diabetes", "juvenile diabetes"
_C, _TRANSFUSION, _NON_A_NON_B = "hepatitis C", "post-transfusion hepatitis", "non-A non-B hepatitis"
_G, _GBC = "hepatitis G", "GBC"
_CONCEPTS = (_DIABETES, _C, _TRANSFUSION, _NON_A_NON_B, _G, _GBC)
_DIAGNOSES = (("Anne", _TRANSFUSION), ("Ben", _NON_A_NON_B), ("Clara", _C), ("David", _G), ("Eve", _GBC))
_HOLDERS, _DISSENTER = ("Dr Ash", "Dr Birch"), "Dr Cole"
_RENAMED = date(1980, 1, 1)


class _Medicine:
    """What the case's questions are about, found by name."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.concepts = {
            each.name: each for each in session.scalars(select(Concept).where(Concept.name.in_(_CONCEPTS)))
        }

    def doctor(self, name: str) -> Person:
        """The one doctor of a name."""
        return self.session.scalars(select(Person).where(Person.name == name)).one()

    def patients(self, keys: object) -> str:
        """Who was diagnosed with one of the concepts with these keys."""
        question = select(Diagnosis.patient).where(Diagnosis.concept_id.in_(keys))  # type: ignore[arg-type]
        return ", ".join(sorted(self.session.scalars(question)))

    def now_called(self, concept: str) -> str:
        """Who was diagnosed with what is today called `concept`, whatever it was called then."""
        pairs = active_keys(self.session, select(Concept.id)).subquery()
        return self.patients(select(pairs.c.thing).where(pairs.c.active == self.concepts[concept].id))

    def asked_by(self, asker: Party) -> str:
        """Who was diagnosed with hepatitis G, to one who asks."""
        keys: list[UUID] = [self.concepts[_G].id]
        return self.patients(equivalent_keys(self.session, keys, asker=asker))


def run(session: Session) -> WorkedCase:
    """State the concepts where the database does not hold them, and ask what each doctor is told."""
    load_pack(session, "concepts")
    if identified(session, scheme_named(session, "ICD-10"), "E10") is None:
        _build(session)
    session.commit()
    found = _Medicine(session)
    return WorkedCase(
        title="Concepts of medicine, superseded and disputed",
        text=TEXT,
        patterns=("5.1", "5.2", "5.3", "5.4"),
        checks=(*_coded(found), *_superseded(found), *_disputed(found)),
        tables=(_answers(found),),
        pictures=(_picture(found),),
    )


def _build(session: Session) -> None:
    concepts = {name: Concept(name=name) for name in _CONCEPTS}
    doctors = {name: Person(name=name) for name in (*_HOLDERS, _DISSENTER)}
    session.add_all([*concepts.values(), *doctors.values()])
    session.flush()
    icd = scheme_named(session, "ICD-10")
    session.add(Identifier(scheme=icd, text="E10", thing=concepts[_DIABETES]))
    session.add(Name(thing=concepts[_DIABETES], text=_OLD_NAME, period=Period(end=_RENAMED)))
    for old in (_TRANSFUSION, _NON_A_NON_B):
        session.add(Supersession(superseded=concepts[old], by=concepts[_C], reason="the virus was found"))
    session.add(
        Equivalence(
            things=[concepts[_G], concepts[_GBC]],
            holders=[doctors[name] for name in _HOLDERS],
            reason="held to be one virus",
        )
    )
    different = MatchCandidate(
        one=concepts[_C],
        other=concepts[_G],
        reason="both follow transfusions",
        score="0.2",
        by=doctors["Dr Ash"],
    )
    different.judge(Verdict.DIFFERENT, by=doctors[_DISSENTER])
    session.add(different)
    session.add_all(Diagnosis(patient=who, concept_id=concepts[what].id) for who, what in _DIAGNOSES)


def _coded(found: _Medicine) -> Iterator[Check]:
    session, diabetes = found.session, found.concepts[_DIABETES]
    icd = scheme_named(session, "ICD-10")
    yield check("E10 of ICD-10 leads to", expected=_DIABETES, found=identified(session, icd, "e10"))
    yield check(
        "What it was called in 1979, and is called beside that in 1997",
        expected=f"{_OLD_NAME}; nothing",
        found="; ".join(
            ", ".join(names_of(session, diabetes, as_of=day)) or "nothing"
            for day in (date(1979, 1, 1), date(1997, 1, 1))
        ),
    )
    yield check(
        "What was called so in 1979",
        expected=_DIABETES,
        found=", ".join(str(each) for each in things_named(session, _OLD_NAME, as_of=date(1979, 1, 1))),
    )


def _superseded(found: _Medicine) -> Iterator[Check]:
    session = found.session
    for old in (_TRANSFUSION, _NON_A_NON_B):
        yield check(f"What {old} is called today", expected=_C, found=active(session, found.concepts[old]))
    yield check(
        "Diagnoses written as hepatitis C", expected="Clara", found=found.patients([found.concepts[_C].id])
    )
    yield check(
        "Diagnoses of hepatitis C, whatever it was called",
        expected="Anne, Ben, Clara",
        found=found.now_called(_C),
    )

    def supersede(old: str, new: str) -> str:
        superseded, by = found.concepts[old], found.concepts[new]
        return refusal(session, lambda: session.add(Supersession(superseded=superseded, by=by)))

    yield check(
        "Hepatitis C superseded by what it superseded",
        expected="merge.ring",
        found=supersede(_C, _TRANSFUSION),
    )
    yield check(
        "Hepatitis G superseded by hepatitis C, which was judged to be different",
        expected="merge.said-different",
        found=supersede(_G, _C),
    )


def _disputed(found: _Medicine) -> Iterator[Check]:
    expected = {**dict.fromkeys(_HOLDERS, "David, Eve"), _DISSENTER: "David"}
    for name, patients in expected.items():
        yield check(
            f"Diagnoses of hepatitis G, asked by {name}",
            expected=patients,
            found=found.asked_by(found.doctor(name)),
        )


def _answers(found: _Medicine) -> Table:
    doctors = [found.doctor(name) for name in (*_HOLDERS, _DISSENTER)]
    return Table(
        "What hepatitis G is the same as",
        ("To", "The same as", "Patients"),
        tuple((each.name, _same(found, each), found.asked_by(each)) for each in doctors),
    )


def _same(found: _Medicine, asker: Party) -> str:
    concepts = equivalents(found.session, found.concepts[_G], asker=asker)
    return ", ".join(sorted(each.name for each in concepts))


def _picture(found: _Medicine) -> Graph:
    shown = (_DIABETES, _C, _TRANSFUSION, _NON_A_NON_B, _G, _GBC)
    lines = {_DIABETES: ("ICD-10 E10",)}
    nodes = [Node(name, name, lines.get(name, ()), note=name) for name in shown]
    superseded = [
        Edge(
            _C, old, tail_end=End(mark=Mark.ARROW), label="superseded by", note=f"{old} is superseded by {_C}"
        )
        for old in (_TRANSFUSION, _NON_A_NON_B)
    ]
    held = " and ".join(_HOLDERS)
    disputed = Edge(_G, _GBC, label=f"the same to {held}", note=f"{_G} is {_GBC} to {held}", dashed=True)
    return Graph(
        "Concepts that were superseded, and two that some take for one",
        tuple(nodes),
        (*superseded, disputed),
        description="; ".join(edge.note for edge in (*superseded, disputed)),
    )
