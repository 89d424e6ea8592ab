"""3.11: a conclusion is an observation that rests on its evidence, by the function that was used."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from analysis_patterns.observation import (
    AssociatedObservation,
    AssociativeFunction,
    Basis,
    CategoryObservation,
    Hypothesis,
    Measurement,
    Observation,
    Phenomenon,
    Presence,
    Role,
    Standing,
    TimeRecord,
    dependents,
    evidence_picture,
    grounds_of,
    observations,
    presence_of,
)
from analysis_patterns.patterns import Person, Quantity, explain, inconsistencies
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session

from ..refusals import refuses
from .figures import (
    MORNING,
    Ward,
    table_of,
    without_guards,
    write_observation,
)
from .traces import leaves_no_trace
from .triad import Triad

ABSENT = Presence.ABSENT


def conclude(session: Session, triad: Triad, **columns: Any) -> Any:
    """Write a conclusion past every check of Python's, and give its key."""
    said = {
        "kind": "associated observation",
        "presence": Presence.PRESENT,
        "concept_id": triad.ward.diabetes.id,
        "function_id": triad.function.id,
        **columns,
    }
    return write_observation(session, triad.ward.ann, **said)


def stored(session: Session, *found: Observation) -> None:
    """Store these."""
    session.add_all(found)
    session.commit()


def test_a_conclusion_is_an_observation_with_its_evidence(session: Session, ward: Ward, triad: Triad) -> None:
    thirst, loss = triad.seen(triad.great_thirst, triad.loss)
    (no_polyuria,) = triad.seen(triad.polyuria, presence=ABSENT)

    stored(session, triad.concluded(thirst, loss, against=[no_polyuria], performer=ward.hale))
    session.expunge_all()

    kept = session.scalars(select(AssociatedObservation)).one()
    assert (str(kept), str(kept.subject), kept.function.name) == ("diabetes present", "Ann", "the triad")
    assert [str(each) for each in kept.evidence] == ["great thirst present", "weight loss present"]
    assert [str(each) for each in kept.counter_evidence] == ["polyuria absent"]
    assert session.scalars(observations(session, of=kept.concept)).all() == [kept]
    assert list(inconsistencies(session)) == []


def test_a_conclusion_counts_as_what_was_observed(session: Session, ward: Ward, triad: Triad) -> None:
    stored(session, triad.concluded(*triad.seen(triad.thirst, triad.loss)))

    assert presence_of(session, ward.ann, ward.diabetes).presence is Presence.PRESENT


def test_a_classified_measurement_is_evidence(session: Session, ward: Ward, triad: Triad) -> None:
    falling = Phenomenon(name="falling", phenomenon_type=ward.weight, supertypes=[triad.loss])
    session.add(falling)
    weight = Measurement(
        subject=ward.ann,
        phenomenon_type=ward.weight,
        quantity=Quantity(50, "kg"),
        applicable=MORNING,
        phenomenon=falling,
    )

    stored(session, triad.concluded(weight, *triad.seen(triad.thirst)))

    assert list(dependents(session, weight)) == list(session.scalars(select(AssociatedObservation.id)))


def test_the_same_evidence_is_named_once(session: Session, triad: Triad) -> None:
    thirst, loss = triad.seen(triad.thirst, triad.loss)

    conclusion = triad.concluded(thirst, loss, thirst)

    assert conclusion.evidence == [thirst, loss]


def test_one_concept_is_concluded_by_many_functions(session: Session, ward: Ward, triad: Triad) -> None:
    thirst, loss = triad.seen(triad.thirst, triad.loss)
    further = triad.concluded(thirst, loss)
    stored(session, further, triad.concluded(thirst, loss))

    assert len(session.scalars(observations(session, subject=ward.ann, of=ward.diabetes)).all()) == 2


