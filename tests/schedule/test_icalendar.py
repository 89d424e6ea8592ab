"""8.1 Recurrences as iCalendar (RFC 5545) says them: nothing lost, nothing looped over for ever."""

from __future__ import annotations

from datetime import UTC, date, datetime
from time import perf_counter
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings

from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.schedule import (
    Dates,
    DayInMonth,
    DayOfMonth,
    DayOfWeek,
    DifferenceExpression,
    During,
    Frequency,
    RangeEachYear,
    Recurrence,
    TemporalExpression,
    UnionExpression,
    Weekday,
    WeekdayOccurrence,
    as_rruleset,
    from_icalendar,
    to_icalendar,
)
from analysis_patterns.patterns.time.period import Period

from ..covered import Covered
from ..refusals import refuses
from .expressions import KINDS, PERIOD, START, expressions, recurrences
from .test_expression import CLEANING

YEAR = Period(date(1997, 1, 1), date(1998, 1, 1))


def expected(text: str, period: Period = PERIOD) -> list[date]:
    """The days that python-dateutil finds."""
    first, last = (datetime(day.year, day.month, day.day) for day in (period.start, period.end))  # noqa: DTZ001
    found = rrulestr(text.replace("RDATE;VALUE=DATE:", "RDATE:"), forceset=True).between(
        first, last, inc=True
    )
    return [each.date() for each in found if each < last]


def test_the_cleaning_of_streets_is_written_as_a_calendar_reads_it() -> None:
    text = to_icalendar(CLEANING, date(1997, 1, 1))

    assert text.splitlines() == [
        "DTSTART;VALUE=DATE:19970407",
        "RRULE:FREQ=MONTHLY;BYMONTH=4,5,6,7,8,9,10;BYDAY=1MO",
        "RRULE:FREQ=MONTHLY;BYMONTH=4,5,6,7,8,9,10;BYDAY=3MO",
        "EXDATE;VALUE=DATE:19970526,19970901,19971006",
    ]
    assert expected(text, YEAR) == list(CLEANING.days(YEAR))
    assert list(from_icalendar(text).days(YEAR)) == list(CLEANING.days(YEAR))


def test_a_rule_means_the_days_that_dateutil_finds() -> None:
    covered = Covered()

    def check(recurrence: Recurrence) -> None:
        text = f"DTSTART;VALUE=DATE:{recurrence.start:%Y%m%d}\nRRULE:{recurrence.rule_text()}"

        found = list(recurrence.days(PERIOD))

        # It would look for what never occurs until the year 9999.
        is_endless = recurrence.count is None and recurrence.until is None
        assert found == expected(f"{text};UNTIL=19991231" if is_endless else text), text
        assert from_icalendar(text) == recurrence
        covered.case(
            some=bool(found),
            counted=recurrence.count is not None,
            by_position=bool(recurrence.positions),
            by_week=bool(recurrence.week_numbers),
            by_year_day=bool(recurrence.year_days),
            every_other=recurrence.interval > 1,
            numbered=any(each.occurrence for each in recurrence.weekdays),
        )

    # What is drawn at random may leave out one kind in sixty draws: each has draws of its own.
    for kind in KINDS:
        settings(max_examples=15, deadline=None)(given(recurrences(kind))(check))()
    covered.enough(one_in=50)


def test_what_is_written_means_the_same_days_or_is_refused_by_name() -> None:
    covered = Covered()

    @settings(max_examples=60, deadline=None)
    @given(expressions)
    def check(expression: TemporalExpression) -> None:
        found = list(expression.days(PERIOD))
        try:
            text = to_icalendar(expression, START)
        except ConstraintViolation as violation:
            refused = violation.rule.name
            text = ""
        else:
            refused = ""

        assert refused in {"", "icalendar.expressible"}
        if text:
            assert expected(text) == found, text
            assert list(from_icalendar(text).days(PERIOD)) == found, text
        covered.case(refused=not text, some=bool(text and found), several=text.count("\n") > 1)

    check()
    covered.enough()


