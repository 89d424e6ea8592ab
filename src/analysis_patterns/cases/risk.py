"""An options desk: three hundred contracts in a grid of scenarios, and why they are worth it (9.2, 9.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.util import find_spec

from sqlalchemy import select

from ..patterns.accountability import Organization
from ..patterns.persistence.session import Session
from ..patterns.picture import Grid, Plot
from ..patterns.values import Money
from ..site.case import Table
from ..trading import (
    AssumedScenarioElement,
    BarrierEffect,
    BarrierOption,
    BarrierOptionDraft,
    BarrierSide,
    Book,
    ContractDraft,
    Direction,
    ExchangeRate,
    Instrument,
    InterestRate,
    LevelShift,
    Market,
    MarketIndicator,
    MarketState,
    OptionDraft,
    Payoff,
    Portfolio,
    Product,
    ProductDraft,
    ProfitCause,
    Quote,
    Scenario,
    Valuation,
    ValueGrid,
    Volatility,
    market_state,
    payoff,
    portfolio_book,
    portfolio_for,
    profit_and_loss,
    record_contracts,
    shifted_states,
    value,
    value_grid,
)
from .case import Check, WorkedCase, check

TEXT = """\
An options desk holds three hundred contracts: forwards and options on the pound and on a share, and barrier
options on the dollar in yen. What it holds is a portfolio, the contracts that a filter chooses; what they
are worth is asked in a scenario, and told in dollars. Each contract is rounded to the cent, and the total is
their exact sum.

The same portfolio is then valued in a grid of scenarios: all prices up or down by so much, all volatilities
by so many points. Where a price crosses a barrier the option counts as knocked, in that scenario; what is
stored of it stays as it is. Overnight the worth changes, and it is said by how much, and by what: time,
prices, volatilities, interest. The parts sum to the whole without any remainder."""

_MISSING = """\
This case values three hundred contracts under a grid of scenarios. It needs numpy, scipy and QuantLib, which
come with the extra `analysis-patterns[pricing]`, and is left out without them."""

_TITLE = "What an options desk is worth"
_PATTERNS = ("9.2", "9.4", "10.1", "10.2", "10.3", "10.4")
_DESK, _CLIENT, _MARKET, _NAME = (
    "Options desk",
    "Client of the options desk",
    "Options exchange",
    "desk close",
)
_SHARE, _POUND, _YEN = "Aroma shares", "GBP/USD of the options desk", "USD/JPY of the options desk"
_AT = datetime(1997, 5, 1, 16, tzinfo=UTC)
_TRADED, _NEXT = date(1997, 5, 1), date(1997, 5, 2)
_FILTER = f"party '{_DESK}'"
_STRADDLE = "straddle of the options desk"
_PRICES, _POINTS = (-20, -15, -10, -5, 0, 5, 10, 15, 20), (4, 2, 0, -2, -4)


class _Desk:
    """What the case's questions are about."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.party = session.scalars(select(Organization).where(Organization.name == _DESK)).one()
        self.portfolio: Portfolio = portfolio_for(session, _FILTER)
        self.book: Book = portfolio_book(session, self.portfolio, party=self.party)
        self.state: MarketState = market_state(
            session.scalars(select(Scenario).where(Scenario.name == _NAME)).one()
        )
        self.valued: Valuation = value(self.book, self.state, currency="USD")
        self.prices = [self._indicator(name) for name in (_SHARE, _POUND, _YEN)]
        self.volatilities = [self._indicator(f"volatility of {name}") for name in (_SHARE, _POUND, _YEN)]

    def _indicator(self, name: str) -> MarketIndicator:
        return self.session.scalars(select(MarketIndicator).where(MarketIndicator.name == name)).one()

    def grid(self) -> ValueGrid:
        """What the portfolio is worth at each pair of shifts."""
        across = [
            LevelShift.of(f"prices {by:+d} %", self.prices, times=Decimal(100 + by) / 100) for by in _PRICES
        ]
        down = [
            LevelShift.of(f"volatilities {by:+d} points", self.volatilities, plus=Decimal(by) / 100)
            for by in _POINTS
        ]
        return value_grid(self.book, shifted_states(self.state, across, down), currency="USD")

    def tomorrow(self) -> MarketState:
        """The market of the next day: the share fell, its volatility rose, and so did interest on dollars."""
        share, volatility = self.prices[0], self.volatilities[0]
        dollars = self._indicator("interest of the options desk on USD")
        moved = {share: Decimal("28.5"), volatility: Decimal("0.27"), dollars: Decimal("0.0525")}
        levels = {**self.state.levels, **{each.id: level for each, level in moved.items()}}
        return replace(self.state, name="the next day", day=_NEXT, levels=levels, source=None)


