"""15.3: a temporal property has at most one value a day; a change appends to it, or changes a stretch."""

from datetime import UTC, date, datetime

import pytest

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.time import Period, TemporalProperty
from tests.refusals import refuses

JANUARY, FEBRUARY, MARCH, APRIL = (date(1995, month, 1) for month in range(1, 5))
RATE = TemporalProperty.of({Period(JANUARY, MARCH): 100, Period(MARCH): 120})


def test_tells_the_value_on_a_day() -> None:
    assert RATE.at(JANUARY) == 100
    assert RATE.at(date(1995, 2, 28)) == 100
    assert RATE.at(MARCH) == 120
    assert RATE.at(date(2095, 1, 1)) == 120


def test_refuses_to_tell_a_value_where_there_is_none() -> None:
    with refuses("history.covered", Layer.CONSTRUCTOR) as refused:
        RATE.at(date(1994, 12, 31))

    assert not RATE.covers(date(1994, 12, 31))
    assert str(refused.value) == (
        "history.covered: found a question about 1994-12-31; allowed: 1995-01-01 until further notice. "
        "Set a value for that day first, or ask `covers` before."
    )


def test_refuses_to_tell_anything_where_nothing_is_set() -> None:
    with refuses("history.covered", Layer.CONSTRUCTOR) as refused:
        TemporalProperty[int]().at(JANUARY)

    assert refused.value.allowed == "none: nothing is set"


def test_there_may_be_days_without_a_value_between_others() -> None:
    seasonal = TemporalProperty.of({Period(JANUARY, FEBRUARY): "skating", Period(MARCH, APRIL): "rowing"})

    assert not seasonal.covers(FEBRUARY)
    assert seasonal.at(MARCH) == "rowing"


def test_an_additive_update_ends_the_last_value_and_lasts_until_further_notice() -> None:
    raised = RATE.appended(130, APRIL)

    assert raised.as_dict() == {Period(JANUARY, MARCH): 100, Period(MARCH, APRIL): 120, Period(APRIL): 130}


def test_an_update_leaves_the_property_it_was_made_from_as_it_was() -> None:
    RATE.appended(130, APRIL)
    RATE.inserted(110, Period(FEBRUARY, APRIL))

    assert RATE.as_dict() == {Period(JANUARY, MARCH): 100, Period(MARCH): 120}


@pytest.mark.parametrize("start", [MARCH, FEBRUARY])
def test_refuses_an_additive_update_that_would_drop_a_later_value(start: date) -> None:
    with refuses("history.additive", Layer.CONSTRUCTOR) as refused:
        RATE.appended(110, start)

    assert str(refused.value) == (
        f"history.additive: found a value from {start}, though one from 1995-03-01 is known; "
        "allowed: a start after the last change. "
        "Insert it over the period it holds for: insert(value, Period(start, end))."
    )


def test_an_insertion_update_changes_a_stretch_in_the_middle() -> None:
    corrected = RATE.inserted(110, Period(FEBRUARY, MARCH))

    assert corrected.as_dict() == {
        Period(JANUARY, FEBRUARY): 100,
        Period(FEBRUARY, MARCH): 110,
        Period(MARCH): 120,
    }


def test_an_insertion_update_can_split_one_value_in_two() -> None:
    strike = TemporalProperty.of({Period(JANUARY): 100}).inserted(0, Period(FEBRUARY, MARCH))

    assert list(strike) == [
        (Period(JANUARY, FEBRUARY), 100),
        (Period(FEBRUARY, MARCH), 0),
        (Period(MARCH), 100),
    ]


def test_clearing_leaves_days_without_a_value() -> None:
    suspended = RATE.cleared(Period(FEBRUARY, APRIL))

    assert suspended.as_dict() == {Period(JANUARY, FEBRUARY): 100, Period(APRIL): 120}
    assert len(suspended) == 2


def test_refuses_periods_that_share_a_day() -> None:
    with refuses("history.overlap", Layer.CONSTRUCTOR) as refused:
        TemporalProperty.of({Period(MARCH): 120, Period(JANUARY, date(1995, 3, 2)): 100})

    assert str(refused.value) == (
        "history.overlap: found a value for 1995-01-01 until 1995-03-02 "
        "and another for 1995-03-01 until further notice; allowed: periods that share no day. "
        "Let each period end on the day the next one starts."
    )


def test_refuses_to_be_asked_about_an_instant() -> None:
    with refuses("period.days", Layer.CONSTRUCTOR):
        RATE.at(datetime(1995, 1, 1, tzinfo=UTC))


def test_two_that_say_the_same_are_equal() -> None:
    assert TemporalProperty[int]().appended(100, JANUARY).appended(120, MARCH) == RATE
    assert hash(TemporalProperty.of(RATE.as_dict())) == hash(RATE)
