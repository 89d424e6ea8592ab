"""8.7: functions tie protocols to observation concepts: what indicates them, what they should achieve."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    FunctionTerm,
    KnowledgeFunction,
    OutcomeFunction,
    Part,
    StartFunction,
)
from analysis_patterns.patterns import Protocol
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time import ALWAYS, Period

from ...refusals import refuses
from ..figures import changes_nothing, leaves_no_trace, table_of
from .figures import Clinic


def write_term(session: Session, function: KnowledgeFunction, part: Part, **columns: Any) -> None:
    """Write a term past every check of Python's."""
    row = {"id": uuid7(), "function_id": function.id, "part": part, "position": 9, **columns}
    session.execute(insert(table_of(FunctionTerm)).values(row))


def test_a_start_function_says_what_indicates_a_protocol(session: Session, clinic: Clinic) -> None:
    session.expire_all()

    kept = session.scalars(select(StartFunction)).one()

    assert kept.indicated is clinic.beta_blocker
    assert kept.indications == [clinic.hypertension, clinic.angina]
    assert kept.contraindications == [clinic.asthma]
    assert (kept.at_least, kept.needed, kept.period) == (1, 1, ALWAYS)


def test_an_outcome_function_says_what_should_come_of_it(session: Session, clinic: Clinic) -> None:
    session.expire_all()

    kept = session.scalars(select(OutcomeFunction)).one()

    assert kept.protocol is clinic.beta_blocker
    assert kept.targets == [clinic.normal]
    assert kept.side_effects == [clinic.tiredness, clinic.cold_hands]
    assert kept.conditions == []


def test_protocols_are_arguments_too(session: Session, clinic: Clinic) -> None:
    test = Protocol(name="exercise test")
    function = StartFunction(
        name="after the test",
        indicated=clinic.beta_blocker,
        indications=[test, clinic.angina, test],
        period=Period(date(1996, 1, 1)),
    )
    session.add(function)
    session.commit()
    session.expire_all()

    assert function.indications == [test, clinic.angina]
    assert function.needed == 2


def test_a_name_is_taken_once(session: Session, clinic: Clinic, layer: Layer) -> None:
    session.add(
        StartFunction(name="what it does", indicated=clinic.beta_blocker, indications=[clinic.angina])
    )

    with refuses("knowledge-function.unique-name", layer):
        session.flush()


@pytest.mark.parametrize("name", ["", "  ", "a\0b"])
def test_a_name_is_text(clinic: Clinic, name: str) -> None:
    with refuses("name.text"):
        StartFunction(name=name, indicated=clinic.beta_blocker, indications=[clinic.angina])


@pytest.mark.parametrize("at_least", [0, 3, -1])
def test_as_many_indications_are_needed_as_there_are(session: Session, clinic: Clinic, at_least: int) -> None:
    with leaves_no_trace(session), refuses("start-function.indicated"):
        StartFunction(
            name="any",
            indicated=clinic.beta_blocker,
            indications=[clinic.angina, clinic.hypertension],
            at_least=at_least,
        )
    clinic.start.at_least = at_least
    with refuses("start-function.indicated", Layer.FLUSH):
        session.flush()


def test_something_indicates_a_protocol(session: Session, clinic: Clinic) -> None:
    with leaves_no_trace(session), refuses("start-function.indicated"):
        StartFunction(name="any", indicated=clinic.beta_blocker, indications=[])
    clinic.start.terms = [each for each in clinic.start.terms if each.part is not Part.INDICATION]

    with refuses("start-function.indicated", Layer.FLUSH):
        session.flush()


def test_no_indication_is_a_special_case_of_what_speaks_against(session: Session, clinic: Clinic) -> None:
    with changes_nothing(session), refuses("start-function.possible") as refused:
        StartFunction(
            name="any",
            indicated=clinic.beta_blocker,
            indications=[clinic.allergic_asthma],
            contraindications=[clinic.asthma],
        )
    assert "allergic asthma as indication, a special case of asthma" in str(refused.value)
    clinic.angina.supertypes.append(clinic.asthma)
    clinic.start.at_least = 2

    with refuses("start-function.possible", Layer.FLUSH):
        session.flush()


