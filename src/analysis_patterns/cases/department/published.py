"""What a department publishes of its senior posts: rows, each as at one date, faults included."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import date
from hashlib import sha256
from importlib.resources import files
from io import StringIO
from itertools import groupby

from ...patterns.errors import AnalysisPatternsError

OUTSIDE = "XX"
"""Who the top posts report to: somebody outside the department."""

UNDISCLOSED = "NOT_DISCLOSED"
"""What stands for a holder whose name is withheld."""

FILE = "dfid_posts.csv"
PARTIAL = frozenset({date(2014, 3, 31)})
"""The uploads of which the publisher's own later ones show that they left posts out."""


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """
    One row, each column exactly as it was published.

    Shape:  a post, whom it reports to, its holder (empty where there is none), grade, unit and full-time
            equivalent.
    """

    post: str
    reports_to: str
    holder: str
    grade: str
    unit: str
    fte: str

    def __str__(self) -> str:
        return ",".join(astuple(self))


COLUMNS = ("snapshot", *(field.name for field in fields(PublishedRow)))


@dataclass(frozen=True, slots=True)
class Publication:
    """
    Everything that was published as at one date.

    Shape:  the rows by their line, counted from 1; a `partial` one leaves out posts that go on.
    """

    as_at: date
    rows: tuple[PublishedRow, ...]
    partial: bool = False

    @property
    def digest(self) -> str:
        """A fingerprint of the rows: two publications with one are the same."""
        return sha256("\n".join(map(str, self.rows)).encode()).hexdigest()


def published() -> tuple[Publication, ...]:
    """The six publications that come with this library, oldest first."""
    file = files(__name__.rpartition(".department.")[0]) / "data" / FILE
    return read_publications(file.read_text(encoding="utf-8"), partial=PARTIAL)


def read_publications(text: str, *, partial: Iterable[date] = ()) -> tuple[Publication, ...]:
    """
    Read publications from the text of a CSV file, oldest first.

    Shape:  a header that names the columns, then a row a line; `partial` are the dates of partial ones.
    Errors: `AnalysisPatternsError` with the line, where the header is another, a row has more or fewer
            columns, no date, or NUL, which no database holds. What else is wrong with a row is for the
            loader to say.
    """
    left_out = frozenset(partial)
    rows = sorted(_rows(text), key=lambda each: each[0])  # which keeps each date's own order
    return tuple(
        Publication(as_at, tuple(row for _, row in members), as_at in left_out)
        for as_at, members in groupby(rows, key=lambda each: each[0])
    )


def _rows(text: str) -> Iterator[tuple[date, PublishedRow]]:
    lines = _cells(text)
    if tuple(next(lines, (0, []))[1]) != COLUMNS:
        raise AnalysisPatternsError(f"line 1: the columns should be {', '.join(COLUMNS)}")
    for number, cells in lines:
        if len(cells) != len(COLUMNS):
            raise AnalysisPatternsError(f"line {number}: {len(cells)} columns instead of {len(COLUMNS)}")
        if any("\0" in cell for cell in cells):
            raise AnalysisPatternsError(f"line {number}: NUL in a column; the file is damaged")
        yield _date(number, cells[0]), PublishedRow(*cells[1:])


def _date(number: int, text: str) -> date:
    try:
        read = date.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.isoformat() != text:
        raise AnalysisPatternsError(f"line {number}: {text!r} is no date; write it as 2011-03-31")
    return read


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise AnalysisPatternsError(f"line {reader.line_num}: {error}") from None
