"""The fifth way: the browser asks for every column, and catches the refusal of who has none (10.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import singledispatch
from typing import Any, Never

from ....patterns.errors import AnalysisPatternsError
from ....patterns.values import Money, Quantity
from ...contract import BarrierOption, Contract, Option, OptionPosition
from ..table import COLUMNS, BrowserTable, Cell


class DoesNotApply(AnalysisPatternsError):
    """
    A contract was asked for what contracts of its class do not have.

    Shape:  the `contract`, and `what` it was asked for.
    """

    def __init__(self, contract: Contract, what: str) -> None:
        self.contract = contract
        self.what = what
        super().__init__(f"a {type(contract).__name__} has no {what}")


# The book lets the supertype refuse in a method of each name. Here each is a generic function beside the
# domain, which stays as it is.


@singledispatch
def position(contract: Contract) -> OptionPosition:
    """What an option is to the primary party."""
    refuse(contract, "position")


@position.register
def _(contract: Option) -> OptionPosition:
    return contract.position


@singledispatch
def expiration(contract: Contract) -> date:
    """The day on which it expires."""
    refuse(contract, "expiration")


@expiration.register
def _(contract: Option) -> date:
    return contract.expiration


@singledispatch
def premium(contract: Contract) -> Money | None:
    """What was paid for the right, where that is recorded."""
    refuse(contract, "premium")


@premium.register
def _(contract: Option) -> Money | None:
    return contract.premium


@singledispatch
def barrier_kind(contract: Contract) -> str:
    """Which of the eight kinds it is."""
    refuse(contract, "barrier kind")


@barrier_kind.register
def _(contract: BarrierOption) -> str:
    return contract.barrier_kind


@singledispatch
def barrier(contract: Contract) -> Quantity:
    """The level of its barrier."""
    refuse(contract, "barrier")


@barrier.register
def _(contract: BarrierOption) -> Quantity:
    return contract.barrier


def refuse(contract: Contract, what: str) -> Never:
    """
    Say that a contract has no such thing.

    Errors: `DoesNotApply`, always.
    """
    raise DoesNotApply(contract, what)


def row(contract: Contract) -> tuple[Cell, ...]:
    """
    The cells of a contract; empty where it refuses to answer.

    Source: Analysis Patterns 10.5: the supertype promises what it does not keep, and says so when asked.
    """
    return (
        contract.traded,
        contract.instrument.name,
        contract.direction,
        contract.amount,
        contract.price,
        contract.delivery,
        asked(position, contract),
        asked(expiration, contract),
        asked(premium, contract),
        asked(barrier_kind, contract),
        asked(barrier, contract),
    )


def asked(column: Callable[[Any], Cell], contract: Contract) -> Cell:
    """What a contract says; None where it does not apply."""
    try:
        return column(contract)
    except DoesNotApply as refused:
        # Another contract's refusal, met on the way, would be an error that looks like an empty cell.
        if refused.contract is not contract:
            raise
        return None


def fill(contracts: Iterable[Contract]) -> BrowserTable:
    """The table of `contracts`."""
    return BrowserTable(COLUMNS, tuple(row(each) for each in contracts))
