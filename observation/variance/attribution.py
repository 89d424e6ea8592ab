"""What each of several inputs contributes to a difference: in a stated order, or in all alike (4.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import factorial

from ...patterns.constraint import ConstraintViolation, require, rule
from ...patterns.formula.value import counted
from ...patterns.values import Quantity, Unit
from .variance import Contribution, Variance

MOST_INPUTS = 12
"""How many inputs are split in all orders alike: each one more makes it twice the work."""

Worth = Callable[[frozenset[int]], Fraction]
"""What comes out where the inputs of a set are as they came out, and all others as they were planned."""

SAME_INPUTS = rule(
    "variance.same-inputs",
    pattern="4.2",
    says="What was planned and what came out name the same inputs, and an order names each of them once.",
)
FEW_INPUTS = rule(
    "variance.few-inputs",
    pattern="4.2",
    says=f"At most {MOST_INPUTS} inputs are split in all orders alike.",
)
DEFINED = rule(
    "variance.defined",
    pattern="4.2",
    says="A formula comes to something for every mix of planned inputs and inputs as they came out.",
)
EXACT = rule(
    "variance.exact",
    pattern="4.2",
    says="A formula whose result is split comes to an exact number.",
)


def factor_variance(
    formula: Callable[[Mapping[str, Fraction]], Fraction],
    *,
    planned: Mapping[str, Quantity],
    actual: Mapping[str, Quantity],
    unit: Unit,
    order: Sequence[str] = (),
) -> Variance:
    """
    Split a difference of a formula's result by the inputs of the formula.

    Shape:  without an `order` by Shapley's method: each input contributes what changing it alters, on average
            over all orders in which the inputs may be changed one by one; so no order is preferred. With an
            `order` they are changed one by one in that one: first the units, then the price.
    Units:  the formula reckons with bare numbers, of each input in the unit in which it was planned, and its
            result is so many of `unit`. Exact: an input that did not change contributes 0.
    Errors: `ConstraintViolation`: `variance.same-inputs`, `variance.few-inputs`, `variance.defined`,
            `variance.exact` for a formula that comes to a float, `quantity.compatible-units`.
    Source: L. S. Shapley, A Value for n-Person Games, 1953.

    >>> from analysis_patterns.patterns import Quantity
    >>> split = factor_variance(
    ...     lambda given: given["units"] * given["price"],
    ...     planned={"units": Quantity(100, "1"), "price": Quantity(10, "USD")},
    ...     actual={"units": Quantity(110, "1"), "price": Quantity(9, "USD")},
    ...     unit=Quantity(1, "USD").unit)
    >>> [f"{each.name} {each.amount}" for each in split.contributions]
    ['units 95', 'price -105']
    """
    names = list(planned)
    require(different_inputs(names, list(actual), list(order)))
    before = [Fraction(planned[name].amount) for name in names]
    after = [counted(actual[name], planned[name].unit) for name in names]

    def worth(changed: frozenset[int]) -> Fraction:
        mix = {name: (after if n in changed else before)[n] for n, name in enumerate(names)}
        return formula(mix)

    return attributed(names, worth, unit, tuple(names.index(name) for name in order))


def attributed(names: Sequence[str], worth: Worth, unit: Unit, order: Sequence[int] = ()) -> Variance:
    """
    Split what `worth` of all inputs differs from `worth` of none, as `factor_variance` does.

    Errors: `ConstraintViolation`: `variance.few-inputs`, `variance.defined`.
    """
    if not order:
        require(_too_many(names))
    known: dict[frozenset[int], Fraction] = {}

    def remembered(changed: frozenset[int]) -> Fraction:
        if changed not in known:
            known[changed] = _defined(names, worth, changed)
        return known[changed]

    amounts = _in_order(remembered, order) if order else _in_all_orders(remembered, len(names))
    return Variance(
        planned=remembered(frozenset()),
        actual=remembered(frozenset(range(len(names)))),
        unit=unit,
        method=f"one by one: {', '.join(names[n] for n in order)}" if order else "Shapley's method",
        contributions=tuple(Contribution(name, amounts[n]) for n, name in enumerate(names)),
    )


def _in_order(worth: Worth, order: Sequence[int]) -> dict[int, Fraction]:
    found: dict[int, Fraction] = {}
    changed: frozenset[int] = frozenset()
    for n in order:
        found[n] = worth(changed | {n}) - worth(changed)
        changed |= {n}
    return found


def _in_all_orders(worth: Worth, count: int) -> dict[int, Fraction]:
    """Each order once is too many; in how many of them a set comes first depends on its size alone."""
    found = dict.fromkeys(range(count), Fraction(0))
    for members in range(1 << count):
        changed = frozenset(n for n in range(count) if members >> n & 1)
        rest = count - len(changed) - 1
        for n in found.keys() - changed:
            share = Fraction(factorial(len(changed)) * factorial(rest), factorial(count))
            found[n] += share * (worth(changed | {n}) - worth(changed))
    return found


def _defined(names: Sequence[str], worth: Worth, changed: frozenset[int]) -> Fraction:
    try:
        return _exactly(worth(changed))
    except ZeroDivisionError:
        mix = ", ".join(name for n, name in enumerate(names) if n in changed) or "nothing"
        raise DEFINED.violation(
            found=f"a division by zero with {mix} as it came out, and the rest as planned",
            allowed="a formula that comes to something for every mix",
            remedy="Split it in an order that avoids the mix, or by parts that are not 0.",
        ) from None


def _exactly(result: object) -> Fraction:
    if isinstance(result, Fraction | int) and not isinstance(result, bool):
        return Fraction(result)
    raise EXACT.violation(
        found=f"{type(result).__name__} {result!r}",
        allowed="a fraction, or a whole number",
        remedy="Reckon with Fraction('0.1'), not with 0.1.",
    )


def different_inputs(
    planned: list[str], actual: list[str], order: list[str]
) -> Iterator[ConstraintViolation]:
    """Whether planned and actual inputs, or an order of them, do not name the same ones."""
    if set(planned) != set(actual) or (order and sorted(order) != sorted(planned)):
        yield SAME_INPUTS.violation(
            found=f"planned {', '.join(planned)}; actual {', '.join(actual)}"
            + (f"; in the order {', '.join(order)}" if order else ""),
            allowed="the same inputs in each, and once in an order",
            remedy="Give the planned value again for what did not change.",
        )


def _too_many(names: Sequence[str]) -> Iterator[ConstraintViolation]:
    if len(names) > MOST_INPUTS:
        yield FEW_INPUTS.violation(
            found=f"{len(names)} inputs",
            allowed=f"at most {MOST_INPUTS}",
            remedy="Combine some of them first, or state an order.",
        )
