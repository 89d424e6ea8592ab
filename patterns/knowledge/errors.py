"""What is wrong with a knowledge pack: in which file, on which line, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import AnalysisPatternsError


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One thing that is wrong with a pack.

    Shape:  `line` counts from 1, 0 where the file as a whole is meant; `rule` names the broken one, if any.
    """

    file: str
    line: int
    reason: str
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


class PackError(AnalysisPatternsError):
    """
    A pack that cannot be loaded; nothing of it was stored.

    Shape:  one problem or more, in the order of their lines.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[PackError], tuple[tuple[Problem, ...]]]:
        # Exceptions pickle by their message only; worker processes send theirs home.
        return PackError, (self.problems,)
