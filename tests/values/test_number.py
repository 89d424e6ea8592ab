"""3.1: an amount is exact; what is not is refused where it is read, and nothing is rounded unasked."""

from contextlib import suppress
from decimal import Decimal, localcontext
from fractions import Fraction
from time import perf_counter
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.values import Precision, Rounding, exact, quotient, rational, rounded, total
from analysis_patterns.patterns.values import number as number_module
from tests.covered import Covered, with_fault
from tests.refusals import refuses
from tests.values.strategies import amounts


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("34", Decimal("34")),
        ("-1234.50", Decimal("-1234.50")),
        ("+.5", Decimal("0.5")),
        ("5.", Decimal("5")),
        ("1e38", Decimal("1E+38")),
        ("1E-38", Decimal("1E-38")),
        ("9" * 40, Decimal("9" * 40)),
        (7, Decimal(7)),
        (Decimal("25.40"), Decimal("25.40")),
        (Fraction(1, 8), Decimal("0.125")),
    ],
)
def test_an_amount_is_read_as_it_is_written(written: Any, read: Decimal) -> None:
    assert exact(written) == read


def test_trailing_zeros_are_kept() -> None:
    assert str(exact("25.40")) == "25.40"
    assert str(exact(Decimal("25.40"))) == "25.40"


@pytest.mark.parametrize(
    "value",
    [
        0.1,
        float("nan"),
        float("inf"),
        True,
        None,
        b"1",
        1j,
        "",
        " 1",
        "1 ",
        "1_000",
        "1,5",
        "0x10",
        "\u0661",
        "\uff11\uff12",
        "\u00bd",
        "1e",
        "e5",
        "--1",
        ".",
        "NaN",
        "Infinity",
        "-inf",
        "1\n",
        "\ud800",
        "1e39",
        "1e-39",
        "1e1000000",
        "1" * 41,
        "-0." + "1" * 38,
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("1E+39"),
        Decimal("1E-39"),
        Decimal("1E+1000000"),
        Decimal("1" * 41),
        10**40,
        pytest.param(10**5000, id="5000 digits"),
    ],
)
def test_refuses_what_is_no_exact_amount(value: Any) -> None:
    with refuses("number.exact"):
        exact(value)


def test_says_what_was_found_and_what_to_write_instead() -> None:
    with refuses("number.exact") as refused:
        exact(0.1)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

    assert str(refused.value) == (
        "number.exact: found 0.1; allowed: a finite decimal of at most 40 characters and 38 places. "
        "Write the amount as a Decimal, an int or a text such as '0.1'."
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "1e1000000",
        Decimal("1E+1000000"),
        pytest.param(10**100_000, id="int"),
        pytest.param("9" * 1_000_000, id="text"),
        pytest.param(Fraction(10**100_000, 3), id="fraction"),
    ],
)
def test_refuses_enormous_numbers_without_writing_them_out(hostile: Any) -> None:
    started = perf_counter()

    with refuses("number.exact") as refused:
        exact(hostile)

    assert perf_counter() - started < 1
    assert len(str(refused.value)) < 300


def test_refuses_a_fraction_without_end_as_a_decimal() -> None:
    with refuses("number.quotient"):
        exact(Fraction(1, 3))


def test_a_fraction_is_read_from_a_number_or_a_text() -> None:
    assert rational("5/9") == Fraction(5, 9)
    assert rational("25.4") == Fraction(127, 5)
    assert rational(Fraction(1, 3)) == Fraction(1, 3)
    assert rational(12) == 12


@pytest.mark.parametrize("value", ["1/2/3", "1/", "/2", "1/x", 0.5, Fraction(1, 2**600)])
def test_refuses_what_is_no_fraction(value: Any) -> None:
    with refuses("number.exact"):
        rational(value)


def test_a_quotient_that_ends_is_exact() -> None:
    assert quotient(1, 8) == Decimal("0.125")
    assert quotient(Decimal("304.8"), Decimal("25.4")) == 12


def test_refuses_a_quotient_without_end_unless_a_precision_is_stated() -> None:
    with refuses("number.quotient") as refused:
        quotient(10, 3)

    assert str(refused.value) == (
        "number.quotient: found 10/3, whose decimals do not end; allowed: an exact quotient, or a stated "
        "precision. State one, for example Precision(digits=12), or keep a Fraction."
    )
    assert quotient(10, 3, Precision(places=2)) == Decimal("3.33")
    assert quotient(10, 3, Precision(digits=2)) == Decimal("3.3")


@pytest.mark.parametrize("divide", [lambda: quotient(1, 0), lambda: rational("1/0")])
def test_refuses_to_divide_by_zero(divide: Any) -> None:
    with refuses("number.quotient"):
        divide()


