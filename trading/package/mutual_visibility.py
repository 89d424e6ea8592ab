"""Two packages see each other only where that is declared of both, with a reason (11.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import networkx as nx

from ...patterns.catalogue import attach
from ...patterns.constraint import rule
from ...patterns.document import Document
from .package import Package, ancestors, unknown, visibilities
from .place import Found, Path

REASON_GIVEN = rule(
    "package.reason-given",
    pattern="11.2",
    says="Whoever declares an exception, such as packages that see each other, says why, in one line.",
)
CYCLE_DECLARED = rule(
    "package.cycle-declared",
    pattern="11.2",
    says="Packages see each other, directly or in a circle, only where they are declared mutual.",
)
MUTUAL_MEANT = rule(
    "package.mutual-meant",
    pattern="11.2",
    says="Those declared mutual are two packages or more, and each sees each of the others, if through them.",
)


class MutualVisibility(Document):
    """
    That packages see each other, which is otherwise refused.

    Shape:  the names of two packages or more, and the reason.
    Source: Analysis Patterns 11.2: instead of merging them, or dropping one of the two directions.
    """

    between: tuple[str, ...]
    reason: str


def missing_reason(reason: str, path: Path) -> Found:
    """Refuse a reason that says nothing, or more than a line."""
    if not reason.strip() or not reason.isprintable():
        yield (
            path,
            REASON_GIVEN.violation(
                found=f"the reason {reason!r}", allowed="a line of text", remedy="Say why it has to be"
            ),
        )


def entangled(packages: Sequence[Package], mutual: Sequence[MutualVisibility]) -> Found:
    """Circles of visibility that are not declared, what is declared and is none, and the way to each."""
    seen = _graph(packages)
    for number, each in enumerate(mutual):
        path: Path = ("mutual", number)
        yield from missing_reason(each.reason, (*path, "reason"))
        strangers = [
            found
            for position, name in enumerate(each.between)
            for found in unknown(name, packages, (*path, "between", position))
        ]
        yield from strangers
        if not strangers and not _see_each_other(seen, each.between):
            yield (
                path,
                MUTUAL_MEANT.violation(
                    each,
                    found=f"{', '.join(each.between) or 'nobody'} declared mutual",
                    allowed="packages of which each is a user of another, all around",
                    remedy="Leave it out, or name each among the users of a level of the other",
                ),
            )
    yield from _undeclared(packages, mutual)


def _graph(packages: Sequence[Package]) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    seen = visibilities(packages)
    graph.add_nodes_from(sorted(seen))
    graph.add_edges_from((name, other) for name in sorted(seen) for other in sorted(seen[name]))
    return graph


def _see_each_other(seen: nx.DiGraph[str], names: Iterable[str]) -> bool:
    among = seen.subgraph(set(names))
    return len(among) > 1 and nx.is_strongly_connected(among)


def _undeclared(packages: Sequence[Package], mutual: Sequence[MutualVisibility]) -> Found:
    seen = _graph(packages)
    # Whatever sees its supertypes and is seen by them breaks another rule, which is never excused.
    seen.remove_edges_from([(each.name, up) for each in packages for up in ancestors(packages, each.name)])
    numbers = {package.name: number for number, package in reversed(list(enumerate(packages)))}
    merged = _merged(seen, mutual)
    for tangle in sorted(map(sorted, nx.strongly_connected_components(merged))):
        if len(tangle) > 1:
            steps = [" and ".join(part) for part in _circle(merged, tangle)]
            first = min((name for part in tangle for name in part), key=numbers.__getitem__)
            yield (
                ("packages", numbers[first]),
                CYCLE_DECLARED.violation(
                    found=" sees ".join([*steps, steps[0]]),
                    allowed="visibility in one direction, or declared mutual",
                    remedy="Merge them, drop one direction, or declare under `mutual` why not",
                ),
            )


def _circle(seen: nx.DiGraph[tuple[str, ...]], tangle: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The shortest circle through the first of those that all see each other."""
    first = tangle[0]
    among = seen.subgraph(tangle)
    ways = [nx.shortest_path(among, first, each) for each in sorted(among.predecessors(first))]
    return min(ways, key=len)


def _merged(seen: nx.DiGraph[str], mutual: Sequence[MutualVisibility]) -> nx.DiGraph[tuple[str, ...]]:
    """The same with those that are declared mutual as one, as if they had been merged."""
    together: nx.Graph[str] = nx.Graph()
    together.add_nodes_from(seen)
    for each in mutual:
        known = [name for name in each.between if name in seen]
        together.add_edges_from((known[0], name) for name in known[1:])
    parts = {name: tuple(sorted(part)) for part in nx.connected_components(together) for name in part}
    merged: nx.DiGraph[tuple[str, ...]] = nx.DiGraph()
    merged.add_nodes_from(sorted(parts.values()))
    merged.add_edges_from(
        (parts[tail], parts[head]) for tail, head in seen.edges if parts[tail] != parts[head]
    )
    return merged


attach(
    "11.2",
    types=(MutualVisibility,),
    figure="analysis_patterns.trading.package.mutual_visibility",
    when_not="Mostly one of the two directions can be dropped: whoever is asked is handed what it needs, or "
    "the association is walked from one end only. And two that cannot do without each other may be one.",
    example="""
>>> from analysis_patterns.trading.package import AccessLevel, Declaration, MutualVisibility, Package
>>> contract = Package(name="contract", module="house.contract", levels=(AccessLevel(users=("party",)),))
>>> party = Package(name="party", module="house.party", levels=(AccessLevel(users=("contract",)),))
>>> Declaration(roots=("house",), packages=(contract, party))
Traceback (most recent call last):
analysis_patterns.trading.package.place.DeclarationError: packages[1]: package.cycle-declared: found ...
>>> asked = MutualVisibility(between=("contract", "party"), reason="a party is asked for its contracts")
>>> [each.reason for each in Declaration(
...     roots=("house",), packages=(contract, party), mutual=(asked,)).mutual]
['a party is asked for its contracts']
""",
)
