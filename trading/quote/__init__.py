"""Quotes: the prices at which a market buys and sells (9.3)."""

from .quote import Quote
from .quote_columns import quote_columns
from .sides import Sides

__all__ = ["Quote", "Sides", "quote_columns"]
