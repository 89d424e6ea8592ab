"""4.3: a range runs from a lower to an upper bound, and knows for itself which of them it includes."""

import copy
import pickle
from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis_patterns.patterns.values import Quantity, Range
from analysis_patterns.patterns.values import range as range_module
from tests.covered import Covered, with_fault
from tests.refusals import refuses


def test_a_range_includes_its_lower_bound_and_not_its_upper_one_unless_told() -> None:
    assert Range(1, 5).includes(1)
    assert not Range(1, 5).includes(5)
    assert 5 in Range.closed(1, 5)
    assert 1 not in Range.open(1, 5)


def test_a_missing_bound_is_open_to_that_side() -> None:
    assert Range(None, 5).includes(-(10**9))
    assert Range(5, None).includes(10**9)
    assert Range[int]().includes(0)
    assert str(Range[int]()) == "(, )"


def test_5_percent_is_still_ok_and_anything_above_is_good() -> None:
    acceptable, good = Range.closed(-5, 5), Range.open(5, None)

    assert acceptable.abuts(good)
    assert not acceptable.overlaps(good)
    assert acceptable.includes(5)
    assert not good.includes(5)


def test_refuses_a_lower_bound_above_the_upper_one() -> None:
    with refuses("range.order") as refused:
        Range(5, 1)

    assert str(refused.value) == (
        "range.order: found a range from 5 to 1; allowed: a lower bound that is not above the upper one. "
        "Swap the bounds, or leave one of them out."
    )


@pytest.mark.parametrize(
    ("lower", "upper"),
    [(Decimal("1.01"), 1), (date(1997, 1, 2), date(1997, 1, 1)), (Quantity(1, "m"), Quantity(1, "[ft_i]"))],
)
def test_refuses_it_of_whatever_can_be_compared(lower: Any, upper: Any) -> None:
    with refuses("range.order"):
        Range.closed(lower, upper)


def test_refuses_bounds_of_incompatible_units() -> None:
    with refuses("quantity.compatible-units"):
        Range(Quantity(1, "m"), Quantity(2, "kg"))


def test_a_range_of_quantities_minds_their_units() -> None:
    hand_luggage = Range(Quantity(0, "cm"), Quantity(55, "cm"), upper_inclusive=True)

    assert hand_luggage.includes(Quantity(21, "[in_i]"))
    assert not hand_luggage.includes(Quantity(22, "[in_i]"))
    assert str(hand_luggage) == "[0 cm, 55 cm]"


@pytest.mark.parametrize(
    "nothing", [Range(3, 3), Range.open(3, 3), Range(3, 3, False, True), Range(1, 2, is_empty=True)]
)
def test_a_range_that_can_hold_nothing_is_the_one_empty_range(nothing: Range[int]) -> None:
    assert nothing == Range.empty()
    assert hash(nothing) == hash(Range.empty())
    assert nothing.is_empty
    assert not nothing.includes(3)
    assert str(nothing) == "(empty)"


def test_a_single_value_is_a_range() -> None:
    assert Range.closed(3, 3).includes(3)
    assert not Range.closed(3, 3).is_empty


def test_what_lies_between_two_ranges_is_a_gap() -> None:
    assert Range(1, 3).gap(Range(5, 7)) == Range(3, 5)
    assert Range(5, 7).gap(Range(1, 3)) == Range(3, 5)
    assert Range.open(1, 3).gap(Range.open(3, 5)) == Range.closed(3, 3)
    assert Range(1, 3).gap(Range(3, 5)).is_empty
    assert Range(1, 4).gap(Range(3, 5)).is_empty


def test_a_range_shows_what_it_is() -> None:
    assert str(Range(1, None)) == "[1, )"
    assert (
        repr(Range(1, 5))
        == "Range(lower=1, upper=5, lower_inclusive=True, upper_inclusive=False, is_empty=False)"
    )


def test_a_range_cannot_be_changed() -> None:
    fixed: Any = Range(1, 5)

    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'upper'"):
        fixed.upper = 9
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'upper'"):
        del fixed.upper


def test_a_range_is_equal_to_none_but_ranges() -> None:
    assert Range(1, 5) == Range(1, 5)
    assert Range(1, 5) != Range.closed(1, 5)
    assert Range(1, 5) != (1, 5)


@pytest.mark.parametrize("held", [Range(1, 5), Range.empty(), Range.closed(None, 5)])
def test_a_range_survives_copying_and_pickling(held: Range[int]) -> None:
    for other in (pickle.loads(pickle.dumps(held)), copy.copy(held), copy.deepcopy(held)):
        assert other == held
        assert hash(other) == hash(held)


def test_a_range_is_taken_apart_by_matching() -> None:
    match Range(1, 5):
        case Range(lower, upper):
            assert (lower, upper) == (1, 5)


