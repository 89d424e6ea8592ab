"""14.6 in chapter 2: all that came into a database past its guards is found, each by its rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, inspect, update

from analysis_patterns.patterns import (
    AccountabilityLevel,
    ContactPoint,
    Eligibility,
    Location,
    OperatingScope,
    Organization,
    Party,
    PartyClassification,
    Person,
    Role,
    Shape,
    inconsistencies,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.persistence.guard import create_guards
from analysis_patterns.patterns.time.period import Period

from ..refusals import refuses
from .figures import Hospital
from .records import overwrite, table_of, without_guards, write_accountability, write_version
from .ward import YEAR, Ward

Found = set[tuple[str, UUID]]


@pytest.fixture
def ward(session: Session, hospital: Hospital) -> Ward:
    """The ward, stored, in a database that lost its guards."""
    made = Ward(session, hospital)
    without_guards(session)
    return made


def found(session: Session) -> Found:
    """Every inconsistency as its rule and the key of the row that is to be corrected."""
    session.commit()
    session.expire_all()
    return {(each.rule.name, inspect(each.objects[0]).identity[0]) for each in inconsistencies(session)}


def patient_treats(session: Session, ward: Ward) -> Found:
    key = write_accountability(
        session, type=ward.consent, commissioner=ward.john, responsible=ward.jane, period=YEAR
    )
    return {("accountability.responsible-type", key)}


def doctor_consents(session: Session, ward: Ward) -> Found:
    key = write_accountability(
        session, type=ward.consent, commissioner=ward.mark, responsible=ward.edwards, period=YEAR
    )
    return {("accountability.commissioner-type", key)}


def doctor_for_too_short_a_time(session: Session, ward: Ward) -> Found:
    key = write_accountability(
        session, type=ward.consent, commissioner=ward.john, responsible=ward.nan, period=Period(YEAR.end)
    )
    days = Period(YEAR.end, YEAR.end.replace(year=1998))
    write_version(session, PartyClassification, period=days, party_id=ward.nan.id, type_id=ward.doctor.id)
    return {("accountability.responsible-type", key)}


def referred_to_no_gp(session: Session, ward: Ward) -> Found:
    gp = table_of(Eligibility).c.party_type_id == ward.gp.id
    overwrite(session, Eligibility, gp, party_type_id=ward.doctor.id)
    key = write_accountability(
        session, type=ward.referral, commissioner=ward.edwards, responsible=ward.mark, period=YEAR
    )
    return {("accountability.connection", key)}


def doctor_teaches_patient(session: Session, ward: Ward) -> Found:
    key = write_accountability(
        session, type=ward.teaching, commissioner=ward.mark, responsible=ward.john, period=YEAR
    )
    return {("leveled.next-level", key)}


def two_parents_in_a_tree(session: Session, ward: Ward) -> Found:
    _alter_type(session, ward.consent.id, shape=Shape.TREE)
    return {("hierarchic.single-parent", each.version) for each in ward.consents[1:]}


def two_responsible_to_one(session: Session, ward: Ward) -> Found:
    _alter_type(session, ward.consent.id, single_responsible=True)
    return {("accountability.single-responsible", each.version) for each in ward.consents[:2]}


def circle(session: Session, ward: Ward) -> Found:
    _alter_type(session, ward.cover.id, shape=Shape.DAG)
    return {("hierarchic.no-cycle", each.version) for each in ward.covers}


def scope_elsewhere(session: Session, ward: Ward) -> Found:
    key = write_version(
        session,
        OperatingScope,
        period=YEAR,
        kind="operating_scope",
        type_id=ward.admitted.id,
        accountability_id=ward.referred.id,
    )
    return {("scope.admitted", key)}


def scope_type_for_nothing(session: Session, ward: Ward) -> Found:
    session.execute(delete(table_of(OperatingScope).metadata.tables["patterns_operating_scope_admission"]))
    return {("scope.admitted", ward.scope.version)}


def type_that_admits_nobody(session: Session, ward: Ward) -> Found:
    table = table_of(Eligibility)
    session.execute(
        delete(table)
        .where(table.c.accountability_type_id == ward.cover.id)
        .where(table.c.role == Role.COMMISSIONER)
    )
    return {
        ("accountability-type.parties", ward.cover.id),
        *(("accountability.commissioner-type", each.version) for each in ward.covers),
    }


def one_level_only(session: Session, ward: Ward) -> Found:
    table = table_of(AccountabilityLevel)
    session.execute(delete(table).where(table.c.position > 0))
    return {("leveled.levels", ward.teaching.id), ("leveled.next-level", ward.taught.version)}


def blank_names(session: Session, ward: Ward) -> Found:
    place = Location(name="Boston")
    session.add(place)
    session.flush()
    overwrite(session, Party, table_of(Party).c.id == ward.nan.id, name="")
    overwrite(session, Location, table_of(Location).c.id == place.id, name=" ")
    return {("name.text", ward.nan.id), ("name.text", place.id)}


def unreadable_address(session: Session, ward: Ward) -> Found:
    key = write_version(
        session,
        ContactPoint,
        period=YEAR,
        kind="email_address",
        party_id=ward.nan.id,
        text="nan",
    )
    return {("contact-point.email", key)}


def organization_above_itself(session: Session, ward: Ward) -> Found:
    key = Person(name="for its key").id
    session.execute(insert(Party.metadata.tables["patterns_thing"]).values(id=key, kind="patterns_party"))
    session.execute(
        insert(table_of(Organization)).values(id=key, kind="organization", name="Ouroboros", parent_id=key)
    )
    return {("organization.parent-cycle", key)}


def _alter_type(session: Session, key: UUID, **columns: Any) -> None:
    table = Party.metadata.tables["patterns_accountability_type"]
    session.execute(update(table).where(table.c.id == key).values(**columns))


FAULTS: list[Callable[[Session, Ward], Found]] = [
    patient_treats,
    doctor_consents,
    doctor_for_too_short_a_time,
    referred_to_no_gp,
    doctor_teaches_patient,
    two_parents_in_a_tree,
    two_responsible_to_one,
    circle,
    scope_elsewhere,
    scope_type_for_nothing,
    type_that_admits_nobody,
    one_level_only,
    blank_names,
    unreadable_address,
    organization_above_itself,
]


def test_finds_nothing_where_all_is_well(session: Session, ward: Ward) -> None:
    assert ward.scope.is_believed

    assert found(session) == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_finds_what_came_past_the_guards(
    session: Session, ward: Ward, fault: Callable[[Session, Ward], Found]
) -> None:
    expected = fault(session, ward)

    assert found(session) == expected


def test_finds_everything_without_stopping_at_the_first(session: Session, ward: Ward) -> None:
    together = [
        patient_treats,
        doctor_consents,
        doctor_teaches_patient,
        circle,
        scope_elsewhere,
        blank_names,
        unreadable_address,
        organization_above_itself,
    ]
    expected = set[tuple[str, UUID]]().union(*(fault(session, ward) for fault in together))

    assert found(session) == expected


def test_tells_each_inconsistency_once(session: Session, ward: Ward) -> None:
    patient_treats(session, ward)
    circle(session, ward)

    broken = [(each.rule.name, each.objects[0]) for each in inconsistencies(session)]

    assert len(broken) == len(set(broken)) == 3


def test_says_of_each_what_is_wrong_and_what_to_do(session: Session, ward: Ward) -> None:
    doctor_teaches_patient(session, ward)

    (broken,) = inconsistencies(session)

    assert broken.explain().splitlines() == [
        "Rule leveled.next-level (Analysis Patterns 2.7)",
        "  Under a leveled type, a party is responsible only to a party of the level right above its own.",
        "  found:   John Smith (patient) responsible to Mark Thursz (doctor) on 1996-01-01",
        "  allowed: doctor > nurse > patient",
        "  to do:   Link it to a party of the level right above.",
    ]


def test_says_it_in_general_where_only_the_database_can_compare(session: Session, ward: Ward) -> None:
    circle(session, ward)

    first = next(inconsistencies(session))

    assert str(first) == (
        "hierarchic.no-cycle: found Dr Edwards responsible to Mark Thursz (cover) from 1996-01-01 until "
        "1997-01-01; allowed: Under a hierarchic type, no party stands above itself on any day, however far "
        "up. Correct one of the rows that clash."
    )


def test_what_is_believed_no_more_is_no_inconsistency(session: Session, ward: Ward) -> None:
    patient_treats(session, ward)
    (broken,) = inconsistencies(session)
    accountability: Any = broken.objects[0]

    accountability.withdraw()
    session.commit()

    assert found(session) == set()


def test_guards_that_are_made_again_refuse_the_next_one(session: Session, ward: Ward, layer: Layer) -> None:
    doctor_consents(session, ward)
    create_guards(session.connection(), Party.metadata)
    session.commit()

    with refuses("accountability.responsible-type", layer):
        patient_treats(session, ward)
    session.rollback()

    assert {name for name, _ in found(session)} == {"accountability.commissioner-type"}