@pytest.mark.parametrize(
    "counts",
    [{}, {"places": 2, "digits": 2}, {"places": -1}, {"places": 39}, {"digits": 0}, {"digits": True}],
)
def test_refuses_a_precision_that_counts_neither_or_both_or_impossibly(counts: dict[str, Any]) -> None:
    with refuses("number.precision"):
        Precision(**counts)


def test_half_is_rounded_away_from_zero_unless_told_otherwise() -> None:
    assert rounded(Decimal("1.925"), places=2) == Decimal("1.93")
    assert rounded(Decimal("-1.925"), places=2) == Decimal("-1.93")
    assert rounded(Decimal("1.925"), places=2, rounding=Rounding.HALF_EVEN) == Decimal("1.92")
    assert rounded(Decimal("-1.921"), places=2, rounding=Rounding.UP) == Decimal("-1.92")
    assert rounded(Decimal("-1.921"), places=2, rounding=Rounding.DOWN) == Decimal("-1.93")
    assert rounded(Decimal("1.929"), places=2, rounding=Rounding.TOWARDS_ZERO) == Decimal("1.92")
    assert rounded(Decimal("1.921"), places=2, rounding=Rounding.AWAY_FROM_ZERO) == Decimal("1.93")


@pytest.mark.parametrize("value", [Decimal("Infinity"), Decimal("1E+200")])
def test_refuses_to_round_what_has_no_such_place(value: Decimal) -> None:
    with refuses("number.exact"):
        rounded(value, places=2)


def test_a_figure_is_rounded_once_not_twice() -> None:
    just_below_half = Fraction(45, 100) - Fraction(1, 10**150)

    assert quotient(just_below_half, 1, Precision(places=1)) == Decimal("0.4")


def test_sums_are_exact_beyond_the_digits_of_the_default_context() -> None:
    large, small = Decimal("12345678901234567890123456789012"), Decimal("0.00000001")

    assert sum([large, small, large.copy_negate()]) != small
    assert total([large, small, large.copy_negate()]) == small


def test_a_callers_own_context_changes_nothing() -> None:
    with localcontext(prec=3):
        assert total([Decimal("1000.01"), Decimal("0.01")]) == Decimal("1000.02")
        assert quotient(1, 64) == Decimal("0.015625")
        assert exact("123456") == 123456


def divided_by_hand(value: Fraction, places: int) -> Fraction:
    """The model: half away from zero, by whole numbers only."""
    scaled = abs(value) * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    nearest = whole + (2 * rest >= scaled.denominator)
    return Fraction(nearest if value > 0 else -nearest, 10**places)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("", ""),
        ("value.quantize(step, rounding=rounding.value,", "value.quantize(step, rounding=ROUND_HALF_EVEN,"),
        ("Decimal(1).scaleb(-places)", "Decimal(1).scaleb(places)"),
        ("HALF_AWAY_FROM_ZERO = ROUND_HALF_UP", "HALF_AWAY_FROM_ZERO = ROUND_DOWN"),
        ("    return dividend / divisor", "    return divisor / dividend if dividend else dividend"),
    ],
)
def test_a_rounded_quotient_agrees_with_whole_numbers(right: str, wrong: str) -> None:
    module: Any = with_fault(number_module, right, wrong) if right else number_module
    covered = Covered()

    phases = [Phase.generate] if right else list(Phase)

    @settings(max_examples=400, derandomize=True, deadline=None, phases=phases)
    @given(amounts(), st.integers(1, 64) | amounts().filter(bool), st.integers(0, 6))
    def agrees(dividend: Decimal, divisor: Decimal | int, places: int) -> None:
        value = Fraction(dividend) / Fraction(divisor)
        covered.case(
            negative=value < 0,
            endless=len(str(value.denominator)) > 2,
            half=(value * 10**places * 2).denominator == 1,
            no_places=places == 0,
        )
        found = module.quotient(dividend, divisor, module.Precision(places=places))
        assert Fraction(found) == divided_by_hand(value, places)

    if right:
        with pytest.raises(AssertionError):
            agrees()
    else:
        agrees()
        covered.enough()


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.decimals(allow_nan=True, allow_infinity=True) | st.text(max_size=45) | st.integers() | st.floats())
def test_whatever_is_given_is_read_exactly_or_refused(value: Any) -> None:
    with suppress(ConstraintViolation):
        read = exact(value)

        assert read == (Decimal(value) if isinstance(value, str) else value)
        assert len(str(read)) <= 40
        assert exact(str(read)) == read
