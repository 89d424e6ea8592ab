"""Layers of packages, each of which may know only those below it, and what some may never import (11.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ...patterns.constraint import rule
from ...patterns.document import Document
from .mutual_visibility import missing_reason
from .package import badly_named, badly_named_module, is_within, said_twice
from .place import Found, Path

LAYER_NOTATION = rule(
    "package.layer-notation",
    pattern="11.2",
    says="A layer is one module, or several with all | or all : between them; (brackets) round what may be "
    "missing.",
)
LAYER_ONCE = rule(
    "package.layer-once",
    pattern="11.2",
    says="In a layering no module stands twice, or within another one of it.",
)
AS_LAYERED = rule(
    "package.import-as-layered",
    pattern="11.2",
    says="What is layered imports only what stands on a layer below, or beside it where : lets it, neither "
    "itself nor through others.",
)
PLACED = rule(
    "package.module-placed",
    pattern="11.2",
    says="Where a layering is complete, each module right below what it divides has a layer.",
)
NOT_PROHIBITED = rule(
    "package.import-not-prohibited",
    pattern="11.2",
    says="What a module must never import it does not import, neither itself nor through others.",
)
WHOLE_OUTSIDE = rule(
    "package.outside-is-whole",
    pattern="11.2",
    says="What lies outside of the roots is named by the first part of its name alone.",
)

SAYS_SOMETHING = rule(
    "package.says-something",
    pattern="11.2",
    says="A declaration declares something; a layering has layers, a prohibition says to whom and of what.",
)

_PART = re.compile(
    r"\s*(?:\((?P<optional>[^\W\d]\w*(?:\.[^\W\d]\w*)*)\)|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*))\s*"
)


class Exemption(Document):
    """One import that is let pass, and the reason: the modules of both sides, whole and exact."""

    importer: str
    imported: str
    reason: str


class Layering(Document):
    """
    How the parts of a package lie on one another.

    Shape:  `layers` are named as they stand `within` a package, from the top down: `a`, or `a | b` where
            neither may know the other, or `a : b` where both may; `(a)` may be missing. Where it is
            `complete`, nothing else may stand there. `says` is what it is for, in a line.
    Errors: none of its own; a `Declaration` checks it.
    """

    name: str
    says: str = ""
    within: str
    layers: tuple[str, ...]
    complete: bool = False
    exemptions: tuple[Exemption, ...] = ()

    def read(self) -> tuple[Layer, ...]:
        """The layers, from the top down; what is no layer is left out."""
        read = (_read(written, self.within) for written in self.layers)
        return tuple(layer for layer in read if layer is not None)


class Prohibition(Document):
    """
    What some modules must never import, not even through others.

    Shape:  `modules` of the roots, with all below them; `imports` of theirs, or packages from elsewhere.
    """

    name: str
    says: str = ""
    modules: tuple[str, ...]
    imports: tuple[str, ...]
    exemptions: tuple[Exemption, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """
    A layer as it was read.

    Shape:  the full names of its modules; those that are `optional`; whether they are `independent`.
    """

    modules: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    independent: bool = True


def _read(written: str, within: str) -> Layer | None:
    separator = ":" if ":" in written else "|"
    parts = [_PART.fullmatch(part) for part in written.split(separator)]
    names = [f"{within}.{part['optional'] or part['name']}" for part in parts if part is not None]
    optional = frozenset(f"{within}.{part['optional']}" for part in parts if part and part["optional"])
    return Layer(tuple(names), optional, separator == "|") if all(parts) else None


def mislaid(
    layerings: Sequence[Layering], prohibitions: Sequence[Prohibition], roots: Sequence[str]
) -> Found:
    """What is wrong with layerings and prohibitions, and the way to each."""
    for number, layering in enumerate(layerings):
        path: Path = ("layerings", number)
        yield from badly_named(layering.name, (*path, "name"))
        yield from badly_named_module(layering.within, (*path, "within"))
        yield from says_nothing(layering.layers, "a layering without layers", (*path, "layers"))
        yield from _unreadable(layering, path)
        yield from _misplaced(layering, path)
        yield from _unfounded(layering.exemptions, path)
    for number, each in enumerate(prohibitions):
        path = ("prohibitions", number)
        yield from badly_named(each.name, (*path, "name"))
        for field in ("modules", "imports"):
            yield from says_nothing(getattr(each, field), f"a prohibition without {field}", (*path, field))
            for position, module in enumerate(getattr(each, field)):
                yield from badly_named_module(module, (*path, field, position))
        for position, module in enumerate(each.imports):
            if "." in module and not any(is_within(module, root) for root in roots):
                yield (
                    (*path, "imports", position),
                    WHOLE_OUTSIDE.violation(
                        each,
                        found=module,
                        allowed=module.partition(".")[0],
                        remedy="Name it so: no more is known of what is outside",
                    ),
                )
        yield from _unfounded(each.exemptions, path)
    yield from said_twice([each.name for each in layerings], "layering", ("layerings",))
    yield from said_twice([each.name for each in prohibitions], "prohibition", ("prohibitions",))


def says_nothing(parts: Sequence[object], what: str, path: Path) -> Found:
    """Refuse what has no parts, which nothing could disobey."""
    if not parts:
        yield (
            path,
            SAYS_SOMETHING.violation(
                found=what, allowed="what can be disobeyed", remedy="Say more, or leave it out"
            ),
        )


def _unreadable(layering: Layering, path: Path) -> Found:
    for position, written in enumerate(layering.layers):
        if _read(written, layering.within) is None:
            yield (
                (*path, "layers", position),
                LAYER_NOTATION.violation(
                    layering,
                    found=f"the layer {written!r}",
                    allowed="such as a, a | b, a : b, (a)",
                    remedy="Write it so, as modules are named within the package",
                ),
            )


def _misplaced(layering: Layering, path: Path) -> Found:
    met: list[str] = []
    for position, written in enumerate(layering.layers):
        layer = _read(written, layering.within)
        for module in layer.modules if layer else ():
            around = [each for each in met if is_within(module, each) or is_within(each, module)]
            met.append(module)
            if around:
                yield (
                    (*path, "layers", position),
                    LAYER_ONCE.violation(
                        layering,
                        found=f"{module} besides {around[0]}",
                        allowed="each module in one place",
                        remedy="Leave one of them out, or layer the inner ones in a layering of their own",
                    ),
                )


def _unfounded(exemptions: Sequence[Exemption], path: Path) -> Found:
    for position, each in enumerate(exemptions):
        here: Path = (*path, "exemptions", position)
        yield from missing_reason(each.reason, (*here, "reason"))
        yield from badly_named_module(each.importer, (*here, "importer"))
        yield from badly_named_module(each.imported, (*here, "imported"))


def below(layers: Sequence[Layer], module: str) -> Iterator[str]:
    """What a module of these layers may know of the others: what is below it, and beside it where it may."""
    for number, layer in enumerate(layers):
        if module in layer.modules:
            beside = () if layer.independent else (each for each in layer.modules if each != module)
            yield from chain(beside, *(each.modules for each in layers[number + 1 :]))
