"""Pricers: what contracts of one class are worth, column by column, and which class has which (9.2, 10.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ColumnElement

from ...patterns.constraint import ConstraintViolation, rule
from ..contract.contract import Contract

if TYPE_CHECKING:
    from ._extra import Floats

HAS_PRICER = rule(
    "valuation.pricer",
    pattern="10.5",
    says="Every class of contract that is valued has a pricer of its own.",
)
PRICEABLE = rule(
    "valuation.priceable",
    pattern="9.2",
    says="A pricer is asked only for what its model can price.",
)


class PriceNeed(Enum):
    """What a price may rest on, besides the contract."""

    SPOT = "price"
    VOLATILITY = "volatility"
    RATE = "interest on the currency that is paid"
    BASE_RATE = "interest on the currency that is bought"


class ColumnReading(Enum):
    """How a stored column is read into an array."""

    NUMBER = "number"
    DAY = "day"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """
    A column that a pricer needs of its contracts, as it is stored.

    Units:  numbers become binary floats, days ordinals, signs 1 and -1.
    """

    expression: ColumnElement[Any]
    reading: ColumnReading = ColumnReading.NUMBER


@dataclass(frozen=True, slots=True)
class ContractColumns:
    """
    The contracts of one class on one instrument, as one array for each thing that is said of them.

    Shape:  at least `amount` and `sign`, which is 1 for who has what the price is paid for; what else there
            is, its pricer asked for.
    """

    numbers: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.numbers["amount"])

    def __getitem__(self, name: str) -> Floats:
        return self.numbers[name]

    def part(self, of: slice) -> ContractColumns:
        """Some of them, in place: nothing is copied."""
        return ContractColumns({name: column[of] for name, column in self.numbers.items()})

    def one(self, at: int) -> dict[str, float]:
        """What is said of one contract."""
        return {name: float(column[at]) for name, column in self.numbers.items()}


@dataclass(frozen=True, slots=True)
class MarketColumns:
    """
    What one instrument's prices rest on, as one array over scenarios of one day for each need.

    Units:  the day as an ordinal; rates are continuously compounded, of a year.
    """

    day: int
    levels: Mapping[PriceNeed, Floats]

    def __len__(self) -> int:
        return len(self.levels[PriceNeed.SPOT])

    def __getitem__(self, need: PriceNeed) -> Floats:
        return self.levels[need]

    def part(self, of: slice) -> MarketColumns:
        """Some of the scenarios, in place."""
        return MarketColumns(self.day, {need: column[of] for need, column in self.levels.items()})

    def one(self, at: int) -> dict[PriceNeed, float]:
        """What the levels are in one scenario."""
        return {need: float(column[at]) for need, column in self.levels.items()}


class Pricer(Protocol):
    """
    What prices contracts of one class, many at a time.

    Shape:  it holds no state, and can be pickled.
    """

    @property
    def needs(self) -> frozenset[PriceNeed]:
        """What its prices rest on."""
        ...

    @property
    def stored(self) -> Mapping[str, StoredColumn]:
        """Which columns of contracts it reads, by the names that it gives them; `sign` is one of them."""
        ...

    @property
    def block(self) -> tuple[int, int]:
        """How many contracts and scenarios it is best given at once."""
        ...

    def violations(
        self, contracts: ContractColumns, levels: Mapping[PriceNeed, Floats]
    ) -> Iterator[ConstraintViolation]:
        """What it cannot price, looked for before anything is computed."""
        ...

    def unit_values(self, contracts: ContractColumns, market: MarketColumns, out: Floats) -> None:
        """Write what one of the amount is worth to its holder: a row for each scenario, a column each."""
        ...

    def formula(self, contract: Mapping[str, float], day: int, market: Mapping[PriceNeed, float]) -> str:
        """How it comes to the worth of one, in numbers."""
        ...


_PRICERS: dict[type[Contract], Pricer] = {}


def register_pricer(kind: type[Contract], pricer: Pricer) -> None:
    """Let contracts of a class be priced so from now on; an application's own class needs one, too."""
    _PRICERS[kind] = pricer


def pricer_for(kind: type[Contract]) -> Pricer:
    """
    What prices contracts of a class.

    Errors: `ConstraintViolation` (`valuation.pricer`) where none was registered for the class itself: a
            subtype's price is not that of its supertype, unless somebody says so.
    """
    found = _PRICERS.get(kind)
    if found is None:
        raise HAS_PRICER.violation(
            kind,
            found=f"no pricer of {kind.__name__}",
            allowed=", ".join(sorted(each.__name__ for each in _PRICERS)),
            remedy=f"Call register_pricer({kind.__name__}, ...), with its supertype's pricer if that fits.",
        )
    return found


class Pricers:
    """
    Which classes of contract are priced, to be asked beside the registries of forms and exporters.

    Source: Analysis Patterns 10.5.
    """

    what = "pricer"

    def serves(self, contract: type[Contract]) -> bool:
        """Whether a class has a pricer of its own."""
        return contract in _PRICERS


PRICERS = Pricers()


def priced_kinds() -> tuple[type[Contract], ...]:
    """The classes that have a pricer, by name."""
    return tuple(sorted(_PRICERS, key=lambda kind: kind.__name__))
