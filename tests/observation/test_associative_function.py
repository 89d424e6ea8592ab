"""3.11: knowledge says which concepts, present or absent, speak together for which conclusion."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from analysis_patterns.observation import AssociativeFunction, FunctionArgument, ObservationConcept, Presence
from analysis_patterns.patterns import Period, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session

from ..refusals import refuses
from .figures import Ward, table_of
from .traces import leaves_no_trace
from .triad import Triad

PRESENT, ABSENT = Presence.PRESENT, Presence.ABSENT


def function(ward: Ward, **said: Any) -> AssociativeFunction:
    """A function for diabetes, from its two types unless `said` otherwise; not stored."""
    given = {"name": "a function", "product": ward.diabetes, "arguments": [ward.type_1, ward.type_2], **said}
    return AssociativeFunction(**given)


def met(given: AssociativeFunction, *concepts: ObservationConcept) -> bool:
    """Whether a function is met where its arguments with these concepts are."""
    return given.is_met_by({each for each in given.arguments if each.concept in concepts})


def test_needs_all_of_its_arguments_unless_told_how_many(ward: Ward, triad: Triad) -> None:
    every, some = function(ward), triad.function

    assert not met(every, ward.type_1)
    assert met(every, ward.type_1, ward.type_2)
    assert not met(some, triad.thirst)
    assert met(some, triad.thirst, triad.loss)


def test_needs_the_absence_of_all_that_has_to_be_absent(ward: Ward, triad: Triad) -> None:
    given = function(ward, absent=[triad.pregnancy, triad.thirst], at_least=1)

    assert not met(given, ward.type_1)
    assert not met(given, ward.type_1, triad.pregnancy)
    assert not met(given, triad.pregnancy, triad.thirst)
    assert met(given, ward.type_1, triad.pregnancy, triad.thirst)


def test_may_look_at_nothing_but_what_is_absent(ward: Ward, triad: Triad) -> None:
    given = function(ward, arguments=[], absent=[triad.pregnancy])

    assert given.at_least == 0
    assert not met(given)
    assert met(given, triad.pregnancy)


def test_says_its_condition_in_words(ward: Ward, triad: Triad) -> None:
    said = [
        triad.function.condition,
        function(ward).condition,
        function(ward, absent=[triad.pregnancy]).condition,
        function(ward, arguments=[], absent=[triad.pregnancy]).condition,
    ]

    assert said == [
        "at least 2 of thirst, polyuria, weight loss",
        "type I diabetes and type II diabetes",
        "type I diabetes and type II diabetes and no pregnancy",
        "no pregnancy",
    ]


def test_an_argument_is_met_by_subtypes_that_are_present(ward: Ward, triad: Triad) -> None:
    thirst = triad.function.arguments[0]

    told = [
        thirst.judged_by(ward.found(concept, presence=presence))
        for concept in (triad.great_thirst, triad.thirst, triad.thirst.supertypes[0])
        for presence in Presence
    ]

    assert told == [True, None, None, True, False, None, None, False, None]
    assert thirst.judged_by(ward.weighed()) is None
    assert thirst.judged_by(ward.found(triad.loss)) is None


def test_what_has_to_be_absent_is_met_by_supertypes_that_are_absent(ward: Ward, triad: Triad) -> None:
    (thirst,) = function(ward, arguments=[], absent=[triad.thirst]).arguments

    told = [
        thirst.judged_by(ward.found(concept, presence=presence))
        for concept in (triad.great_thirst, triad.thirst, triad.thirst.supertypes[0])
        for presence in (PRESENT, ABSENT)
    ]

    assert told == [False, None, False, True, None, True]


def test_comes_back_as_it_was(session: Session, triad: Triad) -> None:
    session.expunge_all()

    kept = session.scalars(select(AssociativeFunction)).one()

    assert (kept.name, kept.product.name, kept.at_least) == ("the triad", "diabetes", 2)
    assert [each.name for each in kept.concepts(PRESENT)] == ["thirst", "polyuria", "weight loss"]
    assert next(str(each) for each in kept.arguments) == "thirst present"
    assert kept.period == Period(date(1990, 1, 1))
    assert [kept.is_effective(day) for day in (date(1989, 12, 31), date(1990, 1, 1))] == [False, True]
    assert list(inconsistencies(session)) == []


def test_refuses_a_function_of_nothing(ward: Ward) -> None:
    with refuses("associative-function.some-argument"):
        function(ward, arguments=[])


def test_refuses_a_function_that_lost_its_arguments(session: Session, triad: Triad) -> None:
    triad.function.arguments.clear()
    triad.function.at_least = 0

    with refuses("associative-function.some-argument", Layer.FLUSH):
        session.flush()


def test_refuses_a_concept_twice(session: Session, ward: Ward) -> None:
    with leaves_no_trace(session), refuses("associative-function.argument-once") as refused:
        function(ward, absent=[ward.type_1])

    assert refused.value.found == "type I diabetes among the arguments more than once"


def test_the_database_refuses_a_concept_twice(session: Session, triad: Triad, layer: Layer) -> None:
    row = {
        "function_id": triad.function.id,
        "concept_id": triad.thirst.id,
        "presence": ABSENT,
        "position": 9,
    }

    with refuses("associative-function.argument-once", layer):
        session.execute(insert(table_of(FunctionArgument)).values(row))


@pytest.mark.parametrize("at_least", [-1, 0, 3])
def test_refuses_to_need_none_or_more_than_there_are(ward: Ward, at_least: int) -> None:
    with refuses("associative-function.at-least"):
        function(ward, at_least=at_least)


def test_refuses_a_change_to_more_than_there_are(session: Session, triad: Triad) -> None:
    triad.function.at_least = 4

    with refuses("associative-function.at-least", Layer.FLUSH):
        session.flush()


def test_refuses_to_conclude_an_argument(session: Session, ward: Ward) -> None:
    with leaves_no_trace(session), refuses("associative-function.product"):
        function(ward, arguments=[ward.diabetes, ward.type_1])


def test_refuses_a_change_to_a_product_that_is_an_argument(session: Session, triad: Triad) -> None:
    triad.function.product = triad.thirst

    with refuses("associative-function.product", Layer.FLUSH):
        session.flush()


def test_the_database_refuses_a_product_among_the_arguments(
    session: Session, ward: Ward, triad: Triad, layer: Layer
) -> None:
    key, arguments = triad.function.id, table_of(FunctionArgument)
    another = {"function_id": key, "concept_id": ward.diabetes.id, "presence": PRESENT, "position": 9}
    functions = table_of(AssociativeFunction)

    for statement in (
        insert(arguments).values(another),
        update(arguments).values(concept_id=ward.diabetes.id).where(arguments.c.position == 0),
        update(functions).values(product_id=triad.thirst.id),
    ):
        with leaves_no_trace(session), refuses("associative-function.product", layer):
            session.execute(statement)


def test_the_database_refuses_a_second_function_of_one_name(
    session: Session, ward: Ward, layer: Layer
) -> None:
    session.add_all([function(ward), function(ward, arguments=[ward.type_1])])

    with refuses("associative-function.unique-name", layer):
        session.flush()


def test_refuses_a_blank_name(session: Session, ward: Ward) -> None:
    with leaves_no_trace(session), refuses("name.text"):
        function(ward, name=" ")


def test_what_nothing_was_concluded_by_may_change(session: Session, triad: Triad) -> None:
    triad.function.at_least = 1
    triad.function.arguments.pop()
    session.commit()
    session.expire_all()

    assert triad.function.condition == "at least 1 of thirst, polyuria"


def test_refuses_to_change_what_something_was_concluded_by(session: Session, triad: Triad) -> None:
    session.add(triad.concluded(*triad.seen(triad.thirst, triad.loss)))
    session.commit()

    def lessened() -> None:
        triad.function.at_least = 1

    def shortened() -> None:
        triad.function.arguments.pop()

    def lengthened() -> None:
        argument = FunctionArgument(concept=triad.pregnancy, presence=ABSENT, position=9)
        triad.function.arguments.append(argument)

    def renamed() -> None:
        triad.function.product = triad.pregnancy

    for change in (lessened, shortened, lengthened, renamed):
        change()
        with refuses("associative-function.in-use", Layer.FLUSH):
            session.flush()
        session.rollback()


def test_the_database_refuses_to_change_what_something_was_concluded_by(
    session: Session, triad: Triad, layer: Layer
) -> None:
    session.add(triad.concluded(*triad.seen(triad.thirst, triad.loss)))
    session.commit()
    unused = AssociativeFunction(name="unused", product=triad.loss, arguments=[triad.pregnancy])
    session.add(unused)
    session.commit()
    functions, arguments = table_of(AssociativeFunction), table_of(FunctionArgument)
    another = {
        "function_id": triad.function.id,
        "concept_id": triad.pregnancy.id,
        "presence": ABSENT,
        "position": 9,
    }

    for statement in (
        update(functions).values(at_least=1),
        update(functions).values(product_id=triad.pregnancy.id),
        insert(arguments).values(another),
        update(arguments).values(presence=ABSENT),
        delete(arguments),
        update(arguments).values(function_id=unused.id),
    ):
        with leaves_no_trace(session), refuses("associative-function.in-use", layer):
            session.execute(statement)


def test_no_function_takes_the_place_of_one_that_something_was_concluded_by(
    session: Session, triad: Triad, layer: Layer
) -> None:
    session.add(triad.concluded(*triad.seen(triad.thirst, triad.loss)))
    session.commit()
    functions = table_of(AssociativeFunction)
    row = session.execute(select(functions)).mappings().one()
    if layer is Layer.SQLITE:  # a client that sets nothing: REPLACE fires no trigger on delete
        session.connection().exec_driver_sql("PRAGMA recursive_triggers=OFF")

    for changed in ({"at_least": 1}, {"product_id": triad.pregnancy.id}):
        statement = insert(functions).values({**row, **changed})
        if layer is Layer.SQLITE:
            statement = statement.prefix_with("OR REPLACE")
        with leaves_no_trace(session), refuses("associative-function.in-use", layer):
            session.execute(statement)


def test_what_something_was_concluded_by_can_be_ended(session: Session, triad: Triad) -> None:
    session.add(triad.concluded(*triad.seen(triad.thirst, triad.loss)))
    session.commit()

    triad.function.end(date(1998, 1, 1))
    session.commit()

    assert list(inconsistencies(session)) == []
