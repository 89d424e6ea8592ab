"""The table of a contract browser: a row for each, with columns that only some contracts have (10.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectin_polymorphic

from ...patterns.values import Quantity
from ..contract import Contract, OptionPosition
from ..market import Instrument
from .registry import contract_classes

Cell: TypeAlias = Decimal | Quantity | date | str | bool | Enum | OptionPosition | None
"""What stands in a table: a value as the contract has it; None where the contract has none."""

COLUMNS = (
    "traded",
    "instrument",
    "direction",
    "amount",
    "price",
    "delivery",
    "position",
    "expiration",
    "premium",
    "barrier kind",
    "barrier",
)
"""The columns that a browser shows: six that every contract has, three of options, two of barrier options."""


@dataclass(frozen=True, slots=True)
class BrowserTable:
    """
    Contracts as rows under named columns.

    Shape:  as many cells in each row as there are columns.
    Source: Analysis Patterns 10.5.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def written(self) -> tuple[tuple[str, ...], ...]:
        """The rows as people read them; empty where a contract has nothing to say."""
        return tuple(tuple(map(_written, row)) for row in self.rows)

    def text(self) -> str:
        """The table in plain text, each column as wide as its widest cell."""
        lines = (self.columns, *self.written)
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        ruled = (lines[0], tuple("-" * width for width in widths), *lines[1:])
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in ruled
        )


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell.value) if isinstance(cell, Enum) else str(cell)


def browsed() -> Select[Any]:
    """
    The question for contracts to be browsed: whole, with what each of their classes adds, not one by one.

    Shape:  to be narrowed by `where(...)` as any other. Asked plainly, each contract would be asked for the
            columns of its subtype once more.
    """
    return select(Contract).options(
        selectin_polymorphic(Contract, contract_classes()[1:]),
        joinedload(Contract.instrument).lazyload(Instrument.market),
    )
