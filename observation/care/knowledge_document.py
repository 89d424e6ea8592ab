"""Start functions and outcome functions as knowledge packs write them (8.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Self, TypeAlias

from pydantic import Discriminator, Tag, model_validator

from ...patterns.accountability.knowledge_document import NamedDocument
from ...patterns.document import Document
from ...patterns.knowledge.section import Reference, Whole
from ...patterns.time.period import ALWAYS, Period
from ..concept.knowledge_document import NamedConcept

PROTOCOLS = "protocols"


class NamedProtocol(Document):
    """
    That an argument of a function is a protocol, of any kind.

    Source: Analysis Patterns 8.7.
    """

    protocol: str

    def reference(self, field: str) -> Reference:
        """That a field of a document names it."""
        return Reference(PROTOCOLS, self.protocol, field)

    def __str__(self) -> str:
        return self.protocol


def _tag(given: Any) -> str:
    is_protocol = isinstance(given, NamedProtocol) or (isinstance(given, dict) and "protocol" in given)
    return "protocol" if is_protocol else "concept"


NamedArgument: TypeAlias = Annotated[
    Annotated[NamedConcept, Tag("concept")] | Annotated[NamedProtocol, Tag("protocol")],
    Discriminator(_tag),
]
"""What a function looks at: a concept by its name, a phenomenon by both names, `{protocol: blood test}`."""


class FunctionDocument(NamedDocument):
    """
    What documents of both kinds of function have in common.

    Source: Analysis Patterns 8.7.
    """

    period: Period = ALWAYS

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        for field in _sets(type(self)):
            said = dict.fromkeys(getattr(self, field))
            object.__setattr__(
                self,
                field,
                tuple(sorted(said, key=lambda each: (isinstance(each, NamedProtocol), str(each)))),
            )
        return self

    def references(self) -> Iterator[Reference]:
        """Its protocol, and all that it looks at."""
        for field in _sets(type(self)):
            for each in getattr(self, field):
                yield each.reference(field)


class StartFunctionDocument(FunctionDocument):
    """
    A start function: the protocol that is indicated, by what, and what speaks against it.

    Source: Analysis Patterns 8.7.
    """

    indicated: str
    indications: tuple[NamedArgument, ...]
    contraindications: tuple[NamedArgument, ...] = ()
    at_least: Whole | None = None

    def references(self) -> Iterator[Reference]:
        """Its protocol, and all that it looks at."""
        yield Reference(PROTOCOLS, self.indicated, "indicated")
        yield from super().references()


class OutcomeFunctionDocument(FunctionDocument):
    """
    An outcome function: what should come of a protocol, what may come of it besides, and when.

    Source: Analysis Patterns 8.7.
    """

    protocol: str
    targets: tuple[NamedConcept, ...] = ()
    side_effects: tuple[NamedConcept, ...] = ()
    conditions: tuple[NamedArgument, ...] = ()

    def references(self) -> Iterator[Reference]:
        """Its protocol, and all that it looks at."""
        yield Reference(PROTOCOLS, self.protocol, "protocol")
        yield from super().references()


def _sets(document: type[FunctionDocument]) -> tuple[str, ...]:
    if issubclass(document, StartFunctionDocument):
        return ("indications", "contraindications")
    return ("targets", "side_effects", "conditions")
