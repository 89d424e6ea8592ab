"""How many of a type a field holds, by its annotation and the lengths that are demanded of it."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from typing import Any

from annotated_types import Len, MaxLen, MinLen

from .multiplicity import Multiplicity

_COLLECTIONS = {"builtins", "collections", "collections.abc"}
Range = tuple[int, int | None]


def held(annotation: Any, target: type, demands: Iterable[Any] = ()) -> Multiplicity:
    """
    How many of `target` a field of this annotation holds.

    Shape:  `demands` are what else is demanded of it, such as a least length.

    >>> [str(held(each, int)) for each in (int, int | None, list[int], tuple[int, str, int], int | str)]
    ['1', '0..1', '*', '2', '0..1']
    """
    fewest, most = _count(annotation, target, tuple(demands))
    return Multiplicity(fewest, None if most is None else max(most, 1))


def _count(annotation: Any, target: type, demands: tuple[Any, ...]) -> Range:
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if target in (annotation, origin):
        return 1, 1
    if origin is typing.Annotated:
        return _count(parts[0], target, (*demands, *parts[1:]))
    if origin in (typing.Union, types.UnionType):
        # What is demanded is demanded of whichever it is.
        counts = [_count(part, target, demands) for part in parts]
        return min(fewest for fewest, _ in counts), _largest([most for _, most in counts])
    if isinstance(origin, type) and origin.__module__ in _COLLECTIONS and not _is_fixed(origin, parts):
        return _times(_sum(_count(part, target, ()) for part in parts), _lengths(demands))
    return _sum(_count(part, target, ()) for part in parts)


def _is_fixed(origin: type, parts: tuple[Any, ...]) -> bool:
    return issubclass(origin, tuple) and Ellipsis not in parts


def _lengths(demands: tuple[Any, ...]) -> Range:
    """The shortest and the longest that is allowed; several demands hold together."""
    shortest, longest = 0, None
    for demand in demands:
        least = demand.min_length if isinstance(demand, MinLen | Len) else 0
        most = demand.max_length if isinstance(demand, MaxLen | Len) else None
        # A field of pydantic's, as a part of an annotation, keeps its demands to itself.
        nested_least, nested_most = _lengths(tuple(getattr(demand, "metadata", ())))
        shortest = max(shortest, least, nested_least)
        bounds = [each for each in (longest, most, nested_most) if each is not None]
        longest = min(bounds) if bounds else None
    return shortest, longest


def _sum(counts: Iterable[Range]) -> Range:
    every = list(counts)
    mosts = [most for _, most in every]
    total = None if None in mosts else sum(most for most in mosts if most is not None)
    return sum(fewest for fewest, _ in every), total


def _times(count: Range, times: Range) -> Range:
    most = 0 if 0 in (count[1], times[1]) else _product(count[1], times[1])
    return count[0] * times[0], most


def _product(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one * other


def _largest(mosts: list[int | None]) -> int | None:
    return None if None in mosts else max(most for most in mosts if most is not None)
