"""Which patterns the types of an application come from: by what they are, say of themselves, and refer to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ..patterns.catalogue import heads
from ..patterns.catalogue.whole import FLOORS
from ..patterns.picture import Graph
from .model import Association, Generalization, Type, TypeGraph, ends_of
from .statements import words

_LIBRARY = tuple(f"{__name__.split('.', maxsplit=1)[0]}.{floor}." for floor in FLOORS)
_SAID = "says so itself"


@dataclass(frozen=True, slots=True)
class PatternMark:
    """
    That a type comes from a pattern of the book.

    Shape:  the pattern's section `number`, and `how`, such as `is a Person` or `refers to Party as client`.
    """

    number: str
    how: str

    @property
    def related(self) -> bool:
        """Whether another type tells it, and not only the type itself."""
        return self.how != _SAID


def is_of_library(type_: Type) -> bool:
    """Whether the type is this library's own, and no application's."""
    return type_.key.startswith(_LIBRARY)


def marks_of(graph: TypeGraph) -> dict[str, tuple[PatternMark, ...]]:
    """
    The marks of each type of an application, by its key, in the order of the book.

    Shape:  only types that have any; of this library's own types none, since those are the patterns.
    """
    types = {type_.key: type_ for type_ in graph.types}
    of_library = {key for key, type_ in types.items() if is_of_library(type_)}
    if not of_library and not any(type_.pattern for type_ in types.values()):
        return {}
    near: defaultdict[str, list[Association | Generalization]] = defaultdict(list)
    for link in graph.lines:
        for key in set(ends_of(link)) - of_library:
            near[key].append(link)
    found = {
        key: tuple(sorted(set(_marks(type_, near[key], types)), key=_in_order))
        for key, type_ in types.items()
        if key not in of_library
    }
    return {key: marks for key, marks in found.items() if marks}


def marked(picture: Graph, graph: TypeGraph) -> Graph:
    """
    The picture of `graph`, with what an application makes of the patterns.

    Shape:  what comes from a pattern has its section's number beside its name, and says why when it is
            pointed at; the patterns are named below. A picture of this library's own types stays as it is.
    """
    marks = marks_of(graph)
    if not marks:
        return picture
    numbers = {type_.key: type_.pattern for type_ in graph.types}
    nodes = tuple(
        replace(
            node,
            label=f"{node.label} [{numbers[node.key]}]" if numbers.get(node.key) else node.label,
            note=" ".join((node.note, *(_told(each) for each in marks.get(node.key, ()) if each.related))),
        )
        for node in picture.nodes
    )
    inside = [type_.key for type_ in graph.types if not type_.outside]
    used = {mark.number for key in inside for mark in marks.get(key, ())}
    return replace(picture, nodes=nodes, remarks=(*_named(used), *picture.remarks))


def _told(mark: PatternMark) -> str:
    return f"It {mark.how} ({mark.number})."


def _named(numbers: set[str]) -> Iterator[str]:
    names = {head.number: head.name for head in heads()}
    listed = [f"[{number}] {names.get(number, '')}".strip() for number in sorted(numbers, key=section)]
    if listed:
        yield f"Patterns: {', '.join(listed)}"


def section(number: str) -> tuple[int, ...]:
    """
    A section's number, to sort by.

    >>> sorted(["10.1", "6.11", "6.2"], key=section)
    ['6.2', '6.11', '10.1']
    """
    return tuple(int(part) for part in number.split(".") if part.isdigit())


def _in_order(mark: PatternMark) -> tuple[tuple[int, ...], str]:
    return section(mark.number), mark.how


def _marks(
    type_: Type, near: Iterable[Association | Generalization], types: Mapping[str, Type]
) -> Iterator[PatternMark]:
    """What a type is marked by, from the lines that end at it."""
    kinds_of = [each for each in near if isinstance(each, Generalization) and each.subtype == type_.key]
    supertypes = [types[each.supertype] for each in kinds_of]
    of_library = [each for each in supertypes if is_of_library(each)]
    if type_.pattern:
        inherited = [each for each in supertypes if each.pattern == type_.pattern]
        kinds = ", ".join(words(each.name) for each in inherited)
        yield PatternMark(type_.pattern, f"is a {kinds}" if kinds else _SAID)
    for each in of_library:
        if each.pattern and each.pattern != type_.pattern:
            yield PatternMark(each.pattern, f"is a {words(each.name)}")
    for association in near:
        if isinstance(association, Generalization):
            continue
        for here, far in (
            (association.source, association.target),
            (association.target, association.source),
        ):
            other = types[far.type]
            if here.type == type_.key and is_of_library(other) and other.pattern:
                role = f" as {words(far.role)}" if far.role else ""
                yield PatternMark(other.pattern, f"refers to {words(other.name)}{role}")
