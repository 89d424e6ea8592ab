"""A worked case: a story told with the library, and figures that were known before it was told."""

from __future__ import annotations

from dataclasses import dataclass

from ..patterns.picture import Bars, Graph, Grid, Plot
from ..site.case import Table


@dataclass(frozen=True, slots=True)
class Check:
    """
    One figure of a case: what was published or stated, and what the library found.

    Shape:  both as a reader would write them.
    """

    what: str
    expected: str
    found: str

    @property
    def holds(self) -> bool:
        """Whether what was found is what was expected."""
        return self.found == self.expected


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """
    What came of a case.

    Shape:  `text` is paragraphs separated by blank lines, with `code` in backticks; `patterns` are section
            numbers; `checks` are the figures it stands or falls by, `tables` and `pictures` what else it
            shows.
    """

    title: str
    text: str
    patterns: tuple[str, ...]
    checks: tuple[Check, ...]
    tables: tuple[Table, ...] = ()
    pictures: tuple[Graph | Bars | Plot | Grid, ...] = ()

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """Those of its pictures that are boxes and lines."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Graph))

    @property
    def holds(self) -> bool:
        """Whether every figure is what it should be."""
        return all(check.holds for check in self.checks)


def check(what: str, *, expected: object, found: object) -> Check:
    """Make a check of two things that are written alike where they are the same."""
    return Check(what, str(expected), str(found))
