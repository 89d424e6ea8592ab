"""Contracts: what two parties agreed to exchange, seen from either side (9.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from typing_extensions import Unpack
from uuid_utils.compat import uuid7

from ...patterns.accountability.party import Party
from ...patterns.catalogue import attach
from ...patterns.constraint import DATABASES, EVERYWHERE, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.composites import quantity_columns
from ...patterns.persistence.guard import Condition, guard, refuse_when
from ...patterns.persistence.recorded import Recorded
from ...patterns.persistence.registry import Referable
from ...patterns.persistence.types import choice
from ...patterns.picture import derived
from ...patterns.time.period import require_day
from ...patterns.values import Quantity, Unit
from ...patterns.values.number import Amount
from ..market.day import MarketDay
from ..market.indicator import Instrument
from ..market.market import Market
from ..market.tenor import Tenor
from .direction import Direction
from .product import Product
from .terms import Terms, said_wrongly, unchosen

if TYPE_CHECKING:
    from .draft import ProductDraft

_TABLE = "trading_contract"

KEPT = rule(
    "contract.append-only",
    pattern="9.1",
    says="What was agreed is never changed or deleted; what was recorded wrongly is cancelled, and stays.",
    layers=DATABASES | {Layer.FLUSH},
)
TWO_PARTIES = rule(
    "contract.two-parties",
    pattern="9.1",
    says="The long and the short party of a contract are two; an internal deal has two parties as well.",
    layers=EVERYWHERE,
    guards=(f"ck_{_TABLE}_two_parties",),
)
AMOUNT = rule(
    "contract.amount",
    pattern="9.1",
    says="The amount of a contract is above zero, in the unit of its instrument: the direction has the sign.",
    layers=EVERYWHERE,
    guards=(f"ck_{_TABLE}_amount_above_zero",),
)
PRICE = rule(
    "contract.price",
    pattern="9.1",
    says="The price of a contract is in the unit that its instrument is quoted in.",
    layers=EVERYWHERE,
)
AFTER_TRADE = rule(
    "contract.delivered-after-trade",
    pattern="10.1",
    says="Nothing is delivered before the day on which it was traded.",
    layers=EVERYWHERE,
    guards=(f"ck_{_TABLE}_delivered_after_trade",),
)
BY_TENOR = rule(
    "contract.delivered-by-tenor",
    pattern="10.1",
    says="A delivery that is said as a tenor is on the day that the market makes of it, and on no other.",
)
OF_ITS_PARTIES = rule(
    "product.of-its-parties",
    pattern="10.3",
    says="The contracts of a product are between its buyer and its seller.",
    layers=EVERYWHERE,
)


class Contract(Recorded, Referable, Base, init=False):
    """
    That one party buys an amount of an instrument from another, at a price.

    Shape:  one instrument; a long party, who has or comes to have the amount, and a short one. One of them
            is the primary party, the other its counterparty. The day of the trade and that of delivery: a
            `tenor` after the trade, as the market reckons, or a day that was agreed, or spot. It belongs to
            one product.
    Units:  the amount is in the instrument's unit and above zero; the price in the one it is quoted in.
    Errors: `ConstraintViolation`: `contract.terms`, `contract.two-parties`, `contract.amount`,
            `contract.price`, `contract.delivered-after-trade`, `contract.delivered-by-tenor`,
            `contract.append-only`, `product.of-its-parties`.
    Source: Analysis Patterns 9.1, figure 9.4: all four parties may be asked for, and two are derived; 10.1
            for the days.
    """

    __tablename__ = _TABLE
    __table_args__: Any = (
        CheckConstraint("long_id <> short_id", name="two_parties"),
        CheckConstraint("traded <= delivery", name="delivered_after_trade"),
        CheckConstraint(
            "amount_number NOT LIKE '-%' AND amount_canonical LIKE '% 2%'", name="amount_above_zero"
        ),
        CheckConstraint("direction IN ('long', 'short')", name="direction"),
        Index(f"ix_{_TABLE}_traded", "instrument_id", "traded", "id"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "9.1"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "contract"}
    __unchanged__ = KEPT

    kind: Mapped[str] = mapped_column(String(50), init=False)
    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id), index=True, init=False)
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey(Instrument.id), init=False)
    long_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    short_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    direction: Mapped[Direction] = mapped_column(choice(Direction, length=5))
    amount: Mapped[Quantity] = quantity_columns("amount", indexed=False)
    price: Mapped[Quantity] = quantity_columns("price", indexed=False)
    traded: Mapped[date]
    delivery: Mapped[date]
    tenor_text: Mapped[str | None] = mapped_column(String(10), init=False)
    product: Mapped[Product] = relationship(back_populates="contracts")
    instrument: Mapped[Instrument] = relationship()
    long: Mapped[Party] = relationship(foreign_keys=[long_id])
    short: Mapped[Party] = relationship(foreign_keys=[short_id])

    def __init__(
        self, *, tenor: Tenor | str | None = None, delivery: date | None = None, **terms: Unpack[Terms]
    ) -> None:
        require(said_wrongly(self, terms, Terms))
        said = None if tenor is None else Tenor.of(tenor)
        self._agree(terms, delivered(self, terms["instrument"].market, terms["traded"], said, delivery))
        self.tenor_text = None if said is None else str(said)

    def _agree(self, terms: Terms, delivery: date) -> None:
        """Check what every contract says, and assign it; a subtype has checked the rest."""
        instrument, long, short = terms["instrument"], terms["long"], terms["short"]
        traded, direction = require_day(terms["traded"]), terms.get("direction", Direction.LONG)
        amount = in_unit(terms["amount"], instrument.amount_unit)
        price = in_unit(terms["price"], instrument.unit)
        given = terms.get("product")
        require(unchosen(self, direction=(direction, Direction)))
        require(between_one(self, long, short))
        require(outside(self, instrument, amount, price))
        require(too_early(self, traded, delivery))
        buyer, seller = self._sold_between(long, short, direction)
        if given is not None:
            require(of_others(self, given, long, short))
        self.id = uuid7()
        self.instrument = instrument
        self.long, self.short, self.direction = long, short, direction
        self.amount, self.price = amount, price
        self.traded, self.delivery = traded, delivery
        self.product = Product(buyer=buyer, seller=seller) if given is None else given

    def _sold_between(self, long: Party, short: Party, direction: Direction) -> tuple[Party, Party]:
        """Who buys what is traded from whom, where it is a product of its own."""
        return long, short

    @property
    @derived("1")
    def primary(self) -> Party:
        """The party from whose side the contract is seen."""
        return self.long if self.direction is Direction.LONG else self.short

    @property
    @derived("1")
    def counterparty(self) -> Party:
        """The other one."""
        return self.short if self.direction is Direction.LONG else self.long

    @property
    @derived("0..1")
    def tenor(self) -> Tenor | None:
        """How long after the trade it is delivered, where that was said as a length of time."""
        return None if self.tenor_text is None else Tenor.parse(self.tenor_text)

    @property
    def worth(self) -> Quantity:
        """What is paid for it: the amount times the price, exactly."""
        return self.amount * self.price

    def direction_for(self, party: Party) -> Direction | None:
        """On which side a party stands; None for one that has no part in it."""
        if party is self.long:
            return Direction.LONG
        return Direction.SHORT if party is self.short else None

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this contract breaks by itself."""
        yield from unchosen(self, direction=(self.direction, Direction))
        yield from between_one(self, self.long, self.short)
        yield from outside(self, self.instrument, self.amount, self.price)
        yield from too_early(self, self.traded, self.delivery)
        yield from of_others(self, self.product, self.long, self.short)

    def __str__(self) -> str:
        return f"{self.direction.value} {self.amount} {self.instrument} at {self.price}"


