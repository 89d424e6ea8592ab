"""2.9 Post: duties belong to the job, which stays while its holders change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select

from analysis_patterns.patterns import (
    Accountability,
    Appointment,
    AppointmentType,
    HierarchicAccountabilityType,
    Location,
    OperatingScope,
    OperatingScopeType,
    Organization,
    Party,
    PartyType,
    Person,
    Post,
    descendants,
    holders,
    inconsistencies,
    vacancies,
)
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.persistence import Session
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period

from ..refusals import refuses
from .records import changes_nothing, leaves_no_trace, without_guards, write_accountability

CHANGE = date(1996, 1, 1)
DAY_BEFORE = CHANGE - timedelta(days=1)
HALE = Period(date(1992, 1, 1), CHANGE)


class Surgery:
    """A transplant surgeon's post that answers to the head of surgery, and two surgeons who may hold it."""

    def __init__(self) -> None:
        self.job, self.surgeon = PartyType(name="surgical post"), PartyType(name="surgeon")
        self.appointment = AppointmentType(name="appointment", posts=[self.job], people=[self.surgeon])
        self.direction = HierarchicAccountabilityType(
            name="clinical direction", commissioners=[self.job], responsibles=[self.job]
        )
        self.head = Post(name="Head of surgery", types=[self.job])
        self.transplants = Post(name="Transplant surgeon", types=[self.job])
        self.hale, self.ito = (Person(name=name, types=[self.surgeon]) for name in ("Dr Hale", "Dr Ito"))
        self.duty = Accountability(
            type=self.direction,
            commissioner=self.head,
            responsible=self.transplants,
            period=Period(date(1990, 1, 1)),
        )

    def appoint(self, person: Person, period: Period, post: Post | None = None) -> Appointment:
        """Let a person hold a post, that of the transplant surgeon unless another is named."""
        return Appointment(type=self.appointment, post=post or self.transplants, person=person, period=period)


@pytest.fixture
def surgery(session: Session) -> Surgery:
    """The posts and the surgeons, stored; nobody is appointed yet."""
    made = Surgery()
    session.add_all([made.appointment, made.duty, made.hale, made.ito])
    session.commit()
    return made


def test_a_post_stays_while_its_holder_changes(session: Session, surgery: Surgery) -> None:
    session.add_all([surgery.appoint(surgery.hale, HALE), surgery.appoint(surgery.ito, Period(CHANGE))])
    session.commit()

    held = {day: holders(session, surgery.transplants, as_of=day) for day in (DAY_BEFORE, CHANGE)}

    assert held == {DAY_BEFORE: [surgery.hale], CHANGE: [surgery.ito]}
    assert session.scalars(select(Post).order_by(Post.name)).all() == [surgery.head, surgery.transplants]


def test_what_the_post_answers_for_does_not_change_with_its_holder(
    session: Session, surgery: Surgery
) -> None:
    london = Location(name="south-east London")
    operations = OperatingScopeType(name="yearly operations", accountability_types=[surgery.direction])
    scope = OperatingScope(accountability=surgery.duty, type=operations, location=london)
    first = surgery.appoint(surgery.hale, HALE)
    session.add_all([scope, first])
    session.commit()

    first.ended(date(1995, 1, 1))
    session.add(surgery.appoint(surgery.ito, Period(CHANGE)))
    session.commit()
    session.expire_all()

    now = session.instant(None)
    for day in (date(1994, 1, 1), date(1995, 6, 1), CHANGE):
        assert session.scalars(select(OperatingScope).where(OperatingScope.holds(day, now))).all() == [scope]
    assert scope.accountability is surgery.duty
    assert scope.accountability.responsible is surgery.transplants


def test_an_appointment_is_an_accountability_of_the_person_to_the_post(surgery: Surgery) -> None:
    appointment = surgery.appoint(surgery.hale, HALE)

    assert (appointment.post, appointment.person) == (surgery.transplants, surgery.hale)
    assert (appointment.commissioner, appointment.responsible) == (surgery.transplants, surgery.hale)
    assert str(appointment) == (
        "Dr Hale responsible to Transplant surgeon (appointment) from 1992-01-01 until 1996-01-01"
    )


def test_an_appointment_comes_back_as_one(session: Session, surgery: Surgery) -> None:
    session.add(surgery.appoint(surgery.hale, HALE))
    session.commit()
    session.expunge_all()

    kept = session.scalars(select(Appointment)).one()

    assert (kept.post.name, kept.person.name, kept.period) == ("Transplant surgeon", "Dr Hale", HALE)


