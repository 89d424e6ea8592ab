"""Which patterns are connected with which: read from the links between the types that they consist of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Mapper

from ..diagrams import Association, AssociationEnd, TypeGraph
from ..diagrams.annotations import key_of
from ..diagrams.mapped import read_mapped
from ..diagrams.plain import is_plain, read_plain
from ..patterns.catalogue import PatternRecord

MOST_REASONS = 4
"""How many links between two patterns a page names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Related:
    """
    Another pattern that a pattern is connected with.

    Shape:  `reasons` are the links between the types of both, each a phrase with `code` in backticks,
            at least one.
    """

    number: str
    reasons: tuple[str, ...]

    @property
    def named(self) -> tuple[str, ...]:
        """The reasons that a page names."""
        return self.reasons[:MOST_REASONS]

    @property
    def unnamed(self) -> int:
        """How many it does not."""
        return len(self.reasons) - len(self.named)


def related(records: Iterable[PatternRecord]) -> Mapping[str, tuple[Related, ...]]:
    """
    For each pattern that is built, the patterns that its types lead to, or from, in the order of the book.

    Errors: `AnalysisPatternsError` where the types cannot be read.
    """
    records = tuple(records)
    order = {record.number: place for place, record in enumerate(records)}
    owners: defaultdict[str, set[str]] = defaultdict(set)
    types: dict[str, type] = {}
    for record in records:
        for each in record.attachment.types if record.attachment else ():
            owners[key_of(each)].add(record.number)
            types[key_of(each)] = each
    reasons: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one, other, reason in _links(types.values()):
        # Where one pattern has both types, the link between them says nothing of two patterns.
        if not owners[one] & owners[other]:
            for number in owners[one]:
                for neighbour in owners[other]:
                    reasons[number][neighbour].add(reason)
                    reasons[neighbour][number].add(reason)
    return {
        number: tuple(
            Related(neighbour, tuple(sorted(found[neighbour])))
            for neighbour in sorted(found, key=lambda each: order[each])
        )
        for number, found in reasons.items()
    }


def _links(types: Iterable[type]) -> Iterator[tuple[str, str, str]]:
    """The keys of two types, and how they are connected."""
    types = tuple(types)
    mappers: list[Mapper[Any]] = []
    for each in types:
        mapper: Any = inspect(each, raiseerr=False)
        mappers += [mapper] if isinstance(mapper, Mapper) else []
    graphs: list[TypeGraph] = [read_mapped("all types", mappers)] if mappers else []
    graphs.append(read_plain("all values", [each for each in types if is_plain(each)]))
    names = {graph_type.key: graph_type.name for graph in graphs for graph_type in graph.types}
    names |= {key_of(each): each.__name__ for each in types}
    for graph in graphs:
        for kind in graph.generalizations:
            yield (
                kind.subtype,
                kind.supertype,
                f"`{names[kind.subtype]}` is a kind of `{names[kind.supertype]}`",
            )
        for association in graph.associations:
            yield _of(association, names)
        yield from _attributes(graph, types)


def _of(association: Association, names: Mapping[str, str]) -> tuple[str, str, str]:
    source, target = association.source, association.target
    # The end that has a role is the one that the other type speaks of.
    near, far = (source, target) if target.role or not source.role else (target, source)
    return near.type, far.type, _phrase(near, far, names)


def _phrase(near: AssociationEnd, far: AssociationEnd, names: Mapping[str, str]) -> str:
    role = f"`{names[near.type]}.{far.role}`" if far.role else f"`{names[near.type]}`"
    many = far.multiplicity.most != 1
    if not far.role:
        return f"{role} is linked to `{names[far.type]}`"
    return f"{role} holds each `{names[far.type]}`" if many else f"{role} is one `{names[far.type]}`"


def _attributes(graph: TypeGraph, types: Iterable[type]) -> Iterator[tuple[str, str, str]]:
    """Values that a type has by attributes, where the name of the attribute's type is that of one value."""
    values: defaultdict[str, set[str]] = defaultdict(set)
    for each in types:
        values[each.__name__].add(key_of(each))
    for owner in graph.types:
        for attribute in owner.attributes:
            if len(found := values.get(attribute.type, set())) == 1:
                yield owner.key, min(found), f"`{owner.name}.{attribute.name}` is one `{attribute.type}`"
