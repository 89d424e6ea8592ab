"""Amounts in one currency, which everybody reckons with."""

from decimal import Decimal

CENT = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """An amount in whole cents."""
    return amount.quantize(CENT)
