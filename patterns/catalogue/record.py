"""What the catalogue holds of each pattern, and how a module attaches what it builds beside its code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

from ..constraint import RULES, Rule
from ..errors import AnalysisPatternsError

_SENTENCE = re.compile(r"[A-Z][^\n]*[^.!?]\.")
_ATTACHED: dict[str, Attachment] = {}

ATTACHED: Mapping[str, Attachment] = MappingProxyType(_ATTACHED)
"""What the loaded modules have attached, by pattern number."""


@dataclass(frozen=True, slots=True)
class Head:
    """
    One row of the table of patterns.

    Shape:  the section `number` and the `name` in the book, the `chapter` and its `title`, and a sentence
            each of `problem` and `solution`.
    Errors: `AnalysisPatternsError` where the number is of another chapter, the name is empty, or what
            should be a sentence does not start with a capital and end with a full stop.
    """

    number: str
    name: str
    chapter: int
    title: str
    problem: str
    solution: str

    def __post_init__(self) -> None:
        if re.fullmatch(rf"{self.chapter}\.[1-9][0-9]*", self.number) is None:
            raise AnalysisPatternsError(f"{self.number!r} is not a section of chapter {self.chapter}")
        if not self.name.strip() or not self.title.strip():
            raise AnalysisPatternsError(f"pattern {self.number} needs a name, and its chapter a title")
        for sentence in (self.problem, self.solution):
            if _SENTENCE.fullmatch(sentence) is None:
                raise AnalysisPatternsError(f"pattern {self.number}: {sentence!r} is not a sentence")


@dataclass(frozen=True, slots=True)
class Attachment:
    """
    What a module says of the pattern that it builds.

    Shape:  the `types` and `behaviours` (functions) that are the pattern; an `example` written as a
            doctest; the `figure`, a target that `analysis-patterns diagram` draws; `when_not`, in which
            cases something plainer serves better.
    """

    types: tuple[type, ...] = ()
    behaviours: tuple[Callable[..., Any], ...] = ()
    example: str = ""
    figure: str = ""
    when_not: str = ""

    @property
    def parts(self) -> tuple[type | Callable[..., Any], ...]:
        """The types, then the behaviours."""
        return (*self.types, *self.behaviours)

    @property
    def module(self) -> str:
        """The module of the first part, or an empty string."""
        return self.parts[0].__module__ if self.parts else ""


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

    Shape:  nothing is said twice: the module is read from the types, the constraints from the rules that
            name `number`. What is left out here is found missing by `analysis-patterns catalogue check`.
    Errors: `AnalysisPatternsError` where `number` is attached already.
    """
    if number in _ATTACHED:
        raise AnalysisPatternsError(f"pattern {number} is already attached by {_ATTACHED[number].module}")
    _ATTACHED[number] = Attachment(tuple(types), tuple(behaviours), example, figure, when_not)


def complete(
    number: str, *, types: Iterable[type] = (), behaviours: Iterable[Callable[..., Any]] = ()
) -> None:
    """
    Say, at the end of a module of a floor above, what it adds to pattern `number` that is built below.

    Errors: `AnalysisPatternsError` where nothing has attached `number` yet.
    """
    if number not in _ATTACHED:
        raise AnalysisPatternsError(f"pattern {number} is not attached, so there is nothing to complete")
    built = _ATTACHED[number]
    _ATTACHED[number] = replace(
        built, types=(*built.types, *types), behaviours=(*built.behaviours, *behaviours)
    )


@dataclass(frozen=True, slots=True)
class PatternRecord(Head):
    """
    A pattern as the catalogue shows it.

    Shape:  its head; what a module attached to its number, if any did; the rules that name its number.
    """

    attachment: Attachment | None = None
    constraints: tuple[Rule, ...] = ()

    @classmethod
    def of(cls, head: Head) -> PatternRecord:
        """The record of `head`, from what is attached and stated so far."""
        stated = tuple(rule for _, rule in sorted(RULES.items()) if rule.pattern == head.number)
        return cls(**asdict(head), attachment=ATTACHED.get(head.number), constraints=stated)

    @property
    def built(self) -> bool:
        """Whether a module has attached what it builds; anything else is honestly not built."""
        return self.attachment is not None

    @property
    def state(self) -> str:
        """`built` or `not built`."""
        return "built" if self.built else "not built"

    @property
    def module(self) -> str:
        """The module that builds it, or an empty string."""
        return self.attachment.module if self.attachment else ""
