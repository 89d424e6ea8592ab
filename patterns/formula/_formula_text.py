"""The parts of a formula's text: how it is cut into them, and what it may not say (6.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..constraint import ConstraintViolation, rule

LONGEST = 500
"""The most characters of a formula."""

MOST_PARTS = 120
"""The most names, figures, texts and signs of a formula: a tree of so many is never too deep for Python."""

DEEPEST = 16
"""How many brackets may stand within one another."""

_OPERATORS = frozenset({"and", "or", "not"})

LENGTH = rule(
    "formula.length",
    pattern="6.6",
    says=f"A formula has at most {LONGEST} characters, and {MOST_PARTS} names, figures, texts and signs.",
)
DEPTH = rule(
    "formula.depth",
    pattern="6.6",
    says=f"At most {DEEPEST} brackets of a formula stand within one another.",
)
CONSTRUCT = rule(
    "formula.construct",
    pattern="6.6",
    says="A formula adds, subtracts, multiplies, divides, compares, and chooses; it does nothing else.",
)
ALLOWED = "+ - * / == != < <= > >= and, or, not, condition ? this : that, brackets, figures, texts and names"

_PARTS = re.compile(
    r"(?P<figure>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?![\w.]))"
    r"""|(?P<text>"[^"\\\n]*"|'[^'\\\n]*')"""
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?![\w\"']))"
    r"|(?P<sign>[=!<>]=(?!~)|<(?!<)|>(?!>)|\*(?!\*)|/(?!/)|\?(?!\?)|[-+():])"
)
_REFUSED_WORDS = {
    "for": "a comprehension",
    "in": "a look into a list",
    "if": "the word 'if'",
    "elif": "the word 'elif'",
    "else": "the word 'else'",
    "while": "a loop",
    "null": "the word 'null'",
    "inf": "an infinity",
    "nan": "NaN, which is no number",
}

RESERVED = _OPERATORS | {"true", "false"} | _REFUSED_WORDS.keys()
"""The words that name no variable: those of the language, and those of its parser."""

# The longer ones first: "**" is a power, not a product.
_REFUSED_SIGNS = {
    "**": "a power",
    "//": "a quotient without its remainder",
    "=~": "a regular expression",
    "!~": "a regular expression",
    "<<": "a shift of bits",
    ">>": "a shift of bits",
    "??": "a choice of what is not null",
    "&.": "an attribute",
    "&[": "a look into a list",
    "&": "arithmetic of bits",
    "|": "arithmetic of bits",
    "^": "arithmetic of bits",
    "%": "a remainder",
    ".": "an attribute",
    "[": "a list",
    "{": "a set or mapping",
    "$": "a built-in",
    "#": "a comment",
    ",": "a list",
}


class Part(NamedTuple):
    """A name, figure, text or sign of a formula, and the position at which it stands."""

    kind: str
    text: str
    at: int

    @property
    def is_operand(self) -> bool:
        return self.kind != "sign" and self.text not in _OPERATORS


def scanned(says: str) -> Iterator[Part]:
    """Cut a formula into its parts; refuse what takes long to parse, or is no part of the language."""
    if len(says) > LONGEST:
        raise LENGTH.violation(
            found=f"{len(says)} characters",
            allowed=f"at most {LONGEST}",
            remedy="Split it: several rules, or a Python function by its name.",
        )
    at, depth, before = 0, 0, None
    for number in range(MOST_PARTS + 1):
        at += len(says[at:]) - len(says[at:].lstrip(" \t\n"))
        if at == len(says):
            return
        match = _PARTS.match(says, at)
        if match is None:
            raise refused(says, _named(says[at:]), at)
        part = Part(str(match.lastgroup), match[0], at)
        depth += (part.text == "(") - (part.text == ")")
        _require(says, part, before, number, depth)
        yield part
        at, before = match.end(), part


def _require(says: str, part: Part, before: Part | None, number: int, depth: int) -> None:
    if part.text in _REFUSED_WORDS:
        raise refused(says, _REFUSED_WORDS[part.text], part.at)
    if part.text == "(" and before is not None and (before.is_operand or before.text == ")"):
        raise refused(says, "a call of a function", part.at)
    if depth > DEEPEST:
        raise DEPTH.violation(
            found=f"{depth} brackets within one another",
            allowed=f"at most {DEEPEST}",
            remedy="Leave out brackets that change nothing, or split the formula.",
        )
    if number == MOST_PARTS:
        raise LENGTH.violation(
            found=f"more than {MOST_PARTS} names, figures, texts and signs",
            allowed=f"at most {MOST_PARTS}",
            remedy="Split it: several rules, or a Python function by its name.",
        )


def _named(rest: str) -> str:
    for sign, name in _REFUSED_SIGNS.items():
        if rest.startswith(sign):
            return name
    if rest[0] in "\"'":
        return "a text without its end, or with a backslash"
    return f"{rest[:12]!r}"


def refused(says: str, what: str, at: int) -> ConstraintViolation:
    return CONSTRUCT.violation(
        found=f"{what} at position {at + 1} of {shown(says)}",
        allowed=ALLOWED,
        remedy="Say it in these, or name a Python function.",
    )


def shown(says: str) -> str:
    return repr(says if len(says) <= 60 else f"{says[:60]}…")
