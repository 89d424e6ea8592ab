"""5.1 to 5.4 in medicine: concepts that are coded, superseded and disputed."""

from __future__ import annotations

from sqlalchemy import func, select

from analysis_patterns.cases import concepts
from analysis_patterns.cases.concept import Concept, Diagnosis
from analysis_patterns.patterns.persistence import Session, inconsistencies
from analysis_patterns.patterns.reference import Equivalence, Identifier, Supersession

FIGURES = {
    "E10 of ICD-10 leads to": "Type I diabetes",
    "What it was called in 1979, and is called beside that in 1997": "juvenile diabetes; nothing",
    "What was called so in 1979": "Type I diabetes",
    "What post-transfusion hepatitis is called today": "hepatitis C",
    "What non-A non-B hepatitis is called today": "hepatitis C",
    "Diagnoses written as hepatitis C": "Clara",
    "Diagnoses of hepatitis C, whatever it was called": "Anne, Ben, Clara",
    "Hepatitis C superseded by what it superseded": "merge.ring",
    "Hepatitis G superseded by hepatitis C, which was judged to be different": "merge.said-different",
    "Diagnoses of hepatitis G, asked by Dr Ash": "David, Eve",
    "Diagnoses of hepatitis G, asked by Dr Birch": "David, Eve",
    "Diagnoses of hepatitis G, asked by Dr Cole": "David",
}


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    worked = concepts.run(session)

    assert {check.what: check.found for check in worked.checks} == FIGURES
    assert worked.holds


def test_to_work_the_case_again_adds_nothing(session: Session) -> None:
    kept = (Concept, Diagnosis, Identifier, Supersession, Equivalence)
    concepts.run(session)
    counted = [session.scalar(select(func.count()).select_from(each)) for each in kept]

    concepts.run(session)

    assert [session.scalar(select(func.count()).select_from(each)) for each in kept] == counted


def test_what_it_leaves_breaks_no_rule(session: Session) -> None:
    concepts.run(session)

    assert list(inconsistencies(session)) == []


def test_draws_what_is_superseded_and_what_is_disputed(session: Session) -> None:
    (picture,) = concepts.run(session).graphs

    assert {(edge.tail, edge.head) for edge in picture.edges if not edge.dashed} == {
        ("hepatitis C", "post-transfusion hepatitis"),
        ("hepatitis C", "non-A non-B hepatitis"),
    }
    assert [(edge.tail, edge.head, edge.label) for edge in picture.edges if edge.dashed] == [
        ("hepatitis G", "GBC", "the same to Dr Ash and Dr Birch")
    ]