def run(session: Session) -> WorkedCase:
    """Build the desk where the database does not hold it, and ask what it is worth."""
    if find_spec("numpy") is None or find_spec("scipy") is None or find_spec("QuantLib") is None:
        return WorkedCase(title=_TITLE, text=_MISSING, patterns=_PATTERNS, checks=())
    if session.scalars(select(Organization).where(Organization.name == _DESK)).one_or_none() is None:
        _build(session)
        session.commit()
    desk = _Desk(session)
    grid = desk.grid()
    session.commit()
    return WorkedCase(
        title=_TITLE,
        text=TEXT,
        patterns=_PATTERNS,
        checks=(*_worth(desk, grid), *_barriers(desk), *_overnight(desk)),
        tables=(_profit_table(desk), _explained(desk)),
        pictures=(_heat_map(grid), _straddle(desk)),
    )


def _build(session: Session) -> None:
    desk, client = Organization(name=_DESK), Organization(name=_CLIENT)
    market = Market(name=_MARKET, calendars=["US"])
    share = Instrument(name=_SHARE, market=market, amount_unit="{share}", currency="USD")
    pound = ExchangeRate(base="GBP", quoted="USD", market=market, name=_POUND)
    yen = ExchangeRate(base="USD", quoted="JPY", market=market, name=_YEN)
    said: dict[MarketIndicator, str] = {share: "29.9/30.1", pound: "1.5995/1.6005", yen: "94.9/95.1"}
    for instrument, volatility in ((share, "0.25"), (pound, "0.09"), (yen, "0.11")):
        said[Volatility(instrument=instrument)] = volatility
    for code, rate in (("USD", "0.05"), ("GBP", "0.06"), ("JPY", "0.01")):
        said[InterestRate(currency=code, name=f"interest of the options desk on {code}")] = rate
    scenario = Scenario(name=_NAME, at=_AT)
    session.add_all([desk, client, *said])
    session.add_all(
        AssumedScenarioElement(scenario=scenario, indicator=indicator, quote=Quote.parse(quote))
        for indicator, quote in said.items()
    )
    session.flush()
    record_contracts(session, _drafts(desk, client, share, pound, yen))


