"""Keyed mapping: an association that is asked by key, and says what a missing key means (15.2)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from enum import Enum
from typing import Final, Generic, TypeVar

from ..catalogue import attach
from ..constraint import ConstraintViolation, rule
from ..picture import derived

UNIQUE = rule(
    "keyed.unique",
    pattern="15.2",
    says="A keyed mapping holds at most one value for a key.",
)
PRESENT = rule(
    "keyed.present",
    pattern="15.2",
    says="A keyed mapping without a default is asked for keys that it holds.",
)


class _Undeclared(Enum):
    DEFAULT = "no default"


K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class KeyedMapping(Generic[K, V]):
    """
    At most one value for each key, with a declared answer for the keys that have none.

    Shape:  a missing key has the value `default` where one is declared (zero, for quantities); else asking
            for it is an error. Where a key may have several values, use an associative type (15.1).
    Errors: `ConstraintViolation`: `keyed.present` for a missing key without a default, `keyed.unique`
            where a key that has a value is given another; nothing changed then.
    Source: Analysis Patterns 15.2.

    >>> sales = KeyedMapping[str, int](default=0)
    >>> sales.add("Boston", 3)
    >>> sales["Boston"], sales["Washington"]
    (3, 0)
    """

    __figure__ = True

    def __init__(self, *, default: V | _Undeclared = _Undeclared.DEFAULT) -> None:
        self._default: Final = default
        self._values: dict[K, V] = {}

    def __getitem__(self, key: K) -> V:
        if key in self._values:
            return self._values[key]
        if isinstance(self._default, _Undeclared):
            raise self._absent(key)
        return self._default

    def add(self, key: K, value: V) -> None:
        """Give `key` its value; a key that has one keeps it, and the other is refused."""
        if key in self._values:
            raise UNIQUE.violation(
                self,
                found=f"{value} for {key!r}, which has {self._values[key]}",
                allowed="one value for a key",
                remedy="Replace the value, or remove it first.",
            )
        self._values[key] = value

    def replace(self, key: K, value: V) -> V:
        """Give `key` another value, and give its old one back; a key without one is refused."""
        if key not in self._values:
            raise self._absent(key)
        old, self._values[key] = self._values[key], value
        return old

    def remove(self, key: K) -> V:
        """Take the value of `key` away, and give it back; a key without one is refused."""
        if key not in self._values:
            raise self._absent(key)
        return self._values.pop(key)

    @derived("*")
    def items(self) -> tuple[tuple[K, V], ...]:
        """Each key that has a value, with it, in the order they were added."""
        return tuple(self._values.items())

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[K]:
        return iter(tuple(self._values))

    def __len__(self) -> int:
        return len(self._values)

    def _absent(self, key: K) -> ConstraintViolation:
        return PRESENT.violation(
            self,
            found=f"no value for {key!r}",
            allowed=", ".join(repr(known) for known in self._values) or "none: it holds nothing",
            remedy="Add a value for the key, or declare a default.",
        )


attach(
    "15.2",
    types=(KeyedMapping,),
    figure="analysis_patterns.patterns.time.keyed:KeyedMapping",
    when_not="Where a key may lead to several things, or the link has facts of its own, make it an "
    "associative type (15.1). Where the keys are few and known to the program, plain attributes say more.",
    example="""
>>> from analysis_patterns.patterns.time import KeyedMapping
>>> packs_used = KeyedMapping[str, int](default=0)
>>> packs_used.add("ward 3", 2)
>>> packs_used["ward 3"], packs_used["ward 4"]
(2, 0)
>>> packs_used.add("ward 3", 4)
Traceback (most recent call last):
analysis_patterns.patterns.constraint.ConstraintViolation: keyed.unique: found 4 for 'ward 3', ...
""",
)