# The model: a range holds those of these points that lie in it. Bounds are whole; halves stand for what is
# between two bounds, and the outermost points for everything beyond.
POINTS = [Decimal(half) / 2 for half in range(-1, 14)]


def points(held: Any) -> set[Decimal]:
    return {
        point
        for point in POINTS
        if not held.is_empty
        and (held.lower is None or held.lower < point or (held.lower == point and held.lower_inclusive))
        and (held.upper is None or point < held.upper or (held.upper == point and held.upper_inclusive))
    }


def span(inside: set[Decimal]) -> list[Decimal]:
    return [point for point in POINTS if min(inside) <= point <= max(inside)]


@st.composite
def bounds(draw: st.DrawFn) -> tuple[int | None, int | None, bool, bool]:
    lower, upper = sorted(draw(st.tuples(st.integers(0, 6), st.integers(0, 6))))
    kept_lower, kept_upper = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    return (
        lower if kept_lower else None,
        upper if kept_upper else None,
        draw(st.booleans()),
        draw(st.booleans()),
    )


@st.composite
def pairs(draw: st.DrawFn) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Two ranges' bounds; one in four starts where the other ends."""
    one, other = draw(bounds()), draw(bounds())
    if draw(st.integers(0, 3)) or one[1] is None:
        return one, other
    return one, (one[1], None, other[2], other[3])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("", ""),
        ("value < self.lower or", "value <= self.lower or"),
        ("value == self.upper and self.upper_inclusive)", "value == self.upper)"),
        ("and self.upper_inclusive != other.lower_inclusive", "and not self.upper_inclusive"),
        ("return self.lower, self.lower_inclusive and other.lower_inclusive", "return self.lower, True"),
        ("return self.upper, self.upper_inclusive and other.upper_inclusive", "return self.upper, False"),
        ("other.lower < self.lower):", "self.lower < other.lower):"),
        ("self.upper is None or other.upper < self.upper:", "self.upper is None:"),
        ("lower_inclusive=not before.upper_inclusive", "lower_inclusive=before.upper_inclusive"),
        ("upper_inclusive=not after.lower_inclusive", "upper_inclusive=after.lower_inclusive"),
        ("not other.lower < self.upper", "other.lower < self.upper"),
        ("is_empty = lower == upper and not", "is_empty = lower == upper and"),
        ("return self.intersection(other) == other", "return self.intersection(other) == self"),
        ("self._ends_where_begins(other) or", "self._ends_where_begins(other) and"),
        ("return Range.empty()\\n        lower,", "return other\\n        lower,"),
    ],
)
def test_ranges_agree_with_the_points_they_hold(right: str, wrong: str) -> None:
    right, wrong = right.replace("\\n", "\n"), wrong.replace("\\n", "\n")
    module: Any = with_fault(range_module, right, wrong) if right else range_module
    covered = Covered()

    @settings(
        max_examples=600, derandomize=True, deadline=None, phases=[Phase.generate] if right else list(Phase)
    )
    @given(pairs(), st.booleans())
    def agrees(pair: tuple[tuple[Any, ...], tuple[Any, ...]], turned: bool) -> None:
        one, other = pair[::-1] if turned else pair
        a, b = module.Range(*one), module.Range(*other)
        inside_a, inside_b = points(a), points(b)
        both = inside_a & inside_b
        covered.case(
            empty=a.is_empty,
            unbounded=a.lower is None or b.upper is None,
            overlapping=bool(both) and inside_a != inside_b,
            abutting=a.abuts(b),
            apart=not a.gap(b).is_empty,
            within=bool(inside_a) and inside_a < inside_b,
            shares_a_bound=a.lower is not None and a.lower == b.lower,
        )
        assert {point for point in POINTS if a.includes(point)} == inside_a
        assert a.is_empty == (not inside_a)
        assert a.overlaps(b) == bool(both)
        assert points(a.intersection(b)) == both
        assert a.intersection(b) == b.intersection(a)
        assert a.includes_range(b) == (inside_b <= inside_a)
        if inside_a and inside_b:
            together = inside_a | inside_b
            between = set(span(together)) - together
            assert points(a.gap(b)) == (set() if both else between)
            assert a.abuts(b) == (not both and not between)
        else:
            assert a.gap(b).is_empty
            assert not a.abuts(b)
        assert a.gap(b) == b.gap(a)

    if right:
        with pytest.raises(Exception, match=r"."):
            agrees()
    else:
        agrees()
        covered.enough()


def test_every_pair_of_bounds_is_written_with_its_brackets() -> None:
    for lower_inclusive, upper_inclusive in product((True, False), repeat=2):
        written = str(Range(1, 5, lower_inclusive, upper_inclusive))
        assert written == f"{'[' if lower_inclusive else '('}1, 5{']' if upper_inclusive else ')'}"
