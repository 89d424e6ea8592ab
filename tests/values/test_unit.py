"""3.3: a compound unit is built from atomic ones with powers: one inverse at least, or two direct."""

import copy
import pickle
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.values import (
    ONE,
    AtomicUnit,
    CompoundUnit,
    Dimension,
    Scale,
    Unit,
    UnitReference,
    parse_unit,
)
from analysis_patterns.patterns.values import unit as unit_module
from tests.covered import Covered, with_fault
from tests.refusals import refuses

METRE, SECOND, KILOGRAM = parse_unit("m"), parse_unit("s"), parse_unit("kg")
CRATE, BOTTLE = AtomicUnit("crate"), AtomicUnit("bottle")
ATOMS = tuple(AtomicUnit(code) for code in ("m", "s", "kg", "[in_i]", "crate", "{c}", "100"))


def atomic(unit: Unit) -> AtomicUnit:
    assert isinstance(unit, AtomicUnit)
    return unit


def test_9_81_m_per_s2_is_in_one_direct_metre_and_two_inverse_seconds() -> None:
    metre, second = atomic(METRE), atomic(SECOND)

    acceleration = CompoundUnit.of(direct=[metre], inverse=[second, second])

    assert acceleration == METRE / SECOND / SECOND
    assert acceleration.direct == (metre,)
    assert acceleration.inverse == (second, second)
    assert acceleration.references == (UnitReference(metre, 1), UnitReference(second, -2))
    assert str(acceleration) == "m/s2"


def test_one_inverse_unit_or_two_direct_ones_make_a_compound() -> None:
    assert str(CompoundUnit.of(inverse=[CRATE])) == "/crate"
    assert str(CompoundUnit.of(direct=[CRATE, CRATE])) == "crate2"
    assert str(CompoundUnit.of(direct=[CRATE, BOTTLE])) == "crate.bottle"


@pytest.mark.parametrize(
    ("direct", "inverse", "found"),
    [
        ([], [], "no unit at all"),
        ([CRATE], [], "crate"),
        ([CRATE], [CRATE], "no unit at all"),
        ([CRATE, CRATE], [CRATE], "crate"),
        ([CRATE, ONE], [ONE], "crate"),
    ],
)
def test_refuses_a_compound_of_one_direct_unit_or_none(
    direct: list[AtomicUnit], inverse: list[AtomicUnit], found: str
) -> None:
    with refuses("unit.compound") as refused:
        CompoundUnit.of(direct=direct, inverse=inverse)

    assert str(refused.value) == (
        f"unit.compound: found {found}; allowed: at least one inverse unit, or two direct ones. "
        "Use the atomic unit itself."
    )


@pytest.mark.parametrize("power", [0, 100, -100, 1.0, True, "2"])
def test_refuses_a_power_that_is_no_whole_number_but_zero(power: Any) -> None:
    with refuses("unit.power"):
        UnitReference(CRATE, power)


@pytest.mark.parametrize("power", [100, 10**9, 2.0, True])
def test_refuses_to_raise_a_unit_to_such_a_power(power: Any) -> None:
    with refuses("unit.power"):
        _ = CRATE**power


@pytest.mark.parametrize(
    "code",
    ["", " ", "a b", "m2", "2m", "m-1", "a.b", "a/b", "(a)", "[a", "a]", "[]", "{a", "a{b}c", "10^3",
     "m^2", "a*b", "\u00b5m", "a\nb", "m\x00", '"', "x" * 101],
)  # fmt: skip
def test_refuses_a_code_that_could_not_be_read_back(code: str) -> None:
    with refuses("unit.code"):
        AtomicUnit(code)


def test_refuses_a_compound_too_long_to_write() -> None:
    unit: Unit = ONE

    with refuses("unit.code"):
        for number in range(20):
            unit = unit * AtomicUnit(f"[own_{number}]")


@pytest.mark.parametrize("code", ["Cel", "[degF]", "[pH]", "B"])
def test_refuses_to_multiply_what_does_not_count_from_a_true_zero(code: str) -> None:
    with refuses("unit.ratio-scale") as refused:
        _ = parse_unit(code) / SECOND

    assert str(refused.value) == (
        f"unit.ratio-scale: found {code} within a compound unit; allowed: units on a ratio scale. "
        "For a difference of temperatures use the kelvin, K."
    )


def test_what_cancels_leaves_the_atomic_unit_or_the_number_one() -> None:
    assert METRE * SECOND / SECOND is METRE
    assert METRE / METRE is ONE
    assert ONE * METRE is METRE
    assert METRE**0 is ONE
    assert str(ONE / SECOND) == "/s"


def test_units_are_equal_whatever_the_order_they_were_written_in() -> None:
    assert KILOGRAM * METRE == METRE * KILOGRAM
    assert hash(KILOGRAM * METRE) == hash(METRE * KILOGRAM)
    assert str(KILOGRAM * METRE) == "kg.m"
    assert str(METRE * KILOGRAM) == "m.kg"


def test_an_own_unit_is_not_the_standard_one_of_the_same_code() -> None:
    assert AtomicUnit("m") != METRE
    assert AtomicUnit("m", dimension=METRE.dimension) == METRE
    assert AtomicUnit("crate", name="a crate") == CRATE
    assert CRATE != "crate"
    assert (CRATE * BOTTLE).__eq__(CRATE) is NotImplemented


