"""Information sources, quote formulas and build definitions as knowledge packs write them (9.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator

from ...patterns.accountability.knowledge_document import Name, NamedDocument
from ...patterns.constraint import ConstraintViolation
from ...patterns.document import Document, in_pydantic
from ...patterns.formula.formula import reckoning
from ...patterns.knowledge.section import Reference, Whole
from ..market.knowledge_document import INDICATORS
from .build_definition import ConflictPolicy
from .step import CalculateStep, SourceStep, Step

SOURCES, FORMULAS, DEFINITIONS = "information_sources", "quote_formulas", "build_definitions"


class ListingDocument(Document):
    """
    By which name a source lists an indicator.

    Source: Analysis Patterns 9.4.
    """

    indicator: Name
    name: Name


class InformationSourceDocument(NamedDocument):
    """
    An information source: its name, and what it lists.

    Errors: `source-index.one-indicator`, when it is stored.
    Source: Analysis Patterns 9.4.
    """

    lists: tuple[ListingDocument, ...] = ()

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        object.__setattr__(self, "lists", tuple(sorted(self.lists, key=lambda each: each.indicator)))
        return self

    def references(self) -> Iterator[Reference]:
        """The indicators."""
        for each in self.lists:
            yield Reference(INDICATORS, each.indicator, "lists")


class QuoteFormulaDocument(NamedDocument):
    """
    A formula over quotes.

    Errors: those of `QuoteFormula`, each under its name.
    Source: Analysis Patterns 9.4.
    """

    arguments: tuple[str, ...]
    says: str
    places: Whole | None = None
    digits: Whole | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        try:
            reckoning(self.says, dict.fromkeys(self.arguments, "number"))
        except ConstraintViolation as refused:
            raise in_pydantic(refused) from refused
        return self


class BuildDefinitionDocument(NamedDocument):
    """
    A build definition: its name, its steps, and what happens where two of them give the same indicator.

    Errors: `build-definition.has-steps`, when it is stored.
    Source: Analysis Patterns 9.4.
    """

    steps: tuple[Step, ...]
    conflict: ConflictPolicy = ConflictPolicy.REFUSE

    def references(self) -> Iterator[Reference]:
        """The sources, formulas and indicators that its steps name."""
        for step in self.steps:
            if isinstance(step, CalculateStep):
                yield Reference(FORMULAS, step.formula, "steps")
                yield Reference(INDICATORS, step.indicator, "steps")
                for argument in step.arguments:
                    yield Reference(INDICATORS, argument.indicator, "steps")
                continue
            if isinstance(step, SourceStep):
                yield Reference(SOURCES, step.source, "steps")
            for name in step.indicators:
                yield Reference(INDICATORS, name, "steps")
