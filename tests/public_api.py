"""The public names of the library; `python -m tests.public_api` writes them down as they are now."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import analysis_patterns

BASELINE = Path(__file__).with_name("public_api.txt")
FLOORS = ("patterns", "observation", "accounting", "trading", "diagrams")


def public_packages() -> list[ModuleType]:
    """Every package that a user may import from, the five floors and the rooms on them."""
    names = []
    for floor in FLOORS:
        package = import_module(f"{analysis_patterns.__name__}.{floor}")
        rooms = walk_packages(package.__path__, f"{package.__name__}.")
        names += [package.__name__, *(room.name for room in rooms if room.ispkg)]
    return [import_module(name) for name in names if "._" not in name]


def public_names() -> list[str]:
    """Every name that some package lists in its `__all__`, with the package before it."""
    return sorted(
        f"{package.__name__}.{name}"
        for package in public_packages()
        for name in getattr(package, "__all__", ())
    )


if __name__ == "__main__":
    BASELINE.write_text("".join(f"{name}\n" for name in public_names()), encoding="utf-8")
