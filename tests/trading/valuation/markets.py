"""Market states and books that specifications of valuation make use of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select

from analysis_patterns.patterns import Session
from analysis_patterns.trading import Contract, ExchangeRate, InterestRate, Volatility
from analysis_patterns.trading.valuation import (
    Book,
    ContractColumns,
    MarketColumns,
    MarketState,
    PriceNeed,
    Pricer,
    load_book,
)

from ..trades import TRADED, Desk


@dataclass
class Trading(Desk):
    """A desk with the indicators that its prices rest on."""

    deals: list[Contract] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sterling = ExchangeRate(base="GBP", quoted="USD", market=self.new_york)
        self.volatility = {
            each: Volatility(instrument=each) for each in (self.acm, self.coffee, self.yen, self.sterling)
        }
        self.interest = {code: InterestRate(currency=code) for code in ("USD", "JPY", "GBP")}

    @property
    def all(self) -> list[Any]:
        """What a session has to be given for the deals to be stored with it."""
        return [*super().all, self.sterling, *self.volatility.values(), *self.interest.values(), *self.deals]

    def levels(self) -> dict[Any, Any]:
        """What everything stands at when the deals are made."""
        return {
            self.acm: "30", self.coffee: "2500", self.yen: "95", self.sterling: "1.6",
            self.volatility[self.acm]: "0.25", self.volatility[self.coffee]: "0.3",
            self.volatility[self.yen]: "0.11", self.volatility[self.sterling]: "0.09",
            self.interest["USD"]: "0.05", self.interest["JPY"]: "0.01", self.interest["GBP"]: "0.06",
        }  # fmt: skip

    def state(self, name: str = "1 May", day: date = TRADED, **changed: Any) -> MarketState:
        """The market on the day of the trades, with some levels changed: by the attribute's name."""
        levels = self.levels() | {getattr(self, name): level for name, level in changed.items()}
        return MarketState.of(name, day, levels)


def stored(session: Session, desk: Trading, deals: Sequence[Contract] = (), **options: Any) -> Book:
    """The book of all deals, after they were stored."""
    desk.deals += deals
    session.add_all(desk.all)
    session.commit()
    return load_book(session, select(Contract.id), **options)


def columns(**of: Any) -> ContractColumns:
    """Contracts from plain numbers; those of length one are repeated."""
    every = np.broadcast_arrays(*(np.asarray(column, dtype=float) for column in of.values()))
    return ContractColumns(
        {name: np.array(column).reshape(-1) for name, column in zip(of, every, strict=True)}
    )


def levels(spot: Any, volatility: Any = 0.2, rate: Any = 0.0, base_rate: Any = 0.0) -> MarketColumns:
    """Scenarios of day 0 from plain numbers."""
    every = np.broadcast_arrays(
        *(np.asarray(level, dtype=float) for level in (spot, volatility, rate, base_rate))
    )
    return MarketColumns(
        0, {need: np.array(column).reshape(-1) for need, column in zip(PriceNeed, every, strict=True)}
    )


def priced(pricer: Pricer, contracts: ContractColumns, market: MarketColumns) -> Any:
    """What one of each contract is worth in each scenario."""
    out = np.full((len(market), len(contracts)), np.nan)
    pricer.unit_values(contracts, market, out)
    return out
