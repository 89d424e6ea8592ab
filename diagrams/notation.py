"""Draws a type graph in a notation: the book's own, or UML's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from ..patterns.constraint import RULES
from ..patterns.picture import Edge, End, Graph, Mark, Node, Shape
from .marks import marked
from .model import Association, AssociationEnd, Attribute, Generalization, Type, TypeGraph
from .multiplicity import MANY, ONE, OPTIONAL, SOME
from .statements import described, is_told_by_type, statement, words

_CAPTIONS = {"knowledge": "Knowledge level", "operational": "Operational level"}
_MARKS = {ONE: Mark.ONE, OPTIONAL: Mark.OPTIONAL, MANY: Mark.MANY, SOME: Mark.SOME}
_BOOK_TYPES = {
    "str": "String", "int": "Integer", "bool": "Boolean", "Decimal": "Number", "float": "Number",
    "date": "Date", "datetime": "Timepoint", "time": "Time", "timedelta": "Duration", "bytes": "Bytes",
}  # fmt: skip
_MOST_CHOICES = 5
_MOST_LINES = 20


class Notation(Enum):
    """How types and their associations are drawn."""

    FOWLER = "fowler"
    UML = "uml"


def picture_of(graph: TypeGraph, notation: Notation = Notation.FOWLER, *, rules: bool = False) -> Graph:
    """
    The picture of a type graph.

    Shape:  knowledge level above, operational level below. Fowler's: rounded boxes, names as words, marks
            at the ends of the lines. UML: class boxes, multiplicities as text. With `rules`, the named
            rules of the patterns that are drawn stand below.
    """
    types = {type_.key: type_ for type_ in graph.types}
    ended = _fowler_end if notation is Notation.FOWLER else _uml_end
    edges = [
        *(_association(association, types, ended) for association in graph.associations),
        *(_generalization(each) for each in graph.generalizations),
    ]
    levels = {type_.level for type_ in graph.types}
    picture = Graph(
        graph.title,
        tuple(_node(type_, notation) for type_ in graph.types),
        tuple(sorted(edges, key=repr)),
        levels=tuple(caption for level, caption in _CAPTIONS.items() if level in levels),
        description=described(graph),
        remarks=tuple(_rules(graph)) if rules else (),
    )
    return marked(picture, graph)


def _rules(graph: TypeGraph) -> list[str]:
    drawn = {type_.pattern for type_ in graph.types if not type_.outside}
    return [f"{name}: {rule.says}" for name, rule in sorted(RULES.items()) if rule.pattern in drawn]


def _node(type_: Type, notation: Notation) -> Node:
    is_book = notation is Notation.FOWLER
    name = words(type_.name) if is_book else type_.name
    attribute = _fowler_attribute if is_book else _uml_attribute
    lines = [attribute(each) for each in type_.attributes if not (is_book and each.identity)]
    return Node(
        type_.key,
        f"{name} [abstract]" if type_.abstract else name,
        () if type_.outside else _shortened(lines),
        level=_CAPTIONS.get(type_.level, ""),
        note=_note(type_),
        shape=Shape.ROUNDED if is_book else Shape.BOX,
        outside=type_.outside,
    )


def _shortened(lines: list[str]) -> tuple[str, ...]:
    if len(lines) <= _MOST_LINES:
        return tuple(lines)
    return (*lines[: _MOST_LINES - 1], f"and {len(lines) - _MOST_LINES + 1} more")


def _note(type_: Type) -> str:
    source = f" (Analysis Patterns {type_.pattern})" if type_.pattern else ""
    return f"{words(type_.name)}{source}: {type_.summary}" if type_.summary else words(type_.name) + source


def _choices(attribute: Attribute, otherwise: str) -> str:
    is_short = 0 < len(attribute.choices) <= _MOST_CHOICES
    return f"{{{', '.join(attribute.choices)}}}" if is_short else otherwise


def _fowler_attribute(attribute: Attribute) -> str:
    type_name = _choices(attribute, _BOOK_TYPES.get(attribute.type, attribute.type))
    optional = " [0..1]" if attribute.optional else ""
    return f"{'/ ' if attribute.derived else ''}{words(attribute.name)}: {type_name}{optional}"


def _uml_attribute(attribute: Attribute) -> str:
    choices = _choices(attribute, "")
    parts = (
        f"{'/' if attribute.derived else ''}{attribute.name}: {attribute.type}",
        "[0..1]" if attribute.optional else "",
        choices,
        "{id}" if attribute.identity else "",
    )
    return " ".join(part for part in parts if part)


def _association(
    association: Association, types: Mapping[str, Type], ended: Callable[[AssociationEnd, Type], End]
) -> Edge:
    tail, head = association.source, association.target
    if (types[tail.type].level, types[head.type].level) == ("operational", "knowledge"):
        tail, head = head, tail
    return Edge(
        tail.type,
        head.type,
        tail_end=ended(tail, types[tail.type]),
        head_end=ended(head, types[head.type]),
        note=statement(association, types),
    )


def _fowler_end(end: AssociationEnd, type_: Type) -> End:
    role = "" if is_told_by_type(end, type_) else words(end.role)
    mark = _MARKS.get(end.multiplicity)
    parts = (
        "/" if end.derived else "",
        role,
        "" if mark else str(end.multiplicity),
        "[list]" if end.ordered and role else "",
    )
    return End(" ".join(part for part in parts if part), mark or Mark.MANY)


def _uml_end(end: AssociationEnd, _type: Type) -> End:
    role = f"{'/' if end.derived else ''}{end.role}" if end.role else ""
    ordered = "{ordered}" if end.ordered else ""
    return End(" ".join(part for part in (role, str(end.multiplicity), ordered) if part))


def _generalization(generalization: Generalization) -> Edge:
    return Edge(
        generalization.supertype,
        generalization.subtype,
        tail_end=End(mark=Mark.SUPERTYPE),
        note=f"subtype, kept in {generalization.inheritance.value}",
    )
