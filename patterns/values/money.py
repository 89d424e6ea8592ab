"""Money: a quantity whose unit is a currency, rounded only where asked, allocated to the cent (3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Self, cast

from ..catalogue import attach
from ..constraint import rule
from .currency import Currency
from .number import Amount, Rounding, rational
from .quantity import Quantity
from .unit import Unit

CURRENCY = rule("money.currency", pattern="3.1", says="Money is counted in a currency.")
WHOLE = rule(
    "money.whole-minor-units",
    pattern="3.1",
    says="Only whole minor units, such as cents, are allocated or counted.",
)
SHARES = rule(
    "money.shares",
    pattern="3.1",
    says="Money is allocated by shares of which none is negative and one at least is above zero.",
)


class Money(Quantity, counted_in=Currency):
    """
    An exact amount of a currency, such as 35.00 USD.

    Shape:  a quantity whose `unit` is its `currency`, which may be given by its ISO 4217 code.
    Units:  amounts may be finer than the minor unit; `rounded` brings them to it, half away from zero, so
            that a reversal cancels what it reverses. A price times a quantity is money again.
    Errors: `ConstraintViolation`: `money.currency` for a unit that is none, `currency.known` for an unknown
            code, `currency.minor-unit` where one is needed and the currency has none; and as for `Quantity`.
    Source: Analysis Patterns 3.1; Fowler's Money for allocating.

    >>> from decimal import Decimal
    >>> print((Money("35.00", "USD") * Decimal("0.055")).rounded())
    1.93 USD
    """

    __slots__ = ()

    def __init__(self, amount: Amount, currency: Unit | str) -> None:
        unit = Currency.of(currency) if isinstance(currency, str) else currency
        if not isinstance(unit, Currency):
            raise CURRENCY.violation(
                found=f"{amount} {unit}"[:80],
                allowed="a currency",
                remedy="Use Quantity for what is not money.",
            )
        super().__init__(amount, unit)

    @classmethod
    def from_minor_units(cls, count: int, currency: Currency | str) -> Self:
        """
        Make money of so many minor units, such as cents.

        >>> print(Money.from_minor_units(193, "USD"))
        1.93 USD
        """
        known = Currency.of(currency) if isinstance(currency, str) else currency
        return cls(rational(count) / 10**known.minor_places, known)

    @property
    def currency(self) -> Currency:
        """The unit it is counted in."""
        return cast("Currency", self.unit)

    @property
    def minor_units(self) -> int:
        """
        How many minor units there are, as an integer.

        Errors: `ConstraintViolation`: `money.whole-minor-units` where they are not whole,
                `currency.minor-unit` where the currency has none.
        """
        scale: int = 10**self.currency.minor_places
        count = Fraction(self.amount) * scale
        if count.denominator != 1:
            raise WHOLE.violation(
                found=f"{self}, which is {count} minor units",
                allowed="a whole number of minor units",
                remedy="Round it first, with rounded().",
            )
        return count.numerator

    def rounded(
        self, *, places: int | None = None, rounding: Rounding = Rounding.HALF_AWAY_FROM_ZERO
    ) -> Self:
        """
        Round to the currency's minor unit, or to other `places`; half away from zero unless told otherwise.

        Errors: `ConstraintViolation` (`currency.minor-unit`) where neither says how many places.
        """
        known = self.currency.minor_places if places is None else places
        return super().rounded(places=known, rounding=rounding)

    def allocate(self, shares: Iterable[Amount]) -> tuple[Self, ...]:
        """
        Divide by `shares` without losing a minor unit; those left over go to the largest remainders.

        Units:  where remainders tie, the earlier share gets the unit; a negative amount is allocated as
                its positive one is, so that reversals cancel share by share.
        Errors: `ConstraintViolation`: `money.shares`, `money.whole-minor-units`, `currency.minor-unit`.

        >>> [str(part) for part in Money("0.05", "USD").allocate([3, 7])]
        ['0.02 USD', '0.03 USD']
        """
        weights = [rational(share) for share in shares]
        whole = sum(weights, Fraction(0))
        if whole <= 0 or min(weights) < 0:
            raise SHARES.violation(
                found="no shares" if not weights else f"shares {', '.join(map(str, weights))}"[:80],
                allowed="shares of which none is negative and one at least is above zero",
                remedy="Leave out who gets nothing, or check the signs.",
            )
        due = abs(self.minor_units)
        exactly = [due * weight / whole for weight in weights]
        parts = [part.numerator // part.denominator for part in exactly]
        remainders = [part - given for part, given in zip(exactly, parts, strict=True)]
        left = due - sum(parts)
        for index in sorted(range(len(parts)), key=lambda at: -remainders[at])[:left]:
            parts[index] += 1
        sign = -1 if self.amount < 0 else 1
        return tuple(self.from_minor_units(sign * part, self.currency) for part in parts)

    def split(self, parts: int) -> tuple[Self, ...]:
        """
        Divide into so many parts as equal as minor units allow, the larger ones first.

        >>> [str(part) for part in Money("1.00", "USD").split(3)]
        ['0.34 USD', '0.33 USD', '0.33 USD']
        """
        return self.allocate([1] * parts)


attach(
    "3.1",
    types=(Quantity, Money, Currency),
    figure="analysis_patterns.patterns.values.quantity:Quantity",
    when_not="A count of things within one program, such as the length of a list, needs no unit. Nor is a "
    "figure in degrees Celsius a multiple of anything: keep it, compare it, but convert it by a method.",
    example="""
>>> from decimal import Decimal
>>> from analysis_patterns.patterns.values import Money, Quantity
>>> print(Quantity(5, "[ft_i]") + Quantity(7, "[in_i]"))
67 [in_i]
>>> Quantity(34, "[in_i]") + Quantity(68, "kg")
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: quantity.compatible-units: ...
>>> print((Money("35.00", "USD") * Decimal("0.055")).rounded())
1.93 USD
""",
)
