"""5.3 Object Merge, superseding: one thing takes another's place, and gets every message meant for it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from threading import Barrier, Thread
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, select

from analysis_patterns.patterns import (
    Forwarding,
    Party,
    Person,
    Supersession,
    active,
    active_keys,
    explain,
    inconsistencies,
    preview,
    sessions,
    superseded_by,
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
    changes_nothing,
    leaves_no_trace,
    people,
    table_of,
    write_belief,
)


def superseded(session: Session, thing: Person, by: Person) -> Supersession:
    supersession = Supersession(superseded=thing, by=by)
    session.add(supersession)
    session.commit()
    return supersession


def test_what_is_superseded_leads_to_the_active_thing(session: Session, hospitals: Hospitals) -> None:
    superseded(session, hospitals.jon, hospitals.john)

    assert active(session, hospitals.jon) is hospitals.john
    assert active(session, hospitals.john) is hospitals.john
    assert superseded_by(session, hospitals.john) == [hospitals.jon]


def test_a_chain_leads_to_its_end(session: Session) -> None:
    first, second, third, last = people(session, 4)
    superseded(session, second, third)
    superseded(session, first, second)
    superseded(session, third, last)

    assert [active(session, each) for each in (first, second, third, last)] == [last] * 4
    assert superseded_by(session, last) == [first, second, third]


def test_a_chain_is_followed_in_one_statement(session: Session, engine: Engine) -> None:
    chain = people(session, 12)
    for above, below in zip(chain[1:], chain[:-1], strict=True):
        superseded(session, below, above)
    for each in chain:
        session.refresh(each)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    assert active(session, chain[0]) is chain[-1]
    assert statements == []  # the question goes to the driver itself, and the thing is at hand


def test_references_follow_in_a_query_and_none_is_rewritten(session: Session) -> None:
    first, second, other = people(session, 3)
    superseded(session, first, second)

    pairs = session.execute(active_keys(session, select(Party.id))).all()

    assert {(each.thing, each.active) for each in pairs} == {
        (first.id, second.id), (second.id, second.id), (other.id, other.id)
    }  # fmt: skip


def test_messages_follow_to_the_active_thing(session: Session, hospitals: Hospitals) -> None:
    jon = Forwarding(session, hospitals.jon)
    assert str(jon) == "Jon Smyth"
    superseded(session, hospitals.jon, hospitals.john)

    jon.name = "John A. Smith"
    session.commit()

    assert jon.name == hospitals.john.name == "John A. Smith"
    assert hospitals.jon.name == "Jon Smyth"
    assert list(jon.violations()) == []
    assert repr(jon) == "<Forwarding to John A. Smith>"


def test_it_is_undone_by_withdrawing_it(session: Session, hospitals: Hospitals, clock: FixedClock) -> None:
    supersession = superseded(session, hospitals.jon, hospitals.john)
    then = session.instant(None)
    clock.set(datetime(1997, 5, 2, 9, tzinfo=UTC))

    supersession.withdraw()
    session.commit()

    assert active(session, hospitals.jon) is hospitals.jon
    assert active(session, hospitals.jon, known_at=then) is hospitals.john
    assert superseded_by(session, hospitals.john) == []
    assert superseded_by(session, hospitals.john, known_at=then) == [hospitals.jon]


def test_what_was_undone_is_done_the_other_way_round_at_once(session: Session, hospitals: Hospitals) -> None:
    superseded(session, hospitals.jon, hospitals.john).withdraw()

    superseded(session, hospitals.john, hospitals.jon)

    assert active(session, hospitals.john) is hospitals.jon


def test_it_says_what_was_recorded_and_why(session: Session, hospitals: Hospitals) -> None:
    supersession = Supersession(superseded=hospitals.jon, by=hospitals.john, reason="typing error")
    session.add(supersession)
    session.commit()

    assert str(explain(supersession)) == (
        "Jon Smyth is superseded by John Smith  [typing error; recorded 1997-05-01 09:00 UTC]"
    )


class TestItself:
    """merge.itself: nothing is merged with itself."""

    def test_refuses_a_thing_in_its_own_place(self, session: Session, hospitals: Hospitals) -> None:
        with changes_nothing(session), refuses("merge.itself") as refused:
            Supersession(superseded=hospitals.john, by=hospitals.john)

        assert refused.value.found == "John Smith twice"

    def test_a_flush_refuses_it(self, session: Session, hospitals: Hospitals) -> None:
        supersession = Supersession(superseded=hospitals.jon, by=hospitals.john)
        supersession.superseded_id = hospitals.john.id

        with leaves_no_trace(session), refuses("merge.itself", Layer.FLUSH):
            session.add(supersession)
            session.flush()

    def test_the_database_refuses_it(self, session: Session, hospitals: Hospitals, layer: Layer) -> None:
        with leaves_no_trace(session), refuses("merge.itself", layer):
            keys = {"superseded_id": hospitals.john.id, "superseding_id": hospitals.john.id}
            # A ring of one is a ring too, and the guard that looks for rings speaks first.
            without_guards(session)
            write_belief(session, Supersession, reason="", **keys)


class TestOneKind:
    """merge.one-kind: things are merged with things of their own kind."""

    def test_refuses_a_thing_of_another_kind(self, session: Session, hospitals: Hospitals) -> None:
        with changes_nothing(session), refuses("merge.one-kind") as refused:
            Supersession(superseded=Disease(name="E10"), by=hospitals.john)

        assert refused.value.found == "a row of app_disease and one of patterns_party"

    def test_a_flush_refuses_it(self, session: Session, hospitals: Hospitals) -> None:
        disease = Disease(name="E10")
        session.add(disease)
        session.commit()
        supersession = Supersession(superseded=hospitals.jon, by=hospitals.john)
        supersession.superseded_id = disease.id

        with leaves_no_trace(session), refuses("merge.one-kind", Layer.FLUSH):
            session.add(supersession)
            session.flush()

    def test_the_database_refuses_it(self, session: Session, hospitals: Hospitals, layer: Layer) -> None:
        disease = Disease(name="E10")
        session.add(disease)
        session.commit()
        keys = {"superseded_id": disease.id, "superseding_id": hospitals.john.id}

        with leaves_no_trace(session), refuses("merge.one-kind", layer):
            write_belief(session, Supersession, reason="", **keys)

    def test_an_organization_may_take_a_persons_place(self, session: Session, hospitals: Hospitals) -> None:
        session.add(Supersession(superseded=hospitals.jon, by=hospitals.general))
        session.commit()

        found: Party = active(session, hospitals.jon)

        assert found is hospitals.general


class TestOnce:
    """merge.superseded-once: a thing is superseded by one other at a time."""

    def test_a_flush_refuses_a_second_one(self, session: Session) -> None:
        thing, first, second = people(session, 3)
        superseded(session, thing, first)

        with leaves_no_trace(session), refuses("merge.superseded-once", Layer.FLUSH):
            superseded(session, thing, second)

    def test_the_database_refuses_a_second_one(self, session: Session, layer: Layer) -> None:
        thing, first, second = people(session, 3)
        superseded(session, thing, first)
        keys = {"superseded_id": thing.id, "superseding_id": second.id}

        with leaves_no_trace(session), refuses("merge.superseded-once", layer):
            write_belief(session, Supersession, reason="", **keys)


class TestRing:
    """merge.ring: what supersedes a thing is never superseded by it."""

    @pytest.mark.parametrize("length", [2, 3, 5])
    def test_a_flush_refuses_to_close_a_ring(self, session: Session, length: int) -> None:
        ring = people(session, length)
        for below, above in itertools.pairwise(ring):
            superseded(session, below, above)

        with leaves_no_trace(session), refuses("merge.ring", Layer.FLUSH) as refused:
            superseded(session, ring[-1], ring[0])

        named = [ring[-1], *ring]
        assert refused.value.found == "a ring: " + " > ".join(each.name for each in named)

    def test_a_flush_refuses_a_ring_that_is_all_new(self, session: Session) -> None:
        one, other = people(session, 2)

        with leaves_no_trace(session), refuses("merge.ring", Layer.FLUSH):
            session.add_all([Supersession(superseded=one, by=other), Supersession(superseded=other, by=one)])
            session.commit()

    @pytest.mark.parametrize("length", [2, 3, 5])
    def test_the_database_refuses_to_close_a_ring(self, session: Session, layer: Layer, length: int) -> None:
        ring = people(session, length)
        for below, above in itertools.pairwise(ring):
            superseded(session, below, above)
        keys = {"superseded_id": ring[-1].id, "superseding_id": ring[0].id}

        with leaves_no_trace(session), refuses("merge.ring", layer):
            write_belief(session, Supersession, reason="", **keys)

    def test_two_sessions_at_once_do_not_close_one(self, engine: Engine, session: Session) -> None:
        four = people(session, 4)
        keys = [each.id for each in four]
        outcomes: list[str] = []
        together = Barrier(4)

        def supersede(below: UUID, above: UUID) -> None:
            with sessions(engine)() as other:
                things = [other.get_one(Person, key) for key in (below, above)]
                other.rollback()
                together.wait(10)
                try:
                    superseded(other, *things)
                    outcomes.append("superseded")
                except ConstraintViolation as refused:
                    outcomes.append(refused.rule.name)

        session.rollback()
        threads = [Thread(target=supersede, args=(keys[n], keys[(n + 1) % 4])) for n in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)

        assert sorted(outcomes) == ["merge.ring", "superseded", "superseded", "superseded"]

    def test_a_ring_in_a_database_without_guards_is_found_and_does_not_hang(self, session: Session) -> None:
        one, other = people(session, 2)
        superseded(session, one, other)
        without_guards(session)
        write_belief(session, Supersession, reason="", superseded_id=other.id, superseding_id=one.id)
        session.commit()

        assert {each.rule.name for each in inconsistencies(session)} == {"merge.ring"}
        assert active(session, one) is one
        assert superseded_by(session, one) == [one, other]


def test_what_was_recorded_stays(session: Session, hospitals: Hospitals, layer: Layer) -> None:
    supersession = superseded(session, hospitals.jon, hospitals.john)

    with leaves_no_trace(session), refuses("history.append-only", layer):
        session.execute(table_of(Supersession).update().values(superseding_id=hospitals.jon.id))
    with leaves_no_trace(session), refuses("history.append-only", Layer.FLUSH):
        supersession.reason = "another"
        session.commit()


def test_sqlite_refuses_to_replace_it_whatever_the_client_left_off(
    session: Session, hospitals: Hospitals, layer: Layer
) -> None:
    kept = superseded(session, hospitals.jon, hospitals.john)
    other = people(session, 1)[0]
    if layer is not Layer.SQLITE:
        return
    session.connection().exec_driver_sql("PRAGMA recursive_triggers=OFF")
    row = {name: getattr(kept, name) for name in ("known_from", "known_to", "reason", "superseded_id")}

    with refuses("merge.superseded-once", layer):
        session.execute(
            insert(table_of(Supersession)).prefix_with("OR REPLACE"),
            {**row, "version": other.id, "id": other.id, "superseding_id": other.id},
        )


def test_random_histories_lead_where_a_dictionary_says(engine: Engine) -> None:
    covered = Covered()
    steps = st.lists(
        st.tuples(
            st.sampled_from(["supersede", "supersede", "withdraw"]), st.integers(0, 2), st.integers(0, 2)
        ),
        min_size=5,
        max_size=10,
    )

    @settings(max_examples=25, derandomize=True, deadline=None)
    @given(steps)
    def holds(history: list[tuple[str, int, int]]) -> None:
        with sessions(engine)() as session:
            things = people(session, 3, commit=False)
            facts: dict[int, tuple[int, Supersession]] = {}
            rings = withdrawn = 0

            def end(number: int) -> int:
                return end(facts[number][0]) if number in facts else number

            for step, below, above in history:
                if step == "withdraw":
                    if below in facts:
                        facts.pop(below)[1].withdraw()
                        session.flush()
                        withdrawn += 1
                    continue
                if below == above:
                    continue
                expected = (
                    ["merge.superseded-once"] if below in facts
                    else ["merge.ring"] if end(above) == below
                    else []
                )  # fmt: skip
                fact = Supersession(superseded=things[below], by=things[above])
                broken = preview(session, lambda fact=fact: session.add(fact))  # type: ignore[misc]
                assert [each.rule.name for each in broken] == expected
                rings += expected == ["merge.ring"]
                if not expected:
                    facts[below] = (above, Supersession(superseded=things[below], by=things[above]))
                    session.add(facts[below][1])
                    session.flush()
            for number, thing in enumerate(things):
                assert active(session, thing) is things[end(number)]
            covered.case(
                chained=any(above in facts for above, _ in facts.values()),
                withdrawn=withdrawn > 0,
                ring=rings > 0,
            )
            session.rollback()

    holds()

    covered.enough()
