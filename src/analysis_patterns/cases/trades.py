"""The book's trades: shares, coffee and pounds, the days of a market, a straddle (9.1, 10.1 to 10.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from ..patterns.accountability import Organization
from ..patterns.persistence.session import Session
from ..site.case import Table
from ..trading import (
    OPTION_POSITIONS,
    Contract,
    Direction,
    ExchangeTerms,
    Instrument,
    Market,
    Product,
    Sale,
    Tenor,
    decompose,
    recognise,
    sell,
)
from .case import Check, WorkedCase, check
from .session import load_pack, refusal

TEXT = """\
Megabank buys 1000 shares of ACM from Aroma Trading at $30: Aroma is short, and primary, so Megabank is the
counterparty. The same contract is long when Megabank looks at it. A million pounds bought at two dollars
are two million dollars sold at half a pound, to the last digit.

Coffee is traded on New Year's Day and delivered in October. Mostly the market reckons: two months from 4
May 1995 end on a holiday, so delivery is on the day after, and what is traded spot on a Thursday is
delivered on Monday. A contract keeps the day that it was given, whatever becomes of the calendar.

A client buys a straddle. He has bought one product; the trader has sold a call and a put, and manages each
by itself. Nothing in the database says that it is a straddle: a template does, which is data, and of all
templates that fit the most specific one names it. An order of 7000 shares that was filled in two contracts
is one product too."""

_SHARES, _POUNDS, _COFFEE = "sale of ACM", "pounds for dollars", "coffee for October"
_ORDER, _STRADDLE, _BUTTERFLY = "order of 7000", "straddle", "call butterfly"
_TRADED, _EXPIRES = date(1997, 5, 1), date(1997, 9, 2)


def run(session: Session) -> WorkedCase:
    """Make the book's trades where the database does not hold them, and look at them from all sides."""
    load_pack(session, "trading")
    if session.scalars(select(Product).where(Product.name == _SHARES)).first() is None:
        _build(session)
        session.commit()
    return WorkedCase(
        title="Shares, coffee, pounds and a straddle",
        text=TEXT,
        patterns=("9.1", "10.1", "10.2", "10.3"),
        checks=(*_sides(session), *_days(session), *_products(session), *_refused(session)),
        tables=(_positions(), _legs(session)),
    )


def _build(session: Session) -> None:
    house, bank, client = (
        Organization(name=each) for each in ("Aroma Trading", "Megabank", "Northern Mills")
    )
    acm, coffee, cable = (_instrument(session, each) for each in ("ACM", "Brazilian coffee", "GBP/USD"))
    sold = Product(buyer=bank, seller=house, name=_SHARES)
    Contract(
        instrument=acm, long=bank, short=house, direction=Direction.SHORT,
        amount=1000, price=30, traded=_TRADED, product=sold,
    )  # fmt: skip
    pounds = Product(buyer=house, seller=bank, name=_POUNDS)
    Contract(
        instrument=cable, long=house, short=bank, amount=1_000_000, price=2, traded=_TRADED, product=pounds
    )
    october = Product(buyer=house, seller=client, name=_COFFEE)
    Contract(
        instrument=coffee, long=house, short=client, amount=5000, price=1750,
        traded=date(1997, 1, 1), delivery=date(1997, 10, 20), product=october,
    )  # fmt: skip
    order = Product(buyer=client, seller=house, name=_ORDER)
    for amount in (2000, 5000):
        Contract(
            instrument=acm, long=client, short=house, amount=amount, price=31, traded=_TRADED, product=order
        )
    sale = Sale(buyer=client, seller=house, instrument=acm, traded=_TRADED)
    straddle = sell(_STRADDLE, sale, amount=1000, strike=30, expiration=_EXPIRES)
    butterfly = sell(_BUTTERFLY, sale, amount=500, lower=28, middle=30, upper=32, expiration=_EXPIRES)
    session.add_all([sold, pounds, october, order, straddle, butterfly])


def _instrument(session: Session, name: str) -> Instrument:
    return session.scalars(select(Instrument).where(Instrument.name == name)).one()


def _product(session: Session, name: str) -> Product:
    return session.scalars(select(Product).where(Product.name == name).order_by(Product.id)).all()[0]


