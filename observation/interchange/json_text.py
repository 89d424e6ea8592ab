"""JSON that loses nothing: each number keeps its digits, each object the order of its keys (3.1)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from ...patterns.constraint import ConstraintViolation
from ...patterns.values.number import exact
from .problem import JSON, TEXT, Place, Problems

DEEPEST = 40
"""The most objects and lists within one another."""

MOST_VALUES = 100_000
"""The most values, objects and lists included, of one document."""

LONGEST_SHOWN = 60
"""The most characters of a value that a report shows."""

# An unterminated text is one token too: to look for its end again from each quote in it would take for ever.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{\]},]', re.DOTALL)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Number:
    """
    A number of a JSON document, as it is written there.

    Units:  equal where it is written alike: 1.50 is not 1.5.

    >>> Number("1.50").amount
    Decimal('1.50')
    """

    written: str

    @property
    def amount(self) -> Decimal:
        """
        The decimal that it is, trailing zeros included.

        Errors: `ConstraintViolation` (`number.exact`) for more than 40 characters or 38 places.
        """
        return exact(self.written)

    @classmethod
    def of(cls, amount: Decimal) -> Number:
        """The number, written out."""
        return cls(str(amount))

    def __str__(self) -> str:
        return self.written


def read_json(text: str) -> Any:
    """
    Read a JSON document: objects in the order of their keys, numbers as `Number`.

    Errors: `ConstraintViolation` (`fhir.json`) where it is none, is too deep or too long, repeats a key, or
            says NaN or Infinity.
    """
    _measure(text)
    try:
        return json.loads(
            text,
            parse_float=Number,
            parse_int=Number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise _refused(f"{error.msg} at line {error.lineno}, column {error.colno}", "JSON") from None


def _measure(text: str) -> None:
    depth = values = 0
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
        values += mark in ",[{"
        if depth > DEEPEST:
            raise _refused(f"more than {DEEPEST} objects and lists within one another", f"{DEEPEST} at most")
        if values > MOST_VALUES:
            raise _refused(f"more than {MOST_VALUES:,} values", f"{MOST_VALUES:,} at most")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise _refused(f"the key {twice[:LONGEST_SHOWN]!r} twice in one object", "each key once")
    return made


def _refuse_constant(constant: str) -> NoReturn:
    raise _refused(constant, "numbers that are finite")


def _refused(found: str, allowed: str) -> ConstraintViolation:
    return JSON.violation(found=found, allowed=allowed, remedy="Ask the sender for a valid document.")


def require_readable(tree: Any, place: Place, problems: Problems) -> None:
    """
    Note in `problems` what no FHIR document may hold, wherever in `tree` it stands.

    Errors: none; `fhir.text` and `number.exact` are added to `problems`.
    """
    for path, value in _walk(tree, place.path):
        at = Place(place.file, path)
        fault = _fault_of(value)
        if fault:
            allowed = "text of printable characters, and what is not empty"
            problems.add(at, TEXT.violation(found=fault, allowed=allowed, remedy="Leave the element out."))
        elif isinstance(value, Number):
            try:
                exact(value.written)
            except ConstraintViolation as violation:
                problems.add(at, violation)


def _walk(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every key and value of a tree, with its path; no deeper than what was read can be."""
    yield path, tree
    if isinstance(tree, dict):
        for key, value in tree.items():
            if _FORBIDDEN.search(key):
                yield path, key
            yield from _walk(value, f"{path}.{key}")
    elif isinstance(tree, list):
        for at, value in enumerate(tree):
            if value is not None:  # a list of primitives may leave a place for an extension alone
                yield from _walk(value, f"{path}[{at}]")


def _fault_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        if not value.strip():
            return "an empty text"
        return f"{shown(value)}" if _FORBIDDEN.search(value) else ""
    return f"an empty {'list' if isinstance(value, list) else 'object'}" if value in ([], {}) else ""


def write_json(tree: Any, depth: int = 0) -> str:
    """Write what `read_json` gives: numbers digit by digit, keys in order, two blanks for each level."""
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(tree, dict) and tree:
        members = (f"{inner}{_quoted(key)}: {write_json(value, depth + 1)}" for key, value in tree.items())
        return "{\n" + ",\n".join(members) + f"\n{outer}}}"
    if isinstance(tree, list) and tree:
        return "[\n" + ",\n".join(inner + write_json(each, depth + 1) for each in tree) + f"\n{outer}]"
    if isinstance(tree, Number):
        return tree.written
    return _quoted(tree)


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def shown(value: Any) -> str:
    """A value in one line, cut short where it is long."""
    written = " ".join(write_json(value).split())
    # What cannot be printed, half a character above all, would break whatever shows it.
    printable = (
        written.encode("ascii", "backslashreplace").decode() if _FORBIDDEN.search(written) else written
    )
    return printable if len(printable) <= LONGEST_SHOWN else f"{printable[: LONGEST_SHOWN - 3]}..."