def test_nobody_holds_a_vacant_post(session: Session, surgery: Surgery) -> None:
    session.add(surgery.appoint(surgery.hale, HALE))
    session.commit()

    assert holders(session, surgery.transplants, as_of=CHANGE) == []
    assert vacancies(session, as_of=DAY_BEFORE) == [surgery.head]
    assert vacancies(session, as_of=CHANGE) == [surgery.head, surgery.transplants]


def test_asks_about_today_unless_a_day_is_given(
    session: Session, clock: FixedClock, surgery: Surgery
) -> None:
    session.add(surgery.appoint(surgery.hale, Period(clock.today(), clock.today() + timedelta(days=1))))
    session.commit()

    assert holders(session, surgery.transplants) == [surgery.hale]
    assert vacancies(session) == [surgery.head]

    clock.advance(timedelta(days=1))

    assert holders(session, surgery.transplants) == []
    assert vacancies(session) == [surgery.head, surgery.transplants]


def test_tells_who_was_believed_to_hold_a_post(session: Session, clock: FixedClock, surgery: Surgery) -> None:
    appointment = surgery.appoint(surgery.hale, Period(HALE.start))
    session.add(appointment)
    session.commit()
    before = clock.now()
    clock.advance(timedelta(days=1))

    appointment.ended(CHANGE)
    session.add(surgery.appoint(surgery.ito, Period(CHANGE)))
    session.commit()

    post = surgery.transplants
    assert holders(session, post, as_of=CHANGE) == [surgery.ito]
    assert holders(session, post, as_of=CHANGE, known_at=before) == [surgery.hale]
    assert holders(session, post, as_of=CHANGE, known_at=before - timedelta(seconds=1)) == []


def test_tells_which_posts_were_believed_to_be_vacant(
    session: Session, clock: FixedClock, surgery: Surgery
) -> None:
    before = clock.now()
    clock.advance(timedelta(days=1))
    session.add(surgery.appoint(surgery.hale, HALE))
    session.commit()

    assert vacancies(session, as_of=DAY_BEFORE) == [surgery.head]
    assert vacancies(session, as_of=DAY_BEFORE, known_at=before) == [surgery.head, surgery.transplants]


def test_finds_the_vacancies_below_a_post(session: Session, surgery: Surgery) -> None:
    elsewhere = Post(name="Anaesthetist", types=[surgery.job])
    session.add(elsewhere)
    session.commit()
    below = descendants(surgery.direction, surgery.head.id, as_of=CHANGE, known_at=session.instant(None))

    assert vacancies(session, as_of=CHANGE) == [elsewhere, surgery.head, surgery.transplants]
    assert vacancies(session, as_of=CHANGE, among=below) == [surgery.transplants]

    session.add(surgery.appoint(surgery.ito, Period(CHANGE)))
    session.commit()

    assert vacancies(session, as_of=CHANGE, among=below) == []


def test_being_responsible_for_a_post_otherwise_is_not_to_hold_it(session: Session, surgery: Surgery) -> None:
    assert surgery.duty.responsible is surgery.transplants

    assert holders(session, surgery.head, as_of=CHANGE) == []
    assert surgery.transplants in vacancies(session, as_of=CHANGE)


@pytest.mark.parametrize("ask", [holders, lambda s, _, **k: vacancies(s, **k)])
def test_refuses_a_question_as_of_an_unclear_moment(
    session: Session, surgery: Surgery, ask: Callable[..., Any]
) -> None:
    with refuses("time.aware"):
        ask(session, surgery.transplants, known_at=datetime(1997, 5, 1))  # noqa: DTZ001
    with refuses("period.days"):
        ask(session, surgery.transplants, as_of=session.clock.now())


def test_the_constructor_refuses_a_person_where_the_post_should_be(
    session: Session, surgery: Surgery
) -> None:
    post: Any = surgery.hale
    person: Any = surgery.transplants

    with changes_nothing(session), refuses("appointment.post-and-person") as refused:
        Appointment(type=surgery.appointment, post=post, person=person)

    assert str(refused.value) == (
        "appointment.post-and-person: found Person Dr Hale where 'appointment' wants a Post; "
        "allowed: a post and a person. Appoint with post= and person=, not the other way round."
    )


@pytest.mark.parametrize("kind", [Organization, Post, Party])
def test_only_people_are_appointed_whatever_their_types(
    session: Session, surgery: Surgery, kind: type[Party]
) -> None:
    other: Any = kind(name="Dr Hale and partners", types=[surgery.surgeon])
    session.add(other)

    with changes_nothing(session), refuses("appointment.post-and-person"):
        surgery.appoint(other, HALE)


