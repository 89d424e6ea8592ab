"""2.4, 15.3: an accountability has two times, when it held and when that was known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from analysis_patterns.patterns import Accountability, AccountabilityType, Organization, Person, responsible
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.instant import UNTIL_CHANGED
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..refusals import refuses
from .figures import Acm, Hospital
from .records import changes_nothing, leaves_no_trace, overwrite, table_of, versions_of, write_accountability

NINE = datetime(1997, 5, 1, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
ELEVEN = NINE + timedelta(hours=2)
YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))
HALF = Period(date(1997, 1, 1), date(1997, 7, 1))
AUGUST = date(1997, 8, 1)


@pytest.fixture
def consent(session: Session, hospital: Hospital, clock: FixedClock) -> Accountability:
    """John Smith's consent for a year, recorded at nine; it is ten now."""
    made = Accountability(
        type=hospital.consent, commissioner=hospital.john, responsible=hospital.mark, period=YEAR
    )
    session.add(made)
    session.commit()
    clock.set(TEN)
    return made


def told(session: Session, as_of: date, known_at: datetime) -> list[Period]:
    """The periods of what held on a day, as known at an instant."""
    question = select(Accountability).where(Accountability.holds(as_of, known_at))
    return [each.period for each in session.scalars(question)]


def test_a_corrected_period_is_told_as_it_was_believed_at_the_time(
    session: Session, consent: Accountability, clock: FixedClock
) -> None:
    corrected = consent.corrected(period=HALF)
    session.commit()

    assert told(session, AUGUST, NINE) == [YEAR]
    assert told(session, AUGUST, TEN - timedelta(microseconds=1)) == [YEAR]
    assert told(session, AUGUST, TEN) == []
    assert told(session, HALF.start, TEN) == [HALF]
    assert told(session, HALF.start, NINE - timedelta(microseconds=1)) == []
    assert corrected.was_believed(TEN)
    assert not corrected.was_believed(NINE)


def test_a_correction_keeps_everything_but_the_period(
    session: Session, hospital: Hospital, consent: Accountability
) -> None:
    corrected = consent.corrected(period=HALF)
    session.commit()
    session.expire_all()

    assert (corrected.id, corrected.kind) == (consent.id, consent.kind)
    assert (corrected.type, corrected.commissioner, corrected.responsible) == (
        hospital.consent,
        hospital.john,
        hospital.mark,
    )


def test_what_ended_is_told_to_have_ended_only_from_when_that_was_known(
    session: Session, consent: Accountability
) -> None:
    consent.ended(date(1997, 7, 1))
    session.commit()

    assert [told(session, AUGUST, known_at) for known_at in (NINE, TEN)] == [[YEAR], []]


def test_what_was_withdrawn_was_never_so_but_was_believed(session: Session, consent: Accountability) -> None:
    consent.withdraw()
    session.commit()

    assert told(session, AUGUST, NINE) == [YEAR]
    assert told(session, AUGUST, TEN) == []
    assert not consent.is_believed


def test_what_did_we_believe_then_of_a_day_is_asked_of_any_two_times(
    session: Session, consent: Accountability, clock: FixedClock
) -> None:
    shorter = consent.corrected(period=HALF)
    session.commit()
    clock.set(ELEVEN)
    shorter.corrected(period=Period(date(1997, 6, 1), date(1997, 9, 1)))
    session.commit()

    beliefs = {
        (day.month, known_at.hour): bool(told(session, day, known_at))
        for day in (date(1997, 5, 1), AUGUST, date(1997, 10, 1))
        for known_at in (NINE, TEN, ELEVEN)
    }
    assert beliefs == {
        (5, 9): True, (5, 10): True, (5, 11): False,
        (8, 9): True, (8, 10): False, (8, 11): True,
        (10, 9): True, (10, 10): False, (10, 11): False,
    }  # fmt: skip


def test_each_version_says_since_when_it_is_known(session: Session, consent: Accountability) -> None:
    corrected = consent.corrected(period=HALF)
    session.commit()

    assert str(consent.explanation()).endswith("[recorded 1997-05-01 09:00 UTC]")
    assert str(corrected.explanation()).endswith("[recorded 1997-05-01 10:00 UTC]")
    assert [(each.known_from, each.known_to) for each in versions_of(session, consent)] == [
        (NINE, TEN),
        (TEN, UNTIL_CHANGED),
    ]


