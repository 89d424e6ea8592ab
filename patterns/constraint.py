"""Constraints with names: each rule of the book is stated once, refused by name, and explained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from .errors import AnalysisPatternsError

__all__ = ["RULES", "ConstraintViolation", "Layer", "Rule", "rule"]

_RULE_NAME = re.compile(r"[a-z][a-z-]*\.[a-z][a-z0-9-]*")
_RULES: dict[str, Rule] = {}

RULES: Mapping[str, Rule] = MappingProxyType(_RULES)
"""Every rule that the loaded modules state, by name."""


class Layer(Enum):
    """Where a rule is enforced: by Python twice, and by each database."""

    CONSTRUCTOR = "constructor"
    FLUSH = "flush"
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


BUILT = frozenset({Layer.CONSTRUCTOR})
DATABASES = frozenset({Layer.SQLITE, Layer.POSTGRESQL})
EVERYWHERE = frozenset(Layer)


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A constraint of the book, by name.

    Shape:  `pattern` is the section number it belongs to; `says` is one sentence; `layers` are the
            places that refuse a breach; `guards` are the names by which a database reports one
            (a check or unique constraint, or SQLite's `table.column` form of it); `*` stands for any text.
    Source: Analysis Patterns 14.6.
    """

    name: str
    pattern: str
    says: str
    layers: frozenset[Layer] = BUILT
    guards: tuple[str, ...] = ()

    def violation(
        self,
        *objects: object,
        found: object,
        allowed: object,
        remedy: str,
        layer: Layer = Layer.CONSTRUCTOR,
    ) -> ConstraintViolation:
        """Make, for the caller to raise, the error that says how `objects` break this rule."""
        return ConstraintViolation(
            self, objects, found=str(found), allowed=str(allowed), remedy=remedy, layer=layer
        )


def rule(
    name: str,
    *,
    pattern: str,
    says: str,
    layers: frozenset[Layer] = BUILT,
    guards: Iterable[str] = (),
) -> Rule:
    """
    State a rule; a name may be stated once.

    Errors: `AnalysisPatternsError` where the name is malformed or already taken.
    """
    if _RULE_NAME.fullmatch(name) is None:
        raise AnalysisPatternsError(f"a rule's name reads 'subject.what-holds', not {name!r}")
    if name in _RULES:
        raise AnalysisPatternsError(f"rule {name!r} is already stated: {_RULES[name].says}")
    stated = Rule(name, pattern, says, layers, tuple(guards))
    _RULES[name] = stated
    return stated


class ConstraintViolation(AnalysisPatternsError):
    """
    A named rule was broken, and nothing was changed.

    Shape:  `rule`, the `objects` concerned, what was `found`, what is `allowed`, the `remedy`, and the
            `layer` that refused it.
    """

    def __init__(
        self,
        rule: Rule,
        objects: tuple[object, ...] = (),
        *,
        found: str,
        allowed: str,
        remedy: str,
        layer: Layer = Layer.CONSTRUCTOR,
    ) -> None:
        self.rule = rule
        self.objects = objects
        self.found = found
        self.allowed = allowed
        self.remedy = remedy
        self.layer = layer
        super().__init__(f"{rule.name}: found {found}; allowed: {allowed}. {remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions pickle by positional arguments only; worker processes send theirs home.
        return (_rebuild, (self.rule.name, self.found, self.allowed, self.remedy, self.layer))

    def explain(self) -> str:
        """Say in a few lines, for a person, which rule was broken, how, and what to do."""
        lines = [
            f"Rule {self.rule.name} (Analysis Patterns {self.rule.pattern})",
            f"  {self.rule.says}",
            f"  found:   {self.found}",
            f"  allowed: {self.allowed}",
            f"  to do:   {self.remedy}",
        ]
        return "\n".join(lines)


def _rebuild(name: str, found: str, allowed: str, remedy: str, layer: Layer) -> ConstraintViolation:
    return ConstraintViolation(RULES[name], found=found, allowed=allowed, remedy=remedy, layer=layer)


def require(violations: Iterator[ConstraintViolation]) -> None:
    """Raise the first of `violations`, if there is one."""
    for first in violations:
        raise first
