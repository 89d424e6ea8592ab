"""Markets with their calendars, and what is quoted on them (9.1, 9.4, 10.1)."""

from .indicator import ExchangeRate, Instrument, InterestRate, MarketIndicator, Volatility
from .market import Market
from .tenor import Tenor, TenorUnit

__all__ = [
    "ExchangeRate",
    "Instrument",
    "InterestRate",
    "Market",
    "MarketIndicator",
    "Tenor",
    "TenorUnit",
    "Volatility",
]
