"""Markets with their calendars, and what is quoted on them (9.1, 9.4, 10.1)."""

from . import knowledge_section  # noqa: F401  (what packs hold)
from .day import Adjustment, MarketDay
from .indicator import ExchangeRate, Instrument, InterestRate, MarketIndicator, Volatility
from .market import Market
from .tenor import Tenor, TenorUnit

__all__ = [
    "Adjustment",
    "ExchangeRate",
    "Instrument",
    "InterestRate",
    "Market",
    "MarketDay",
    "MarketIndicator",
    "Tenor",
    "TenorUnit",
    "Volatility",
]
