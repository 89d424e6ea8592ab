"""The arguments of a formula that has a name: kept in one text, in their order (4.2, 9.4)."""

from __future__ import annotations

from collections.abc import Iterator

from ..constraint import ConstraintViolation, Rule


def arguments_of(listed: str) -> tuple[str, ...]:
    """The names of arguments as they are listed in one text."""
    return tuple(listed.split(" ")) if listed else ()


def argument_violations(
    rule: Rule, formula: object, arguments: tuple[str, ...], *, remedy: str
) -> Iterator[ConstraintViolation]:
    """Whether a formula names an argument twice, or has none."""
    if len(set(arguments)) != len(arguments) or not arguments:
        yield rule.violation(
            formula,
            found=", ".join(arguments) or "no argument",
            allowed="one name for each argument, and one at least",
            remedy=remedy,
        )
