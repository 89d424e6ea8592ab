"""From a key in the registry of things to the object that it belongs to (5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Mapper

from ..errors import AnalysisPatternsError
from ..persistence.registry import Referable, Thing
from ..persistence.session import Session

_AT_ONCE = 500
_CLASSES: dict[str, type[Referable]] = {}


def class_of(kind: str) -> type[Referable]:
    """
    The class, ours or an application's, whose objects live in the table `kind`.

    Errors: `AnalysisPatternsError` where no class that is loaded does.
    """
    if kind not in _CLASSES:
        _CLASSES.update({_kind(each): each for each in _mapped(Referable)})
    if kind not in _CLASSES:
        raise AnalysisPatternsError(
            f"no class that is loaded keeps its objects in {kind}; import the module that defines it"
        )
    return _CLASSES[kind]


def entity_of(session: Session, key: UUID, kind: str | None = None) -> Referable:
    """
    The object itself, of whatever class, by its key.

    Errors: `AnalysisPatternsError` where the registry has no such thing, its row was deleted, or nobody
            loaded its class.
    """
    if kind is None:
        registered = session.get(Thing, key)
        if registered is None:
            raise AnalysisPatternsError(f"the registry of things has no {key}")
        kind = registered.kind
    found = session.get(class_of(kind), key)
    if found is None:
        raise AnalysisPatternsError(
            f"{kind} has no row {key} any more, although the registry of things has it"
        )
    return found


def entities_of(session: Session, keys: Iterable[UUID]) -> list[Referable]:
    """
    The objects themselves, in the order of `keys`.

    Errors: as `entity_of`.
    """
    asked = list(keys)
    found: dict[UUID, Referable] = {}
    for some in in_parts(dict.fromkeys(asked)):
        kinds = session.execute(select(Thing.kind, Thing.id).where(Thing.id.in_(some))).all()
        for kind in sorted({each.kind for each in kinds}):
            mapped = class_of(kind)
            of_kind = [each.id for each in kinds if each.kind == kind]
            found |= {each.id: each for each in session.scalars(select(mapped).where(mapped.id.in_(of_kind)))}
    return [found[key] if key in found else entity_of(session, key) for key in asked]


def in_parts(keys: Iterable[UUID]) -> Iterator[list[UUID]]:
    """`keys`, as many at a time as one statement of any database takes."""
    left = list(keys)
    for start in range(0, len(left), _AT_ONCE):
        yield left[start : start + _AT_ONCE]


def kind_of(thing: Referable) -> str:
    """The table that a thing lives in, as the registry has it."""
    return _kind(type(thing))


def spoken(thing: object) -> str:
    """How a thing is called in what people read: by its own words, or by its class and key."""
    if type(thing).__str__ is not object.__str__:
        return str(thing)
    return f"{type(thing).__name__} {getattr(thing, 'id', '')}".strip()


def _kind(mapped: type[Referable]) -> str:
    mapper: Mapper[Any] = inspect(mapped)
    table: Any = mapper.base_mapper.local_table
    name: str = table.name
    return name


def _mapped(parent: type[Referable]) -> Iterator[type[Referable]]:
    for child in parent.__subclasses__():
        mapper = inspect(child, raiseerr=False)
        # Of a class and its subtypes in one registry, the base answers for all of them.
        if mapper is not None:
            yield mapper.base_mapper.class_
        else:
            yield from _mapped(child)
