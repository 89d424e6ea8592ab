"""Whether code imports what its declaration of packages allows, and nothing else (11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...patterns.constraint import Rule, rule
from ...patterns.problem import Problem
from .declaration import Declaration
from .imports import Import, Imports, chains
from .layering import AS_LAYERED, NOT_PROHIBITED, PLACED, Exemption, Layering, Prohibition, below
from .package import EVERYBODY, THROUGH_LEVEL, Package, ancestors, home, is_shown, is_within
from .place import IllegalImports, Path, Place
from .subtyping import NOT_OF_SUBTYPE, subtypes

EXISTS = rule(
    "package.module-exists",
    pattern="11.1",
    says="Each module that a declaration speaks of exists, but those that may be missing.",
)
EXEMPTION_USED = rule(
    "package.exemption-used",
    pattern="11.2",
    says="An exemption is of an import that there is.",
)

Illegal = Problem[Place]
"""An import that is not allowed, or a part of the declaration that the code does not bear out."""


def illegal_imports(declaration: Declaration, imports: Imports) -> tuple[Illegal, ...]:
    """
    All that the code and the declaration disagree on, in the order of the places.

    Shape:  for an import, the place is its file and line, and the violation's first object the `Import`.
    Source: Analysis Patterns 11.1 to 11.3.
    """
    found = [
        *_missing(declaration, imports),
        *_past_levels(declaration, imports),
        *_of_subtypes(declaration, imports),
        *(
            each
            for n, one in enumerate(declaration.layerings)
            for each in _of_layering(declaration, n, one, imports)
        ),
        *(
            each
            for n, one in enumerate(declaration.prohibitions)
            for each in _prohibited(declaration, n, one, imports)
        ),
    ]
    return tuple(sorted(found, key=lambda each: (each.place, each.violation.found, each.rule.name)))


def require_obeyed(declaration: Declaration, imports: Imports) -> None:
    """
    Go on only where the code does as is declared.

    Errors: `IllegalImports`, with everything that `illegal_imports` finds.
    """
    found = illegal_imports(declaration, imports)
    if found:
        raise IllegalImports(found)


def past_levels(
    imports: Imports, *, package: str, packages: Iterable[str], visible: Iterable[tuple[str, str]]
) -> Iterator[Import]:
    """
    The imports that reach into a package past what is visible of it.

    Shape:  packages are given by their modules; `visible` are pairs of one of them, or `*`, and what a level
            shows it.
    """
    modules = tuple({*packages, package})
    granted: dict[str, list[str]] = {}
    for user, shown in visible:
        granted.setdefault(user, []).append(shown)
    for each in imports.all:
        user = home(each.importer, modules) or ""
        if home(each.imported, modules) == package and user != package:
            allowed = [*granted.get(user, ()), *granted.get(EVERYBODY, ())]
            if not any(is_shown(each.imported, shown) for shown in allowed):
                yield each


def visible_of(declaration: Declaration, package: Package) -> Iterator[tuple[str, str]]:
    """What is visible of a package and to whom, as pairs of modules; the user may be `*`."""
    for level in package.levels:
        for user in level.users:
            for shown in package.shown(level):
                yield (user if user == EVERYBODY else declaration.named(user).module), shown
    for other in declaration.packages:
        if package.name in ancestors(declaration.packages, other.name):
            yield other.module, package.module


def into_subtypes(
    imports: Imports, *, package: str, below: Iterable[str], packages: Iterable[str]
) -> Iterator[tuple[Import, ...]]:
    """The ways by which a package, given by its module as are the others, gets to those of its subtypes."""
    modules = tuple(packages)
    wanted = set(below)
    homes = {module: home(module, modules) for module in imports.modules}
    own = {module for module, at in homes.items() if at == package}
    targets = {module for module, at in homes.items() if at in wanted}
    # What another package imports is that one's affair, and declared or refused there.
    others = {module for module, at in homes.items() if at is not None} - own - targets
    yield from chains(imports, sources=own, targets=targets, around=others)


def _problem(place: Place, rule: Rule, subject: object, *, found: str, allowed: str, remedy: str) -> Illegal:
    return Problem(place, rule.violation(subject, found=found, allowed=allowed, remedy=remedy))


def _told(way: tuple[Import, ...]) -> str:
    """The way of an import, as a clause."""
    first, *rest = way
    return ", which imports ".join([str(first), *(each.imported for each in rest)])


def _past_levels(declaration: Declaration, imports: Imports) -> Iterator[Illegal]:
    modules = [package.module for package in declaration.packages]
    names = {package.module: package.name for package in declaration.packages}
    lower = subtypes(declaration.packages)
    for number, package in enumerate(declaration.packages):
        for each in past_levels(
            imports,
            package=package.module,
            packages=modules,
            visible=visible_of(declaration, package),
        ):
            user = names.get(home(each.importer, modules) or "")
            if user is not None and package.name in lower.get(user, ()):
                continue  # that is told of as an import of a subtype
            yield _problem(
                imports.place(each),
                THROUGH_LEVEL,
                each,
                found=str(each),
                allowed=_granted(declaration, number, user),
                remedy="Import what is shown, or let a level show it to its user",
            )


def _granted(declaration: Declaration, number: int, user: str | None) -> str:
    """What a package shows to a user, and where that is declared."""
    package = declaration.packages[number]
    shown = [
        f"{', '.join(package.shown(level))} ({_said_at(declaration, level.name, number, position)})"
        for position, level in enumerate(package.levels)
        if level in package.levels_for(user or EVERYBODY)
    ]
    if user and package.name in ancestors(declaration.packages, user):
        shown.append(f"{package.module} (of which {user} holds subtypes)")
    nothing = f"nothing ({declaration.place('packages', number)})"
    return f"of {package.name}, to {user or 'what is in no package'}: {' and '.join(shown) or nothing}"


def _said_at(declaration: Declaration, name: str, number: int, position: int) -> str:
    return f"level {name}, {declaration.place('packages', number, 'levels', position)}"


def _of_subtypes(declaration: Declaration, imports: Imports) -> Iterator[Illegal]:
    modules = {package.name: package.module for package in declaration.packages}
    numbers = {package.name: number for number, package in enumerate(declaration.packages)}
    for name, lower in subtypes(declaration.packages).items():
        ways = into_subtypes(
            imports,
            package=modules[name],
            below=[modules[each] for each in lower],
            packages=modules.values(),
        )
        for way in ways:
            reached = home(way[-1].imported, list(modules.values()))
            below_it = next(each for each in lower if modules[each] == reached)
            place = declaration.place("packages", numbers[below_it], "subtype_of")
            yield _problem(
                imports.place(way[0]),
                NOT_OF_SUBTYPE,
                way[0],
                found=_told(way),
                allowed=f"{below_it} imports {name}, of which it holds subtypes, never the reverse ({place})",
                remedy="Let the supertype's own types be asked for what subtypes answer differently",
            )


def _of_layering(
    declaration: Declaration, number: int, layering: Layering, imports: Imports
) -> Iterator[Illegal]:
    path: Path = ("layerings", number)
    yield from _unused(declaration, path, layering.exemptions, imports)
    layers = layering.read()
    placed = {module for layer in layers for module in layer.modules}
    members = {module: imports.below(module) for module in placed}
    layered = set().union(*members.values())
    left = _without(layering.exemptions, imports)
    of = f"in the layering {layering.name} ({declaration.place(*path)})"
    for target in sorted(placed):
        strangers = [each for each in placed - {target} if target not in below(layers, each)]
        sources = set().union(*(members[each] for each in strangers))
        for way in chains(left, sources=sources, targets=members[target], around=layered - members[target]):
            (stands,) = (each for each in strangers if is_within(way[0].importer, each))
            known = ", ".join(below(layers, stands)) or "none of the others"
            yield _problem(
                imports.place(way[0]),
                AS_LAYERED,
                way[0],
                found=_told(way),
                allowed=f"{of}, {stands} knows {known}",
                remedy="Move what is imported down, or hand it in from above",
            )
    if layering.complete:
        for module in imports.children(layering.within):
            if not any(is_within(each, module) for each in placed):
                yield _problem(
                    declaration.place(*path),
                    PLACED,
                    layering,
                    found=f"{module} in no layer of {layering.name}",
                    allowed=f"a layer for each module right below {layering.within}",
                    remedy="Give it a place among the layers",
                )


def _prohibited(
    declaration: Declaration, number: int, one: Prohibition, imports: Imports
) -> Iterator[Illegal]:
    path: Path = ("prohibitions", number)
    yield from _unused(declaration, path, one.exemptions, imports)
    left = _without(one.exemptions, imports)
    for target in one.imports:
        apart = [each for each in one.modules if not is_within(each, target) and not is_within(target, each)]
        sources = set().union(*(imports.below(each) for each in apart))
        for way in chains(left, sources=sources, targets=imports.below(target)):
            yield _problem(
                imports.place(way[0]),
                NOT_PROHIBITED,
                way[0],
                found=_told(way),
                allowed=f"by {one.name} ({declaration.place(*path)}), anything but {', '.join(one.imports)}",
                remedy="Do without, or move what needs it to where it is allowed",
            )


def _without(exemptions: Iterable[Exemption], imports: Imports) -> Imports:
    return imports.without((each.importer, each.imported) for each in exemptions)


def _unused(
    declaration: Declaration, path: Path, exemptions: Iterable[Exemption], imports: Imports
) -> Iterator[Illegal]:
    pairs = {(each.importer, each.imported) for each in imports.all}
    for position, each in enumerate(exemptions):
        if (each.importer, each.imported) not in pairs:
            yield _problem(
                declaration.place(*path, "exemptions", position),
                EXEMPTION_USED,
                each,
                found=f"an exemption, but {each.importer} does not import {each.imported}",
                allowed="exemptions for imports that there are",
                remedy="Leave it out",
            )


def _missing(declaration: Declaration, imports: Imports) -> Iterator[Illegal]:
    for path, module in _named(declaration):
        if module not in imports.modules:
            yield _problem(
                declaration.place(*path),
                EXISTS,
                module,
                found=f"no module {module}",
                allowed="modules that there are",
                remedy="Name it as it is imported now, or leave it out",
            )


def _named(declaration: Declaration) -> Iterator[tuple[Path, str]]:
    """The modules that have to be there, and where each is named."""
    for number, package in enumerate(declaration.packages):
        yield ("packages", number, "module"), package.module
        for position, level in enumerate(package.levels):
            for place, shown in enumerate(level.shows):
                yield ("packages", number, "levels", position, "shows", place), shown.removesuffix(".**")
    for number, layering in enumerate(declaration.layerings):
        yield ("layerings", number, "within"), layering.within
        for position, layer in enumerate(layering.read()):
            for module in layer.modules:
                if module not in layer.optional:
                    yield ("layerings", number, "layers", position), module
    for number, one in enumerate(declaration.prohibitions):
        for field in ("modules", "imports"):
            for position, module in enumerate(getattr(one, field)):
                if any(is_within(module, root) for root in declaration.roots):
                    yield ("prohibitions", number, field, position), module
