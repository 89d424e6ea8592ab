"""5.3 Object Merge, essence and appearances: two things are one object, and can be told apart again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx import Graph, connected_components
from sqlalchemy import Engine, func, insert, select
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    Appearance,
    EssenceMerge,
    IdentificationScheme,
    Identifier,
    ObjectEssence,
    Person,
    appearance_keys,
    appearances,
    essence_of,
    explain,
    identified,
    inconsistencies,
    merge_by_essence,
    sessions,
    split,
)
from analysis_patterns.patterns.constraint import ConstraintViolation, Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock

from ..accountability.records import without_guards
from ..covered import Covered
from ..refusals import refuses
from .figures import (
    Disease,
    Hospitals,
    Stay,
    changes_nothing,
    leaves_no_trace,
    overwrite,
    people,
    table_of,
    write,
    write_belief,
)


def merged(session: Session, one: Person, other: Person) -> EssenceMerge:
    merge = merge_by_essence(session, one, other)
    session.commit()
    return merge


def test_two_things_are_appearances_of_one_essence(session: Session, hospitals: Hospitals) -> None:
    merged(session, hospitals.john, hospitals.jon)

    assert appearances(session, hospitals.john) == [hospitals.john, hospitals.jon]
    assert appearances(session, hospitals.jon) == [hospitals.john, hospitals.jon]
    assert essence_of(session, hospitals.john) is essence_of(session, hospitals.jon)


def test_what_was_never_merged_is_one_by_itself(session: Session, hospitals: Hospitals) -> None:
    assert appearances(session, hospitals.john) == [hospitals.john]
    assert essence_of(session, hospitals.john) is None


def test_no_reference_is_rewritten(session: Session, hospitals: Hospitals) -> None:
    identifier = Identifier(scheme=hospitals.numbers, text="JS777", thing=hospitals.jon)
    stay = Stay(patient_id=hospitals.jon.id, day=1)
    session.add_all([identifier, stay])

    merged(session, hospitals.john, hospitals.jon)

    assert stay.patient_id == identifier.thing_id == hospitals.jon.id
    assert identified(session, hospitals.numbers, "JS777") is hospitals.jon


def test_to_ask_about_one_is_to_ask_about_all(session: Session, hospitals: Hospitals) -> None:
    session.add_all(Stay(patient_id=each.id, day=1) for each in (hospitals.john, hospitals.jon))
    merged(session, hospitals.john, hospitals.jon)

    keys = appearance_keys(session, select(Person.id).where(Person.name == "Jon Smyth"))
    stays = session.scalar(select(func.count()).select_from(Stay).where(Stay.patient_id.in_(keys)))

    assert stays == 2


def test_merges_that_meet_make_one_object(session: Session) -> None:
    a, b, c, d = people(session, 4)
    merged(session, a, b)
    merged(session, c, d)

    merged(session, b, c)

    assert appearances(session, d) == [a, b, c, d]


def test_to_merge_what_is_merged_changes_nothing(session: Session) -> None:
    a, b = people(session, 2)
    merge = merged(session, a, b)

    with leaves_no_trace(session):
        assert merge_by_essence(session, b, a) is merge


@pytest.mark.parametrize(
    ("undone", "left"),
    [
        ((0,), [["a"], ["b", "c", "d"]]),
        ((1,), [["a", "b"], ["c", "d"]]),
        ((1, 0), [["a"], ["b"], ["c", "d"]]),
        ((2, 1, 0), [["a"], ["b"], ["c"], ["d"]]),
        ((0, 2, 1), [["a"], ["b"], ["c"], ["d"]]),
    ],
)
def test_merges_are_undone_in_any_order(
    session: Session, undone: tuple[int, ...], left: list[list[str]]
) -> None:
    things = people(session, 4)
    merges = [merged(session, *things[n : n + 2]) for n in range(3)]
    letters = dict(zip(things, "abcd", strict=True))

    for number in undone:
        merges[number].withdraw()
    session.commit()

    for group in left:
        for letter in group:
            thing = next(each for each in things if letters[each] == letter)
            assert [letters[each] for each in appearances(session, thing)] == group


def test_an_undone_merge_leaves_what_another_says_too(session: Session) -> None:
    a, b, c = people(session, 3)
    direct = merged(session, a, b)
    merged(session, b, c)
    merged(session, a, c)

    direct.withdraw()

    assert appearances(session, a) == [a, b, c]


def test_what_was_edited_since_stays_edited(session: Session, hospitals: Hospitals) -> None:
    merge = merged(session, hospitals.john, hospitals.jon)
    hospitals.jon.name = "Jonathan Smyth"
    session.commit()

    merge.withdraw()
    session.commit()
    session.expire_all()

    assert (hospitals.jon.name, hospitals.john.name) == ("Jonathan Smyth", "John Smith")
    assert appearances(session, hospitals.jon) == [hospitals.jon]


def test_one_thing_is_split_off_from_all_the_others(session: Session) -> None:
    a, b, c = people(session, 3)
    merged(session, a, b)
    merged(session, b, c)
    merged(session, a, c)

    split(session, b)
    session.commit()

    assert appearances(session, b) == [b]
    assert appearances(session, a) == [a, c]


def test_what_was_believed_can_be_asked_for(
    session: Session, hospitals: Hospitals, clock: FixedClock
) -> None:
    merge = merged(session, hospitals.john, hospitals.jon)
    then = session.instant(None)
    clock.set(datetime(1997, 5, 2, 9, tzinfo=UTC))

    merge.withdraw()
    session.commit()

    assert appearances(session, hospitals.john) == [hospitals.john]
    assert appearances(session, hospitals.john, known_at=then) == [hospitals.john, hospitals.jon]
    assert essence_of(session, hospitals.john, known_at=then) is not None


def test_a_merge_is_undone_once(session: Session, hospitals: Hospitals) -> None:
    merge = merged(session, hospitals.john, hospitals.jon)
    merge.withdraw()
    session.commit()

    with leaves_no_trace(session), refuses("history.closed-once", Layer.FLUSH):
        merge.withdraw()


def test_it_says_what_was_recorded_and_why(session: Session, hospitals: Hospitals) -> None:
    merge = merge_by_essence(session, hospitals.john, hospitals.jon, reason="same date of birth")

    assert str(explain(merge)) == (
        "John Smith and Jon Smyth are one  [same date of birth; recorded 1997-05-01 09:00 UTC]"
    )


class TestRules:
    """What a merge by essence may not be."""

    def test_refuses_a_thing_with_itself(self, session: Session, hospitals: Hospitals) -> None:
        with changes_nothing(session), refuses("merge.itself"):
            merge_by_essence(session, hospitals.john, hospitals.john)

    def test_a_flush_refuses_one_thing_twice(self, session: Session, hospitals: Hospitals) -> None:
        merge = EssenceMerge(one=hospitals.john, other=hospitals.jon)
        merge.one_id = merge.other_id

        with leaves_no_trace(session), refuses("merge.itself", Layer.FLUSH):
            session.add(merge)
            session.flush()

    def test_the_database_refuses_one_thing_twice(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        merged(session, hospitals.john, hospitals.jon)

        with leaves_no_trace(session), refuses("merge.itself", layer):
            keys = {"one_id": hospitals.john.id, "other_id": hospitals.john.id}
            write_belief(session, EssenceMerge, reason="", **keys)

    def test_refuses_a_thing_of_another_kind(self, session: Session, hospitals: Hospitals) -> None:
        disease = Disease(name="E10")
        session.add(disease)

        with changes_nothing(session), refuses("merge.one-kind"):
            merge_by_essence(session, hospitals.john, disease)

    def test_the_database_refuses_a_thing_of_another_kind(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        disease = Disease(name="E10")
        session.add(disease)
        merged(session, hospitals.john, hospitals.jon)
        essence = essence_of(session, hospitals.john)
        assert essence is not None

        with leaves_no_trace(session), refuses("merge.one-kind", layer):
            write_belief(session, Appearance, essence_id=essence.id, thing_id=disease.id)

    @pytest.mark.parametrize("end", ["john", "jon"])
    def test_a_flush_refuses_to_part_what_a_merge_still_joins(
        self, session: Session, hospitals: Hospitals, end: str
    ) -> None:
        merged(session, hospitals.john, hospitals.jon)
        thing = getattr(hospitals, end).id
        appearance = session.scalars(select(Appearance).where(Appearance.thing_id == thing)).one()

        with leaves_no_trace(session), refuses("merge.appears", Layer.FLUSH):
            appearance.withdraw()
            session.flush()
        with leaves_no_trace(session), refuses("merge.appears", Layer.FLUSH):
            appearance.restated(essence=ObjectEssence())
            session.flush()

    def test_a_flush_refuses_a_second_essence(self, session: Session, hospitals: Hospitals) -> None:
        merged(session, hospitals.john, hospitals.jon)

        with leaves_no_trace(session), refuses("merge.one-essence", Layer.FLUSH):
            session.add(Appearance(essence=ObjectEssence(), thing=hospitals.john.id))
            session.flush()

    def test_the_database_refuses_a_second_essence(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        merged(session, hospitals.john, hospitals.jon)

        with leaves_no_trace(session), refuses("merge.one-essence", layer):
            other = uuid7()
            write(session, ObjectEssence, id=other)
            write_belief(session, Appearance, essence_id=other, thing_id=hospitals.john.id)

    def test_a_flush_refuses_a_merge_of_things_that_do_not_appear_as_one(
        self, session: Session, hospitals: Hospitals
    ) -> None:
        with leaves_no_trace(session), refuses("merge.appears", Layer.FLUSH) as refused:
            session.add(EssenceMerge(one=hospitals.john, other=hospitals.jon))
            session.flush()

        assert "merge_by_essence" in refused.value.remedy

    def test_the_database_refuses_a_merge_of_things_that_do_not_appear_as_one(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        keys = {"one_id": hospitals.john.id, "other_id": hospitals.jon.id}

        with leaves_no_trace(session), refuses("merge.appears", layer):
            write_belief(session, EssenceMerge, reason="", **keys)

    def test_the_database_refuses_to_record_one_merge_twice(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        merge = merged(session, hospitals.john, hospitals.jon)

        with leaves_no_trace(session), refuses("merge.merged-once", layer):
            keys = {"one_id": merge.one_id, "other_id": merge.other_id}
            write_belief(session, EssenceMerge, reason="", **keys)

    def test_the_database_keeps_what_was_recorded(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        merged(session, hospitals.john, hospitals.jon)

        for entity in (Appearance, EssenceMerge):
            with leaves_no_trace(session), refuses("history.append-only", layer):
                overwrite(session, entity, entity.known_to > entity.known_from, id=uuid7())

    def test_sqlite_refuses_to_replace_it_whatever_the_client_left_off(
        self, session: Session, hospitals: Hospitals, layer: Layer
    ) -> None:
        merged(session, hospitals.john, hospitals.jon)
        (kept, _) = session.scalars(select(Appearance)).all()
        if layer is not Layer.SQLITE:
            return
        session.connection().exec_driver_sql("PRAGMA recursive_triggers=OFF")
        names = ("known_from", "known_to", "essence_id", "thing_id")

        with refuses("merge.one-essence", layer):
            version = uuid7()
            session.execute(
                insert(table_of(Appearance)).prefix_with("OR REPLACE"),
                {**{name: getattr(kept, name) for name in names}, "version": version, "id": version},
            )

    def test_what_a_database_without_guards_holds_is_found(
        self, session: Session, hospitals: Hospitals
    ) -> None:
        keys = {"one_id": hospitals.john.id, "other_id": hospitals.jon.id}
        without_guards(session)
        write_belief(session, EssenceMerge, reason="", **keys)
        session.commit()

        assert [each.rule.name for each in inconsistencies(session)] == ["merge.appears"]

    def test_sessions_at_once_agree_on_one_essence(self, engine: Engine, session: Session) -> None:
        keys = [each.id for each in people(session, 4)]
        together = Barrier(3)
        refusals: list[str] = []

        def merge(one: UUID, other: UUID) -> None:
            with sessions(engine)() as mine:
                things = [mine.get_one(Person, key) for key in (one, other)]
                mine.rollback()
                together.wait(10)
                try:
                    merged(mine, *things)
                except ConstraintViolation as refused:
                    refusals.append(refused.rule.name)

        session.rollback()
        threads = [Thread(target=merge, args=(keys[n], keys[n + 1])) for n in range(3)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)

        with sessions(engine)() as later:
            assert refusals == []
            assert [each.id for each in appearances(later, later.get_one(Person, keys[0]))] == keys
            assert list(inconsistencies(later)) == []


@dataclass
class World:
    """Some people with numbers, stays and names that change, merged and split or not."""

    session: Session
    things: list[Person]
    merges: dict[tuple[int, int], EssenceMerge] = field(default_factory=dict)

    @classmethod
    def built(cls, session: Session) -> World:
        scheme = IdentificationScheme(name=str(uuid7()))
        session.add(scheme)
        things = people(session, 5, commit=False)
        for number, each in enumerate(things):
            session.add(Identifier(scheme=scheme, text=str(number), thing=each))
            session.add(Stay(patient_id=each.id, day=number))
        session.flush()
        return cls(session, things)

    def edit(self, number: int, name: str) -> None:
        self.things[number].name = name
        self.session.flush()

    def merge(self, pair: tuple[int, int]) -> None:
        one, other = pair
        self.merges[pair] = merge_by_essence(self.session, self.things[one], self.things[other])

    def groups(self) -> list[list[int]]:
        """Who is one object with whom, by number."""
        found = [appearances(self.session, each) for each in self.things]
        return [[self.things.index(each) for each in group] for group in found]

    def rows(self) -> list[Any]:
        """All that is recorded of the people, by number: their names, their numbers, their stays."""
        self.session.expire_all()
        question = (
            select(Person.name, Identifier.text, Stay.day)
            .join(Identifier, Identifier.thing_id == Person.id)
            .join(Stay, Stay.patient_id == Person.id)
            .where(Person.id.in_([each.id for each in self.things]))
            .order_by(Stay.day)
        )
        return [tuple(row) for row in self.session.execute(question)]


PAIRS = st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda pair: pair[0] < pair[1])
STEPS = st.one_of(
    st.tuples(st.just("merge"), PAIRS),
    st.tuples(st.just("merge"), PAIRS),
    st.tuples(st.just("edit"), st.integers(0, 4)),
    st.tuples(st.just("undo"), st.integers(0, 9)),
)


def test_after_any_history_what_is_left_is_as_if_nothing_else_had_been_merged(engine: Engine) -> None:
    covered = Covered()

    @settings(max_examples=15, derandomize=True, deadline=None)
    @given(st.lists(STEPS, min_size=5, max_size=12), st.randoms(use_true_random=False))
    def holds(history: list[tuple[str, Any]], chance: Any) -> None:
        with sessions(engine)() as session:
            told, twin = World.built(session), World.built(session)
            undone = edited_while_merged = 0
            for number, (step, what) in enumerate(history):
                if step == "merge":
                    told.merge(what)
                elif step == "edit":
                    edited_while_merged += bool(told.merges)
                    for world in (told, twin):
                        world.edit(what, f"edited {number}")
                elif told.merges:
                    told.merges.pop(sorted(told.merges)[what % len(told.merges)]).withdraw()
                    undone += 1

            joined: Graph[int] = Graph(list(told.merges))
            joined.add_nodes_from(range(5))
            groups = {n: sorted(part) for part in connected_components(joined) for n in part}
            assert told.groups() == [groups[n] for n in range(5)]

            left = sorted(told.merges)
            chance.shuffle(left)
            for pair in left:
                told.merges.pop(pair).withdraw()
            assert told.groups() == twin.groups() == [[n] for n in range(5)]
            assert told.rows() == twin.rows()
            covered.case(
                undone=undone > 0,
                edited=edited_while_merged > 0,
                chained=any(len(g) > 2 for g in groups.values()),
            )
            session.rollback()

    holds()

    covered.enough()
