"""A declaration of packages: who shows what to whom, and what lies on what (11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Self

from pydantic import PrivateAttr, model_validator

from ...patterns.constraint import rule
from ...patterns.document import Document
from ...patterns.problem import Problems
from .layering import Layering, Prohibition, mislaid, says_nothing
from .mutual_visibility import MutualVisibility, entangled
from .package import Package, badly_named_module, is_module, is_within, misdeclared, said_twice
from .place import DeclarationError, Found, Path, Place, Places
from .subtyping import upside_down

IN_A_ROOT = rule(
    "package.in-a-root",
    pattern="11.1",
    says="What is declared lies in one of the roots that are declared, which are packages by themselves.",
)


class Declaration(Document):
    """
    What the packages of some code are, and what they may see of each other.

    Shape:  the `roots` are the outermost packages of the code; in them lie the packages, of which some may be
            `mutual`, the layerings and the prohibitions.
    Errors: `DeclarationError`, with everything that is wrong with it; pydantic's `ValidationError` where its
            form is.
    Source: Analysis Patterns 11; the book draws its packages, and leaves it to their programmers to obey.
    """

    roots: tuple[str, ...]
    packages: tuple[Package, ...] = ()
    mutual: tuple[MutualVisibility, ...] = ()
    layerings: tuple[Layering, ...] = ()
    prohibitions: tuple[Prohibition, ...] = ()

    _places: Places = PrivateAttr(default=Places())

    @model_validator(mode="after")
    def _require_sense(self) -> Self:
        problems = Problems(DeclarationError)
        for path, violation in self._wrong():
            problems.add(Place(path=path), violation)
        problems.require_none()
        return self

    def _wrong(self) -> Found:
        yield from _rootless(self)
        yield from misdeclared(self.packages)
        yield from entangled(self.packages, self.mutual)
        yield from upside_down(self.packages)
        yield from mislaid(self.layerings, self.prohibitions, self.roots)

    def place(self, *path: int | str) -> Place:
        """Where the part at `path` stands: its line, where it was read from a file that tells."""
        return self._places.of(path)

    def found_at(self, places: Places) -> Self:
        """The same, for a reader that knows where each part stands."""
        self._places = places
        return self

    def named(self, name: str) -> Package:
        """The package of that name; there has to be one."""
        return next(package for package in self.packages if package.name == name)


def _rootless(declaration: Declaration) -> Found:
    roots = declaration.roots
    yield from said_twice(roots, "root", ("roots",))
    said = (*declaration.packages, *declaration.layerings, *declaration.prohibitions)
    yield from says_nothing(said, "a declaration of roots alone", ("roots",))
    for number, root in enumerate(roots):
        yield from badly_named_module(root, ("roots", number))
    inside = [
        *((("packages", n, "module"), each.module) for n, each in enumerate(declaration.packages)),
        *((("layerings", n, "within"), each.within) for n, each in enumerate(declaration.layerings)),
        *_prohibited(declaration.prohibitions),
    ]
    yield from (found for path, module in inside for found in _outside(module, roots, path))
    if not roots or any("." in root for root in roots):
        yield (
            ("roots",),
            IN_A_ROOT.violation(
                declaration,
                found=f"the roots {', '.join(roots) or 'none'}",
                allowed="the first parts of modules' names, one at least",
                remedy="Name the outermost packages",
            ),
        )


def _prohibited(prohibitions: Sequence[Prohibition]) -> Iterator[tuple[Path, str]]:
    return chain.from_iterable(
        (
            (("prohibitions", number, "modules", position), module)
            for position, module in enumerate(each.modules)
        )
        for number, each in enumerate(prohibitions)
    )


def _outside(module: str, roots: Sequence[str], path: Path) -> Found:
    if is_module(module) and not any(is_within(module, root) for root in roots):
        yield (
            path,
            IN_A_ROOT.violation(
                found=f"the module {module}",
                allowed=f"what lies in {' or '.join(roots) or 'a root'}",
                remedy="Name it with all the packages around it, or declare the root",
            ),
        )
