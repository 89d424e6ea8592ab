"""What each way of filling a browser costs: measured by the specifications and the benchmarks (10.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...contract import Contract
from ..table import BrowserTable


@dataclass(frozen=True, slots=True)
class Strategy:
    """
    One of the book's ways to show columns that only subtypes have, with what it costs.

    Shape:  its name, and the function that fills the table; how many lines a new subtype with one column of
            its own takes, and how many a further column of a class that there is; whether domain classes
            have to be touched for it; and what goes wrong without anybody seeing it.
    Units:  lines of the strategy's module that are added or changed; the heading of the table, one line more,
            is the same for all.
    Source: Analysis Patterns 10.5.
    """

    name: str
    fill: Callable[[Iterable[Contract]], BrowserTable]
    subtype_lines: int
    column_lines: int
    touches_domain: bool
    silent: str
