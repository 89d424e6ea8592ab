"""3.1: an amount and its unit belong together; arithmetic minds both and is exact, or refuses."""

import copy
import operator
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product
from typing import Any, assert_type

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.values import (
    ONE,
    AtomicUnit,
    Money,
    Precision,
    Quantity,
    Rounding,
    parse_unit,
)
from analysis_patterns.patterns.values import quantity as quantity_module
from tests.covered import Covered, with_fault
from tests.refusals import refuses
from tests.values.strategies import LENGTHS, amounts, quantities

WAIST, WEIGHT = Quantity(34, "[in_i]"), Quantity(68, "kg")
UNTYPED: Any = WEIGHT  # for what a type checker would refuse before the library does


def test_34_inches_and_68_kilograms_do_not_add_up() -> None:
    with refuses("quantity.compatible-units") as refused:
        _ = WAIST + WEIGHT

    assert str(refused.value) == (
        "quantity.compatible-units: found 34 [in_i] + 68 kg (length and mass); "
        "allowed: units that a chain of conversion ratios relates. "
        "Check which unit was meant, or state a ConversionRatio."
    )


@pytest.mark.parametrize(
    "combine",
    [
        lambda: WAIST - WEIGHT,
        lambda: WAIST < WEIGHT,
        lambda: WAIST <= WEIGHT,
        lambda: WAIST > WEIGHT,
        lambda: WAIST >= WEIGHT,
        lambda: WAIST.convert_to("kg"),
        lambda: Quantity(1, "d") + Quantity(1, "mo"),
        lambda: Quantity(1, "Cel") + Quantity(1, "K"),
        lambda: Quantity(1, AtomicUnit("crate")) + Quantity(1, "kg"),
    ],
)
def test_refuses_to_mix_incompatible_units(combine: Callable[[], object]) -> None:
    with refuses("quantity.compatible-units"):
        combine()


def test_quantities_of_incompatible_units_are_unequal() -> None:
    assert WAIST != WEIGHT
    assert Quantity(0, "[in_i]") != Quantity(0, "kg")
    assert Quantity(1, "1") != 1
    assert len({WAIST, WEIGHT, Quantity("34.0", "[in_i]")}) == 2


def test_the_arithmetic_of_one_unit() -> None:
    assert Quantity(5, "kg") + Quantity("2.5", "kg") == Quantity("7.5", "kg")
    assert Quantity(5, "kg") - Quantity("7.5", "kg") == Quantity("-2.5", "kg")
    assert -Quantity(5, "kg") == Quantity(-5, "kg")
    assert abs(Quantity(-5, "kg")) == Quantity(5, "kg")
    assert sum([Quantity(5, "kg")] * 3, Quantity(0, "kg")) == Quantity(15, "kg")
    assert Quantity(0, "kg").is_zero
    assert not Quantity(5, "kg").is_zero


def test_a_sum_is_in_the_left_unit() -> None:
    assert str(Quantity(1, "m") + Quantity(25, "mm")) == "1.025 m"
    assert str(Quantity(25, "mm") + Quantity(1, "m")) == "1025 mm"
    assert str(Quantity(1, "[lb_av]") - Quantity(1, "kg")) == "-0.54640763 kg"


def test_a_sum_is_in_the_right_unit_where_the_left_one_could_not_write_every_sum_exactly() -> None:
    assert str(Quantity(5, "[ft_i]") + Quantity(7, "[in_i]")) == "67 [in_i]"
    assert str(Quantity(7, "[in_i]") + Quantity(5, "[ft_i]")) == "67 [in_i]"


def test_refuses_a_sum_that_neither_unit_writes_exactly() -> None:
    with refuses("number.quotient"):
        _ = Quantity(1, "[ft_us]") + Quantity(1, "[in_i]")


def test_numbers_scale_a_quantity_from_either_side() -> None:
    assert Quantity(34, "kg") * 2 == Quantity(68, "kg")
    assert 2 * Quantity(34, "kg") == Quantity(68, "kg")
    assert Decimal("0.5") * Quantity(34, "kg") == Quantity(17, "kg")
    assert Quantity(34, "kg") * Fraction(1, 2) == Quantity(17, "kg")
    assert Fraction(1, 2) * Quantity(34, "kg") == Quantity(17, "kg")
    assert Quantity(34, "kg") / 4 == Quantity("8.5", "kg")