def test_a_plain_accountability_is_no_way_around_the_rule(session: Session, surgery: Surgery) -> None:
    firm = Organization(name="Surgeons Ltd", types=[surgery.surgeon])
    session.add(firm)

    with changes_nothing(session), refuses("appointment.post-and-person"):
        Accountability(type=surgery.appointment, commissioner=surgery.transplants, responsible=firm)


def test_the_flush_refuses_an_appointment_that_changed_after_it_was_made(
    session: Session, surgery: Surgery
) -> None:
    firm = Organization(name="Surgeons Ltd", types=[surgery.surgeon])
    session.add(firm)

    with leaves_no_trace(session), refuses("appointment.post-and-person", Layer.FLUSH):
        appointment = surgery.appoint(surgery.hale, HALE)
        session.add(appointment)
        appointment.responsible = firm
        session.commit()


def test_an_appointment_of_no_person_that_came_from_elsewhere_is_found(
    session: Session, surgery: Surgery
) -> None:
    firm = Organization(name="Surgeons Ltd", types=[surgery.surgeon])
    session.add(firm)
    session.commit()

    key = write_accountability(
        session,
        type=surgery.appointment,
        commissioner=surgery.transplants,
        responsible=firm,
        kind="appointment",
    )

    (found,) = inconsistencies(session)
    assert found.rule.name == "appointment.post-and-person"
    assert inspect(found.objects[0]).identity == (key,)


def test_the_flush_refuses_a_second_holder_at_the_same_time(session: Session, surgery: Surgery) -> None:
    session.add(surgery.appoint(surgery.hale, HALE))

    with (
        leaves_no_trace(session),
        refuses("accountability.single-responsible", Layer.FLUSH) as refused,
    ):
        session.add(surgery.appoint(surgery.ito, Period(DAY_BEFORE)))
        session.commit()

    assert str(refused.value) == (
        "accountability.single-responsible: found "
        "Dr Ito responsible to Transplant surgeon (appointment) from 1995-12-31 until further notice, beside "
        "Dr Hale responsible to Transplant surgeon (appointment) from 1992-01-01 until 1996-01-01; "
        "allowed: one at a time. End the other one first, or choose a period that does not overlap it."
    )


def test_the_flush_refuses_two_holders_who_come_together(session: Session, surgery: Surgery) -> None:
    with leaves_no_trace(session), refuses("accountability.single-responsible", Layer.FLUSH):
        session.add_all([surgery.appoint(surgery.hale, HALE), surgery.appoint(surgery.ito, HALE)])
        session.commit()


def test_the_database_refuses_a_second_holder_at_the_same_time(
    session: Session, surgery: Surgery, layer: Layer
) -> None:
    session.add(surgery.appoint(surgery.hale, HALE))

    with leaves_no_trace(session), refuses("accountability.single-responsible", layer):
        write_accountability(
            session,
            type=surgery.appointment,
            commissioner=surgery.transplants,
            responsible=surgery.ito,
            period=Period(DAY_BEFORE),
            kind="appointment",
        )


def test_a_holder_that_came_beside_another_from_elsewhere_is_found(
    session: Session, surgery: Surgery
) -> None:
    first = surgery.appoint(surgery.hale, HALE)
    session.add(first)
    without_guards(session)

    second = write_accountability(
        session,
        type=surgery.appointment,
        commissioner=surgery.transplants,
        responsible=surgery.ito,
        period=Period(DAY_BEFORE),
        kind="appointment",
    )

    found = list(inconsistencies(session))
    assert {each.rule.name for each in found} == {"accountability.single-responsible"}
    assert {inspect(each.objects[0]).identity for each in found} == {(first.version,), (second,)}


def test_a_post_that_is_shared_has_several_holders(session: Session, surgery: Surgery) -> None:
    shared = AppointmentType(name="job share", posts=[surgery.job], people=[surgery.surgeon], shared=True)
    for person in (surgery.ito, surgery.hale):
        session.add(Appointment(type=shared, post=surgery.transplants, person=person, period=HALE))
    session.commit()

    assert holders(session, surgery.transplants, as_of=DAY_BEFORE) == [surgery.hale, surgery.ito]


def test_one_person_may_hold_two_posts(session: Session, surgery: Surgery) -> None:
    for post in (surgery.head, surgery.transplants):
        session.add(surgery.appoint(surgery.hale, HALE, post))
    session.commit()

    assert vacancies(session, as_of=DAY_BEFORE) == []


def test_who_comes_back_holds_the_post_again(session: Session, surgery: Surgery) -> None:
    session.add_all([surgery.appoint(surgery.hale, HALE), surgery.appoint(surgery.hale, Period(CHANGE))])
    session.commit()

    assert holders(session, surgery.transplants, as_of=CHANGE) == [surgery.hale]
