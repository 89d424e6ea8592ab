"""The first way: the application asks of which class each contract is (10.5)."""

from __future__ import annotations

from collections.abc import Iterable

from ...contract import BarrierOption, Contract, Option
from ..table import COLUMNS, BrowserTable, Cell


def row(contract: Contract) -> tuple[Cell, ...]:
    """
    The cells of a contract.

    Source: Analysis Patterns 10.5: the domain stays as it is; the application knows each of its classes.
    """
    position = expiration = premium = barrier_kind = barrier = None
    if isinstance(contract, Option):
        position = contract.position
        expiration = contract.expiration
        premium = contract.premium
    if isinstance(contract, BarrierOption):
        barrier_kind = contract.barrier_kind
        barrier = contract.barrier
    return (
        contract.traded,
        contract.instrument.name,
        contract.direction,
        contract.amount,
        contract.price,
        contract.delivery,
        position,
        expiration,
        premium,
        barrier_kind,
        barrier,
    )


def fill(contracts: Iterable[Contract]) -> BrowserTable:
    """The table of `contracts`."""
    return BrowserTable(COLUMNS, tuple(row(each) for each in contracts))
