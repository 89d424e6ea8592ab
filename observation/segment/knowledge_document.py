"""Dimensions, and sets of them, as knowledge packs write them (4.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from pydantic import model_validator

from ...patterns.accountability.knowledge_document import Name, NamedDocument
from ...patterns.constraint import ConstraintViolation
from ...patterns.document import Document, in_pydantic
from ...patterns.knowledge.section import Reference, tidied
from ...patterns.time.period import ALWAYS, Period
from .dimension import ELEMENT_LEVEL, LEVEL_ONCE
from .placement import NEXT_LEVEL


class ElementDocument(Document):
    """
    An element of a dimension: its name, that of its parent, and when it lies there.

    Shape:  one that was moved is written once for each parent.
    Source: Analysis Patterns 4.1.
    """

    name: Name
    parent: Name
    period: Period = ALWAYS

    def during(self, period: Period) -> Self:
        """The same, for another period."""
        return self.model_copy(update={"period": period})


class DimensionDocument(NamedDocument):
    """
    A dimension: its root, its levels, the highest first, and its elements.

    Errors: the rules of `Dimension` and `DimensionPlacement`, each under its name.
    Source: Analysis Patterns 4.1.
    """

    root: Name = "all"
    levels: tuple[Name, ...]
    elements: tuple[ElementDocument, ...] = ()

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        object.__setattr__(self, "elements", tidied(self.elements))
        for violation in _objections(self):
            raise in_pydantic(violation)
        return self

    def depths(self) -> dict[str, int]:
        """How deep below the root each element lies, those above before those below."""
        found, waiting = {self.root: 0}, list(self.elements)
        while waiting:
            known = [each for each in waiting if each.parent in found]
            if not known:
                break
            for each in known:
                found.setdefault(each.name, found[each.parent] + 1)
            waiting = [each for each in waiting if each.name not in found]
        return found


class DimensionSetDocument(NamedDocument):
    """
    A set of dimensions: its name, and theirs in order.

    Source: Analysis Patterns 4.1.
    """

    dimensions: tuple[str, ...]

    def references(self) -> Iterator[Reference]:
        """The dimensions."""
        for name in self.dimensions:
            yield Reference("dimensions", name, "dimensions")


def _objections(document: DimensionDocument) -> Iterator[ConstraintViolation]:
    if len(set(document.levels)) < len(document.levels):
        yield LEVEL_ONCE.violation(
            document,
            found=f"the levels {', '.join(document.levels)}",
            allowed="each level once, the highest first",
            remedy="Give each a name of its own.",
        )
    depths = document.depths()
    for element in document.elements:
        yield from _misplaced(document, element, depths)


def _misplaced(
    document: DimensionDocument, element: ElementDocument, depths: Mapping[str, int]
) -> Iterator[ConstraintViolation]:
    depth, above = depths.get(element.name), depths.get(element.parent)
    if depth is None or above is None or depth != above + 1:
        yield NEXT_LEVEL.violation(
            document,
            found=f"{element.name!r} below {element.parent!r}",
            allowed=f"a parent of the level right above, on a way up to the root {document.root!r}",
            remedy="Write the parent as an element too, or make another element for the other level.",
        )
    elif depth > len(document.levels):
        yield ELEMENT_LEVEL.violation(
            document,
            found=f"{element.name!r} {depth} levels below the root",
            allowed=f"{len(document.levels)} levels: {', '.join(document.levels) or '(none)'}",
            remedy="Name a further level, or place it higher.",
        )
