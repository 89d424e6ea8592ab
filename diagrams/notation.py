"""Draws a type graph in a notation: the book's own, or UML's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum

from ..patterns.constraint import RULES
from ..patterns.picture import Edge, End, Graph, Mark, Node, Shape
from .er import er_column, er_end, er_lines
from .groups import grouped
from .marks import marked
from .model import Association, AssociationEnd, Attribute, Generalization, Kind, Type, TypeGraph
from .multiplicity import MARKS
from .statements import described, is_told_by_type, statement, words

_CAPTIONS = {"knowledge": "Knowledge level", "operational": "Operational level"}
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
    ER = "er"


def picture_of(
    graph: TypeGraph, notation: Notation = Notation.FOWLER, *, rules: bool = False, clusters: bool = False
) -> Graph:
    """
    The picture of a type graph.

    Shape:  knowledge level above, operational level below. Fowler's: rounded boxes, names as words, marks
            at the ends of the lines. UML: class boxes, multiplicities as text. ER: what each column is and
            which keys it is in, marks at the ends of the lines. With `rules`, the named rules of the patterns
            that are drawn stand below; with `clusters`, there is a frame around each package in the place of
            the levels. What is drawn in part says why.
    """
    types = {type_.key: type_ for type_ in graph.types}
    edges = [edge_of(link, types, notation) for link in graph.lines]
    levels = {type_.level for type_ in graph.types} if not clusters else set()
    nodes = [node_of(type_, notation) for type_ in graph.types]
    if clusters:
        names = grouped(graph.types)
        nodes = [replace(node, level="", cluster=names[node.key]) for node in nodes]
    missing = (f"Partial: {reason}" for reason in graph.partial)
    picture = Graph(
        f"{graph.title} (partial)" if graph.partial else graph.title,
        tuple(nodes),
        tuple(sorted(edges, key=repr)),
        levels=tuple(caption for level, caption in _CAPTIONS.items() if level in levels),
        description=described(graph),
        remarks=(*missing, *(_rules(graph) if rules else ())),
    )
    return marked(picture, graph)


def _rules(graph: TypeGraph) -> list[str]:
    drawn = {type_.pattern for type_ in graph.types if not type_.outside}
    return [f"{name}: {rule.says}" for name, rule in sorted(RULES.items()) if rule.pattern in drawn]


def edge_of(link: Association | Generalization, types: Mapping[str, Type], notation: Notation) -> Edge:
    """A line as it is drawn, between types given by their keys."""
    if isinstance(link, Generalization):
        return _generalization(link)
    return _association(link, types, _ENDS[notation])


def line_of(attribute: Attribute, notation: Notation) -> str:
    """An attribute as it is written."""
    return _ATTRIBUTES[notation](attribute)


def node_of(type_: Type, notation: Notation) -> Node:
    """A type as it is drawn."""
    is_book = notation is Notation.FOWLER
    name = words(type_.name) if is_book else type_.name
    lines = _lines(type_, notation)
    return Node(
        type_.key,
        f"{name} [abstract]" if type_.abstract else name,
        () if type_.outside else lines,
        level=_CAPTIONS.get(type_.level, ""),
        note=_note(type_),
        shape=Shape.ROUNDED if is_book else Shape.BOX,
        outside=type_.outside,
    )


def _lines(type_: Type, notation: Notation) -> tuple[str, ...]:
    if notation is Notation.ER:
        columns, demands = er_lines(type_)
        return (*_shortened(columns), *_shortened(demands))
    is_book = notation is Notation.FOWLER
    return _shortened(
        [line_of(each, notation) for each in type_.attributes if not (is_book and each.identity)]
    )


def _shortened(lines: list[str]) -> tuple[str, ...]:
    if len(lines) <= _MOST_LINES:
        return tuple(lines)
    return (*lines[: _MOST_LINES - 1], f"and {len(lines) - _MOST_LINES + 1} more")


def _note(type_: Type) -> str:
    source = f" (Analysis Patterns {type_.pattern})" if type_.pattern else ""
    told = f"{words(type_.name)}{source}: {type_.summary}" if type_.summary else words(type_.name) + source
    return "; ".join([told, *type_.constraints]) if type_.kind is Kind.TABLE else told


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
    mark = MARKS.get(end.multiplicity)
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


_ATTRIBUTES = {Notation.FOWLER: _fowler_attribute, Notation.UML: _uml_attribute, Notation.ER: er_column}
_ENDS = {Notation.FOWLER: _fowler_end, Notation.UML: _uml_end, Notation.ER: er_end}


def _generalization(generalization: Generalization) -> Edge:
    return Edge(
        generalization.supertype,
        generalization.subtype,
        tail_end=End(mark=Mark.SUPERTYPE),
        note=f"subtype, kept in {generalization.inheritance.value}",
    )
