"""Subtypes stand in packages of their own, which those of their supertypes never see (11.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import networkx as nx

from ...patterns.catalogue import attach
from ...patterns.constraint import rule
from .package import EVERYBODY, Package, ancestors, visibilities
from .place import Found, Path

SEES_NO_SUBTYPE = rule(
    "package.supertype-sees-no-subtype",
    pattern="11.3",
    says="A package does not see the packages of its subtypes, neither itself nor through others.",
)
NAMES_USERS = rule(
    "package.subtype-names-users",
    pattern="11.3",
    says="Third packages see a package of subtypes only where it names them: it shows nothing to everybody.",
)
NOT_OF_SUBTYPE = rule(
    "package.import-not-of-subtype",
    pattern="11.3",
    says="A package imports nothing of the packages of its subtypes, neither itself nor through others.",
)


def subtypes(packages: Sequence[Package]) -> Mapping[str, tuple[str, ...]]:
    """The names of the packages of subtypes, however far down, by that of the supertypes' package."""
    found: dict[str, list[str]] = {}
    for package in packages:
        for supertype in ancestors(packages, package.name):
            found.setdefault(supertype, []).append(package.name)
    return {name: tuple(below) for name, below in found.items()}


def upside_down(packages: Sequence[Package]) -> Found:
    """Where packages of supertypes see those of their subtypes, and the way to it."""
    for number, package in enumerate(packages):
        if not package.subtype_of:
            continue
        path: Path = ("packages", number)
        for supertype, way in _ways_down(packages, package):
            yield (
                _named_at(package, supertype, path),
                SEES_NO_SUBTYPE.violation(
                    package,
                    found=" sees ".join(way),
                    allowed=f"{package.name}, of subtypes, sees {supertype}, never the reverse",
                    remedy=f"Let {supertype} ask its own types for what subtypes answer differently",
                ),
            )
        for position, level in enumerate(package.levels):
            if EVERYBODY in level.users:
                yield (
                    (*path, "levels", position, "users"),
                    NAMES_USERS.violation(
                        package,
                        found=f"{package.name} shown to everybody",
                        allowed="the names of the packages that need the subtypes",
                        remedy="Name them",
                    ),
                )


def _ways_down(packages: Sequence[Package], package: Package) -> Iterator[tuple[str, Sequence[str]]]:
    """Each supertypes' package that sees `package`, and through whom; no other of them among these."""
    # What is shown to everybody breaks a rule of its own.
    graph: nx.DiGraph[str] = nx.DiGraph(
        (name, other)
        for name, others in visibilities(packages, named_only=True).items()
        for other in sorted(others)
    )
    above = [name for name in ancestors(packages, package.name) if name != package.name]
    for supertype in above:
        if supertype in graph and package.name in graph and nx.has_path(graph, supertype, package.name):
            way: list[str] = nx.shortest_path(graph, supertype, package.name)
            if not set(way[1:-1]) & set(above):
                yield supertype, way


def _named_at(package: Package, supertype: str, path: Path) -> Path:
    """Where a package names the supertypes' package as a user, or else as what it is below."""
    for number, level in enumerate(package.levels):
        if supertype in level.users:
            return (*path, "levels", number, "users", level.users.index(supertype))
    return (*path, "subtype_of")


attach(
    "11.3",
    types=(Package,),
    behaviours=(subtypes,),
    figure="analysis_patterns.trading.package.package:Package",
    when_not="Where everybody who uses the supertype has to know the subtypes anyway, a package of their own "
    "hides nothing.",
    example="""
>>> from analysis_patterns.trading.package import AccessLevel, Declaration, Package
>>> contract = Package(name="contract", module="house.contract")
>>> barrier = Package(name="barrier", module="house.contract.barrier", subtype_of=("contract",))
>>> [each.name for each in Declaration(roots=("house",), packages=(contract, barrier)).packages]
['contract', 'barrier']
>>> shown = barrier.model_copy(update={"levels": (AccessLevel(users=("contract",)),)})
>>> Declaration(roots=("house",), packages=(contract, shown))
Traceback (most recent call last):
analysis_patterns.trading.package.place.DeclarationError: ...supertype-sees-no-subtype: found contract sees...
""",
)
