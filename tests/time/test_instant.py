"""3.8: an instant says its zone, and the sentinels stand at the ends of time."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.time.instant import BEGINNING, FOREVER, UNTIL_CHANGED, require_aware
from tests.refusals import refuses


class Nowhere(tzinfo):
    """A zone that does not say how far it is from UTC: datetimes in it are naive all the same."""

    def utcoffset(self, instant: datetime | None) -> None:
        return None

    def dst(self, instant: datetime | None) -> None:
        return None

    def tzname(self, instant: datetime | None) -> str:
        return "Nowhere"


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=-5))])
def test_an_aware_instant_passes_as_it_is(zone: tzinfo) -> None:
    instant = datetime(1997, 5, 1, 12, tzinfo=zone)

    assert require_aware(instant) is instant


def test_refuses_a_naive_datetime_and_says_what_to_do() -> None:
    with refuses("time.aware", Layer.CONSTRUCTOR) as refused:
        require_aware(datetime(1997, 5, 1, 12))  # noqa: DTZ001  (naive on purpose)

    assert str(refused.value) == (
        "time.aware: found the naive datetime 1997-05-01T12:00:00; allowed: a datetime with a time zone. "
        "Say which zone it was read in, for example datetime(..., tzinfo=UTC)."
    )


def test_refuses_a_zone_that_knows_no_offset() -> None:
    with refuses("time.aware", Layer.CONSTRUCTOR):
        require_aware(datetime(1997, 5, 1, 12, tzinfo=Nowhere()))


def test_the_sentinels_lie_beyond_every_day_and_instant() -> None:
    assert BEGINNING < date(1, 1, 2) < date(9999, 12, 30) < FOREVER
    assert datetime(9999, 12, 29, 23, 59, tzinfo=UTC) < UNTIL_CHANGED


@pytest.mark.parametrize("hours", [-12, 14])
def test_every_time_zone_can_show_the_last_instant(hours: int) -> None:
    assert UNTIL_CHANGED.astimezone(timezone(timedelta(hours=hours))) == UNTIL_CHANGED
