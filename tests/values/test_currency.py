"""3.1: money is counted in currencies, ISO 4217's or an application's own."""

import subprocess
import sys
from typing import Any

import pytest

from analysis_patterns.patterns.values import Currency, Unit, parse_unit
from tests.refusals import refuses


@pytest.mark.parametrize(
    ("code", "places"),
    [("USD", 2), ("EUR", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4), ("XAU", None), ("XTS", None), ("DEM", 2)],
)
def test_a_currency_has_as_many_places_as_iso_4217_gives_its_minor_unit(code: str, places: int) -> None:
    assert Currency.of(code).places == places


def test_a_currency_is_an_atomic_unit_of_its_own_dimension() -> None:
    dollar = Currency.of("USD")

    assert isinstance(dollar, Unit)
    assert dollar.name == "US Dollar"
    assert str(dollar) == "USD"
    assert dollar == Currency.of("USD")
    assert dollar == parse_unit("USD")
    assert dollar != Currency.of("EUR")
    assert dollar.dimension != Currency.of("EUR").dimension


def test_a_rate_is_in_a_compound_of_a_currency() -> None:
    assert str(Currency.of("USD") / parse_unit("kW.h")) == "USD/kW/h"
    assert parse_unit("USD/GBP").references[1].unit == Currency.of("GBP")


@pytest.mark.parametrize("code", ["USX", "usd", "Q", "", "US Dollar", None, 840])
def test_refuses_a_code_that_iso_4217_does_not_list(code: Any) -> None:
    with refuses("currency.known") as refused:
        Currency.of(code)

    assert str(refused.value).startswith(
        f"currency.known: found {code!r}; allowed: three letters that ISO 4217 lists. "
    )


def test_suggests_the_code_that_was_meant() -> None:
    with refuses("currency.known") as refused:
        Currency.of("usd")

    assert refused.value.remedy.startswith("Did you mean USD")


def test_says_how_to_make_what_nothing_resembles() -> None:
    with refuses("currency.known") as refused:
        Currency.of("Q")

    assert refused.value.remedy == "Make your own: Currency('PTS')."


def test_an_application_makes_its_own_currency() -> None:
    points = Currency("PTS", name="loyalty points", places=0)

    assert points.minor_places == 0
    assert points == Currency("PTS", places=0)


@pytest.mark.parametrize("places", [-1, 39, 1.5, "2", True])
def test_refuses_an_impossible_minor_unit(places: Any) -> None:
    with refuses("currency.minor-unit"):
        Currency("PTS", places=places)


def test_refuses_a_malformed_code() -> None:
    with refuses("unit.code"):
        Currency("P T S")


def test_gold_has_no_minor_unit() -> None:
    with refuses("currency.minor-unit") as refused:
        _ = Currency.of("XAU").minor_places

    assert str(refused.value) == (
        "currency.minor-unit: found XAU, which has none; allowed: a currency with a minor unit. "
        "Keep the exact amount, or round it to places of your own choice."
    )


def test_the_list_of_currencies_is_loaded_only_when_one_is_named() -> None:
    program = (
        "import sys; from analysis_patterns.patterns.values import Currency, Quantity; Quantity(1, 'kg'); "
        "assert 'iso4217' not in sys.modules; Currency.of('USD'); assert 'iso4217' in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