def test_explains_itself_down_to_what_was_seen(session: Session, ward: Ward, triad: Triad) -> None:
    thirst, loss = triad.seen(triad.thirst, triad.loss)
    (no_polyuria,) = triad.seen(triad.polyuria, presence=ABSENT)
    weight = ward.weighed()
    Basis(observation=loss, source=weight, role=Role.INPUT)
    conclusion = triad.concluded(thirst, loss, against=[no_polyuria], performer=ward.hale)
    stored(session, conclusion)

    assert str(explain(conclusion)) == (
        "diabetes present, 1997-05-01 08:00 UTC  [the triad; recorded 1997-05-01 09:00 UTC by Dr Hale]\n"
        "  thirst present, 1997-05-01 08:00 UTC  [recorded 1997-05-01 09:00 UTC]\n"
        "  weight loss present, 1997-05-01 08:00 UTC  [recorded 1997-05-01 09:00 UTC]\n"
        "    body weight 68.0 kg, 1997-05-01 08:00 UTC  [recorded 1997-05-01 09:00 UTC]\n"
        "  against it: polyuria absent, 1997-05-01 08:00 UTC  [recorded 1997-05-01 09:00 UTC]"
    )


def test_the_explanation_says_what_was_rejected_and_what_is_to_be_reconsidered(
    session: Session, ward: Ward, triad: Triad
) -> None:
    thirst, loss = triad.seen(triad.thirst, triad.loss)
    conclusion = triad.concluded(thirst, loss, standing=Standing.HYPOTHESIS)
    stored(session, conclusion)
    before = session.instant(None)
    session.clock.advance(MORNING - MORNING.replace(hour=7))  # type: ignore[attr-defined]
    thirst.reject(by=ward.ito, why="she had just run")
    session.commit()

    now, then = str(explain(conclusion)), str(grounds_of(session, conclusion, known_at=before))

    assert now.splitlines()[0].startswith(
        "diabetes present, 1997-05-01 08:00 UTC; a hypothesis; to be reconsidered  ["
    )
    assert "  thirst present, 1997-05-01 08:00 UTC; rejected by Dr Ito: she had just run  [" in now
    assert "reconsidered" not in then
    assert "rejected" not in then


def test_a_chain_deeper_than_calls_go_is_explained(session: Session, ward: Ward) -> None:
    first = ward.found()
    stored(session, first)
    row = dict(session.execute(select(table_of(Observation))).mappings().one())
    keys = [first.id, *(uuid7() for _ in range(1200))]
    session.execute(insert(table_of(Observation)), [{**row, "id": key} for key in keys[1:]])
    links = [
        {
            "observation_id": above,
            "source_id": source,
            "role": Role.FOR,
            "position": 0,
            "recorded": row["recorded"],
        }
        for source, above in pairwise(keys)
    ]
    # The newest first: the guard against circles would walk down the whole chain for each.
    session.execute(insert(table_of(Basis)), links[::-1])

    said = str(grounds_of(session, session.get_one(Observation, keys[-1])))

    assert len(said.splitlines()) == len(keys)


def test_draws_the_evidence_below_the_conclusion(session: Session, ward: Ward, triad: Triad) -> None:
    thirst, loss = triad.seen(triad.thirst, triad.loss)
    (no_polyuria,) = triad.seen(triad.polyuria, presence=ABSENT)
    conclusion = triad.concluded(thirst, loss, against=[no_polyuria])
    stored(session, conclusion)
    thirst.reject(by=ward.ito, why="she had just run")
    session.commit()

    drawn = evidence_picture(session, conclusion)

    assert drawn.title == "What diabetes present rests on"
    assert [(node.label, node.lines[1:], node.outside) for node in drawn.nodes] == [
        ("diabetes present", ("the triad", "to be reconsidered"), False),
        ("thirst present", ("rejected by Dr Ito: she had just run",), True),
        ("weight loss present", (), False),
        ("polyuria absent", (), False),
    ]
    assert [(edge.tail, edge.head, edge.label, edge.dashed) for edge in drawn.edges] == [
        (str(conclusion.id), str(thirst.id), "", False),
        (str(conclusion.id), str(loss.id), "", False),
        (str(conclusion.id), str(no_polyuria.id), "against", True),
    ]


