"""8.1 Temporal expressions: which days recur, and what their sets have in common (Recurring Events)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from analysis_patterns.patterns import AnalysisPatternsError
from analysis_patterns.patterns.schedule import (
    Dates,
    DayInMonth,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    DifferenceExpression,
    During,
    IntersectionExpression,
    RangeEachYear,
    TemporalExpression,
    UnionExpression,
    Weekday,
)
from analysis_patterns.patterns.time.period import ALWAYS, Period

from ..covered import Covered
from ..refusals import refuses
from .expressions import END, PERIOD, START, days, expressions

MONDAYS = DayInMonth(Weekday.MONDAY, 1) | DayInMonth(Weekday.MONDAY, 3)
SUMMER = RangeEachYear.of_months(4, 10)
HOLIDAYS = Dates.of([date(1997, 5, 26), date(1997, 9, 1), date(1997, 10, 6)])
CLEANING = (MONDAYS & SUMMER) - HOLIDAYS


def test_the_street_is_cleaned_on_first_and_third_mondays_of_summer_except_on_holidays() -> None:
    cleaned = list(CLEANING.days(Period(date(1997, 1, 1), date(1998, 1, 1))))

    assert cleaned == [
        date(1997, month, day)
        for month, day in (
            (4, 7), (4, 21), (5, 5), (5, 19), (6, 2), (6, 16), (7, 7), (7, 21), (8, 4), (8, 18), (9, 15),
            (10, 20),
        )
    ]  # fmt: skip


def test_the_next_and_the_previous_day_are_found_over_the_winter() -> None:
    assert CLEANING.after(date(1996, 10, 21)) == date(1997, 4, 7)
    assert CLEANING.before(date(1997, 4, 7)) == date(1996, 10, 21)


@pytest.mark.parametrize(
    ("occurrence", "day"),
    [(1, 2), (2, 9), (4, 23), (5, 30), (-1, 30), (-2, 23), (-5, 2)],
)
def test_a_weekday_is_counted_from_either_end_of_the_month(occurrence: int, day: int) -> None:
    june = Period(date(1997, 6, 1), date(1997, 7, 1))

    assert list(DayInMonth(Weekday.MONDAY, occurrence).days(june)) == [date(1997, 6, day)]


def test_a_month_with_four_mondays_has_no_fifth() -> None:
    july = Period(date(1997, 7, 1), date(1997, 8, 1))

    assert list(DayInMonth(Weekday.MONDAY, 5).days(july)) == []


def test_a_season_may_run_over_new_year() -> None:
    winter = RangeEachYear(DayOfYear(11, 15), DayOfYear(2, 29))

    included = [
        winter.includes(date(1996, 11, 14)),
        winter.includes(date(1996, 11, 15)),
        winter.includes(date(1996, 2, 29)),
        winter.includes(date(1997, 3, 1)),
    ]

    assert included == [False, True, True, False]


def test_the_last_day_of_a_month_is_the_29th_in_a_leap_years_february() -> None:
    last = DayOfMonth(-1)

    assert last.first(3, Period(date(1996, 2, 1), date(1996, 5, 1))) == (
        date(1996, 2, 29),
        date(1996, 3, 31),
        date(1996, 4, 30),
    )


def test_says_in_words_which_days_it_means() -> None:
    assert str(CLEANING) == (
        "((the first Monday of each month or the third Monday of each month) and 1 April to 31 October) "
        "except on 1997-05-26, 1997-09-01, 1997-10-06"
    )
    assert str(DayInMonth(Weekday.FRIDAY, -2)) == "the second last Friday of each month"
    assert str(DayOfWeek(Weekday.SUNDAY) | DayOfMonth(3)) == "every Sunday or day 3 of each month"
    assert str(During(Period(START))) == "from 1996-01-01 until further notice"
    assert str(Dates(frozenset())) == "on no day"


def test_what_never_recurs_is_not_looked_for_without_end() -> None:
    never = DayOfMonth(30) & RangeEachYear.of_months(2, 2)

    assert never.after(START) is None
    assert never.before(START) is None


def test_the_ends_of_the_calendar_are_ends() -> None:
    always = During(ALWAYS)

    assert always.after(date.max) is None
    assert always.before(date.min) is None
    assert always.after(date.max - timedelta(days=2)) == date.max - timedelta(days=1)


@given(expressions, expressions, days)
def test_sets_of_days_are_sets(one: TemporalExpression, other: TemporalExpression, day: date) -> None:
    in_one, in_other = one.includes(day), other.includes(day)

    assert (one | other).includes(day) == (in_one or in_other)
    assert (one & other).includes(day) == (in_one and in_other)
    assert (one - other).includes(day) == (in_one and not in_other)


def test_the_next_day_is_the_first_of_the_days_that_follow() -> None:
    covered = Covered()

    @given(expressions, days)
    def check(expression: TemporalExpression, day: date) -> None:
        following = [each for each in expression.days(PERIOD) if each > day]
        earlier = [each for each in expression.days(PERIOD) if each < day]

        if following:
            assert expression.after(day) == following[0]
        if earlier:
            assert expression.before(day) == earlier[-1]
        covered.case(some_later=bool(following), some_earlier=bool(earlier), none=not (following or earlier))

    check()
    covered.enough()


def test_equal_expressions_are_equal_and_can_be_counted() -> None:
    assert len({DayOfWeek(Weekday.MONDAY), DayOfWeek(Weekday.MONDAY), DayOfMonth(1)}) == 2
    assert Weekday.of(date(1997, 5, 1)) is Weekday.THURSDAY


@pytest.mark.parametrize("period", [ALWAYS, Period(START), Period(end=END)])
def test_refuses_to_list_days_without_end(period: Period) -> None:
    with refuses("temporal-expression.bounded"):
        list(DayOfMonth(1).days(period))


@pytest.mark.parametrize("make", [DayOfWeek, lambda weekday: DayInMonth(weekday, 1)])
def test_refuses_a_weekday_that_would_be_no_day_at_all(make: Any) -> None:
    with refuses("day-of-week.weekday") as refused:
        make("MO")

    assert refused.value.found == "'MO'"


@pytest.mark.parametrize("occurrence", [0, 6, -6, 1.0, True])
def test_refuses_a_weekday_that_no_month_has(occurrence: Any) -> None:
    with refuses("day-in-month.occurrence"):
        DayInMonth(Weekday.MONDAY, occurrence)


@pytest.mark.parametrize("number", [0, 32, -32, 1.5, True])
def test_refuses_a_day_that_no_month_has(number: Any) -> None:
    with refuses("day-of-month.day"):
        DayOfMonth(number)


@pytest.mark.parametrize(("month", "day"), [(0, 1), (13, 1), (2, 30), (4, 31), (4, 0), (1, 1.5)])
def test_refuses_a_day_that_no_year_has(month: Any, day: Any) -> None:
    with refuses("range-each-year.days"):
        DayOfYear(month, day)
    assert DayOfYear(2, 29) < DayOfYear(3, 1)


@pytest.mark.parametrize("months", [(0, 3), (3, 13)])
def test_refuses_a_season_of_months_that_there_are_not(months: tuple[int, int]) -> None:
    with refuses("range-each-year.days"):
        RangeEachYear.of_months(*months)


@pytest.mark.parametrize("kind", [UnionExpression, IntersectionExpression])
def test_refuses_a_set_of_nothing(kind: type[Any]) -> None:
    with refuses("temporal-expression.parts"):
        kind(())


def test_refuses_parts_that_are_no_expressions() -> None:
    wrong: Any = "Mondays"

    with pytest.raises(AnalysisPatternsError, match="'Mondays' is no temporal expression"):
        DifferenceExpression(DayOfMonth(1), wrong)


def test_refuses_an_instant_where_a_day_is_asked() -> None:
    for expression in (CLEANING, DayOfMonth(1), SUMMER, HOLIDAYS, During(), DayOfWeek(Weekday.MONDAY)):
        with refuses("period.days"):
            expression.includes(datetime(1997, 5, 1, tzinfo=UTC))
    with refuses("period.days"):
        Dates.of([datetime(1997, 5, 1, tzinfo=UTC)])
