"""So many of a unit, as a fraction: what the variables of a measurement's formula stand for (4.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from fractions import Fraction
from functools import total_ordering
from typing import TypeVar

from ...patterns.formula.value import ratio
from ...patterns.values import ONE, Quantity, Unit

T = TypeVar("T")

_NOTED: ContextVar[dict[tuple[Unit, Unit], None] | None] = ContextVar("noted", default=None)


@contextmanager
def conversions_noted() -> Iterator[dict[tuple[Unit, Unit], None]]:
    """Note, in order, from which unit into which figures are converted while the block reckons."""
    noted: dict[tuple[Unit, Unit], None] = {}
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """
    An exact number of a unit, which reckons with others and with the bare numbers of a formula.

    Units:  a sum or difference is in the left unit; a product or quotient in the compound one. A bare 0 is
            nothing of any unit, so that a formula may ask whether something is 0.
    Errors: `ConstraintViolation` (`quantity.compatible-units`) where units do not mix.
    """

    number: Fraction
    unit: Unit

    @classmethod
    def of(cls, quantity: Quantity) -> Figure:
        """The figure that a quantity is."""
        return cls(Fraction(quantity.amount), quantity.unit)

    def counted_in(self, unit: Unit) -> Fraction:
        """How many of `unit` it comes to, exactly."""
        if self._is_nothing or self.unit == unit:
            return self.number
        noted = _NOTED.get()
        if noted is not None:
            noted[self.unit, unit] = None
        return self.number * ratio(self.unit, unit)

    @property
    def _is_nothing(self) -> bool:
        return not self.number and self.unit == ONE

    def __add__(self, other: Figure | Fraction) -> Figure:
        return self._added(_figure(other), 1)

    __radd__ = __add__

    def __sub__(self, other: Figure | Fraction) -> Figure:
        return self._added(_figure(other), -1)

    def __rsub__(self, other: Fraction) -> Figure:
        return _figure(other) - self

    def _added(self, other: Figure, sign: int) -> Figure:
        if self._is_nothing:
            return Figure(sign * other.number, other.unit)
        return Figure(self.number + sign * other.counted_in(self.unit), self.unit)

    def __mul__(self, other: Figure | Fraction) -> Figure:
        factor = _figure(other)
        return Figure(self.number * factor.number, self.unit * factor.unit)

    __rmul__ = __mul__

    def __truediv__(self, other: Figure | Fraction) -> Figure:
        divisor = _figure(other)
        return Figure(self.number / divisor.number, self.unit / divisor.unit)

    def __rtruediv__(self, other: Fraction) -> Figure:
        return _figure(other) / self

    def __neg__(self) -> Figure:
        return Figure(-self.number, self.unit)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Figure | Fraction | int):
            return NotImplemented
        return self._compared(other, lambda mine, theirs: mine == theirs)

    def __lt__(self, other: Figure | Fraction) -> bool:
        return self._compared(other, lambda mine, theirs: mine < theirs)

    def _compared(self, other: Figure | Fraction | int, by: Callable[[Fraction, Fraction], T]) -> T:
        theirs = _figure(other)
        if self._is_nothing:
            return by(self.number, theirs.number)
        return by(self.number, theirs.counted_in(self.unit))

    def __hash__(self) -> int:
        return hash(self.number)

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


def _figure(value: Figure | Fraction | int) -> Figure:
    return value if isinstance(value, Figure) else Figure(Fraction(value), ONE)
