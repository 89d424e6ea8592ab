"""6.6: a method that could not be right is refused by name, whether it is written, defined or applied."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from pydantic import ValidationError

from analysis_patterns.accounting.method import (
    Case,
    FlatMethod,
    Method,
    RateMethod,
    SplitMethod,
    read_method,
    write_method,
)
from analysis_patterns.accounting.method.case import DEEPEST
from analysis_patterns.patterns.constraint import ConstraintViolation
from tests.refusals import refuses

from .methods import EVENING, LARGE, MONTHLY_TAX, SERVICE_CALL, occasion, of, read


@pytest.mark.parametrize(
    "method",
    [EVENING, MONTHLY_TAX, RateMethod(multiplier=of("10 USD/(kW.h)")), SERVICE_CALL],
    ids=lambda method: type(method).__name__,
)
def test_refuses_an_amount_of_a_unit_that_it_is_not_for(method: Method) -> None:
    with refuses("quantity.compatible-units"):
        method.apply(occasion("3 kg", "fee"))


def test_refuses_tiers_whose_rates_do_not_add_up() -> None:
    with refuses("quantity.compatible-units"):
        read(kind="tiers", steps=[{"up_to": "1 min", "rate": "1 USD/min"}], top="1 EUR/min")


@pytest.mark.parametrize("steps", [["0 min"], ["-1 min"], ["2 min", "1 min"], ["1 min", "60 s"]])
def test_refuses_thresholds_that_do_not_ascend(steps: list[str]) -> None:
    rows = [{"up_to": each, "flat": "1 USD"} for each in steps]
    tiers = [{"up_to": each, "rate": "1 USD/min"} for each in steps]

    with refuses("method.thresholds"):
        read(kind="tiers", steps=tiers, top="1 USD/min")
    with refuses("method.thresholds"):
        read(kind="table", rows=rows)


def test_refuses_thresholds_of_units_that_do_not_convert() -> None:
    with refuses("quantity.compatible-units"):
        read(
            kind="table",
            rows=[{"up_to": "1 kg", "flat": "1 USD"}, {"up_to": "2 min", "flat": "1 USD"}],
        )


@pytest.mark.parametrize("gives", [{}, {"flat": "1 USD", "rate": "1 USD/kg"}])
def test_refuses_a_row_that_gives_neither_or_both(gives: dict[str, str]) -> None:
    with refuses("method.gives"):
        read(kind="table", rows=[{"up_to": "1 kg", **gives}])


@pytest.mark.parametrize(
    ("kind", "rest"),
    [("tiers", {"steps": [], "top": "1"}), ("table", {"rows": []}), ("split", {"cases": []})],
)
def test_refuses_a_method_without_any_of_its_parts(kind: str, rest: dict[str, object]) -> None:
    with refuses("method.parts"):
        read(kind=kind, **rest)


@pytest.mark.parametrize("places", [-1, 39])
def test_refuses_places_that_there_are_none_of(places: int) -> None:
    with refuses("method.places"):
        read(kind="flat", amount="1 USD", places=places)


def test_refuses_methods_too_deep_within_one_another() -> None:
    nested: Method = FlatMethod(amount=of("1 USD"))
    for _ in range(DEEPEST - 1):
        nested = SplitMethod(cases=(Case(when=LARGE, method=nested),))
    written = json.loads(write_method(nested))

    assert nested.depth == DEEPEST
    with refuses("method.depth") as refused:
        read(kind="split", cases=[{"when": {"says": "true"}, "method": written}])
    assert refused.value.found == f"{DEEPEST + 1} methods within one another"


@pytest.mark.parametrize("deep", [100, 1000, 100_000])
def test_refuses_by_name_what_is_thousands_of_levels_deep(deep: int) -> None:
    opened = (
        '{"kind": "split", "otherwise": {"kind": "flat"}, "cases": [{"when": {"says": "true"}, "method": '
    )

    with pytest.raises(ConstraintViolation, match=r"^(method\.depth|document\.form)"):
        read_method(opened * deep + '{"kind": "flat", "amount": "1 USD"}' + "}]}" * deep)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("{}", "the whole: Unable to extract tag using discriminator 'kind'"),
        ('{"kind": "magic"}', "the whole: Input tag 'magic' found using 'kind' does not match"),
        ('{"kind": "rate"}', "rate.multiplier: Field required"),
        ('{"kind": "flat", "amount": "1 USD", "tip": 1}', "flat.tip: Extra inputs are not permitted"),
        ("[", "the whole: Invalid JSON"),
    ],
)
def test_refuses_what_is_not_written_as_a_method(written: str, found: str) -> None:
    with refuses("document.form") as refused:
        read_method(written)

    assert refused.value.found.startswith(found)


@pytest.mark.parametrize("amount", [0.1, "NaN USD", "1e400 USD", "Infinity USD", True])
def test_refuses_an_amount_that_is_no_exact_number(amount: object) -> None:
    with pytest.raises(ConstraintViolation, match=r"^(number\.exact|quantity\.written|document\.form)"):
        read(kind="flat", amount=amount)


def test_gathers_the_rules_that_a_document_breaks_under_their_names() -> None:
    with pytest.raises(ValidationError, match=r"method\.places"):
        FlatMethod(amount=of("1 USD"), places=99)


def test_takes_a_multiplier_as_a_bare_number() -> None:
    assert read(kind="rate", multiplier="0.055") == RateMethod(multiplier=of("0.055 1"))
    assert RateMethod.model_validate({"multiplier": Decimal("0.055")}) == read(
        kind="rate", multiplier="0.055"
    )
    assert write_method(RateMethod(multiplier=of("0.055 1"))) == '{"kind":"rate","multiplier":"0.055"}'
