"""The second way: every contract answers for every column, also where it has nothing to say (10.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import singledispatch

from ....patterns.values import Money, Quantity
from ...contract import BarrierOption, Contract, Option, OptionPosition
from ..table import COLUMNS, BrowserTable, Cell

# The book widens the supertype itself. Here each operation is a generic function beside the domain, which
# stays as it is; whoever owns the classes writes it as a method of each.


@singledispatch
def position(_contract: Contract) -> OptionPosition | None:
    """What an option is to the primary party; None for what is no option."""
    return None


@position.register
def _(contract: Option) -> OptionPosition:
    return contract.position


@singledispatch
def expiration(_contract: Contract) -> date | None:
    """The day on which it expires, if it does."""
    return None


@expiration.register
def _(contract: Option) -> date:
    return contract.expiration


@singledispatch
def premium(_contract: Contract) -> Money | None:
    """What was paid for the right, if there is one."""
    return None


@premium.register
def _(contract: Option) -> Money | None:
    return contract.premium


@singledispatch
def barrier_kind(_contract: Contract) -> str | None:
    """Which of the eight kinds it is, if it has a barrier."""
    return None


@barrier_kind.register
def _(contract: BarrierOption) -> str:
    return contract.barrier_kind


@singledispatch
def barrier(_contract: Contract) -> Quantity | None:
    """The level of its barrier, if it has one."""
    return None


@barrier.register
def _(contract: BarrierOption) -> Quantity:
    return contract.barrier


def row(contract: Contract) -> tuple[Cell, ...]:
    """
    The cells of a contract.

    Source: Analysis Patterns 10.5: the application knows no subtype; the supertype knows what all of them do.
    """
    return (
        contract.traded,
        contract.instrument.name,
        contract.direction,
        contract.amount,
        contract.price,
        contract.delivery,
        position(contract),
        expiration(contract),
        premium(contract),
        barrier_kind(contract),
        barrier(contract),
    )


def fill(contracts: Iterable[Contract]) -> BrowserTable:
    """The table of `contracts`."""
    return BrowserTable(COLUMNS, tuple(row(each) for each in contracts))
