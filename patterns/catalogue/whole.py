"""The whole catalogue: every module is loaded, so that whatever builds a pattern has attached it."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType

from .record import PatternRecord
from .table import heads

FLOORS = ("patterns", "observation", "accounting", "trading")
"""The packages whose modules build patterns. They are named, not imported: a floor sees none above it."""

_NAMESPACE = __name__.removesuffix(".patterns.catalogue.whole")


def catalogue() -> tuple[PatternRecord, ...]:
    """
    All 76 patterns, in the order of the book, each with what the library builds of it.

    >>> [record.name for record in catalogue() if record.chapter == 15]
    ['Associative Type', 'Keyed Mapping', 'Historic Mapping']
    """
    loaded_modules()
    return tuple(PatternRecord.of(head) for head in heads())


def loaded_modules(floors: Iterable[str] = FLOORS) -> tuple[ModuleType, ...]:
    """Every module of `floors`, loaded, sorted by name."""
    names: list[str] = []
    for floor in floors:
        package = import_module(f"{_NAMESPACE}.{floor}")
        names.append(package.__name__)
        names += (found.name for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))
    for name in names:
        import_module(name)
    return tuple(sys.modules[name] for name in sorted(names))


def public_types(modules: Iterable[ModuleType]) -> tuple[type, ...]:
    """The classes that `modules` define under a name without a leading underscore."""
    return tuple(
        value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__ and not name.startswith("_")
    )
