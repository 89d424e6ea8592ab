"""4.3, 3.8: an interval is a range of instants, half-open; whatever it tells agrees with the hours in it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from analysis_patterns.patterns.document import Document
from analysis_patterns.patterns.time.instant import SINCE_EVER, UNTIL_CHANGED
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.values.range import Range
from tests.covered import Covered
from tests.refusals import refuses

NINE = datetime(1997, 7, 1, 9, tzinfo=UTC)
HOURS = [NINE + timedelta(hours=n) for n in range(12)]
NOON = HOURS[3]
MORNING = Interval(NINE, NOON)


class Booking(Document):
    """A document that holds an interval."""

    interval: Interval = Interval()


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    start, end = sorted(draw(st.lists(st.integers(0, 11), min_size=2, max_size=2, unique=True)))
    return Interval(HOURS[start], HOURS[end])


def hours(interval: Interval | None) -> set[datetime]:
    """The model of an interval: the hours that begin in it."""
    return set() if interval is None else {hour for hour in HOURS if interval.start <= hour < interval.end}


def test_includes_its_start_and_not_its_end() -> None:
    assert MORNING.includes(NINE)
    assert MORNING.includes(NOON - timedelta(microseconds=1))
    assert not MORNING.includes(NOON)
    assert not MORNING.includes(NINE - timedelta(microseconds=1))


def test_is_the_same_interval_in_whichever_zone_it_is_written() -> None:
    in_boston = timezone(timedelta(hours=-5))

    assert Interval(NINE.astimezone(in_boston), NOON) == MORNING
    assert hash(Interval(NINE.astimezone(in_boston), NOON)) == hash(MORNING)


@pytest.mark.parametrize("end", [NINE, NINE - timedelta(microseconds=1)])
def test_refuses_to_end_at_or_before_its_start(end: datetime) -> None:
    with refuses("interval.order") as refused:
        Interval(NINE, end)

    assert str(refused.value) == (
        f"interval.order: found an interval from {NINE.isoformat()} to {end.isoformat()}; "
        "allowed: an end after the start; the end is not included. "
        "Swap the instants, or end the interval later."
    )


def test_refuses_instants_that_do_not_say_their_zone() -> None:
    naive = datetime(1997, 7, 1, 9)  # noqa: DTZ001

    with refuses("time.aware"):
        Interval(naive, NOON)
    with refuses("time.aware"):
        Interval(NINE, naive + timedelta(hours=1))
    with refuses("time.aware"):
        MORNING.includes(naive)


def test_lasts_as_long_as_the_clock_goes_on() -> None:
    assert MORNING.duration == timedelta(hours=3)


@pytest.mark.parametrize("unbounded", [Interval(NINE), Interval(end=NINE), Interval()])
def test_has_no_length_without_a_start_and_an_end(unbounded: Interval) -> None:
    with refuses("interval.bounded") as refused:
        _ = unbounded.duration

    assert refused.value.found == f"the interval {unbounded}"


def test_is_cut_short_at_an_instant_within_it() -> None:
    assert Interval(NINE).ending(NOON) == MORNING
    assert MORNING.ending(NOON) == MORNING


@pytest.mark.parametrize("instant", [NINE, NOON + timedelta(microseconds=1)])
def test_is_never_made_longer_by_ending(instant: datetime) -> None:
    with refuses("interval.ending"):
        MORNING.ending(instant)


def test_says_what_it_is() -> None:
    assert str(MORNING) == "1997-07-01 09:00 until 1997-07-01 12:00 UTC"
    assert str(Interval(NINE)) == "1997-07-01 09:00 until further notice UTC"
    assert str(Interval(end=NOON)) == "ever until 1997-07-01 12:00 UTC"


def test_is_a_range_of_instants_without_the_sentinels() -> None:
    assert MORNING.as_range() == Range(NINE, NOON)
    assert Interval(NINE).as_range() == Range(NINE, None)
    assert Interval(end=NOON).as_range() == Range(None, NOON)
    assert (Interval().start, Interval().end) == (SINCE_EVER, UNTIL_CHANGED)


def test_a_document_writes_it_as_two_instants() -> None:
    text = '{"interval":{"start":"1997-07-01T09:00:00Z","end":"1997-07-01T12:00:00Z"}}'

    booking = Booking.model_validate_json(text)

    assert booking.interval == MORNING
    assert booking.model_dump_json() == text
    assert Booking.model_validate_json('{"interval":{}}').interval == Interval()


@pytest.mark.parametrize(
    "written", ['{"start":"1997-07-01T09:00:00"}', '{"start":"1997-07-01T09:00:00Z","until":"x"}', '"today"']
)
def test_a_document_says_the_zone_and_nothing_else(written: str) -> None:
    with pytest.raises(ValidationError):
        Booking.model_validate_json(f'{{"interval":{written}}}')


def test_a_document_keeps_the_rules_name() -> None:
    with pytest.raises(ValidationError, match=r"interval\.order"):
        Booking.model_validate_json(
            '{"interval":{"start":"1997-07-02T00:00:00Z","end":"1997-07-01T00:00:00Z"}}'
        )


def test_agrees_with_the_hours_in_it() -> None:
    met = Covered()

    @given(intervals(), intervals())
    def check(one: Interval, other: Interval) -> None:
        shared = hours(one) & hours(other)
        met.case(shared=bool(shared), apart=not shared, meets=one.abuts(other))

        assert one.overlaps(other) == bool(shared)
        assert hours(one.intersection(other)) == shared
        assert one.includes_interval(other) == (hours(other) <= hours(one))
        assert one.abuts(other) == (one.end == other.start or other.end == one.start)
        assert {hour for hour in HOURS if one.includes(hour)} == hours(one)

    check()
    met.enough()
