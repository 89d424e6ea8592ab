"""8.7: a wrong operator, bound or sign in what suggests protocols and judges outcomes is noticed."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from analysis_patterns.observation import CategoryObservation, Outcome, Presence, Standing
from analysis_patterns.observation.care import achievement, suggestion
from analysis_patterns.patterns import ImplementedAction, Person
from analysis_patterns.patterns.persistence import Session

from ...covered import with_fault
from .figures import DAY, MORNING, Clinic

PRESENT, ABSENT = Presence.PRESENT, Presence.ABSENT
EXPECTED, DOUBTED = Standing.PROJECTION, Standing.HYPOTHESIS
Seen = tuple[str, dict[str, Any]]

HISTORIES: dict[str, tuple[Seen, ...]] = {
    "angina": (("angina", {}),),
    "hypertension, doubtful": (("hypertension", {"standing": DOUBTED}),),
    "angina, contradicted": (("angina", {}), ("angina", {"presence": ABSENT})),
    "angina and asthma": (("angina", {}), ("asthma", {})),
    "angina, and asthma contradicted": (("angina", {}), ("asthma", {}), ("asthma", {"presence": ABSENT})),
    "angina to come": (("angina", {"applicable": MORNING + DAY, "standing": EXPECTED}),),
    "angina that was to come": (("angina", {"applicable": MORNING - DAY, "standing": EXPECTED}),),
    "angina, asthma doubtful": (("angina", {}), ("asthma", {"standing": DOUBTED})),
}
HOLDING = {"angina", "angina to come", "angina, asthma doubtful"}


def holding(session: Session, clinic: Clinic, module: ModuleType) -> set[str]:
    """The histories for which a module suggests the beta-blocker."""
    found: set[str] = set()
    for name, history in HISTORIES.items():
        patient = Person(name=name)
        session.add(patient)
        for concept, said in history:
            told: dict[str, Any] = {"applicable": MORNING, **said}
            session.add(CategoryObservation(subject=patient, concept=getattr(clinic, concept), **told))
        if module.suggested_protocols(session, patient):
            found.add(name)
    session.rollback()
    return found


def test_suggests_in_each_history_what_it_should(session: Session, clinic: Clinic) -> None:
    assert holding(session, clinic, suggestion) == HOLDING


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("len(self.met) >= self.function.needed", "len(self.met) > self.function.needed"),
        ("self.is_indicated and not self.against", "self.is_indicated"),
        ("if found.presence is Presence.PRESENT:", "if found.presence:"),
        ("told.applicable_to > self.as_of", "told.applicable_to < self.as_of"),
        ("frozenset({Standing.PROJECTION})", "frozenset({Standing.HYPOTHESIS})"),
        ("contraindications, self.possible)", "contraindications, self.doubtful)"),
        (".where(KnowledgeFunction.holds(", ".where(~KnowledgeFunction.holds("),
        ("FunctionTerm.part == Part.INDICATION", "FunctionTerm.part != Part.INDICATION"),
    ],
)  # fmt: skip
def test_a_fault_in_what_suggests_is_noticed(
    session: Session, clinic: Clinic, right: str, wrong: str
) -> None:
    faulty = with_fault(suggestion, right, wrong)

    assert holding(session, clinic, faulty) != HOLDING


COURSES: dict[str, tuple[Seen, ...]] = {
    "nothing": (),
    "normal": (("normal", {}),),
    "ideal": (("ideal", {}),),
    "not ideal": (("ideal", {"presence": ABSENT}),),
    "high": (("high", {}),),
    "not normal": (("normal", {"presence": ABSENT}),),
    "not high": (("high", {"presence": ABSENT}),),
    "high, then normal": (("high", {}), ("normal", {"applicable": MORNING + DAY})),
    "high and normal": (("high", {}), ("normal", {})),
    "tired, then not": (("tiredness", {}), ("tiredness", {"presence": ABSENT, "applicable": MORNING + DAY})),
    "doubtfully normal": (("normal", {"standing": DOUBTED}),),
    "asthma": (("asthma", {}),),
    "no asthma": (("asthma", {"presence": ABSENT}),),
}
JUDGED = {
    "nothing": ("not observed", 0, 0),
    "normal": ("met", 0, 0),
    "ideal": ("met", 0, 0),
    "not ideal": ("not observed", 0, 0),
    "high": ("not met", 0, 0),
    "not normal": ("not met", 0, 0),
    "not high": ("not observed", 0, 0),
    "high, then normal": ("met", 0, 0),
    "high and normal": ("unclear", 0, 0),
    "tired, then not": ("not observed", 1, 0),
    "doubtfully normal": ("not observed", 0, 0),
    "asthma": ("not observed", 0, 1),
    "no asthma": ("not observed", 0, 0),
}


def judged(session: Session, clinic: Clinic, module: ModuleType) -> dict[str, tuple[str, int, int]]:
    """What a module makes of each course: of the target, and how many side effects and surprises."""
    found: dict[str, tuple[str, int, int]] = {}
    for name, course in COURSES.items():
        action = ImplementedAction(name=name, protocol=clinic.beta_blocker, time=MORNING)
        session.add(action)
        for concept, said in course:
            observation = clinic.found(getattr(clinic, concept), **said)
            session.add(Outcome(observation=observation, action=action))
        result = module.outcomes(session, action, as_of=MORNING + 2 * DAY)
        (target,) = result.targets
        found[name] = (target.achievement.value, len(result.side_effects), len(result.unforeseen))
    session.rollback()
    return found


def test_judges_each_course_as_it_should(session: Session, clinic: Clinic) -> None:
    assert judged(session, clinic, achievement) == JUDGED


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("newest = max(", "newest = min("),
        ("if all(_supports(", "if any(_supports("),
        ("if all(_denies(", "if any(_denies("),
        ("return found in concept.all_concepts()", "return concept in found.all_concepts()"),
        ("told[1] is Presence.PRESENT and concept in", "concept in"),
        ("*known_as(told, ACTIVE, known_at),", ""),
        ("and excludes(found, concept)", "and not excludes(found, concept)"),
        ("and told[1] is Presence.PRESENT\n        and not any(", "and not any("),
        ("(*each.targets, *each.side_effects)", "(*each.targets,)"),
    ],
)  # fmt: skip
def test_a_fault_in_what_judges_is_noticed(session: Session, clinic: Clinic, right: str, wrong: str) -> None:
    faulty = with_fault(achievement, right, wrong)

    try:
        noticed = judged(session, clinic, faulty) != JUDGED
    except ValueError:  # there is not one target any more
        noticed = True

    assert noticed
