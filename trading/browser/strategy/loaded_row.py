"""The fourth way: the browser hands each contract a row, and the contract fills it (10.5)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

from ...contract import BarrierOption, Contract, Option
from ..table import COLUMNS, BrowserTable, Cell

Row = dict[str, Cell]
"""A row to be filled: what stands between application and domain, and knows of both no more than names."""

# The book lets the domain load the row itself. Here it is a generic function beside the domain, which stays
# as it is; whoever owns the classes writes it as a method of each, and calls the supertype's.


@singledispatch
def load(contract: Contract, row: Row) -> None:
    """
    Fill a row with what a contract has; what it does not have stays empty.

    Source: Analysis Patterns 10.5: the application knows no subtype, the domain knows what a browser shows.
    """
    row["traded"] = contract.traded
    row["instrument"] = contract.instrument.name
    row["direction"] = contract.direction
    row["amount"] = contract.amount
    row["price"] = contract.price
    row["delivery"] = contract.delivery


@load.register
def load_option(contract: Option, row: Row) -> None:
    """Fill a row with what an option has."""
    load.dispatch(Contract)(contract, row)
    row["position"] = contract.position
    row["expiration"] = contract.expiration
    row["premium"] = contract.premium


@load.register
def load_barrier_option(contract: BarrierOption, row: Row) -> None:
    """Fill a row with what a barrier option has."""
    load_option(contract, row)
    row["barrier kind"] = contract.barrier_kind
    row["barrier"] = contract.barrier


def fill(contracts: Iterable[Contract]) -> BrowserTable:
    """The table of `contracts`."""
    rows = []
    for each in contracts:
        row: Row = dict.fromkeys(COLUMNS)
        load(each, row)
        rows.append(tuple(row[name] for name in COLUMNS))
    return BrowserTable(COLUMNS, tuple(rows))