def test_what_speaks_for_does_not_speak_against(session: Session, clinic: Clinic, layer: Layer) -> None:
    with leaves_no_trace(session), refuses("knowledge-function.one-part"):
        StartFunction(
            name="any",
            indicated=clinic.beta_blocker,
            indications=[clinic.angina],
            contraindications=[clinic.angina],
        )
    with refuses("knowledge-function.one-part", layer):
        write_term(session, clinic.start, Part.INDICATION, concept_id=clinic.asthma.id)


def test_no_target_is_a_side_effect(session: Session, clinic: Clinic) -> None:
    with leaves_no_trace(session), refuses("knowledge-function.one-part"):
        OutcomeFunction(
            name="any",
            protocol=clinic.beta_blocker,
            targets=[clinic.tiredness],
            side_effects=[clinic.tiredness],
        )
    FunctionTerm(function=clinic.outcome, part=Part.TARGET, argument=clinic.tiredness)

    with refuses("knowledge-function.one-part", Layer.FLUSH):
        session.flush()


def test_what_is_so_before_may_be_the_target(session: Session, clinic: Clinic) -> None:
    function = OutcomeFunction(
        name="keeping it", protocol=clinic.beta_blocker, targets=[clinic.normal], conditions=[clinic.normal]
    )
    session.add(function)
    session.commit()

    assert function.targets == function.conditions == [clinic.normal]


@pytest.mark.parametrize(
    ("kind", "part"),
    [("start", Part.TARGET), ("start", Part.CONDITION), ("outcome", Part.INDICATION)],
)
def test_each_kind_of_function_has_parts_of_its_own(
    session: Session, clinic: Clinic, layer: Layer, kind: str, part: Part
) -> None:
    function: KnowledgeFunction = clinic.start if kind == "start" else clinic.outcome

    with leaves_no_trace(session), refuses("knowledge-function.fitting-part"):
        FunctionTerm(function=function, part=part, argument=clinic.heart_disease)
    with refuses("knowledge-function.fitting-part", layer):
        write_term(session, function, part, concept_id=clinic.heart_disease.id)


def test_no_protocol_is_a_target(session: Session, clinic: Clinic, layer: Layer) -> None:
    with refuses("knowledge-function.fitting-part"):
        FunctionTerm(function=clinic.outcome, part=Part.TARGET, argument=clinic.beta_blocker)
    with refuses("knowledge-function.fitting-part", layer):
        write_term(session, clinic.outcome, Part.TARGET, protocol_id=clinic.beta_blocker.id)


def test_a_term_does_not_come_to_play_a_part_that_does_not_fit(
    session: Session, clinic: Clinic, layer: Layer
) -> None:
    clinic.start.terms[0].part = Part.TARGET

    with refuses("knowledge-function.fitting-part", Layer.FLUSH):
        session.flush()
    session.rollback()
    with refuses("knowledge-function.fitting-part", layer):
        session.execute(
            update(table_of(FunctionTerm))
            .where(table_of(FunctionTerm).c.function_id == clinic.start.id)
            .values(part=Part.TARGET)
        )


def test_no_function_becomes_one_of_the_other_kind(session: Session, clinic: Clinic, layer: Layer) -> None:
    functions = table_of(KnowledgeFunction)
    changed = update(functions).where(functions.c.id == clinic.start.id).values(kind="outcome")

    with leaves_no_trace(session), refuses("knowledge-function.fitting-part", layer):
        session.execute(changed)


def test_an_outcome_function_aims_at_something(session: Session, clinic: Clinic) -> None:
    with leaves_no_trace(session), refuses("outcome-function.aim"):
        OutcomeFunction(name="any", protocol=clinic.beta_blocker, conditions=[clinic.angina])
    clinic.outcome.terms.clear()

    with refuses("outcome-function.aim", Layer.FLUSH):
        session.flush()