def test_refuses_a_conclusion_from_nothing(session: Session, triad: Triad) -> None:
    with leaves_no_trace(session), refuses("evidence.some"):
        triad.concluded()


def test_refuses_a_conclusion_that_lost_its_evidence(session: Session, triad: Triad) -> None:
    conclusion = triad.concluded(*triad.seen(triad.thirst, triad.loss))
    conclusion.bases.clear()
    session.add(conclusion)

    with refuses("evidence.some", Layer.FLUSH):
        session.flush()


def test_refuses_evidence_of_another_thing(session: Session, triad: Triad) -> None:
    bob = Person(name="Bob")
    session.add(bob)
    foreign = CategoryObservation(subject=bob, concept=triad.loss, applicable=MORNING)

    with leaves_no_trace(session), refuses("evidence.same-subject"):
        triad.concluded(*triad.seen(triad.thirst), foreign)


def test_refuses_evidence_of_another_thing_that_was_added_later(session: Session, triad: Triad) -> None:
    bob = Person(name="Bob")
    session.add(bob)
    conclusion = triad.concluded(*triad.seen(triad.thirst, triad.loss))
    foreign = CategoryObservation(subject=bob, concept=triad.polyuria, applicable=MORNING)
    Basis(observation=conclusion, source=foreign, role=Role.FOR)
    session.add(conclusion)

    with refuses("evidence.same-subject", Layer.FLUSH):
        session.flush()


def test_refuses_evidence_that_is_no_argument(session: Session, triad: Triad) -> None:
    seen = triad.seen(triad.thirst, triad.loss)
    for further in (
        triad.seen(triad.pregnancy),
        triad.seen(triad.polyuria, presence=ABSENT),
        [triad.ward.weighed()],
    ):
        with leaves_no_trace(session), refuses("evidence.argument"):
            triad.concluded(*seen, *further)


def test_refuses_counter_evidence_that_speaks_for_it(session: Session, triad: Triad) -> None:
    with leaves_no_trace(session), refuses("evidence.argument") as refused:
        triad.concluded(*triad.seen(triad.thirst, triad.loss), against=triad.seen(triad.polyuria))

    assert refused.value.found == "polyuria present against diabetes"
    assert (
        refused.value.allowed == "what contradicts an argument: at least 2 of thirst, polyuria, weight loss"
    )


def test_refuses_what_speaks_on_both_sides(session: Session, ward: Ward, triad: Triad) -> None:
    either = AssociativeFunction(
        name="thirst or type II, but no type I",
        product=triad.pregnancy,
        arguments=[triad.thirst, ward.type_2],
        absent=[ward.type_1],
        at_least=1,
    )
    (thirst,), none = triad.seen(triad.thirst), ward.found(ward.diabetes, presence=Presence.ABSENT)
    session.add_all([either, thirst, none])
    session.flush()

    with leaves_no_trace(session), refuses("evidence.one-side"):
        triad.concluded(thirst, none, against=[none], function=either)

    concluded = triad.concluded(thirst, none, function=either)
    session.add(concluded)
    Basis(observation=concluded, source=none, role=Role.AGAINST)
    with refuses("evidence.one-side", Layer.FLUSH):
        session.flush()


def test_refuses_evidence_that_is_no_argument_and_was_added_later(session: Session, triad: Triad) -> None:
    conclusion = triad.concluded(*triad.seen(triad.thirst, triad.loss))
    Basis(observation=conclusion, source=triad.ward.found(triad.pregnancy), role=Role.FOR)
    session.add(conclusion)

    with refuses("evidence.argument", Layer.FLUSH):
        session.flush()


def test_refuses_too_little_evidence(session: Session, triad: Triad) -> None:
    with leaves_no_trace(session), refuses("evidence.condition") as refused:
        triad.concluded(*triad.seen(triad.thirst))

    assert refused.value.found == "thirst present"
    assert refused.value.allowed == "at least 2 of thirst, polyuria, weight loss"


