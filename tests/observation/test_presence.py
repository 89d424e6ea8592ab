"""3.6: what is present makes its supertypes present, what is absent makes its subtypes absent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from analysis_patterns.observation import (
    EVERY_STANDING,
    CategoryObservation,
    Measurement,
    ObservationConcept,
    Phenomenon,
    Presence,
    Standing,
    findings,
    presence_of,
    subjects_with,
)
from analysis_patterns.patterns import Interval, Person, Quantity, explain
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time.clock import FixedClock

from ..covered import Covered
from .figures import MORNING, Ward

A_DAY = timedelta(days=1)
PRESENT, ABSENT, UNKNOWN = Presence.PRESENT, Presence.ABSENT, Presence.UNKNOWN


def told(session: Session, ward: Ward, as_of: datetime | None = None) -> list[Presence | None]:
    """What is to be made of diabetes, of its first and of its second type."""
    asked = [ward.diabetes, ward.type_1, ward.type_2]
    return [each.presence for each in findings(session, ward.ann, asked, as_of=as_of)]


def test_presence_goes_up_and_absence_goes_down(session: Session, ward: Ward) -> None:
    bob = Person(name="Bob")
    session.add_all([ward.found(ward.type_1), bob])
    session.add(CategoryObservation(subject=bob, concept=ward.diabetes, applicable=MORNING, presence=ABSENT))

    assert told(session, ward) == [PRESENT, PRESENT, None]
    assert [each.presence for each in findings(session, bob, [ward.type_1, ward.type_2])] == [ABSENT, ABSENT]


def test_the_absence_of_a_subtype_says_nothing_of_its_supertype(session: Session, ward: Ward) -> None:
    session.add(ward.found(ward.type_1, presence=ABSENT))

    assert told(session, ward) == [None, ABSENT, None]


def test_what_could_not_be_told_of_one_concept_says_nothing_of_others(session: Session, ward: Ward) -> None:
    session.add(ward.found(ward.diabetes, presence=UNKNOWN))

    assert told(session, ward) == [UNKNOWN, None, None]


def test_what_is_told_outweighs_what_could_not_be_told(session: Session, ward: Ward) -> None:
    session.add_all([ward.found(presence=UNKNOWN), ward.found(ward.type_2)])

    assert told(session, ward) == [PRESENT, None, PRESENT]


def test_two_that_contradict_each_other_are_both_given(session: Session, ward: Ward) -> None:
    present, absent = ward.found(ward.type_1), ward.found(presence=ABSENT)
    session.add_all([present, absent])

    found = presence_of(session, ward.ann, ward.diabetes)

    assert (found.present, found.absent, found.presence) == ((present,), (absent,), UNKNOWN)
    assert found.is_contradicted
    assert told(session, ward) == [UNKNOWN, UNKNOWN, ABSENT]


def test_a_period_holds_as_long_as_it_says(session: Session, ward: Ward) -> None:
    session.add(ward.found(applicable=Interval(MORNING, MORNING + A_DAY)))

    asked = (MORNING - A_DAY, MORNING, MORNING + A_DAY - timedelta(seconds=1), MORNING + A_DAY)

    assert [told(session, ward, each)[0] for each in asked] == [None, PRESENT, PRESENT, None]


def test_what_was_seen_at_a_point_holds_until_something_else_is_seen(session: Session, ward: Ward) -> None:
    session.add_all([ward.found(), ward.found(applicable=MORNING + 2 * A_DAY, presence=ABSENT)])

    asked = (MORNING - A_DAY, MORNING, MORNING + A_DAY, MORNING + 2 * A_DAY, MORNING + 9 * A_DAY)

    assert [told(session, ward, each)[0] for each in asked] == [None, PRESENT, PRESENT, ABSENT, ABSENT]


def test_a_period_that_has_not_ended_is_not_outdated(session: Session, ward: Ward) -> None:
    session.add_all(
        [ward.found(applicable=Interval(MORNING)), ward.found(applicable=MORNING + A_DAY, presence=ABSENT)]
    )

    assert told(session, ward, MORNING)[0] is PRESENT
    assert presence_of(session, ward.ann, ward.diabetes, as_of=MORNING + 2 * A_DAY).is_contradicted


def test_what_was_seen_at_a_point_does_not_come_back_after_a_period_that_said_otherwise(
    session: Session, ward: Ward
) -> None:
    free = Interval(MORNING + 2 * A_DAY, MORNING + 4 * A_DAY)
    session.add_all([ward.found(), ward.found(applicable=free, presence=ABSENT)])

    asked = [MORNING + days * A_DAY for days in (1, 2, 4, 9)]

    assert [told(session, ward, each)[0] for each in asked] == [PRESENT, ABSENT, None, None]
    for each in asked[2:]:
        assert session.scalars(subjects_with(session, ward.diabetes, as_of=each)).all() == []


def test_neither_the_rejected_nor_what_is_tested_or_expected_counts(session: Session, ward: Ward) -> None:
    wrong = ward.found(ward.type_2)
    tested = ward.found(ward.type_1, standing=Standing.HYPOTHESIS)
    expected = ward.found(ward.type_1, standing=Standing.PROJECTION)
    session.add_all([wrong, tested, expected])
    session.flush()
    wrong.reject(by=ward.ito, why="another patient's")

    assert told(session, ward) == [None, None, None]
    assert presence_of(session, ward.ann, ward.diabetes, standing={Standing.HYPOTHESIS}).present == (tested,)
    asked = presence_of(session, ward.ann, ward.diabetes, standing=EVERY_STANDING)
    assert set(asked.present) == {wrong, tested, expected}


def test_tells_what_was_known_before_it_was_rejected(session: Session, clock: FixedClock, ward: Ward) -> None:
    wrong = ward.found()
    session.add(wrong)
    session.commit()
    before = session.instant(None)
    clock.advance(A_DAY)
    wrong.reject(by=ward.ito, why="another patient's")
    session.commit()

    assert presence_of(session, ward.ann, ward.diabetes).presence is None
    assert presence_of(session, ward.ann, ward.diabetes, known_at=before).presence is PRESENT
    assert presence_of(session, ward.ann, ward.diabetes, known_at=before - A_DAY).presence is None


def test_a_measurement_counts_as_the_phenomenon_that_it_is_classified_as(
    session: Session, ward: Ward
) -> None:
    heavy = ObservationConcept(name="heavy")
    obese = Phenomenon(name="obese", phenomenon_type=ward.weight, supertypes=[heavy])
    session.add(obese)
    session.add(
        Measurement(
            subject=ward.ann,
            phenomenon_type=ward.weight,
            quantity=Quantity(130, "kg"),
            applicable=MORNING,
            phenomenon=obese,
        )
    )

    assert presence_of(session, ward.ann, heavy).presence is PRESENT


def test_explains_itself_by_the_way_through_the_concepts(session: Session, ward: Ward) -> None:
    fulminant = ObservationConcept(name="fulminant diabetes", supertypes=[ward.type_1])
    session.add(fulminant)
    session.add(ward.found(fulminant, performer=ward.hale))

    up = str(explain(presence_of(session, ward.ann, ward.diabetes)))

    assert up == (
        "diabetes: present, as of 1997-05-01 09:00 UTC\n"
        "  diabetes present  [a supertype of type I diabetes]\n"
        "    type I diabetes present  [a supertype of fulminant diabetes]\n"
        "      fulminant diabetes present, 1997-05-01 08:00 UTC  "
        "[observed, recorded 1997-05-01 09:00 UTC by Dr Hale]"
    )


def test_explains_absence_downwards_and_what_is_contradicted(session: Session, ward: Ward) -> None:
    session.add_all([ward.found(presence=ABSENT), ward.found(ward.type_1)])

    said = str(explain(presence_of(session, ward.ann, ward.type_1)))

    assert said.splitlines()[0] == (
        "type I diabetes: unknown, as of 1997-05-01 09:00 UTC  [observations that contradict each other]"
    )
    assert "  type I diabetes absent  [a subtype of diabetes]" in said
    assert "    diabetes absent, 1997-05-01 08:00 UTC" in said


def test_says_that_nothing_was_observed(session: Session, ward: Ward) -> None:
    found = presence_of(session, ward.ann, ward.diabetes)

    assert found.presence is None
    assert str(explain(found)) == "diabetes: not observed, as of 1997-05-01 09:00 UTC"


Told = tuple[int, Presence, int, int]
CONCEPTS, STEPS = 4, 3
ARROWS = st.sets(
    st.tuples(st.integers(0, CONCEPTS - 1), st.integers(0, CONCEPTS - 1)).filter(
        lambda pair: pair[0] < pair[1]
    ),
    min_size=2,
    max_size=5,
)
"""From a concept to one of its supertypes, which has a greater number: so there is no circle."""
SAID = st.lists(
    st.tuples(
        st.integers(0, CONCEPTS - 1),
        st.sampled_from([PRESENT, PRESENT, ABSENT, ABSENT, UNKNOWN]),
        st.integers(0, STEPS - 1),
        st.sampled_from([0, 0, 2, 9, 9]),
    ),
    min_size=1,
    max_size=6,
)
"""Which concept, what, from which day on, and for how many days: 0 is a point."""


def naively(arrows: set[tuple[int, int]], said: list[Told], concept: int, day: int) -> Presence | None:
    """The rule as one would work it out by hand."""

    def above(start: int) -> set[int]:
        return {start}.union(*(above(upper) for lower, upper in arrows if lower == start))

    begun = [each for each in said if each[2] <= day]
    begun = [each for each in begun if each[3] == 0 or day < each[2] + each[3] or each[1] is not UNKNOWN]
    present = [each for each in begun if each[1] is PRESENT and concept in above(each[0])]
    absent = [each for each in begun if each[1] is ABSENT and each[0] in above(concept)]
    stands = {
        presence: [
            each
            for each in claims
            if (day < each[2] + each[3] if each[3] else all(other[2] <= each[2] for other in contrary))
        ]
        for presence, claims, contrary in ((PRESENT, present, absent), (ABSENT, absent, present))
    }
    if stands[PRESENT] and stands[ABSENT]:
        return UNKNOWN
    for presence in (PRESENT, ABSENT):
        if stands[presence]:
            return presence
    return UNKNOWN if any(each[:2] == (concept, UNKNOWN) for each in begun) else None


@pytest.fixture
def asked(engine: Engine) -> Iterator[Session]:
    """A session that is rolled back after each example, its clock long after all that is told."""
    with sessions(engine, clock=FixedClock(datetime(1998, 1, 1, tzinfo=UTC)))() as made:
        yield made


def test_presence_is_that_of_a_naive_closure(asked: Session) -> None:
    covered = Covered()

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(arrows=ARROWS, said=SAID, day=st.integers(0, STEPS), one=st.integers(0, CONCEPTS - 1))
    def holds(arrows: set[tuple[int, int]], said: list[Told], day: int, one: int) -> None:
        ann = Person(name="Ann")
        concepts = [ObservationConcept(name=f"concept {number}") for number in range(CONCEPTS)]
        for lower, upper in sorted(arrows):
            concepts[lower].supertypes.append(concepts[upper])
        asked.add_all([ann, *concepts])
        for concept, presence, start, days in said:
            starts = MORNING + start * A_DAY
            applicable = Interval(starts, starts + days * A_DAY) if days else starts
            asked.add(
                CategoryObservation(
                    subject=ann, concept=concepts[concept], presence=presence, applicable=applicable
                )
            )
        instant = MORNING + day * A_DAY

        found = findings(asked, ann, concepts, as_of=instant)

        expected = [naively(arrows, said, number, day) for number in range(CONCEPTS)]
        assert [each.presence for each in found] == expected
        for presence in (PRESENT, ABSENT):
            in_sql = asked.scalars(subjects_with(asked, concepts[one], presence, as_of=instant)).all()
            assert in_sql == ([ann.id] if expected[one] is presence else [])
        covered.case(
            present=PRESENT in expected,
            absent=ABSENT in expected,
            unknown=UNKNOWN in expected,
            contradicted=any(each.is_contradicted for each in found),
            inherited=expected.count(PRESENT) + expected.count(ABSENT) > len(said),
        )
        asked.rollback()

    holds()

    covered.enough()
