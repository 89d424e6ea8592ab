"""A patient who was numbered twice: merged in three ways, and told apart again (5.2 and 5.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from ..patterns.accountability import Organization, Party, Person
from ..patterns.persistence.session import Session
from ..patterns.picture import Edge, End, Graph, Mark, Node
from ..patterns.reference import (
    IdentificationScheme,
    Identifier,
    MergeOutcome,
    Supersession,
    active,
    appearance_keys,
    appearances,
    identified,
    identifiers_of,
    merge_by_essence,
    plan_copy_and_replace,
    scheme_named,
)
from ..site.case import Table
from .admission import Admission
from .case import Check, WorkedCase, check
from .session import load_pack, refusal

TEXT = """\
St Agnes numbers its patients. JS123 leads to Jane Slater, and JS777, given out in a busy night, to Jayne
Slator, who has the same date of birth. Each was admitted before anybody noticed that they are one patient.

There are three ways to say so, and the case tries each of them in turn. To copy and replace rewrites what
points at JS777, by a plan that is shown first; its identifiers are history and keep leading to it, and it
leads on. To supersede rewrites nothing: whoever follows JS777 arrives at JS123. To join both under an essence
rewrites nothing either, and leaves both patients as they are: whoever asks about one is told about both. The
second and the third are undone, and leave no trace but the record of them."""

_HOSPITAL, _JANE, _JAYNE = "St Agnes", "Jane Slater", "Jayne Slator"
_NUMBERS, _NHS = "St Agnes patient number", "NHS number"
_ADMISSIONS = (
    (_JANE, date(1997, 1, 6), "surgery"),
    (_JAYNE, date(1997, 3, 2), "emergency"),
    (_JAYNE, date(1997, 3, 9), "surgery"),
)

A = TypeVar("A")


class _Patients:
    """What the case's questions are about, found by number."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.numbers = scheme_named(session, _NUMBERS)
        self.nhs = scheme_named(session, _NHS)
        self.jane = self.numbered("JS123")
        self.jayne = self.numbered("JS777")

    def numbered(self, number: str) -> Party:
        """The patient that a number of the hospital leads to."""
        found = identified(self.session, self.numbers, number)
        if not isinstance(found, Party):
            raise TypeError(f"{number} leads to {found}, which is no patient")
        return found

    def admissions(self, keys: object) -> int:
        """How many admissions there were of the patients with these keys."""
        counted = select(func.count()).select_from(Admission).where(Admission.patient_id.in_(keys))  # type: ignore[arg-type]
        return self.session.scalars(counted).one()

    def pointing_at(self, patient: Party) -> int:
        """How many admissions point at this patient, and no other."""
        return self.admissions([patient.id])

    def tried(self, ask: Callable[[], A]) -> A:
        """What `ask` finds; whatever it did is taken back afterwards."""
        savepoint = self.session.begin_nested()
        try:
            return ask()
        finally:
            savepoint.rollback()


def run(session: Session) -> WorkedCase:
    """Number the patients where the database does not hold them, and merge them in every way."""
    if not session.scalars(select(Organization.id).where(Organization.name == _HOSPITAL)).all():
        session.add(Organization(name=_HOSPITAL))
    load_pack(session, "patients")
    if identified(session, scheme_named(session, _NUMBERS), "JS123") is None:
        _build(session)
    session.commit()
    found = _Patients(session)
    return WorkedCase(
        title="One patient under two numbers",
        text=TEXT,
        patterns=("5.2", "5.3"),
        checks=(
            *_numbers(found),
            *found.tried(lambda: list(_copied(found))),
            *found.tried(lambda: list(_superseded(found))),
            *found.tried(lambda: list(_joined(found))),
            *_apart(found),
        ),
        tables=(_identifiers(found),),
        pictures=(found.tried(lambda: _picture(found)),),
    )


def _build(session: Session) -> None:
    numbers, nhs = scheme_named(session, _NUMBERS), scheme_named(session, _NHS)
    people = {name: Person(name=name) for name in (_JANE, _JAYNE)}
    session.add_all(people.values())
    given_out: Sequence[tuple[IdentificationScheme, str, str]] = (
        (numbers, "JS123", _JANE), (numbers, "JS777", _JAYNE), (nhs, "943 476 5919", _JANE)
    )  # fmt: skip
    session.add_all(
        Identifier(scheme=scheme, text=text, thing=people[name]) for scheme, text, name in given_out
    )
    session.flush()
    session.add_all(
        Admission(patient_id=people[name].id, admitted=day, ward=ward) for name, day, ward in _ADMISSIONS
    )


