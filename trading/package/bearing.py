"""Whether code bears out what a declaration of packages says that there is (11)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ...patterns.constraint import ConstraintViolation, rule
from ...patterns.problem import Problem
from .declaration import Declaration
from .imports import Imports
from .layering import PLACED
from .package import is_within
from .place import Path, Place

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


def not_borne_out(declaration: Declaration, imports: Imports) -> Iterator[Problem[Place]]:
    """What is declared and is not there, and what is there and should have been declared."""
    for path, violation in chain(
        _missing(declaration, imports), _unused(declaration, imports), _unplaced(declaration, imports)
    ):
        yield Problem(declaration.place(*path), violation)


def _missing(declaration: Declaration, imports: Imports) -> Iterator[tuple[Path, ConstraintViolation]]:
    for path, module in _named(declaration):
        if module not in imports.modules:
            yield (
                path,
                EXISTS.violation(
                    module,
                    found=f"no module {module}",
                    allowed="modules that there are",
                    remedy="Name it as it is imported now, or leave it out",
                ),
            )


def _unused(declaration: Declaration, imports: Imports) -> Iterator[tuple[Path, ConstraintViolation]]:
    pairs = {(each.importer, each.imported) for each in imports.all}
    exempting = [
        *((("layerings", number), one.exemptions) for number, one in enumerate(declaration.layerings)),
        *((("prohibitions", number), one.exemptions) for number, one in enumerate(declaration.prohibitions)),
    ]
    for path, exemptions in exempting:
        for position, each in enumerate(exemptions):
            if (each.importer, each.imported) not in pairs:
                yield (
                    (*path, "exemptions", position),
                    EXEMPTION_USED.violation(
                        each,
                        found=f"an exemption, but {each.importer} does not import {each.imported}",
                        allowed="exemptions for imports that there are",
                        remedy="Leave it out",
                    ),
                )


def _unplaced(declaration: Declaration, imports: Imports) -> Iterator[tuple[Path, ConstraintViolation]]:
    for number, layering in enumerate(declaration.layerings):
        placed = [module for layer in layering.read() for module in layer.modules]
        for module in imports.children(layering.within) if layering.complete else ():
            if not any(is_within(each, module) for each in placed):
                yield (
                    ("layerings", number),
                    PLACED.violation(
                        layering,
                        found=f"{module} in no layer of {layering.name}",
                        allowed=f"a layer for each module right below {layering.within}",
                        remedy="Give it a place among the layers",
                    ),
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