def test_before_it_is_written_it_says_so(hospital: Hospital) -> None:
    pending = Accountability(type=hospital.consent, commissioner=hospital.john, responsible=hospital.edwards)

    assert str(pending.explanation()).endswith("[not recorded yet]")


def test_what_is_recorded_late_is_known_late(session: Session, hospital: Hospital, clock: FixedClock) -> None:
    clock.set(ELEVEN)
    session.add(
        Accountability(
            type=hospital.consent, commissioner=hospital.john, responsible=hospital.edwards, period=HALF
        )
    )
    session.commit()

    assert responsible(session, hospital.john, for_=hospital.edwards, known_at=TEN) is None
    assert responsible(session, hospital.john, for_=hospital.edwards, as_of=HALF.start) is not None


def test_a_correction_is_held_against_the_rules_like_anything_new(
    session: Session, acm: Acm, clock: FixedClock
) -> None:
    acm.manage(session)
    first = session.query(Accountability).filter_by(responsible=acm.boston).one().ended(AUGUST)
    other = Organization(name="Upstate", types=[acm.division])
    session.add(
        Accountability(type=acm.line, commissioner=other, responsible=acm.boston, period=Period(AUGUST))
    )
    session.commit()

    with leaves_no_trace(session), refuses("hierarchic.single-parent", Layer.FLUSH):
        first.corrected(period=ALWAYS)
        session.commit()


def test_a_place_that_was_withdrawn_is_free_for_another(
    session: Session, acm: Acm, clock: FixedClock
) -> None:
    acm.manage(session)
    other = Organization(name="Upstate", types=[acm.division])
    session.query(Accountability).filter_by(responsible=acm.boston).one().withdraw()
    session.add(Accountability(type=acm.line, commissioner=other, responsible=acm.boston))
    session.commit()

    assert responsible(session, other, for_=acm.boston, type=acm.line) is not None
    assert responsible(session, acm.us, for_=acm.boston, type=acm.line) is None


@pytest.fixture
def others(session: Session, hospital: Hospital) -> dict[str, Any]:
    """What the consent might as well have said."""
    jack = Person(name="Jack Thomas", types=[hospital.patient])
    referral = AccountabilityType(
        name="referral", commissioners=[hospital.patient], responsibles=[hospital.doctor]
    )
    session.add_all([jack, referral])
    session.commit()
    return {"commissioner": jack, "responsible": hospital.edwards, "type": referral}


ENDS = ["commissioner", "responsible", "type"]


@pytest.mark.parametrize("end", ENDS)
def test_no_accountability_is_given_another_end_or_type(
    session: Session, consent: Accountability, others: dict[str, Any], end: str
) -> None:
    with leaves_no_trace(session), refuses("history.append-only", Layer.FLUSH):
        setattr(consent, end, others[end])
        session.flush()


@pytest.mark.parametrize("end", ENDS)
def test_the_database_gives_it_no_other_end_or_type_either(
    session: Session, consent: Accountability, others: dict[str, Any], layer: Layer, end: str
) -> None:
    where, other = table_of(Accountability).c.version == consent.version, others[end].id

    with leaves_no_trace(session), refuses("history.append-only", layer):
        overwrite(session, Accountability, where, **{f"{end}_id": other})


@pytest.mark.parametrize(
    "changed",
    [{"kind": "appointment"}, {"valid_to": HALF.end}, {"known_from": TEN}],
    ids=lambda changed: next(iter(changed)),
)
def test_the_database_changes_nothing_else_of_it(
    session: Session, consent: Accountability, layer: Layer, changed: dict[str, Any]
) -> None:
    where = table_of(Accountability).c.version == consent.version

    with leaves_no_trace(session), refuses("history.append-only", layer):
        overwrite(session, Accountability, where, **changed)


def test_what_is_written_past_python_is_history_like_the_rest(
    session: Session, hospital: Hospital, clock: FixedClock
) -> None:
    version = write_accountability(
        session, type=hospital.consent, commissioner=hospital.john, responsible=hospital.edwards, period=YEAR
    )
    session.commit()
    clock.set(TEN)
    session.get_one(Accountability, version).ended(HALF.end)
    session.commit()

    assert [told(session, AUGUST, known_at) for known_at in (NINE, TEN)] == [[YEAR], []]


def test_a_refused_correction_leaves_the_belief_as_it_was(session: Session, consent: Accountability) -> None:
    with changes_nothing(session), refuses("period.ending"):
        consent.ended(YEAR.end + timedelta(days=1))

    assert consent.is_believed
    assert session.scalar(select(func.count()).select_from(Accountability)) == 1
