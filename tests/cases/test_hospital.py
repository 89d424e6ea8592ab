"""2.4 to 2.9 in a hospital: consent sees all types of a doctor, a post keeps its duties."""

from __future__ import annotations

from sqlalchemy import func, select

from analysis_patterns.cases import hospital
from analysis_patterns.patterns.accountability import Accountability, Party
from analysis_patterns.patterns.persistence import Session, inconsistencies

DUTIES = "renal transplants: 50 /a; liver transplants: 20 /a, south-east London"
FIGURES = {
    "Consents, and whom they hold responsible": "John Smith: Mark Thursz",
    "The type of Dr Edwards, and all his types": "GP; GP, doctor",
    "Consent to Dr Edwards": "admitted",
    "Consent to a nurse": "accountability.responsible-type",
    "Patient and doctor in each other's place": "accountability.commissioner-type",
    "Holder on 1995-06-01": "Dr Hale",
    "Duties on 1995-06-01": DUTIES,
    "Holder on 1996-02-01": "nobody",
    "Duties on 1996-02-01": DUTIES,
    "Holder on 1997-05-01": "Dr Ito",
    "Duties on 1997-05-01": DUTIES,
    "Posts vacant on 1996-02-01": "Transplant surgeon",
    "A second holder beside Dr Ito": "accountability.single-responsible",
}


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    worked = hospital.run(session)

    assert {check.what: check.found for check in worked.checks} == FIGURES
    assert worked.holds


def test_to_work_the_case_again_adds_nothing(session: Session) -> None:
    hospital.run(session)
    counted = [session.scalar(select(func.count()).select_from(each)) for each in (Party, Accountability)]

    hospital.run(session)

    again = [session.scalar(select(func.count()).select_from(each)) for each in (Party, Accountability)]
    assert again == counted


def test_what_it_leaves_breaks_no_rule(session: Session) -> None:
    hospital.run(session)

    assert list(inconsistencies(session)) == []


def test_draws_the_post_with_its_duties_above_its_holder(session: Session) -> None:
    (picture,) = hospital.run(session).graphs

    (post,) = [node for node in picture.nodes if node.label == "Transplant surgeon"]
    (holder,) = [node for node in picture.nodes if node.label == "Dr Ito"]
    assert post.lines == ("surgical post", *DUTIES.split("; "))
    assert [edge.label for edge in picture.edges if (edge.tail, edge.head) == (post.key, holder.key)] == [
        "surgical appointment"
    ]