def test_a_third_of_something_needs_a_precision() -> None:
    with refuses("number.quotient"):
        _ = Quantity(10, "kg") / 3
    with refuses("number.quotient"):
        _ = Quantity(10, "kg") * Fraction(1, 3)

    assert Quantity(9, "kg") * Fraction(1, 3) == Quantity(3, "kg")
    assert Quantity(10, "kg").divided_by(3, Precision(places=2)) == Quantity("3.33", "kg")
    assert Quantity(10, "kg").multiplied_by(Fraction(1, 3), Precision(digits=2)) == Quantity("3.3", "kg")


@pytest.mark.parametrize(
    "divide", [lambda: WEIGHT / 0, lambda: WEIGHT / Quantity(0, "m"), lambda: 1 / (WEIGHT * 0)]
)
def test_refuses_to_divide_by_nothing(divide: Callable[[], object]) -> None:
    with refuses("number.quotient"):
        divide()


def test_products_and_quotients_compound_their_units() -> None:
    assert str(Quantity(5, "m") * Quantity(2, "m")) == "10 m2"
    assert str(Quantity(10, "m") / Quantity(4, "s")) == "2.5 m/s"
    assert str(1 / Quantity(4, "s")) == "0.25 /s"
    assert str(Quantity(2, "m") ** 3) == "8 m3"
    assert str(Quantity(2, "m") ** -2) == "0.25 /m2"
    assert Quantity(2, "m") ** 0 == Quantity(1, "1")


def test_a_quotient_of_one_unit_is_a_bare_number() -> None:
    deviation = (Quantity(105, "kg") - Quantity(100, "kg")) / Quantity(100, "kg")

    assert deviation == Quantity("0.05", ONE)
    assert deviation.convert_to("%") == Quantity(5, "%")


def test_the_body_mass_index_states_its_precision() -> None:
    height = Quantity("1.75", "m")

    index = Quantity(70, "kg").divided_by(height**2, Precision(places=1))

    assert str(index) == "22.9 kg/m2"


def test_money_comes_of_a_price_times_a_quantity() -> None:
    cost = Quantity(10, "USD/(kW.h)") * Quantity(50, "kW.h")

    assert isinstance(cost, Money)
    assert cost == Money(500, "USD")


@pytest.mark.parametrize(
    "reckon",
    [
        lambda: UNTYPED * 1.5,
        lambda: 1.5 * UNTYPED,
        lambda: UNTYPED / 1.5,
        lambda: 1.5 / UNTYPED,
        lambda: WEIGHT * True,
        lambda: Quantity(0.1, "kg"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        lambda: Quantity("NaN", "kg"),
        lambda: Quantity("1" * 30, "kg") * Quantity("1" * 30, "kg"),
        lambda: Quantity("1e38", "kg") * Decimal("1e38"),
        lambda: Quantity("1e20", "kg") ** 60,
    ],
)
def test_refuses_amounts_that_are_not_exact(reckon: Callable[[], object]) -> None:
    with refuses("number.exact"):
        reckon()


@pytest.mark.parametrize("power", [100, -100, 0.5])
def test_refuses_a_power_that_no_unit_takes(power: Any) -> None:
    with refuses("unit.power"):
        _ = Quantity(2, "m") ** power


@pytest.mark.parametrize("unit", [None, 5, ("kg",)])
def test_refuses_an_amount_without_a_unit(unit: Any) -> None:
    with refuses("quantity.unit") as refused:
        Quantity(34, unit)

    assert refused.value.remedy == "Say what the amount counts, for example 'kg'; for a bare number '1'."


@pytest.mark.parametrize("operand", [5, "5 kg", None])
def test_a_bare_number_is_neither_added_nor_compared(operand: Any) -> None:
    for combine in (operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge):
        with pytest.raises(TypeError):
            combine(WEIGHT, operand)


@pytest.mark.parametrize("operand", ["2", None, [2]])
def test_only_numbers_and_quantities_multiply(operand: Any) -> None:
    for combine, one, other in product(
        (operator.mul, operator.truediv), (operand, UNTYPED), (operand, UNTYPED)
    ):
        if one is not other:
            with pytest.raises(TypeError):
                combine(one, other)


def test_a_quantity_is_printed_and_read_back() -> None:
    assert str(WAIST) == "34 [in_i]"
    assert repr(WAIST) == "Quantity('34', '[in_i]')"
    assert Quantity.parse("34 [in_i]") == WAIST
    assert str(Quantity.parse("34.50 kg.m/s2")) == "34.50 kg.m/s2"
    assert Quantity.parse("5 m2{body surface}").unit == parse_unit("m2{body surface}")


@pytest.mark.parametrize("text", ["34", "34[in_i]", "", None, 34])
def test_refuses_a_text_that_is_no_amount_and_unit(text: Any) -> None:
    with refuses("quantity.written") as refused:
        Quantity.parse(text)

    assert str(refused.value) == (
        f"quantity.written: found {text!r}; allowed: an amount, one blank and a unit. "
        "Write for example '34 [in_i]'."
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("34  kg", "unit.grammar"),
        ("x kg", "number.exact"),
        (" 34 kg", "number.exact"),
        ("34 x", "unit.known"),
    ],
)
def test_a_misread_amount_or_unit_is_refused_by_its_own_rule(text: str, rule: str) -> None:
    with refuses(rule):
        Quantity.parse(text)