def in_unit(given: Quantity | Amount, unit: Unit) -> Quantity:
    """A quantity as it is, a plain number as so much of a unit."""
    return given if isinstance(given, Quantity) else Quantity(given, unit)


def delivered(
    contract: object, market: Market, traded: date, tenor: Tenor | None, agreed: date | None
) -> date:
    """
    When a contract is delivered: on the day that was agreed, or as its market reckons.

    Errors: `ConstraintViolation` (`contract.delivered-by-tenor`) where both are said and disagree.
    """
    if agreed is not None and tenor is None:
        return require_day(agreed)
    reckoned = market.delivery(traded, tenor)
    if agreed not in (None, reckoned):
        raise BY_TENOR.violation(
            contract,
            found=f"{tenor} from {traded}, delivered on {agreed}",
            allowed=f"{reckoned}, as {market} reckons",
            remedy="Say the tenor, or the day that was agreed instead.",
        )
    return reckoned


def between_one(contract: object, long: Party, short: Party) -> Iterator[ConstraintViolation]:
    """Whether it is one with itself that a party would agree with."""
    if long is short:
        yield TWO_PARTIES.violation(
            contract,
            long,
            found=f"a contract of {long} with itself",
            allowed="two parties",
            remedy="An internal deal is one between two parties of the house: name both.",
        )


