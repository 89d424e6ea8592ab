"""What a leg weighs in the balance of its transaction, and how far off the sum may be (6.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from .arithmetic import BEANCOUNT
from .directive import Amount, Posting
from .options import Options
from .written import WrittenPosting

WIDEST = Decimal("0.5")
"""The most that a cost or a price adds to the tolerance."""

_ANY = "*"


def weight_of(posting: Posting) -> Amount:
    """
    What a leg counts for when its transaction is balanced.

    Shape:  its cost where it is held at cost, else what it was exchanged for, else what it is.
    """
    if posting.lot is not None:
        return _times(posting.units, posting.lot.cost)
    if posting.price is not None:
        return _times(posting.units, posting.price)
    return posting.units


def _times(units: Amount, each: Amount) -> Amount:
    return Amount(BEANCOUNT.multiply(each.number, units.number), each.commodity)


def residue(postings: Iterable[Posting]) -> dict[str, Decimal]:
    """What the weights come to in each commodity, zeros left out."""
    sums: dict[str, Decimal] = {}
    for posting in postings:
        weight = weight_of(posting)
        known = sums.get(weight.commodity, Decimal(0))
        sums[weight.commodity] = BEANCOUNT.add(known, weight.number)
    return {commodity: number for commodity, number in sums.items() if number}


class Tolerances:
    """How far from zero the weights may sum to, by commodity; what figures imply, else what options say."""

    def __init__(self, known: Mapping[str, Decimal], otherwise: Decimal) -> None:
        self._known = known
        self._otherwise = otherwise

    def of(self, commodity: str) -> Decimal:
        """The tolerance in a commodity."""
        return self._known.get(commodity, self._otherwise)


def tolerances_of(
    postings: Iterable[Posting | WrittenPosting], options: Options, *, finest: bool = False
) -> Tolerances:
    """
    Infer tolerances from how finely the figures are written, as Beancount does.

    Shape:  half a unit of the last decimal place, of the coarsest figure, or the finest one if asked; a
            figure that was left out, or has no decimals, implies nothing.
    """
    choose = min if finest else max
    legs = list(postings)
    seen = {commodity for leg in legs for commodity in _commodities(leg)}
    known = {
        commodity: tolerance
        for commodity, tolerance in options.tolerances.items()
        if commodity in seen or commodity == _ANY
    }
    through_cost: dict[str, Decimal] = {}
    for leg in legs:
        step = None if isinstance(leg, Posting) and leg.inferred else _step(leg)
        if step is None:
            continue
        commodity, tolerance = step[0], BEANCOUNT.multiply(step[1], options.tolerance_multiplier)
        known[commodity] = choose(tolerance, known[commodity]) if commodity in known else tolerance
        if options.tolerance_from_cost:
            for other, wide in _through_cost(leg, tolerance):
                through_cost[other] = BEANCOUNT.add(through_cost.get(other, Decimal(0)), wide)
    for commodity, tolerance in through_cost.items():
        known[commodity] = choose(tolerance, known[commodity]) if commodity in known else tolerance
    return Tolerances(known, known.pop(_ANY, Decimal(0)))


def _commodities(leg: Posting | WrittenPosting) -> Iterable[str | None]:
    if leg.units is not None:
        yield leg.units.commodity
    if isinstance(leg, Posting):
        yield leg.lot.cost.commodity if leg.lot else None
    else:
        yield leg.cost.commodity if leg.cost else None
    yield leg.price.commodity if leg.price else None


def _step(leg: Posting | WrittenPosting) -> tuple[str, Decimal] | None:
    """The commodity of the units, and one unit of their last decimal place; None without decimals."""
    if leg.units is None or leg.units.commodity is None or not isinstance(leg.units.number, Decimal):
        return None
    exponent = leg.units.number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= 0:
        return None
    return leg.units.commodity, Decimal(1).scaleb(exponent)


def _through_cost(leg: Posting | WrittenPosting, tolerance: Decimal) -> Iterable[tuple[str, Decimal]]:
    lot = leg.lot.cost if isinstance(leg, Posting) and leg.lot else None
    cost = leg.cost if isinstance(leg, WrittenPosting) else None
    if lot is not None:
        yield lot.commodity, min(BEANCOUNT.multiply(tolerance, lot.number), WIDEST)
    elif cost is not None and cost.commodity is not None:
        figures = [figure for figure in (cost.together, cost.each) if isinstance(figure, Decimal)]
        products = [BEANCOUNT.multiply(tolerance, figure) for figure in figures]
        yield cost.commodity, min([WIDEST, *products])
    price = leg.price
    if price is not None and price.commodity is not None and isinstance(price.number, Decimal):
        yield price.commodity, min(BEANCOUNT.multiply(tolerance, price.number), WIDEST)
