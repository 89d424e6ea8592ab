"""2.5, 2.6: where the knowledge or a party changes, what rests on it is checked again, or previewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    PartyType,
    Person,
    Role,
    Shape,
    has_type,
    inconsistencies,
    preview,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period

from ..refusals import refuses
from .figures import Hospital
from .records import changes_nothing, leaves_no_trace
from .ward import YEAR, Ward

MIDSUMMER = date(1996, 6, 24)

Change = Callable[[Ward], object]


@pytest.fixture
def ward(session: Session, hospital: Hospital) -> Ward:
    """The ward, stored."""
    return Ward(session, hospital)


def swap_levels(ward: Ward) -> None:
    """Let nurses stand above doctors."""
    ward.teaching.ranks[0].party_type, ward.teaching.ranks[1].party_type = ward.nurse, ward.doctor


def leave_only_nurses(ward: Ward) -> None:
    """Let a consent make nurses responsible, and no more doctors."""
    of_doctors = ward.eligibility(ward.consent, Role.RESPONSIBLE)
    ward.consent.admit(ward.nurse, Role.RESPONSIBLE)
    ward.consent.eligibilities.remove(of_doctors)


BREAKING: dict[str, tuple[str, Change]] = {
    "a patient who never was one": (
        "accountability.commissioner-type",
        lambda ward: ward.jane.classifications[0].withdraw(),
    ),
    "a nurse who stops being one": (
        "accountability.responsible-type",
        lambda ward: ward.nan.classifications[0].ended(MIDSUMMER),
    ),
    "a nurse who became one too late": (
        "accountability.responsible-type",
        lambda ward: ward.nan.classifications[0].corrected(period=Period(MIDSUMMER)),
    ),
    "GPs are no doctors": (
        "accountability.commissioner-type",
        lambda ward: ward.gp.supertypes.remove(ward.doctor),
    ),
    "doctors have no subtypes": (
        "accountability.commissioner-type",
        lambda ward: ward.doctor.subtypes.clear(),
    ),
    "patients consent no more": (
        "accountability.commissioner-type",
        lambda ward: ward.eligibility(ward.consent, Role.COMMISSIONER).end(MIDSUMMER),
    ),
    "doctors treat no more": (
        "accountability.responsible-type",
        lambda ward: ward.eligibility(ward.consent, Role.RESPONSIBLE).end(MIDSUMMER),
    ),
    "only nurses treat": ("accountability.responsible-type", leave_only_nurses),
    "doctors refer to GPs no more": (
        "accountability.connection",
        lambda ward: ward.referral.connections[0].end(MIDSUMMER),
    ),
    "a first connection rule": (
        "accountability.connection",
        lambda ward: ward.consent.connect(commissioner=ward.patient, responsible=ward.nurse),
    ),
    "levels change places": ("leveled.next-level", swap_levels),
    "the highest level goes": ("leveled.next-level", lambda ward: ward.teaching.ranks.pop(0)),
    "a network becomes a tree": (
        "hierarchic.single-parent",
        lambda ward: setattr(ward.consent, "shape", Shape.TREE),
    ),
    "a network becomes a DAG": (
        "hierarchic.no-cycle",
        lambda ward: setattr(ward.cover, "shape", Shape.DAG),
    ),
    "one responsible party each": (
        "accountability.single-responsible",
        lambda ward: setattr(ward.consent, "single_responsible", True),
    ),
    "a scope type for other accountabilities": (
        "scope.admitted",
        lambda ward: setattr(ward.admitted, "accountability_types", [ward.cover]),
    ),
}

HARMLESS: dict[str, Change] = {
    "a doctor who stops after the year": lambda ward: ward.mark.classifications[0].ended(YEAR.end),
    "a GP who became a doctor": lambda ward: (
        ward.edwards.classify(ward.doctor),
        ward.edwards.classifications[0].ended(YEAR.end),
    ),
    "patients consent until the end of the year": lambda ward: ward.eligibility(
        ward.consent, Role.COMMISSIONER
    ).end(YEAR.end),
    "doctors refer until the end of the year": lambda ward: ward.referral.connections[0].end(YEAR.end),
    "connection rules that admit all that there is": lambda ward: (
        ward.consent.connect(commissioner=ward.patient, responsible=ward.doctor),
        ward.consent.connect(commissioner=ward.nurse, responsible=ward.nurse),
    ),
    "no connection rules": lambda ward: ward.referral.connections.clear(),
    "the lowest level goes": lambda ward: ward.teaching.ranks.pop(),
    "a network becomes a tree where it is one": lambda ward: setattr(ward.referral, "shape", Shape.TREE),
    "a scope type for more accountabilities": lambda ward: ward.admitted.accountability_types.append(
        ward.cover
    ),
    "a party type is renamed": lambda ward: setattr(ward.doctor, "name", "physician"),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_change_that_breaks_what_rests_on_it_is_refused_whole(
    session: Session, ward: Ward, name: str
) -> None:
    rule, change = BREAKING[name]

    with leaves_no_trace(session), refuses(rule, Layer.FLUSH):
        change(ward)
        session.commit()


@pytest.mark.parametrize("name", HARMLESS)
def test_a_change_that_breaks_nothing_is_made(session: Session, ward: Ward, name: str) -> None:
    HARMLESS[name](ward)
    session.commit()

    assert list(inconsistencies(session)) == []


@pytest.mark.parametrize("name", BREAKING)
def test_a_preview_shows_what_a_change_would_break_and_does_not_make_it(
    session: Session, ward: Ward, name: str
) -> None:
    rule, change = BREAKING[name]

    with changes_nothing(session):
        found = preview(session, lambda: change(ward))

    assert rule in {each.rule.name for each in found}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_preview_of_a_change_that_breaks_nothing_is_empty(session: Session, ward: Ward, name: str) -> None:
    with changes_nothing(session):
        assert preview(session, lambda: HARMLESS[name](ward)) == []


def test_a_preview_shows_what_the_database_alone_would_refuse(session: Session, ward: Ward) -> None:
    with changes_nothing(session):
        (found,) = preview(session, lambda: session.add(PartyType(name="doctor")))

    assert found.rule.name == "party-type.unique-name"


def test_a_party_type_that_connects_others_is_not_deleted(session: Session, ward: Ward) -> None:
    specialist = PartyType(name="specialist", supertypes=[ward.doctor])
    surgeon = PartyType(name="surgeon", supertypes=[specialist])
    session.add_all([specialist, surgeon])
    session.add(ward.link(ward.consent, ward.jane, Person(name="Dr Ito", types=[surgeon])))

    with leaves_no_trace(session), refuses("accountability.responsible-type", Layer.FLUSH):
        session.delete(specialist)
        session.commit()

    surgeon.supertypes.append(ward.doctor)
    session.delete(specialist)
    session.commit()
    assert surgeon.all_types() == {surgeon, ward.doctor}


def test_says_which_accountability_a_change_breaks_and_how(session: Session, ward: Ward) -> None:
    with leaves_no_trace(session), refuses("accountability.responsible-type", Layer.FLUSH) as refused:
        ward.nan.classifications[0].ended(MIDSUMMER)
        session.commit()

    assert refused.value.objects[0] is ward.taught
    assert str(refused.value) == (
        "accountability.responsible-type: found Nan Green, who on 1996-06-24 is of no type, as responsible "
        "of 'teaching'; allowed: nurse, patient. "
        "Classify the party as one of these types for the whole period, or shorten it."
    )


def test_the_preview_shows_every_accountability_that_would_break(session: Session, ward: Ward) -> None:
    with changes_nothing(session):
        found = preview(session, lambda: ward.eligibility(ward.consent, Role.RESPONSIBLE).end(MIDSUMMER))

    assert [each.objects[0] for each in found] == ward.consents
    assert {each.layer for each in found} == {Layer.FLUSH}


def test_the_preview_takes_several_changes_at_once(session: Session, ward: Ward) -> None:
    def change() -> None:
        ward.cover.shape = Shape.TREE
        ward.referral.connections[0].end(MIDSUMMER)
        ward.admitted.accountability_types.clear()

    with changes_nothing(session):
        found = preview(session, change)

    assert {(each.rule.name, each.objects[0]) for each in found} == {
        *(("hierarchic.no-cycle", each) for each in ward.covers),
        ("accountability.connection", ward.referred),
        ("scope.admitted", ward.scope),
    }


def test_the_preview_shows_what_is_refused_before_it_is_written(session: Session, ward: Ward) -> None:
    with changes_nothing(session):
        found = preview(session, lambda: ward.link(ward.consent, ward.john, ward.nan))

    assert [(each.rule.name, each.layer) for each in found] == [
        ("accountability.responsible-type", Layer.CONSTRUCTOR)
    ]


def test_the_preview_keeps_what_was_added_before(session: Session, ward: Ward) -> None:
    ann = Person(name="Ann", types=[ward.patient])
    session.add(ann)

    preview(session, ward.jane.classifications[0].withdraw)
    session.commit()

    assert session.scalars(select(Person).where(Person.name == "Ann")).one() is ann


def test_another_error_within_a_preview_is_not_swallowed(session: Session, ward: Ward) -> None:
    def change() -> None:
        ward.consent.shape = Shape.DAG
        raise KeyError("a mistake of the caller's")

    with changes_nothing(session), pytest.raises(KeyError, match="a mistake of the caller's"):
        preview(session, change)

    assert ward.consent.shape is Shape.NETWORK


def test_after_a_preview_the_same_change_is_still_refused(session: Session, ward: Ward) -> None:
    preview(session, lambda: ward.gp.supertypes.remove(ward.doctor))

    with leaves_no_trace(session), refuses("accountability.commissioner-type", Layer.FLUSH):
        ward.gp.supertypes.remove(ward.doctor)
        session.commit()


@pytest.mark.parametrize("day", [date(1995, 1, 1), date(1990, 1, 1), date(1998, 1, 2)])
def test_an_admission_ends_within_its_period(session: Session, ward: Ward, day: date) -> None:
    period = Period(date(1995, 1, 1), date(1998, 1, 1))
    admission = ward.consent.admit(ward.nurse, Role.RESPONSIBLE, period)

    with changes_nothing(session), refuses("period.ending"):
        admission.end(day)

    assert admission.period == period


def test_an_admission_that_ended_admits_nobody_from_that_day_on(session: Session, ward: Ward) -> None:
    ward.eligibility(ward.consent, Role.RESPONSIBLE).end(YEAR.end)
    session.commit()

    with refuses("accountability.responsible-type"):
        Accountability(
            type=ward.consent, commissioner=ward.jane, responsible=ward.mark, period=Period(YEAR.end)
        )
    before = ward.consent.admitted(Role.RESPONSIBLE, YEAR.end - timedelta(days=1))
    assert (before, ward.consent.admitted(Role.RESPONSIBLE, YEAR.end)) == ([ward.doctor], [])


def test_a_type_nobody_uses_is_deleted_with_its_rules(session: Session, ward: Ward) -> None:
    types = select(func.count()).select_from(AccountabilityType)
    before = session.scalars(types).one()
    unused = AccountabilityType(name="unused", connections=[(ward.doctor, ward.gp)])
    session.add(unused)
    session.commit()

    session.delete(unused)
    session.commit()

    assert session.scalars(types).one() == before


def test_tells_the_types_that_a_party_was_believed_to_be_of(
    session: Session, clock: FixedClock, ward: Ward
) -> None:
    before = clock.now()
    clock.advance(timedelta(days=1))
    ward.edwards.classify(ward.nurse)
    ward.edwards.classifications[0].ended(YEAR.end)
    session.commit()
    session.expire_all()

    assert ward.edwards.all_types(YEAR.end) == {ward.nurse}
    assert ward.edwards.all_types(YEAR.end, known_at=before) == {ward.gp, ward.doctor}
    assert ward.edwards.all_types(YEAR.end, known_at=before - timedelta(seconds=1)) == frozenset()
    assert has_type(ward.edwards, ward.doctor, as_of=YEAR.end, known_at=before)
    assert not has_type(ward.edwards, ward.doctor, as_of=YEAR.end)


def test_what_is_not_recorded_yet_was_never_believed(clock: FixedClock) -> None:
    patient = PartyType(name="patient")
    mary = Person(name="Mary", types=[patient])

    assert mary.all_types(MIDSUMMER) == {patient}
    assert mary.all_types(MIDSUMMER, known_at=clock.now()) == frozenset()


def test_refuses_to_say_what_was_believed_at_an_unclear_instant(ward: Ward) -> None:
    naive = datetime(1997, 5, 1, 9)  # noqa: DTZ001

    with refuses("time.aware") as refused:
        ward.mark.all_types(MIDSUMMER, known_at=naive)
    with refuses("time.aware"):
        has_type(ward.mark, ward.doctor, as_of=MIDSUMMER, known_at=naive)

    assert str(refused.value) == (
        "time.aware: found the naive datetime 1997-05-01T09:00:00; allowed: a datetime with a time zone. "
        "Say which zone it was read in, for example datetime(..., tzinfo=UTC)."
    )
