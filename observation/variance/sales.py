"""The difference of a revenue by volume, mix and price, as sales are reported (4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ...patterns.constraint import ConstraintViolation, require, rule
from ...patterns.formula.value import counted
from ...patterns.values import Quantity
from .attribution import SAME_INPUTS
from .variance import Contribution, Variance

PLANNED_VOLUME = rule(
    "variance.planned-volume",
    pattern="4.2",
    says="Volume and mix are told apart by the mix that was planned, so something has to be planned.",
)


@dataclass(frozen=True, slots=True)
class Sale:
    """
    What was sold of one product, or was planned to be: how many, at which average price.
    """

    units: Quantity
    price: Quantity


def price_volume_mix(*, planned: Mapping[str, Sale], actual: Mapping[str, Sale]) -> Variance:
    """
    Split a difference of revenue into what the volume, the mix of products, and the prices contribute.

    Shape:  volume: planned revenue for so many units more or less, in the planned mix; mix: what the units
            as they were sold come to at planned prices, above the planned mix; price: the units as they were
            sold, times what their prices differ. Both name the same products; one that was not sold, or not
            planned, has 0 units, and its price.
    Units:  of the first product planned; exact.
    Errors: `ConstraintViolation`: `variance.same-inputs`, `variance.planned-volume`,
            `quantity.compatible-units`.

    >>> from analysis_patterns.patterns import Quantity
    >>> split = price_volume_mix(
    ...     planned={"11-10": Sale(Quantity(60, "1"), Quantity(10, "USD")),
    ...              "11-30": Sale(Quantity(40, "1"), Quantity(20, "USD"))},
    ...     actual={"11-10": Sale(Quantity(80, "1"), Quantity(10, "USD")),
    ...             "11-30": Sale(Quantity(40, "1"), Quantity(21, "USD"))})
    >>> [f"{each.name} {each.amount}" for each in split.contributions]
    ['volume 280', 'mix -80', 'price 40']
    """
    require(_other_products(planned, actual))
    units, money = (next(iter(planned.values())).units.unit, next(iter(planned.values())).price.unit)

    def numbers(sales: Mapping[str, Sale]) -> list[tuple[Fraction, Fraction]]:
        return [(counted(sales[name].units, units), counted(sales[name].price, money)) for name in planned]

    before, after = numbers(planned), numbers(actual)
    planned_units = sum((count for count, _ in before), Fraction(0))
    require(_nothing_planned(planned_units))
    planned_revenue, revenue = (_revenue(each) for each in (before, after))
    growth = sum((count for count, _ in after), Fraction(0)) / planned_units
    at_planned_prices = _revenue(
        [(count, price) for (count, _), (_, price) in zip(after, before, strict=True)]
    )
    return Variance(
        planned=planned_revenue,
        actual=revenue,
        unit=money,
        method="volume, mix and price",
        contributions=(
            Contribution("volume", (growth - 1) * planned_revenue),
            Contribution("mix", at_planned_prices - growth * planned_revenue),
            Contribution("price", revenue - at_planned_prices),
        ),
    )


def _revenue(sales: list[tuple[Fraction, Fraction]]) -> Fraction:
    return sum((count * price for count, price in sales), Fraction(0))


def _other_products(planned: Mapping[str, Sale], actual: Mapping[str, Sale]) -> Iterator[ConstraintViolation]:
    if not planned or planned.keys() != actual.keys():
        yield SAME_INPUTS.violation(
            found=f"planned {', '.join(planned) or 'nothing'}; actual {', '.join(actual) or 'nothing'}",
            allowed="the same products in both",
            remedy="Give 0 units for a product that was not sold, or not planned.",
        )


def _nothing_planned(units: Fraction) -> Iterator[ConstraintViolation]:
    if not units:
        yield PLANNED_VOLUME.violation(
            found="a plan of no units at all",
            allowed="a plan of some units",
            remedy="Split it by factor_variance, which needs no planned mix.",
        )
