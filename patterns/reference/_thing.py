"""From a key in the registry of things to the object that it belongs to (5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import Mapper

from ..errors import AnalysisPatternsError
from ..persistence.registry import Referable, Thing
from ..persistence.session import Session

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

    Errors: `AnalysisPatternsError` where the registry has no such thing, or nobody loaded its class.
    """
    if kind is None:
        registered = session.get(Thing, key)
        if registered is None:
            raise AnalysisPatternsError(f"the registry of things has no {key}")
        kind = registered.kind
    return session.get_one(class_of(kind), key)


def entities_of(session: Session, keys: Iterable[UUID]) -> list[Referable]:
    """The objects themselves, in the order of `keys`."""
    return [entity_of(session, key) for key in keys]


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
