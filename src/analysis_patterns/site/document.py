"""The catalogue for machines: one document with a version, and the JSON Schema of its form."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .. import __version__
from ..patterns.catalogue import PatternRecord
from ..patterns.constraint import Layer
from .address import page
from .description import Description
from .material import Material


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PartEntry(_Part):
    """A type or behaviour that a pattern consists of."""

    name: str
    module: str
    kind: str = Field(description="type or function")
    says: str
    reference: str = Field(description="where the site explains it; empty where it does not")


class RuleEntry(_Part):
    """A constraint, and the layers that refuse a breach of it."""

    name: str
    says: str
    layers: tuple[str, ...]


class ColumnEntry(_Part):
    """A column of a table; `type` is PostgreSQL's."""

    name: str
    type: str
    null: bool
    keys: tuple[str, ...]
    comment: str


class TableEntry(_Part):
    """A table, the types in it and the triggers that guard it."""

    name: str
    types: tuple[str, ...]
    columns: tuple[ColumnEntry, ...]
    guards: tuple[str, ...]


class RelatedEntry(_Part):
    """Another pattern, and the links between the types of both."""

    number: str
    reasons: tuple[str, ...]


class PatternEntry(_Part):
    """A pattern; what is not built has neither parts nor rules."""

    number: str
    name: str
    chapter: int
    title: str = Field(description="that of the chapter")
    problem: str
    solution: str
    built: bool
    module: str
    when_not: str
    example: str = Field(description="a doctest")
    figure: str = Field(description="what `analysis-patterns diagram` draws")
    parts: tuple[PartEntry, ...]
    rules: tuple[RuleEntry, ...]
    tables: tuple[TableEntry, ...]
    related: tuple[RelatedEntry, ...]
    cases: tuple[str, ...]
    page: str
    markdown: str


class CaseEntry(_Part):
    """A worked case and the patterns that it shows."""

    title: str
    patterns: tuple[str, ...]
    page: str


class CatalogueDocument(_Part):
    """
    The whole catalogue.

    Shape:  paths are below the folder of the document; the version rises when a reader would have to change.
    """

    format: Literal["analysis-patterns.catalogue"] = "analysis-patterns.catalogue"
    version: Literal[1] = 1
    library: str
    patterns: tuple[PatternEntry, ...]
    cases: tuple[CaseEntry, ...]


def document(material: Material) -> str:
    """The catalogue as JSON."""
    whole = CatalogueDocument(
        library=__version__,
        patterns=tuple(_pattern(material, record) for record in material.records),
        cases=tuple(
            CaseEntry(title=each.title, patterns=each.patterns, page=page(each)) for each in material.cases
        ),
    )
    return whole.model_dump_json(indent=1) + "\n"


def document_schema() -> str:
    """The JSON Schema of the document."""
    return json.dumps(CatalogueDocument.model_json_schema(mode="serialization"), indent=1) + "\n"


def _pattern(material: Material, record: PatternRecord) -> PatternEntry:
    attachment = record.attachment
    return PatternEntry(
        number=record.number,
        name=record.name,
        chapter=record.chapter,
        title=record.title,
        problem=record.problem,
        solution=record.solution,
        built=record.built,
        module=record.module,
        when_not=attachment.when_not if attachment else "",
        example=attachment.example if attachment else "",
        figure=attachment.figure if attachment else "",
        parts=tuple(_part(material, part) for part in (attachment.parts if attachment else ())),
        rules=tuple(
            RuleEntry(
                name=rule.name,
                says=rule.says,
                layers=tuple(layer.value for layer in Layer if layer in rule.layers),
            )
            for rule in record.constraints
        ),
        tables=_tables(material, record),
        related=tuple(
            RelatedEntry(number=each.number, reasons=each.reasons)
            for each in material.related.get(record.number, ())
        ),
        cases=tuple(case.title for case in material.shown_in(record)),
        page=page(record),
        markdown=page(record, "md"),
    )


def _part(material: Material, part: type | Callable[..., Any]) -> PartEntry:
    said = Description.of(part)
    return PartEntry(
        name=said.name,
        module=str(getattr(part, "__module__", "")),
        kind=said.kind,
        says=" ".join(said.paragraphs[:1]),
        reference=material.address_of(part),
    )


def _tables(material: Material, record: PatternRecord) -> tuple[TableEntry, ...]:
    return tuple(
        TableEntry(
            name=table.name,
            types=table.types,
            columns=tuple(
                ColumnEntry(
                    name=each.name, type=each.type, null=each.null, keys=each.keys, comment=each.comment
                )
                for each in table.columns
            ),
            guards=table.guards,
        )
        for table in material.tables.get(record.number, ())
    )