def test_two_kinds_of_thirst_are_one_argument(triad: Triad) -> None:
    with refuses("evidence.condition"):
        triad.concluded(*triad.seen(triad.thirst, triad.great_thirst))


def test_refuses_too_little_evidence_at_the_flush(session: Session, triad: Triad) -> None:
    conclusion = triad.concluded(*triad.seen(triad.thirst, triad.loss))
    conclusion.bases.pop()
    session.add(conclusion)

    with refuses("evidence.condition", Layer.FLUSH):
        session.flush()


def test_refuses_rejected_evidence(session: Session, ward: Ward, triad: Triad) -> None:
    thirst, loss = triad.seen(triad.thirst, triad.loss)
    stored(session, thirst, loss)
    thirst.reject(by=ward.ito, why="she had just run")
    session.commit()

    with leaves_no_trace(session), refuses("basis.rejected"):
        triad.concluded(thirst, loss)


def test_what_is_concluded_from_a_hypothesis_is_one(session: Session, triad: Triad) -> None:
    (thirst,), (loss,) = triad.seen(triad.thirst), triad.seen(triad.loss, standing=Standing.HYPOTHESIS)

    for standing in (Standing.ACTIVE, Standing.PROJECTION):
        with leaves_no_trace(session), refuses("evidence.certainty"):
            triad.concluded(thirst, loss, standing=standing)

    stored(session, triad.concluded(thirst, loss, standing=Standing.HYPOTHESIS))


def test_what_is_concluded_from_a_projection_is_one_or_less(session: Session, triad: Triad) -> None:
    (thirst,), (loss,) = triad.seen(triad.thirst), triad.seen(triad.loss, standing=Standing.PROJECTION)

    with leaves_no_trace(session), refuses("evidence.certainty"):
        triad.concluded(thirst, loss)

    for standing in (Standing.HYPOTHESIS, Standing.PROJECTION):
        stored(session, triad.concluded(thirst, loss, standing=standing))


def test_refuses_certainty_at_the_flush(session: Session, triad: Triad) -> None:
    thirst, loss = triad.seen(triad.thirst, triad.loss)
    conclusion = triad.concluded(thirst, loss)
    Hypothesis(observation=thirst)
    session.add(conclusion)

    with refuses("evidence.certainty", Layer.FLUSH):
        session.flush()


def test_a_hypothesis_is_confirmed_by_somebody_later(session: Session, triad: Triad) -> None:
    (thirst,), (loss,) = triad.seen(triad.thirst), triad.seen(triad.loss, standing=Standing.HYPOTHESIS)
    conclusion = triad.concluded(thirst, loss, standing=Standing.HYPOTHESIS)
    stored(session, conclusion)

    conclusion.qualifications[0].withdraw()
    session.commit()

    assert conclusion.standing is Standing.ACTIVE


BEFORE = datetime(1989, 12, 31, 23, tzinfo=UTC)


def test_refuses_a_function_that_was_not_in_effect(session: Session, triad: Triad) -> None:
    with leaves_no_trace(session), refuses("associated-observation.in-effect"):
        triad.concluded(*triad.seen(triad.thirst, triad.loss), applicable=BEFORE)


def test_refuses_a_function_that_was_not_in_effect_at_the_flush(session: Session, triad: Triad) -> None:
    conclusion = triad.concluded(*triad.seen(triad.thirst, triad.loss))
    conclusion.applicable = triad.concluded(*triad.seen(triad.thirst, triad.loss)).made_known = (
        conclusion.applicable
    )

    conclusion.applicable = TimeRecord.of(BEFORE)
    session.add(conclusion)

    with refuses("associated-observation.in-effect", Layer.FLUSH):
        session.flush()


