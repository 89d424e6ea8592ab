"""The axis of numbers beside a plot: ticks at round numbers, the zero among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_MOST_TICKS = 7
_ROUND = (Decimal(1), Decimal(2), Decimal(5))


@dataclass(frozen=True, slots=True)
class Scale:
    """
    The numbers that a plot shows.

    Shape:  from its first tick, the lowest, to its last.
    """

    ticks: tuple[Decimal, ...]

    def share(self, value: Decimal) -> float:
        """How far up a value lies: 0 at the first tick, 1 at the last."""
        first, last = self.ticks[0], self.ticks[-1]
        return float((value - first) / (last - first))


def scale(values: Iterable[Decimal]) -> Scale:
    """The scale that shows all of some values and the zero, with as few ticks as can be read at a glance."""
    shown = [Decimal(0), *values]
    low, high = min(shown), max(shown)
    if low == high:
        high = Decimal(1)
    step = _step(high - low)
    first, last = _floor(low, step), -_floor(-high, step)
    count = int((last - first) / step)
    return Scale(tuple(first + n * step for n in range(count + 1)))


def written(tick: Decimal) -> str:
    """A tick as people read it: 1,500 or 0.25."""
    return f"{tick.normalize():,f}"


def _floor(value: Decimal, step: Decimal) -> Decimal:
    quotient = value // step
    return step * (quotient - 1 if quotient * step > value else quotient)


def _step(span: Decimal) -> Decimal:
    power = Decimal(10) ** (span.adjusted() - 1)
    while True:
        for each in _ROUND:
            if span / (each * power) <= _MOST_TICKS - 1:
                return each * power
        power *= 10
