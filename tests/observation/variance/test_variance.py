"""4.2: a difference from plan is split into contributions that add up exactly, by a named method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis_patterns.observation import (
    Contribution,
    Sale,
    Variance,
    factor_variance,
    price_volume_mix,
)
from analysis_patterns.observation.variance import attribution, sales
from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.provenance import explain
from analysis_patterns.patterns.values import Quantity, parse_unit

from ...covered import Covered, with_fault
from ...refusals import refuses

USD = parse_unit("USD")
Formula = Callable[[Mapping[str, Fraction]], Fraction]
FORMULAS: dict[str, Formula] = {
    "revenue": lambda given: given["a"] * given["b"],
    "profit": lambda given: given["a"] * (given["b"] - given["c"]),
    "fixed costs": lambda given: given["a"] * given["b"] - given["c"] * given["d"],
    "square": lambda given: given["a"] ** 2 + given["b"] * given["c"],
    "larger": lambda given: max(given["a"], given["b"]) - given["c"],
}
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=2)


def counts(**numbers: Any) -> dict[str, Quantity]:
    return {name: Quantity(number, "1") for name, number in numbers.items()}


def split_of(variance: Variance) -> dict[str, Fraction]:
    return {each.name: each.amount for each in variance.contributions}


def revenue(given: Mapping[str, Fraction]) -> Fraction:
    return given["units"] * given["price"]


PLANNED = {"units": Quantity(100, "1"), "price": Quantity(10, "USD")}
ACTUAL = {"units": Quantity(110, "1"), "price": Quantity(9, "USD")}


def test_without_an_order_what_both_did_together_is_shared_by_both() -> None:
    split = factor_variance(revenue, planned=PLANNED, actual=ACTUAL, unit=USD)

    assert split.difference == -10
    assert split_of(split) == {"units": 95, "price": -105}
    assert split.method == "Shapley's method"


def test_in_an_order_each_is_changed_once_those_before_it_were() -> None:
    volume_first = factor_variance(
        revenue, planned=PLANNED, actual=ACTUAL, unit=USD, order=["units", "price"]
    )
    price_first = factor_variance(revenue, planned=PLANNED, actual=ACTUAL, unit=USD, order=["price", "units"])

    assert split_of(volume_first) == {"units": 100, "price": -110}
    assert split_of(price_first) == {"units": 90, "price": -100}
    assert volume_first.method == "one by one: units, price"


def test_an_input_is_counted_in_the_unit_in_which_it_was_planned() -> None:
    planned = {"weight": Quantity(2, "kg"), "price": Quantity(3, "USD")}
    actual = {"weight": Quantity(2500, "g"), "price": Quantity(3, "USD")}

    split = factor_variance(
        lambda given: given["weight"] * given["price"], planned=planned, actual=actual, unit=USD
    )

    assert split_of(split) == {"weight": Fraction(3, 2), "price": 0}


def test_refuses_an_input_of_another_dimension() -> None:
    with refuses("quantity.compatible-units"):
        factor_variance(revenue, planned=PLANNED, actual={**ACTUAL, "units": Quantity(1, "kg")}, unit=USD)


def _split(module: ModuleType, covered: Covered) -> None:
    """Everything that holds of any formula, against the definition by all orders one by one."""

    @settings(max_examples=25, deadline=None, phases=[Phase.generate])
    @given(name=st.sampled_from(sorted(FORMULAS)), data=st.data())
    def holds(name: str, data: st.DataObject) -> None:
        inputs = {"revenue": "ab", "profit": "abc", "fixed costs": "abcd", "square": "abc", "larger": "abc"}[
            name
        ]
        planned = {key: Quantity(data.draw(NUMBERS), "1") for key in inputs}
        changed = set(inputs) - data.draw(st.sets(st.sampled_from(inputs), max_size=2))
        actual = {
            key: Quantity(data.draw(NUMBERS), "1") if key in changed else planned[key] for key in inputs
        }
        covered.case(unchanged=len(changed) < len(inputs), several=len(changed) > 1)
        formula = FORMULAS[name]

        split = module.factor_variance(formula, planned=planned, actual=actual, unit=USD)
        in_each = [
            module.factor_variance(formula, planned=planned, actual=actual, unit=USD, order=order)
            for order in permutations(inputs)
        ]

        numbers = [{key: Fraction(given[key].amount) for key in inputs} for given in (planned, actual)]
        difference = formula(numbers[1]) - formula(numbers[0])
        for each in (split, *in_each):
            assert sum(split_of(each).values()) == each.difference == difference
            assert all(split_of(each)[key] == 0 for key in inputs if actual[key] == planned[key])
        averages = {key: sum(split_of(each)[key] for each in in_each) / len(in_each) for key in inputs}
        assert split_of(split) == averages

    holds()


def test_contributions_add_up_exactly_and_are_those_of_all_orders_on_average() -> None:
    covered = Covered()

    _split(attribution, covered)

    covered.enough()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("rest = count - len(changed) - 1", "rest = count - len(changed)"),
        ("factorial(len(changed)) * factorial(rest)", "factorial(len(changed) + 1) * factorial(rest)"),
        ("        changed |= {n}\n", ""),
        ("(after if n in changed else before)[n]", "(before if n in changed else after)[n]"),
    ],
)
def test_a_fault_in_the_split_is_noticed(right: str, wrong: str) -> None:
    with pytest.raises((AssertionError, ConstraintViolation, ExceptionGroup)):
        _split(with_fault(attribution, right, wrong), Covered())


def test_inputs_that_play_the_same_part_contribute_the_same() -> None:
    split = factor_variance(
        FORMULAS["revenue"], planned=counts(a=7, b=7), actual=counts(a="8.5", b="8.5"), unit=USD
    )

    assert split_of(split)["a"] == split_of(split)["b"] == split.difference / 2


def test_the_order_in_which_inputs_are_named_does_not_matter() -> None:
    turned = [dict(reversed(each.items())) for each in (PLANNED, ACTUAL)]

    split = factor_variance(revenue, planned=turned[0], actual=turned[1], unit=USD)

    assert split_of(split) == {"price": -105, "units": 95}


@pytest.mark.parametrize(
    ("planned", "actual", "order"),
    [
        (counts(a=1, b=2), counts(a=1), ()),
        (counts(a=1), counts(a=1, b=2), ()),
        (counts(a=1, b=2), counts(a=1, b=2), ("a",)),
        (counts(a=1, b=2), counts(a=1, b=2), ("a", "a")),
        (counts(a=1, b=2), counts(a=1, b=2), ("a", "b", "c")),
    ],
)
def test_refuses_inputs_that_do_not_correspond(
    planned: dict[str, Quantity], actual: dict[str, Quantity], order: tuple[str, ...]
) -> None:
    with refuses("variance.same-inputs"):
        factor_variance(FORMULAS["revenue"], planned=planned, actual=actual, unit=USD, order=order)


def test_refuses_to_split_too_many_inputs_in_all_orders() -> None:
    many = counts(**{f"input {n}": n for n in range(13)})

    def total(given: Mapping[str, Fraction]) -> Fraction:
        return sum(given.values(), Fraction(0))

    with refuses("variance.few-inputs"):
        factor_variance(total, planned=many, actual=many, unit=USD)
    split = factor_variance(total, planned=many, actual=many, unit=USD, order=list(many))

    assert split.difference == 0


def test_refuses_a_formula_that_divides_by_zero_on_the_way() -> None:
    with refuses("variance.defined") as refused:
        factor_variance(
            lambda given: given["a"] / (given["b"] + given["c"]),
            planned=counts(a=1, b=1, c=1), actual=counts(a=1, b=-1, c=3), unit=USD,
        )  # fmt: skip

    assert "with b as it came out" in str(refused.value)


@pytest.mark.parametrize("inexact", [0.1, Decimal("0.1"), None])
def test_refuses_a_formula_that_comes_to_no_exact_number(inexact: Any) -> None:
    with refuses("variance.exact"):
        factor_variance(lambda _: inexact, planned=counts(a=1), actual=counts(a=2), unit=USD)


def test_refuses_contributions_that_do_not_add_up() -> None:
    with refuses("variance.adds-up"):
        Variance(Fraction(10), Fraction(12), USD, "by guess", (Contribution("units", Fraction(1)),))


def test_refuses_two_contributions_of_one_name() -> None:
    half = Contribution("north", Fraction(1))

    with refuses("variance.named-once"):
        Variance(Fraction(0), Fraction(2), USD, "part by part", (half, half))


def test_what_contributes_is_asked_for_by_name() -> None:
    split = factor_variance(revenue, planned=PLANNED, actual=ACTUAL, unit=USD)

    assert split.of("units") == 95
    with pytest.raises(LookupError, match="'weather' contributes nothing: units, price"):
        split.of("weather")


@given(
    amounts=st.lists(
        st.fractions(min_value=-1000, max_value=1000, max_denominator=60), min_size=1, max_size=6
    ),
    places=st.integers(0, 3),
)
@settings(max_examples=60, deadline=None)
def test_rounded_contributions_add_up_to_the_rounded_difference(amounts: list[Fraction], places: int) -> None:
    contributions = tuple(Contribution(str(n), amount) for n, amount in enumerate(amounts))
    variance = Variance(Fraction(0), sum(amounts, Fraction(0)), USD, "as given", contributions)

    rounded = variance.rounded(places=places)

    step = Fraction(1, 10**places)
    total = sum((Fraction(each.amount) for each in rounded.values()), Fraction(0))
    assert abs(total - variance.difference) <= step / 2
    for each in contributions:
        stated = Fraction(rounded[each.name].amount)
        assert abs(stated - each.amount) < step
        assert stated == 0 if each.amount == 0 else True


def test_thirds_are_rounded_to_cents_that_add_up() -> None:
    third = Fraction(1, 3)
    variance = Variance(
        Fraction(0), Fraction(1), USD, "in three", tuple(Contribution(name, third) for name in "abc")
    )

    assert [str(each) for each in variance.rounded(places=2).values()] == ["0.34 USD", "0.33 USD", "0.33 USD"]


def test_a_variance_explains_itself() -> None:
    split = factor_variance(revenue, planned=PLANNED, actual=ACTUAL, unit=USD)

    assert str(explain(split)) == (
        "990 USD, planned 1000: a difference of -10  [Shapley's method]\n  units: +95 USD\n  price: -105 USD"
    )


def sold(units: Any, price: Any) -> Sale:
    return Sale(Quantity(units, "1"), Quantity(price, "USD"))


def test_volume_mix_and_price_are_told_apart() -> None:
    split = price_volume_mix(
        planned={"11-10": sold(60, 10), "11-30": sold(40, 20)},
        actual={"11-10": sold(80, 10), "11-30": sold(40, 21)},
    )

    assert split.planned == 1400
    assert split.actual == 1640
    assert split_of(split) == {"volume": 280, "mix": -80, "price": 40}


def _mixed(module: ModuleType, covered: Covered) -> None:
    amounts = st.decimals(min_value=0, max_value=500, places=1)

    @settings(max_examples=25, deadline=None, phases=[Phase.generate])
    @given(
        sales=st.lists(st.tuples(amounts, amounts, amounts, amounts), min_size=1, max_size=4), growth=amounts
    )
    def holds(sales: list[tuple[Any, Any, Any, Any]], growth: Any) -> None:
        planned = {
            str(n): module.Sale(Quantity(u + 1, "1"), Quantity(p, "USD"))
            for n, (u, p, _, _) in enumerate(sales)
        }
        actual = {
            str(n): module.Sale(Quantity(u, "1"), Quantity(p, "USD")) for n, (_, _, u, p) in enumerate(sales)
        }
        grown = {name: module.Sale(each.units * growth, each.price) for name, each in planned.items()}
        repriced = {name: module.Sale(planned[name].units, each.price) for name, each in actual.items()}
        covered.case(several=len(sales) > 1, one=len(sales) == 1)

        split = module.price_volume_mix(planned=planned, actual=actual)
        of_volume = module.price_volume_mix(planned=planned, actual=grown)
        of_price = module.price_volume_mix(planned=planned, actual=repriced)

        assert sum(split_of(split).values()) == split.difference
        assert split_of(of_volume) == {"volume": of_volume.difference, "mix": 0, "price": 0}
        assert split_of(of_price) == {"volume": 0, "mix": 0, "price": of_price.difference}
        assert len(sales) > 1 or split_of(split)["mix"] == 0

    holds()


def test_only_a_change_of_the_mix_is_one_of_the_mix() -> None:
    covered = Covered()

    _mixed(sales, covered)

    covered.enough()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("(growth - 1) * planned_revenue", "growth * planned_revenue"),
        ("at_planned_prices - growth * planned_revenue", "at_planned_prices - planned_revenue"),
        ("/ planned_units", "- planned_units"),
    ],
)
def test_a_fault_in_volume_mix_or_price_is_noticed(right: str, wrong: str) -> None:
    with pytest.raises((AssertionError, ConstraintViolation, ExceptionGroup)):
        _mixed(with_fault(sales, right, wrong), Covered())


def test_refuses_other_products_than_were_planned() -> None:
    with refuses("variance.same-inputs"):
        price_volume_mix(planned={"11-10": sold(60, 10)}, actual={"11-30": sold(60, 10)})
    with refuses("variance.same-inputs"):
        price_volume_mix(planned={}, actual={})


def test_refuses_to_tell_volume_and_mix_apart_where_nothing_was_planned() -> None:
    with refuses("variance.planned-volume"):
        price_volume_mix(planned={"11-10": sold(0, 10)}, actual={"11-10": sold(60, 10)})
