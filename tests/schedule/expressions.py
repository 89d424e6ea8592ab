"""Random temporal expressions and recurrences, for properties."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from analysis_patterns.patterns.schedule import (
    Dates,
    DayInMonth,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    During,
    Frequency,
    RangeEachYear,
    Recurrence,
    TemporalExpression,
    Weekday,
    WeekdayOccurrence,
)
from analysis_patterns.patterns.schedule.calendar_day import days_in_month
from analysis_patterns.patterns.time.period import Period

START = date(1996, 1, 1)
END = date(1999, 1, 1)
PERIOD = Period(START, END)

days = st.dates(START, END)
weekdays = st.sampled_from(Weekday)
ends = st.sampled_from([n for n in range(-5, 6) if n])


@st.composite
def days_of_year(draw: Any) -> DayOfYear:
    month = draw(st.integers(1, 12))
    return DayOfYear(month, draw(st.integers(1, days_in_month(2000, month))))


atoms: st.SearchStrategy[TemporalExpression] = st.one_of(
    st.builds(DayOfWeek, weekdays),
    st.builds(DayInMonth, weekdays, ends),
    st.builds(DayOfMonth, st.sampled_from([n for n in range(-31, 32) if n])),
    st.builds(RangeEachYear, days_of_year(), days_of_year()),
    st.builds(lambda end: During(Period(end=end)), st.dates(date(1996, 1, 2), END)),
    st.builds(Dates, st.frozensets(days, max_size=5)),
)

expressions: st.SearchStrategy[TemporalExpression] = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a - b, inner, inner),
    ),
    max_leaves=4,
)


def _some(values: st.SearchStrategy[int], most: int = 3) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(values, max_size=most, unique=True).map(lambda found: tuple(sorted(found)))


def _signed(longest: int) -> st.SearchStrategy[int]:
    return st.sampled_from([n for n in range(-longest, longest + 1) if n])


@st.composite
def recurrences(draw: Any, by: str = "") -> Recurrence:
    """Recurrences that tell their days as `by` says, one of `KINDS`, or in any of these ways."""
    by = by or draw(st.sampled_from(list(KINDS)))
    frequency = draw(st.sampled_from(KINDS[by]))
    ending = draw(st.sampled_from(["never", "count", "until"]))
    said = draw(_parts(frequency, by, may_never_occur=ending != "count"))
    if any(said.values()):
        said["positions"] = draw(
            st.one_of(st.just(()), _some(_signed(1 if frequency is Frequency.DAILY else 4)))
        )
    if ending == "count":
        said["count"] = draw(st.integers(1, 20))
    elif ending == "until":
        said["until"] = draw(days)
    return Recurrence(
        frequency,
        draw(st.dates(START, date(1997, 6, 30))),
        interval=draw(st.integers(1, 4)),
        week_start=draw(weekdays),
        **said,
    )


KINDS = {
    "day": list(Frequency),
    "numbered": [Frequency.MONTHLY, Frequency.YEARLY],
    "week": [Frequency.YEARLY],
    "year day": [Frequency.YEARLY],
}
"""By what a recurrence may tell its days, and how often it may then recur."""


@st.composite
def _parts(draw: Any, frequency: Frequency, by: str, *, may_never_occur: bool) -> dict[str, Any]:
    """Parts that may stand together; python-dateutil looks for what never occurs until the year 9999."""
    said: dict[str, Any] = {"months": draw(st.one_of(st.just(()), _some(st.integers(1, 12))))}
    if by == "week":
        return said | {"week_numbers": draw(_some(st.integers(1, 53), 6).filter(bool)), "months": ()}
    if by == "year day":
        return said | {"year_days": draw(_some(_signed(366), 12).filter(bool)), "months": ()}
    if may_never_occur and frequency is not Frequency.WEEKLY:
        said["month_days"] = draw(st.one_of(st.just(()), _some(_signed(31), 6)))
    # It asks for both where a rule has weekdays with and without a number; RFC 5545 for either.
    is_numbered = by == "numbered"
    numbers = _signed(5 if may_never_occur else 4) if is_numbered else st.just(0)
    weekday = st.builds(WeekdayOccurrence, st.sampled_from(["MO", "WE", "SU"]), numbers)
    return said | {"weekdays": tuple(draw(st.lists(weekday, min_size=int(is_numbered), max_size=3)))}
