"""6.6: each rule reckons by its own method, and what it makes of an amount and of its negative cancels."""

from __future__ import annotations

from datetime import datetime

import pytest

from analysis_patterns.accounting.method import (
    Band,
    Case,
    FlatMethod,
    FormulaMethod,
    FunctionMethod,
    Method,
    RateMethod,
    Row,
    SplitMethod,
    TableMethod,
    method_function,
)
from analysis_patterns.accounting.method.condition import Condition
from analysis_patterns.accounting.method.given import Given
from analysis_patterns.patterns.constraint import require
from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.patterns.values import Money, parse_unit
from tests.refusals import refuses

from .methods import (
    DAYTIME,
    EVENING,
    KWH,
    LARGE,
    LOW_PAY,
    MONTHLY_TAX,
    PROGRESSIVE,
    SERVICE_CALL,
    occasion,
    of,
    result,
)


@pytest.mark.parametrize(
    ("by", "call", "charge"),
    [
        (DAYTIME, "10 min", "3.68 USD"),
        (DAYTIME, "8 min", "3.08 USD"),
        (EVENING, "6 min", "1.70 USD"),
        (EVENING, "33 min", "6.14 USD"),
        (EVENING, "1 min", "0.70 USD"),
        (EVENING, "21 min", "4.70 USD"),
        (EVENING, "22 min", "4.82 USD"),
        (EVENING, "-6 min", "-1.70 USD"),
        (EVENING, "1 h", "9.38 USD"),
    ],
)
def test_charges_a_call_by_a_rate_table_keyed_by_upper_thresholds(by: Method, call: str, charge: str) -> None:
    assert result(by, call) == charge


@pytest.mark.parametrize(
    ("income", "tax"),
    [("300 USD", "0.00"), ("2800 USD", "500.00"), ("5000 USD", "1380.00"), ("-301 USD", "-0.20")],
)
def test_taxes_nothing_of_the_first_300_then_a_fifth_then_two_fifths(income: str, tax: str) -> None:
    assert result(PROGRESSIVE, income) == f"{tax} USD"


@pytest.mark.parametrize(("activity", "tax"), [("50 USD", "3.00"), ("5.38 USD", "0.32"), ("120 USD", "5.80")])
def test_taxes_six_percent_of_the_first_50_dollars_and_four_of_the_rest(activity: str, tax: str) -> None:
    assert result(MONTHLY_TAX, activity) == f"{tax} USD"


def test_a_kilowatt_hour_costs_ten_dollars_in_whatever_unit_it_was_measured() -> None:
    usage = RateMethod(multiplier=of("10 USD/(kW.h)"))

    assert result(usage, "50 kW.h") == "500.00 USD"
    assert result(usage, "50000 W.h") == "500.00 USD"
    assert result(usage, "180 MJ") == "500.00 USD"


def test_a_tax_of_five_and_a_half_percent_is_rounded_half_away_from_zero() -> None:
    tax = RateMethod(multiplier=of("5.5 %"))

    assert result(tax, "35.00 USD") == "1.93 USD"
    assert result(tax, "-35.00 USD") == "-1.93 USD"
    assert result(RateMethod(multiplier=of("0.055 1")), "35.00 USD") == "1.93 USD"


def test_a_service_call_costs_half_the_fee_and_ten_dollars() -> None:
    assert result(SERVICE_CALL, "40 USD", "fee") == "30.00 USD"
    assert result(SERVICE_CALL, "-40 USD", "fee") == "-30.00 USD"


@pytest.mark.parametrize(
    ("usage", "charge"), [("50 kW.h", "250.00"), ("50.1 kW.h", "501.00"), ("-51 kW.h", "-510.00")]
)
def test_low_pay_decides_on_the_size_of_the_usage(usage: str, charge: str) -> None:
    assert result(LOW_PAY, usage, "usage") == f"{charge} USD"


def test_forty_five_percent_of_fee_income_is_set_aside_for_tax() -> None:
    assert result(RateMethod(multiplier=of("0.45 1")), "2000 USD") == "900.00 USD"


def test_a_flat_amount_is_turned_by_the_sign_and_nothing_for_zero() -> None:
    flat = FlatMethod(amount=of("10 USD"))

    assert [result(flat, each) for each in ("3 {call}", "-3 {call}", "0 {call}")] == [
        "10.00 USD",
        "-10.00 USD",
        "0.00 USD",
    ]


def test_a_table_gives_what_the_row_of_the_whole_amount_says() -> None:
    postage = TableMethod(
        rows=(Row(up_to=of("1 kg"), flat=of("5 USD")), Row(up_to=of("5 kg"), flat=of("8 USD"))),
        above=Band(rate=of("2 USD/kg")),
    )

    assert [result(postage, each) for each in ("1 kg", "1001 g", "5 kg", "6 kg", "-1 kg")] == [
        "5.00 USD",
        "8.00 USD",
        "8.00 USD",
        "12.00 USD",
        "-5.00 USD",
    ]


