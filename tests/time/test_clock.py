"""3.8: what happened and when we learned it are told by a clock that the application injects."""

from datetime import UTC, date, datetime, timedelta, timezone

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.time.clock import Clock, FixedClock, SystemClock
from tests.refusals import refuses

NOON = datetime(1997, 5, 1, 12, tzinfo=UTC)
TOKYO = timezone(timedelta(hours=9), "Tokyo")


def test_the_system_clock_tells_an_aware_instant_in_utc() -> None:
    before = datetime.now(UTC)

    now = SystemClock().now()

    assert now.utcoffset() == timedelta(0)
    assert before <= now <= datetime.now(UTC)


def test_the_system_clock_tells_the_day_in_its_zone() -> None:
    far_east, far_west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))

    days = SystemClock(zone=far_east).today(), SystemClock(zone=far_west).today()

    assert days[0] > days[1]


def test_a_fixed_clock_stands_still() -> None:
    clock = FixedClock(NOON)

    assert clock.now() == clock.now() == NOON
    assert clock.today() == date(1997, 5, 1)


def test_a_fixed_clock_tells_the_day_in_its_zone() -> None:
    clock = FixedClock(datetime(1997, 5, 1, 20, tzinfo=UTC), zone=TOKYO)

    assert clock.today() == date(1997, 5, 2)


def test_a_fixed_clock_tells_utc_whatever_zone_it_was_set_in() -> None:
    clock = FixedClock(datetime(1997, 5, 1, 21, tzinfo=TOKYO))

    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_a_fixed_clock_can_be_set_and_advanced() -> None:
    clock = FixedClock(NOON)

    clock.set(NOON - timedelta(days=1))
    clock.advance(timedelta(hours=1))

    assert clock.now() == datetime(1997, 4, 30, 13, tzinfo=UTC)


def test_a_clock_cannot_be_made_of_a_naive_datetime() -> None:
    with refuses("time.aware", Layer.CONSTRUCTOR):
        FixedClock(datetime(1997, 5, 1, 12))  # noqa: DTZ001  (naive on purpose)


def test_a_clock_refuses_a_naive_datetime_and_keeps_its_time() -> None:
    clock = FixedClock(NOON)

    with refuses("time.aware", Layer.CONSTRUCTOR):
        clock.set(datetime(1997, 5, 2, 12))  # noqa: DTZ001  (naive on purpose)

    assert clock.now() == NOON


def test_both_are_clocks() -> None:
    assert isinstance(SystemClock(), Clock)
    assert isinstance(FixedClock(NOON), Clock)


def test_a_clock_says_what_it_is() -> None:
    assert repr(SystemClock()) == "SystemClock(zone=UTC)"
    assert repr(FixedClock(NOON)) == "FixedClock(1997-05-01T12:00:00+00:00, zone=UTC)"
