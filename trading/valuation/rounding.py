"""Where an estimate enters a record: rounded to the minor unit, and exact from there on (3.1)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite

from ...patterns.constraint import rule
from ...patterns.values import Currency, Money

FINITE = rule(
    "valuation.finite",
    pattern="9.2",
    says="What enters a record is a number, and not more than binary floats can tell.",
)

# A binary float has at most 767 digits before it repeats nothing: none is lost before it is rounded.
_WHOLE = Context(prec=800, rounding=ROUND_HALF_UP)


def rounded(estimate: float, currency: str) -> Money:
    """
    An estimate as money, half away from zero.

    Errors: `ConstraintViolation` (`valuation.finite`).

    >>> print(rounded(-0.005, "USD"), rounded(1234.5, "JPY"))
    -0.01 USD 1235 JPY
    """
    if not isfinite(estimate):
        raise FINITE.violation(
            found=f"an estimate of {estimate} {currency}",
            allowed="finite ones",
            remedy="Look at the levels, and at interest above all: 5 per cent are 0.05.",
        )
    paid = Currency.of(currency)
    minor = Decimal(estimate).scaleb(paid.minor_places, _WHOLE).to_integral_value(ROUND_HALF_UP, _WHOLE)
    return Money.from_minor_units(int(minor), paid)
