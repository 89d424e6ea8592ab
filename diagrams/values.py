"""Shows the value types that mapped classes are composed of as types of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Mapper

from .annotations import key_of
from .model import Association, AssociationEnd, Generalization, Type, TypeGraph
from .multiplicity import MANY, ONE, OPTIONAL
from .plain import is_plain, read_plain


def with_values(graph: TypeGraph, mappers: Iterable[Mapper[Any]]) -> TypeGraph:
    """
    The graph in which a composite attribute is an association to its value type, wherever that is drawable.

    Shape:  a dataclass, a pydantic model, or a class that asks to be drawn, with all that it holds in turn.
    """
    everyone = {other for mapper in mappers for other in mapper.registry.mappers}
    composed: dict[tuple[str, str], Any] = {
        (key_of(mapper.class_), composite.key): composite.composite_class
        for mapper in everyone
        for composite in mapper.composites
        if is_plain(composite.composite_class)
    }
    values = read_plain(graph.title, set(composed.values()))
    types: list[Type] = []
    links: list[Association | Generalization] = [
        *graph.associations,
        *graph.generalizations,
        *values.associations,
        *values.generalizations,
    ]
    for type_ in graph.types:
        for attribute in type_.attributes:
            value = composed.get((type_.key, attribute.name))
            if value is not None:
                held = AssociationEnd(key_of(value), OPTIONAL if attribute.optional else ONE, attribute.name)
                links.append(Association(AssociationEnd(type_.key, MANY), held))
        kept = tuple(each for each in type_.attributes if (type_.key, each.name) not in composed)
        types.append(replace(type_, attributes=kept))
    known = {type_.key for type_ in types}
    types += [value for value in values.types if value.key not in known]
    return TypeGraph(graph.title, types, links, partial=graph.partial)
