"""How packs' markets and market indicators are read from a database and stored (9.4, 10.1)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from ...patterns.knowledge.section import Section, register
from ...patterns.knowledge.usage import is_used
from ...patterns.persistence.session import Session
from .day import Adjustment
from .indicator import KEPT, Instrument, MarketIndicator, Volatility
from .knowledge_document import (
    INDICATORS,
    MARKETS,
    OF_ITS_KIND,
    MarketDocument,
    MarketIndicatorDocument,
    OwnDayDocument,
    written_of,
)
from .market import Market


class Markets(Section[MarketDocument]):
    """The section `markets`."""

    name = MARKETS
    model = MarketDocument

    def read(self, session: Session) -> Iterator[MarketDocument]:
        """Every market that the database holds."""
        for stored in session.scalars(select(Market)):
            yield MarketDocument(
                name=stored.name,
                calendars=stored.calendars,
                spot_days=stored.spot_days,
                adjustment=stored.adjustment.value,
                own_days=tuple(
                    OwnDayDocument(day=each.day, is_worked=each.is_worked, why=each.why)
                    for each in stored.own_days
                ),
            )

    def add(self, session: Session, document: MarketDocument) -> None:
        """Store a market with its own days."""
        session.add(document.market())

    def change(self, session: Session, old: MarketDocument, new: MarketDocument) -> None:
        """Make a stored market reckon as `new` says; contracts keep the days that they were made with."""
        stored = session.scalars(select(Market).where(Market.name == old.name)).one()
        stored.calendar_codes = " ".join(new.calendars)
        stored.spot_days = new.spot_days
        stored.adjustment = Adjustment(new.adjustment)
        said = {each.day: each for each in new.own_days}
        for own in list(stored.own_days):
            if said.get(own.day) == OwnDayDocument(day=own.day, is_worked=own.is_worked, why=own.why):
                del said[own.day]
            else:
                stored.own_days.remove(own)
        session.flush()
        for each in said.values():
            (stored.open if each.is_worked else stored.close)(each.day, why=each.why)

    def unused(self, session: Session) -> Iterator[str]:
        """The markets on which nothing is traded."""
        traded = exists().where(Instrument.market_id == Market.id)
        yield from session.scalars(select(Market.name).where(~traded).order_by(Market.name))


class MarketIndicators(Section[MarketIndicatorDocument]):
    """The section `market_indicators`."""

    name = INDICATORS
    model = MarketIndicatorDocument
    after = (MARKETS,)

    def read(self, session: Session) -> Iterator[MarketIndicatorDocument]:
        """Every market indicator that the database holds."""
        for stored in session.scalars(select(MarketIndicator)):
            yield written_of(stored)

    def add(self, session: Session, document: MarketIndicatorDocument) -> None:
        """Store an indicator; a volatility, once its instrument is there."""
        if document.kind != "volatility":
            market = session.scalars(select(Market).where(Market.name == document.market)).one_or_none()
            session.add(document.indicator(market, None))

    def link(self, session: Session, document: MarketIndicatorDocument) -> None:
        """Store the volatility of an instrument."""
        there = session.scalars(
            select(MarketIndicator.id).where(MarketIndicator.name == document.name)
        ).first()
        if there is None:
            instrument = session.scalars(
                select(Instrument).where(Instrument.name == document.instrument)
            ).one_or_none()
            if instrument is None:
                raise OF_ITS_KIND.violation(
                    found=f"the volatility of {document.instrument!r}",
                    allowed="that of an instrument, or of a rate of exchange",
                    remedy="Name what is traded.",
                )
            session.add(document.indicator(None, instrument))

    def change(self, session: Session, old: MarketIndicatorDocument, new: MarketIndicatorDocument) -> None:
        """
        Refuse: contracts were made and prices quoted in its units.

        Errors: `ConstraintViolation` (`market-indicator.kept`).
        """
        raise KEPT.violation(
            found=f"{new.name!r} as {new.fields()}",
            allowed=str(old.fields()),
            remedy="Give the other one another name.",
        )

    def unused(self, session: Session) -> Iterator[str]:
        """The indicators that no contract and no price is about, and whose volatility is no indicator."""
        volatility = aliased(Volatility)
        moves = exists().where(volatility.instrument_id == MarketIndicator.id)
        used = is_used(MarketIndicator, MarketIndicator.id)
        yield from session.scalars(
            select(MarketIndicator.name).where(~used, ~moves).order_by(MarketIndicator.name)
        )


register(Markets())
register(MarketIndicators())
