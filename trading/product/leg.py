"""Legs: contracts as one party has them, in a form in which two that say the same are one (10.3)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import inspect

from ...patterns.accountability.party import Party
from ...patterns.constraint import ConstraintViolation, require, rule
from ...patterns.values import Quantity
from ...patterns.values.number import total
from ..contract.contract import Contract
from ..contract.direction import Direction
from ..contract.option import ExerciseStyle, Option
from ..market.indicator import Instrument

FORWARD = "forward"
_PLAIN = ("call", "put", FORWARD)

ONE_VIEW = rule(
    "product.one-view",
    pattern="10.3",
    says="Contracts are looked at together as one party has them, which takes part in every one of them.",
)


@dataclass(frozen=True, slots=True)
class Leg:
    """
    What somebody has in one or several contracts that say the same.

    Shape:  `kind` is `call`, `put`, or `forward` for what is no option; of any other subtype of contract it
            is that subtype's, such as `barrier option`. `price` is the strike of an option. `day` is that
            on which an option expires, or a forward is delivered.
    Units:  `amount` is the sum of the contracts' amounts.
    Source: Analysis Patterns 10.3: an order of 7000 shares may be contracts of 2000 and 5000.
    """

    kind: str
    is_bought: bool
    instrument: Instrument
    price: Quantity
    day: date
    amount: Quantity
    style: ExerciseStyle | None
    contracts: tuple[Contract, ...]

    @property
    def said(self) -> Hashable:
        """What two legs have in common that are one, but for their amounts."""
        lone = () if self.kind in _PLAIN else self.contracts
        return self.kind, self.is_bought, self.instrument, self.price.amount, self.day, self.style, lone

    def __str__(self) -> str:
        side = "bought" if self.is_bought else "sold"
        ends = f"delivered {self.day}" if self.kind == FORWARD else f"expires {self.day}"
        return f"{self.kind} {side}: {self.amount} {self.instrument} at {self.price}, {ends}"


def view_of(contracts: Sequence[Contract], seen_by: Party | None) -> Party | None:
    """
    The party that has all of `contracts`: the one that is named, or else that which all are seen from.

    Errors: `ConstraintViolation` (`product.one-view`) where it has no part in one, or there is no such.
    """
    primaries = {each.primary for each in contracts}
    party = seen_by or (primaries.pop() if len(primaries) == 1 else None)
    require(_other_views(contracts, party))
    return party


def legs_of(contracts: Iterable[Contract], party: Party | None) -> tuple[Leg, ...]:
    """The legs that a party has in some contracts, one for each, in an order that tells what they say."""
    return tuple(sorted((_leg(each, party) for each in contracts), key=_order))


def merged(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """
    Take those legs as one that say the same, in an order that depends on what they say.

    Shape:  options are the same with the same instrument, kind, side, strike, expiration and style; what is
            no option with the same side, price and delivery. Another subtype of contract may say more, and
            so each leg of one stays by itself.
    """
    same: dict[Hashable, list[Leg]] = {}
    for leg in legs:
        same.setdefault(leg.said, []).append(leg)
    return tuple(sorted((_one(each) for each in same.values()), key=_order))


def _one(legs: list[Leg]) -> Leg:
    if len(legs) == 1:
        return legs[0]
    amount = Quantity(total(each.amount.amount for each in legs), legs[0].amount.unit)
    contracts = sorted((one for each in legs for one in each.contracts), key=lambda each: each.id)
    return replace(legs[0], amount=amount, contracts=tuple(contracts))


def _leg(contract: Contract, party: Party | None) -> Leg:
    option = contract if isinstance(contract, Option) else None
    return Leg(
        kind=_kind(contract),
        is_bought=_side(contract, party) is Direction.LONG,
        instrument=contract.instrument,
        price=contract.price,
        day=contract.delivery if option is None else option.expiration,
        amount=contract.amount,
        style=None if option is None else option.style,
        contracts=(contract,),
    )


def _kind(contract: Contract) -> str:
    if type(contract) is Option:
        return contract.option_kind.value
    if type(contract) is Contract:
        return FORWARD
    return str(inspect(type(contract)).polymorphic_identity)


def _side(contract: Contract, party: Party | None) -> Direction | None:
    """Long where the party has the right or the amount, short where it has the duty, or owes it."""
    if party is None:
        return None
    if isinstance(contract, Option):
        return contract.option_direction_for(party)
    return contract.direction_for(party)


def _order(leg: Leg) -> tuple[Any, ...]:
    told = leg.kind, leg.day, leg.price.amount, leg.is_bought, leg.amount.amount
    return (leg.instrument.name, leg.instrument.id, *told, leg.contracts[0].id)


def _other_views(contracts: Sequence[Contract], party: Party | None) -> Iterator[ConstraintViolation]:
    for each in contracts:
        if party is None or each.direction_for(party) is None:
            whose = "seen from several sides" if party is None else f"in which {party} has no part"
            yield ONE_VIEW.violation(
                each,
                found=f"{each}, {whose}",
                allowed="contracts that one party has, on either side",
                remedy="Say whose contracts they are: seen_by=...",
            )
