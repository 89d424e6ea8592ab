"""Stored portfolios in stored scenarios: what both come to as a book and as states of a market (9.2, 9.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from ...patterns.accountability.party import Party
from ...patterns.catalogue.record import complete
from ...patterns.persistence.session import Session, session_of
from ...patterns.provenance import Explanation
from ..contract.barrier_option import BarrierOption
from ..contract.contract import Contract
from ..machine import BarrierState, barrier_states
from ..portfolio import Portfolio
from ..scenario import Scenario, levels
from ..scenario.grid import Axis, grid
from .book import Book, load_book
from .market_state import MarketState
from .value import ContractValue, Valuation, value


def portfolio_book(
    session: Session,
    portfolio: Portfolio,
    *,
    party: Party | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Book:
    """
    What a portfolio holds as of a day, as known at an instant, to be valued.

    Shape:  its contracts, read in one pass; barriers that were hit by `known_at` are known to be.
    Errors: as `load_book` and `Portfolio.selection`.
    Source: Analysis Patterns 9.2 and 10.4.
    """
    chosen = portfolio.selection(session, as_of=as_of, known_at=known_at)
    book = load_book(session, chosen, party=party)
    if not any(issubclass(each.kind, BarrierOption) for each in book.holdings):
        return book
    states = barrier_states(session, chosen.with_only_columns(Contract.id), known_at=known_at)
    return book.knocked({key: state is not BarrierState.NOT_HIT for key, state in states.items()})


def market_state(scenario: Scenario, *, known_at: datetime | None = None) -> MarketState:
    """
    A stored scenario as a state of the market.

    Units:  the day is that of its time point in UTC; levels are mids, and what is only bid or only offered
            has none.
    """
    found = levels(session_of(scenario), scenario, known_at=known_at)
    return MarketState(str(scenario), _day(scenario), found, _Sources(scenario))


def grid_states(scenario: Scenario, *axes: Axis, known_at: datetime | None = None) -> Iterator[MarketState]:
    """
    The states of a grid around a scenario, the last axis fastest; none of them is stored.

    Shape:  what rests on an indicator that is moved is worked out anew, as crosses are.
    Errors: `ConstraintViolation`: `scenario.indicator-known` for an axis that the scenario does not quote.
    """
    before = levels(session_of(scenario), scenario, known_at=known_at)
    sources, day = _Sources(scenario), _day(scenario)
    for n, point in enumerate(grid(scenario, *axes, known_at=known_at)):
        name = f"{scenario}, point {n + 1}"
        found = point.levels
        yield MarketState(name, day, found, _MovedSources(sources, before, found))


def _day(scenario: Scenario) -> date:
    return scenario.at.astimezone(UTC).date()


class _Sources:
    """Where a scenario's levels come from: asked for when somebody wants to know."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario

    def __call__(self, indicator: UUID) -> Explanation:
        for element in self._scenario.elements:
            if element.indicator.id == indicator:
                return element.explanation()
        return Explanation(f"no element of {self._scenario}")


class _MovedSources:
    """The same at a point of a grid: what a level was before it was moved."""

    def __init__(
        self, sources: _Sources, before: Mapping[UUID, Decimal], moved: Mapping[UUID, Decimal]
    ) -> None:
        self._sources, self._before, self._moved = sources, before, moved

    def __call__(self, indicator: UUID) -> Explanation:
        said = self._sources(indicator)
        if self._moved[indicator] == self._before.get(indicator):
            return said
        return Explanation(
            f"{self._moved[indicator]}, worked out anew from {self._before.get(indicator)}",
            by="a point of a grid",
            because=(said,),
        )


complete("9.2", types=(Valuation, ContractValue), behaviours=(portfolio_book, value))
