"""Which indicators the price of a contract rests on, by its instrument (9.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from ...patterns.constraint import rule
from ...patterns.persistence.session import Session
from ..market.indicator import ExchangeRate, Instrument, InterestRate, Volatility
from ._extra import np
from .market_state import KNOWN, Levels, MarketState
from .pricer import MarketColumns, PriceNeed

if TYPE_CHECKING:
    from ._extra import Floats

K = TypeVar("K")

ONE = rule(
    "valuation.one-indicator",
    pattern="9.4",
    says="For each thing that a price rests on a scenario has one indicator, and not several to choose from.",
)
CONVERTIBLE = rule(
    "valuation.convertible",
    pattern="9.4",
    says="Values in other currencies are told in one where the scenario has a rate to it.",
)


@dataclass(frozen=True, slots=True)
class Underlying:
    """
    An instrument, as far as prices need it.

    Shape:  its name; the currency that is paid, and the one that is bought on foreign exchange.
    """

    id: UUID
    name: str
    currency: str
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Indicators:
    """
    What there is to rest prices on: the volatilities of instruments, and interest of currencies.

    Shape:  indicators by what they are of, with their names. Rates for a tenor are none of them: a price
            rests on the one rate of a currency that is said for any length of time.
    """

    underlyings: Mapping[UUID, Underlying]
    volatilities: Mapping[UUID, tuple[UUID, ...]]
    interest: Mapping[str, tuple[UUID, ...]]
    exchange: Mapping[tuple[str, str], tuple[UUID, ...]]
    names: Mapping[UUID, str]

    def candidates(self, instrument: UUID, need: PriceNeed) -> tuple[UUID, ...]:
        """The indicators that may serve a need of prices of an instrument; one of them has to."""
        of = self.underlyings[instrument]
        if need is PriceNeed.SPOT:
            return (instrument,)
        if need is PriceNeed.VOLATILITY:
            return self.volatilities.get(instrument, ())
        currency = of.currency if need is PriceNeed.RATE else str(of.base)
        return self.interest.get(currency, ())

    def needed(self, instrument: UUID, needs: Collection[PriceNeed]) -> dict[PriceNeed, tuple[UUID, ...]]:
        """The candidates for each need; nothing is bought at interest where no currency is bought."""
        has_base = self.underlyings[instrument].base is not None
        return {
            need: self.candidates(instrument, need)
            for need in PriceNeed
            if need in needs and (need is not PriceNeed.BASE_RATE or has_base)
        }

    def with_those_of(self, other: Indicators) -> Indicators:
        """These and those of another book."""
        return Indicators(
            {**self.underlyings, **other.underlyings},
            {**self.volatilities, **other.volatilities},
            {**self.interest, **other.interest},
            {**self.exchange, **other.exchange},
            {**self.names, **other.names},
        )

    def every(self) -> set[UUID]:
        """All of them."""
        return set(self.names)


def indicators_of(session: Session, instruments: Collection[UUID]) -> Indicators:
    """The indicators that prices of some instruments may rest on, and all rates of exchange."""
    names: dict[UUID, str] = {}
    underlyings: dict[UUID, Underlying] = {}
    exchange: list[tuple[tuple[str, str], UUID]] = []
    of_instruments: list[Any] = [Instrument.name, Instrument.currency_code, Instrument.amount_unit_code]
    of_volatilities: list[Any] = [Volatility.id, Volatility.name, Volatility.instrument_id]
    of_interest: list[Any] = [InterestRate.id, InterestRate.name, InterestRate.currency_code]
    rates = set(session.scalars(select(ExchangeRate.id)))
    instruments_told: Any = session.execute(select(Instrument.id, *of_instruments))
    for key, name, currency, unit in instruments_told:
        if key in rates:
            exchange.append(((unit, currency), key))
        if key in instruments:
            underlyings[key] = Underlying(key, name, currency, unit if key in rates else None)
        if key in rates or key in instruments:
            names[key] = name
    volatilities: Any = session.execute(
        select(*of_volatilities).where(Volatility.instrument_id.in_(instruments))
    ).all()
    interest: Any = session.execute(select(*of_interest).where(InterestRate.tenor_text.is_(None))).all()
    names |= {key: name for key, name, _ in (*volatilities, *interest)}
    return Indicators(
        underlyings,
        _grouped([(of, key) for key, _, of in volatilities]),
        _grouped([(of, key) for key, _, of in interest]),
        _grouped(exchange),
        names,
    )


def _grouped(pairs: list[tuple[K, UUID]]) -> dict[K, tuple[UUID, ...]]:
    ordered = sorted(pairs, key=lambda pair: (str(pair[0]), pair[1]))
    return {of: tuple(key for _, key in found) for of, found in groupby(ordered, key=lambda pair: pair[0])}


class Markets:
    """
    The states that a book is valued in, as columns for each of its instruments.

    Errors: `ConstraintViolation`: `valuation.indicator-known` for a level that a state lacks,
            `valuation.one-indicator`, `valuation.convertible`.
    """

    def __init__(self, states: Collection[MarketState], indicators: Indicators) -> None:
        self.indicators = indicators
        self.levels = Levels(tuple(states), indicators.every())

    @property
    def states(self) -> tuple[MarketState, ...]:
        """The states, in order."""
        return self.levels.states

    def runs(self) -> Iterator[tuple[int, slice]]:
        """The stretches of states that are on one day."""
        start = 0
        for day, found in groupby(self.states, key=lambda state: state.day):
            end = start + len(list(found))
            yield day.toordinal(), slice(start, end)
            start = end

    def serving(self, instrument: UUID, needs: Collection[PriceNeed]) -> dict[PriceNeed, UUID]:
        """Which indicator serves each need."""
        needed = self.indicators.needed(instrument, needs)
        name = self.indicators.underlyings[instrument].name
        return {need: self._one(among, f"the {need.value} of {name}") for need, among in needed.items()}

    def columns(self, instrument: UUID, needs: Collection[PriceNeed]) -> dict[PriceNeed, Floats]:
        """The levels that prices of an instrument rest on, over all states."""
        found = {need: self.levels.of(key) for need, key in self.serving(instrument, needs).items()}
        if PriceNeed.BASE_RATE in needs and PriceNeed.BASE_RATE not in found:
            found[PriceNeed.BASE_RATE] = np.zeros(len(self.states))
        return found

    def conversion(self, currency: str, into: str) -> tuple[UUID, bool] | None:
        """The rate by which a currency is converted, and whether it is divided by; None for itself."""
        if currency == into:
            return None
        for pair, divides in (((currency, into), False), ((into, currency), True)):
            among = self.indicators.exchange.get(pair, ())
            if any(self.levels.lacking(each) is None for each in among):
                return self._one(among, f"the rate of {pair[0]}/{pair[1]}"), divides
        raise CONVERTIBLE.violation(
            found=f"values in {currency}, and no rate of it to {into}",
            allowed=f"a level of {currency}/{into} or {into}/{currency} in each scenario",
            remedy="Add the rate to the scenario, or ask for another currency.",
        )

    def factors(self, currency: str, into: str) -> Floats:
        """What values in a currency are multiplied by in each state."""
        found = self.conversion(currency, into)
        if found is None:
            return np.ones(len(self.states))
        rate, divides = found
        return 1.0 / self.levels.of(rate) if divides else self.levels.of(rate)

    def _one(self, among: tuple[UUID, ...], what: str) -> UUID:
        present = [each for each in among if self.levels.lacking(each) is None]
        names = self.indicators.names
        if len(present) > 1:
            raise ONE.violation(
                found=f"{len(present)} indicators of {what}: {', '.join(names[each] for each in present)}",
                allowed="one of them in a scenario",
                remedy="Leave the others out of the scenario.",
            )
        if present:
            return present[0]
        lacking = [self.levels.lacking(each) for each in among]
        states = self.states
        where = next((state.name for state in lacking if state is not None), states[0].name if states else "")
        raise KNOWN.violation(
            found=f"no level of {what} in {where!r}",
            allowed=", ".join(names[each] for each in among) or "an indicator of it, and its level",
            remedy="Add an element for it to the scenario.",
        )


def market_columns(day: int, levels: Mapping[PriceNeed, Floats], of: slice) -> MarketColumns:
    """The columns of some states that are on one day."""
    return MarketColumns(day, {need: column[of] for need, column in levels.items()})
