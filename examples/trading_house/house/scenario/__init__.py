"""What things cost, really or supposedly: all that most need of a scenario is to ask it for a price."""

from .structure import Scenario

__all__ = ["Scenario"]
