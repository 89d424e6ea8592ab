"""Large models from afar: a box for each group of types, and how many lines lead from one to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..patterns.picture import Edge, Graph, Node, Shape
from .groups import grouped
from .model import Type, TypeGraph, ends_of

_MOST_EDGES_EACH = 2
_MOST_NAMES = 40
_CAPTIONS = {"knowledge": "Knowledge level", "operational": "Operational level"}


def overview(
    graph: TypeGraph, groups: Mapping[str, str] | None = None, links: Mapping[str, str] | None = None
) -> Graph:
    """
    The groups of a model as boxes.

    Shape:  each says how many types it has and how many lines there are between them; what stands at a line
            is for how many it is drawn. Where there are many more lines than boxes, those that stand for
            the most are drawn, and a remark says what is left out. On levels where each group is on one.
            `groups` has the group of each type by its key, by default `grouped`; `links` where each leads.
    """
    groups = grouped(graph.types) if groups is None else groups
    members: dict[str, list[Type]] = {group: [] for group in sorted(set(groups.values()))}
    for type_ in graph.types:
        members[groups[type_.key]].append(type_)
    counts = counted(graph, groups)
    levels = {group: {type_.level for type_ in types} for group, types in members.items()}
    is_banded = all(len(found) == 1 and found <= set(_CAPTIONS) for found in levels.values())
    captions = {group: _CAPTIONS[min(found)] if is_banded else "" for group, found in levels.items()}
    between = {pair: count for pair, count in counts.items() if pair[0] != pair[1]}
    drawn = sorted(between, key=lambda pair: (-between[pair], pair))[: _MOST_EDGES_EACH * len(members)]
    return Graph(
        graph.title,
        tuple(
            _node(group, types, counts[group, group], captions[group], (links or {}).get(group, ""))
            for group, types in members.items()
        ),
        tuple(_edge(pair, between[pair]) for pair in sorted(drawn)),
        levels=tuple(caption for caption in _CAPTIONS.values() if caption in captions.values()),
        description=_described(members, between),
        remarks=_remarks(between, drawn),
    )


def counted(graph: TypeGraph, groups: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """How many associations and generalizations lead from a group to itself or another, either way."""
    counts: Counter[tuple[str, str]] = Counter()
    for link in graph.lines:
        one, other = sorted(groups[key] for key in ends_of(link))
        counts[one, other] += 1
    return counts


def _node(group: str, types: list[Type], inside: int, level: str, link: str) -> Node:
    names = [type_.name for type_ in types]
    more = f", and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    lines = (numbered(len(types), "type"), numbered(inside, "line") + " inside")
    note = f"{group}: {', '.join(names[:_MOST_NAMES])}{more}"
    return Node(group, group, lines, level=level, note=note, shape=Shape.BOX, link=link)


def _edge(pair: tuple[str, str], count: int) -> Edge:
    return Edge(*pair, label=str(count), note=f"{numbered(count, 'line')} between {pair[0]} and {pair[1]}")


def numbered(count: int, what: str) -> str:
    """
    So many of something.

    >>> numbered(1, "type"), numbered(1200, "line")
    ('1 type', '1,200 lines')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _described(members: Mapping[str, list[Type]], between: Mapping[tuple[str, str], int]) -> str:
    groups = [f"{group} has {numbered(len(types), 'type')}." for group, types in members.items()]
    lines = [
        f"{numbered(count, 'line')} between {one} and {other}." for (one, other), count in between.items()
    ]
    return " ".join([*groups, *sorted(lines)])


def _remarks(between: Mapping[tuple[str, str], int], drawn: list[tuple[str, str]]) -> tuple[str, ...]:
    if len(drawn) == len(between):
        return ()
    weakest = min(between[pair] for pair in drawn)
    left_out = numbered(len(between) - len(drawn), "pair")
    return (f"{left_out} of groups with {numbered(weakest, 'line')} or fewer between them are not drawn.",)
