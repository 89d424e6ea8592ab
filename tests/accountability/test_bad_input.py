"""2.1 to 2.9 refuse bad input by the rule's name, with nothing half-written, and show odd names as text."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from analysis_patterns.diagrams import draw
from analysis_patterns.patterns import (
    Accountability,
    AccountabilityType,
    Appointment,
    AppointmentType,
    Location,
    OperatingScopeType,
    Organization,
    Party,
    PartyType,
    Person,
    Post,
    ProductType,
    Referable,
    explain,
    network_picture,
    responsible,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Base, Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values.quantity import Quantity

from ..refusals import refuses
from .figures import Hospital
from .records import changes_nothing, contents, leaves_no_trace

MAY = date(1997, 5, 1)
NAIVE = datetime(1997, 5, 1, 9)  # noqa: DTZ001

ODD = [
    "Robert'); DROP TABLE patterns_party; --",
    "' OR '1'='1",
    '<script>alert("Mary & Bob")</script>',
    '<img src=x onerror="alert(1)"/>',
    "]]> <!-- --> &lt;b&gt;",
    "%(name)s :name ? {0} %s \\",
    "Δρ. Έντουαρντς 😀",
]
NO_NAMES = {
    "": "a blank name",
    " \t\n": "a blank name",
    "Mark\0Thursz": r"NUL in 'Mark\x00Thursz'",
    "half \ud83d": r"half of a character pair in 'half \ud83d'",
    "x" * 501: f"501 characters, beginning {'x' * 40!r}",
}


def an_accountability_type(name: str) -> AccountabilityType:
    """A type whose only fault can be its name."""
    end = PartyType(name="party")
    return AccountabilityType(name=name, commissioners=[end], responsibles=[end])


NAMED: list[Callable[[str], Any]] = [
    lambda name: Person(name=name),
    lambda name: Organization(name=name),
    lambda name: Post(name=name),
    lambda name: PartyType(name=name),
    an_accountability_type,
    lambda name: Location(name=name),
    lambda name: ProductType(name=name),
    lambda name: OperatingScopeType(name=name),
]
RENAMED = [an_accountability_type, *NAMED[5:]]


def consent(hospital: Hospital, responsible: Party, period: Period = Period(MAY)) -> Accountability:  # noqa: B008
    """John Smith's consent to be treated."""
    return Accountability(
        type=hospital.consent, commissioner=hospital.john, responsible=responsible, period=period
    )


def test_parties_in_each_others_place_are_refused(session: Session, hospital: Hospital) -> None:
    with changes_nothing(session), refuses("accountability.commissioner-type") as refused:
        Accountability(
            type=hospital.consent,
            commissioner=hospital.mark,
            responsible=hospital.john,
            period=Period(MAY),
        )

    assert str(refused.value) == (
        "accountability.commissioner-type: found Mark Thursz, who on 1997-05-01 is doctor, as commissioner "
        "of 'patient consent'; allowed: patient. "
        "Classify the party as one of these types for the whole period, or shorten it."
    )


@pytest.mark.parametrize("make", [Accountability, Appointment, Organization, Post, AppointmentType])
def test_nothing_is_ever_told_by_its_position(
    session: Session, hospital: Hospital, make: Callable[..., object]
) -> None:
    with changes_nothing(session), pytest.raises(TypeError, match="positional"):
        make(hospital.consent, hospital.john, hospital.mark)


@pytest.mark.parametrize("left_out", ["type", "commissioner", "responsible"])
def test_an_accountability_lacks_nothing(session: Session, hospital: Hospital, left_out: str) -> None:
    make: Callable[..., object] = Accountability
    parts = {"type": hospital.consent, "commissioner": hospital.john, "responsible": hospital.mark}
    del parts[left_out]

    with changes_nothing(session), pytest.raises(TypeError, match=f"'{left_out}'"):
        make(**parts)


def test_a_party_does_not_answer_to_itself(session: Session, hospital: Hospital) -> None:
    with changes_nothing(session), refuses("accountability.self-link") as refused:
        consent(hospital, hospital.john)

    assert str(refused.value) == (
        "accountability.self-link: found John Smith at both ends; allowed: two different parties. "
        "Name the party it answers to as commissioner= and the one that answers as responsible=."
    )