def outside(
    contract: object, instrument: Instrument, amount: Quantity, price: Quantity
) -> Iterator[ConstraintViolation]:
    """Whether amount or price are not what the instrument has."""
    if amount.unit != instrument.amount_unit or not amount.amount > 0:
        yield AMOUNT.violation(
            contract,
            instrument,
            found=f"an amount of {amount}",
            allowed=f"more than nothing, in {instrument.amount_unit}",
            remedy="Convert it first; for a sale give the amount sold, and let the seller be short.",
        )
    if price.unit != instrument.unit:
        yield PRICE.violation(
            contract,
            instrument,
            found=f"a price of {price}",
            allowed=f"a price in {instrument.unit}, as {instrument} is quoted",
            remedy="Convert it first, or choose the instrument that is quoted so.",
        )


def too_early(contract: object, traded: date, delivery: date) -> Iterator[ConstraintViolation]:
    """Whether it would be delivered before it was traded."""
    if delivery < traded:
        yield AFTER_TRADE.violation(
            contract,
            found=f"traded on {traded}, delivered on {delivery}",
            allowed="a delivery on the day of the trade or later",
            remedy="Correct the days, or leave the delivery out: the market reckons it.",
        )


def of_others(
    contract: object, product: Product | ProductDraft, long: Party, short: Party
) -> Iterator[ConstraintViolation]:
    """Whether its product was sold between others."""
    if {product.buyer, product.seller} != {long, short}:
        yield OF_ITS_PARTIES.violation(
            contract,
            product,
            found=f"a contract between {long} and {short}",
            allowed=f"{product.buyer} and {product.seller}, as in the product",
            remedy="Sell each client a product of its own.",
        )


def _another_unit(column: str, unit: str) -> Condition:
    return lambda row: (
        f"EXISTS (SELECT 1 FROM trading_market_indicator i WHERE i.id = {row}.instrument_id "
        f"AND i.{unit} <distinct> {row}.{column})"
    )


_BETWEEN_OTHERS = (
    # A contract with oneself is refused by its own rule, and on SQLite triggers come before checks.
    "{row}.long_id <> {row}.short_id AND NOT EXISTS ("
    "SELECT 1 FROM trading_product p WHERE p.id = {row}.product_id "
    "AND p.buyer_id IN ({row}.long_id, {row}.short_id) AND p.seller_id IN ({row}.long_id, {row}.short_id))"
)

guard(
    Contract.__table__,  # type: ignore[arg-type]
    refuse_when(
        AMOUNT, _TABLE, "INSERT", _another_unit("amount_unit", "amount_unit_code"),
        because="an amount in another unit than that of the instrument",
    ),
    refuse_when(
        PRICE, _TABLE, "INSERT", _another_unit("price_unit", "unit_code"),
        because="a price in another unit than the instrument is quoted in",
    ),
    refuse_when(
        OF_ITS_PARTIES, _TABLE, "INSERT", lambda row: _BETWEEN_OTHERS.format(row=row),
        because="a contract between others than the buyer and the seller of its product",
    ),
)  # fmt: skip
only_added(Contract, KEPT)

attach(
    "10.1",
    types=(Contract, Market, MarketDay, Tenor),
    figure="analysis_patterns.trading.market.market:Market",
    when_not="What is always delivered on the spot needs no tenor: the day of the trade says enough.",
    example="""
>>> from datetime import date
>>> from analysis_patterns.patterns import Organization
>>> from analysis_patterns.trading import Contract, Instrument, Market
>>> new_york = Market(name="New York", calendars=["US"])
>>> coffee = Instrument(name="Brazilian coffee", market=new_york, amount_unit="t", currency="USD")
>>> roaster, trader = Organization(name="roaster"), Organization(name="trader")
>>> said = {"instrument": coffee, "long": roaster, "short": trader, "amount": 5000, "price": 1750}
>>> str(Contract(**said, traded=date(1995, 5, 4), tenor="2M").delivery)  # 4 July is a holiday
'1995-07-05'
>>> str(Contract(**said, traded=date(1995, 5, 4)).delivery)  # a Thursday, and spot is two days
'1995-05-08'
>>> Contract(**said, traded=date(1997, 1, 1), delivery=date(1996, 10, 20))
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: contract.delivered-after-trade: ...
""",
)
