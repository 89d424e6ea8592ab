"""Quotes: one value that holds what a market pays and what it asks (9.3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from ...patterns.catalogue import attach
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, rule
from ...patterns.values import Precision, exact, quotient
from ...patterns.values.number import ARITHMETIC, Amount
from .notation import read, written
from .sides import Sides

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

NOT_CROSSED = rule(
    "quote.not-crossed",
    pattern="9.3",
    says="Nobody bids more than is asked: the bid of a quote is not above its offer.",
    layers=BUILT | DATABASES,
    guards=("ck_*_not_crossed",),
)
HAS_SIDE = rule(
    "quote.has-side",
    pattern="9.3",
    says="A quote has a bid, an offer, or both.",
    layers=BUILT | DATABASES,
    guards=("ck_*_has_side",),
)
SIDE = rule(
    "quote.side-is-quoted",
    pattern="9.3",
    says="A price is asked only of a side that is quoted; a mid and a spread take both.",
)
FACTOR = rule(
    "quote.factor",
    pattern="9.3",
    says="The factor by which a quote is shifted is above zero.",
)


class Side(Protocol):
    """On which side of a deal somebody stands, such as a direction."""

    @property
    def sign(self) -> int:
        """1 for the side that buys, -1 for the one that sells."""
        ...


@dataclass(frozen=True, slots=True, init=False)
class Quote:
    """
    What a market pays for something, and what it asks.

    Shape:  a bid, an offer, or both; where they are equal it is a one-way price.
    Units:  exact decimals, in the unit of the indicator that they are quoted for.
    Errors: `ConstraintViolation`: `quote.not-crossed`, `quote.has-side`, `number.exact`.
    Source: Analysis Patterns 9.3; spread = offer - bid. One type for one-way and two-way prices, which says
            what it is: the book's abstract quote.

    >>> quote = Quote.parse("0.6712/6")
    >>> print(quote.mid, quote.spread, quote.bid, quote.offer)
    0.6714 0.0004 0.6712 0.6716
    """

    bid: Decimal | None
    offer: Decimal | None

    def __init__(self, *, bid: Amount | None = None, offer: Amount | None = None) -> None:
        pays = None if bid is None else exact(bid)
        asks = None if offer is None else exact(offer)
        if pays is None and asks is None:
            raise HAS_SIDE.violation(
                found="neither bid nor offer",
                allowed="a bid, an offer, or both",
                remedy="Leave the quote out where nothing is quoted.",
            )
        if pays is not None and asks is not None and pays > asks:
            raise NOT_CROSSED.violation(
                found=f"a bid of {pays:f} above the offer of {asks:f}",
                allowed="a bid that is not above the offer",
                remedy="Swap them, or check from where they come: of an inverted quote both sides change.",
            )
        object.__setattr__(self, "bid", pays)
        object.__setattr__(self, "offer", asks)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from ._pydantic import quote_schema  # noqa: PLC0415 - pydantic only where it is used

        return quote_schema()

    @classmethod
    def parse(cls, text: str) -> Quote:
        """
        Read a trader's notation.

        Errors: `ConstraintViolation`: `quote.notation`, `quote.not-crossed`.

        >>> Quote.parse("0.6698/02").offer
        Decimal('0.6702')
        """
        bid, offer = read(text)
        return cls(bid=bid, offer=offer)

    @classmethod
    def one_way(cls, price: Amount) -> Quote:
        """The quote whose bid equals its offer."""
        read_once = exact(price)
        return cls(bid=read_once, offer=read_once)

    @classmethod
    def of_sides(cls, sides: Sides, precision: Precision | None = None) -> Quote:
        """
        The quote that a reckoning came to, rounded once.

        Errors: `ConstraintViolation`: `quote.has-side` where no side is left, `number.quotient` where its
                decimals do not end and no precision is stated.
        """
        bid, offer = (
            None if side is None else quotient(side, 1, precision) for side in (sides.bid, sides.offer)
        )
        return cls(bid=bid, offer=offer)

    @property
    def is_two_way(self) -> bool:
        """Whether it has a bid, and an offer above it."""
        return self.has_both_sides and self.bid != self.offer

    @property
    def is_one_way(self) -> bool:
        """Whether bid and offer are the same."""
        return self.has_both_sides and self.bid == self.offer

    @property
    def is_bid_only(self) -> bool:
        """Whether nothing is offered."""
        return self.offer is None

    @property
    def is_offer_only(self) -> bool:
        """Whether nothing is bid."""
        return self.bid is None

    @property
    def has_both_sides(self) -> bool:
        """Whether it has a bid and an offer, and so a mid and a spread."""
        return self.bid is not None and self.offer is not None

    @property
    def mid(self) -> Decimal:
        """Half-way between bid and offer; `ConstraintViolation` (`quote.side-is-quoted`) without both."""
        bid, offer = self._both("a mid")
        return ARITHMETIC.divide(ARITHMETIC.add(bid, offer), Decimal(2)) if bid != offer else bid

    @property
    def spread(self) -> Decimal:
        """Offer less bid; `ConstraintViolation` (`quote.side-is-quoted`) without both."""
        bid, offer = self._both("a spread")
        return ARITHMETIC.subtract(offer, bid)

    @property
    def sides(self) -> Sides:
        """Bid and offer as fractions, to reckon with."""
        bid, offer = (None if side is None else Fraction(side) for side in (self.bid, self.offer))
        return Sides(bid, offer)

    def price(self, direction: Side) -> Decimal:
        """
        What somebody deals at: who buys pays the offer, who sells gets the bid.

        Errors: `ConstraintViolation` (`quote.side-is-quoted`) where nothing is quoted on that side.
        """
        found = self.offer if direction.sign > 0 else self.bid
        if found is None:
            raise self._lacks(f"the price for who is {'long' if direction.sign > 0 else 'short'}")
        return found

    def inverted(self, precision: Precision | None = None) -> Quote:
        """
        The same market seen the other way round: USD/GBP of GBP/USD. Bid and offer change places.

        Errors: `ConstraintViolation`: `quote.divisor`; `number.quotient` where 1/bid or 1/offer has no end
                and no precision is stated.
        """
        return Quote.of_sides(1 / self.sides, precision)

    def times(self, other: Quote | Amount, precision: Precision | None = None) -> Quote:
        """The product cross, both sides carried: GBP/JPY is GBP/USD times USD/JPY; errors as `over`."""
        return Quote.of_sides(self.sides * _term(other), precision)

    def over(self, other: Quote | Amount, precision: Precision | None = None) -> Quote:
        """
        The quotient cross, both sides carried: GBP/DEM is USD/DEM over USD/GBP, its bid bid over offer.

        Errors: `ConstraintViolation`: `quote.divisor`, `quote.one-sided-product`, `quote.has-side` where no
                side is left, `number.quotient` where the decimals have no end and no precision is stated.

        >>> print(Quote.parse("1.5000/10").over(Quote.parse("0.6250/6"), Precision(places=4)))
        2.3977/4016
        """
        return Quote.of_sides(self.sides / _term(other), precision)

    def shifted(self, *, plus: Amount = 0, times: Amount = 1, precision: Precision | None = None) -> Quote:
        """
        Both sides times a factor, and then so much more.

        Errors: `ConstraintViolation`: `quote.factor` for a factor that is not above zero.
        """
        factor, more = exact(times), exact(plus)
        require_factor(factor)
        bid, offer = (
            None if side is None else ARITHMETIC.add(ARITHMETIC.multiply(side, factor), more)
            for side in (self.bid, self.offer)
        )
        if precision is not None:
            bid, offer = (None if side is None else quotient(side, 1, precision) for side in (bid, offer))
        return Quote(bid=bid, offer=offer)

    def __str__(self) -> str:
        return written(self.bid, self.offer)

    def _both(self, what: str) -> tuple[Decimal, Decimal]:
        if self.bid is None or self.offer is None:
            raise self._lacks(what)
        return self.bid, self.offer

    def _lacks(self, what: str) -> ConstraintViolation:
        return SIDE.violation(
            self,
            found=f"{what} asked of {self}",
            allowed="what is quoted: " + ("the bid" if self.offer is None else "the offer"),
            remedy="Ask has_both_sides first, or find a quote with both.",
        )


def require_factor(factor: Decimal) -> None:
    """
    Refuse a factor that would turn bid and offer round, or make nothing of them.

    Errors: `ConstraintViolation` (`quote.factor`).
    """
    if factor <= 0:
        raise FACTOR.violation(
            found=f"the factor {factor}",
            allowed="a factor above zero",
            remedy="Say times='0.99' for 1 % less.",
        )


def _term(other: Quote | Amount) -> Sides | Fraction:
    return other.sides if isinstance(other, Quote) else Fraction(exact(other))


attach(
    "9.3",
    types=(Quote, Sides),
    figure="analysis_patterns.trading.quote.quote:Quote",
    when_not="A price that was agreed is one number: keep a quantity. Quotes are for markets, where who buys "
    "and who sells deal at different prices.",
    example="""
>>> from analysis_patterns.trading import Direction, Quote
>>> quote = Quote.parse("0.6712/5")
>>> print(quote.bid, quote.offer, quote.price(Direction.LONG))
0.6712 0.6715 0.6715
>>> Quote(bid="0.6715", offer="0.6712")
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: quote.not-crossed: ...
""",
)