def test_refuses_an_amount_that_no_row_of_a_table_is_for() -> None:
    small = TableMethod(rows=(Row(up_to=of("1 kg"), flat=of("5 USD")),))

    with refuses("method.beyond-table") as refused:
        small.apply(occasion("2 kg"))

    assert refused.value.found == "2 kg"


def test_splits_calls_by_the_time_they_started_into_keyed_outputs() -> None:
    by_day = Condition(variables={"start": "time"}, says="start >= '07:00' and start <= '19:00'")
    whole = RateMethod(multiplier=of("1 1"))
    split = SplitMethod(
        cases=(Case(when=by_day, method=whole.model_copy(update={"key": "day"})),),
        otherwise=whole.model_copy(update={"key": "evening"}),
    )

    assert split.keys == {"day", "evening"}
    assert split.apply(_call("13:15", "10 min")) == {"day": of("10 min")}
    assert split.apply(_call("19:05", "-6 min")) == {"evening": of("-6 min")}


def _call(start: str, length: str) -> Given:
    begun = datetime.fromisoformat(f"1995-01-01T{start}+00:00")
    return Given(amount=of(length), day=begun.date(), attributes={"start": begun})


def test_a_split_without_a_case_that_holds_gives_nothing() -> None:
    large_only = SplitMethod(cases=LOW_PAY.cases)

    assert large_only.apply(occasion("50 kW.h", "usage")) == {}


def test_a_python_function_gives_one_result_or_several_by_key() -> None:
    one = FunctionMethod(name="tests: squares", parameters={"factor": "2"})
    keyed = FunctionMethod(name="tests: squares", parameters={"key": "net"}, gives=("net", "tax"))

    assert one.apply(occasion("-3 kW.h")) == {"": Money(-18, "USD")}
    assert keyed.apply(occasion("3 kW.h")) == {"net": Money(9, "USD")}
    assert keyed.keys == {"net", "tax"}


@pytest.mark.parametrize(
    ("name", "parameters", "remedy"),
    [
        ("tests: square", {}, "Did you mean 'tests: squares'?"),
        ("os.system", {}, "Import the module that registers it."),
        ("tests: squares", {"power": "3"}, "Give the parameters that the function takes."),
    ],
)
def test_refuses_a_function_that_is_not_known_or_not_so(
    name: str, parameters: dict[str, str], remedy: str
) -> None:
    method = FunctionMethod(name=name, parameters=parameters)
    split = SplitMethod(cases=(Case(when=LARGE, method=method),))

    with refuses("method.function") as refused:
        method.apply(occasion("3 kW.h"))
    with refuses("method.function"):
        require(split.violations())

    assert refused.value.remedy == remedy


@pytest.mark.parametrize("gives", [("",), ("net", "tax")])
def test_refuses_a_function_that_gives_something_else(gives: tuple[str, ...]) -> None:
    method = FunctionMethod(name="tests: squares", parameters={"key": "gross"}, gives=gives)

    with refuses("method.result"):
        method.apply(occasion("3 kW.h"))


def test_a_name_stands_for_one_function() -> None:
    with pytest.raises(AnalysisPatternsError, match="'tests: squares' is registered already"):
        method_function("tests: squares")(lambda given: given.amount)


def test_rounds_once_to_the_methods_places_or_the_ledgers_or_the_currencys() -> None:
    third = FormulaMethod(variables={"fee": "USD"}, says="fee / 3", unit=parse_unit("USD"))
    fee = occasion("2 USD", "fee")

    assert third.apply(fee) == {"": of("0.67 USD")}
    assert third.apply(fee, places={"USD": 4}) == {"": of("0.6667 USD")}
    assert third.model_copy(update={"places": 0}).apply(fee, places={"USD": 4}) == {"": of("1 USD")}
    assert isinstance(third.apply(fee)[""], Money)


def test_keeps_what_has_no_smallest_step_exact_and_refuses_what_cannot_be() -> None:
    rate = RateMethod(multiplier=of("0.125 1"))
    third = FormulaMethod(variables={"amount": "kg"}, says="amount / 3", unit=parse_unit("kg"))

    assert result(rate, "0.1 kg") == "0.0125 kg"
    with refuses("number.quotient"):
        third.apply(occasion("1 kg"))


def test_a_split_rounds_what_its_cases_do_not() -> None:
    third = FormulaMethod(variables={"usage": KWH}, says="usage / 3", unit=parse_unit("USD"))
    split = SplitMethod(cases=(Case(when=LARGE, method=third),), places=4)

    assert result(split, "100 kW.h", "usage") == "33.3333 USD"
    assert result(SplitMethod(cases=split.cases), "100 kW.h", "usage") == "33.33 USD"
