"""Both sides of a price while it is reckoned with: exact, and each where it costs or brings most (9.3)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from ...patterns.constraint import rule

DIVISOR = rule(
    "quote.divisor",
    pattern="9.3",
    says="What a quote is divided by has its sides both above zero, or both below.",
)
ONE_SIDED = rule(
    "quote.one-sided-product",
    pattern="9.3",
    says="A quote that lacks a side is multiplied where nothing is below zero: there sides change places.",
)

Term: TypeAlias = "Sides | Fraction | int"


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """
    A bid and an offer in the middle of a reckoning.

    Shape:  two fractions, of which one may be lacking; a plain number is both sides at once. A sum, a product
            or a quotient has as its offer the most that it may come to, as its bid the least: who buys
            DEM for GBP through USD sells at one bid and buys at the other offer.
    Units:  never rounded. A comparison looks at the middle.
    Errors: `ConstraintViolation`: `quote.divisor`, `quote.one-sided-product`.
    Source: Analysis Patterns 9.3 and 9.4: a cross rate carries both sides.
    """

    bid: Fraction | None
    offer: Fraction | None

    def __add__(self, other: Term) -> Sides:
        term = _sides(other)
        return Sides(
            _of_both(operator.add, self.bid, term.bid), _of_both(operator.add, self.offer, term.offer)
        )

    __radd__ = __add__

    def __neg__(self) -> Sides:
        return Sides(
            None if self.offer is None else -self.offer,
            None if self.bid is None else -self.bid,
        )

    def __sub__(self, other: Term) -> Sides:
        return self + -_sides(other)

    def __rsub__(self, other: Term) -> Sides:
        return _sides(other) - self

    def __mul__(self, other: Term) -> Sides:
        term = _sides(other)
        mine, others = self._known(), term._known()
        if len(mine) == len(others) == 2:
            products = [one * another for one in mine for another in others]
            return Sides(min(products), max(products))
        for given in (*mine, *others):
            if given < 0:
                raise ONE_SIDED.violation(
                    found=f"{self} times {term}",
                    allowed="both sides, or figures that are not below zero",
                    remedy="Quote both sides.",
                )
        return Sides(
            _of_both(operator.mul, self.bid, term.bid), _of_both(operator.mul, self.offer, term.offer)
        )

    __rmul__ = __mul__

    def __truediv__(self, other: Term) -> Sides:
        return self * _sides(other)._inverted()

    def __rtruediv__(self, other: Term) -> Sides:
        return _sides(other) / self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sides | Fraction | int):
            return NotImplemented
        term = _sides(other)
        return (self.bid, self.offer) == (term.bid, term.offer)

    def __hash__(self) -> int:
        return hash((self.bid, self.offer))

    def __lt__(self, other: Term) -> bool:
        return self._middle() < _sides(other)._middle()

    def __le__(self, other: Term) -> bool:
        return self._middle() <= _sides(other)._middle()

    def __gt__(self, other: Term) -> bool:
        return self._middle() > _sides(other)._middle()

    def __ge__(self, other: Term) -> bool:
        return self._middle() >= _sides(other)._middle()

    def __str__(self) -> str:
        written = ["" if side is None else str(side) for side in (self.bid, self.offer)]
        return f"[{', '.join(written)}]"

    def _known(self) -> list[Fraction]:
        return [side for side in (self.bid, self.offer) if side is not None]

    def _middle(self) -> Fraction:
        known = self._known()
        return sum(known, Fraction(0)) / len(known)

    def _inverted(self) -> Sides:
        known = self._known()
        if not (all(side > 0 for side in known) or all(side < 0 for side in known)):
            raise DIVISOR.violation(
                found=f"a division by {self}",
                allowed="a quote above zero, or one below",
                remedy="Check the divisor: a price of nothing, or on both sides of it, divides nothing.",
            )
        return Sides(
            None if self.offer is None else 1 / self.offer,
            None if self.bid is None else 1 / self.bid,
        )


def _sides(given: Term) -> Sides:
    return given if isinstance(given, Sides) else Sides(Fraction(given), Fraction(given))


def _of_both(
    reckon: Callable[[Fraction, Fraction], Fraction], one: Fraction | None, other: Fraction | None
) -> Fraction | None:
    return None if one is None or other is None else reckon(one, other)