def test_gives_the_set_of_rules_of_dateutil() -> None:
    rules = as_rruleset(DayOfWeek(Weekday.SUNDAY), date(1997, 5, 1))

    assert rules[0] == datetime(1997, 5, 4)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        (DayOfMonth(1) | (DayOfMonth(2) - DayOfMonth(3)), "a difference within a union"),
        (DayOfMonth(1) - (DayOfMonth(2) - DayOfMonth(3)), "an exception from an exception"),
        (DayOfMonth(1) & DayOfMonth(-1), "a day that is counted from the start and from the end"),
        (DayInMonth(Weekday.MONDAY, 1) & DayInMonth(Weekday.MONDAY, -1), "a weekday that is counted"),
        (DayOfMonth(30) & RangeEachYear.of_months(2, 2), "no day from 1997-05-01 on"),
        (
            DayOfWeek(Weekday.MONDAY) | (DayOfMonth(1) & During(Period(date(1998, 1, 1)))),
            "a part that begins on 1998-01-01 in a set that begins on 1997-05-05",
        ),
        (
            Recurrence(Frequency.DAILY, date(1997, 5, 1)) & DayOfMonth(1),
            "a recurrence with further conditions",
        ),
        (
            Recurrence(Frequency.DAILY, date(1997, 5, 1)) | Recurrence(Frequency.DAILY, date(1997, 6, 1)),
            "recurrences from 1997-05-01 and 1997-06-01",
        ),
        (
            Recurrence(Frequency.DAILY, date(1997, 4, 1)),
            "a recurrence from 1997-04-01, written from 1997-05-01",
        ),
    ],
)
def test_refuses_to_write_what_icalendar_cannot_say(expression: TemporalExpression, what: str) -> None:
    with refuses("icalendar.expressible") as refused:
        to_icalendar(expression, date(1997, 5, 1))

    assert what in refused.value.found


def test_refuses_to_write_hundreds_of_rules() -> None:
    seven = UnionExpression(tuple(map(DayOfWeek, Weekday)))
    thirty = UnionExpression(tuple(DayOfMonth(number) for number in range(1, 31)))

    with refuses("icalendar.expressible") as refused:
        to_icalendar(seven & thirty, START)

    assert refused.value.found.startswith("210 rules")


def test_refuses_to_write_another_librarys_expression() -> None:
    class Full(TemporalExpression):
        def includes(self, day: date) -> bool:
            return day.day == 15

    with refuses("icalendar.expressible"):
        to_icalendar(Full(), START)


def test_exceptions_are_read_as_a_difference() -> None:
    text = (
        "DTSTART;VALUE=DATE:19970501\nRRULE:FREQ=DAILY;COUNT=4\nRDATE:19970601,19970602\n"
        "EXRULE:FREQ=DAILY;INTERVAL=2;COUNT=2\nEXDATE;VALUE=DATE:19970602"
    )

    read = from_icalendar(text)

    assert isinstance(read, DifferenceExpression)
    assert list(read.days(YEAR)) == [date(1997, 5, 2), date(1997, 5, 4), date(1997, 6, 1)]
    assert list(read.days(YEAR)) == expected(text, YEAR)


