"""A kind of contract that has no class of its own: options on the weather, and what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analysis_patterns.patterns import Quantity
from analysis_patterns.trading import Contract, ContractClassification, ContractType, TermType, ValueKind

from .trades import Desk


@dataclass
class Weather:
    """Types of term of every kind, a type of contract, and a subtype of it."""

    desk: Desk = field(default_factory=Desk)

    def __post_init__(self) -> None:
        self.station = TermType(
            name="station", kind=ValueKind.CHOICE, choices=["New York LaGuardia", "Boston Logan"]
        )
        self.strike = TermType(name="strike degree days", kind=ValueKind.NUMBER)
        self.rain = TermType(name="rain", kind=ValueKind.QUANTITY, unit="mm")
        self.tick = TermType(name="tick", kind=ValueKind.MONEY, unit="USD")
        self.first = TermType(name="first day", kind=ValueKind.DATE)
        self.note = TermType(name="note", kind=ValueKind.TEXT)
        self.capped = TermType(name="capped", kind=ValueKind.TRUTH)
        self.index = ContractType(name="weather index", mandatory=[self.station], optional=[self.note])
        self.option = ContractType(
            name="degree day option",
            mandatory=[self.strike, self.tick],
            optional=[self.rain, self.first, self.capped],
            supertypes=[self.index],
        )

    @property
    def said(self) -> dict[TermType, object]:
        """A value for each type of term."""
        return {
            self.station: "Boston Logan", self.strike: 4850,
            self.rain: Quantity("12.50", "mm"), self.tick: 250,
            self.first: date(1997, 11, 1), self.note: "no snow", self.capped: True,
        }  # fmt: skip

    def contract(self, **terms: Any) -> Contract:
        """A contract about something quoted."""
        return self.desk.contract(**terms)

    def agreed(self, *without: TermType, **terms: Any) -> ContractClassification:
        """A contract of the subtype, with a term of every type but some."""
        said = {each: value for each, value in self.said.items() if each not in without}
        return ContractClassification(contract=self.contract(**terms), type=self.option, terms=said)

    @property
    def all(self) -> list[Any]:
        """What a session has to be given for the contracts to be stored with it."""
        return [*self.desk.all, self.index, self.option]
