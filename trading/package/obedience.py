"""Whether code imports what its declaration of packages allows, and nothing else (11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ...patterns.constraint import Rule
from ...patterns.problem import Problem
from .bearing import not_borne_out
from .declaration import Declaration
from .imports import Import, Imports, chains
from .layering import AS_LAYERED, NOT_PROHIBITED, Exemption, below
from .package import EVERYBODY, THROUGH_LEVEL, Package, ancestors, is_shown, is_within
from .place import IllegalImports, Place
from .subtyping import NOT_OF_SUBTYPE, subtypes


def illegal_imports(declaration: Declaration, imports: Imports) -> tuple[Problem[Place], ...]:
    """
    All that the code and the declaration disagree on, in the order of the places.

    Shape:  for an import, the place is its file and line, and the violation's first object the `Import`. What
            leads through an import that is illegal itself is told of there, and not again.
    Source: Analysis Patterns 11.1 to 11.3.
    """
    breaches = list(_breaches(declaration, imports))
    direct = [each for each in breaches if len(each.way) == 1]
    if direct:
        legal = imports.without((each.first.importer, each.first.imported) for each in direct)
        breaches = [*direct, *_breaches(declaration, legal)]
    found = [*not_borne_out(declaration, imports), *(each.problem(imports) for each in breaches)]
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
    imports: Imports,
    *,
    package: str,
    homes: Mapping[str, str | None],
    visible: Iterable[tuple[str, str]],
) -> Iterator[Import]:
    """
    The imports that reach into a package past what is visible of it.

    Shape:  packages are given by their modules, and `homes` says of each module to which it belongs;
            `visible` are pairs of one of them, or `*`, and what a level shows it.
    """
    granted: dict[str, list[str]] = {}
    for user, shown in visible:
        granted.setdefault(user, []).append(shown)
    for each in imports.all:
        user = homes[each.importer] or ""
        if homes[each.imported] == package and user != package:
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
    imports: Imports, *, package: str, below: Iterable[str], homes: Mapping[str, str | None]
) -> Iterator[tuple[Import, ...]]:
    """The ways by which a package gets to those of its subtypes; packages and `homes` as in `past_levels`."""
    wanted = set(below)
    own = {module for module, at in homes.items() if at == package}
    targets = {module for module, at in homes.items() if at in wanted}
    # What another package imports is that one's affair, and declared or refused there.
    others = {module for module, at in homes.items() if at is not None} - own - targets
    yield from chains(imports, sources=own, targets=targets, around=others)


@dataclass(frozen=True, slots=True)
class _Breach:
    """A way of imports that should not be, the rule that it breaks, and what is allowed instead."""

    way: tuple[Import, ...]
    rule: Rule
    allowed: str
    remedy: str

    @property
    def first(self) -> Import:
        return self.way[0]

    def problem(self, imports: Imports) -> Problem[Place]:
        told = ", which imports ".join([str(self.first), *(each.imported for each in self.way[1:])])
        violation = self.rule.violation(self.first, found=told, allowed=self.allowed, remedy=self.remedy)
        return Problem(imports.place(self.first), violation)


def _breaches(declaration: Declaration, imports: Imports) -> Iterator[_Breach]:
    yield from _past_levels(declaration, imports)
    yield from _of_subtypes(declaration, imports)
    yield from _against_layers(declaration, imports)
    yield from _prohibited(declaration, imports)


def _past_levels(declaration: Declaration, imports: Imports) -> Iterator[_Breach]:
    homes = imports.homes(package.module for package in declaration.packages)
    names = {package.module: package.name for package in declaration.packages}
    lower = subtypes(declaration.packages)
    for number, package in enumerate(declaration.packages):
        visible = list(visible_of(declaration, package))
        for each in past_levels(imports, package=package.module, homes=homes, visible=visible):
            user = names.get(homes[each.importer] or "")
            if user is not None and package.name in lower.get(user, ()):
                continue  # that is told of as an import of a subtype
            yield _Breach(
                (each,),
                THROUGH_LEVEL,
                allowed=_granted(declaration, number, user),
                remedy="Import what is shown, or let a level show it to its user",
            )


def _granted(declaration: Declaration, number: int, user: str | None) -> str:
    """What a package shows to a user, and where that is declared."""
    package = declaration.packages[number]
    given = list(package.levels_for(user or EVERYBODY))
    shown = [
        f"{', '.join(package.shown(level))} (level {level.name}, "
        f"{declaration.place('packages', number, 'levels', position)})"
        for position, level in enumerate(package.levels)
        if level in given
    ]
    if user and package.name in ancestors(declaration.packages, user):
        shown.append(f"{package.module} (of which {user} holds subtypes)")
    nothing = f"nothing ({declaration.place('packages', number)})"
    return f"of {package.name}, to {user or 'what is in no package'}: {' and '.join(shown) or nothing}"


def _of_subtypes(declaration: Declaration, imports: Imports) -> Iterator[_Breach]:
    modules = {package.name: package.module for package in declaration.packages}
    numbers = {package.module: number for number, package in enumerate(declaration.packages)}
    homes = imports.homes(numbers)
    for name, lower in subtypes(declaration.packages).items():
        ways = into_subtypes(
            imports,
            package=modules[name],
            below=[modules[each] for each in lower],
            homes=homes,
        )
        for way in ways:
            number = numbers[str(homes[way[-1].imported])]
            reached = declaration.packages[number].name
            place = declaration.place("packages", number, "subtype_of")
            yield _Breach(
                way,
                NOT_OF_SUBTYPE,
                allowed=f"{reached} imports {name}, of which it holds subtypes, never the reverse ({place})",
                remedy="Let the supertype's own types be asked for what subtypes answer differently",
            )


def _against_layers(declaration: Declaration, imports: Imports) -> Iterator[_Breach]:
    for number, layering in enumerate(declaration.layerings):
        layers = layering.read()
        of = f"in the layering {layering.name} ({declaration.place('layerings', number)})"
        members = {module: imports.below(module) for layer in layers for module in layer.modules}
        layered = set().union(*members.values())
        left = _without(layering.exemptions, imports)
        for target, inside in sorted(members.items()):
            strangers = [each for each in members if each != target and target not in below(layers, each)]
            sources = set().union(*(members[each] for each in strangers))
            for way in chains(left, sources=sources, targets=inside, around=layered - inside):
                (stands,) = (each for each in strangers if is_within(way[0].importer, each))
                known = ", ".join(below(layers, stands)) or "none of the others"
                yield _Breach(
                    way,
                    AS_LAYERED,
                    allowed=f"{of}, {stands} knows {known}",
                    remedy="Move what is imported down, or hand it in from above",
                )


def _prohibited(declaration: Declaration, imports: Imports) -> Iterator[_Breach]:
    for number, one in enumerate(declaration.prohibitions):
        left = _without(one.exemptions, imports)
        for target in one.imports:
            apart = [
                each for each in one.modules if not is_within(each, target) and not is_within(target, each)
            ]
            sources = set().union(*(imports.below(each) for each in apart))
            for way in chains(left, sources=sources, targets=imports.below(target)):
                yield _Breach(
                    way,
                    NOT_PROHIBITED,
                    allowed=f"by {one.name} ({declaration.place('prohibitions', number)}), anything but "
                    f"{', '.join(one.imports)}",
                    remedy="Do without, or move what needs it to where it is allowed",
                )


def _without(exemptions: Iterable[Exemption], imports: Imports) -> Imports:
    return imports.without((each.importer, each.imported) for each in exemptions)
