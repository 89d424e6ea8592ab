"""Statements and entries as rows: for a spreadsheet, a file, or pandas (6.12)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import singledispatch
from importlib import import_module
from io import StringIO
from typing import Any

from ...patterns.errors import AnalysisPatternsError
from ..posting.entry import Entry
from .account_statement import AccountStatement
from .statement import BalanceSheet, IncomeStatement, Section, Totals, TrialBalance

Cell = str | Decimal | date | datetime | int
"""What a row holds: text, an exact amount, a day, an instant, a count, or whether something is so."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet would reckon with: `=1+1`, also in full-width characters."""


@dataclass(frozen=True, slots=True)
class Table:
    """
    Rows under named columns.

    Shape:  as many cells in each row as there are columns. An amount and its unit are two columns.
    Units:  amounts are exact decimals, with every place that their unit is counted to; never floats.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv(self, *, neutral: bool = True) -> str:
        """
        These rows as comma-separated values, under a row of column names.

        Shape:  lines end as RFC 4180 says. Text that a spreadsheet would take for a formula, since it begins
                with `=`, `+`, `-`, `@`, a tab or a line end, gets an apostrophe before it, unless `neutral`
                is false. Amounts and days are written as they are: a negative amount is no formula.
        """
        written = StringIO(newline="")
        writer = csv.writer(written)
        writer.writerow(self.columns)
        writer.writerows([_written(cell, neutral=neutral) for cell in row] for row in self.rows)
        return written.getvalue()

    def frame(self) -> Any:
        """
        These rows as a pandas frame, every column of Python's own objects, so that amounts stay exact.

        Errors: `AnalysisPatternsError` where pandas is not installed; it comes with the extra `tables`.
        """
        try:
            pandas: Any = import_module("pandas")
        except ModuleNotFoundError as missing:
            raise AnalysisPatternsError(
                "frame() needs pandas: install it with 'analysis-patterns[tables]', or use csv()"
            ) from missing
        return pandas.DataFrame(list(self.rows), columns=list(self.columns), dtype=object)


def _written(cell: Cell, *, neutral: bool) -> str:
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, date):
        return cell.isoformat()
    if not isinstance(cell, str):
        return str(cell).lower()  # true and false as other programs write them
    return f"'{cell}" if neutral and cell.startswith(_FORMULA) else cell


@singledispatch
def table(told: Any) -> Table:
    """
    Lay out a statement, or entries, as rows.

    Shape:  takes a `TrialBalance`, `BalanceSheet`, `IncomeStatement`, `AccountStatement`, or entries.
    Units:  amounts of a trial balance and of entries as they are booked, of the others as they are shown.
    Errors: `TypeError` for anything else.
    """
    raise TypeError(f"no table is made of a {type(told).__name__}: give a statement, or a list of entries")


@table.register
def _(told: TrialBalance) -> Table:
    return Table(
        ("account", "kind", "amount", "unit", "memo"),
        tuple(
            (line.account.name, line.account.kind, line.amount.amount, line.unit, line.account.memo)
            for line in told.lines
        ),
    )


_SECTIONS = ("section", "account", "amount", "unit")


@table.register
def _(told: BalanceSheet) -> Table:
    sections = [told.assets, told.liabilities, told.equity]
    if told.unclassified.lines:
        sections.append(told.unclassified)
    rows = [row for section in sections for row in _section(section)]
    return Table(_SECTIONS, (*rows, *_totals("result", told.result)))


@table.register
def _(told: IncomeStatement) -> Table:
    rows = [row for section in (told.income, told.expenses) for row in _section(section)]
    return Table(_SECTIONS, (*rows, *_totals("result", told.result)))


@table.register
def _(told: AccountStatement) -> Table:
    first, last = told.period.start, told.period.end - timedelta(days=1)
    moved = [
        (
            each.entry.charged,
            each.entry.account.name,
            each.entry.transaction.description,
            each.amount.amount,
            each.balance.amount,
            each.entry.unit_code,
        )
        for each in told.movements
    ]
    return Table(
        ("charged", "account", "description", "amount", "balance", "unit"),
        (
            *((first, "", "opening balance", "", each.amount, unit) for unit, each in told.opening.items()),
            *moved,
            *((last, "", "closing balance", "", each.amount, unit) for unit, each in told.closing.items()),
        ),
    )


@table.register(list)
@table.register(tuple)
def _(told: Sequence[Entry]) -> Table:
    return Table(
        ("charged", "booked", "concerns", "account", "description", "amount", "unit", "transaction", "n"),
        tuple(
            (
                each.charged,
                each.booked,
                each.concerns,
                each.account.name,
                each.transaction.description,
                each.amount.amount,
                each.unit_code,
                str(each.transaction_id),
                each.n,
            )
            for each in told
        ),
    )


def _section(section: Section) -> Iterator[tuple[Cell, ...]]:
    for line in section.lines:
        yield (section.name, line.account.name, line.shown.amount, line.unit)
    yield from _totals(f"total {section.name}", section.totals)


def _totals(name: str, totals: Totals) -> Iterator[tuple[Cell, ...]]:
    for unit, total in totals.items():
        yield (name, "", total.amount, unit)
