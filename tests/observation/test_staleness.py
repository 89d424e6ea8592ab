"""3.9: what rests on a rejected observation, however far, is to be reconsidered, and is told by which way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from analysis_patterns.observation import (
    CategoryObservation,
    Effect,
    Observation,
    ObservationConcept,
    Role,
    Stale,
    dependents,
    is_stale,
    observations,
    reconsider,
    rest,
    stale,
    why_stale,
)
from analysis_patterns.patterns import Person, explain
from analysis_patterns.patterns.persistence import Session, sessions
from analysis_patterns.patterns.time.clock import FixedClock

from ..covered import Covered
from .figures import MORNING, Ward

A_DAY = timedelta(days=1)


class Chain:
    """A weight, diabetes because of it, type I because of that, and type II against which that speaks."""

    def __init__(self, session: Session, ward: Ward) -> None:
        self.weight = ward.weighed()
        self.diabetes, self.type_1, self.type_2 = (
            ward.found(),
            ward.found(ward.type_1),
            ward.found(ward.type_2),
        )
        rest(self.diabetes, [self.weight], Role.INPUT)
        rest(self.type_1, [self.diabetes], Role.FOR)
        rest(self.type_2, [self.type_1], Role.AGAINST)
        session.add_all(vars(self).values())
        session.commit()


@pytest.fixture
def chain(session: Session, ward: Ward) -> Chain:
    """Four observations, each of which rests on the one before, stored."""
    return Chain(session, ward)


def effects(found: list[Stale]) -> dict[Observation, list[Effect]]:
    """What happens to each."""
    return {each.observation: [way.effect for way in each.ways] for each in found}


def test_finds_all_that_rests_on_an_observation_whatever_its_role(session: Session, chain: Chain) -> None:
    assert list(dependents(session, chain.weight)) == [chain.diabetes.id, chain.type_1.id, chain.type_2.id]
    assert list(dependents(session, chain.type_1.id)) == [chain.type_2.id]
    assert list(dependents(session, chain.type_2)) == []


def test_leaves_out_what_was_recorded_later(
    session: Session, clock: FixedClock, ward: Ward, chain: Chain
) -> None:
    then = clock.now()
    clock.advance(A_DAY)
    later, further = ward.found(), ward.found()
    rest(later, [chain.type_1], Role.FOR)
    rest(further, [chain.type_2], Role.FOR)
    session.add_all([later, further])
    session.commit()

    assert set(dependents(session, chain.type_1)) == {chain.type_2.id, later.id, further.id}
    assert list(dependents(session, chain.type_1, known_at=then)) == [chain.type_2.id]
    assert list(dependents(session, chain.type_1, known_at=then - A_DAY)) == []


def test_what_rests_on_a_rejected_observation_is_stale(session: Session, ward: Ward, chain: Chain) -> None:
    assert session.scalars(stale(session)).all() == []

    chain.weight.reject(by=ward.ito, why="another patient's")

    assert set(session.scalars(stale(session))) == {chain.diabetes, chain.type_1, chain.type_2}
    assert [is_stale(session, each) for each in vars(chain).values()] == [False, True, True, True]


def test_a_stale_observation_is_still_told_of(session: Session, ward: Ward, chain: Chain) -> None:
    chain.weight.reject(by=ward.ito, why="another patient's")

    told = session.scalars(observations(session, subject=ward.ann, of=ward.diabetes)).all()

    assert set(told) == {chain.diabetes, chain.type_1, chain.type_2}


def test_to_reject_it_too_settles_it_and_leaves_what_rests_on_it(
    session: Session, ward: Ward, chain: Chain
) -> None:
    chain.weight.reject(by=ward.ito, why="another patient's")
    session.flush()

    chain.diabetes.reject(by=ward.ito, why="nothing speaks for it")

    assert set(session.scalars(stale(session))) == {chain.type_1, chain.type_2}
    assert not is_stale(session, chain.diabetes)


def test_tells_what_was_stale_at_an_instant(
    session: Session, clock: FixedClock, ward: Ward, chain: Chain
) -> None:
    before = clock.now()
    clock.advance(A_DAY)
    chain.weight.reject(by=ward.ito, why="another patient's")
    session.commit()

    assert len(session.scalars(stale(session)).all()) == 3
    assert session.scalars(stale(session, known_at=before)).all() == []
    assert not is_stale(session, chain.type_1, known_at=before)
    assert reconsider(session, chain.weight, known_at=before) == []


def test_what_was_recorded_later_was_not_stale_before(
    session: Session, clock: FixedClock, ward: Ward, chain: Chain
) -> None:
    chain.weight.reject(by=ward.ito, why="another patient's")
    session.commit()
    before = clock.now()
    clock.advance(A_DAY)
    later = ward.found()
    rest(later, [chain.diabetes], Role.FOR)
    session.add(later)
    session.commit()

    assert is_stale(session, later)
    assert not is_stale(session, later, known_at=before)
    assert later not in session.scalars(stale(session, known_at=before)).all()


def test_asks_of_one_thing_and_because_of_one_rejection(session: Session, ward: Ward, chain: Chain) -> None:
    bob = Person(name="Bob")
    session.add(bob)
    chain.type_1.reject(by=ward.ito, why="a mistake")

    assert session.scalars(stale(session, subject=ward.ann)).all() == [chain.type_2]
    assert session.scalars(stale(session, subject=bob)).all() == []
    assert session.scalars(stale(session, because_of=chain.type_1)).all() == [chain.type_2]
    assert session.scalars(stale(session, because_of=chain.weight)).all() == []


def test_says_by_which_way_and_whether_it_lost_support_or_an_objection(
    session: Session, ward: Ward, chain: Chain
) -> None:
    chain.weight.reject(by=ward.ito, why="another patient's")

    found = reconsider(session, chain.weight)

    assert effects(found) == {
        chain.diabetes: [Effect.WEAKENED],
        chain.type_1: [Effect.WEAKENED],
        chain.type_2: [Effect.STRENGTHENED],
    }
    why = why_stale(session, chain.type_2)
    assert why is not None
    (way,) = why.ways
    assert way.steps == (chain.type_2, chain.type_1, chain.diabetes, chain.weight)
    assert way.roles == (Role.AGAINST, Role.FOR, Role.INPUT)
    assert way.rejected is chain.weight
    assert str(explain(why)) == (
        "type II diabetes present is to be reconsidered  "
        "[lost something that spoke against it: body weight 68.0 kg]\n"
        "  type I diabetes present  [rests on diabetes present (for)]\n"
        "    diabetes present  [rests on body weight 68.0 kg (input)]\n"
        "      body weight 68.0 kg, rejected by Dr Ito: another patient's  [rejected]"
    )
    assert str(why) == (
        "type II diabetes present, to be reconsidered: type II diabetes present > type I diabetes present > "
        "diabetes present > body weight 68.0 kg: lost something that spoke against it"
    )


def test_explains_one_way_from_its_beginning(session: Session, ward: Ward, chain: Chain) -> None:
    chain.weight.reject(by=ward.ito, why="another patient's")
    (found,) = (each for each in reconsider(session, chain.weight) if each.observation is chain.diabetes)

    assert str(explain(found.ways[0])) == (
        "diabetes present  [rests on body weight 68.0 kg (input)]\n"
        "  body weight 68.0 kg, rejected by Dr Ito: another patient's  [rejected]"
    )


def test_what_speaks_for_and_against_at_once_is_told_both_ways(session: Session, ward: Ward) -> None:
    weight, one, other, conclusion = ward.weighed(), ward.found(), ward.found(), ward.found(ward.type_1)
    rest(one, [weight], Role.FOR)
    rest(other, [weight], Role.AGAINST)
    rest(conclusion, [one, other], Role.FOR)
    session.add(conclusion)
    session.commit()
    weight.reject(by=ward.ito, why="a mistake")

    why = why_stale(session, conclusion)

    assert why is not None
    assert why.effects == {Effect.WEAKENED, Effect.STRENGTHENED}
    (found,) = (each for each in reconsider(session, weight) if each.observation is conclusion)
    assert {way.steps for way in found.ways} == {way.steps for way in why.ways}


MOST = 7
LINKS = st.lists(
    st.tuples(
        st.integers(0, MOST - 1), st.integers(0, MOST - 1), st.sampled_from([Role.FOR, Role.AGAINST])
    ).filter(lambda link: link[0] < link[1]),
    unique_by=lambda link: link[:2],
    min_size=3,
    max_size=14,
)
"""A source, what rests on it, and as what."""
BOTH_WAYS = [(0, 1, Role.FOR), (0, 2, Role.AGAINST), (1, 3, Role.FOR), (2, 3, Role.FOR)]
"""By two ways the last rests on the first: by one that speaks for it, and by one that speaks against it."""
REJECTED = st.sets(st.integers(0, MOST - 1), max_size=3)
HISTORIES = st.one_of(
    st.tuples(LINKS, REJECTED),
    # Whatever else there is, something both loses support and an objection, unless it is rejected too.
    st.tuples(
        LINKS.map(lambda links: list({link[:2]: link for link in (*links, *BOTH_WAYS)}.values())),
        REJECTED.map(lambda rejected: rejected | {0}),
    ),
)
"""Who rests on whom, and what is rejected."""


def naively(links: list[tuple[int, int, Role]], rejected: set[int]) -> dict[int, set[Effect]]:
    """What happens to each that is not rejected, by every way there is."""

    def ways(start: int) -> Iterator[tuple[int, int]]:
        for source, above, role in links:
            if above == start:
                signed = int(role is Role.AGAINST)
                yield source, signed
                yield from ((end, sign ^ signed) for end, sign in ways(source))

    found: dict[int, set[Effect]] = {}
    for number in set(range(MOST)) - rejected:
        signs = {sign for end, sign in ways(number) if end in rejected}
        if signs:
            found[number] = {Effect.STRENGTHENED if sign else Effect.WEAKENED for sign in signs}
    return found


@pytest.fixture
def asked(engine: Engine, clock: FixedClock) -> Iterator[Session]:
    """A session that is rolled back after each example."""
    with sessions(engine, clock=clock)() as made:
        yield made


def test_staleness_is_that_of_every_way_there_is(asked: Session) -> None:
    covered = Covered()

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(HISTORIES)
    def holds(history: tuple[list[tuple[int, int, Role]], set[int]]) -> None:
        links, rejected = history
        ann, concept = Person(name="Ann"), ObservationConcept(name="something")
        asked.add_all([ann, concept])
        made: list[Observation] = [
            CategoryObservation(subject=ann, concept=concept, applicable=MORNING) for _ in range(MOST)
        ]
        for source, above, role in links:
            rest(made[above], [made[source]], role)
        asked.add_all(made)
        asked.flush()
        for number in sorted(rejected):
            made[number].reject(by=ann, why="a mistake")
        expected = naively(links, rejected)

        found = asked.scalars(stale(asked)).all()

        assert {made.index(each) for each in found} == set(expected)
        why = {number: why_stale(asked, made[number]) for number in range(MOST)}
        assert {number: set(each.effects) for number, each in why.items() if each is not None} == expected
        together: dict[int, set[Effect]] = {}
        for number in rejected:
            for each in reconsider(asked, made[number]):
                together.setdefault(made.index(each.observation), set()).update(each.effects)
        assert together == expected
        covered.case(
            none=not expected,
            weakened={Effect.WEAKENED} in expected.values(),
            strengthened={Effect.STRENGTHENED} in expected.values(),
            both={Effect.WEAKENED, Effect.STRENGTHENED} in expected.values(),
            far=any(len(way.steps) > 2 for each in why.values() if each for way in each.ways),
        )
        asked.rollback()

    holds()

    covered.enough()
