"""5.4 Object Equivalence: some hold that things are the same, and are answered accordingly."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx import Graph, node_connected_component
from sqlalchemy import Engine, delete, select
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    Equivalence,
    EquivalenceHolding,
    EquivalentThing,
    Person,
    equivalences_of,
    equivalent_keys,
    equivalents,
    inconsistencies,
    sessions,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.reference.thing import kind_of
from analysis_patterns.patterns.time.clock import FixedClock

from ..accountability.records import without_guards
from ..covered import Covered
from ..refusals import refuses
from .figures import Disease, changes_nothing, leaves_no_trace, overwrite, table_of, write, write_belief


class Doctors:
    """Hepatitis G and GBC, which some doctors hold to be the same."""

    def __init__(self, session: Session) -> None:
        names = ("hepatitis G", "GBC", "hepatitis C")
        self.g, self.gbc, self.c = sorted((Disease(name=name) for name in names), key=lambda each: each.id)
        self.ash, self.birch = Person(name="Dr Ash"), Person(name="Dr Birch")
        session.add_all(vars(self).values())
        session.commit()


@pytest.fixture
def doctors(session: Session) -> Doctors:
    return Doctors(session)


def held(session: Session, *things: Disease, by: Person, reason: str = "") -> Equivalence:
    equivalence = Equivalence(things=things, holders=[by], reason=reason)
    session.add(equivalence)
    session.commit()
    return equivalence


def test_refuses_to_hold_things_of_two_kinds_to_be_the_same(session: Session, doctors: Doctors) -> None:
    with changes_nothing(session), refuses("equivalence.one-kind") as refused:
        Equivalence(things=[doctors.g, doctors.birch], holders=[doctors.ash])

    assert refused.value.found == f"things of {', '.join(sorted((kind_of(doctors.g), 'patterns_party')))}"


def test_the_database_refuses_to_hold_things_of_two_kinds_to_be_the_same(
    session: Session, doctors: Doctors, layer: Layer
) -> None:
    with leaves_no_trace(session), refuses("equivalence.one-kind", layer):
        equivalence = Equivalence(things=[doctors.g, doctors.gbc], holders=[doctors.ash])
        equivalence.members[1].thing_id = doctors.birch.id
        session.add(equivalence)
        session.flush()


def test_what_is_added_to_a_stored_equivalence_is_called_so(
    session: Session, doctors: Doctors, layer: Layer
) -> None:
    equivalence = held(session, doctors.g, doctors.gbc, by=doctors.ash)

    with leaves_no_trace(session), refuses("equivalence.immutable", layer) as refused:
        equivalence.members.append(EquivalentThing(thing=doctors.c.id))
        session.flush()

    assert refused.value.found == "a row beside those that were recorded, or in the place of one"


def test_who_holds_it_is_answered_accordingly(session: Session, doctors: Doctors) -> None:
    held(session, doctors.g, doctors.gbc, by=doctors.ash, reason="the same virus")

    assert equivalents(session, doctors.g, asker=doctors.ash) == [doctors.g, doctors.gbc]
    assert equivalents(session, doctors.gbc, asker=doctors.ash) == [doctors.g, doctors.gbc]


def test_to_anybody_else_they_differ(session: Session, doctors: Doctors) -> None:
    held(session, doctors.g, doctors.gbc, by=doctors.ash)

    assert equivalents(session, doctors.g, asker=doctors.birch) == [doctors.g]


def test_who_holds_two_has_to_accept_what_follows(session: Session, doctors: Doctors) -> None:
    held(session, doctors.g, doctors.gbc, by=doctors.ash)
    held(session, doctors.gbc, doctors.c, by=doctors.ash)

    assert equivalents(session, doctors.g, asker=doctors.ash) == [doctors.g, doctors.gbc, doctors.c]


def test_what_others_hold_adds_nothing_to_what_one_holds(session: Session, doctors: Doctors) -> None:
    held(session, doctors.g, doctors.gbc, by=doctors.ash)
    held(session, doctors.gbc, doctors.c, by=doctors.birch)

    assert equivalents(session, doctors.g, asker=doctors.ash) == [doctors.g, doctors.gbc]
    assert equivalents(session, doctors.g, asker=doctors.birch) == [doctors.g]


def test_a_query_expands_for_who_asks(session: Session, doctors: Doctors) -> None:
    held(session, doctors.g, doctors.gbc, by=doctors.ash)
    asked = select(Disease.id).where(Disease.name == doctors.g.name)

    names = {
        asker: set(
            session.scalars(
                select(Disease.name).where(Disease.id.in_(equivalent_keys(session, asked, asker=asker)))
            )
        )
        for asker in (doctors.ash, doctors.birch)
    }

    assert names == {
        doctors.ash: {doctors.g.name, doctors.gbc.name}, doctors.birch: {doctors.g.name}
    }  # fmt: skip


def test_two_expansions_stand_in_one_statement(session: Session, doctors: Doctors) -> None:
    held(session, doctors.g, doctors.gbc, by=doctors.ash)
    mine, others = (
        equivalent_keys(session, [doctors.g.id], asker=asker) for asker in (doctors.ash, doctors.birch)
    )

    disputed = session.scalars(select(Disease).where(Disease.id.in_(mine), Disease.id.not_in(others))).all()

    assert disputed == [doctors.gbc]


def test_a_holder_changes_its_mind(session: Session, doctors: Doctors, clock: FixedClock) -> None:
    equivalence = held(session, doctors.g, doctors.gbc, by=doctors.ash)
    then = session.instant(None)
    clock.set(datetime(1997, 5, 2, 9, tzinfo=UTC))

    equivalence.holdings[0].withdraw()
    equivalence.hold(doctors.birch)
    session.commit()

    assert equivalents(session, doctors.g, asker=doctors.ash) == [doctors.g]
    assert equivalents(session, doctors.g, asker=doctors.birch) == [doctors.g, doctors.gbc]
    assert equivalents(session, doctors.g, asker=doctors.ash, known_at=then) == [doctors.g, doctors.gbc]
    assert equivalence.holders() == [doctors.birch]
    assert equivalence.holders(known_at=then) == [doctors.ash]
    assert equivalences_of(session, doctors.ash) == []
    assert equivalences_of(session, doctors.ash, known_at=then) == [equivalence]


def test_it_is_held_again(session: Session, doctors: Doctors) -> None:
    equivalence = held(session, doctors.g, doctors.gbc, by=doctors.ash)
    equivalence.holdings[0].withdraw()
    session.commit()

    equivalence.hold(doctors.ash)
    session.commit()

    assert equivalents(session, doctors.g, asker=doctors.ash) == [doctors.g, doctors.gbc]


def test_it_says_who_holds_it(session: Session, doctors: Doctors) -> None:
    equivalence = held(session, doctors.g, doctors.gbc, doctors.c, by=doctors.ash)
    equivalence.hold(doctors.birch)

    assert str(equivalence) == "3 things held to be the same by Dr Ash, Dr Birch"
    for each in equivalence.holdings:
        each.withdraw()
    assert str(equivalence) == "3 things held to be the same by nobody"


class TestRules:
    """What an equivalence may not be."""

    def test_refuses_fewer_than_two_things(self, session: Session, doctors: Doctors) -> None:
        with changes_nothing(session), refuses("equivalence.several-things"):
            Equivalence(things=[doctors.g, doctors.g], holders=[doctors.ash])

    def test_refuses_what_nobody_holds(self, session: Session, doctors: Doctors) -> None:
        with changes_nothing(session), refuses("equivalence.held"):
            Equivalence(things=[doctors.g, doctors.gbc], holders=[])

    @pytest.mark.parametrize(
        ("rule", "emptied"), [("equivalence.several-things", "members"), ("equivalence.held", "holdings")]
    )
    def test_a_flush_refuses_both(self, session: Session, doctors: Doctors, rule: str, emptied: str) -> None:
        equivalence = Equivalence(things=[doctors.g, doctors.gbc], holders=[doctors.ash])
        getattr(equivalence, emptied).pop()

        with leaves_no_trace(session), refuses(rule, Layer.FLUSH):
            session.add(equivalence)
            session.flush()

    def test_the_database_refuses_to_hold_what_is_of_one_thing(
        self, session: Session, doctors: Doctors, layer: Layer
    ) -> None:
        with leaves_no_trace(session), refuses("equivalence.several-things", layer):
            key = uuid7()
            write(session, Equivalence, id=key, reason="", recorded=session.recorded)
            write(session, EquivalentThing, equivalence_id=key, thing_id=doctors.g.id)
            write_belief(session, EquivalenceHolding, equivalence_id=key, party_id=doctors.ash.id)

    def test_one_holder_named_twice_holds_it_once(self, session: Session, doctors: Doctors) -> None:
        equivalence = Equivalence(things=[doctors.g, doctors.gbc], holders=[doctors.ash, doctors.ash])
        session.add(equivalence)
        session.commit()

        assert equivalence.holders() == [doctors.ash]

    def test_a_flush_refuses_to_hold_it_twice(self, session: Session, doctors: Doctors) -> None:
        equivalence = held(session, doctors.g, doctors.gbc, by=doctors.ash)

        with leaves_no_trace(session), refuses("equivalence.held-once", Layer.FLUSH):
            equivalence.hold(doctors.ash)
            session.commit()

    def test_the_database_refuses_to_hold_it_twice(
        self, session: Session, doctors: Doctors, layer: Layer
    ) -> None:
        equivalence = held(session, doctors.g, doctors.gbc, by=doctors.ash)

        with leaves_no_trace(session), refuses("equivalence.held-once", layer):
            keys = {"equivalence_id": equivalence.id, "party_id": doctors.ash.id}
            write_belief(session, EquivalenceHolding, **keys)

    def test_a_flush_refuses_to_change_it(self, session: Session, doctors: Doctors) -> None:
        equivalence = held(session, doctors.g, doctors.gbc, by=doctors.ash)

        with leaves_no_trace(session), refuses("equivalence.immutable", Layer.FLUSH):
            equivalence.reason = "another"
            session.commit()

    def test_the_database_refuses_to_let_it_say_something_else(
        self, session: Session, doctors: Doctors, layer: Layer
    ) -> None:
        equivalence = held(session, doctors.g, doctors.gbc, by=doctors.ash)

        with leaves_no_trace(session), refuses("equivalence.immutable", layer):
            overwrite(session, Equivalence, Equivalence.id == equivalence.id, reason="another")
        with leaves_no_trace(session), refuses("equivalence.immutable", layer):
            write(session, EquivalentThing, equivalence_id=equivalence.id, thing_id=doctors.c.id)
        with leaves_no_trace(session), refuses("equivalence.immutable", layer):
            session.execute(delete(table_of(EquivalentThing)))

    def test_what_a_database_without_guards_holds_is_found(self, session: Session, doctors: Doctors) -> None:
        equivalence = held(session, doctors.g, doctors.gbc, by=doctors.ash)
        without_guards(session)
        session.execute(delete(table_of(EquivalentThing)).where(EquivalentThing.thing_id == doctors.g.id))
        session.commit()
        session.refresh(equivalence)

        assert {each.rule.name for each in inconsistencies(session)} == {"equivalence.several-things"}


def test_random_beliefs_are_closed_for_each_holder_alone(engine: Engine) -> None:
    covered = Covered()
    members = st.lists(st.integers(0, 4), min_size=2, max_size=3, unique=True)
    beliefs = st.lists(st.tuples(members, st.sets(st.integers(0, 1), min_size=1)), max_size=6)

    @settings(max_examples=25, derandomize=True, deadline=None)
    @given(beliefs)
    def holds(stated: list[tuple[list[int], set[int]]]) -> None:
        with sessions(engine)() as session:
            things = [Disease(name=str(n)) for n in range(5)]
            askers = [Person(name=str(n)) for n in range(2)]
            session.add_all([*things, *askers])
            session.flush()
            graphs: list[Graph[int]] = [Graph() for _ in askers]
            for graph in graphs:
                graph.add_nodes_from(range(5))
            for members, holders in stated:
                session.add(
                    Equivalence(things=[things[n] for n in members], holders=[askers[n] for n in holders])
                )
                for n in holders:
                    graphs[n].add_edges_from((members[0], each) for each in members[1:])
            answers = [
                [
                    {things.index(each) for each in equivalents(session, thing, asker=asker)}
                    for thing in things
                ]
                for asker in askers
            ]
            expected = [[node_connected_component(graph, n) for n in range(5)] for graph in graphs]
            assert answers == expected
            covered.case(
                disputed=answers[0] != answers[1],
                chained=any(len(group) > 3 for group in answers[0]),
                shared=any(len(holders) > 1 for _, holders in stated),
            )
            session.rollback()

    holds()

    covered.enough()
