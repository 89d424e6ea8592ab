"""2.5 Accountability Knowledge Level: types say which parties may be linked, and can change without code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    ConnectionRule,
    Eligibility,
    Organization,
    PartyType,
    Person,
    Role,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..refusals import refuses
from .figures import Acm, Hospital
from .records import changes_nothing, leaves_no_trace, table_of, write_accountability

YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))
SPRING = Period(date(1997, 3, 1), date(1997, 6, 1))

Attempt = Callable[[Session, Hospital, Person, Person], None]


def built(session: Session, hospital: Hospital, commissioner: Person, responsible: Person) -> None:
    Accountability(type=hospital.consent, commissioner=commissioner, responsible=responsible, period=YEAR)


def built_before_it_was_so(
    session: Session, hospital: Hospital, commissioner: Person, responsible: Person
) -> None:
    consent = Accountability(
        type=hospital.consent, commissioner=hospital.john, responsible=hospital.mark, period=YEAR
    )
    consent.commissioner, consent.responsible = commissioner, responsible
    session.add(consent)
    session.commit()


def written(session: Session, hospital: Hospital, commissioner: Person, responsible: Person) -> None:
    write_accountability(
        session,
        type=hospital.consent,
        commissioner=commissioner,
        responsible=responsible,
        period=YEAR,
    )


each_layer = pytest.mark.parametrize(
    ("attempt", "refusing"),
    [(built, Layer.CONSTRUCTOR), (built_before_it_was_so, Layer.FLUSH), (written, None)],
)


@each_layer
def test_the_commissioner_is_of_a_type_that_is_admitted(
    session: Session, hospital: Hospital, layer: Layer, attempt: Attempt, refusing: Layer | None
) -> None:
    with leaves_no_trace(session), refuses("accountability.commissioner-type", refusing or layer):
        attempt(session, hospital, hospital.edwards, hospital.mark)


@each_layer
def test_the_responsible_party_is_of_a_type_that_is_admitted(
    session: Session, hospital: Hospital, layer: Layer, attempt: Attempt, refusing: Layer | None
) -> None:
    mary = Person(name="Mary", types=[hospital.patient])
    session.add(mary)

    with leaves_no_trace(session), refuses("accountability.responsible-type", refusing or layer):
        attempt(session, hospital, hospital.john, mary)


@each_layer
@pytest.mark.parametrize(
    "studies",
    [
        [Period(date(1997, 1, 2), date(1998, 1, 1))],
        [Period(date(1997, 1, 1), date(1997, 12, 31))],
        [Period(date(1997, 1, 1), date(1997, 6, 1)), Period(date(1997, 6, 2), date(1998, 1, 1))],
        [],
    ],
    ids=["starts a day late", "ends a day early", "misses one day", "never"],
)
def test_the_type_is_wanted_on_every_day(
    session: Session,
    hospital: Hospital,
    *,
    layer: Layer,
    attempt: Attempt,
    refusing: Layer | None,
    studies: list[Period],
) -> None:
    mary = Person(name="Mary")
    for period in studies:
        mary.classify(hospital.doctor, period)
    session.add(mary)

    with leaves_no_trace(session), refuses("accountability.responsible-type", refusing or layer):
        attempt(session, hospital, hospital.john, mary)


keeping = pytest.mark.parametrize("attempt", [built, written])


@keeping
@pytest.mark.parametrize(
    "studies",
    [
        [YEAR],
        [ALWAYS],
        [Period(date(1997, 6, 1), date(1998, 1, 1)), Period(date(1990, 1, 1), date(1997, 6, 1))],
        [Period(date(1997, 1, 1), date(1997, 9, 1)), Period(date(1997, 6, 1), date(1999, 1, 1))],
    ],
    ids=["that year", "always", "one after the other", "overlapping"],
)
def test_several_periods_may_cover_the_days_together(
    session: Session, hospital: Hospital, attempt: Attempt, studies: list[Period]
) -> None:
    mary = Person(name="Mary")
    for period in studies:
        mary.classify(hospital.doctor, period)
    session.add(mary)
    session.commit()

    attempt(session, hospital, hospital.john, mary)
    session.commit()


def test_says_the_first_day_that_is_missed(hospital: Hospital) -> None:
    mary = Person(name="Mary")
    mary.classify(hospital.doctor, Period(date(1997, 1, 1), date(1997, 6, 1)))
    mary.classify(hospital.patient, ALWAYS)

    with refuses("accountability.responsible-type") as refused:
        Accountability(type=hospital.consent, commissioner=hospital.john, responsible=mary, period=YEAR)

    assert refused.value.found == ("Mary, who on 1997-06-01 is patient, as responsible of 'patient consent'")


@keeping
def test_a_type_is_admitted_from_a_day_on_and_until_another(
    session: Session, hospital: Hospital, layer: Layer, attempt: Attempt
) -> None:
    nurse = PartyType(name="nurse")
    hospital.consent.admit(nurse, Role.RESPONSIBLE, SPRING)
    mary = Person(name="Mary", types=[nurse])
    session.add(mary)
    session.commit()

    refusing = Layer.CONSTRUCTOR if attempt is built else layer
    with leaves_no_trace(session), refuses("accountability.responsible-type", refusing):
        attempt(session, hospital, hospital.john, mary)

    hospital.consent.admit(nurse, Role.RESPONSIBLE, Period(date(1997, 6, 1)))
    hospital.consent.admit(nurse, Role.RESPONSIBLE, Period(end=date(1997, 3, 1)))
    session.commit()
    attempt(session, hospital, hospital.john, mary)
    session.commit()


def test_tells_the_types_that_are_admitted_on_a_day(hospital: Hospital) -> None:
    nurse = PartyType(name="nurse")

    hospital.consent.admit(nurse, Role.RESPONSIBLE, SPRING)

    assert hospital.consent.admitted(Role.RESPONSIBLE, date(1997, 2, 28)) == [hospital.doctor]
    assert hospital.consent.admitted(Role.RESPONSIBLE, date(1997, 3, 1)) == [hospital.doctor, nurse]
    assert hospital.consent.admitted(Role.RESPONSIBLE, date(1997, 6, 1)) == [hospital.doctor]
    assert hospital.consent.admitted(Role.COMMISSIONER, date(1997, 3, 1)) == [hospital.patient]


def test_either_end_admits_many_types(session: Session, hospital: Hospital) -> None:
    guardian, clinic = PartyType(name="guardian"), PartyType(name="clinic")
    care = AccountabilityType(
        name="care",
        commissioners=[hospital.patient, guardian],
        responsibles=[hospital.doctor, clinic],
    )
    above = [hospital.john, Person(name="Mary", types=[guardian])]
    below = [hospital.mark, Organization(name="St Mary's", types=[clinic])]

    for commissioner in above:
        for responsible in below:
            session.add(Accountability(type=care, commissioner=commissioner, responsible=responsible))
    session.commit()
    session.expire_all()

    assert {each.name for each in care.commissioners} == {"patient", "guardian"}
    assert {each.name for each in care.responsibles} == {"doctor", "clinic"}


@pytest.mark.parametrize("empty", ["commissioners", "responsibles"])
def test_refuses_a_type_without_types_for_one_of_its_ends(
    session: Session, hospital: Hospital, empty: str
) -> None:
    ends: dict[str, Any] = {"commissioners": [hospital.patient], "responsibles": [hospital.doctor]}
    ends[empty] = []

    with changes_nothing(session), refuses("accountability-type.parties"):
        AccountabilityType(name="one-sided", **ends)


@pytest.mark.parametrize("role", Role)
def test_writes_no_type_that_lost_its_types(session: Session, hospital: Hospital, role: Role) -> None:
    (only,) = (each for each in hospital.consent.eligibilities if each.role is role)

    with leaves_no_trace(session), refuses("accountability-type.parties", Layer.FLUSH):
        hospital.consent.eligibilities.remove(only)
        session.commit()
    with leaves_no_trace(session), refuses("accountability-type.parties", Layer.FLUSH):
        session.delete(only)
        session.commit()


def test_a_type_is_removed_with_its_rules(session: Session, hospital: Hospital) -> None:
    session.delete(hospital.consent)
    session.commit()

    assert session.scalars(select(Eligibility)).all() == []


@pytest.mark.parametrize("name", ["", " ", "x" * 501, "a\0b"])
def test_refuses_a_type_without_a_name(session: Session, hospital: Hospital, name: str) -> None:
    with changes_nothing(session), refuses("name.text"):
        AccountabilityType(name=name, commissioners=[hospital.patient], responsibles=[hospital.doctor])


def test_two_types_do_not_share_a_name(session: Session, hospital: Hospital, layer: Layer) -> None:
    with leaves_no_trace(session), refuses("accountability-type.unique-name", layer):
        session.add(
            AccountabilityType(
                name="patient consent",
                commissioners=[hospital.patient],
                responsibles=[hospital.doctor],
            )
        )
        session.commit()


def test_no_rule_of_a_type_ends_before_it_starts(session: Session, hospital: Hospital, layer: Layer) -> None:
    rule = {
        "accountability_type_id": hospital.consent.id,
        "commissioner_id": hospital.patient.id,
        "responsible_id": hospital.doctor.id,
    }

    with leaves_no_trace(session), refuses("period.order", layer):
        session.execute(
            insert(table_of(ConnectionRule)).values(
                valid_from=date(1998, 1, 1), valid_to=date(1997, 1, 1), **rule
            )
        )


def test_a_type_is_admitted_once_from_one_day_on(session: Session, hospital: Hospital, layer: Layer) -> None:
    with changes_nothing(session), refuses("accountability-type.begins-once") as refused:
        hospital.consent.admit(hospital.doctor, Role.RESPONSIBLE, Period(end=date(1999, 1, 1)))

    assert str(refused.value) == (
        "accountability-type.begins-once: found doctor as responsible of 'patient consent' from 0001-01-01 "
        "on for a second time; allowed: one such rule from one day on. "
        "End the rule that is there, or let the new one begin on another day."
    )
    again = {
        "accountability_type_id": hospital.consent.id,
        "party_type_id": hospital.doctor.id,
        "role": Role.RESPONSIBLE,
    }
    with leaves_no_trace(session), refuses("accountability-type.begins-once", layer):
        session.execute(
            insert(table_of(Eligibility)).values(valid_from=date.min, valid_to=date(1999, 1, 1), **again)
        )


def test_a_pair_is_connected_once_from_one_day_on(session: Session, acm: Acm, layer: Layer) -> None:
    sales = selling(acm)
    session.add(sales)
    session.commit()

    with changes_nothing(session), refuses("accountability-type.begins-once"):
        sales.connect(commissioner=acm.region, responsible=acm.division, period=Period(end=SPRING.start))
    with leaves_no_trace(session), refuses("accountability-type.begins-once", layer):
        session.execute(
            insert(table_of(ConnectionRule)).from_select(
                table_of(ConnectionRule).c.keys(), select(table_of(ConnectionRule))
            )
        )


def selling(acm: Acm) -> AccountabilityType:
    """For sales, a division goes under a region, and an office under a division."""
    return AccountabilityType(
        name="sales", connections=[(acm.region, acm.division), (acm.division, acm.office)]
    )


def test_the_types_of_both_ends_follow_from_the_connection_rules(session: Session, acm: Acm) -> None:
    session.add(selling(acm))
    session.commit()

    sales = session.scalars(select(AccountabilityType).filter_by(name="sales")).one()

    assert {each.name for each in sales.commissioners} == {"region", "division"}
    assert {each.name for each in sales.responsibles} == {"division", "sales office"}


@pytest.mark.parametrize("refusing", [Layer.CONSTRUCTOR, Layer.FLUSH, None])
def test_where_there_are_connection_rules_one_admits_the_pair(
    session: Session, acm: Acm, layer: Layer, refusing: Layer | None
) -> None:
    sales = selling(acm)
    session.add(sales)
    session.commit()

    with leaves_no_trace(session), refuses("accountability.connection", refusing or layer):
        if refusing is Layer.CONSTRUCTOR:
            Accountability(type=sales, commissioner=acm.northeast, responsible=acm.boston)
        elif refusing is Layer.FLUSH:
            link = Accountability(type=sales, commissioner=acm.new_england, responsible=acm.boston)
            link.commissioner = acm.northeast
            session.add(link)
            session.commit()
        else:
            write_accountability(session, type=sales, commissioner=acm.northeast, responsible=acm.boston)


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_pair_that_a_connection_rule_names_is_admitted(session: Session, acm: Acm, by_hand: bool) -> None:
    sales = selling(acm)
    session.add(sales)
    session.commit()

    if by_hand:
        write_accountability(session, type=sales, commissioner=acm.new_england, responsible=acm.boston)
    else:
        session.add(Accountability(type=sales, commissioner=acm.new_england, responsible=acm.boston))
    session.commit()


def test_a_connection_rule_holds_for_its_days(session: Session, acm: Acm, layer: Layer) -> None:
    sales = selling(acm)
    sales.connect(commissioner=acm.region, responsible=acm.office, period=SPRING)
    session.add(sales)
    session.commit()

    session.add(Accountability(type=sales, commissioner=acm.northeast, responsible=acm.boston, period=SPRING))
    session.commit()

    with changes_nothing(session), refuses("accountability.connection"):
        Accountability(type=sales, commissioner=acm.northeast, responsible=acm.boston, period=YEAR)
    with leaves_no_trace(session), refuses("accountability.connection", layer):
        write_accountability(
            session, type=sales, commissioner=acm.northeast, responsible=acm.boston, period=YEAR
        )