@pytest.mark.parametrize("end", [date(1997, 4, 30), MAY])
def test_a_period_ends_after_it_starts(session: Session, hospital: Hospital, end: date) -> None:
    with changes_nothing(session), refuses("period.order") as refused:
        consent(hospital, hospital.mark, Period(MAY, end))

    assert str(refused.value) == (
        f"period.order: found a period from 1997-05-01 to {end}; allowed: an end after the start; "
        "the end is not included. Swap the days, or end the period a day later."
    )


def test_a_period_is_counted_in_days(session: Session, hospital: Hospital) -> None:
    instant = datetime(1997, 5, 1, 9, tzinfo=UTC)

    with changes_nothing(session), refuses("period.days") as refused:
        consent(hospital, hospital.mark, Period(instant))

    assert str(refused.value) == (
        "period.days: found datetime.datetime(1997, 5, 1, 9, 0, tzinfo=datetime.timezone.utc); "
        "allowed: a date. Give the day: datetime.date(...), or instant.date() in the zone you mean."
    )


def test_an_accountability_is_not_ended_before_it_began(session: Session, hospital: Hospital) -> None:
    given = consent(hospital, hospital.mark)
    session.add(given)

    with changes_nothing(session), refuses("period.ending") as refused:
        given.ended(MAY)

    assert given.is_believed
    assert str(refused.value) == (
        "period.ending: found an end on 1997-05-01 of the period 1997-05-01 until further notice; "
        "allowed: a day after the start and not after the end. "
        "End it on a day inside its period; what never held is rejected, not ended."
    )


def test_a_post_is_not_held_by_two_at_a_time(session: Session) -> None:
    job, surgeon = PartyType(name="job"), PartyType(name="surgeon")
    post = Post(name="Surgeon", types=[job])
    appointment = AppointmentType(name="appointment", posts=[job], people=[surgeon])
    hale, ito = (Person(name=name, types=[surgeon]) for name in ("Dr Hale", "Dr Ito"))
    session.add_all([Appointment(type=appointment, post=post, person=hale, period=Period(MAY)), ito])

    with leaves_no_trace(session), refuses("accountability.single-responsible", Layer.FLUSH) as refused:
        session.add(Appointment(type=appointment, post=post, person=ito, period=Period(MAY)))
        session.commit()

    assert refused.value.found == (
        "Dr Ito responsible to Surgeon (appointment) from 1997-05-01 until further notice, "
        "beside Dr Hale responsible to Surgeon (appointment) from 1997-05-01 until further notice"
    )


def test_an_instant_states_its_time_zone(session: Session, hospital: Hospital) -> None:
    with changes_nothing(session), refuses("time.aware") as refused:
        responsible(session, hospital.john, for_=hospital.mark, known_at=NAIVE)
    with refuses("time.aware"):
        FixedClock(NAIVE)

    assert str(refused.value) == (
        "time.aware: found the naive datetime 1997-05-01T09:00:00; allowed: a datetime with a time zone. "
        "Say which zone it was read in, for example datetime(..., tzinfo=UTC)."
    )


@pytest.mark.parametrize("as_of", [datetime(1997, 5, 1, 9, tzinfo=UTC), NAIVE, "1997-05-01"])
def test_a_question_is_as_of_a_day(session: Session, hospital: Hospital, as_of: Any) -> None:
    with refuses("period.days"):
        responsible(session, hospital.john, for_=hospital.mark, as_of=as_of)


@pytest.mark.parametrize(
    "amount",
    [
        Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity"), "nan", math.nan,
        0.1, Decimal("1e400"), "1e999999999", "9" * 41, "0." + "0" * 39 + "1", "twenty", "", True, None,
    ],
)  # fmt: skip
def test_an_amount_is_a_finite_decimal_of_reasonable_length(amount: Any) -> None:
    with refuses("number.exact"):
        Quantity(amount, "/a")


def test_says_what_is_wrong_with_an_amount() -> None:
    with refuses("number.exact") as no_number:
        Quantity(Decimal("NaN"), "/a")
    with refuses("number.exact") as too_long:
        Quantity("9" * 41, "/a")

    allowed = "allowed: a finite decimal of at most 40 characters and 38 places."
    assert str(no_number.value) == (
        f"number.exact: found Decimal('NaN'); {allowed} "
        "Leave the figure out where there is none: it is not a number."
    )
    assert str(too_long.value) == (
        f"number.exact: found {'9' * 41!r}; {allowed} "
        "Write plain ASCII digits with a point, such as '-1234.50'."
    )


