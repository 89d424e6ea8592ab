"""How a scenario is put together: for those who set scenarios up, and nobody else."""

from dataclasses import dataclass, field
from decimal import Decimal

from .sources import index


@dataclass
class Scenario:
    """A state of the market: for each instrument its price, from one of the sources."""

    prices: dict[str, Decimal] = field(default_factory=dict)

    def price(self, instrument: str) -> Decimal:
        """What one of an instrument costs."""
        return self.prices[instrument]

    def read(self, instrument: str) -> None:
        """Take the price of an instrument from its source."""
        self.prices[instrument] = index.price(instrument)
