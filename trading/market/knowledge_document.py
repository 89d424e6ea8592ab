"""Markets, and what is quoted on them, as knowledge packs write them (9.4, 10.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal, Self

from pydantic import model_validator

from ...patterns.accountability.knowledge_document import Name, NamedDocument
from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.document import Document, in_pydantic
from ...patterns.knowledge.section import Reference, Whole
from .day import Adjustment
from .indicator import ExchangeRate, Instrument, InterestRate, MarketIndicator, Volatility
from .market import Market
from .tenor import Tenor

MARKETS = "markets"
INDICATORS = "market_indicators"

OF_ITS_KIND = rule(
    "market-indicator.of-its-kind",
    pattern="9.4",
    says="Of a market indicator is said what belongs to its kind, all of it and nothing else.",
)

_KINDS = {
    "market indicator": ("unit",),
    "instrument": ("market", "amount_unit", "currency"),
    "exchange rate": ("market", "base", "quoted"),
    "volatility": ("instrument",),
    "interest rate": ("currency", "tenor"),
}
_MAY_LACK = ("tenor", "unit")


class OwnDayDocument(Document):
    """
    A day on which a market does otherwise than its calendars say.

    Source: Analysis Patterns 10.1.
    """

    day: date
    is_worked: bool = False
    why: Name


class MarketDocument(NamedDocument):
    """
    A market: its calendars, how it reckons days, and its own days.

    Errors: the rules of `Market` and `MarketDay`, each under its name.
    Source: Analysis Patterns 10.1.
    """

    calendars: tuple[str, ...] = ()
    spot_days: Whole = 2
    adjustment: Literal["following", "modified following"] = "following"
    own_days: tuple[OwnDayDocument, ...] = ()

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        object.__setattr__(self, "own_days", tuple(sorted(self.own_days, key=lambda each: each.day)))
        try:
            self.market()
        except ConstraintViolation as refused:
            raise in_pydantic(refused) from None
        return self

    def market(self) -> Market:
        """The market that it says."""
        made = Market(
            name=self.name,
            calendars=self.calendars,
            spot_days=self.spot_days,
            adjustment=Adjustment(self.adjustment),
        )
        for own in self.own_days:
            (made.open if own.is_worked else made.close)(own.day, why=own.why)
        return made


class MarketIndicatorDocument(NamedDocument):
    """
    A market indicator: its kind, and what belongs to an indicator of that kind.

    Errors: the rules of market indicators, each under its name.
    Source: Analysis Patterns 9.1 and 9.4.
    """

    kind: Literal["market indicator", "instrument", "exchange rate", "volatility", "interest rate"]
    unit: str | None = None
    market: str | None = None
    amount_unit: str | None = None
    currency: str | None = None
    base: str | None = None
    quoted: str | None = None
    instrument: str | None = None
    tenor: str | None = None

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        said = {each for each in _OWN if getattr(self, each) is not None}
        belongs = set(_KINDS[self.kind])
        if not belongs.difference(_MAY_LACK) <= said <= belongs:
            raise in_pydantic(
                OF_ITS_KIND.violation(
                    self,
                    found=f"{self.kind} {self.name!r} with {', '.join(sorted(said)) or 'nothing'}",
                    allowed=", ".join(_KINDS[self.kind]),
                    remedy="Leave out what belongs to another kind, and say what is missing.",
                )
            )
        try:
            self.indicator(Market(name="any"), None)
        except ConstraintViolation as refused:
            raise in_pydantic(refused) from None
        return self

    def references(self) -> Iterator[Reference]:
        """Its market, and the instrument whose volatility it is."""
        if self.market is not None:
            yield Reference(MARKETS, self.market, "market")
        if self.instrument is not None:
            yield Reference(INDICATORS, self.instrument, "instrument")

    def indicator(self, market: Market | None, instrument: Instrument | None) -> MarketIndicator:
        """The indicator that it says, on a market, or of an instrument."""
        match self:
            case MarketIndicatorDocument(
                kind="instrument", amount_unit=str() as amount, currency=str() as paid
            ) if market:
                return Instrument(name=self.name, market=market, amount_unit=amount, currency=paid)
            case MarketIndicatorDocument(kind="exchange rate", base=str() as base, quoted=str() as paid) if (
                market
            ):
                return ExchangeRate(name=self.name, market=market, base=base, quoted=paid)
            case MarketIndicatorDocument(kind="interest rate", currency=str() as lent):
                tenor = None if self.tenor is None else Tenor.parse(self.tenor)
                return InterestRate(name=self.name, currency=lent, tenor=tenor)
            case _ if instrument is not None:
                return Volatility(name=self.name, instrument=instrument)
            case _:
                return MarketIndicator(name=self.name, unit=self.unit or "1")


_OWN = sorted({field for fields in _KINDS.values() for field in fields})


def written_of(stored: MarketIndicator) -> MarketIndicatorDocument:
    """The document that says what is stored."""
    said: dict[str, str | None] = {}
    match stored:
        case ExchangeRate():
            said = {
                "market": stored.market.name,
                "base": stored.amount_unit_code,
                "quoted": stored.currency_code,
            }
        case Instrument():
            said = {
                "market": stored.market.name,
                "amount_unit": stored.amount_unit_code,
                "currency": stored.currency_code,
            }
        case Volatility():
            said = {"instrument": stored.instrument.name}
        case InterestRate():
            said = {"currency": stored.currency_code, "tenor": stored.tenor_text}
        case _ if stored.unit_code != "1":
            said = {"unit": stored.unit_code}
    return MarketIndicatorDocument.model_validate({"name": stored.name, "kind": stored.kind} | said)
