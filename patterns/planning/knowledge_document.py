"""Resource types, protocols and policies as knowledge packs write them (8.5, 8.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from ..accountability.knowledge_document import NamedDocument
from ..constraint import ConstraintViolation
from ..document import Document, in_pydantic
from ..knowledge.section import Reference
from ..values.quantity import Quantity
from .dependency import NO_LAG, DependencyKind
from .policy import Severity

_UNITS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
_LENGTH = re.compile(r"(-?[0-9]{1,9}) (d|h|min|s)")


def _read_length(written: object) -> object:
    if not isinstance(written, str):
        return written
    read = _LENGTH.fullmatch(written)
    if read is None:
        raise PydanticCustomError("length", "not a length of time such as '90 min', '2 h', '3 d' or '20 s'")
    return timedelta(seconds=int(read[1]) * _UNITS[read[2]])


def _write_length(length: timedelta) -> str:
    seconds = length // timedelta(seconds=1)
    unit = next(each for each, size in _UNITS.items() if seconds % size == 0)
    return f"{seconds // _UNITS[unit]} {unit}"


Length = Annotated[timedelta, BeforeValidator(_read_length), PlainSerializer(_write_length)]
"""A length of time, written in one unit: days, hours, minutes or seconds."""


def _read_amount(written: object) -> object:
    if not isinstance(written, str):
        return written
    try:
        return Quantity.parse(written)
    except ConstraintViolation as refused:
        raise in_pydantic(refused) from refused


Amount = Annotated[Quantity, BeforeValidator(_read_amount), PlainSerializer(str)]
"""A quantity as people write it: `3 h`."""


class ResourceTypeDocument(NamedDocument):
    """
    A resource type: its name, and whether it is one of assets or of consumables.

    Source: Analysis Patterns 8.6.
    """

    kind: Literal["asset_type", "consumable_type"]


class StepDocument(Document):
    """
    A step: the protocol that it refers to, and its name where that is another.

    Source: Analysis Patterns 8.5.
    """

    protocol: str
    name: str = ""


class DependencyDocument(Document):
    """
    That a step comes after another, by their names.

    Source: Analysis Patterns 8.5.
    """

    after: str
    step: str
    kind: DependencyKind = DependencyKind.FINISH_START
    lag: Length = NO_LAG


class RequirementDocument(Document):
    """
    How much of a resource type a protocol needs.

    Source: Analysis Patterns 8.6.
    """

    type: str
    quantity: Amount


class ProtocolDocument(NamedDocument):
    """
    A protocol: its steps in order, what comes after what, what it needs and how long it takes.

    Shape:  the same protocol may be a step twice, then under a name of its own.
    Source: Analysis Patterns 8.5.
    """

    duration: Length | None = None
    steps: tuple[StepDocument, ...] = ()
    dependencies: tuple[DependencyDocument, ...] = ()
    requires: tuple[RequirementDocument, ...] = ()

    @model_validator(mode="after")
    def _tidy(self) -> Self:
        steps = tuple(each.model_copy(update={"name": each.name or each.protocol}) for each in self.steps)
        names = [each.name for each in steps]
        for name in names:
            if names.count(name) > 1:
                raise PydanticCustomError(
                    "step", "two steps {name}; name one otherwise", {"name": repr(name)}
                )
        for each in self.dependencies:
            for name in (each.after, each.step):
                if name not in names:
                    raise PydanticCustomError("step", "no step {name}", {"name": repr(name)})
        order = sorted(
            set(self.dependencies), key=lambda each: (each.step, each.after, each.kind.value, each.lag)
        )
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "dependencies", tuple(order))
        object.__setattr__(self, "requires", tuple(sorted(self.requires, key=lambda each: each.type)))
        return self

    def fields(self) -> dict[str, Any]:
        """What it says, without the names of steps that are those of their protocols."""
        said = super().fields()
        for step in said.get("steps", ()):
            if step["name"] == step["protocol"]:
                del step["name"]
        return said

    def references(self) -> Iterator[Reference]:
        """The protocols of its steps, and the resource types that it needs."""
        for step in self.steps:
            yield Reference("protocols", step.protocol, "steps")
        for each in self.requires:
            yield Reference("resource_types", each.type, "requires")


class PolicyDocument(NamedDocument):
    """
    A policy: what it asks for, how strictly, and of whom.

    Shape:  a party type where it asks for performers of a type, and only there.
    Source: Analysis Patterns 8.6.
    """

    kind: str
    severity: Severity
    protocol: str = ""
    party_type: str = ""

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if (self.kind == "performer_of_type") != bool(self.party_type):
            raise PydanticCustomError(
                "party_type", "'performer_of_type', and nothing else, names a party type"
            )
        return self

    def references(self) -> Iterator[Reference]:
        """The protocol and the party type."""
        if self.protocol:
            yield Reference("protocols", self.protocol, "protocol")
        if self.party_type:
            yield Reference("party_types", self.party_type, "party_type")