def test_the_amount_is_kept_as_it_was_written() -> None:
    assert str(Quantity("34.50", "kg")) == "34.50 kg"
    assert Quantity("34.50", "kg") == Quantity("34.5", "kg")


def test_a_quantity_is_rounded_only_where_asked() -> None:
    assert str(Quantity("34.565", "kg").rounded(places=2)) == "34.57 kg"
    assert str(Quantity("-34.565", "kg").rounded(places=2)) == "-34.57 kg"
    assert str(Quantity("34.565", "kg").rounded(places=2, rounding=Rounding.HALF_EVEN)) == "34.56 kg"


def test_the_base_form_serves_to_sort_whatever_the_unit() -> None:
    lengths = [Quantity(1, "m"), Quantity(1, "[ft_i]"), Quantity(1, "km")]

    assert [times for times, _ in sorted(length.base() for length in lengths[:1])] == [1]
    assert sorted(lengths)[0] == Quantity(1, "[ft_i]")
    assert Quantity(1, "[ft_i]").base() == (Fraction("0.3048"), parse_unit("m"))


def test_a_quantity_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        WAIST.amount = Decimal(35)  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("quantity", [WAIST, Quantity("9.81", "m/s2"), Money(5, "USD")])
def test_a_quantity_survives_copying_and_pickling(quantity: Quantity) -> None:
    for other in (pickle.loads(pickle.dumps(quantity)), copy.copy(quantity), copy.deepcopy(quantity)):
        assert other == quantity
        assert type(other) is type(quantity)
        assert hash(other) == hash(quantity)


def test_a_callers_own_decimal_context_changes_nothing() -> None:
    with localcontext(prec=3):
        assert -Quantity("12345", "kg") == Quantity("-12345", "kg")
        assert abs(Quantity("-12345", "kg")) == Quantity("12345", "kg")
        assert Quantity("12345", "kg") + Quantity("0.1", "kg") == Quantity("12345.1", "kg")
        assert Quantity("12345", "m").convert_to("mm") == Quantity("12345000", "mm")


def test_a_class_of_your_own_stays_what_it_is_in_sums() -> None:
    class Weight(Quantity):
        __slots__ = ()

    weight = Weight(68, "kg") + Weight(2, "kg")

    assert type(weight) is Weight
    assert weight == Quantity(70, "kg")
    assert type(weight / Quantity(1, "m2")) is Quantity


def test_types_say_what_comes_of_what() -> None:
    assert_type(WAIST + WAIST, Quantity)
    assert_type(WAIST * 2, Quantity)
    assert_type(WAIST * WEIGHT, Quantity)
    assert_type(WAIST / WEIGHT, Quantity)
    assert_type(Money(1, "USD") + Money(1, "USD"), Money)
    assert_type(Money(1, "USD") * Decimal(2), Money)
    assert_type(Money(1, "USD").convert_to("USD"), Money)


