"""The state of a market that contracts are valued in: what every indicator stands at, on a day (9.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from ...patterns.constraint import rule
from ...patterns.provenance import Explanation
from ...patterns.time.period import require_day
from ...patterns.values.number import Amount, exact
from ..market.indicator import MarketIndicator
from ._extra import np

if TYPE_CHECKING:
    from ._extra import Floats

I = TypeVar("I", bound=MarketIndicator)  # noqa: E741 - an indicator

KNOWN = rule(
    "valuation.indicator-known",
    pattern="9.4",
    says="A contract is valued where the scenario has a level of every indicator that its price rests on.",
)
SHIFTED = rule(
    "market-state.shift",
    pattern="9.4",
    says="A market is shifted by what is added to a level, by what multiplies it, or by both.",
)


@dataclass(frozen=True, slots=True)
class MarketState:
    """
    What indicators stand at on one day, real or imagined.

    Shape:  a name, the day from which time to delivery and expiration is counted, the level of each
            indicator by its id; `source` says where a level comes from, where that is known.
    Units:  levels as their indicators are quoted, exact; where a quote has two sides, its mid.
    Source: Analysis Patterns 9.4: a scenario, as far as prices rest on it.
    """

    name: str
    day: date
    levels: Mapping[UUID, Decimal]
    source: Callable[[UUID], Explanation] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        require_day(self.day)

    @classmethod
    def of(cls, name: str, day: date, levels: Mapping[I, Amount]) -> MarketState:
        """A state from levels by indicator."""
        return cls(name, day, {indicator.id: exact(level) for indicator, level in levels.items()})

    def level(self, indicator: UUID) -> Decimal:
        """
        What an indicator stands at.

        Errors: `ConstraintViolation` (`valuation.indicator-known`).
        """
        found = self.levels.get(indicator)
        if found is None:
            raise KNOWN.violation(
                self,
                found=f"no level of the indicator {indicator} in {self.name}",
                allowed=f"one of the {len(self.levels)} indicators that it has",
                remedy="Add an element for it to the scenario.",
            )
        return found

    def explain(self, indicator: UUID, name: str) -> Explanation:
        """Where the level of an indicator comes from."""
        said = f"{name} is {self.level(indicator)} in {self.name}"
        return Explanation(said, because=() if self.source is None else (self.source(indicator),))


@dataclass(frozen=True, slots=True)
class LevelShift:
    """
    A change of the levels of some indicators, such as every volatility up by two points.

    Shape:  a name, which indicators, what their levels are multiplied by and what is then added.
    Errors: `ConstraintViolation` (`market-state.shift`) for a shift of nothing, or by nothing.
    """

    name: str
    indicators: frozenset[UUID]
    times: Decimal = Decimal(1)
    plus: Decimal = Decimal(0)

    @classmethod
    def of(
        cls,
        name: str,
        indicators: Iterable[MarketIndicator],
        *,
        times: Amount | None = None,
        plus: Amount | None = None,
    ) -> LevelShift:
        """A shift by what is given; what is left out changes nothing."""
        shifted = frozenset(each.id for each in indicators)
        if not shifted or (times is None and plus is None):
            raise SHIFTED.violation(
                found=f"the shift {name!r} of {len(shifted)} indicators, times {times}, plus {plus}",
                allowed="one indicator at least, and times=, plus= or both",
                remedy="Say of what, and by how much; times=1 leaves levels as they are.",
            )
        return cls(name, shifted, exact(1 if times is None else times), exact(0 if plus is None else plus))

    def changed(self, state: MarketState) -> MarketState:
        """
        The state with the levels changed.

        Errors: `ConstraintViolation` (`valuation.indicator-known`) where the state lacks one of them.
        """
        changed = {each: state.level(each) * self.times + self.plus for each in self.indicators}
        source = state.source

        def shifted(indicator: UUID) -> Explanation:
            before = Explanation(f"{state.level(indicator)} in {state.name}")
            if source is not None:
                before = source(indicator)
            if indicator not in self.indicators:
                return before
            return Explanation(
                f"{changed[indicator]} = {state.level(indicator)} * {self.times} + {self.plus}",
                by=f"shift {self.name}",
                because=(before,),
            )

        return replace(
            state, name=f"{state.name}, {self.name}", levels={**state.levels, **changed}, source=shifted
        )


def shifted_states(
    state: MarketState, across: Sequence[LevelShift], down: Sequence[LevelShift] = ()
) -> list[MarketState]:
    """
    The states that a market comes to by each shift of `across`, or by each pair of both.

    Shape:  row by row: all of `across` with the first of `down`, then with the second.
    """
    rows = [each.changed(state) for each in down] if down else [state]
    return [replace(each.changed(row), name=_pair(row, state, each)) for row in rows for each in across]


def _pair(row: MarketState, state: MarketState, across: LevelShift) -> str:
    return f"{row.name}, {across.name}" if row is not state else f"{state.name}, {across.name}"


class Levels:
    """
    The levels of many states in one array: a row for each state, a column for each indicator asked for.

    Shape:  NaN where a state has no level of an indicator.
    """

    def __init__(self, states: Sequence[MarketState], indicators: Iterable[UUID]) -> None:
        self.states = tuple(states)
        self.places = {indicator: n for n, indicator in enumerate(sorted(set(indicators)))}
        self._of: Floats = np.full((len(self.places), len(self.states)), np.nan)
        for indicator, row in self.places.items():
            self._of[row] = [
                np.nan if (level := state.levels.get(indicator)) is None else float(level)
                for state in self.states
            ]

    def of(self, indicator: UUID) -> Floats:
        """What an indicator stands at in each state."""
        found: Floats = self._of[self.places[indicator]]
        return found

    def lacking(self, indicator: UUID) -> MarketState | None:
        """The first state that has no level of an indicator."""
        missing = np.flatnonzero(np.isnan(self.of(indicator)))
        return self.states[int(missing[0])] if missing.size else None
