"""Makes written transactions whole: lots are found, and figures left out filled in (6.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple, TypeAlias

from ...patterns.constraint import ConstraintViolation
from ...patterns.values.number import ARITHMETIC, exact
from .arithmetic import BEANCOUNT
from .directive import Amount, Booking, Lot, Posting, Transaction
from .grouping import grouped
from .lots import Inventory, Reduction, Wanted, cost_of_each, reduce_lots
from .options import Options
from .problem import BALANCES, FIGURE, LOT
from .weight import Tolerances, residue, tolerances_of
from .written import LEFT_OUT, Blank, WrittenAmount, WrittenCost, WrittenPosting, WrittenTransaction

MOST_COMPARED = 20_000_000
"""The most lots that are looked at, for all reductions of some books together."""

_Trial: TypeAlias = dict[tuple[str, str], dict[Lot | None, Decimal]]
_MOST_DIGITS = 5

# Rounds as Beancount does, whatever the number of digits.
_WIDE = Context(prec=160, rounding=ROUND_HALF_EVEN)


class Accounts:
    """
    What the accounts hold as transaction after transaction is booked.

    Shape:  `methods` are how lots are found in each account, where it says so itself.
    """

    def __init__(self, options: Options, methods: Mapping[str, Booking]) -> None:
        self._options = options
        self._methods = methods
        self._held: dict[str, Inventory] = {}
        self._compared = 0

    def book(self, written: WrittenTransaction) -> Transaction:
        """
        Make a transaction whole, and let the accounts hold what it moves.

        Errors: `ConstraintViolation`: `books.figure` where what is left out does not follow, `books.lot`
                where no lot, or more than one, can be meant; nothing is held then that was not before.
        """
        inferred = tolerances_of(written.postings, self._options, finest=self._options.precise)
        postings: list[Posting] = []
        for commodity, legs in grouped(written, self._held):
            reduced = self._reduced(written.day, legs)
            postings.extend(_Group(commodity, reduced, inferred).postings())
        for posting in postings:
            self._held.setdefault(posting.account, Inventory()).add(posting.units, posting.lot)
        return Transaction(
            day=written.day,
            metadata=written.metadata,
            place=written.place,
            flag=written.flag,
            payee=written.payee,
            narration=written.narration,
            tags=written.tags,
            links=written.links,
            postings=tuple(postings),
        )

    def _reduced(self, day: date, legs: list[WrittenPosting]) -> list[_Part]:
        """Each leg, or the lots that it is taken from; what comes in gets the day of the transaction."""
        parts: list[_Part] = []
        trial: _Trial = {}
        for leg in legs:
            units = _whole(leg.units)
            if leg.cost is None or units is None:
                parts.append(_Part(leg, leg.cost, None))
                continue
            method = self._methods.get(leg.account, self._options.booking)
            if method is Booking.NONE or not self._is_reduced(leg.account, units, trial):
                parts.append(_Part(leg, leg.cost, None, day))
                continue
            left = self._left(leg.account, units.commodity, trial)
            self._spend(len(left))
            for reduction in reduce_lots(Wanted(leg.account, units, leg.cost), left, method):
                parts.append(_Part(leg, None, reduction.lot, units=reduction.units))
                _take(left, reduction)
        return parts

    def _is_reduced(self, account: str, units: Amount, trial: _Trial) -> bool:
        """Whether the account holds some of the other sign, what this transaction took left aside."""
        left = trial.get((account, units.commodity))
        if left is None:
            held = self._held.get(account)
            return held is not None and held.is_reduced_by(units)
        self._spend(len(left))
        return any((number > 0) != (units.number > 0) for number in left.values())

    def _left(self, account: str, commodity: str, trial: _Trial) -> dict[Lot | None, Decimal]:
        key = (account, commodity)
        if key not in trial:
            held = self._held.get(account)
            trial[key] = {} if held is None else held.of(commodity)
        return trial[key]

    def _spend(self, lots: int) -> None:
        # Each reduction looks at every lot of its account: a small file could ask for days of it.
        self._compared += lots
        if self._compared > MOST_COMPARED:
            raise LOT.violation(
                found=f"more than {MOST_COMPARED:,} lots looked at for all reductions together",
                allowed="fewer lots, or fewer reductions",
                remedy="Divide the books, or sell lots off.",
            )


def _take(left: dict[Lot | None, Decimal], reduction: Reduction) -> None:
    number = ARITHMETIC.add(left[reduction.lot], reduction.units.number)
    if number:
        left[reduction.lot] = number
    else:
        del left[reduction.lot]


@dataclass(frozen=True, slots=True)
class _Part:
    """A leg, or one lot of it: found already (`lot`), or described by a `cost`."""

    leg: WrittenPosting
    cost: WrittenCost | None
    lot: Lot | None
    day: date | None = None
    units: Amount | None = None

    def written_units(self) -> WrittenAmount:
        if self.units is not None:
            return WrittenAmount(self.units.number, self.units.commodity)
        return self.leg.units or WrittenAmount()


class _Missing(NamedTuple):
    """The part that lacks a figure, and what that is called."""

    at: int
    what: str


class _Group:
    """The parts of a transaction that are balanced in one commodity; at most one figure is left out."""

    def __init__(self, commodity: str, parts: list[_Part], inferred: Tolerances) -> None:
        self._commodity = commodity
        self._parts = parts
        self._inferred = inferred

    def postings(self) -> list[Posting]:
        missing = [_Missing(at, what) for at, part in enumerate(self._parts) for what in _left_out(part)]
        if len(missing) > 1:
            raise FIGURE.violation(
                found=f"{len(missing)} figures left out in {self._commodity}",
                allowed="one",
                remedy="Write the others out.",
            )
        if not missing:
            return [_whole_posting(part) for part in self._parts]
        gap = missing[0]
        result = [_whole_posting(part) for at, part in enumerate(self._parts) if at != gap.at]
        weight = residue(result).get(self._commodity, Decimal(0)).copy_negate()
        filled = self._filled(self._parts[gap.at], gap.what, weight)
        if filled is not None:
            result.insert(gap.at, filled)
        return result

    def _filled(self, part: _Part, what: str, weight: Decimal) -> Posting | None:
        """The part with its figure; None where nothing is left for it."""
        units = part.written_units()
        if what == "units":
            return self._with_units(part, units, weight)
        number = _number(units.number)
        if what == "price":
            if part.cost is not None or not number:
                raise _unfindable(
                    part, "a price, for units held at cost" if part.cost else "a price for zero"
                )
            price = BEANCOUNT.divide(weight, number).copy_abs()
            return _whole_posting(part, price=price, inferred=True)
        cost = part.cost or WrittenCost()
        if what == "together":
            total = BEANCOUNT.subtract(weight, BEANCOUNT.multiply(_number(cost.each), number))
            return _whole_posting(part, together=total, inferred=True)
        if not number:
            return None
        left = BEANCOUNT.subtract(weight, _number(cost.together))
        return _whole_posting(part, each=BEANCOUNT.divide(left, number), inferred=True)

    def _with_units(self, part: _Part, units: WrittenAmount, weight: Decimal) -> Posting | None:
        divisor, number = Decimal(1), weight
        if part.cost is not None:
            divisor = _number(part.cost.each)
            number = BEANCOUNT.subtract(weight, _number(part.cost.together))
        elif part.leg.price is not None:
            divisor = _number(part.leg.price.number)
        if not divisor:
            raise _unfindable(part, "a number of units, from a cost or price of zero each")
        if divisor != 1:
            number = BEANCOUNT.divide(number, divisor)
        number = self._rounded(number, units.commodity or self._commodity)
        return _whole_posting(part, units=number, inferred=True) if weight else None

    def _rounded(self, number: Decimal, commodity: str) -> Decimal:
        """As fine as the other figures are, where they say how fine that is."""
        tolerance = self._inferred.of(commodity)
        if not tolerance:
            return number
        step = BEANCOUNT.multiply(tolerance, Decimal(2)).normalize(BEANCOUNT)
        if len(step.as_tuple().digits) >= _MOST_DIGITS:
            return number
        return number.quantize(step, context=_WIDE)


def _left_out(part: _Part) -> Iterator[str]:
    if part.written_units().number is LEFT_OUT:
        yield "units"
    if part.cost is not None:
        if part.cost.each is LEFT_OUT:
            yield "each"
        if part.cost.together is LEFT_OUT:
            yield "together"
    if part.leg.price is not None and part.leg.price.number is LEFT_OUT:
        yield "price"


def _whole_posting(
    part: _Part,
    *,
    units: Decimal | None = None,
    each: Decimal | None = None,
    together: Decimal | None = None,
    price: Decimal | None = None,
    inferred: bool = False,
) -> Posting:
    written = part.written_units()
    number = _number(written.number) if units is None else exact(units)
    leg = part.leg
    paid = None
    if leg.price is not None:
        paid = Amount(
            _number(leg.price.number) if price is None else exact(price), _name(leg.price.commodity)
        )
    return Posting(
        account=leg.account,
        units=Amount(number, _name(written.commodity)),
        lot=part.lot or _lot(part, number, each, together),
        price=paid,
        flag=leg.flag,
        metadata=leg.metadata,
        inferred=inferred,
    )


def _lot(part: _Part, number: Decimal, each: Decimal | None, together: Decimal | None) -> Lot | None:
    cost = part.cost
    if cost is None:
        return None
    described = WrittenCost(
        cost.each if each is None else each, cost.together if together is None else together
    )
    found = cost_of_each(described, number)
    if found is None or found < 0 or not number:
        raise LOT.violation(
            found=f"a cost of {found} for {number:f}",
            allowed="a cost of zero or more, for units other than zero",
            remedy="Check the signs.",
        )
    day = cost.day or part.day
    if day is None:
        raise _unfindable(part, "the day of a lot, for units that are left out")
    return Lot(Amount(exact(found), _name(cost.commodity)), day, cost.label)


def require_balance(transaction: Transaction, options: Options) -> None:
    """
    Require that the weights of a transaction sum to zero.

    Errors: `ConstraintViolation` (`books.balances`) where they miss it by more than the tolerance.
    """
    tolerances = tolerances_of(transaction.postings, options)
    for commodity, number in residue(transaction.postings).items():
        if number.copy_abs() > tolerances.of(commodity):
            raise BALANCES.violation(
                transaction,
                found=f"{number:f} {commodity} left over",
                allowed=f"at most {tolerances.of(commodity):f} {commodity}",
                remedy="Check the amounts, or add the leg that is missing.",
            )


def _whole(units: WrittenAmount | None) -> Amount | None:
    if units is None or units.number is LEFT_OUT or units.commodity is None:
        return None
    return Amount(_number(units.number), units.commodity)


def _number(figure: Decimal | Blank | None) -> Decimal:
    return figure if isinstance(figure, Decimal) else Decimal(0)


def _name(commodity: str | None) -> str:
    return commodity or ""


def _unfindable(part: _Part, what: str) -> ConstraintViolation:
    return FIGURE.violation(
        found=f"{what}, left out for {part.leg.account}",
        allowed="a figure that follows from the others",
        remedy="Write it out.",
    )
