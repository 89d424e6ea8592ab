"""4.3, 3.8: a period is a range of days, half-open; whatever it tells agrees with the days it holds."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.document import Document
from analysis_patterns.patterns.time.instant import BEGINNING, FOREVER
from analysis_patterns.patterns.time.period import ALWAYS, Period, merged
from analysis_patterns.patterns.values.range import Range
from tests.covered import Covered
from tests.refusals import refuses

JANUARY = Period(date(1995, 1, 1), date(1995, 2, 1))
FEBRUARY = Period(date(1995, 2, 1), date(1995, 3, 1))
MARCH = Period(date(1995, 3, 1), date(1995, 4, 1))
WINTER = Period(date(1994, 12, 1), date(1995, 3, 1))

FIRST = date(1995, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(12)]


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, end = sorted(draw(st.lists(st.integers(0, 11), min_size=2, max_size=2, unique=True)))
    return Period(DAYS[start], DAYS[end])


def days(period: Period | None) -> set[date]:
    """The model of a period: the days in it."""
    return set() if period is None else {day for day in DAYS if period.start <= day < period.end}


class Booking(Document):
    """A document that holds a period."""

    period: Period = ALWAYS


def test_a_period_includes_its_start_and_not_its_end() -> None:
    assert JANUARY.includes(date(1995, 1, 1))
    assert JANUARY.includes(date(1995, 1, 31))
    assert not JANUARY.includes(date(1995, 2, 1))
    assert not JANUARY.includes(date(1994, 12, 31))


def test_a_period_without_bounds_includes_every_day() -> None:
    assert ALWAYS.includes(BEGINNING)
    assert ALWAYS.includes(FOREVER - timedelta(days=1))


@pytest.mark.parametrize("end", [date(1995, 1, 1), date(1994, 12, 31)])
def test_refuses_to_end_on_or_before_its_start(end: date) -> None:
    with refuses("period.order", Layer.CONSTRUCTOR) as refused:
        Period(date(1995, 1, 1), end)

    assert str(refused.value) == (
        f"period.order: found a period from 1995-01-01 to {end}; "
        "allowed: an end after the start; the end is not included. "
        "Swap the days, or end the period a day later."
    )


@pytest.mark.parametrize("bound", [datetime(1995, 1, 1, tzinfo=UTC), "1995-01-01", None, 19950101])
def test_refuses_bounds_that_are_not_days(bound: object) -> None:
    with refuses("period.days", Layer.CONSTRUCTOR):
        Period(bound, FOREVER)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with refuses("period.days", Layer.CONSTRUCTOR):
        Period(BEGINNING, bound)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_refuses_to_be_asked_about_an_instant() -> None:
    with refuses("period.days", Layer.CONSTRUCTOR) as refused:
        JANUARY.includes(datetime(1995, 1, 1, tzinfo=UTC))

    assert str(refused.value) == (
        "period.days: found datetime.datetime(1995, 1, 1, 0, 0, tzinfo=datetime.timezone.utc); "
        "allowed: a date. Give the day: datetime.date(...), or instant.date() in the zone you mean."
    )


def test_neighbours_abut_and_do_not_overlap() -> None:
    assert JANUARY.abuts(FEBRUARY)
    assert FEBRUARY.abuts(JANUARY)
    assert not JANUARY.overlaps(FEBRUARY)
    assert JANUARY.gap(FEBRUARY) is None


def test_tells_the_gap_between_two() -> None:
    assert JANUARY.gap(MARCH) == MARCH.gap(JANUARY) == FEBRUARY


def test_a_period_is_covered_by_others_that_leave_no_gap() -> None:
    assert WINTER.covered_by([FEBRUARY, Period(date(1994, 1, 1), date(1995, 2, 1))])
    assert not WINTER.covered_by([FEBRUARY, JANUARY])
    assert WINTER.first_day_outside([JANUARY]) == date(1994, 12, 1)
    assert WINTER.first_day_outside([Period(end=date(1995, 1, 15))]) == date(1995, 1, 15)


def test_ending_cuts_a_period_short() -> None:
    ended = WINTER.ending(date(1995, 2, 1))

    assert ended == Period(date(1994, 12, 1), date(1995, 2, 1))


def test_ending_an_open_period_gives_it_an_end() -> None:
    assert Period(FIRST).ending(date(1996, 1, 1)) == Period(FIRST, date(1996, 1, 1))


def test_ending_where_it_ends_already_changes_nothing() -> None:
    assert JANUARY.ending(date(1995, 2, 1)) == JANUARY


@pytest.mark.parametrize("day", [date(1995, 1, 1), date(1994, 1, 1), date(1995, 2, 2)])
def test_refuses_to_end_outside_the_period(day: date) -> None:
    with refuses("period.ending", Layer.CONSTRUCTOR) as refused:
        JANUARY.ending(day)

    assert str(refused.value) == (
        f"period.ending: found an end on {day} of the period 1995-01-01 until 1995-02-01; "
        "allowed: a day after the start and not after the end. "
        "End it on a day inside its period; what never held is rejected, not ended."
    )


def test_becomes_a_range_without_the_sentinels() -> None:
    assert JANUARY.as_range() == Range(date(1995, 1, 1), date(1995, 2, 1))
    assert ALWAYS.as_range() == Range(None, None)


def test_reads_as_words() -> None:
    assert str(JANUARY) == "1995-01-01 until 1995-02-01"
    assert str(ALWAYS) == "the beginning until further notice"


def test_whatever_two_periods_tell_agrees_with_the_days_in_them() -> None:
    every = [Period(start, end) for start, end in combinations(DAYS, 2)]

    for one, other in product(every, repeat=2):
        mine, theirs = days(one), days(other)
        between = {day for day in DAYS if max(mine) < day < min(theirs) or max(theirs) < day < min(mine)}

        assert one.overlaps(other) == bool(mine & theirs)
        assert one.includes_period(other) == (mine >= theirs)
        assert one.abuts(other) == (not mine & theirs and not between)
        assert days(one.intersection(other)) == mine & theirs
        assert days(one.gap(other)) == between
        assert set().union(*map(days, one.minus(other))) == mine - theirs
        assert all(one.includes(day) == (day in mine) for day in DAYS)


def test_periods_together_cover_the_days_that_are_in_any_of_them() -> None:
    covered = Covered()

    @settings(max_examples=300, derandomize=True, deadline=None)
    @given(periods(), st.lists(periods(), max_size=4))
    def holds(one: Period, others: list[Period]) -> None:
        theirs = set().union(*map(days, others))
        missing = sorted(days(one) - theirs)
        together = merged(others)
        covered.case(
            none=not others,
            all_covered=not missing,
            none_covered=set(missing) == days(one),
            fewer=len(together) < len(others),
            several=len(together) > 1,
        )

        assert set().union(*map(days, together)) == theirs
        assert all(before.end < after.start for before, after in pairwise(together))
        assert one.first_day_outside(others) == (missing[0] if missing else None)
        assert one.covered_by(others) == (not missing)

    holds()

    covered.enough()


def test_a_document_writes_the_days_in_iso_and_leaves_out_what_is_open() -> None:
    assert Booking(period=JANUARY).model_dump_json() == '{"period":{"start":"1995-01-01","end":"1995-02-01"}}'
    assert Booking(period=Period(FIRST)).model_dump_json() == '{"period":{"start":"1995-01-01"}}'
    assert Booking().model_dump_json() == '{"period":{}}'


@pytest.mark.parametrize("period", [JANUARY, Period(FIRST), Period(end=FIRST), ALWAYS])
def test_a_document_reads_what_it_wrote(period: Period) -> None:
    booking = Booking(period=period)

    assert Booking.model_validate_json(booking.model_dump_json()) == booking
    assert Booking.model_validate(booking.model_dump()) == booking


def test_a_document_keeps_the_name_of_the_rule_that_was_broken() -> None:
    with pytest.raises(ValidationError) as raised:
        Booking.model_validate_json('{"period": {"start": "1995-02-01", "end": "1995-01-01"}}')

    (error,) = raised.value.errors()
    assert error["type"] == "period.order"
    assert error["loc"] == ("period",)
    assert error["msg"].startswith(
        "period.order: found a period from 1995-02-01 to 1995-01-01; allowed: an end"
    )


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ('{"start": "1995"}', ("period", "start")),
        ('{"start": "1 Jan 1995"}', ("period", "start")),
        ('{"start": 86400}', ("period", "start")),
        ('{"end": null}', ("period", "end")),
        ('{"until": "1995-01-01"}', ("period", "until")),
        ('"1995-01-01"', ("period",)),
    ],
)
def test_a_document_refuses_what_is_not_two_days(written: str, where: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as raised:
        Booking.model_validate_json(f'{{"period": {written}}}')

    assert [error["loc"] for error in raised.value.errors()] == [where]


def test_a_document_says_in_its_json_schema_how_a_period_is_written() -> None:
    schema = Booking.model_json_schema()["properties"]["period"]

    assert schema["additionalProperties"] is False
    assert {name: (day["type"], day["format"]) for name, day in schema["properties"].items()} == {
        "start": ("string", "date"),
        "end": ("string", "date"),
    }


def test_counting_days_does_not_load_pydantic() -> None:
    program = "import sys, analysis_patterns.patterns.time; sys.exit('pydantic' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
