"""What many specifications of quotes and scenarios make use of: rates, an agency, and a close of a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from analysis_patterns.patterns import Organization, Party
from analysis_patterns.trading import (
    AssumedScenarioElement,
    CalculatedScenarioElement,
    ExchangeRate,
    InformationSource,
    Market,
    MarketIndicator,
    Quote,
    QuoteFormula,
    Scenario,
    ScenarioElement,
    SourcedScenarioElement,
    SourceIndex,
    SourceQuote,
    Volatility,
)

CLOSE = datetime(1997, 5, 1, 9, tzinfo=UTC)
SEEN = datetime(1997, 5, 1, 8, 59, tzinfo=UTC)


@dataclass
class Floor:
    """USD/DEM, USD/GBP and their cross; an agency that lists the first two; a desk that publishes."""

    desk: Party = field(default_factory=lambda: Organization(name="Rates desk"))
    london: Market = field(default_factory=lambda: Market(name="London", calendars=["GB"]))
    agency: InformationSource = field(default_factory=lambda: InformationSource(name="Agency"))

    def __post_init__(self) -> None:
        self.usd_dem = ExchangeRate(base="USD", quoted="DEM", market=self.london)
        self.usd_gbp = ExchangeRate(base="USD", quoted="GBP", market=self.london)
        self.gbp_dem = ExchangeRate(base="GBP", quoted="DEM", market=self.london)
        self.volatility = Volatility(instrument=self.usd_dem)
        self.dem_index = SourceIndex(source=self.agency, indicator=self.usd_dem, name="DEM=")
        self.gbp_index = SourceIndex(source=self.agency, indicator=self.usd_gbp, name="GBP=")
        self.cross = QuoteFormula(
            name="cross rate", arguments=["first", "second"], says="first / second", places=4
        )

    @property
    def all(self) -> list[object]:
        """What a session has to be given for the rest to be stored with it."""
        return [
            self.desk, self.usd_dem, self.usd_gbp, self.gbp_dem, self.volatility, self.dem_index,
            self.gbp_index, self.cross,
        ]  # fmt: skip

    def scenario(self, name: str = "close", at: datetime = CLOSE) -> Scenario:
        """A scenario of the desk, without an element."""
        return Scenario(name=name, at=at, publisher=self.desk)

    def said(self, index: SourceIndex, quote: str, at: datetime = SEEN) -> SourceQuote:
        """What the agency said."""
        return SourceQuote(index=index, at=at, quote=Quote.parse(quote))

    def sourced(self, scenario: Scenario, index: SourceIndex, quote: str) -> ScenarioElement:
        """An element for what the agency said."""
        return SourcedScenarioElement(scenario=scenario, source_quote=self.said(index, quote))

    def assumed(self, scenario: Scenario, indicator: MarketIndicator, quote: str) -> ScenarioElement:
        """An element that is supposed."""
        return AssumedScenarioElement(scenario=scenario, indicator=indicator, quote=Quote.parse(quote))

    def crossed(self, scenario: Scenario, *arguments: ScenarioElement) -> ScenarioElement:
        """The cross rate of two elements."""
        return CalculatedScenarioElement(
            scenario=scenario, indicator=self.gbp_dem, formula=self.cross, arguments=arguments
        )

    def close(self) -> Scenario:
        """USD/DEM 1.5000/10 and USD/GBP 0.6250/6 as the agency said, and GBP/DEM as their cross."""
        scenario = self.scenario()
        self.crossed(
            scenario,
            self.sourced(scenario, self.dem_index, "1.5000/10"),
            self.sourced(scenario, self.gbp_index, "0.6250/6"),
        )
        return scenario
