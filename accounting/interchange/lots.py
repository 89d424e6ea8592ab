"""The lots that accounts hold at cost, and which of them a reduction is taken from (6.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ...patterns.constraint import ConstraintViolation
from ...patterns.values.number import ARITHMETIC
from .arithmetic import BEANCOUNT
from .directive import Amount, Booking, Lot
from .problem import LOT
from .written import Blank, WrittenCost


class Position(NamedTuple):
    """So many units of a commodity, in a lot if they are held at cost."""

    units: Amount
    lot: Lot | None


class Inventory:
    """What an account holds, lot by lot, in the order in which the lots came."""

    def __init__(self, positions: Iterable[Position] = ()) -> None:
        self._numbers: dict[tuple[str, Lot | None], Decimal] = {}
        for position in positions:
            self.add(position.units, position.lot)

    def __iter__(self) -> Iterator[Position]:
        return (Position(Amount(number, key[0]), key[1]) for key, number in self._numbers.items())

    def __len__(self) -> int:
        return len(self._numbers)

    def copy(self) -> Inventory:
        """Another one that holds the same."""
        return Inventory(self)

    def add(self, units: Amount, lot: Lot | None) -> None:
        """Put so many units into a lot, or take them out."""
        key = (units.commodity, lot)
        number = ARITHMETIC.add(self._numbers.get(key, Decimal(0)), units.number)
        if number:
            self._numbers[key] = number
        else:
            self._numbers.pop(key, None)

    def number_of(self, commodity: str) -> Decimal:
        """How many units of a commodity there are, in all lots together."""
        found = Decimal(0)
        for (known, _), number in self._numbers.items():
            if known == commodity:
                found = ARITHMETIC.add(found, number)
        return found

    def commodities(self) -> set[str]:
        """The commodities that are held."""
        return {commodity for commodity, _ in self._numbers}

    def cost_commodities(self) -> set[str]:
        """The commodities in which what is held was paid for."""
        return {lot.cost.commodity for _, lot in self._numbers if lot is not None}

    def is_reduced_by(self, units: Amount) -> bool:
        """Whether something of the other sign is held."""
        return bool(units.number) and any(
            commodity == units.commodity and (number > 0) != (units.number > 0)
            for (commodity, _), number in self._numbers.items()
        )


class Reduction(NamedTuple):
    """What is taken out of one lot."""

    units: Amount
    lot: Lot


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be taken out of an account, and what is said of the lot."""

    account: str
    units: Amount
    cost: WrittenCost

    def __str__(self) -> str:
        return f"{self.units} from {self.account}"


def reduce_lots(wanted: Wanted, held: Inventory, booking: Booking) -> list[Reduction]:
    """
    Find the lots that a reduction is taken from.

    Errors: `ConstraintViolation` (`books.lot`) where no lot fits, more than one does, or too little is held.
    """
    fitting = [
        Reduction(position.units, position.lot)
        for position in held
        if position.lot is not None
        and position.units.commodity == wanted.units.commodity
        and _fits(position.lot, wanted)
    ]
    if not fitting:
        raise _refused(wanted, "no lot that fits", held)
    return _METHODS[booking](wanted, fitting)


def cost_of_each(cost: WrittenCost, number: Decimal) -> Decimal | None:
    """What each of so many units cost, None where a figure is left out."""
    if isinstance(cost.each, Blank) or isinstance(cost.together, Blank):
        return None
    if cost.together is None:
        return cost.each
    if not number:
        raise LOT.violation(
            found="a cost for no units at all",
            allowed="a cost for units other than zero",
            remedy="Take the cost out.",
        )
    spread = BEANCOUNT.add(cost.together, BEANCOUNT.multiply(cost.each, number.copy_abs()))
    return BEANCOUNT.divide(spread, number.copy_abs())


def _fits(lot: Lot, wanted: Wanted) -> bool:
    cost = wanted.cost
    each = cost_of_each(cost, wanted.units.number)
    return (
        (each is None or lot.cost.number == each)
        and cost.commodity in (None, lot.cost.commodity)
        and cost.day in (None, lot.acquired)
        and (not cost.label or cost.label == lot.label)
    )


def _strict(wanted: Wanted, fitting: list[Reduction]) -> list[Reduction]:
    if len(fitting) == 1:
        return _one(wanted, fitting[0])
    together = Decimal(0)
    for each in fitting:
        together = ARITHMETIC.add(together, each.units.number)
    if together != wanted.units.number.copy_negate():
        raise _refused(wanted, f"{len(fitting)} lots that fit", fitting)
    return [Reduction(_negative(each.units), each.lot) for each in fitting]


def _one(wanted: Wanted, lot: Reduction) -> list[Reduction]:
    if lot.units.number.copy_abs() < wanted.units.number.copy_abs():
        raise _refused(wanted, f"only {lot.units} in the lot", [lot])
    return [Reduction(wanted.units, lot.lot)]


def _strict_with_size(wanted: Wanted, fitting: list[Reduction]) -> list[Reduction]:
    try:
        return _strict(wanted, fitting)
    except ConstraintViolation:
        same_size = [each for each in fitting if each.units.number == wanted.units.number.copy_negate()]
        if len(fitting) == 1 or not same_size:
            raise
        oldest = min(same_size, key=lambda each: each.lot.acquired)
        return [Reduction(wanted.units, oldest.lot)]


def _first(
    by: Callable[[Lot], date | Decimal], *, last: bool
) -> Callable[[Wanted, list[Reduction]], list[Reduction]]:
    def taken(wanted: Wanted, fitting: list[Reduction]) -> list[Reduction]:
        left, result = wanted.units.number, []
        for each in sorted(fitting, key=lambda each: by(each.lot), reverse=last):
            if not left:
                break
            if (each.units.number > 0) == (left > 0):
                continue
            size = min(each.units.number.copy_abs(), left.copy_abs()).copy_sign(left)
            result.append(Reduction(Amount(size, wanted.units.commodity), each.lot))
            left = ARITHMETIC.subtract(left, size)
        if left:
            raise _refused(wanted, "less in the lots that fit", fitting)
        return result

    return taken


def _average(wanted: Wanted, fitting: list[Reduction]) -> list[Reduction]:
    raise _refused(wanted, "the booking method AVERAGE, which Beancount does not do yet", fitting)


# None for `Booking.NONE`: there whatever leaves an account at cost is a lot of its own.
_METHODS: dict[Booking, Callable[[Wanted, list[Reduction]], list[Reduction]]] = {
    Booking.STRICT: _strict,
    Booking.STRICT_WITH_SIZE: _strict_with_size,
    Booking.FIFO: _first(lambda lot: lot.acquired, last=False),
    Booking.LIFO: _first(lambda lot: lot.acquired, last=True),
    Booking.HIFO: _first(lambda lot: lot.cost.number, last=True),
    Booking.AVERAGE: _average,
}


def _negative(units: Amount) -> Amount:
    return Amount(units.number.copy_negate(), units.commodity)


def _refused(wanted: Wanted, found: str, among: Iterable[Position | Reduction]) -> ConstraintViolation:
    listed = "; ".join(
        f"{each.units} at {each.lot.cost} of {each.lot.acquired}" for each in among if each.lot is not None
    )
    return LOT.violation(
        found=f"{found}, for {wanted}"[:200],
        allowed=f"one of: {listed}"[:300] if listed else "nothing, since no lot is held",
        remedy="Name the lot by its cost, its day or its label.",
    )
