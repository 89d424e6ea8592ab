"""2.8, 3.10 and 8.7 in a surgical ward: each figure is what it should be."""

from __future__ import annotations

from sqlalchemy import func, select

from analysis_patterns.cases import appendix
from analysis_patterns.observation import KnowledgeFunction, Observation, Outcome, Trigger
from analysis_patterns.patterns.persistence import Session, inconsistencies

FIGURES = {
    "Who cares for the perforated appendicitis of Ms Rowe": "Dr Marsh cares for perforated appendicitis",
    "Who cares for the rash of Ms Rowe": "nobody",
    "By which way": "by perforated appendicitis > appendicitis > abdominal disease",
    "What is to be done about Ms Rowe": "antibiotics is indicated; appendectomy is indicated",
    "What is to be done about Mr Stone": (
        "antibiotics is indicated; appendectomy is contraindicated by abdominal abscess"
    ),
    "What is to be done about Ms Hill": "antibiotics is not indicated; appendectomy is not indicated",
    "What has to be kept in mind with Ms Rowe": "penicillin allergy",
    "Why her appendix is taken out": "appendicitis, ultrasound of the abdomen",
    "What triggered her plan": "Appendectomy of Ms Rowe because of perforated appendicitis present",
    "Her targets 0 days later": (
        "free of pain: not observed; temperature after surgery: normal: not observed"
    ),
    "Her targets 2 days later": "free of pain: not met; temperature after surgery: normal: not met",
    "Her targets 5 days later": "free of pain: met; temperature after surgery: normal: met",
    "What else came of it, as was to be feared": "infection: seen",
    "What nobody foresaw": "rash present",
    "A plan because of a hypothesis": "trigger.acted-on",
    "An indication that speaks against itself": "start-function.possible",
    "A target that is a side effect": "knowledge-function.one-part",
    "A care scope under a consent": "scope.admitted",
    "What came of a plan": "outcome.expected",
}


def test_each_figure_is_what_it_should_be(session: Session) -> None:
    worked = appendix.run(session)

    assert {check.what: check.found for check in worked.checks} == FIGURES
    assert worked.holds


def test_to_work_the_case_again_adds_nothing_and_breaks_no_rule(session: Session) -> None:
    kinds = (Observation, Outcome, Trigger, KnowledgeFunction)
    appendix.run(session)
    counted = [session.scalar(select(func.count()).select_from(each)) for each in kinds]

    appendix.run(session)

    assert [session.scalar(select(func.count()).select_from(each)) for each in kinds] == counted
    assert list(inconsistencies(session)) == []


def test_draws_what_the_answers_rest_on(session: Session) -> None:
    suggested, judged = appendix.run(session).graphs

    assert "appendectomy is indicated" in {node.label for node in suggested.nodes}
    assert ("infection of the wound > infection",) in {node.lines for node in judged.nodes}
