"""5.2 and 5.3 in a hospital: one patient under two numbers, merged in three ways, and split again."""

from __future__ import annotations

from sqlalchemy import func, select

from analysis_patterns.cases import patients
from analysis_patterns.cases.admission import Admission
from analysis_patterns.patterns.accountability import Party
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.reference import EssenceMerge, Identifier, Supersession

PLAN = "cases_admission.patient_id: 2 rewritten; patterns_identifier.thing_id: 1 kept (identifier.immutable)"
FIGURES = {
    "JS123 leads to": "Jane Slater",
    "JS777 leads to": "Jayne Slator",
    "JS123 given out again": "identifier.unique",
    "A number of four digits": "identifier.format",
    "An NHS number with a wrong digit": "identifier.check-digit",
    "Copy and replace: what the plan shows": PLAN,
    "Copy and replace: rows that clash": "0",
    "Copy and replace: admissions that point at JS123, and at JS777": "3, 0",
    "Copy and replace: JS777 leads to, and on to": "Jayne Slator, Jane Slater",
    "Superseding: JS777 leads on to": "Jane Slater",
    "Superseding: admissions that point at JS777 still": "2",
    "Superseding: JS123 superseded by JS777 as well": "merge.ring",
    "Superseding undone: JS777 leads on to": "Jayne Slator",
    "Essence: the appearances of JS777's patient": "Jane Slater, Jayne Slator",
    "Essence: admissions that point at JS777 still": "2",
    "Essence: admissions, asked of either": "3, 3",
    "Essence split: admissions, asked of each": "1, 2",
    "JS123 merged with itself": "merge.itself",
    "Afterwards: admissions, asked of each": "1, 2",
}


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    worked = patients.run(session)

    assert {check.what: check.found for check in worked.checks} == FIGURES
    assert worked.holds


def test_to_work_the_case_again_adds_nothing(session: Session) -> None:
    kept = (Party, Identifier, Admission, Supersession, EssenceMerge)
    patients.run(session)
    counted = [session.scalar(select(func.count()).select_from(each)) for each in kept]

    patients.run(session)

    assert [session.scalar(select(func.count()).select_from(each)) for each in kept] == counted


def test_what_it_leaves_breaks_no_rule(session: Session) -> None:
    patients.run(session)

    assert list(inconsistencies(session)) == []


def test_draws_both_patients_below_their_essence(session: Session) -> None:
    (picture,) = patients.run(session).graphs

    assert [node.label for node in picture.nodes] == ["one patient", "Jane Slater", "Jayne Slator"]
    assert {(edge.tail, edge.label) for edge in picture.edges} == {("essence", "appearance")}
    assert picture.nodes[2].lines == ("St Agnes patient number JS777", "2 admitted")
