"""Currency deals from either side of the rate: long pounds at dollars is short dollars at pounds (9.1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.values import Currency
from ..market.indicator import ExchangeRate
from .contract import Contract
from .direction import Direction

OF_CURRENCIES = rule(
    "exchange-terms.of-currencies",
    pattern="9.1",
    says="Only a deal in an exchange rate, at a price that is not zero, can be said the other way round.",
)


@dataclass(frozen=True, slots=True)
class ExchangeTerms:
    """
    What a currency deal says, one way round or the other.

    Shape:  so much of a base currency, long or short, at a price in the quoted one.
    Units:  exact, whatever the price: 1/3 is a fraction, and turned round twice it is what it was.
    Errors: `ConstraintViolation` (`exchange-terms.of-currencies`).
    Source: Analysis Patterns 9.1.

    >>> gbp, usd = Currency.of("GBP"), Currency.of("USD")
    >>> deal = ExchangeTerms(Direction.LONG, gbp, usd, Fraction(1_000_000), Fraction(2))
    >>> print(deal, "=", deal.inverted())
    long 1000000 GBP/USD at 2 = short 2000000 USD/GBP at 0.5
    """

    direction: Direction
    base: Currency
    quoted: Currency
    amount: Fraction
    price: Fraction

    def __post_init__(self) -> None:
        if self.price == 0:
            raise _no_exchange(f"{self.base}/{self.quoted} at a price of 0")

    @classmethod
    def of(cls, contract: Contract) -> ExchangeTerms:
        """What a contract says, as its primary party has it."""
        rate = contract.instrument
        if not isinstance(rate, ExchangeRate):
            raise _no_exchange(str(contract))
        amount, price = Fraction(contract.amount.amount), Fraction(contract.price.amount)
        return cls(contract.direction, rate.base, rate.currency, amount, price)

    def inverted(self) -> ExchangeTerms:
        """The same deal, said in the other currency."""
        return ExchangeTerms(
            self.direction.opposite, self.quoted, self.base, self.amount * self.price, 1 / self.price
        )

    def __str__(self) -> str:
        rate = f"{self.base.code}/{self.quoted.code}"
        return f"{self.direction.value} {_written(self.amount)} {rate} at {_written(self.price)}"


def _written(number: Fraction) -> str:
    """A decimal where it ends, a fraction where it does not."""
    twos, fives, left = 0, 0, number.denominator
    while left % 2 == 0:
        twos, left = twos + 1, left // 2
    while left % 5 == 0:
        fives, left = fives + 1, left // 5
    places = max(twos, fives)
    if left != 1 or places == 0:
        return str(number)
    digits = f"{abs(number) * 10**places}".rjust(places + 1, "0")
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _no_exchange(found: str) -> ConstraintViolation:
    return OF_CURRENCIES.violation(
        found=found,
        allowed="an amount of one currency, at a price in another that is not 0",
        remedy="Ask a deal in an ExchangeRate.",
    )
