"""The pages that are kept beside the code, in Markdown: written from it, and compared with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import unified_diff
from pathlib import Path

from ..patterns.catalogue import Finding, PatternRecord
from ..patterns.errors import AnalysisPatternsError
from .markdown import pattern_pages
from .material import Draw, Material
from .writing import write

_REMEDY = "write it anew: analysis-patterns catalogue build --docs"


def committed(records: Iterable[PatternRecord], *, draw: Draw | None = None) -> Mapping[str, str]:
    """The pages, by their paths below the folder of the documents."""
    return pattern_pages(Material(tuple(records), draw=draw))


def write_committed(docs: Path, records: Iterable[PatternRecord], *, draw: Draw | None = None) -> None:
    """
    Write the pages into the folder `docs`, and remove those of patterns that are no more.

    Errors: `AnalysisPatternsError` where one cannot be drawn or written, and nothing was changed.
    """
    pages = committed(records, draw=draw)
    write(docs, pages)
    for stale in _stale(docs, pages):
        stale.unlink()


def differences(docs: Path, records: Iterable[PatternRecord], *, draw: Draw | None = None) -> list[Finding]:
    """
    Where the pages in the folder `docs` are not what the code makes of them, with a unified diff of each.

    Errors: `AnalysisPatternsError` where a picture cannot be drawn.
    """
    pages = committed(records, draw=draw)
    found = []
    for name, text in sorted(pages.items()):
        path = docs / name
        try:
            kept = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            found.append(Finding(str(path), f"is missing; {_REMEDY}"))
            continue
        except (OSError, UnicodeDecodeError) as unread:
            raise AnalysisPatternsError(f"{path} cannot be read: {unread}") from None
        if kept != text:
            lines = unified_diff(
                kept.splitlines(), text.splitlines(), str(path), "what the code says", n=1, lineterm=""
            )
            found.append(Finding(str(path), "\n".join((f"differs from the code; {_REMEDY}", *lines))))
    found += [Finding(str(stale), "is the page of no pattern; remove it") for stale in _stale(docs, pages)]
    return found


def _stale(docs: Path, pages: Mapping[str, str]) -> list[Path]:
    kept = sorted((docs / "patterns").glob("*.md"))
    return [path for path in kept if path.relative_to(docs).as_posix() not in pages]