def _numbers(found: _Patients) -> Iterator[Check]:
    yield check("JS123 leads to", expected=_JANE, found=found.jane)
    yield check("JS777 leads to", expected=_JAYNE, found=found.jayne)

    def number(text: str, scheme: IdentificationScheme) -> str:
        return refusal(
            found.session,
            lambda: found.session.add(Identifier(scheme=scheme, text=text, thing=found.jayne)),
        )

    yield check("JS123 given out again", expected="identifier.unique", found=number("js 123", found.numbers))
    yield check(
        "A number of four digits", expected="identifier.format", found=number("JS1234", found.numbers)
    )
    yield check(
        "An NHS number with a wrong digit",
        expected="identifier.check-digit",
        found=number("943 476 5918", found.nhs),
    )


def _copied(found: _Patients) -> Iterator[Check]:
    plan = plan_copy_and_replace(found.session, duplicate=found.jayne, survivor=found.jane)
    yield check(
        "Copy and replace: what the plan shows",
        expected="cases_admission.patient_id: 2 rewritten; "
        "patterns_identifier.thing_id: 1 kept (identifier.immutable)",
        found="; ".join(str(each) for each in plan.references),
    )
    yield check("Copy and replace: rows that clash", expected=0, found=len(plan.of(MergeOutcome.CLASHES)))
    plan.carry_out(found.session)
    yield check(
        "Copy and replace: admissions that point at JS123, and at JS777",
        expected="3, 0",
        found=f"{found.pointing_at(found.jane)}, {found.pointing_at(found.jayne)}",
    )
    yield check(
        "Copy and replace: JS777 leads to, and on to",
        expected=f"{_JAYNE}, {_JANE}",
        found=f"{found.numbered('JS777')}, {active(found.session, found.jayne)}",
    )


def _superseded(found: _Patients) -> Iterator[Check]:
    session = found.session
    supersession = Supersession(superseded=found.jayne, by=found.jane, reason="same date of birth")
    session.add(supersession)
    yield check("Superseding: JS777 leads on to", expected=_JANE, found=active(session, found.jayne))
    yield check(
        "Superseding: admissions that point at JS777 still", expected=2, found=found.pointing_at(found.jayne)
    )
    yield check(
        "Superseding: JS123 superseded by JS777 as well",
        expected="merge.ring",
        found=refusal(session, lambda: session.add(Supersession(superseded=found.jane, by=found.jayne))),
    )
    supersession.withdraw()
    yield check("Superseding undone: JS777 leads on to", expected=_JAYNE, found=active(session, found.jayne))


def _joined(found: _Patients) -> Iterator[Check]:
    session = found.session
    merge = merge_by_essence(session, found.jane, found.jayne, reason="same date of birth")
    yield check(
        "Essence: the appearances of JS777's patient",
        expected=f"{_JANE}, {_JAYNE}",
        found=", ".join(sorted(str(each) for each in appearances(session, found.jayne))),
    )
    yield check(
        "Essence: admissions that point at JS777 still", expected=2, found=found.pointing_at(found.jayne)
    )
    yield check("Essence: admissions, asked of either", expected="3, 3", found=_asked_of_both(found))
    merge.withdraw()
    yield check("Essence split: admissions, asked of each", expected="1, 2", found=_asked_of_both(found))


def _asked_of_both(found: _Patients) -> str:
    keys: list[UUID] = [found.jane.id, found.jayne.id]
    return ", ".join(str(found.admissions(appearance_keys(found.session, [key]))) for key in keys)


def _apart(found: _Patients) -> Iterator[Check]:
    yield check(
        "JS123 merged with itself",
        expected="merge.itself",
        found=refusal(found.session, lambda: merge_by_essence(found.session, found.jane, found.jane)),
    )
    yield check("Afterwards: admissions, asked of each", expected="1, 2", found=_asked_of_both(found))


def _identifiers(found: _Patients) -> Table:
    return Table(
        "The patients and their identifiers",
        ("Patient", "Identifiers", "Admissions"),
        tuple(
            (str(each), _written(found, each), str(found.pointing_at(each)))
            for each in (found.jane, found.jayne)
        ),
    )


def _written(found: _Patients, patient: Party) -> str:
    return "; ".join(str(each) for each in identifiers_of(found.session, patient))


def _picture(found: _Patients) -> Graph:
    merge_by_essence(found.session, found.jane, found.jayne)
    patients = (found.jane, found.jayne)
    nodes = [
        Node(
            str(each.id),
            str(each),
            (*_written(found, each).split("; "), f"{found.pointing_at(each)} admitted"),
            note=f"{each}: {_written(found, each)}",
        )
        for each in patients
    ]
    return Graph(
        "Two patients as appearances of one essence",
        (Node("essence", "one patient", ("an essence, without properties",)), *nodes),
        tuple(
            Edge("essence", str(each.id), head_end=End(mark=Mark.MANY), label="appearance", note=str(each))
            for each in patients
        ),
        description=f"{_JANE} and {_JAYNE} are appearances of one essence; each keeps its own identifiers.",
    )
