"""On which side of a deal somebody stands, and what that makes of an option (9.1, 10.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Direction(Enum):
    """
    The side of a deal: long has, or comes to have, what the price is paid for.

    Source: Analysis Patterns 9.1 and 10.2.
    """

    LONG = "long"
    SHORT = "short"

    @property
    def opposite(self) -> Direction:
        """The side that the other party stands on."""
        return Direction.SHORT if self is Direction.LONG else Direction.LONG

    @property
    def sign(self) -> int:
        """1 for long, -1 for short."""
        return 1 if self is Direction.LONG else -1


class OptionKind(Enum):
    """Whether an option is one to buy or one to sell."""

    CALL = "call"
    PUT = "put"


@dataclass(frozen=True, slots=True)
class OptionPosition:
    """
    What an option is to one of its parties.

    Shape:  a call or a put; bought, with the right, or sold, with the duty; what it comes to when it
            expires, in words, with S for the price on the market and K for the strike.
    Source: Analysis Patterns 10.2, figure 10.5.
    """

    kind: OptionKind
    bought: bool
    payoff: str

    @property
    def has_right(self) -> bool:
        """Whether it is a right; what is sold is a duty."""
        return self.bought

    def __str__(self) -> str:
        return f"{self.kind.value} {'bought' if self.bought else 'sold'}"


OPTION_POSITIONS: Mapping[tuple[Direction, Direction], OptionPosition] = MappingProxyType(
    {
        (Direction.LONG, Direction.LONG): OptionPosition(OptionKind.CALL, True, "max(S - K, 0)"),
        (Direction.LONG, Direction.SHORT): OptionPosition(OptionKind.PUT, False, "-max(K - S, 0)"),
        (Direction.SHORT, Direction.LONG): OptionPosition(OptionKind.PUT, True, "max(K - S, 0)"),
        (Direction.SHORT, Direction.SHORT): OptionPosition(OptionKind.CALL, False, "-max(S - K, 0)"),
    }
)
"""By contract direction and option direction: a call where they agree, bought where the option is long."""
