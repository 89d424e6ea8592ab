"""An index of prices, such as an exchange publishes."""

from decimal import Decimal

PUBLISHED = {"ACM": Decimal(30)}


def price(instrument: str) -> Decimal:
    """What was published last for an instrument."""
    return PUBLISHED[instrument]
