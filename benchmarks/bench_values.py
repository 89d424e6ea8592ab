"""Values: what exactness and units cost against plain dataclasses (3.1, 3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from analysis_patterns.patterns.values import Money, Quantity, parse_unit

from .baselines import values as baseline
from .measure import Result, ratio

AMOUNTS = [Decimal(number) / 100 for number in range(1000, 2000)]


def measure(*, full: bool) -> Iterator[Result]:
    """Create and convert a thousand quantities, checks on, against the least that could do it."""
    rounds = 101 if full else 31
    foot, millimetre = parse_unit("[ft_i]"), parse_unit("mm")
    quantities = [Quantity(amount, foot) for amount in AMOUNTS]
    plain = baseline.created(AMOUNTS, foot)
    dollar = Money(0, "USD").currency
    least = "a frozen, slotted dataclass of two fields"

    yield Result(
        "values.create",
        "a thousand Quantities from Decimals and a unit; each amount checked to be finite and 40 characters",
        least,
        ratio(
            lambda: [Quantity(amount, foot) for amount in AMOUNTS],
            lambda: baseline.created(AMOUNTS, foot),
            rounds=rounds,
        ),
        limit=2.5,
    )
    yield Result(
        "values.create-money",
        "a thousand Moneys from Decimals and a currency; checked likewise",
        least,
        ratio(
            lambda: [Money(amount, dollar) for amount in AMOUNTS],
            lambda: baseline.created(AMOUNTS, dollar),
            rounds=rounds,
        ),
        limit=4,
    )
    yield Result(
        "values.convert",
        "a thousand conversions of feet to millimetres, the chain of ratios found before; exact or refused",
        f"{least} and one Decimal multiplication by a known factor",
        ratio(
            lambda: [quantity.convert_to(millimetre) for quantity in quantities],
            lambda: baseline.converted(plain, Decimal("304.8"), millimetre),
            rounds=rounds,
        ),
        limit=4,
    )
