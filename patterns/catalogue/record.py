"""What the catalogue holds of each pattern: its head, and what a module attaches beside its code (14.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..constraint import RULES, Rule
from ..errors import AnalysisPatternsError

_ATTACHED: dict[str, Attachment] = {}

ATTACHED: Mapping[str, Attachment] = MappingProxyType(_ATTACHED)
"""What the loaded modules have attached, by pattern number."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """
    What a module says of the pattern that it builds.

    Shape:  the `types` and `behaviours` (functions) that are the pattern; an `example` written as a
            doctest; the `figure`, a target that `analysis-patterns diagram` draws; `when_not`, in which
            cases another pattern serves better.
    """

    number: str
    types: tuple[type, ...]
    behaviours: tuple[Callable[..., Any], ...]
    example: str
    figure: str
    when_not: str

    @property
    def module(self) -> str:
        """The module of the first type, or else of the first behaviour; empty where there is neither."""
        for built in (*self.types, *self.behaviours):
            return built.__module__
        return ""


@dataclass(frozen=True, slots=True)
class Head:
    """
    One row of the table of patterns, built or not.

    Shape:  the section `number` and `name`, the `chapter` it stands in and that chapter's `title`, one
            sentence of `problem` and one of `solution`.
    """

    number: str
    name: str
    chapter: int
    title: str
    problem: str
    solution: str


@dataclass(frozen=True, slots=True)
class PatternRecord:
    """
    A pattern as the catalogue shows it: its head, its attachment where there is one, its constraints.

    Shape:  one head; none or one attachment; the rules that name this pattern's number.
    """

    head: Head
    attachment: Attachment | None = None
    constraints: tuple[Rule, ...] = ()

    @property
    def built(self) -> bool:
        """Whether a module has attached what it builds; anything else is honestly not built."""
        return self.attachment is not None

    @property
    def state(self) -> str:
        """`built` or `not built`, for people."""
        return "built" if self.built else "not built"

    @property
    def number(self) -> str:
        """The section number, such as `2.4`."""
        return self.head.number

    @property
    def name(self) -> str:
        """The pattern's name in the book."""
        return self.head.name


def attach(
    number: str,
    *,
    types: Iterable[type] = (),
    behaviours: Iterable[Callable[..., Any]] = (),
    example: str = "",
    figure: str = "",
    when_not: str = "",
) -> None:
    """
    Say, at the end of the module that builds pattern `number`, what the catalogue shall show of it.

    Shape:  nothing else is said twice: the module is read from the types, the constraints from the rules
            that name `number`. What is left out here is found missing by `catalogue check`.
    Errors: `AnalysisPatternsError` where `number` is attached already.
    """
    if number in _ATTACHED:
        raise AnalysisPatternsError(f"pattern {number} is already attached by {_ATTACHED[number].module}")
    _ATTACHED[number] = Attachment(number, tuple(types), tuple(behaviours), example, figure, when_not)


def record_of(head: Head) -> PatternRecord:
    """The record of one head, from what is attached and stated so far."""
    constraints = sorted((r for r in RULES.values() if r.pattern == head.number), key=lambda r: r.name)
    return PatternRecord(head, ATTACHED.get(head.number), tuple(constraints))
