"""The table of patterns: the number, name, problem and solution of all 76, read from `heads.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from ..errors import AnalysisPatternsError
from .record import Head

_CHAPTER = {"number": int, "title": str, "pattern": list}
_PATTERN = {"number": str, "name": str, "problem": str, "solution": str}


@cache
def heads() -> tuple[Head, ...]:
    """All 76 rows, in the order of the book."""
    table = resources.files(__name__.rpartition(".")[0]) / "heads.toml"
    return parse_heads(table.read_text(encoding="utf-8"))


def parse_heads(text: str) -> tuple[Head, ...]:
    """
    Read a table of patterns.

    Errors: `AnalysisPatternsError` where a key is missing, unknown or of the wrong kind, a row is no
            valid head, or a chapter or a number comes twice or out of order.
    """
    try:
        document = _checked(tomllib.loads(text), {"chapter": list}, "the table of patterns")
    except tomllib.TOMLDecodeError as broken:
        raise AnalysisPatternsError(f"the table of patterns is not TOML: {broken}") from None
    found: list[Head] = []
    for row in document["chapter"]:
        chapter = _checked(row, _CHAPTER, "a chapter")
        for pattern in chapter["pattern"]:
            fields = _checked(pattern, _PATTERN, f"a pattern of chapter {chapter['number']}")
            found.append(Head(chapter=chapter["number"], title=chapter["title"], **fields))
    for earlier, later in pairwise(found):
        if _order(later) <= _order(earlier):
            raise AnalysisPatternsError(f"pattern {later.number} comes twice, or before {earlier.number}")
    return tuple(found)


def _checked(row: object, kinds: Mapping[str, type], what: str) -> dict[str, Any]:
    if not isinstance(row, dict) or row.keys() != kinds.keys():
        raise AnalysisPatternsError(f"{what} has the keys {', '.join(kinds)} and no others: {row}")
    for key, kind in kinds.items():
        if not isinstance(row[key], kind):
            raise AnalysisPatternsError(f"{what}: {key} is {row[key]!r}, not of type {kind.__name__}")
    return row


def _order(head: Head) -> tuple[int, int]:
    return head.chapter, int(head.number.partition(".")[2])
