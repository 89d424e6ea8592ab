"""A house with 240 deals, and the portfolios that its filters choose from them (9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select

from ..patterns.accountability import Organization
from ..patterns.persistence.session import Session
from ..patterns.provenance import graph
from ..patterns.values import Quantity
from ..site.case import Table
from ..trading import (
    Cancellation,
    Contract,
    Direction,
    Instrument,
    Market,
    Option,
    Portfolio,
    PortfolioFilter,
    portfolio_for,
)
from ..trading.portfolio import complement, difference, includes, intersection, parse_filter, union
from .case import Check, WorkedCase, check
from .session import refusal

TEXT = """\
Harbour Trading deals in wheat, copper and shares, with two banks and two mills, and every fifth of its 240
deals is an option. Its people look at them in many ways, and nobody sorts deals into boxes: a portfolio has a
filter, and what the filter chooses is in it. So a deal of today is in every portfolio that it belongs to, at
once.

A filter is one line. It may ask for what only some deals have: a condition on something that a deal does not
say is false, and its negation true. Portfolios are made of portfolios, by name. What a filter says may change
from a day on; as of the day before, the portfolio is what it was. Who asks for a portfolio with a filter that
is equal to one that is there gets that one, in whatever order the conditions stand.

Why a deal is in a portfolio, or is not, is said by the fewest conditions that decide it."""

_HOUSE, _EXCHANGE = "Harbour Trading", "Harbour exchange"
_WHEAT, _COPPER, _SHARES = "Harbour wheat", "Harbour copper", "Harbour shares"
_OTHERS = ("Northbank", "Southbank", "East Mills", "West Mills")
_FIRST = date(1997, 1, 1)
_FEBRUARY = date(1997, 2, 1)
_DEALS = 240
_LINES = {
    "all of Harbour": f"market = '{_EXCHANGE}'",
    "Harbour in wheat": f"instrument = '{_WHEAT}'",
    "Harbour with banks": f"market = '{_EXCHANGE}' and party in ('Northbank', 'Southbank')",
    "Harbour in large options": f"market = '{_EXCHANGE}' and kind 'option' and amount > 500000 kg",
    "Harbour's watch": f"instrument = '{_COPPER}'",
}


def run(session: Session) -> WorkedCase:
    """Record the deals and the filters where the database does not hold them, and ask for the portfolios."""
    if session.scalars(select(Market).filter_by(name=_EXCHANGE)).one_or_none() is None:
        _build(session)
    wheat = _portfolio(session, "Harbour in wheat").contracts(session)
    reason = _large_options(session).why(wheat[0])
    worked = WorkedCase(
        title="Portfolios of one house",
        text=TEXT,
        patterns=("9.1", "9.2"),
        checks=(*_chosen(session), *_in_time(session), *_equal(session), *_reasons(session)),
        tables=(_table(session),),
        pictures=(graph(reason),),
    )
    session.commit()
    return worked


def _build(session: Session) -> None:
    exchange = Market(name=_EXCHANGE)
    house, *others = (Organization(name=name) for name in (_HOUSE, *_OTHERS))
    instruments = [
        Instrument(name=name, market=exchange, amount_unit=unit, currency="USD")
        for name, unit in ((_WHEAT, "t"), (_COPPER, "t"), (_SHARES, "{share}"))
    ]
    deals = [_deal(n, house, others[n % 4], instruments[n % 3]) for n in range(_DEALS)]
    session.add_all(deals)
    session.add_all(PortfolioFilter(name=name, says=line) for name, line in _LINES.items())
    session.flush()
    _filter(session, "Harbour's watch").redefine(f"instrument = '{_SHARES}'", on=_FEBRUARY)
    session.add(Cancellation(contract=deals[3], by=house, why="entered twice"))
    session.flush()


def _deal(n: int, house: Organization, other: Organization, instrument: Instrument) -> Contract:
    buys = n % 2 == 0
    traded = _FIRST + timedelta(days=n // 8)
    long, short = (house, other) if buys else (other, house)
    direction = Direction.LONG if buys else Direction.SHORT
    amount = Quantity((n % 10 + 1) * 100, instrument.amount_unit)
    if n % 5 != 4:
        return Contract(
            instrument=instrument, long=long, short=short, direction=direction, amount=amount, price=100,
            traded=traded,
        )  # fmt: skip
    return Option(
        instrument=instrument, long=long, short=short, direction=direction, amount=amount, price=100,
        traded=traded, expiration=traded + timedelta(days=90), option_direction=Direction.LONG,
    )  # fmt: skip


def _filter(session: Session, name: str) -> PortfolioFilter:
    return session.scalars(select(PortfolioFilter).filter_by(name=name)).one()


def _portfolio(session: Session, name: str) -> Portfolio:
    return portfolio_for(session, _filter(session, name))


def _large_options(session: Session) -> Portfolio:
    return _portfolio(session, "Harbour in large options")


def _chosen(session: Session) -> Iterator[Check]:
    wheat, banks = "Harbour in wheat", "Harbour with banks"
    # Of 240 deals every third is in wheat, half are with banks, every fifth is an option; one is cancelled,
    # of wheat, with a mill.
    deals = portfolio_for(session, _LINES["all of Harbour"]).contracts(session)
    for what, chosen, expected in (
        ("All deals", _LINES["all of Harbour"], 239),
        ("Those in wheat", _LINES[wheat], 79),
        ("Those with banks", _LINES[banks], 120),
        ("Options on more than 500 t", _LINES["Harbour in large options"], 16),
        ("Those in wheat or with banks", union(wheat, banks), 159),
        ("Those in wheat and with banks", intersection(wheat, banks), 40),
        ("Those in wheat, and not with banks", difference(wheat, banks), 39),
        ("Those that are not in wheat", intersection("all of Harbour") & complement(wheat), 160),
        ("Those that expire by April", f"{_LINES['all of Harbour']} and expiration < 1997-05-01", 48),
        ("Those that do not", f"{_LINES['all of Harbour']} and not expiration < 1997-05-01", 191),
    ):
        portfolio = portfolio_for(session, chosen)
        found = portfolio.contracts(session)
        yield check(what, expected=expected, found=len(found))
        yield check(
            f"{what}, asked deal by deal",
            expected="the same",
            found="the same" if portfolio.filter.select_contracts(deals) == found else "others",
        )


def _in_time(session: Session) -> Iterator[Check]:
    everything, watch = _portfolio(session, "all of Harbour"), _portfolio(session, "Harbour's watch")
    middle = _FIRST + timedelta(days=14)
    yield check(
        "All deals by 15 January", expected=119, found=len(everything.contracts(session, as_of=middle))
    )
    for day in (_FEBRUARY - timedelta(days=1), _FEBRUARY):
        names = {each.instrument.name for each in watch.contracts(session, as_of=day)}
        expected = _SHARES if day == _FEBRUARY else _COPPER
        yield check(f"What is watched on {day}", expected=expected, found=", ".join(names))


def _equal(session: Session) -> Iterator[Check]:
    one = portfolio_for(session, f"instrument = '{_WHEAT}' and amount > 1 t")
    other = portfolio_for(session, f"amount > 1000 kg and (instrument = '{_WHEAT}')")
    yield check(
        "The same conditions in another order", expected="the same portfolio", found=_same(one is other)
    )
    yield check(
        "A filter that is made of itself",
        expected="portfolio-filter.acyclic",
        found=refusal(
            session,
            lambda: _filter(session, "Harbour's watch").redefine(complement("Harbour's watch"), on=_FIRST),
        ),
    )
    broader, narrower = parse_filter(_LINES["all of Harbour"]), parse_filter(_LINES["Harbour with banks"])
    yield check(
        "Whether all with banks are among all",
        expected="yes",
        found="yes" if includes(broader, narrower) else "not known",
    )


def _same(same: bool) -> str:
    return "the same portfolio" if same else "another portfolio"


def _reasons(session: Session) -> Iterator[Check]:
    first = _portfolio(session, "Harbour in wheat").contracts(session)[0]
    told = str(_large_options(session).why(first)).splitlines()
    yield check(
        "Why the first deal is not among the large options",
        expected="amount > 500000 kg: not so, amount is 100 t",
        found=told[-1].strip(),
    )
    large = portfolio_for(session, "kind 'option' and amount > 50 t or expiration > 1997-12-31")
    yield check(
        "How many conditions it takes to say why it is no option over 50 t that expires in 1997",
        expected=2,
        found=len(large.why(first).because[0].because),
    )


def _table(session: Session) -> Table:
    return Table(
        "The portfolios",
        ("Portfolio", "Filter", "Deals"),
        tuple(
            (
                name,
                str(_filter(session, name).said()),
                str(len(_portfolio(session, name).contracts(session))),
            )
            for name in _LINES
        ),
    )
