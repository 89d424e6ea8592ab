"""A docstring in the house form, taken apart for a page."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_FACT = re.compile(r"(Shape|Units|Errors|Source): +(.*)")


@dataclass(frozen=True, slots=True)
class Description:
    """
    What a type or a function says of itself.

    Shape:  paragraphs of prose; the facts, each under its heading (Shape, Units, Errors, Source); the
            example as a doctest, empty where there is none.
    """

    name: str
    kind: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    example: str

    @classmethod
    def of(cls, part: type | Callable[..., Any]) -> Description:
        """Take the docstring of `part` apart."""
        blocks = re.split(r"\n{2,}", inspect.cleandoc(part.__doc__ or ""))
        paragraphs: list[str] = []
        facts: list[list[str]] = []
        examples = [block for block in blocks if block.startswith(">>>")]
        for line in "\n\n".join(block for block in blocks if not block.startswith(">>>")).splitlines():
            if fact := _FACT.fullmatch(line):
                facts.append([fact[1], fact[2]])
            elif facts and line.startswith(" "):
                facts[-1][1] += " " + line.strip()
            else:
                paragraphs.append(line)
        return cls(
            name=part.__qualname__,
            kind="type" if isinstance(part, type) else "function",
            paragraphs=tuple(_joined(paragraphs)),
            facts=tuple((heading, said) for heading, said in facts),
            example="\n\n".join(examples),
        )


def _joined(lines: list[str]) -> list[str]:
    blocks = re.split(r"\n{2,}", "\n".join(lines).strip())
    return [" ".join(block.split()) for block in blocks if block.strip()]
