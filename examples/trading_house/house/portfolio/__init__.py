"""Contracts chosen for some purpose, and what they are worth together."""

from dataclasses import dataclass
from decimal import Decimal

from ..contract import Contract
from ..scenario import Scenario
from .filter import of_instrument


@dataclass
class Portfolio:
    """Some of the contracts that there are."""

    contracts: list[Contract]

    def of(self, instrument: str) -> "Portfolio":
        """Those of one instrument."""
        return Portfolio(of_instrument(self.contracts, instrument))

    def value(self, scenario: Scenario) -> Decimal:
        """What they are worth in a scenario."""
        return sum((contract.value(scenario) for contract in self.contracts), Decimal(0))
