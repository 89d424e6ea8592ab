"""What has to come before what: kinds of dependency with their lags, and circles found (8.4, 8.5)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Enum as EnumColumn

from ..constraint import ConstraintViolation, Rule
from ..schedule.network import DependencyKind

if TYPE_CHECKING:
    from .plan import PlanDependency
    from .protocol import ProtocolDependency

__all__ = ["NO_LAG", "DependencyKind", "circle", "described", "kind_column", "repeated", "way"]

K = TypeVar("K", bound=Hashable)

NO_LAG = timedelta()


def kind_column() -> EnumColumn:
    """The type of a column that holds the kind of a dependency."""
    return EnumColumn(
        DependencyKind,
        native_enum=False,
        create_constraint=True,
        length=20,
        name="dependency_kind",
        values_callable=lambda kinds: [kind.value for kind in kinds],
    )


def described(kind: DependencyKind, lag: timedelta) -> str:
    """A kind of dependency and its lag, for people."""
    if not lag:
        return kind.value
    return f"{kind.value} {'+' if lag > NO_LAG else '-'} {abs(lag)}"


def repeated(
    once: Rule,
    dependency: object,
    others: Iterable[PlanDependency] | Iterable[ProtocolDependency],
    said: tuple[object, object, DependencyKind],
) -> Iterator[ConstraintViolation]:
    """Whether another one says the same: its predecessor, its successor and its kind."""
    for other in others:
        if other is not dependency and (other.predecessor, other.successor, other.kind) == said:
            yield once.violation(
                dependency,
                other,
                found=f"a second time {other}",
                allowed="once",
                remedy="Take the other one away first where its lag was wrong.",
            )


def circle(following: Mapping[K, Iterable[K]]) -> list[K] | None:
    """
    Find a circle: keys each of which is followed by the next, the first again at the end; None without one.

    >>> circle({"mix": ["bake"], "bake": ["eat"], "eat": ["mix"]})
    ['mix', 'bake', 'eat', 'mix']
    """
    done: set[K] = set()
    for start in following:
        if start not in done:
            found = _circle_from(start, following, done)
            if found is not None:
                return found
    return None


def _circle_from(start: K, following: Mapping[K, Iterable[K]], done: set[K]) -> list[K] | None:
    # By hand, since a plan may be deeper than Python's own stack.
    path: dict[K, Iterator[K]] = {start: iter(following.get(start, ()))}
    while path:
        last = next(reversed(path))
        for key in path[last]:
            if key in path:
                keys = list(path)
                return [*keys[keys.index(key) :], key]
            if key not in done:
                path[key] = iter(following.get(key, ()))
                break
        else:
            done.add(last)
            del path[last]
    return None


def way(start: K, to: K, following: Callable[[K], Iterable[K]]) -> list[K] | None:
    """Find keys from `start` up to `to`, each followed by the next; None where no way leads there."""
    came_from: dict[K, K] = {start: start}
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key == to:
            path = [key]
            while path[-1] != start:
                path.append(came_from[path[-1]])
            return path[::-1]
        for each in following(key):
            if each not in came_from:
                came_from[each] = key
                waiting.append(each)
    return None
