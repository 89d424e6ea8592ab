"""Where an estimate enters a record: rounded to the minor unit, and exact from there on (3.1)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from ...patterns.values import Currency, Money

# A binary float has at most 767 digits before it repeats nothing: none is lost before it is rounded.
_WHOLE = Context(prec=800, rounding=ROUND_HALF_UP)


def rounded(estimate: float, currency: str) -> Money:
    """
    An estimate as money, half away from zero.

    >>> print(rounded(-0.005, "USD"), rounded(1234.5, "JPY"))
    -0.01 USD 1235 JPY
    """
    paid = Currency.of(currency)
    minor = Decimal(estimate).scaleb(paid.minor_places, _WHOLE).to_integral_value(ROUND_HALF_UP, _WHOLE)
    return Money.from_minor_units(int(minor), paid)