SIZES = {
    "m": Fraction(1),
    "mm": Fraction(1, 1000),
    "km": Fraction(1000),
    "[in_i]": Fraction(254, 10_000),
    "[ft_i]": Fraction(3048, 10_000),
    "[mi_i]": Fraction(1_609_344, 1000),
    "[ft_us]": Fraction(1200, 3937),
    "kg": Fraction(1000),
    "g": Fraction(1),
    "[lb_av]": Fraction(45_359_237, 100_000),
    "[oz_av]": Fraction(45_359_237, 1_600_000),
    "s": Fraction(1),
    "min": Fraction(60),
    "h": Fraction(3600),
    "d": Fraction(86_400),
}


def size(quantity: Any) -> Fraction:
    """The model of a quantity: how many metres, grams or seconds."""
    return Fraction(quantity.amount) * SIZES[quantity.unit.code]


def kind(quantity: Any) -> object:
    return quantity.unit.dimension


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("", ""),
        ("ARITHMETIC.add(mine, theirs)", "ARITHMETIC.subtract(mine, theirs)"),
        ("to_left.convert(right.amount), left.unit", "right.amount, left.unit"),
        ("right.amount, right.unit\n", "right.amount, left.unit\n"),
        ("    if to_left.is_exact:", "    if True:"),
        ("            return self.amount < other.amount", "            return self.amount <= other.amount"),
        ("< Fraction(other.amount) * _related", "< Fraction(other.amount) / _related"),
        ("found is not None and Fraction(self.amount) ==", "found is None or Fraction(self.amount) =="),
        ("hash((Fraction(self.amount) * base.times,", "hash((Fraction(self.amount),"),
        ("ARITHMETIC.minus(self.amount)", "self.amount"),
        ("ARITHMETIC.abs(self.amount)", "self.amount"),
        ("self.unit * other.unit)", "self.unit / other.unit)"),
        ("self.unit / divisor.unit)", "self.unit * divisor.unit)"),
    ],
)
def test_arithmetic_agrees_with_sizes_in_one_base_unit(right: str, wrong: str) -> None:
    module: Any = with_fault(quantity_module, right, wrong) if right else quantity_module
    covered = Covered()

    @settings(
        max_examples=300, derandomize=True, deadline=None, phases=[Phase.generate] if right else list(Phase)
    )
    @given(quantities(), quantities() | quantities(LENGTHS), st.booleans(), amounts(digits=3, places=1))
    def agrees(one: Quantity, other: Quantity, alike: bool, factor: Decimal) -> None:
        if alike:  # as large, in another unit where there is one
            other = one.convert_to("g") if kind(one) == kind(WEIGHT) else Quantity(one.amount, one.unit)
        a, b = (module.Quantity(each.amount, each.unit.code) for each in (one, other))
        mixed = kind(a) != kind(b)
        inexact = "[ft_us]" in {a.unit.code, b.unit.code} and a.unit != b.unit
        covered.case(
            mixed=mixed,
            one_unit=a.unit == b.unit,
            converts=not mixed and a.unit != b.unit,
            negative=a.amount < 0,
            zero=b.amount == 0,
            equal_elsewhere=not mixed and a.unit != b.unit and size(a) == size(b),
        )
        assert size(-a) == -size(a)
        assert size(abs(a)) == abs(size(a))
        assert size(a * factor) == size(a) * Fraction(factor)
        assert (a == b) == (not mixed and size(a) == size(b))
        assert (hash(a) == hash(b)) or a != b
        base, unit = (a * b).base()
        assert (base, unit.dimension) == (size(a) * size(b), (one.unit * other.unit).dimension)
        assert (a / module.Quantity(8, b.unit)).base()[0] == size(a) / SIZES[b.unit.code] / 8
        if mixed:
            for combine in (a.__add__, a.__sub__, a.__lt__):
                with pytest.raises(ConstraintViolation, match=r"quantity\.compatible-units"):
                    combine(b)
            return
        assert (a < b, a <= b, a > b, a >= b) == (
            size(a) < size(b),
            size(a) <= size(b),
            size(a) > size(b),
            size(a) >= size(b),
        )
        if not inexact:
            assert size(a + b) == size(a) + size(b)
            assert size(a - b) == size(a) - size(b)
            assert a + b == b + a

    if right:
        with pytest.raises((AssertionError, ConstraintViolation, pytest.fail.Exception, TypeError)):
            agrees()
    else:
        agrees()
        covered.enough()
