"""The lots that accounts hold at cost, and which of them a reduction is taken from (6.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from ...patterns.constraint import ConstraintViolation
from ...patterns.values.number import ARITHMETIC
from .arithmetic import BEANCOUNT
from .directive import Amount, Booking, Lot
from .problem import LOT
from .written import Blank, WrittenCost

_MOST_LISTED = 10


class Position(NamedTuple):
    """So many units of a commodity, in a lot if they are held at cost."""

    units: Amount
    lot: Lot | None


class Inventory:
    """What an account holds, lot by lot, in the order in which the lots came."""

    def __init__(self) -> None:
        self._held: dict[str, dict[Lot | None, Decimal]] = {}
        self._sums: dict[str, Decimal] = {}
        # How many positions of a commodity are above zero, and how many below: asked of every leg at cost.
        self._signs: Counter[tuple[str, bool]] = Counter()

    def __iter__(self) -> Iterator[Position]:
        for commodity, numbers in self._held.items():
            for lot, number in numbers.items():
                yield Position(Amount(number, commodity), lot)

    def __len__(self) -> int:
        return sum(map(len, self._held.values()))

    def add(self, units: Amount, lot: Lot | None) -> None:
        """Put so many units into a lot, or take them out."""
        commodity = units.commodity
        numbers = self._held.setdefault(commodity, {})
        before = numbers.get(lot, Decimal(0))
        after = ARITHMETIC.add(before, units.number)
        self._sums[commodity] = ARITHMETIC.add(self.number_of(commodity), units.number)
        if before:
            self._signs[commodity, before > 0] -= 1
        if after:
            self._signs[commodity, after > 0] += 1
            numbers[lot] = after
        else:
            numbers.pop(lot, None)
            if not numbers:
                del self._held[commodity]

    def of(self, commodity: str) -> dict[Lot | None, Decimal]:
        """How many units of a commodity are in each lot; a copy."""
        return dict(self._held.get(commodity, {}))

    def number_of(self, commodity: str) -> Decimal:
        """How many units of a commodity there are, in all lots together."""
        return self._sums.get(commodity, Decimal(0))

    def commodities(self) -> set[str]:
        """The commodities that are held."""
        return set(self._held)

    def cost_commodities(self) -> set[str]:
        """The commodities in which what is held was paid for."""
        return {lot.cost.commodity for numbers in self._held.values() for lot in numbers if lot is not None}

    def is_reduced_by(self, units: Amount) -> bool:
        """Whether something of the other sign is held."""
        return bool(units.number) and self._signs[units.commodity, units.number < 0] > 0


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


def reduce_lots(wanted: Wanted, held: Mapping[Lot | None, Decimal], booking: Booking) -> list[Reduction]:
    """
    Find the lots that a reduction is taken from.

    Shape:  `held` is how many units of the commodity wanted are in each lot of the account.
    Errors: `ConstraintViolation` (`books.lot`) where no lot fits, more than one does, or too little is held.
    """
    each = cost_of_each(wanted.cost, wanted.units.number)
    commodity = wanted.units.commodity
    fitting = [
        Reduction(Amount(number, commodity), lot)
        for lot, number in held.items()
        if lot is not None and _fits(lot, wanted.cost, each)
    ]
    if not fitting:
        listed = (
            Reduction(Amount(number, commodity), lot) for lot, number in held.items() if lot is not None
        )
        raise _refused(wanted, "no lot that fits", listed)
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


def _fits(lot: Lot, cost: WrittenCost, each: Decimal | None) -> bool:
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


def _refused(wanted: Wanted, found: str, among: Iterable[Reduction]) -> ConstraintViolation:
    listed = "; ".join(
        f"{each.units} at {each.lot.cost} of {each.lot.acquired}" for each in islice(among, _MOST_LISTED)
    )
    return LOT.violation(
        found=f"{found}, for {wanted}"[:200],
        allowed=f"one of: {listed}"[:300] if listed else "nothing, since no lot is held",
        remedy="Name the lot by its cost, its day or its label.",
    )
