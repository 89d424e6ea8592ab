"""3.2: ratios between units, either way round and along any chain, and the chain can be explained."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.constraint import ConstraintViolation
from analysis_patterns.patterns.provenance import explain
from analysis_patterns.patterns.values import (
    STANDARD,
    AtomicUnit,
    ConversionRatio,
    Conversions,
    Currency,
    Precision,
    Quantity,
    Unit,
    parse_unit,
)
from analysis_patterns.patterns.values import conversion as conversion_module
from tests.covered import Covered, with_fault
from tests.refusals import refuses

FOOT, INCH, MILLIMETRE, CRATE = (AtomicUnit(code) for code in ("foot", "inch", "millimetre", "crate"))
BOOK = (ConversionRatio(FOOT, INCH, 12), ConversionRatio(INCH, MILLIMETRE, "25.4"))


def test_12_inches_a_foot_and_25_4_mm_an_inch_make_304_8_mm_a_foot() -> None:
    conversions = Conversions(BOOK)

    foot = Quantity(1, FOOT).convert_to(MILLIMETRE, conversions=conversions)

    assert foot.amount == Decimal("304.8")
    assert Quantity(1, "[ft_i]").convert_to("mm").amount == Decimal("304.8")


def test_a_ratio_is_used_either_way_round() -> None:
    conversions = Conversions(BOOK)

    assert conversions.between(MILLIMETRE, FOOT).ratio == Fraction(5, 1524)
    assert Quantity("304.8", MILLIMETRE).convert_to(FOOT, conversions=conversions) == Quantity(1, FOOT)


def test_the_order_in_which_ratios_are_stated_changes_nothing() -> None:
    stated = (*BOOK, ConversionRatio(MILLIMETRE, parse_unit("mm"), 1))

    for ratios in (stated, stated[::-1], (stated[1], stated[2], stated[0])):
        assert Conversions(ratios).between(FOOT, parse_unit("m")).ratio == Fraction("0.3048")


def test_compound_units_convert_by_the_ratios_of_their_atoms() -> None:
    assert Quantity("9.81", "m/s2").convert_to("km/h2") == Quantity("127137.6", "km/h2")
    assert Quantity(36, "km/h").convert_to("m/s") == Quantity(10, "m/s")
    assert Quantity(1, "J").convert_to("kg.m2/s2") == Quantity(1, "kg.m2/s2")


def test_a_ratio_may_define_a_unit_by_a_compound() -> None:
    knot = AtomicUnit("knot")
    conversions = Conversions([ConversionRatio(knot, parse_unit("m/h"), 1852)])

    assert Quantity(2, knot).convert_to("km/h", conversions=conversions) == Quantity("3.704", "km/h")


def test_a_ratio_between_compounds_settles_the_one_unit_that_is_open() -> None:
    hand = AtomicUnit("hand")
    conversions = Conversions([ConversionRatio(hand / parse_unit("s"), parse_unit("m/s"), "0.1016")])

    assert conversions.between(hand, parse_unit("[in_i]")).ratio == 4


def test_a_conversion_that_was_found_is_kept() -> None:
    assert STANDARD.between(parse_unit("[ft_i]"), parse_unit("mm")) is STANDARD.between(
        parse_unit("[ft_i]"), parse_unit("mm")
    )


def test_refuses_a_ratio_from_a_unit_to_itself() -> None:
    with refuses("conversion.distinct") as refused:
        ConversionRatio(FOOT, AtomicUnit("foot"), 1)

    assert str(refused.value) == (
        "conversion.distinct: found a ratio from foot to itself; allowed: two different units. "
        "Leave it out: a unit converts to itself anyway."
    )


@pytest.mark.parametrize("ratio", [0, -12, "-0.5"])
def test_refuses_a_ratio_that_is_not_above_zero(ratio: Any) -> None:
    with refuses("conversion.positive"):
        ConversionRatio(FOOT, INCH, ratio)


@pytest.mark.parametrize("ratio", [0.3048, "12 inches", None, Decimal("NaN")])
def test_refuses_a_ratio_that_is_not_exact(ratio: Any) -> None:
    with refuses("number.exact"):
        ConversionRatio(FOOT, INCH, ratio)


def test_refuses_a_ratio_between_days_and_months() -> None:
    with refuses("conversion.dimension") as refused:
        ConversionRatio(parse_unit("mo"), parse_unit("d"), 30)

    assert str(refused.value) == (
        "conversion.dimension: found 1 mo = 30 d, calendar time as time; "
        "allowed: two units of one dimension. A month has no fixed number of days."
    )


def test_refuses_a_ratio_between_degrees_celsius_and_fahrenheit() -> None:
    with refuses("conversion.ratio-scale") as refused:
        ConversionRatio(parse_unit("Cel"), parse_unit("[degF]"), "1.8")

    assert refused.value.remedy == "Convert degree Celsius by a method of its own (6.6), not by a ratio."


def test_refuses_a_ratio_between_currencies() -> None:
    with refuses("conversion.timeless") as refused:
        ConversionRatio(Currency.of("GBP"), Currency.of("USD"), 2)

    assert refused.value.remedy == "Take a rate that holds at a time, such as a scenario's (9.4)."


def test_a_unit_may_be_a_part_of_a_currency() -> None:
    cent = AtomicUnit("cent")

    conversions = Conversions([ConversionRatio(Currency.of("USD"), cent, 100)])

    assert Quantity("0.05", "USD").convert_to(cent, conversions=conversions) == Quantity(5, cent)


def test_an_alternative_path_that_agrees_is_welcome() -> None:
    conversions = Conversions([*BOOK, ConversionRatio(FOOT, MILLIMETRE, "304.8")])

    assert conversions.between(FOOT, MILLIMETRE).ratio == Fraction("304.8")


def test_refuses_ratios_that_contradict_one_another() -> None:
    with refuses("conversion.agrees") as refused:
        Conversions([*BOOK, ConversionRatio(FOOT, MILLIMETRE, 305)])

    assert str(refused.value) == (
        "conversion.agrees: found 1 foot = 305 millimetre, though 1 foot = 304.8 millimetre; "
        "allowed: ratios that agree with one another. Correct one of the ratios."
    )


def test_refuses_a_ratio_that_contradicts_the_standard_ones() -> None:
    with refuses("conversion.agrees"):
        Conversions([ConversionRatio(parse_unit("[ft_i]"), parse_unit("mm"), 305)])


def test_refuses_a_ratio_that_would_need_a_root() -> None:
    tile = AtomicUnit("tile")

    with refuses("conversion.plain"):
        Conversions([ConversionRatio(tile**2, parse_unit("cm2"), 100)])


def test_refuses_to_convert_where_no_chain_leads() -> None:
    with refuses("quantity.compatible-units") as refused:
        Conversions(BOOK).between(FOOT, CRATE)

    assert str(refused.value) == (
        "quantity.compatible-units: found foot and crate (an unstated dimension and an unstated dimension); "
        "allowed: units that a chain of conversion ratios relates. "
        "Check which unit was meant, or state a ConversionRatio."
    )


def test_tells_two_units_of_the_same_code_apart() -> None:
    with refuses("quantity.compatible-units") as refused:
        STANDARD.between(AtomicUnit("kg"), parse_unit("kg"))

    assert refused.value.remedy == (
        "Two different units are written kg: make the unit once, or take it from parse_unit."
    )


def test_refuses_a_conversion_without_end_unless_a_precision_is_stated() -> None:
    with refuses("number.quotient"):
        Quantity(1, "mm").convert_to("[in_i]")

    inch = Quantity(1, "mm").convert_to("[in_i]", precision=Precision(digits=6))

    assert inch == Quantity("0.0393701", "[in_i]")


def test_a_conversion_adds_no_zeros_to_what_was_written() -> None:
    assert str(Quantity(1000, "mm").convert_to("m")) == "1 m"
    assert str(Quantity("25.40", "mm").convert_to("[in_i]")) == "1.00 [in_i]"
    assert str(Quantity(3, "km").convert_to("m")) == "3000 m"


def test_a_ratio_may_start_from_a_standard_unit() -> None:
    span = AtomicUnit("span")

    conversions = Conversions([ConversionRatio(parse_unit("m"), span, 5)])

    assert Quantity(10, span).convert_to("cm", conversions=conversions) == Quantity(200, "cm")


def test_a_conversion_explains_its_chain() -> None:
    explanation = explain(Conversions(BOOK).between(FOOT, MILLIMETRE))

    assert str(explanation) == (
        "1 foot = 304.8 millimetre  [conversion ratios]\n"
        "  1 foot = 12 inch  [multiplied by]\n"
        "  1 inch = 25.4 millimetre  [multiplied by]"
    )


def test_an_explanation_says_what_divides_and_how_often() -> None:
    explanation = explain(STANDARD.between(parse_unit("%/h2"), parse_unit("/min2")))

    assert str(explanation) == (
        "1 %/h2 = 1/360000 /min2  [conversion ratios]\n"
        "  1 % = 0.01  [multiplied by]\n"
        "  1 h = 60 min  [divided by, 2 times]"
    )


METRE = AtomicUnit("m", dimension=parse_unit("m").dimension)
NODES = (METRE, *(AtomicUnit(f"[own_{number}]") for number in range(1, 7)))


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[Fraction], list[tuple[int, int]], bool]:
    """Sizes of seven units, the ratios that are stated, and whether compounds of them are asked about."""
    sizes = draw(
        st.lists(st.builds(Fraction, st.integers(1, 60), st.integers(1, 12)), min_size=7, max_size=7)
    )
    edges = [(draw(st.integers(0, child - 1)), child) for child in range(1, 7) if draw(st.integers(0, 9))]
    extra = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=3))
    joined = [edge for edge in extra if edge[0] != edge[1] and connected(edges, *edge)]
    turned = [(b, a) if draw(st.booleans()) else (a, b) for a, b in (*edges, *joined)]
    return sizes, draw(st.permutations(turned)), draw(st.booleans())


def connected(edges: list[tuple[int, int]], one: int, other: int) -> bool:
    """Whether the edges lead from the one to the other: the model of a chain."""
    reached = {one}
    for _ in edges:
        reached |= {b for a, b in edges if a in reached} | {a for a, b in edges if b in reached}
    return other in reached


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("", ""),
        ("times = ratio.ratio * right.times / left.times", "times = ratio.ratio * left.times / right.times"),
        ("times**power, _combined({}, powers, -power)", "times, _combined({}, powers, -power)"),
        ("times**power, _combined({}, powers, -power)", "times**power, _combined({}, powers, power)"),
        ("source.times / target.times", "source.times"),
        ("steps = _combined(source.steps, target.steps, -1)", "steps = source.steps"),
        ("times *= known.times**power", "times *= known.times"),
        ("            if times != 1:", "            if times > 1:"),
        ("powers.get(key, 0) + power * factor", "powers.get(key, 0) + power"),
        ("_combined(_combined({ratio: 1}, right.steps, 1), left.steps, -1)", "{ratio: 1}"),
    ],
)
def test_chains_agree_with_sizes_whatever_the_path(right: str, wrong: str) -> None:
    module: Any = with_fault(conversion_module, right, wrong) if right else conversion_module
    covered = Covered()

    @settings(
        max_examples=200, derandomize=True, deadline=None, phases=[Phase.generate] if right else list(Phase)
    )
    @given(trees(), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
    def agrees(
        tree: tuple[list[Fraction], list[tuple[int, int]], bool], one: int, other: int, third: int
    ) -> None:
        sizes, edges, squared = tree
        ratios = [module.ConversionRatio(NODES[a], NODES[b], sizes[a] / sizes[b]) for a, b in edges]
        conversions = module.Conversions(ratios)
        related = connected(edges, one, other)
        covered.case(
            alternative_paths=len(edges) > 6,
            unrelated=not related,
            long=related and len(conversions.find(NODES[one], NODES[other]).steps) > 2,
            squared=squared,
        )
        from_unit, to_unit = ask(NODES[one], squared), ask(NODES[other], squared)
        assert (conversions.find(from_unit, to_unit) is not None) == related
        if not related:
            return
        found = conversions.find(from_unit, to_unit)
        assert found.ratio == (sizes[one] / sizes[other]) ** (2 if squared else 1)
        assert found.ratio * conversions.find(to_unit, from_unit).ratio == 1
        assert found.ratio == prod((step.ratio**power for step, power in found.steps), start=Fraction(1))
        if connected(edges, other, third):
            through = conversions.find(to_unit, ask(NODES[third], squared)).ratio
            assert found.ratio * through == conversions.find(from_unit, ask(NODES[third], squared)).ratio
        if one != other:
            contradicts(module, ratios, sizes[one] / sizes[other], NODES[one], NODES[other])

    check(agrees, fails=bool(right))
    if not right:
        covered.enough()


def ask(unit: AtomicUnit, squared: bool) -> Unit:
    return unit**2 if squared else unit


def contradicts(module: Any, ratios: list[Any], ratio: Fraction, one: AtomicUnit, other: AtomicUnit) -> None:
    """Another path is welcome where it agrees, and refused where it is too long or too short."""
    module.Conversions([*ratios, module.ConversionRatio(one, other, ratio)])
    for wrong in (ratio * 2, ratio / 2):
        with pytest.raises(ConstraintViolation):
            module.Conversions([*ratios, module.ConversionRatio(one, other, wrong)])


def check(property_: Callable[[], None], *, fails: bool) -> None:
    if fails:
        with pytest.raises((AssertionError, ConstraintViolation, pytest.fail.Exception)):
            property_()
    else:
        property_()
