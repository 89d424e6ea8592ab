"""Barrier options: contracts of a kind of their own, which contracts in general know nothing of."""

from dataclasses import dataclass
from decimal import Decimal

from ..contract import Contract
from ..scenario import Scenario


@dataclass
class KnockIn(Contract):
    """A contract that is worth nothing until the price falls below a barrier."""

    barrier: Decimal

    def value(self, scenario: Scenario) -> Decimal:
        """What it is worth in a scenario."""
        return super().value(scenario) if scenario.price(self.instrument) < self.barrier else Decimal(0)
