"""Quotes of a trading floor, and a cross rate of two of them (9.3, 9.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from ..patterns.persistence.session import Session
from ..patterns.picture import Graph, Plot, Series, SeriesKind
from ..patterns.provenance import explain, graph
from ..patterns.time.instant import UNTIL_CHANGED
from ..site.case import Table
from ..trading import (
    Axis,
    BuildDefinition,
    MarketIndicator,
    Quote,
    Scenario,
    Shift,
    SourceIndex,
    SourceQuote,
    build_scenario,
    grid,
    preview_scenario,
    rebuild_scenario,
)
from .case import Check, WorkedCase, check
from .session import load_pack, refusal

TEXT = """\
Traders write `0.6712/5` for a market that pays 0.6712 and asks 0.6715, and `0.6712/` where nothing is
offered. A quote is one value that holds both sides: who buys pays the offer, and nobody quotes a bid above
it.

The agency's page quotes marks and pounds for dollars. What a pound costs in marks is their cross rate,
USD/DEM over USD/GBP, and it carries both sides: its bid is the bid of the one over the offer of the other.
The close of the desk is built by a definition; another scenario imagines a dearer dollar, and takes the
pound from the close: the arguments of a calculated element may come from two scenarios.

Later the page corrects what it said of the pound. From then on the close says otherwise, what it said
before can still be asked for, and it can be built again as it was, to the last digit."""

_CLOSE = datetime(1997, 5, 1, 16, tzinfo=UTC)
_QUOTED = {"DEM=": "1.7235/45", "GBP=": "0.6150/5"}
_CORRECTED = "0.6155/60"


def run(session: Session) -> WorkedCase:
    """Build the scenarios where the database does not hold them, and ask what they quote."""
    load_pack(session, "rates")
    if session.scalars(select(Scenario).where(Scenario.name == "close of the desk")).one_or_none() is None:
        _build(session)
        session.commit()
    close, dearer = (
        session.scalars(select(Scenario).where(Scenario.name == name)).one()
        for name in ("close of the desk", "dearer dollar")
    )
    return WorkedCase(
        title="Quotes of a trading floor",
        text=TEXT,
        patterns=("9.3", "9.4"),
        checks=(*_quotes(), *_scenarios(session, close, dearer), *_refusals(session, close)),
        tables=(_table(session, close, dearer), _notation()),
        pictures=(_origins(session, dearer), _grid(session, close)),
    )


def _build(session: Session) -> None:
    for index in session.scalars(select(SourceIndex)).all():
        if index.name in _QUOTED:
            session.add(SourceQuote(index=index, at=_CLOSE, quote=Quote.parse(_QUOTED[index.name])))
    close = build_scenario(session, _definition(session, "close of the desk"), at=_CLOSE)
    build_scenario(
        session,
        _definition(session, "dearer dollar"),
        at=_CLOSE,
        parameters={"base": close, "factor": "1.01"},
    )
    session.commit()
    said = session.scalars(
        select(SourceQuote).join(SourceIndex).where(SourceIndex.name == "GBP=", SourceQuote.at == _CLOSE)
    ).one()
    session.recorded_after(close.recorded)  # whatever the clock says, it is corrected after that
    said.restated(quote=Quote.parse(_CORRECTED))


def _definition(session: Session, name: str) -> BuildDefinition:
    return session.scalars(select(BuildDefinition).filter_by(name=name, known_to=UNTIL_CHANGED)).one()


def _rate(session: Session, name: str) -> MarketIndicator:
    return session.scalars(select(MarketIndicator).where(MarketIndicator.name == name)).one()


def _quotes() -> Iterator[Check]:
    quote = Quote.parse("0.6712/5")
    yield check("0.6712/5: bid and offer", expected="0.6712 0.6715", found=f"{quote.bid} {quote.offer}")
    yield check("0.6712/ is a bid only", expected=True, found=Quote.parse("0.6712/").is_bid_only)
    wide = Quote.parse("0.6712/6")
    yield check("0.6712/6: mid and spread", expected="0.6714 0.0004", found=f"{wide.mid} {wide.spread}")
    yield check("0.6698/02: offer", expected="0.6702", found=Quote.parse("0.6698/02").offer)
    yield check("2 USD for a pound, in pounds", expected="0.5", found=Quote.parse("2").inverted())


def _scenarios(session: Session, close: Scenario, dearer: Scenario) -> Iterator[Check]:
    cross = _rate(session, "GBP/DEM")
    yield check(
        "GBP/DEM at the close, when it was built",
        expected="2.8002/41",
        found=rebuild_scenario(session, close)[cross.id],
    )
    yield check("GBP/DEM at the close, as known now", expected="2.7979/8018", found=close.quote(cross))
    yield check("GBP/DEM with a dearer dollar", expected="2.8258/97", found=dearer.quote(cross))
    yield check(
        "What the cross with a dearer dollar takes",
        expected="USD/DEM of dearer dollar, USD/GBP of close of the desk",
        found=", ".join(
            f"{each.indicator} of {each.scenario.name}" for each in dearer.element(cross).arguments
        ),
    )
    changes = preview_scenario(
        session, _definition(session, "close of the desk"), at=_CLOSE + timedelta(hours=1), before=dearer
    )
    yield check(
        "The close an hour later, beside the dearer dollar",
        expected="GBP/DEM: 2.8258/97 -> 2.7979/8018; USD/DEM: 1.7407/17 -> 1.7235/45; "
        "USD/GBP: nothing -> 0.6155/60",
        found="; ".join(map(str, changes)),
    )


def _refusals(session: Session, close: Scenario) -> Iterator[Check]:
    for what, change, expected in (
        (
            "A bid above the offer",
            lambda: Quote(bid=Decimal("0.6715"), offer=Decimal("0.6712")),
            "quote.not-crossed",
        ),
        ("A quote that nobody can read", lambda: Quote.parse("0.6712-5"), "quote.notation"),
        (
            "A scenario of what it rests on, without that",
            lambda: build_scenario(session, _definition(session, "dearer dollar"), at=_CLOSE),
            "build.parameters",
        ),
    ):
        yield check(what, expected=expected, found=refusal(session, change))


def _table(session: Session, close: Scenario, dearer: Scenario) -> Table:
    was = rebuild_scenario(session, close)
    rows = []
    for name in ("USD/DEM", "USD/GBP", "GBP/DEM"):
        rate = _rate(session, name)
        imagined = str(dearer.quote(rate)) if name != "USD/GBP" else ""
        rows.append((name, str(was[rate.id]), str(close.quote(rate)), imagined))
    return Table(
        "What the scenarios quote",
        ("Rate", "Close, as built", "Close, as known now", "Dearer dollar"),
        tuple(rows),
    )


def _notation() -> Table:
    texts = ("0.6712/5", "0.6712/", "/0.6715", "0.6698/02", "0.9998/02", "99.5/100.25", "1.5")
    quotes = [Quote.parse(text) for text in texts]
    return Table(
        "What traders write, and what it means",
        ("Written", "Bid", "Offer"),
        tuple(
            (text, str(quote.bid or ""), str(quote.offer or ""))
            for text, quote in zip(texts, quotes, strict=True)
        ),
    )


def _origins(session: Session, dearer: Scenario) -> Graph:
    return graph(explain(dearer.element(_rate(session, "GBP/DEM"))))


def _grid(session: Session, close: Scenario) -> Plot:
    """The cross rate where the dollar moves against the mark."""
    factors = [Decimal(percent) / 100 for percent in range(95, 106)]
    axis = Axis(_rate(session, "USD/DEM"), tuple(Shift(times=factor) for factor in factors))
    cross = _rate(session, "GBP/DEM")
    quotes = [point.quotes[cross.id] for point in grid(close, axis)]
    return Plot(
        "GBP/DEM where the dollar moves against the mark",
        tuple(f"{factor:.0%}" for factor in factors),
        (
            Series("bid", tuple(quote.bid for quote in quotes), SeriesKind.LINE),
            Series("offer", tuple(quote.offer for quote in quotes), SeriesKind.LINE),
        ),
        unit="DEM",
    )