def _drafts(
    desk: Organization, client: Organization, share: Instrument, *rates: ExchangeRate
) -> Iterator[ContractDraft | OptionDraft]:
    """300 contracts: 40 forwards, 234 options, 24 barrier options, and a straddle of two."""
    pound, yen = rates
    for n in range(298):
        long, short = (desk, client) if n % 3 else (client, desk)
        direction = Direction.LONG if n % 3 else Direction.SHORT
        expiration = _TRADED + timedelta(days=30 + n % 12 * 30)
        if n < 40:
            price = Decimal(155 + n % 10) / 100
            yield ContractDraft(
                instrument=pound, amount=1000 * (n + 1), price=price, traded=_TRADED,
                tenor=f"{n % 12 + 1}M", direction=direction,
                long=long, short=short,
            )  # fmt: skip
        elif n < 274:
            on, price = ((share, Decimal(24 + n % 13)), (pound, Decimal(150 + n % 20) / 100))[n % 2]
            yield OptionDraft(
                instrument=on, amount=100 * (n % 17 + 1), price=price, traded=_TRADED, expiration=expiration,
                option_direction=Direction.SHORT if n % 5 == 0 else Direction.LONG, direction=direction,
                long=long, short=short,
            )  # fmt: skip
        else:
            side, barrier = ((BarrierSide.DOWN, 85), (BarrierSide.UP, 105))[n % 2]
            yield BarrierOptionDraft(
                instrument=yen, amount=10_000, price=Decimal(90 + n % 7), traded=_TRADED,
                expiration=expiration, option_direction=Direction.LONG, direction=direction,
                side=side, effect=(BarrierEffect.IN, BarrierEffect.OUT)[n // 2 % 2],
                barrier=barrier, reference=95, long=long, short=short,
            )  # fmt: skip
    straddle = ProductDraft(buyer=desk, seller=client, name=_STRADDLE)
    for direction, long, short in (
        (Direction.LONG, desk, client),
        (Direction.SHORT, client, desk),
    ):
        yield OptionDraft(
            instrument=share, long=long, short=short, amount=1000, price=30, traded=_TRADED,
            expiration=_TRADED + timedelta(days=124), option_direction=Direction.LONG, direction=direction,
            product=straddle,
        )  # fmt: skip


def _worth(desk: _Desk, grid: ValueGrid) -> Iterator[Check]:
    yield check("Contracts that the filter chooses", expected=300, found=len(desk.book))
    amounts = [each.amount for each in desk.valued.contracts]
    yield check(
        "The total, and the sum of all contracts",
        expected=desk.valued.total,
        found=sum(amounts, Money(0, "USD")),
    )
    middle = grid.amounts()[len(grid.states) // 2]
    apart = abs(Decimal((middle - desk.valued.total).amount))
    yield check(
        "The middle of the grid and the total, but for the rounding of 300 contracts",
        expected="within 1.50 USD",
        found="within 1.50 USD" if apart <= Decimal("1.50") else f"{apart} USD",
    )
    found = _straddle_payoff(desk, Money(3500, "USD"))
    yield check(
        "Where the straddle at 30 for 3500 USD breaks even",
        expected="26.5, 33.5",
        found=", ".join(f"{price:f}" for price in found.break_even),
    )


def _barriers(desk: _Desk) -> Iterator[Check]:
    def worth_nothing(valued: Valuation) -> int:
        barriers = (each for each in valued.contracts if each.basis.kind is BarrierOption)
        return sum(1 for each in barriers if each.basis.terms["in"] < 0 and each.estimate == 0)

    def at(level: int) -> Valuation:
        levels = {**desk.state.levels, desk.prices[2].id: Decimal(level)}
        return value(desk.book, replace(desk.state, levels=levels), currency="USD")

    fallen, risen = at(84), at(106)
    yield check("Knocked out at the close", expected=0, found=worth_nothing(desk.valued))
    yield check("Knocked out where the dollar falls to 84 yen", expected=6, found=worth_nothing(fallen))
    yield check("Knocked out where the dollar rises to 106 yen", expected=6, found=worth_nothing(risen))
    again = value(portfolio_book(desk.session, desk.portfolio, party=desk.party), desk.state, currency="USD")
    yield check("The total at the close, asked again", expected=desk.valued.total, found=again.total)


def _overnight(desk: _Desk) -> Iterator[Check]:
    found = profit_and_loss((desk.book, desk.state), (desk.book, desk.tomorrow()), currency="USD")
    yield check(
        "The profit overnight, and the sum of its parts",
        expected=found.total,
        found=sum(found.parts.values(), Money(0, "USD")),
    )
    moved = [cause.value for cause, part in found.parts.items() if part.amount]
    yield check(
        "What it was made of",
        expected="time, prices, volatilities, interest",
        found=", ".join(moved),
    )


def _profit_table(desk: _Desk) -> Table:
    pair = (desk.book, desk.state), (desk.book, desk.tomorrow())
    step, fair = (profit_and_loss(*pair, currency="USD", order=order) for order in ((*ProfitCause,), None))
    return Table(
        "The profit overnight, step by step and by Shapley's method",
        ("Cause", "Step by step", "Shapley"),
        (
            *((cause.value, str(step.parts[cause]), str(fair.parts[cause])) for cause in ProfitCause),
            ("together", str(step.total), str(fair.total)),
        ),
    )


def _explained(desk: _Desk) -> Table:
    first = next(each for each in desk.valued.contracts if each.basis.kind is not BarrierOption)
    steps = desk.valued.explain(first.contract).walk()
    return Table(
        "Why one contract is worth what it is",
        ("Statement", "By"),
        tuple(("\u2003" * depth + step.statement, step.by) for depth, step in steps),
    )


def _heat_map(grid: ValueGrid) -> Grid:
    return grid.picture(
        "What the portfolio is worth in 45 scenarios",
        across=[f"prices {by:+d} %" for by in _PRICES],
        down=[f"volatilities {by:+d} points" for by in _POINTS],
        per=1000,
        remarks=["What crosses a barrier counts as knocked in its scenario."],
    )


def _straddle(desk: _Desk) -> Plot:
    return _straddle_payoff(desk, Money(3500, "USD")).picture("A straddle")


def _straddle_payoff(desk: _Desk, paid: Money) -> Payoff:
    product = desk.session.scalars(select(Product).where(Product.name == _STRADDLE)).one()
    return payoff(desk.book.only(each.id for each in product.contracts), desk.state, paid=paid)
