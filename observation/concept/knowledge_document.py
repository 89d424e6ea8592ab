"""Observation concepts and phenomenon types as knowledge packs write them (3.4 to 3.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from pydantic import GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ...patterns.accountability.knowledge_document import NamedDocument, SubtypeDocument
from ...patterns.accountability.name import name_violations
from ...patterns.constraint import ConstraintViolation, require
from ...patterns.document import in_pydantic, value_schema
from ...patterns.knowledge.section import Reference
from ...patterns.values import parse_unit
from .observation_concept import ObservationConcept, Phenomenon

CONCEPTS, PHENOMENON_TYPES = "observation_concepts", "phenomenon_types"


@dataclass(frozen=True, slots=True, order=True)
class NamedConcept:
    """
    What a concept is known by: its name, and where it is a phenomenon that of its phenomenon type.

    Shape:  a document writes the bare name, or `{phenomenon: A, of: blood group}`.
    Source: Analysis Patterns 3.5 and 3.6.
    """

    name: str
    of: str = ""

    @classmethod
    def naming(cls, concept: ObservationConcept) -> Self:
        """How a document names a concept."""
        of = concept.phenomenon_type.name if isinstance(concept, Phenomenon) else ""
        return cls(concept.name, of)

    def reference(self, field: str) -> Reference:
        """That a field of a document names it; of a phenomenon, the type is looked for."""
        if self.of:
            return Reference(PHENOMENON_TYPES, self.of, field)
        return Reference(CONCEPTS, self.name, field)

    def __str__(self) -> str:
        return f"{self.of}: {self.name}" if self.of else self.name

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A document writes the bare name of a concept, and both names of a phenomenon."""
        typed = core_schema.typed_dict_schema(
            {
                name: core_schema.typed_dict_field(core_schema.str_schema(min_length=1))
                for name in ("phenomenon", "of")
            },
            extra_behavior="forbid",
        )
        return value_schema(cls, _bare_or(typed), read=cls._of, write=cls._as_document)

    @classmethod
    def _of(cls, written: Any) -> Self:
        return cls(written) if isinstance(written, str) else cls(written["phenomenon"], written["of"])

    def _as_document(self) -> object:
        return {"phenomenon": self.name, "of": self.of} if self.of else self.name


@dataclass(frozen=True, slots=True, order=True)
class DescribedPhenomenon:
    """
    A phenomenon of a phenomenon type, and where it stands among other concepts.

    Shape:  a document writes the bare name where nothing else is said of it. Its supertypes are concepts or
            phenomena; its `subtypes` are concepts: those that are phenomena say themselves what they are.
    Source: Analysis Patterns 3.5 and 3.6.
    """

    name: str
    supertypes: tuple[NamedConcept, ...] = ()
    subtypes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(name_violations(self, self.name))
        for field in ("supertypes", "subtypes"):
            object.__setattr__(self, field, tuple(sorted(set(getattr(self, field)))))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A document writes a name, or `name` with `supertypes` and `subtypes`."""
        told = core_schema.typed_dict_schema(
            {
                "name": core_schema.typed_dict_field(core_schema.str_schema()),
                "supertypes": core_schema.typed_dict_field(
                    handler.generate_schema(tuple[NamedConcept, ...]), required=False
                ),
                "subtypes": core_schema.typed_dict_field(
                    handler.generate_schema(tuple[str, ...]), required=False
                ),
            },
            extra_behavior="forbid",
        )
        return value_schema(cls, _bare_or(told), read=cls._of, write=cls._as_document)

    @classmethod
    def _of(cls, written: Any) -> Self:
        return cls(written) if isinstance(written, str) else cls(**written)

    def _as_document(self) -> object:
        said: dict[str, object] = {}
        if self.supertypes:
            said["supertypes"] = [each._as_document() for each in self.supertypes]
        if self.subtypes:
            said["subtypes"] = list(self.subtypes)
        return {"name": self.name, **said} if said else self.name


def _bare_or(told: CoreSchema) -> CoreSchema:
    return core_schema.tagged_union_schema(
        {"told": told, "bare": core_schema.str_schema()},
        lambda given: "told" if isinstance(given, dict) else "bare",
    )


class ObservationConceptDocument(SubtypeDocument):
    """
    An observation concept: its name, and those of the concepts that it is a special case of.

    Shape:  where one of these is a phenomenon, the phenomenon says so, among its subtypes.
    Source: Analysis Patterns 3.6.
    """

    section = CONCEPTS


class PhenomenonTypeDocument(NamedDocument):
    """
    A phenomenon type: the units it is measured in, the usual one first, and its phenomena.

    Errors: what `parse_unit` refuses; a unit or a phenomenon twice.
    Source: Analysis Patterns 3.4 and 3.5.
    """

    legal_units: tuple[str, ...] = ()
    phenomena: tuple[DescribedPhenomenon, ...] = ()

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        try:
            codes = tuple(parse_unit(each).code for each in self.legal_units)
        except ConstraintViolation as refused:
            raise in_pydantic(refused) from refused
        for field, names in (("unit", codes), ("phenomenon", [each.name for each in self.phenomena])):
            for name in names:
                if names.count(name) > 1:
                    raise PydanticCustomError(
                        "twice", "the {field} {name} twice", {"field": field, "name": repr(name)}
                    )
        object.__setattr__(self, "legal_units", codes)
        object.__setattr__(self, "phenomena", tuple(sorted(self.phenomena)))
        return self

    def references(self) -> Iterator[Reference]:
        """What its phenomena are special cases of, and what are special cases of them."""
        for phenomenon in self.phenomena:
            for above in phenomenon.supertypes:
                yield above.reference("phenomena")
            for below in phenomenon.subtypes:
                yield Reference(CONCEPTS, below, "phenomena")
