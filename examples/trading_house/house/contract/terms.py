"""The terms of a contract."""

from dataclasses import dataclass
from decimal import Decimal

from ..money import rounded
from ..party import Party
from ..scenario import Scenario


@dataclass
class Contract:
    """So much of an instrument, which its holder buys."""

    holder: Party
    instrument: str
    amount: Decimal

    def __post_init__(self) -> None:
        self.holder.contracts.append(self)

    def value(self, scenario: Scenario) -> Decimal:
        """What the contract is worth in a scenario."""
        return rounded(self.amount * scenario.price(self.instrument))
