"""3.4 to 3.12 in a clinic: what is inferred, concluded, told later, rejected and reconsidered."""

from __future__ import annotations

from sqlalchemy import func, select

from analysis_patterns.cases import clinic
from analysis_patterns.observation import Observation
from analysis_patterns.patterns.persistence import Session, inconsistencies

FIGURES = {
    "Ann Clark: diabetes": "present",
    "Ann Clark: type II diabetes": "nothing observed",
    "Ben Clark: type I diabetes": "absent",
    "Ben Clark: type II diabetes": "absent",
    "Cora Reed: diabetes": "nothing observed",
    "Proposed of David Shaw in April": "diabetes",
    "Proposed of David Shaw once it was accepted": "nothing",
    "Why he has diabetes": (
        "signs of diabetes, Dr Gray: weight loss present, thirst present, polyuria present"
    ),
    "Diabetes from two of the three": "evidence.condition",
    "Diabetes from what another has": "evidence.same-subject",
    "Chest pain on 4 November": "present",
    "Chest pain on 9 November": "nothing observed",
    "Chest pain on 4 November, as known in April": "nothing observed",
    "Anaemia of Frank, as known in December and now": "present, nothing observed",
    "Who rejected it, because of what": ("Dr Hill, alcohol misuse present: alcohol explains the large cells"),
    "What is to be reconsidered": (
        "B12 neuropathy present > B12 anaemia present: lost something that spoke for it"
    ),
    "Why": "B12 anaemia present, rejected by Dr Hill: alcohol explains the large cells",
    "Proposed of Frank again": "nothing",
    "The rejected, deleted": "observation.append-only",
    "Frank's weight in April, against what was expected in October": (
        "weight 70 kg: off by 1.4 kg (1/50 of what was expected)"
    ),
}


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    worked = clinic.run(session)

    assert {check.what: check.found for check in worked.checks} == FIGURES
    assert worked.holds


def test_to_work_the_case_again_adds_nothing(session: Session) -> None:
    clinic.run(session)
    counted = session.scalar(select(func.count()).select_from(Observation))

    clinic.run(session)

    assert session.scalar(select(func.count()).select_from(Observation)) == counted


def test_what_it_leaves_breaks_no_rule(session: Session) -> None:
    clinic.run(session)

    assert list(inconsistencies(session)) == []


def test_draws_what_was_rejected_between_the_conclusion_and_its_evidence(session: Session) -> None:
    (picture,) = clinic.run(session).graphs

    by_label = {node.label: node for node in picture.nodes}
    assert [label for label, node in by_label.items() if node.outside] == ["B12 anaemia present"]
    assert by_label["B12 neuropathy present"].lines[1:] == ("nerves and B12", "to be reconsidered")
    lines = {(edge.tail, edge.head) for edge in picture.edges}
    path = ("B12 neuropathy present", "B12 anaemia present", "mean corpuscular volume 112 fL")
    keys = [by_label[label].key for label in path]
    assert {(keys[0], keys[1]), (keys[1], keys[2])} <= lines


def test_shows_what_was_known_before_and_after_the_rejection(session: Session) -> None:
    (table,) = clinic.run(session).tables

    told = {(day, what): standing for day, what, standing in table.rows}
    assert told["1996-12-01", "B12 anaemia present"] == "active"
    assert told["1996-12-01", "B12 neuropathy present"] == "active"
    assert told["1997-05-01", "B12 anaemia present"] == "rejected"
    assert told["1997-05-01", "B12 neuropathy present"] == "active, to be reconsidered"
