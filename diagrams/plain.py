"""Reads a model from dataclasses, pydantic models and classes that ask for it, by their annotated fields."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from pydantic import BaseModel

from .annotations import key_of, level_of, pattern_of, summary_of, type_name
from .derived import derived_attributes, derived_links
from .lengths import held
from .model import (
    Association,
    AssociationEnd,
    Attribute,
    Generalization,
    Inheritance,
    Kind,
    Type,
    TypeGraph,
)
from .multiplicity import MANY


def is_plain(class_: object) -> bool:
    """Whether it is a dataclass, a pydantic model or says `__figure__ = True`, and does not hide."""
    if not isinstance(class_, type) or class_ is BaseModel or vars(class_).get("__figure__") is False:
        return False
    asks = getattr(class_, "__figure__", None) is True
    return asks or dataclasses.is_dataclass(class_) or issubclass(class_, BaseModel)


def read_plain(title: str, classes: Iterable[type]) -> TypeGraph:
    """
    The graph of `classes` and of every dataclass and pydantic model that their fields lead to.

    Shape:  a field that holds another of them, or a collection of them, is an association; any other field
            is an attribute. Nothing tells how many hold one: any number.
    """
    known = _reached(classes)
    types = [
        Type(
            key,
            class_.__name__,
            Kind.DOCUMENT if issubclass(class_, BaseModel) else Kind.VALUE,
            level=level_of(class_),
            pattern=pattern_of(class_),
            summary=summary_of(class_),
            abstract=inspect.isabstract(class_),
            attributes=(*_attributes(class_), *derived_attributes(class_, known)),
        )
        for key, class_ in known.items()
    ]
    links = [link for class_ in known.values() for link in _links(class_)]
    return TypeGraph(title, types, [*links, *derived_links(known)])


def _reached(classes: Iterable[type]) -> dict[str, type]:
    found: dict[str, type] = {}
    waiting = list(classes)
    while waiting:
        class_ = waiting.pop()
        if is_plain(class_) and key_of(class_) not in found:
            found[key_of(class_)] = class_
            waiting += class_.__bases__
            waiting += [target for _, annotation in _fields(class_) for target in _held(annotation)]
    return dict(sorted(found.items()))


def _fields(class_: Any) -> Iterator[tuple[str, Any]]:
    """The fields that the class adds to those of its bases, with their resolved types."""
    resolved = _hints(class_)
    inherited = {name for base in class_.__mro__[1:] for name in inspect.get_annotations(base)}
    if issubclass(class_, BaseModel):
        names = list(class_.model_fields)
    elif dataclasses.is_dataclass(class_):
        names = [field.name for field in dataclasses.fields(class_)]
    else:
        names = [name for name in inspect.get_annotations(class_) if not _is_of_class(resolved.get(name))]
    for name in names:
        if not name.startswith("_") and name not in inherited:
            yield name, resolved.get(name)


def _is_of_class(annotation: Any) -> bool:
    return annotation is typing.ClassVar or typing.get_origin(annotation) is typing.ClassVar


def _demands(class_: type, name: str) -> list[Any]:
    """What a model's field demands of its value, apart from its type."""
    field = class_.model_fields.get(name) if issubclass(class_, BaseModel) else None
    return field.metadata if field is not None else []


def _hints(class_: type, *, include_extras: bool = False) -> dict[str, Any]:
    try:
        return typing.get_type_hints(class_, include_extras=include_extras)
    except (NameError, TypeError, AttributeError, SyntaxError):
        # A name that is imported for type checkers only: what was written has to do.
        return {name: each for base in class_.__mro__ for name, each in inspect.get_annotations(base).items()}


def _held(annotation: Any) -> list[type]:
    """The dataclasses and models inside an annotation."""
    if is_plain(annotation):
        return [annotation]
    origin = typing.get_origin(annotation)
    held = [each for part in typing.get_args(annotation) for each in _held(part)]
    return [origin, *held] if is_plain(origin) else held


def _attributes(class_: type) -> Iterator[Attribute]:
    for name, annotation in _fields(class_):
        if not _held(annotation):
            yield Attribute(
                name,
                type_name(annotation) or "Any",
                optional=type(None) in typing.get_args(annotation),
                choices=_choices(annotation),
            )


def _choices(annotation: Any) -> tuple[str, ...]:
    is_enumeration = isinstance(annotation, type) and issubclass(annotation, Enum)
    return tuple(str(each.value) for each in annotation.__members__.values()) if is_enumeration else ()


def _links(class_: type) -> Iterator[Association | Generalization]:
    for base in class_.__bases__:
        if is_plain(base):
            yield Generalization(key_of(base), key_of(class_), Inheritance.PLAIN)
    detailed = _hints(class_, include_extras=True)
    for name, annotation in _fields(class_):
        for target in dict.fromkeys(_held(annotation)):
            count = held(detailed.get(name, annotation), target, _demands(class_, name))
            yield Association(
                AssociationEnd(key_of(class_), MANY),
                AssociationEnd(key_of(target), count, name),
            )