def test_refuses_another_conclusion_than_the_product(session: Session, triad: Triad) -> None:
    for said in ({"concept": triad.pregnancy}, {"presence": ABSENT}):
        conclusion = triad.concluded(*triad.seen(triad.thirst, triad.loss))
        for name, value in said.items():
            setattr(conclusion, name, value)
        session.add(conclusion)

        with refuses("associated-observation.product", Layer.FLUSH):
            session.flush()
        session.rollback()


def test_the_database_refuses_another_conclusion_than_the_product(
    session: Session, triad: Triad, layer: Layer
) -> None:
    for columns in ({"concept_id": triad.pregnancy.id}, {"presence": ABSENT}):
        with leaves_no_trace(session), refuses("associated-observation.product", layer):
            conclude(session, triad, **columns)


def test_the_database_refuses_a_function_that_was_not_in_effect(
    session: Session, triad: Triad, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("associated-observation.in-effect", layer):
        conclude(session, triad, applicable_from=BEFORE, applicable_to=BEFORE)


def basis(session: Session, conclusion: Any, source: Observation, role: Role) -> None:
    """Write what a conclusion rests on past every check of Python's."""
    row = {
        "observation_id": conclusion,
        "source_id": source.id,
        "role": role,
        "position": 0,
        "recorded": session.recorded,
    }
    session.execute(insert(table_of(Basis)).values(row))


def test_the_database_refuses_evidence_of_another_thing(session: Session, triad: Triad, layer: Layer) -> None:
    bob = Person(name="Bob")
    session.add(bob)
    foreign = CategoryObservation(subject=bob, concept=triad.loss, applicable=MORNING)
    stored(session, foreign)

    with refuses("evidence.same-subject", layer):
        basis(session, conclude(session, triad), foreign, Role.FOR)


def test_the_database_refuses_evidence_that_is_no_argument(
    session: Session, triad: Triad, layer: Layer
) -> None:
    present = triad.seen(triad.thirst, triad.great_thirst, triad.pregnancy)
    absent = triad.seen(triad.thirst, triad.great_thirst, presence=ABSENT)
    weight = triad.ward.weighed()
    stored(session, *present, *absent, weight)

    for source, role in (
        (present[0], Role.AGAINST),
        (present[1], Role.AGAINST),
        (present[2], Role.FOR),
        (absent[0], Role.FOR),
        (absent[1], Role.AGAINST),
        (weight, Role.FOR),
    ):
        with refuses("evidence.argument", layer):
            basis(session, conclude(session, triad), source, role)
        session.rollback()


def test_the_database_lets_evidence_pass_that_is_an_argument(session: Session, triad: Triad) -> None:
    thirst, great, loss = triad.seen(triad.thirst, triad.great_thirst, triad.loss)
    (absent,) = triad.seen(triad.thirst.supertypes[0], presence=ABSENT)
    stored(session, thirst, great, loss, absent)
    conclusion = conclude(session, triad)

    for source, role in ((thirst, Role.FOR), (great, Role.FOR), (loss, Role.FOR), (absent, Role.AGAINST)):
        basis(session, conclusion, source, role)

    assert len(session.get_one(AssociatedObservation, conclusion).bases) == 4


def test_finds_what_was_written_past_the_guards(session: Session, triad: Triad) -> None:
    bob = Person(name="Bob")
    session.add(bob)
    foreign = CategoryObservation(subject=bob, concept=triad.pregnancy, applicable=MORNING)
    stored(session, foreign)
    without_guards(session)
    key = conclude(session, triad, concept_id=triad.pregnancy.id)
    basis(session, key, foreign, Role.FOR)

    found = {(each.rule.name, type(each.objects[0])) for each in inconsistencies(session)}

    assert found >= {
        ("evidence.same-subject", Basis),
        ("evidence.argument", Basis),
        ("associated-observation.product", AssociatedObservation),
    }


def test_the_database_refuses_a_conclusion_by_nothing(session: Session, triad: Triad) -> None:
    with pytest.raises(IntegrityError):
        conclude(session, triad, function_id=None)
