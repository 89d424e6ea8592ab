"""Which commodity each leg of a transaction is balanced in, where some are left out (6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...patterns.constraint import ConstraintViolation
from .lots import Inventory
from .problem import FIGURE
from .written import LEFT_OUT, WrittenAmount, WrittenPosting, WrittenTransaction


@dataclass
class _Leg:
    """A leg, and what is known of its commodities so far; a commodity left out is None."""

    index: int
    posting: WrittenPosting

    @property
    def units(self) -> str | None:
        return self.posting.units.commodity if self.posting.units else None

    @property
    def lacks_cost(self) -> bool:
        return self.posting.cost is not None and self.posting.cost.commodity is None

    @property
    def lacks_price(self) -> bool:
        return self.posting.price is not None and self.posting.price.commodity is None

    def weighed_in(self) -> str | None:
        """The commodity of its weight, None where that is not known yet."""
        if self.posting.cost is not None and self.posting.cost.commodity is not None:
            return self.posting.cost.commodity
        if self.posting.price is not None and self.posting.price.commodity is not None:
            return self.posting.price.commodity
        return None if self.posting.cost is not None or self.posting.price is not None else self.units

    def take(self, *, units: str | None = None, paid_in: str | None = None) -> None:
        """Fill in a commodity, where it is left out."""
        posting = self.posting
        if units is not None and self.units is None:
            number = posting.units.number if posting.units else LEFT_OUT
            posting = replace(posting, units=WrittenAmount(number, units))
        if paid_in is not None and self.lacks_cost and posting.cost is not None:
            posting = replace(posting, cost=replace(posting.cost, commodity=paid_in))
        if paid_in is not None and self.lacks_price and posting.price is not None:
            posting = replace(posting, price=replace(posting.price, commodity=paid_in))
        self.posting = posting

    def agree(self) -> None:
        """A cost and a price are in one commodity: one tells the other."""
        cost, price = self.posting.cost, self.posting.price
        if cost is not None and price is not None:
            self.take(paid_in=price.commodity if cost.commodity is None else cost.commodity)

    @property
    def is_whole(self) -> bool:
        return self.units is not None and not self.lacks_cost and not self.lacks_price


def grouped(
    transaction: WrittenTransaction, held: Mapping[str, Inventory]
) -> list[tuple[str, list[WrittenPosting]]]:
    """
    Gather the legs of a transaction by the commodity of their weight; a leg without any stands in each.

    Shape:  a commodity that is left out is that of the other legs, or the only one that its account holds.
    Errors: `ConstraintViolation` (`books.figure`) where it does not follow, or a second leg says nothing.
    """
    groups: dict[str, list[_Leg]] = {}
    silent: list[_Leg] = []
    unknown: list[_Leg] = []
    for index, posting in enumerate(transaction.postings):
        leg = _Leg(index, posting)
        leg.agree()
        commodity = leg.weighed_in()
        if posting.units is None and posting.price is None:
            silent.append(leg)
        elif commodity is None:
            unknown.append(leg)
        else:
            groups.setdefault(commodity, []).append(leg)
    _place(unknown, groups, held)
    if len(silent) > 1:
        raise FIGURE.violation(
            found=f"{len(silent)} legs without an amount",
            allowed="one",
            remedy="Write the amounts of all the others.",
        )
    return [(commodity, _in_order(commodity, legs, silent)) for commodity, legs in groups.items()]


def _place(unknown: list[_Leg], groups: dict[str, list[_Leg]], held: Mapping[str, Inventory]) -> None:
    if len(unknown) == 1 and len(groups) == 1:
        leg = unknown.pop()
        other = next(iter(groups))
        if leg.posting.cost is None and leg.posting.price is None:
            leg.take(units=other)
        else:
            leg.take(paid_in=other)
        groups[other].append(leg)
    for leg in unknown:
        inventory = held.get(leg.posting.account, Inventory())
        leg.take(units=_only(inventory.commodities()), paid_in=_only(inventory.cost_commodities()))
        commodity = leg.weighed_in()
        if commodity is None:
            raise _does_not_follow(leg)
        groups.setdefault(commodity, []).append(leg)
    for legs in groups.values():
        for leg in legs:
            if leg.units is None:
                leg.take(units=_only(held.get(leg.posting.account, Inventory()).commodities()))
            if not leg.is_whole:
                raise _does_not_follow(leg)


def _in_order(commodity: str, legs: list[_Leg], silent: list[_Leg]) -> list[WrittenPosting]:
    for leg in silent:
        filled = _Leg(leg.index, leg.posting)
        filled.take(units=commodity)
        legs.append(filled)
    return [leg.posting for leg in sorted(legs, key=lambda leg: leg.index)]


def _only(names: set[str]) -> str | None:
    return next(iter(names)) if len(names) == 1 else None


def _does_not_follow(leg: _Leg) -> ConstraintViolation:
    return FIGURE.violation(
        found=f"a commodity left out for {leg.posting.account}",
        allowed="one that follows from the other legs, or from what the account holds",
        remedy="Write it out.",
    )
