"""3.12: what was observed suggests conclusions and further observations; a person decides, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select, update

from analysis_patterns.observation import (
    AssociatedObservation,
    AssociativeFunction,
    CategoryObservation,
    Dismissal,
    DismissedEvidence,
    Observation,
    Presence,
    Standing,
    Suggestion,
    evaluations,
    suggestions,
)
from analysis_patterns.patterns import Period, Person, explain
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock

from ..refusals import refuses
from .figures import MORNING, Ward, table_of
from .traces import leaves_no_trace
from .triad import Triad

ABSENT = Presence.ABSENT
A_DAY = timedelta(days=1)


def stored(session: Session, *found: Observation) -> None:
    """Store these."""
    session.add_all(found)
    session.commit()


def proposed(session: Session, ward: Ward, **asked: Any) -> Suggestion:
    """The one thing that is proposed of Ann."""
    (suggestion,) = suggestions(session, ward.ann, **asked)
    return suggestion


def test_proposes_what_the_evidence_is_enough_for(session: Session, ward: Ward, triad: Triad) -> None:
    thirst, loss = triad.seen(triad.great_thirst, triad.loss)
    (no_polyuria,) = triad.seen(triad.polyuria, presence=ABSENT)
    stored(session, thirst, loss, no_polyuria)

    found = proposed(session, ward)

    assert (found.function, found.product, found.missing) == (triad.function, ward.diabetes, [])
    assert (found.evidence, found.counter_evidence) == ([thirst, loss], [no_polyuria])
    assert str(found) == "diabetes, proposed because of great thirst present, weight loss present"


def test_one_observation_suggests_what_else_to_observe(session: Session, ward: Ward, triad: Triad) -> None:
    stored(session, *triad.seen(triad.thirst), *triad.seen(triad.loss, presence=Presence.UNKNOWN))

    (found,) = evaluations(session, ward.ann)

    assert not found.is_met
    assert found.missing == [triad.polyuria, triad.loss]
    assert str(found) == "diabetes, to be looked at: polyuria, weight loss"
    assert suggestions(session, ward.ann) == []


def test_is_not_touched_by_what_it_does_not_look_at(session: Session, ward: Ward, triad: Triad) -> None:
    stored(session, *triad.seen(triad.pregnancy), ward.weighed())

    assert evaluations(session, ward.ann) == []


def test_what_is_absent_may_be_what_a_function_looks_for(session: Session, ward: Ward, triad: Triad) -> None:
    session.add(
        AssociativeFunction(
            name="no sign of it", product=triad.pregnancy, absent=[triad.great_thirst, triad.polyuria]
        )
    )
    stored(session, *triad.seen(triad.thirst.supertypes[0], presence=ABSENT))

    found = proposed(session, ward)

    assert (found.product, len(found.evidence)) == (triad.pregnancy, 1)


def test_neither_the_rejected_nor_what_is_tested_speaks(session: Session, ward: Ward, triad: Triad) -> None:
    thirst, loss = triad.seen(triad.thirst, triad.loss)
    (polyuria,) = triad.seen(triad.polyuria, standing=Standing.HYPOTHESIS)
    stored(session, thirst, loss, polyuria)
    loss.reject(by=ward.ito, why="another patient's")

    assert suggestions(session, ward.ann) == []
    tested = suggestions(session, ward.ann, standing={Standing.ACTIVE, Standing.HYPOTHESIS})
    assert [each.evidence for each in tested] == [[thirst, polyuria]]


def test_what_is_contradicted_speaks_neither_for_nor_against(
    session: Session, ward: Ward, triad: Triad
) -> None:
    stored(session, *triad.seen(triad.thirst, triad.loss), *triad.seen(triad.loss, presence=ABSENT))

    (found,) = evaluations(session, ward.ann)

    assert not found.is_met
    assert (len(found.evidence), found.counter_evidence, found.missing) == (
        1,
        [],
        [triad.polyuria, triad.loss],
    )


def test_asks_as_of_an_instant_and_as_known_at_one(
    session: Session, clock: FixedClock, ward: Ward, triad: Triad
) -> None:
    stored(session, *triad.seen(triad.thirst, triad.loss))
    before = clock.now() - A_DAY

    assert len(suggestions(session, ward.ann)) == 1
    assert suggestions(session, ward.ann, known_at=before) == []
    assert suggestions(session, ward.ann, as_of=before) == []


def test_uses_the_functions_of_the_day(session: Session, clock: FixedClock, ward: Ward, triad: Triad) -> None:
    triad.function.period = Period(date(1990, 1, 1), date(1997, 5, 2))
    stored(session, *triad.seen(triad.thirst, triad.loss))

    assert len(suggestions(session, ward.ann, as_of=datetime(1997, 5, 1, 23, tzinfo=UTC))) == 1
    assert suggestions(session, ward.ann, as_of=datetime(1997, 5, 2, tzinfo=UTC)) == []


def test_explains_what_each_argument_was_found_to_be(session: Session, ward: Ward, triad: Triad) -> None:
    stored(session, *triad.seen(triad.great_thirst, triad.loss))

    said = str(explain(proposed(session, ward)))

    assert said.splitlines()[:3] == [
        "diabetes, proposed because of great thirst present, weight loss present  "
        "[the triad: at least 2 of thirst, polyuria, weight loss]",
        "  thirst: present, as of 1997-05-01 09:00 UTC",
        "    thirst present  [a supertype of great thirst]",
    ]
    assert "  polyuria: not observed, as of 1997-05-01 09:00 UTC" in said


def test_a_person_accepts_it(session: Session, clock: FixedClock, ward: Ward, triad: Triad) -> None:
    thirst, loss = triad.seen(triad.thirst, triad.loss)
    stored(session, thirst, loss)

    proposed(session, ward).accept(by=ward.hale)
    session.commit()

    kept = session.scalars(select(AssociatedObservation)).one()
    assert (kept.performer, kept.evidence, kept.standing) == (ward.hale, [thirst, loss], Standing.ACTIVE)
    assert kept.applicable.start == clock.now()
    assert suggestions(session, ward.ann) == []


def test_what_was_accepted_later_was_still_proposed_before(
    session: Session, clock: FixedClock, ward: Ward, triad: Triad
) -> None:
    stored(session, *triad.seen(triad.thirst, triad.loss))
    before = clock.now()
    clock.advance(A_DAY)
    proposed(session, ward).accept(by=ward.hale)
    session.commit()

    assert suggestions(session, ward.ann) == []
    assert len(suggestions(session, ward.ann, known_at=before)) == 1


def test_says_from_when_on_it_applies(session: Session, ward: Ward, triad: Triad) -> None:
    stored(session, *triad.seen(triad.thirst, triad.loss))

    accepted = proposed(session, ward).accept(
        by=ward.hale, applicable=MORNING, standing=Standing.HYPOTHESIS, performer=ward.ito
    )

    assert (accepted.applicable.start, accepted.performer) == (MORNING, ward.ito)
    assert accepted.standing is Standing.HYPOTHESIS


@pytest.mark.parametrize("standing", [Standing.HYPOTHESIS, Standing.PROJECTION])
def test_what_rests_on_less_than_facts_is_accepted_as_no_more(
    session: Session, ward: Ward, triad: Triad, standing: Standing
) -> None:
    stored(session, *triad.seen(triad.thirst), *triad.seen(triad.loss, standing=standing))

    found = proposed(session, ward, standing={Standing.ACTIVE, standing})

    assert found.accept(by=ward.hale).standing is standing


def test_the_same_evidence_is_not_proposed_again_after_it_was_rejected(
    session: Session, ward: Ward, triad: Triad
) -> None:
    stored(session, *triad.seen(triad.thirst, triad.loss))
    accepted = proposed(session, ward).accept(by=ward.hale)
    session.commit()
    accepted.reject(by=ward.ito, why="something else explains it")
    session.commit()

    assert suggestions(session, ward.ann) == []


def test_what_speaks_for_it_by_one_argument_and_against_it_by_another_is_evidence(
    session: Session, ward: Ward, triad: Triad
) -> None:
    either = AssociativeFunction(
        name="thirst or type II, but no type I",
        product=triad.pregnancy,
        arguments=[triad.thirst, ward.type_2],
        absent=[ward.type_1],
        at_least=1,
    )
    (thirst,), none = triad.seen(triad.thirst), ward.found(ward.diabetes, presence=ABSENT)
    stored(session, either, thirst, none)  # type: ignore[arg-type]

    found = proposed(session, ward)
    accepted = found.accept(by=ward.hale)
    session.commit()

    assert (found.evidence, found.counter_evidence) == ([thirst, none], [])
    assert (accepted.evidence, accepted.counter_evidence) == ([thirst, none], [])


def test_a_person_dismisses_it_and_is_not_asked_again(session: Session, ward: Ward, triad: Triad) -> None:
    thirst, loss = triad.seen(triad.thirst, triad.loss)
    stored(session, thirst, loss)

    proposed(session, ward).dismiss(by=ward.hale, why="she takes diuretics")
    session.commit()
    ann = ward.ann.id
    session.expunge_all()

    assert suggestions(session, ann) == []
    kept = session.scalars(select(Dismissal)).one()
    assert {str(each) for each in kept.evidence} == {"thirst present", "weight loss present"}
    assert str(kept) == "diabetes dismissed by Dr Hale: she takes diuretics"
    assert {str(each) for each in kept.looked_at} == {"thirst present", "weight loss present"}


def test_less_evidence_than_was_dismissed_is_not_proposed_either(
    session: Session, ward: Ward, triad: Triad
) -> None:
    thirst, loss, polyuria = triad.seen(triad.thirst, triad.loss, triad.polyuria)
    stored(session, thirst, loss, polyuria)
    proposed(session, ward).dismiss(by=ward.hale, why="she takes diuretics")
    polyuria.reject(by=ward.hale, why="not measured")
    session.commit()

    assert suggestions(session, ward.ann) == []


def test_further_evidence_proposes_it_again(session: Session, ward: Ward, triad: Triad) -> None:
    thirst, loss, polyuria = triad.seen(triad.thirst, triad.loss, triad.polyuria)
    stored(session, thirst, loss)
    proposed(session, ward).dismiss(by=ward.hale, why="she takes diuretics")

    stored(session, polyuria)

    assert set(proposed(session, ward).evidence) == {thirst, loss, polyuria}


def test_what_was_dismissed_of_one_is_proposed_of_another(session: Session, ward: Ward, triad: Triad) -> None:
    bob = Person(name="Bob")
    session.add(bob)
    stored(session, *triad.seen(triad.thirst, triad.loss))
    proposed(session, ward).dismiss(by=ward.hale, why="she takes diuretics")
    for concept in (triad.thirst, triad.loss):
        stored(session, CategoryObservation(subject=bob, concept=concept, applicable=MORNING))

    assert len(suggestions(session, bob)) == 1


def test_asks_a_fixed_number_of_questions(session: Session, ward: Ward, triad: Triad) -> None:
    for number in range(8):
        session.add(
            AssociativeFunction(name=f"function {number}", product=ward.type_1, arguments=[triad.thirst])
        )
    stored(session, *triad.seen(triad.thirst, triad.loss))
    subject, asked = ward.ann.id, []

    def executed(*given: Any) -> None:
        asked.append(given[2])

    session.commit()
    session.expunge_all()
    event.listen(session.get_bind(), "before_cursor_execute", executed)
    found = suggestions(session, subject)
    event.remove(session.get_bind(), "before_cursor_execute", executed)

    assert len(found) == 9
    assert len(asked) <= 10


def test_refuses_to_dismiss_nothing_or_for_no_reason(session: Session, ward: Ward, triad: Triad) -> None:
    bob = Person(name="Bob")
    session.add(bob)
    thirst, loss = triad.seen(triad.thirst, triad.loss)
    foreign = CategoryObservation(subject=bob, concept=triad.loss, applicable=MORNING)
    stored(session, thirst, loss, foreign)

    for evidence in ([], [thirst, foreign]):
        with leaves_no_trace(session), refuses("dismissal.some-evidence"):
            Dismissal(function=triad.function, evidence=evidence, by=ward.hale, why="because")
    with leaves_no_trace(session), refuses("name.text"):
        Dismissal(function=triad.function, evidence=[thirst], by=ward.hale, why=" ")


def test_refuses_a_dismissal_that_lost_its_evidence(session: Session, ward: Ward, triad: Triad) -> None:
    dismissed = Dismissal(
        function=triad.function, evidence=triad.seen(triad.thirst), by=ward.hale, why="because"
    )
    dismissed.looked_at.clear()
    session.add(dismissed)

    with refuses("dismissal.some-evidence", Layer.FLUSH):
        session.flush()


def test_what_was_dismissed_is_never_changed(session: Session, ward: Ward, triad: Triad) -> None:
    stored(session, *triad.seen(triad.thirst, triad.loss))
    dismissed = proposed(session, ward).dismiss(by=ward.hale, why="she takes diuretics")
    session.commit()

    dismissed.why = "another reason"
    with refuses("dismissal.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    session.delete(dismissed.looked_at[0])
    with refuses("dismissal.append-only", Layer.FLUSH):
        session.flush()
    session.rollback()
    dismissed.looked_at.append(DismissedEvidence(observation=ward.found(triad.polyuria)))
    with refuses("dismissal.append-only", Layer.FLUSH):
        session.flush()


def test_the_database_keeps_what_was_dismissed(
    session: Session, clock: FixedClock, ward: Ward, triad: Triad, layer: Layer
) -> None:
    stored(session, *triad.seen(triad.thirst, triad.loss))
    proposed(session, ward).dismiss(by=ward.hale, why="she takes diuretics")
    session.commit()
    dismissals, evidence = table_of(Dismissal), table_of(DismissedEvidence)
    row = dict(session.execute(select(evidence)).mappings().first() or {})
    clock.advance(A_DAY)
    (polyuria,) = triad.seen(triad.polyuria)
    stored(session, polyuria)

    for statement in (
        update(dismissals).values(why="another reason"),
        delete(dismissals),
        delete(evidence),
        insert(evidence).values(row),
        insert(evidence).values({**row, "observation_id": polyuria.id, "recorded": session.recorded}),
    ):
        with leaves_no_trace(session), refuses("dismissal.append-only", layer):
            session.execute(statement)
