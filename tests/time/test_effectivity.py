"""2.4: what holds for a period is ended, not deleted, and can be asked for by the day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.time import (
    ALWAYS,
    Effectivity,
    Period,
    effective,
    effective_one,
    require_apart,
)
from tests.refusals import refuses


@dataclass
class Appointment(Effectivity):
    """One holder of a post, for a period."""

    holder: str
    period: Period


def appointments() -> list[Appointment]:
    return [
        Appointment("Edwards", Period(date(1995, 1, 1), date(1996, 1, 1))),
        Appointment("Thursz", Period(date(1996, 1, 1), date(1997, 1, 1))),
        Appointment("Smith", Period(date(1998, 1, 1))),
    ]


def test_a_thing_is_effective_during_its_period_only() -> None:
    edwards = appointments()[0]

    assert edwards.is_effective(date(1995, 1, 1))
    assert not edwards.is_effective(date(1996, 1, 1))


def test_tells_which_are_effective_on_a_day_in_their_order() -> None:
    both = [Appointment("Smith", ALWAYS), Appointment("Edwards", Period(date(1995, 1, 1)))]

    assert [each.holder for each in effective(both, date(1996, 1, 1))] == ["Smith", "Edwards"]
    assert [each.holder for each in effective(both, date(1994, 1, 1))] == ["Smith"]


def test_tells_the_one_that_is_effective_on_a_day() -> None:
    found = effective_one(appointments(), date(1996, 1, 1))

    assert found is not None
    assert found.holder == "Thursz"


def test_tells_that_none_is_effective_on_a_day() -> None:
    assert effective_one(appointments(), date(1997, 6, 1)) is None


def test_ending_keeps_the_thing_for_the_days_before() -> None:
    smith = appointments()[2]

    smith.end(date(1999, 1, 1))

    assert smith.is_effective(date(1998, 12, 31))
    assert not smith.is_effective(date(1999, 1, 1))


def test_refuses_to_end_before_it_began_and_changes_nothing() -> None:
    smith = appointments()[2]

    with refuses("period.ending", Layer.CONSTRUCTOR):
        smith.end(date(1997, 1, 1))

    assert smith.period == Period(date(1998, 1, 1))


def test_neighbours_are_apart() -> None:
    require_apart(appointments())


def test_refuses_two_that_hold_on_the_same_day() -> None:
    edwards, thursz, smith = appointments()
    early = Appointment("Early", Period(date(1995, 12, 31), date(1996, 1, 1)))

    with refuses("effectivity.overlap", Layer.CONSTRUCTOR) as refused:
        require_apart([smith, early, thursz, edwards])

    assert refused.value.objects == (edwards, early)
    assert str(refused.value) == (
        "effectivity.overlap: found one for 1995-01-01 until 1996-01-01 "
        "and another for 1995-12-31 until 1996-01-01; allowed: periods that share no day. "
        "End the earlier one on the day the later one starts."
    )


def test_refuses_to_choose_between_two() -> None:
    with refuses("effectivity.overlap", Layer.CONSTRUCTOR):
        effective_one([*appointments(), Appointment("Second", ALWAYS)], date(1995, 6, 1))


def test_refuses_to_be_asked_about_an_instant() -> None:
    with refuses("period.days", Layer.CONSTRUCTOR):
        effective(appointments(), datetime(1995, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("day", [date(1995, 6, 1), date(1997, 6, 1)])
def test_two_that_are_apart_never_hold_together(day: date) -> None:
    assert len(effective(appointments(), day)) <= 1
