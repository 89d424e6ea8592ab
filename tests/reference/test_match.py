"""5.3 Object Merge: what may be one is recorded with its reason, and so is what was judged of it."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete
from uuid_utils.compat import uuid7

from analysis_patterns.patterns import (
    EssenceMerge,
    MatchCandidate,
    MatchVerdict,
    Person,
    Supersession,
    Verdict,
    active,
    appearances,
    essence_of,
    explain,
    inconsistencies,
    merge_by_essence,
    verdict_on,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.reference import Appearance
from analysis_patterns.patterns.time.clock import FixedClock

from ..accountability.records import without_guards
from ..refusals import refuses
from .figures import (
    Hospitals,
    changes_nothing,
    leaves_no_trace,
    overwrite,
    people,
    table_of,
    write,
    write_belief,
)

BORN = "same date of birth"


@pytest.fixture
def clerk(session: Session) -> Person:
    """Who notices, and judges."""
    made = Person(name="A. Clerk")
    session.add(made)
    session.commit()
    return made


def noticed(session: Session, one: Person, other: Person, by: Person, **options: Any) -> MatchCandidate:
    candidate = MatchCandidate(
        **{"one": one, "other": other, "reason": BORN, "score": "0.90", "by": by, **options}
    )
    session.add(candidate)
    session.commit()
    return candidate


def test_two_things_may_be_one(session: Session, hospitals: Hospitals, clerk: Person) -> None:
    candidate = noticed(session, hospitals.jon, hospitals.john, clerk)
    session.expire_all()

    assert (candidate.one_id, candidate.other_id) == (hospitals.john.id, hospitals.jon.id)
    assert (candidate.reason, candidate.score, candidate.by) == (BORN, Decimal("0.90"), clerk)
    assert str(candidate.score) == "0.90"
    assert candidate.recorded == datetime(1997, 5, 1, 9, tzinfo=UTC)
    assert candidate.verdict is None
    assert verdict_on(session, hospitals.john, hospitals.jon) is None


def test_nothing_is_known_of_what_nobody_noticed(session: Session, hospitals: Hospitals) -> None:
    assert verdict_on(session, hospitals.john, hospitals.jon) is None


def test_what_was_judged_is_remembered_either_way(
    session: Session, hospitals: Hospitals, clerk: Person, clock: FixedClock
) -> None:
    candidate = noticed(session, hospitals.jon, hospitals.john, clerk)
    candidate.judge(Verdict.DIFFERENT, by=clerk)
    session.commit()
    then = session.instant(None)
    clock.set(datetime(1997, 5, 2, 9, tzinfo=UTC))

    candidate.judge(Verdict.SAME, by=hospitals.general)
    session.commit()

    now, before = (
        verdict_on(session, hospitals.jon, hospitals.john, known_at=known) for known in (None, then)
    )
    assert now is not None
    assert before is not None
    assert (now.verdict, now.by) == (Verdict.SAME, hospitals.general)
    assert (before.verdict, before.by) == (Verdict.DIFFERENT, clerk)


@pytest.mark.parametrize("merge_by", ["superseding", "essence"])
def test_a_merge_says_who_judged_and_why(
    session: Session, hospitals: Hospitals, clerk: Person, merge_by: str
) -> None:
    noticed(session, hospitals.jon, hospitals.john, clerk).judge(Verdict.SAME, by=hospitals.general)
    merge: Supersession | EssenceMerge = Supersession(superseded=hospitals.jon, by=hospitals.john)
    if merge_by == "essence":
        merge = merge_by_essence(session, hospitals.jon, hospitals.john)
    session.add(merge)
    session.commit()

    statement, *reasons = str(explain(merge)).splitlines()

    assert statement.startswith("J")
    assert reasons == [
        "  General hospital judged John Smith and Jon Smyth to be same  [recorded 1997-05-01 09:00 UTC]",
        "    A. Clerk found that John Smith and Jon Smyth may be one: same date of birth  "
        "[score 0.90, recorded 1997-05-01 09:00 UTC]",
    ]


class TestCandidate:
    """What a candidate may not be."""

    def test_refuses_one_thing_twice(self, session: Session, hospitals: Hospitals, clerk: Person) -> None:
        with changes_nothing(session), refuses("match.two-things"):
            noticed(session, hospitals.john, hospitals.john, clerk)

    def test_a_flush_refuses_things_out_of_order(
        self, session: Session, hospitals: Hospitals, clerk: Person
    ) -> None:
        candidate = MatchCandidate(one=hospitals.john, other=hospitals.jon, reason=BORN, score=1, by=clerk)
        candidate.one_id, candidate.other_id = candidate.other_id, candidate.one_id

        with leaves_no_trace(session), refuses("match.two-things", Layer.FLUSH):
            session.add(candidate)
            session.flush()

    def test_the_database_refuses_one_thing_twice(
        self, session: Session, hospitals: Hospitals, clerk: Person, layer: Layer
    ) -> None:
        with leaves_no_trace(session), refuses("match.two-things", layer):
            write_candidate(session, clerk, hospitals.john, hospitals.john)

    @pytest.mark.parametrize("score", ["1.01", "-0.01", 2])
    def test_refuses_a_score_that_is_none(
        self, session: Session, hospitals: Hospitals, clerk: Person, score: object
    ) -> None:
        with changes_nothing(session), refuses("match.score"):
            noticed(session, hospitals.john, hospitals.jon, clerk, score=score)

    def test_a_flush_refuses_a_score_that_is_none(
        self, session: Session, hospitals: Hospitals, clerk: Person
    ) -> None:
        candidate = MatchCandidate(one=hospitals.john, other=hospitals.jon, reason=BORN, score=1, by=clerk)
        candidate.score = Decimal(3)

        with leaves_no_trace(session), refuses("match.score", Layer.FLUSH):
            session.add(candidate)
            session.flush()

    @pytest.mark.parametrize(
        ("option", "rule"), [({"score": 0.9}, "number.exact"), ({"reason": " "}, "name.text")]
    )
    def test_refuses_a_float_and_a_blank_reason(
        self, session: Session, hospitals: Hospitals, clerk: Person, option: dict[str, Any], rule: str
    ) -> None:
        with changes_nothing(session), refuses(rule):
            noticed(session, hospitals.john, hospitals.jon, clerk, **option)

    def test_a_flush_refuses_a_second_candidate_of_two_things(
        self, session: Session, hospitals: Hospitals, clerk: Person
    ) -> None:
        noticed(session, hospitals.john, hospitals.jon, clerk)

        with leaves_no_trace(session), refuses("match.proposed-once", Layer.FLUSH):
            noticed(session, hospitals.jon, hospitals.john, clerk, reason="same street")

    def test_a_flush_refuses_two_at_once(self, session: Session, hospitals: Hospitals, clerk: Person) -> None:
        with leaves_no_trace(session), refuses("match.proposed-once", Layer.FLUSH):
            session.add(
                MatchCandidate(one=hospitals.jon, other=hospitals.john, reason=BORN, score=1, by=clerk)
            )
            noticed(session, hospitals.john, hospitals.jon, clerk)

    def test_the_database_refuses_a_second_candidate(
        self, session: Session, hospitals: Hospitals, clerk: Person, layer: Layer
    ) -> None:
        noticed(session, hospitals.john, hospitals.jon, clerk)

        with leaves_no_trace(session), refuses("match.proposed-once", layer):
            write_candidate(session, clerk, hospitals.john, hospitals.jon)

    def test_a_flush_refuses_to_change_it(
        self, session: Session, hospitals: Hospitals, clerk: Person
    ) -> None:
        candidate = noticed(session, hospitals.john, hospitals.jon, clerk)

        with leaves_no_trace(session), refuses("match.immutable", Layer.FLUSH):
            candidate.reason = "same street"
            session.commit()

    def test_the_database_refuses_to_change_or_delete_it(
        self, session: Session, hospitals: Hospitals, clerk: Person, layer: Layer
    ) -> None:
        candidate = noticed(session, hospitals.john, hospitals.jon, clerk)

        with leaves_no_trace(session), refuses("match.immutable", layer):
            overwrite(session, MatchCandidate, MatchCandidate.id == candidate.id, score="1")
        with leaves_no_trace(session), refuses("match.immutable", layer):
            session.execute(delete(table_of(MatchCandidate)))


class TestVerdict:
    """match.one-verdict, and merge.said-different: what is said to be different is not merged."""

    @pytest.fixture
    def different(self, session: Session, hospitals: Hospitals, clerk: Person) -> MatchVerdict:
        verdict = noticed(session, hospitals.john, hospitals.jon, clerk).judge(Verdict.DIFFERENT, by=clerk)
        session.commit()
        return verdict

    def test_a_flush_refuses_a_second_verdict(
        self, session: Session, different: MatchVerdict, clerk: Person
    ) -> None:
        with leaves_no_trace(session), refuses("match.one-verdict", Layer.FLUSH):
            session.add(MatchVerdict(candidate=different.candidate, verdict=Verdict.SAME, by=clerk))
            session.flush()

    def test_the_database_refuses_a_second_verdict(
        self, session: Session, different: MatchVerdict, clerk: Person, layer: Layer
    ) -> None:
        with leaves_no_trace(session), refuses("match.one-verdict", layer):
            write_belief(
                session,
                MatchVerdict,
                candidate_id=different.candidate_id,
                by_id=clerk.id,
                verdict=Verdict.SAME,
            )

    def test_to_join_them_is_refused(
        self, session: Session, hospitals: Hospitals, different: MatchVerdict
    ) -> None:
        with leaves_no_trace(session), refuses("merge.said-different") as refused:
            merge_by_essence(session, hospitals.john, hospitals.jon)

        assert refused.value.found == "A. Clerk judged John Smith and Jon Smyth to be different"
        assert refused.value.objects[1] is different

    def test_to_join_them_through_others_is_refused(
        self, session: Session, hospitals: Hospitals, different: MatchVerdict
    ) -> None:
        first, second = people(session, 2)
        merge_by_essence(session, hospitals.john, first)
        merge_by_essence(session, hospitals.jon, second)

        with leaves_no_trace(session), refuses("merge.said-different"):
            merge_by_essence(session, first, second)

    def test_a_flush_refuses_to_supersede_one_by_the_other(
        self, session: Session, hospitals: Hospitals, different: MatchVerdict
    ) -> None:
        with leaves_no_trace(session), refuses("merge.said-different", Layer.FLUSH):
            session.add(Supersession(superseded=hospitals.jon, by=hospitals.john))
            session.flush()

    def test_a_session_that_was_refused_still_writes_before_it_asks(
        self, session: Session, hospitals: Hospitals, different: MatchVerdict
    ) -> None:
        session.add(Supersession(superseded=hospitals.jon, by=hospitals.john))
        with refuses("merge.said-different", Layer.FLUSH) as refused:
            session.flush()

        refused.value = None  # with the error go the generators that it has stopped
        gc.collect()

        assert session.autoflush

    def test_a_flush_refuses_to_let_both_lead_to_a_third(
        self, session: Session, hospitals: Hospitals, different: MatchVerdict
    ) -> None:
        first, second = people(session, 2)
        for old, new in ((hospitals.jon, first), (first, second)):
            session.add(Supersession(superseded=old, by=new))
            session.commit()

        with leaves_no_trace(session), refuses("merge.said-different", Layer.FLUSH):
            session.add(Supersession(superseded=hospitals.john, by=first))
            session.flush()

    def test_the_database_refuses_either_way_of_merging(
        self, session: Session, hospitals: Hospitals, different: MatchVerdict, layer: Layer
    ) -> None:
        (other,) = people(session, 1)
        merge_by_essence(session, hospitals.john, other)
        session.add(Supersession(superseded=hospitals.jon, by=other))
        session.commit()
        essence = essence_of(session, other)
        assert essence is not None

        with leaves_no_trace(session), refuses("merge.said-different", layer):
            write_belief(session, Appearance, essence_id=essence.id, thing_id=hospitals.jon.id)
        with leaves_no_trace(session), refuses("merge.said-different", layer):
            keys = {"superseded_id": hospitals.john.id, "superseding_id": other.id}
            write_belief(session, Supersession, reason="", **keys)

    def test_the_database_refuses_to_say_so_of_what_is_merged(
        self, session: Session, hospitals: Hospitals, clerk: Person, layer: Layer
    ) -> None:
        candidate = noticed(session, hospitals.john, hospitals.jon, clerk)
        supersession = Supersession(superseded=hospitals.jon, by=hospitals.john)
        session.add(supersession)
        session.commit()

        with leaves_no_trace(session), refuses("merge.said-different", layer):
            candidate.judge(Verdict.DIFFERENT, by=clerk)
            session.flush()
        supersession.withdraw()
        merge_by_essence(session, hospitals.john, hospitals.jon)
        with leaves_no_trace(session), refuses("merge.said-different", layer):
            candidate.judge(Verdict.DIFFERENT, by=clerk)
            session.flush()

    def test_once_the_verdict_is_withdrawn_they_are_merged(
        self, session: Session, hospitals: Hospitals, different: MatchVerdict
    ) -> None:
        different.withdraw()

        merge_by_essence(session, hospitals.john, hospitals.jon)
        session.add(Supersession(superseded=hospitals.jon, by=hospitals.john))
        session.commit()

        assert len(appearances(session, hospitals.john)) == 2
        assert active(session, hospitals.jon) is hospitals.john

    def test_what_a_database_without_guards_holds_is_found(
        self, session: Session, hospitals: Hospitals, different: MatchVerdict
    ) -> None:
        without_guards(session)
        keys = {"superseded_id": hospitals.jon.id, "superseding_id": hospitals.john.id}
        write_belief(session, Supersession, reason="", **keys)
        session.commit()

        assert {each.rule.name for each in inconsistencies(session)} == {"merge.said-different"}


def write_candidate(session: Session, by: Person, one: Person, other: Person) -> None:
    """Write a candidate past every check of Python's."""
    write(
        session, MatchCandidate, id=uuid7(), one_id=one.id, other_id=other.id,
        by_id=by.id, reason=BORN, score=Decimal(1), recorded=session.recorded,
    )  # fmt: skip


def test_what_is_withdrawn_no_longer_keeps_things_apart_in_the_same_flush(
    session: Session, hospitals: Hospitals, clerk: Person
) -> None:
    verdict = noticed(session, hospitals.john, hospitals.jon, clerk).judge(Verdict.DIFFERENT, by=clerk)
    session.commit()
    supersession = Supersession(superseded=hospitals.jon, by=hospitals.john)

    verdict.withdraw()
    session.add(supersession)
    session.commit()

    assert active(session, hospitals.jon) is hospitals.john
