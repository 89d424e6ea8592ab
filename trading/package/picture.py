"""Pictures of a declaration: packages and what they see of each other, and what lies on what (11)."""

from __future__ import annotations

from collections.abc import Iterator

from ...patterns.errors import AnalysisPatternsError
from ...patterns.picture import Edge, End, Graph, Mark, Node, Shape
from .declaration import Declaration
from .layering import Layering
from .package import EVERYBODY, Package

_ARROW = End(mark=Mark.ARROW)
_OF_LEVELS = (
    "An arrow leads from a package to what it sees: to the facade; dashed, to what another level shows."
)
_OF_MUTUAL = "Arrows at both ends: the two see each other, as declared."
_OF_SUBTYPES = (
    "A triangle stands below the package of the supertypes, which never sees those of the subtypes."
)
_OF_LAYERS = "What stands above may know what stands below."


def package_picture(declaration: Declaration, *, title: str = "") -> Graph:
    """
    Draw the packages of a declaration and what they see of each other.

    Shape:  a box for each package, with its levels; arrows to what is seen, dashed and named where that is
            not the facade; triangles from supertypes to subtypes.
    Errors: `AnalysisPatternsError` where no packages are declared.
    """
    if not declaration.packages:
        raise AnalysisPatternsError("no packages are declared, so there is nothing to draw; name a layering")
    nodes = tuple(
        Node(each.name, each.name, tuple(_lines(each)), note=each.module, shape=Shape.BOX)
        for each in declaration.packages
    )
    edges = (*_subtyping(declaration), *_visibilities(declaration))
    remarks = [_OF_LEVELS]
    remarks += [_OF_MUTUAL] if declaration.mutual else []
    remarks += [_OF_SUBTYPES] if any(each.subtype_of for each in declaration.packages) else []
    return Graph(
        title or f"Packages of {', '.join(declaration.roots)}",
        nodes,
        edges,
        description="; ".join(edge.note for edge in edges),
        remarks=tuple(remarks),
    )


def layering_picture(declaration: Declaration, name: str) -> Graph:
    """
    Draw a layering of a declaration, from the top down.

    Errors: `AnalysisPatternsError` where it has none of that name.
    """
    named = [each for each in declaration.layerings if each.name == name]
    if not named:
        known = ", ".join(each.name for each in declaration.layerings) or "there is none"
        raise AnalysisPatternsError(f"no layering {name!r} is declared; known: {known}")
    layering = named[0]
    layers = layering.read()
    levels = tuple(f"{number}" for number in range(len(layers), 0, -1))
    nodes = tuple(
        Node(
            module,
            module.removeprefix(f"{layering.within}."),
            level=level,
            note=module,
            shape=Shape.BOX,
            outside=module in layer.optional,
        )
        for level, layer in zip(levels, layers, strict=True)
        for module in layer.modules
    )
    return Graph(
        layering.says or f"Layers of {layering.within}",
        nodes,
        tuple(_beside(layering)),
        levels,
        description=" above ".join(layering.layers),
        remarks=(_OF_LAYERS,),
    )


def _lines(package: Package) -> Iterator[str]:
    for level in package.levels:
        to_all = " to everybody" if EVERYBODY in level.users else ""
        inner = [each.removeprefix(f"{package.module}.") for each in level.shows if each != package.module]
        if inner:
            yield f"{level.name}: {', '.join(inner)}{to_all}"
        elif to_all:
            yield f"{level.name}{to_all}"


def _shows_facade(package: Package, user: str) -> bool:
    return any(package.module in package.shown(level) for level in package.levels if user in level.users)


def _subtyping(declaration: Declaration) -> Iterator[Edge]:
    for package in declaration.packages:
        for supertype in package.subtype_of:
            note = f"{package.name} holds subtypes of {supertype}"
            yield Edge(supertype, package.name, tail_end=End(mark=Mark.SUPERTYPE), note=note)


def _visibilities(declaration: Declaration) -> Iterator[Edge]:
    mutual = [set(each.between) for each in declaration.mutual]
    drawn: set[frozenset[str]] = set()
    for package in declaration.packages:
        for user in dict.fromkeys(name for level in package.levels for name in level.users):
            if user == EVERYBODY:
                continue
            back = declaration.named(user)
            both = any({user, package.name} <= each for each in mutual) and _shows_facade(back, package.name)
            if _shows_facade(package, user) and frozenset((user, package.name)) not in drawn:
                drawn |= {frozenset((user, package.name))} if both else set()
                note = f"{user} and {package.name} see each other" if both else f"{user} sees {package.name}"
                yield Edge(user, package.name, tail_end=_ARROW if both else End(), head_end=_ARROW, note=note)
            for level in package.levels:
                if user in level.users and package.module not in package.shown(level):
                    note = f"{user} sees {level.name} of {package.name}"
                    yield Edge(user, package.name, head_end=_ARROW, label=level.name, note=note, dashed=True)


def _beside(layering: Layering) -> Iterator[Edge]:
    """Lines between those on one layer that may know each other."""
    for layer in layering.read():
        if not layer.independent:
            for number, module in enumerate(layer.modules):
                for other in layer.modules[number + 1 :]:
                    yield Edge(module, other, tail_end=_ARROW, head_end=_ARROW, note=f"{module} and {other}")
