"""Leaves out of a model what would hide the rest of it: columns, and lines to what everything refers to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from enum import Enum

from .model import Association, Attribute, Key, Type, TypeGraph
from .multiplicity import Multiplicity


class Columns(Enum):
    """Which attributes are drawn: all, those in a key, or none."""

    ALL = "all"
    KEYS = "keys"
    NONE = "none"


def with_columns(graph: TypeGraph, columns: Columns) -> TypeGraph:
    """The model with only these attributes."""
    if columns is Columns.ALL:
        return graph
    types = (replace(type_, attributes=_kept(type_, columns)) for type_ in graph.types)
    return TypeGraph(graph.title, types, graph.lines, partial=graph.partial)


def _kept(type_: Type, columns: Columns) -> tuple[Attribute, ...]:
    if columns is Columns.NONE:
        return ()
    return tuple(each for each in type_.attributes if each.identity or each.keys is not Key.NONE)


def hubs(graph: TypeGraph, most: int) -> set[str]:
    """The keys of the types that more than `most` others refer to."""
    referring: defaultdict[str, set[str]] = defaultdict(set)
    for each in graph.associations:
        if each.source.type != each.target.type:
            referring[each.target.type].add(each.source.type)
    return {key for key, those in referring.items() if len(those) > most}


def without_hubs(graph: TypeGraph, most: int, *, keep: Collection[str] = ()) -> TypeGraph:
    """
    The model with lines to what more than `most` types refer to cut to a line of text, `user: -> User`.

    Shape:  lines of the types whose keys are in `keep` are left; so are those to supertypes.
    """
    cut = hubs(graph, most) - set(keep)
    names = {type_.key: type_.name for type_ in graph.types}
    chips: defaultdict[str, list[Attribute]] = defaultdict(list)
    left = []
    for each in graph.associations:
        if each.target.type in cut and each.source.type not in keep and each.source.type != each.target.type:
            chips[each.source.type].append(_chip(each, names))
        else:
            left.append(each)
    types = (
        replace(type_, attributes=(*type_.attributes, *sorted(chips[type_.key], key=lambda each: each.name)))
        for type_ in graph.types
    )
    return TypeGraph(graph.title, types, (*left, *graph.generalizations), partial=graph.partial)


def _chip(association: Association, names: dict[str, str]) -> Attribute:
    end = association.target
    name = names[end.type]
    many = str(end.multiplicity) if end.multiplicity.is_many else ""
    return Attribute(
        end.role or name,
        f"-> {name}{f' [{many}]' if many else ''}",
        optional=end.multiplicity == Multiplicity(0, 1),
        derived=end.derived,
    )
