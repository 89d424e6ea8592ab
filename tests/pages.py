"""What the pages for readers contain: blocks of code, each of which says its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent.parent
_FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>[\w-]*)")


@dataclass(frozen=True, slots=True)
class Block:
    """
    A block of code on a page.

    Shape:  `line` is the number of its first line of code, counted from 1.
    """

    page: str
    line: int
    language: str
    lines: tuple[str, ...]

    @property
    def place(self) -> str:
        """Where it stands, in the form that editors jump to."""
        return f"{self.page}:{self.line}"

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(f"{line}\n" for line in self.lines)


def pages() -> list[Path]:
    """Every page that speaks to readers; those that the catalogue writes show what is tested in the code."""
    written = PROJECT / "docs" / "patterns"
    documents = (path for path in (PROJECT / "docs").rglob("*.md") if path.parent != written)
    return [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted(documents)]


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of `page`, in order."""
    name = page.relative_to(PROJECT).as_posix() if page.is_relative_to(PROJECT) else page.name
    opened: re.Match[str] | None = None
    first, held = 0, list[str]()
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = _FENCE.match(line)
        if opened is None and fence is not None:
            opened, first, held = fence, number + 1, []
        elif opened is not None and line.strip() == opened["ticks"]:
            yield Block(name, first, opened["language"], tuple(held))
            opened = None
        elif opened is not None:
            held.append(line.removeprefix(opened["indent"]))


def only(page: Path, language: str) -> str:
    """The page's blocks in one language, each on its own line numbers, and nothing else."""
    kept: list[str] = []
    for block in blocks(page):
        if block.language == language:
            kept += [""] * (block.line - 1 - len(kept)) + list(block.lines)
    return "".join(f"{line}\n" for line in kept)
