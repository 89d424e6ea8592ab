"""Formats of identifiers: regular expressions that cannot be made to run for long (5.2)."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from importlib import import_module
from typing import Any

LONGEST_TEXT = 100
"""The most characters of an identifier."""

LONGEST_FORMAT = 200
"""The most characters of a format."""

MOST_WAYS = 10_000
"""In how many ways a format may, at the worst, try to match one text."""

# Python keeps the parser of its regular expressions to itself; no other way tells what one may cost.
_parser: Any = import_module("re._parser")
_PLAIN = {"LITERAL", "NOT_LITERAL", "IN", "ANY", "AT"}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}


def fault_of(pattern: str) -> str:
    """What is wrong with a format; empty where nothing is."""
    if len(pattern) > LONGEST_FORMAT:
        return f"{len(pattern)} characters"
    try:
        with warnings.catch_warnings():
            # What will mean something else in a later Python means nothing for sure today.
            warnings.simplefilter("error", FutureWarning)
            parsed = _parser.parse(pattern, re.ASCII)
        ways = _ways(parsed)
    except (re.error, ValueError, OverflowError, RecursionError, FutureWarning) as error:
        return f"no regular expression: {error}"
    except _ForbiddenError as error:
        return str(error)
    return f"more than {MOST_WAYS} ways to match one text" if ways > MOST_WAYS else ""


def fits(pattern: str, text: str) -> bool:
    """Whether the whole of `text` is as a format says; whatever it is, where the format is empty."""
    return not pattern or _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=500)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


class _ForbiddenError(Exception):
    """A construct whose cost nobody can bound."""


def _ways(parsed: Any) -> int:
    """At most how many ways a matcher that goes back can try, each step of which is one character."""
    product = 1
    for operation, argument in parsed:
        product = min(product * _ways_of(str(operation), argument), MOST_WAYS + 1)
    return product


def _ways_of(operation: str, argument: Any) -> int:
    if operation in _PLAIN:
        return 1
    if operation == "BRANCH":
        return sum(_ways(branch) for branch in argument[1])
    if operation == "SUBPATTERN":
        return _ways(argument[3])
    if operation in _REPEATS:
        least, most, repeated = argument
        # No text is longer; what asks for more still tries as far as the text goes.
        return _repeated(_ways(repeated), min(int(least), LONGEST_TEXT), min(int(most), LONGEST_TEXT))
    raise _ForbiddenError(f"{operation.lower().replace('_', ' ')} is more than a format may ask for")


def _repeated(ways: int, least: int, most: int) -> int:
    total = 0
    for times in range(least, most + 1):
        total += ways**times
        if total > MOST_WAYS:
            break
    return max(total, 1)
