"""Pictures of a declaration: packages and what they see of each other, and what lies on what (11)."""

from __future__ import annotations

from collections.abc import Iterator

from ...patterns.errors import AnalysisPatternsError
from ...patterns.picture import Edge, End, Graph, Mark, Node, Shape
from .declaration import Declaration
from .layering import Layering
from .package import EVERYBODY, Package, is_within

_ARROW = End(mark=Mark.ARROW)
_OF_LEVELS = (
    "An arrow leads from a package to what it sees: to the facade; dashed, to what another level shows."
)
_OF_MUTUAL = "Arrows at both ends: the two see each other, as declared."
_OF_SUBTYPES = (
    "A triangle stands below the package of the supertypes, which never sees those of the subtypes."
)
_OF_LAYERS = "A layer may know all below it; a | b know nothing of each other, a : b may; (a) may be missing."
_OF_EXEMPTIONS = "A dashed arrow leads to what is known by way of exception."
_NAMED, _TO_ALL = "seen by those who are named", "seen by everybody"


def package_picture(declaration: Declaration, *, title: str = "") -> Graph:
    """
    Draw the packages of a declaration and what they see of each other.

    Shape:  a box for each package, with its levels; arrows to what is seen, dashed and named where that is
            not the facade; triangles from supertypes to subtypes.
    Errors: `AnalysisPatternsError` where no packages are declared.
    """
    if not declaration.packages:
        raise AnalysisPatternsError("no packages are declared, so there is nothing to draw; name a layering")
    to_all = {each.name for each in declaration.packages if EVERYBODY in _users(each)}
    nodes = tuple(
        Node(
            each.name,
            each.name,
            tuple(_lines(each)),
            level=(_TO_ALL if each.name in to_all else _NAMED) if to_all else "",
            note=each.module,
            shape=Shape.BOX,
        )
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
        levels=(_NAMED, _TO_ALL) if to_all else (),
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
    return Graph(
        layering.says or f"Layers of {layering.within}",
        tuple(
            Node(str(number), " ".join(layer.split()), note=f"within {layering.within}", shape=Shape.BOX)
            for number, layer in enumerate(layering.layers)
        ),
        (*_downward(layering), *_exempt(layering)),
        description=" above ".join(layering.layers),
        remarks=(_OF_LAYERS, _OF_EXEMPTIONS) if layering.exemptions else (_OF_LAYERS,),
    )


def _downward(layering: Layering) -> Iterator[Edge]:
    for number in range(1, len(layering.layers)):
        note = f"{layering.layers[number - 1]} may know {layering.layers[number]}, and all below"
        yield Edge(str(number - 1), str(number), head_end=_ARROW, note=note)


def _exempt(layering: Layering) -> Iterator[Edge]:
    """A line for each two layers of which the lower one knows the upper one by way of exception."""
    reasons: dict[tuple[int, int], dict[str, None]] = {}
    for each in layering.exemptions:
        stand = [
            number
            for name in (each.imported, each.importer)
            for number, layer in enumerate(layering.read())
            if any(is_within(name, module) for module in layer.modules)
        ]
        if len(stand) == 2:
            reasons.setdefault((stand[0], stand[1]), {})[each.reason] = None
    for (upper, lower), said in reasons.items():
        yield Edge(str(upper), str(lower), tail_end=_ARROW, note="; ".join(said), dashed=True)


def _users(package: Package) -> dict[str, None]:
    return dict.fromkeys(name for level in package.levels for name in level.users)


def _lines(package: Package) -> Iterator[str]:
    for level in package.levels:
        inner = [each.removeprefix(f"{package.module}.") for each in level.shows if each != package.module]
        if inner:
            yield f"{level.name}: {', '.join(inner)}"


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
        for user in _users(package):
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
