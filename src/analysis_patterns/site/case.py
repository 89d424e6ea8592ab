"""A worked case as the site shows it: a story with its pictures and its figures in tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

_AMOUNT = re.compile(r"[-+\u2212]?[0-9][0-9.,' ]*( ?(%|[A-Z]{3}))?")


@dataclass(frozen=True, slots=True)
class Figure:
    """
    A picture with a caption.

    Shape:  the `name` is the caption; `svg` is the picture's source.
    """

    name: str
    svg: str


@dataclass(frozen=True, slots=True)
class Table:
    """
    Figures under headings.

    Shape:  each of the `rows` has as many cells as there are `columns`, already written out for a reader.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def amounts(self) -> frozenset[int]:
        """The columns, counted from 0, that hold nothing but amounts, and are set flush right."""
        return frozenset(
            n for n in range(len(self.columns)) if all(_AMOUNT.fullmatch(row[n]) for row in self.rows)
        )


@dataclass(frozen=True, slots=True)
class Case:
    """
    A worked case: what happened, what came of it, and which patterns it shows.

    Shape:  `text` is paragraphs separated by blank lines, with `code` in backticks; `patterns` are section
            numbers; the page shows the text, then the tables, then the figures.
    """

    title: str
    text: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    patterns: tuple[str, ...] = ()
