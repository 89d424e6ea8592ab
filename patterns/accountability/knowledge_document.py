"""Party types and accountability types as knowledge packs write them (2.5, 2.6, 2.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from sqlalchemy import inspect

from ..document import Document, in_pydantic, value_schema
from ..knowledge.section import KnowledgeDocument, Reference, tidied
from ..time.period import ALWAYS, Period
from .accountability_type import AccountabilityType, Shape
from .admission import Role
from .name import name_violations


def _checked_name(name: str) -> str:
    for violation in name_violations(name, name):
        raise in_pydantic(violation)
    return name


Name = Annotated[str, AfterValidator(_checked_name)]


class NamedDocument(KnowledgeDocument):
    """
    Knowledge that is known by its name.

    Errors: `name.text` for a blank name or one that a database cannot hold.
    """

    name: Name

    @property
    def key(self) -> str:
        """Its name."""
        return self.name


class SubtypeDocument(NamedDocument):
    """
    Something known by its name that may be a special case of others of its kind, which the `section` holds.

    Source: Analysis Patterns 2.6 and 3.6.
    """

    section: ClassVar[str]

    supertypes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        object.__setattr__(self, "supertypes", tuple(sorted(set(self.supertypes))))
        return self

    def references(self) -> Iterator[Reference]:
        """Its supertypes."""
        for name in self.supertypes:
            yield Reference(self.section, name, "supertypes")


class PartyTypeDocument(SubtypeDocument):
    """
    A party type: its name, and those of its supertypes.

    Source: Analysis Patterns 2.6.
    """

    section = "party_types"


@dataclass(frozen=True, slots=True, order=True)
class Admission:
    """
    That a type of party may hold one end, for a period; a document writes the bare name where it is always.

    Source: Analysis Patterns 2.5.
    """

    type: str
    period: Period = ALWAYS

    def during(self, period: Period) -> Self:
        """The same, for another period."""
        return replace(self, period=period)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A document writes an admission as a name, or as `type` and `period`."""
        dated = core_schema.typed_dict_schema(
            {
                "type": core_schema.typed_dict_field(core_schema.str_schema()),
                "period": core_schema.typed_dict_field(handler.generate_schema(Period), required=False),
            },
            extra_behavior="forbid",
        )
        written = core_schema.tagged_union_schema(
            {"dated": dated, "always": core_schema.str_schema()},
            lambda given: "dated" if isinstance(given, dict) else "always",
        )
        return value_schema(cls, written, read=cls._of, write=cls._as_document)

    @classmethod
    def _of(cls, written: Any) -> Self:
        return cls(written) if isinstance(written, str) else cls(**written)

    def _as_document(self) -> object:
        if self.period == ALWAYS:
            return self.type
        return {"type": self.type, "period": self.period.as_document()}


class Connection(Document):
    """
    That one type of party may stand over another, for a period.

    Source: Analysis Patterns 2.3 and 2.5.
    """

    commissioner: str
    responsible: str
    period: Period = ALWAYS

    def during(self, period: Period) -> Self:
        """The same, for another period."""
        return self.model_copy(update={"period": period})


PLAIN, HIERARCHIC, LEVELED = "accountability_type", "hierarchic", "leveled"


def kinds() -> dict[str, type[AccountabilityType]]:
    """The kinds of accountability type that a document tells wholly: those without columns of their own."""
    base = inspect(AccountabilityType)
    return {
        str(mapper.polymorphic_identity): mapper.class_
        for mapper in base.self_and_descendants
        if set(mapper.columns.keys()) == set(base.columns.keys())
    }


class AccountabilityTypeDocument(NamedDocument):
    """
    An accountability type: who may hold its ends, when, and what its accountabilities look like together.

    Shape:  the two sets may be left out where connections or levels say them; the kind, where the levels
            or the shape do.
    Source: Analysis Patterns 2.5 and 2.7.
    """

    kind: str = ""
    shape: Shape = Shape.NETWORK
    single_responsible: bool = False
    commissioners: tuple[Admission, ...] = ()
    responsibles: tuple[Admission, ...] = ()
    connections: tuple[Connection, ...] = ()
    levels: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind and self.kind not in kinds():
            choices = {"kind": self.kind, "kinds": ", ".join(sorted(kinds()))}
            raise PydanticCustomError("kind", "no kind '{kind}'; kinds are {kinds}", choices)
        if self.levels and self.kind not in ("", LEVELED):
            raise PydanticCustomError("levels", "only the kind 'leveled' has levels")
        complete = {
            "kind": self.kind or self._implied_kind(),
            "commissioners": tidied(self.commissioners) or self._implied(Role.COMMISSIONER),
            "responsibles": tidied(self.responsibles) or self._implied(Role.RESPONSIBLE),
            "connections": tidied(self.connections),
        }
        for name, value in complete.items():
            object.__setattr__(self, name, value)
        return self

    def _implied_kind(self) -> str:
        if self.levels:
            return LEVELED
        return PLAIN if self.shape is Shape.NETWORK else HIERARCHIC

    def _implied(self, role: Role) -> tuple[Admission, ...]:
        if self.levels:
            names = self.levels[:-1] if role is Role.COMMISSIONER else self.levels[1:]
            return tidied(Admission(name) for name in names)
        return tidied(Admission(getattr(each, role.value), each.period) for each in self.connections)

    def fields(self) -> dict[str, Any]:
        """What it says, without what follows from the rest."""
        said = super().fields()
        implied = {f"{role.value}s": self._implied(role) for role in Role} | {"kind": self._implied_kind()}
        return {name: each for name, each in said.items() if getattr(self, name) != implied.get(name)}

    def references(self) -> Iterator[Reference]:
        """The party types that it admits, connects, or has for its levels."""
        for field in ("commissioners", "responsibles"):
            for admission in getattr(self, field):
                yield Reference("party_types", admission.type, field)
        for connection in self.connections:
            yield Reference("party_types", connection.commissioner, "connections")
            yield Reference("party_types", connection.responsible, "connections")
        for name in self.levels:
            yield Reference("party_types", name, "levels")
