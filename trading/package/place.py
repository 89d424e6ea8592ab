"""Where something stands, in a declaration of packages or in the code that it speaks of (11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from ...patterns.constraint import ConstraintViolation
from ...patterns.problem import DocumentError

Path: TypeAlias = tuple[int | str, ...]
"""The way to a part of a declaration: names of fields, and numbers in their lists."""

Found: TypeAlias = Iterator[tuple[Path, ConstraintViolation]]
"""What is wrong with a declaration, each thing with the way to it."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """
    Where something stands.

    Shape:  a file, empty where it is known by nothing but Python; its line, 0 where no line is known; and,
            in a declaration, the `path` to it, such as packages[1].levels[2].
    """

    file: str = ""
    line: int = 0
    path: Path = ()

    def __str__(self) -> str:
        if self.line:
            return f"{self.file}:{self.line}"
        return ": ".join(part for part in (self.file, written(self.path)) if part)


@dataclass(frozen=True, slots=True)
class Places:
    """
    Where the parts of a declaration stand: by `line_of`, in a file. All of them are equal.

    Shape:  a declaration that was not read is in no file, and has no lines.
    """

    file: str = field(default="", compare=False)
    line_of: Callable[[Path], int] = field(default=lambda _path: 0, compare=False)

    def of(self, path: Path) -> Place:
        """Where the part at `path` stands."""
        return Place(self.file, self.line_of(path), path)


class DeclarationError(DocumentError[Place]):
    """
    A declaration of packages that cannot be obeyed, or not be read; nothing came of it.

    Shape:  all the `problems`; the rule is that of the first.
    """


class IllegalImports(DocumentError[Place]):
    """
    Imports that a declaration of packages does not allow, and whatever it speaks of that is not there.

    Shape:  all the `problems`, in the order of their places; the rule is that of the first.
    """


def written(path: Path) -> str:
    """
    The way to a part as people write it, counted from 1.

    >>> written(("packages", 0, "levels", 1, "users"))
    'packages[1].levels[2].users'
    """
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