def test_a_start_alone_is_one_day() -> None:
    assert from_icalendar("DTSTART;VALUE=DATE:19970501") == Dates.of([date(1997, 5, 1)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RRULE:FREQ=DAILY",
        "DTSTART:19970501\nDTSTART:19970502",
        "DTSTART:19970501T090000\nRRULE:FREQ=DAILY",
        "DTSTART;TZID=Europe/London:19970501T090000",
        "DTSTART:19970230",
        "DTSTART:19970501\nRRULE:INTERVAL=2",
        "DTSTART:19970501\nRRULE:FREQ=DAILY;FREQ=DAILY",
        "DTSTART:19970501\nRRULE:FREQ=SECONDLY",
        "DTSTART:19970501\nRRULE:FREQ=DAILY;BYHOUR=9",
        "DTSTART:19970501\nRRULE:FREQ=DAILY;COUNT=ten",
        "DTSTART:19970501\nRRULE:FREQ=DAILY;COUNT=" + "9" * 5000,
        "DTSTART:19970501\nRRULE:FREQ=DAILY;UNTIL=19970601T000000Z",
        "DTSTART:19970501\nRRULE:FREQ=MONTHLY;BYDAY=0MO",
        "DTSTART:19970501\nRRULE:FREQ=MONTHLY;BYDAY=MONDAY",
        "DTSTART:19970501\nBEGIN:VALARM",
        "DTSTART:19970501\n" + "RDATE:19970502\n" * 2000,
    ],
)
def test_refuses_text_that_is_no_recurrence_in_days(text: str) -> None:
    with refuses("icalendar.readable"):
        from_icalendar(text)


@pytest.mark.parametrize(
    "line",
    [
        "DTSTART:19970501T090000Z",
        "DTSTART;TZID=Europe/London:19970501T090000",
        "DTSTART;VALUE=DATE-TIME:19970501T090000",
        "RRULE:FREQ=DAILY;BYHOUR=9",
        "RRULE:FREQ=HOURLY",
        "RRULE:FREQ=DAILY;UNTIL=19970601T000000Z",
    ],
)
def test_says_of_a_time_of_day_that_days_alone_are_read(line: str) -> None:
    with refuses("icalendar.readable") as refused:
        from_icalendar("RDATE:19970502\n" + line)

    assert str(refused.value) == (
        f"icalendar.readable: found '{line}', which says a time of day; allowed: days alone: "
        "DTSTART;VALUE=DATE:19970407, FREQ of DAILY, WEEKLY, MONTHLY or YEARLY. Leave the time out, and keep "
        "it with what takes place on those days."
    )


@pytest.mark.parametrize(
    "said",
    [
        {"frequency": "DAILY"},
        {"frequency": Frequency.MONTHLY, "weekdays": (WeekdayOccurrence("XX"),)},
        {"frequency": Frequency.DAILY, "interval": 1.5},
        {"frequency": Frequency.DAILY, "months": (True,)},
    ],
)
def test_refuses_a_recurrence_made_of_what_no_rule_can_say(said: Any) -> None:
    with refuses("recurrence.limits"):
        Recurrence(start=START, **said)


def test_refuses_a_recurrence_until_an_instant() -> None:
    with refuses("period.days"):
        Recurrence(Frequency.DAILY, START, until=datetime(1998, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=YEARLY;INTERVAL=401",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=10001",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYMONTHDAY=32",
        "FREQ=DAILY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYYEARDAY=367",
        "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=DAILY;BYDAY=1MO",
        "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO",
        "FREQ=MONTHLY;BYWEEKNO=1",
        "FREQ=MONTHLY;BYYEARDAY=1",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYSETPOS=1",
    ],
)
def test_refuses_a_part_that_is_out_of_its_range_or_out_of_place(rule: str) -> None:
    with refuses("recurrence.limits"):
        from_icalendar(f"DTSTART:19970501\nRRULE:{rule}")


def test_refuses_a_rule_that_ends_twice() -> None:
    with refuses("recurrence.ends-once"):
        from_icalendar("DTSTART:19970501\nRRULE:FREQ=DAILY;COUNT=3;UNTIL=19970601")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=10000",
        "FREQ=YEARLY;INTERVAL=400;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=31",
    ],
)
def test_a_hostile_rule_ends(rule: str) -> None:
    started = perf_counter()

    found = from_icalendar(f"DTSTART:19970501\nRRULE:{rule}").after(date(1997, 5, 1))

    assert found is None
    assert perf_counter() - started < 30


def test_a_recurrence_says_itself_as_the_rule() -> None:
    recurrence = Recurrence(
        Frequency.MONTHLY, date(1997, 5, 1), interval=2, weekdays=(WeekdayOccurrence("FR", -1),)
    )

    assert str(recurrence) == "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR from 1997-05-01"
