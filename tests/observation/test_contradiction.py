"""3.12: two active observations that cannot both be right are found, and resolved by rejecting one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analysis_patterns.observation import (
    CategoryObservation,
    Contradiction,
    Effect,
    Observation,
    Presence,
    Role,
    Standing,
    TimeRecord,
    contradictions,
    rest,
    stale,
)
from analysis_patterns.patterns import Person, explain
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock

from ..refusals import refuses
from .figures import MORNING, Ward
from .traces import leaves_no_trace

ABSENT = Presence.ABSENT
A_DAY = timedelta(days=1)
Spans = tuple[tuple[int, int], tuple[int, int], bool]


@pytest.fixture
def clash(session: Session, ward: Ward) -> Contradiction:
    """Type I diabetes where there is no diabetes, stored."""
    present, absent = ward.found(ward.type_1), ward.found(presence=ABSENT)
    session.add_all([present, absent])
    session.commit()
    return Contradiction(present, absent)


def test_what_is_present_contradicts_an_absent_supertype(
    session: Session, ward: Ward, clash: Contradiction
) -> None:
    assert contradictions(session) == [clash]
    assert (
        contradictions(session, subject=ward.ann) == contradictions(session, subject=ward.ann.id) == [clash]
    )
    assert contradictions(session, of=clash.absent) == [clash]


def test_an_absent_subtype_contradicts_nothing(session: Session, ward: Ward) -> None:
    session.add_all([ward.found(), ward.found(ward.type_1, presence=ABSENT)])
    session.add(ward.found(ward.type_1, presence=Presence.UNKNOWN))

    assert contradictions(session) == []


def test_things_do_not_contradict_each_other(session: Session, ward: Ward) -> None:
    bob = Person(name="Bob")
    session.add(bob)
    session.add(CategoryObservation(subject=bob, concept=ward.type_1, applicable=MORNING))
    session.add(ward.found(presence=ABSENT))

    assert contradictions(session) == []


def test_asks_of_one_thing(session: Session, clash: Contradiction) -> None:
    bob = Person(name="Bob")
    session.add(bob)

    assert contradictions(session, subject=bob) == []


def test_only_active_observations_contradict_each_other(session: Session, ward: Ward) -> None:
    session.add_all([ward.found(), ward.found(presence=ABSENT, standing=Standing.HYPOTHESIS)])

    assert contradictions(session) == []


SPANS = [
    ((0, 0), (0, 0), True),
    ((0, 0), (1, 1), False),
    ((0, 2), (1, 1), True),
    ((0, 2), (0, 0), True),
    ((0, 2), (2, 2), False),
    ((1, 1), (0, 2), True),
    ((2, 2), (0, 2), False),
    ((0, 2), (1, 3), True),
    ((1, 3), (0, 2), True),
    ((0, 2), (2, 3), False),
    ((2, 3), (0, 2), False),
    ((0, 3), (1, 2), True),
]
"""From which day up to which one says present and the other absent; a point where they are the same."""


@pytest.mark.parametrize("spans", SPANS, ids=str)
def test_they_have_to_share_an_instant(session: Session, ward: Ward, spans: Spans) -> None:
    one, other, clashes = spans

    present, absent = (
        TimeRecord(MORNING + start * A_DAY, MORNING + end * A_DAY).time for start, end in (one, other)
    )
    session.add_all([ward.found(applicable=present), ward.found(presence=ABSENT, applicable=absent)])

    assert bool(contradictions(session)) is clashes


def test_says_how_the_concepts_are_related(session: Session, ward: Ward, clash: Contradiction) -> None:
    assert str(explain(clash)) == (
        "type I diabetes present contradicts diabetes absent  "
        "[type I diabetes is a special case of diabetes]\n"
        "  type I diabetes present, 1997-05-01 08:00 UTC  [recorded 1997-05-01 09:00 UTC]\n"
        "  diabetes absent, 1997-05-01 08:00 UTC  [recorded 1997-05-01 09:00 UTC]"
    )


def test_two_of_one_concept_need_no_relation(session: Session, ward: Ward) -> None:
    session.add_all([ward.found(), ward.found(presence=ABSENT)])

    (found,) = contradictions(session)

    assert found.explanation().by == ""


def test_to_resolve_it_rejects_one_and_gives_what_to_reconsider(
    session: Session, clock: FixedClock, ward: Ward, clash: Contradiction
) -> None:
    rested = ward.found(ward.a)
    rest(rested, [clash.present], Role.FOR)
    session.add(rested)
    session.commit()
    before = clock.now()
    clock.advance(A_DAY)

    doubtful = clash.resolve(reject=clash.present, by=ward.ito, why="the test was another patient's")
    session.commit()

    assert [(each.observation, set(each.effects)) for each in doubtful] == [(rested, {Effect.WEAKENED})]
    rejection = clash.present.rejection
    assert rejection is not None
    assert (rejection.rejecting, rejection.by) == (clash.absent, ward.ito)
    assert contradictions(session) == []
    assert contradictions(session, known_at=before) == [clash]
    assert session.scalars(stale(session)).all() == [rested]


def test_either_may_be_rejected(session: Session, ward: Ward, clash: Contradiction) -> None:
    assert clash.resolve(reject=clash.absent, by=ward.ito, why="told of another patient") == []

    assert clash.absent.standing is Standing.REJECTED
    assert clash.present.standing is Standing.ACTIVE


def test_refuses_to_reject_a_third(session: Session, ward: Ward, clash: Contradiction) -> None:
    third: Observation = ward.weighed()
    session.add(third)

    with leaves_no_trace(session), refuses("contradiction.one-of-them"):
        clash.resolve(reject=third, by=ward.ito, why="a mistake")
