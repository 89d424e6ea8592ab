"""8.1 Schedules: the events of a thing, when they recur, and what was believed of them (Recurring Events)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import literal_column, select, text, type_coerce

from analysis_patterns.patterns import Organization, Session
from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.schedule import (
    DayInMonth,
    DayOfWeek,
    Schedule,
    TemporalExpression,
    Weekday,
)
from analysis_patterns.patterns.schedule.schedule import ExpressionText
from analysis_patterns.patterns.time.clock import FixedClock
from analysis_patterns.patterns.time.period import Period

from ..refusals import refuses
from .test_expression import CLEANING

YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))
COLLECTION = DayOfWeek(Weekday.FRIDAY)


@pytest.fixture
def street(session: Session) -> Schedule:
    """The schedule of a street that is cleaned, and whose waste is collected, stored."""
    made = Schedule(name="Franklin Street")
    made.add("street cleaning", CLEANING)
    made.add("waste collection", COLLECTION)
    session.add(made)
    session.commit()
    return made


def test_a_schedule_tells_the_events_of_a_thing(session: Session, street: Schedule) -> None:
    session.expunge_all()

    kept = session.scalars(select(Schedule)).one()

    assert kept.occurrences("street cleaning", YEAR) == list(CLEANING.days(YEAR))
    assert [element.expression for element in kept.elements] == [CLEANING, COLLECTION]
    assert kept.is_occurring("street cleaning", date(1997, 5, 5))
    assert not kept.is_occurring("street cleaning", date(1997, 5, 9))
    assert kept.is_occurring("waste collection", date(1997, 5, 9))
    assert kept.next_occurrence("street cleaning", date(1997, 10, 20)) == date(1998, 4, 6)
    assert kept.previous_occurrence("street cleaning", date(1997, 4, 7)) == date(1996, 10, 21)
    assert str(kept) == "Franklin Street"


def test_an_event_that_is_not_on_the_schedule_never_occurs(street: Schedule) -> None:
    assert street.occurrences("parade", YEAR) == []
    assert street.next_occurrence("parade", date(1997, 1, 1)) is None


def test_a_schedule_may_be_about_any_thing(session: Session) -> None:
    city = Organization(name="City of Boston")
    schedule = Schedule(name="Council", about=city)
    schedule.add("sitting", DayInMonth(Weekday.TUESDAY, 1))
    session.add_all([city, schedule])
    session.commit()

    assert session.scalars(select(Schedule).filter_by(thing_id=city.id)).one() is schedule


def test_an_event_may_move_to_other_days_from_one_day_on(session: Session, street: Schedule) -> None:
    (element,) = (each for each in street.elements if each.event == "waste collection")
    change = date(1997, 6, 1)

    element.ended(change)
    street.add("waste collection", DayOfWeek(Weekday.MONDAY), Period(change))
    session.commit()
    session.expire_all()

    turn = Period(date(1997, 5, 20), date(1997, 6, 10))
    assert street.occurrences("waste collection", turn) == [
        date(1997, 5, 23), date(1997, 5, 30), date(1997, 6, 2), date(1997, 6, 9)
    ]  # fmt: skip


def test_tells_what_was_believed_of_an_event(session: Session, clock: FixedClock, street: Schedule) -> None:
    (element,) = (each for each in street.elements if each.event == "waste collection")
    before = clock.now()
    clock.advance(timedelta(days=1))

    corrected = element.restated(expression=DayOfWeek(Weekday.THURSDAY))
    session.commit()

    friday = date(1997, 5, 9)
    assert street.is_occurring("waste collection", friday, known_at=before)
    assert not street.is_occurring("waste collection", friday)
    assert str(corrected) == "waste collection every Thursday from the beginning until further notice"


@pytest.mark.parametrize("name", ["", " ", "x\0"])
def test_refuses_a_schedule_or_an_event_without_a_name(name: str) -> None:
    schedule = Schedule(name="Franklin Street")

    with refuses("name.text"):
        Schedule(name=name)
    with refuses("name.text"):
        schedule.add(name, COLLECTION)
    assert schedule.elements == []


def test_the_flush_refuses_a_name_that_became_blank(session: Session) -> None:
    schedule = Schedule(name="Franklin Street")
    element = schedule.add("waste collection", COLLECTION)
    session.add(schedule)

    element.event = ""
    with refuses("name.text", Layer.FLUSH):
        session.flush()

    element.event, schedule.name = "waste collection", ""
    with refuses("name.text", Layer.FLUSH):
        session.flush()


def test_refuses_an_expression_that_cannot_be_stored() -> None:
    class Full(TemporalExpression):
        def includes(self, day: date) -> bool:
            return day.day == 15

    schedule = Schedule(name="Moon")

    with refuses("temporal-expression.readable"):
        schedule.add("full moon", Full())
    assert schedule.elements == []


def test_the_flush_refuses_to_overwrite_an_element(session: Session, street: Schedule) -> None:
    street.elements[0].expression = COLLECTION

    with refuses("history.append-only", Layer.FLUSH):
        session.commit()


def test_the_database_refuses_to_overwrite_an_element(
    session: Session, street: Schedule, layer: Layer
) -> None:
    with refuses("history.append-only", layer):
        session.execute(text("UPDATE patterns_schedule_element SET event = 'parade'"))


def test_a_stored_text_that_is_no_expression_is_told_by_name(session: Session) -> None:
    stored = type_coerce(literal_column('\'{"kind": "every_monday"}\''), ExpressionText)

    with refuses("temporal-expression.readable"):
        session.execute(select(stored)).all()
