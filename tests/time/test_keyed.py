"""15.2, ruling 11: a keyed mapping holds one value for a key, and declares what a missing key means."""

from decimal import Decimal

import pytest

from analysis_patterns.patterns.constraint import Layer
from analysis_patterns.patterns.time import KeyedMapping
from tests.refusals import refuses


def test_tells_the_value_of_a_key() -> None:
    rates = KeyedMapping[str, Decimal]()
    rates.add("day", Decimal("0.98"))

    assert rates["day"] == Decimal("0.98")


def test_a_missing_key_has_the_declared_default() -> None:
    hours = KeyedMapping[str, Decimal](default=Decimal(0))

    assert hours["Adams"] == Decimal(0)
    assert "Adams" not in hours


def test_none_may_be_declared_as_the_default() -> None:
    assert KeyedMapping[str, str | None](default=None)["Adams"] is None


def test_refuses_a_missing_key_where_no_default_is_declared() -> None:
    rates = KeyedMapping[str, int]()
    rates.add("day", 98)
    rates.add("evening", 70)

    with refuses("keyed.present", Layer.CONSTRUCTOR) as refused:
        rates["night"]

    assert str(refused.value) == (
        "keyed.present: found no value for 'night'; allowed: 'day', 'evening'. "
        "Add a value for the key, or declare a default."
    )


def test_refuses_a_second_value_for_a_key_and_keeps_the_first() -> None:
    rates = KeyedMapping[str, int]()
    rates.add("day", 98)

    with refuses("keyed.unique", Layer.CONSTRUCTOR) as refused:
        rates.add("day", 99)

    assert rates["day"] == 98
    assert str(refused.value) == (
        "keyed.unique: found 99 for 'day', which has 98; allowed: one value for a key. "
        "Replace the value, or remove it first."
    )


def test_a_value_can_be_replaced_and_removed() -> None:
    rates = KeyedMapping[str, int](default=0)
    rates.add("day", 98)

    assert rates.replace("day", 99) == 98
    assert rates["day"] == 99
    assert rates.remove("day") == 99
    assert rates["day"] == 0


@pytest.mark.parametrize("change", [lambda rates: rates.replace("day", 1), lambda rates: rates.remove("day")])
def test_refuses_to_change_a_value_that_is_not_there(change: object) -> None:
    assert callable(change)
    rates = KeyedMapping[str, int](default=0)

    with refuses("keyed.present", Layer.CONSTRUCTOR) as refused:
        change(rates)

    assert refused.value.allowed == "none: it holds nothing"
    assert len(rates) == 0


def test_never_hands_out_its_own_collection() -> None:
    rates = KeyedMapping[str, int]()
    rates.add("day", 98)
    rates.add("evening", 70)

    for key in rates:
        rates.remove(key)

    assert rates.items() == ()
