"""What a portfolio is worth in each of many scenarios, on one core or many machines (9.2, 9.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from ...patterns.constraint import require, rule
from ...patterns.picture import Grid
from ...patterns.values import Money
from ._extra import np
from .book import Book, Holding
from .indicators import CONVERTIBLE, Markets, market_columns
from .market_state import MarketState
from .pricer import ContractColumns, PriceNeed, Pricer
from .rounding import rounded

if TYPE_CHECKING:
    from ._extra import Floats

_BLOCKS_OF_A_PIECE = 8

COUNTED = rule(
    "value-grid.counted",
    pattern="9.4",
    says="A table of values has at least one column, is told in multiples of at least one, and is worked out "
    "in at least one piece at once.",
)


@dataclass(frozen=True, slots=True)
class ValueGrid:
    """
    What a portfolio is worth in each of some scenarios.

    Units:  `estimates` are binary floats, in the currency; `amounts` the same rounded to its minor unit.
    """

    states: tuple[MarketState, ...]
    currency: str
    estimates: Floats

    def amounts(self) -> tuple[Money, ...]:
        """The values as money, in the order of the states."""
        return tuple(rounded(float(value), self.currency) for value in self.estimates)

    def picture(
        self,
        title: str,
        *,
        across: Sequence[str],
        down: Sequence[str],
        per: int = 1,
        remarks: Sequence[str] = (),
    ) -> Grid:
        """
        A heat map of the values.

        Shape:  the states are rows one after the other, named from the top down, as `shifted_states` makes
                them.
        Units:  in whole multiples of so much of the currency: `per=1000` shows thousands.
        Errors: `ConstraintViolation` (`value-grid.counted`) for no column, and multiples of less than one.
        """
        _require_one("columns across", len(across))
        _require_one("per", per)
        cells = [_in_wholes(amount, per) for amount in self.amounts()]
        rows = tuple(tuple(cells[n : n + len(across)]) for n in range(0, len(cells), len(across)))
        unit = self.currency if per == 1 else f"{per:,} {self.currency}"
        said = f"{title}: {len(down)} rows of {len(across)} values in {unit}."
        return Grid(
            title, tuple(across), tuple(down), rows, unit=unit, description=said, remarks=tuple(remarks)
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """
    A piece of work that any process can do: so many contracts of one kind, in all scenarios.

    Shape:  the columns of contracts, the levels over scenarios, on which day each stretch of them is, what
            one of each is multiplied by, and by what that is converted in each scenario.
    """

    pricer: Pricer
    contracts: ContractColumns
    levels: Mapping[PriceNeed, Floats]
    runs: tuple[tuple[int, slice], ...]
    weights: Floats
    factors: Floats

    def totals(self) -> Floats:
        """What these contracts are worth together, in each scenario."""
        # What is more than a float can tell is refused where it enters a record: valuation.finite.
        with np.errstate(over="ignore", invalid="ignore"):
            return self._added_up() * self.factors

    def _added_up(self) -> Floats:
        total = np.zeros(len(self.factors))
        contracts_at_once, states_at_once = self.pricer.block
        room = np.empty(contracts_at_once * states_at_once)
        for columns in _slices(0, len(self.contracts), contracts_at_once):
            contracts, weights = self.contracts.part(columns), self.weights[columns]
            for day, run in self.runs:
                for rows in _slices(run.start, run.stop, states_at_once):
                    shape = rows.stop - rows.start, len(contracts)
                    out = room[: shape[0] * shape[1]].reshape(shape)
                    self.pricer.unit_values(contracts, market_columns(day, self.levels, rows), out)
                    # Not by matrix multiplication: how that adds up depends on the machine's threads.
                    total[rows] += np.einsum("mn,n->m", out, weights)
        return total


def value_grid(
    book: Book,
    states: Sequence[MarketState],
    *,
    currency: str | None = None,
    executor: Executor | None = None,
    pieces_at_once: int = 4,
) -> ValueGrid:
    """
    Value a portfolio in many scenarios.

    Shape:  with an `executor`, of threads, of processes or of a cluster, `pieces_at_once` are handed over
            together. The results are the same to the last bit whatever the executor and whatever is handed
            over at once: pieces are cut in one way, and added up in one order.
    Units:  in the currency named, or the one that all its contracts are paid in.
    Errors: `ConstraintViolation`, before anything is computed: `valuation.indicator-known`,
            `valuation.one-indicator`, `valuation.convertible`, `value-grid.counted`, and those
            of the pricers.
    """
    _require_one("pieces_at_once", pieces_at_once)
    markets = Markets(states, book.indicators)
    into = currency or currency_of(book)
    pieces = list(_pieces(book, markets, into))
    total = np.zeros(len(states))
    for part in _computed(pieces, executor, pieces_at_once):
        total += part
    return ValueGrid(tuple(states), into, total)


def currency_of(book: Book) -> str:
    """
    The one currency that the contracts of a book are paid in.

    Errors: `ConstraintViolation` (`valuation.convertible`) where there are several, or none.
    """
    found = sorted({book.indicators.underlyings[each.instrument].currency for each in book.holdings})
    if len(found) != 1:
        raise CONVERTIBLE.violation(
            found=f"contracts in {', '.join(found)}" if found else "no contracts, and so no currency",
            allowed="one currency, where none is named to convert into",
            remedy="Say in which currency: currency=...",
        )
    return found[0]


def checked_levels(holding: Holding, markets: Markets) -> dict[PriceNeed, Floats]:
    """
    The levels that the prices of a holding rest on.

    Errors: as `value_grid`.
    """
    levels = markets.columns(holding.instrument, holding.pricer.needs)
    require(holding.pricer.violations(holding.columns, levels))
    return levels


def _pieces(book: Book, markets: Markets, into: str) -> Iterator[Piece]:
    runs = tuple(markets.runs())
    for holding in book.holdings:
        pricer, weights = holding.pricer, holding.weights
        levels = checked_levels(holding, markets)
        factors = markets.factors(book.indicators.underlyings[holding.instrument].currency, into)
        for part in _slices(0, len(weights), pricer.block[0] * _BLOCKS_OF_A_PIECE):
            yield Piece(pricer, holding.columns.part(part), levels, runs, weights[part], factors)


def _computed(pieces: list[Piece], executor: Executor | None, at_once: int) -> Iterator[Floats]:
    if executor is None:
        yield from (piece.totals() for piece in pieces)
        return
    bundles = [pieces[n : n + at_once] for n in range(0, len(pieces), at_once)]
    for done in [executor.submit(_totals, bundle) for bundle in bundles]:
        yield from done.result()


def _totals(pieces: list[Piece]) -> list[Floats]:
    return [piece.totals() for piece in pieces]


def _require_one(what: str, count: int) -> None:
    if count < 1:
        raise COUNTED.violation(
            found=f"{what}: {count}", allowed="1 or more", remedy="Name one at least, or leave it out."
        )


def _in_wholes(amount: Money, per: int) -> Decimal:
    if per == 1:
        return Decimal(amount.amount)
    return (Decimal(amount.amount) / per).to_integral_value(ROUND_HALF_UP) or Decimal(0)  # never -0


def _slices(start: int, stop: int, size: int) -> Iterator[slice]:
    for first in range(start, stop, size):
        yield slice(first, min(first + size, stop))