def _contract(session: Session, name: str) -> Contract:
    return _product(session, name).contracts[0]


def _sides(session: Session) -> Iterator[Check]:
    shares = _contract(session, _SHARES)
    yield check("The sale of ACM", expected="short 1000 {share} ACM at 30 USD/{share}", found=shares)
    yield check("Who has which side of it", expected="Aroma Trading, Megabank",
                found=f"{shares.primary}, {shares.counterparty}")  # fmt: skip
    side = shares.direction_for(shares.counterparty)
    yield check("The side of Megabank", expected="long", found=side and side.value)
    yield check("What is paid for it", expected="30000 USD", found=shares.worth)
    pounds = ExchangeTerms.of(_contract(session, _POUNDS))
    yield check("The pounds", expected="long 1000000 GBP/USD at 2", found=pounds)
    yield check("The same in dollars", expected="short 2000000 USD/GBP at 0.5", found=pounds.inverted())


def _days(session: Session) -> Iterator[Check]:
    coffee = _contract(session, _COFFEE)
    yield check("Coffee traded on 1 January 1997", expected="1997-10-20", found=coffee.delivery)
    market = session.scalars(select(Market).where(Market.name == "New York")).one()
    thursday = date(1995, 5, 4)
    yield check(
        "Two months from 4 May 1995",
        expected="1995-07-05",
        found=market.delivery(thursday, Tenor.parse("2M")),
    )
    yield check("What 4 July is", expected="Independence Day", found=market.holiday(date(1995, 7, 4)))
    yield check("Spot, traded on a Thursday", expected="1995-05-08", found=market.spot(thursday))


def _products(session: Session) -> Iterator[Check]:
    order = decompose(_product(session, _ORDER))
    yield check(
        "The order of 7000, as legs",
        expected="7000 {share}",
        found=", ".join(str(each.amount) for each in order.legs),
    )
    straddle = _product(session, _STRADDLE)
    yield check("What the client bought", expected="straddle bought", found=decompose(straddle))
    yield check(
        "What the trader has",
        expected="straddle sold",
        found=recognise(straddle.contracts, seen_by=straddle.seller),
    )
    yield check(
        "Whether it is a strangle as well", expected="True", found=decompose(straddle).is_a("strangle")
    )
    held = [each for name in (_STRADDLE, _BUTTERFLY) for each in _product(session, name).contracts]
    parts = sorted(map(str, recognise(held, seen_by=straddle.buyer).parts))
    yield check(
        "All that the client holds of options",
        expected="call butterfly bought, straddle bought",
        found=", ".join(parts),
    )


def _refused(session: Session) -> Iterator[Check]:
    shares = _contract(session, _SHARES)
    acm, house, bank = shares.instrument, shares.primary, shares.counterparty
    sale = Sale(buyer=bank, seller=house, instrument=acm, traded=_TRADED)
    yield check(
        "A contract with oneself",
        expected="contract.two-parties",
        found=refusal(
            session,
            lambda: Contract(instrument=acm, long=house, short=house, amount=1, price=30, traded=_TRADED),
        ),
    )
    yield check(
        "A spread whose lower strike is the upper one",
        expected="product.template",
        found=refusal(
            session,
            lambda: sell("bull call spread", sale, amount=1, lower=32, upper=28, expiration=_EXPIRES),
        ),
    )


def _positions() -> Table:
    rows = tuple(
        (
            contract.value,
            option.value,
            str(position),
            "right" if position.has_right else "duty",
            position.payoff,
        )
        for (contract, option), position in OPTION_POSITIONS.items()
    )
    heads = ("contract", "option", "it is a", "with it comes a", "at expiry it is worth")
    return Table("What two directions make of an option", heads, rows)


def _legs(session: Session) -> Table:
    products = [_product(session, name) for name in (_STRADDLE, _BUTTERFLY)]
    rows = tuple(
        (str(product), leg.kind, "bought" if leg.is_bought else "sold", str(leg.amount), str(leg.price))
        for product in products
        for leg in decompose(product).legs
    )
    return Table("What the client bought, leg by leg", ("product", "leg", "side", "amount", "strike"), rows)