def test_a_unit_knows_the_dimension_it_measures() -> None:
    assert str(parse_unit("N").dimension) == "length.mass/time2"
    assert parse_unit("N").dimension == parse_unit("kg.m/s2").dimension
    assert str(ONE.dimension) == "number"
    assert str(parse_unit("/s").dimension) == "/time"
    assert CRATE.dimension is None
    assert (CRATE / SECOND).dimension is None
    assert Dimension.of({"time": 0}) == Dimension()


def test_the_number_one_stays_one_whoever_writes_it() -> None:
    assert parse_unit("1") is ONE
    assert AtomicUnit("1", dimension=ONE.dimension) == ONE
    assert METRE * AtomicUnit("1", dimension=ONE.dimension) is METRE


def test_an_own_unit_may_state_its_scale() -> None:
    assert AtomicUnit("[degC_own]", scale=Scale.INTERVAL).scale is Scale.INTERVAL
    assert CRATE.scale is Scale.RATIO


def test_units_multiply_with_units_only() -> None:
    for operand in (2, "m", None):
        with pytest.raises(TypeError):
            METRE * operand  # type: ignore[operator] # pyright: ignore[reportOperatorIssue]
        with pytest.raises(TypeError):
            METRE / operand  # type: ignore[operator] # pyright: ignore[reportOperatorIssue]


def test_a_unit_shows_what_it_is() -> None:
    assert repr(METRE) == "<AtomicUnit m>"
    assert repr(METRE / SECOND) == "<CompoundUnit m/s>"


@pytest.mark.parametrize("code", ["m", "kg.m/s2", "USD", "1", "{beats}/min", "Cel"])
def test_a_unit_survives_copying_and_pickling(code: str) -> None:
    unit = parse_unit(code)

    for other in (pickle.loads(pickle.dumps(unit)), copy.deepcopy(unit), copy.copy(unit)):
        assert other == unit
        assert hash(other) == hash(unit)
        assert other.references == unit.references


def test_a_pickled_unit_is_found_in_another_process() -> None:
    written = pickle.dumps(parse_unit("kg.m/s2")).hex()
    program = (
        "import pickle; from analysis_patterns.patterns.values import parse_unit; "
        f"assert pickle.loads(bytes.fromhex('{written}')) in {{parse_unit('m.kg/s2')}}"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def as_bag(unit: Unit) -> Counter[str]:
    return Counter({each.unit.code: each.power for each in unit.references})


def units() -> st.SearchStrategy[list[tuple[AtomicUnit, int]]]:
    return st.lists(st.tuples(st.sampled_from(ATOMS), st.integers(-2, 2).filter(bool)), max_size=4)


def folded(powers: list[tuple[AtomicUnit, int]]) -> dict[str, int]:
    bag: Counter[str] = Counter()
    for atom, power in powers:
        bag[atom.code] += power
    return {code: power for code, power in bag.items() if power}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("", ""),
        ("powers.get(each.unit, 0) + each.power", "each.power"),
        ("for unit, power in powers.items() if power)", "for unit, power in powers.items() if power > 0)"),
        ("return self * other**-1", "return self * other"),
        ("each.power * power) for each", "each.power + power) for each"),
        ('if base == "" or base.isdigit():', 'if base == "":'),
        ("range(-each.power)", "range(each.power)"),
    ],
)
def test_products_agree_with_bags_and_are_read_back_as_written(right: str, wrong: str) -> None:
    module: Any = with_fault(unit_module, right, wrong) if right else unit_module
    own = tuple(module.AtomicUnit(atom.code) for atom in ATOMS)
    swap = dict(zip(ATOMS, own, strict=True))
    covered = Covered()

    def made(powers: list[tuple[AtomicUnit, int]]) -> Any:
        return module.product(module.UnitReference(swap[atom], power) for atom, power in powers)

    phases = [Phase.generate] if right else list(Phase)

    @settings(max_examples=200, derandomize=True, deadline=None, phases=phases)
    @given(units(), units(), st.integers(-2, 2))
    def agrees(one: list[tuple[AtomicUnit, int]], other: list[tuple[AtomicUnit, int]], power: int) -> None:
        inverse = [(atom, -times) for atom, times in other]
        covered.case(
            cancels=len(folded(one + inverse)) < len(folded(one)),
            atomic=len(folded(one)) == 1,
            number=not folded(one),
            numbers="100" in folded(one),
            annotated="{c}" in folded(one),
        )
        assert as_bag(made(one)) == folded(one)
        assert as_bag(made(one) * made(other)) == folded(one + other)
        assert as_bag(made(one) / made(other)) == folded(one + inverse)
        assert as_bag(made(one) ** power) == folded([(atom, times * power) for atom, times in one if power])
        if isinstance(made(one), module.CompoundUnit):
            assert Counter(made(one).inverse) == Counter(
                {swap[atom]: -folded(one)[atom.code] for atom in ATOMS if folded(one).get(atom.code, 0) < 0}
            )
        assert as_bag(parse_unit(str(made(one)), known=ATOMS)) == folded(one)

    if right:
        with pytest.raises(Exception, match=r"."):
            agrees()
    else:
        agrees()
        covered.enough()