@pytest.mark.parametrize("unit", ["liver transplants", "tonnes/a", "xyz"])
def test_a_unit_is_one_that_is_known(unit: str) -> None:
    with refuses("unit.known"):
        Quantity(20, unit)


@pytest.mark.parametrize("unit", ["", "t/", "x" * 101, "t\0"])
def test_a_unit_is_written_as_one(unit: str) -> None:
    with refuses("unit.grammar"):
        Quantity(20, unit)


def test_proposes_a_unit_that_is_known() -> None:
    with refuses("unit.known") as refused:
        Quantity(3000, "tonnes/a")

    assert str(refused.value) == (
        "unit.known: found 'tonnes' within 'tonnes/a'; allowed: a UCUM code, an ISO 4217 currency, "
        "or a unit of your own. Did you mean 't' or '[stone_av]' or 'St'?"
    )


@pytest.mark.parametrize("make", NAMED)
@pytest.mark.parametrize(("name", "found"), NO_NAMES.items())
def test_refuses_what_no_database_could_hold_as_a_name(
    session: Session, make: Callable[[str], object], name: str, found: str
) -> None:
    with changes_nothing(session), refuses("name.text") as refused:
        make(name)

    assert str(refused.value) == (
        f"name.text: found {found}; allowed: text of 1 to 500 characters. Give the name as people read it."
    )


@pytest.mark.parametrize("make", RENAMED)
@pytest.mark.parametrize("name", NO_NAMES)
def test_writes_no_such_name_over_another(session: Session, make: Callable[[str], Any], name: str) -> None:
    named = make("Java")
    session.add(named)

    with leaves_no_trace(session), refuses("name.text", Layer.FLUSH):
        named.name = name
        session.commit()

    assert named.name == "Java"


@pytest.mark.parametrize("make", NAMED)
@pytest.mark.parametrize("name", ODD)
def test_keeps_every_other_name_as_it_is(session: Session, make: Callable[[str], Any], name: str) -> None:
    named = make(name)
    session.add(named)
    session.commit()
    key, kind = named.id, type(named)
    session.expunge_all()

    assert session.scalars(select(kind).where(kind.name == name)).one().name == name
    assert str(session.get_one(kind, key)) == name


@pytest.mark.parametrize("name", ODD)
def test_a_name_is_text_in_an_explanation(session: Session, hospital: Hospital, name: str) -> None:
    doctor = Person(name=name, types=[hospital.doctor])
    session.add(consent(hospital, doctor))
    session.commit()
    tables = set(contents(session))

    proof = responsible(session, hospital.john, for_=doctor, as_of=MAY)

    assert proof is not None
    assert str(explain(proof)).splitlines() == [
        f"John Smith stands above {name}  [2.7: an unbroken chain of accountabilities on one day]",
        f"  {name} responsible to John Smith (patient consent) from 1997-05-01 until further notice"
        "  [recorded 1997-05-01 09:00 UTC]",
    ]
    assert set(contents(session)) == tables


@pytest.mark.parametrize("name", ODD)
def test_a_name_is_text_in_a_diagram(session: Session, hospital: Hospital, name: str) -> None:
    session.add(consent(hospital, Person(name=name, types=[hospital.doctor])))
    session.commit()

    svg = draw(network_picture(session, hospital.consent, title=name, as_of=MAY))

    drawn = ElementTree.fromstring(svg)
    assert not {"script", "img", "b"} & {each.tag.rpartition("}")[2] for each in drawn.iter()}
    assert not [attribute for each in drawn.iter() for attribute in each.attrib if attribute[:2] == "on"]
    assert name in "".join(drawn.itertext())


@pytest.mark.parametrize("name", ODD)
def test_a_name_is_text_in_a_refusal(session: Session, hospital: Hospital, name: str) -> None:
    stranger = Person(name=name, types=[hospital.patient])
    session.add(stranger)

    with changes_nothing(session), refuses("accountability.responsible-type") as refused:
        consent(hospital, stranger)

    assert f"found:   {name}, who on 1997-05-01 is patient" in refused.value.explain()


def test_every_kind_of_entity_that_has_a_name_is_looked_at_here() -> None:
    looked_at = {type(make("Java")) for make in NAMED}
    kinds = {
        mapper.class_
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("analysis_patterns.patterns.accountability")
        and "name" in mapper.columns
        and (mapper.inherits is None or Referable in mapper.class_.__bases__)
    }

    assert all(any(issubclass(each, kind) for each in looked_at) for kind in kinds)
