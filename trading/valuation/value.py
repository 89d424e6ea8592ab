"""What a portfolio is worth in a scenario, contract by contract, to the cent and explained (9.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from ...patterns.provenance import Explanation
from ...patterns.values import Currency, Money
from ..contract.contract import Contract
from ._extra import np
from .book import Book, Holding
from .grid import checked_levels, currency_of
from .indicators import Markets, market_columns
from .market_state import MarketState
from .pricer import ContractColumns, PriceNeed, pricer_for
from .rounding import rounded

if TYPE_CHECKING:
    from ._extra import Floats


@dataclass(frozen=True, slots=True)
class Basis:
    """
    What the value of one contract was made of.

    Shape:  the contract, by its place among others; the levels, and which indicators they are of; the rate
            by which it was converted, and whether it was divided by.
    """

    kind: type[Contract]
    among: ContractColumns
    place: int
    levels: Mapping[PriceNeed, float]
    indicators: Mapping[PriceNeed, UUID]
    instrument: UUID
    conversion: tuple[UUID, bool] | None

    @property
    def terms(self) -> dict[str, float]:
        """The numbers of the contract."""
        return self.among.one(self.place)


@dataclass(frozen=True, slots=True)
class ContractValue:
    """
    What one contract is worth in a scenario.

    Units:  `amount` is the `estimate` rounded to the minor unit, half away from zero: what enters a record.
    """

    contract: UUID
    estimate: float
    amount: Money
    basis: Basis


@dataclass(frozen=True, slots=True)
class Valuation:
    """
    What a portfolio is worth in a scenario: a sum that adds up.

    Shape:  the value of each contract, in an order that does not depend on the database.
    Units:  `total` is the exact sum of the contracts' rounded amounts, in one currency.
    Source: Analysis Patterns 9.2, `Portfolio.value(scenario)`.
    """

    book: Book
    state: MarketState
    currency: str
    contracts: tuple[ContractValue, ...]

    @property
    def total(self) -> Money:
        """The sum, exactly."""
        minor = sum(each.amount.minor_units for each in self.contracts)
        return Money.from_minor_units(minor, Currency.of(self.currency))

    def of(self, contract: Contract | UUID) -> ContractValue:
        """The value of one contract; `LookupError` where it is none of the portfolio."""
        wanted = contract if isinstance(contract, UUID) else contract.id
        for each in self.contracts:
            if each.contract == wanted:
                return each
        raise LookupError(f"{contract} is not in this portfolio")

    def explain(self, contract: Contract | UUID) -> Explanation:
        """Why one contract is worth what it is: by which formula, from which levels."""
        value = self.of(contract)
        basis, names = value.basis, self.book.indicators.names
        pricer = pricer_for(basis.kind)
        formula = pricer.formula(basis.terms, self.state.day.toordinal(), basis.levels)
        held = basis.terms["amount"] * basis.terms["sign"] * basis.terms["view"]
        inputs = [self.state.explain(key, names[key]) for key in basis.indicators.values()]
        converted = ""
        if basis.conversion is not None:
            rate, divides = basis.conversion
            converted = f" {'/' if divides else '*'} {float(self.state.level(rate))!r}"
            inputs.append(self.state.explain(rate, names[rate]))
        return Explanation(
            f"{value.amount} is {held!r} * ({formula}){converted}, rounded",
            by=type(pricer).__name__,
            because=(Explanation(self._described(value)), *dict.fromkeys(inputs)),
        )

    def explanation(self) -> Explanation:
        """Why the portfolio is worth what it is: the values of its contracts, each explained."""
        return Explanation(
            f"{self.total} is what {len(self.contracts)} contracts are worth in {self.state.name}",
            by="the sum of their values, each rounded to the minor unit",
            because=tuple(self.explain(each.contract) for each in self.contracts),
        )

    def _described(self, value: ContractValue) -> str:
        terms, name = value.basis.terms, self.book.indicators.underlyings[value.basis.instrument].name
        what = str(value.basis.kind.__mapper__.polymorphic_identity)
        when = ""
        if "expiration" in terms and "direction" in terms:
            what += ": call" if terms["direction"] * terms["sign"] > 0 else ": put"
            when = f", expires {date.fromordinal(int(terms['expiration']))}"
        elif "delivery" in terms:
            when = f", delivered {date.fromordinal(int(terms['delivery']))}"
        side = "long" if terms["sign"] * terms["view"] > 0 else "short"
        price = f" at {terms['price']:.15g}" if "price" in terms else ""
        return f"{side} {what} of {terms['amount']:.15g} {name}{price}{when}"


def value(book: Book, state: MarketState, *, currency: str | None = None) -> Valuation:
    """
    Value a portfolio in one scenario, contract by contract.

    Units:  in the currency named, or the one that all its contracts are paid in.
    Errors: `ConstraintViolation`, before anything is computed: `valuation.indicator-known`,
            `valuation.one-indicator`, `valuation.convertible`, and those of the pricers.
    Source: Analysis Patterns 9.2.
    """
    markets = Markets([state], book.indicators)
    into = currency or currency_of(book)
    checked = [(holding, checked_levels(holding, markets)) for holding in book.holdings]
    factors = [markets.factors(_currency(book, holding), into) for holding in book.holdings]
    found: list[ContractValue] = []
    for (holding, levels), factor in zip(checked, factors, strict=True):
        estimates = _unit_values(holding, state, levels) * holding.weights * factor[0]
        basis = _bases(holding, levels, markets, into)
        found += (
            ContractValue(contract, float(estimate), rounded(float(estimate), into), next(basis))
            for contract, estimate in zip(holding.contracts, estimates, strict=True)
        )
    return Valuation(book, state, into, tuple(found))


def _unit_values(holding: Holding, state: MarketState, levels: Mapping[PriceNeed, Floats]) -> Floats:
    """What one of each contract is worth, in blocks as a grid is valued in."""
    market = market_columns(state.day.toordinal(), levels, slice(0, 1))
    out = np.empty(len(holding.contracts))
    at_once = holding.pricer.block[0]
    for start in range(0, len(holding.contracts), at_once):
        part = slice(start, start + at_once)
        block = np.empty((1, len(holding.contracts[part])))
        holding.pricer.unit_values(holding.columns.part(part), market, block)
        out[part] = block[0]
    return out


def _bases(
    holding: Holding, levels: Mapping[PriceNeed, Floats], markets: Markets, into: str
) -> Iterator[Basis]:
    at = {need: float(column[0]) for need, column in levels.items()}
    serving = markets.serving(holding.instrument, holding.pricer.needs)
    currency = markets.indicators.underlyings[holding.instrument].currency
    conversion = markets.conversion(currency, into)
    for n in range(len(holding.contracts)):
        yield Basis(holding.kind, holding.columns, n, at, serving, holding.instrument, conversion)


def _currency(book: Book, holding: Holding) -> str:
    return book.indicators.underlyings[holding.instrument].currency
