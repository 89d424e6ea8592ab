"""What became of a model from one version to the next: added, removed, changed, in signs and colours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest

from ..patterns.picture import Change, Edge, Graph, Node
from .colours import MEANINGS
from .model import Association, Generalization, Type, TypeGraph
from .notation import Notation, edge_of, line_of, node_of
from .text import shown

_MOST_UNCHANGED = 12
_CAPTIONS = ("Knowledge level", "Operational level")

Link = Association | Generalization
Lines = dict[tuple[str, str], str]
Line = tuple[str, Change | None]


def difference(before: TypeGraph, after: TypeGraph, *, notation: Notation = Notation.FOWLER) -> Graph:
    """
    The types and lines that differ between two versions of a model, among those that they touch.

    Shape:  `+` was added, `-` removed, `~` changed. Types are the same where their keys are, attributes
            where their names are, lines where they connect the same types in the same roles: what was
            renamed was removed and added. What is told of a type for readers, such as its docstring, does
            not count.
    """
    old, new = ({type_.key: type_ for type_ in graph.types} for graph in (before, after))
    nodes = {key: _node(old.get(key), new.get(key), notation) for key in sorted({*old, *new})}
    edges = sorted(_edges(before, after, {**old, **new}, notation), key=repr)
    differing = [edge for edge in edges if edge.change]
    shown_keys = {end for edge in differing for end in (edge.tail, edge.head)}
    shown_keys |= {key for key, node in nodes.items() if _differs(node)}
    kept = tuple(node for key, node in nodes.items() if key in shown_keys)
    drawn = tuple(edge for edge in edges if edge.change or {edge.tail, edge.head} <= shown_keys)
    levels = {node.level for node in kept}
    left = len(nodes) - len(kept)
    return Graph(
        f"{after.title}: what differs",
        kept,
        drawn,
        levels=tuple(caption for caption in _CAPTIONS if caption in levels),
        description=" ".join(_described(kept, differing)) or "Nothing differs.",
        remarks=(_remark(left, bool(kept)),) if left or not kept else (),
    )


def _remark(unchanged: int, is_any: bool) -> str:
    if not is_any:
        return "Nothing differs."
    return f"{unchanged:,} type{'' if unchanged == 1 else 's'} that did not change: not drawn."


def _differs(node: Node) -> bool:
    return node.change is not None or any(node.line_changes)


def _node(before: Type | None, after: Type | None, notation: Notation) -> Node:
    type_ = after or before
    if type_ is None:
        raise AssertionError("a type is in one of both versions")
    node = node_of(type_, notation)
    change: Change | None = Change.ADDED if before is None else Change.REMOVED
    lines: list[Line] = [(f"{change.value} {line}", change) for line in node.lines if change]
    if before and after:
        lines = list(_line_changes(_lines(before, notation), _lines(after, notation)))
        change = Change.CHANGED if any(found for _, found in lines) else None
        lines = _shortened(lines)
    return replace(
        node,
        label=f"{change.value} {node.label}" if change else node.label,
        lines=tuple(line for line, _ in lines),
        change=change,
        line_changes=tuple(found for _, found in lines) if change else (),
    )


def _lines(type_: Type, notation: Notation) -> Lines:
    """What is compared of a type, by what it is compared as."""
    is_book = notation is Notation.FOWLER
    found = {
        ("identity" if is_book and each.identity else "attribute", each.name): line_of(each, notation)
        for each in type_.attributes
    }
    found |= {("constraint", each): each for each in type_.constraints}
    for name, value in (("table", type_.table), ("level", type_.level), ("kind", type_.kind.value)):
        if value:
            found["of the type", name] = f"{name}: {value}"
    return found | ({("of the type", "abstract"): "abstract"} if type_.abstract else {})


def _line_changes(before: Lines, after: Lines) -> Iterator[Line]:
    """The lines of both versions; what is told of the type as a whole only where it differs."""
    for key, line in after.items():
        if key not in before:
            yield f"+ {line}", Change.ADDED
        elif before[key] != line:
            yield f"~ {line} (was {_rest(before[key])})", Change.CHANGED
        elif key[0] == "attribute":
            yield line, None
    for key, line in before.items():
        if key not in after:
            yield f"- {line}", Change.REMOVED


def _rest(line: str) -> str:
    """A line without the name that it shares with the one it became."""
    return line.partition(": ")[2] or line


def _shortened(lines: list[Line]) -> list[Line]:
    """All that differs, and of the rest as much as can be taken in."""
    plain = [index for index, (_, change) in enumerate(lines) if change is None]
    left_out = set(plain[_MOST_UNCHANGED:])
    kept = [line for index, line in enumerate(lines) if index not in left_out]
    return [*kept, (f"and {len(left_out)} more", None)] if left_out else kept


def _edges(
    before: TypeGraph, after: TypeGraph, types: Mapping[str, Type], notation: Notation
) -> Iterator[Edge]:
    old, new = (_by_identity(graph.lines) for graph in (before, after))
    drawn: Callable[[Link], Edge] = lambda link: edge_of(link, types, notation)  # noqa: E731
    for identity in sorted({*old, *new}, key=repr):
        for one, other in zip_longest(old[identity], new[identity]):
            if other is None:
                yield _marked(drawn(one), Change.REMOVED)
            elif one is None:
                yield _marked(drawn(other), Change.ADDED)
            elif one == other:
                yield drawn(other)
            else:
                edge = drawn(other)
                note = f"{edge.note} Before: {drawn(one).note}"
                yield replace(edge, label=f"~ was {_told(one)}", note=note, change=Change.CHANGED)


def _marked(edge: Edge, change: Change) -> Edge:
    return replace(edge, label=f"{change.value} {MEANINGS[change]}", change=change)


def _told(link: Link) -> str:
    if isinstance(link, Generalization):
        return link.inheritance.value
    ends = (link.source, link.target)
    return " to ".join(f"{end.multiplicity}{' in order' if end.ordered else ''}" for end in ends)


def _by_identity(links: Iterable[Link]) -> defaultdict[object, list[Link]]:
    found: defaultdict[object, list[Link]] = defaultdict(list)
    for link in links:
        found[_identity(link)].append(link)
    return found


def _identity(link: Link) -> object:
    """What makes a line the same one in both versions: what it connects, and as what."""
    if isinstance(link, Generalization):
        return "subtype", link.supertype, link.subtype
    return "association", *((end.type, end.role) for end in (link.source, link.target))


def _described(nodes: Iterable[Node], edges: Iterable[Edge]) -> Iterator[str]:
    for node in nodes:
        name = shown(node.label[2:])
        if node.change:
            yield f"{name} was {node.change.name.lower()}."
        if node.change is Change.CHANGED:
            told = zip(node.lines, node.line_changes, strict=True)
            yield from (f"In {name}: {line}." for line, change in told if change)
    yield from (f"{edge.change.name.lower()}: {edge.note}" for edge in edges if edge.change)
