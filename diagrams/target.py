"""Finds what should be drawn: a module, a package, or a class in one."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from sqlalchemy import MetaData, Table, inspect
from sqlalchemy.orm import DeclarativeBase, Mapper, registry

from .annotations import key_of
from .errors import TargetError
from .mapped import reached, read_mapped
from .model import TypeGraph
from .plain import is_plain, read_plain

_TARGET = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?::(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*))?")


Read = dict[tuple[Mapper[Any], ...], TypeGraph]
"""What was read already, by the mappers that were asked for."""


def type_graph(target: str | ModuleType | type, *, depth: int = 1) -> TypeGraph:
    """
    Read the types of `target` into a graph.

    Shape:  `target` is a module or package (every class that is mapped in it or below; where there is
            none, its dataclasses and pydantic models), a declarative base (every class mapped with it) or
            a class; as an object or written `package.module` or `package.module:Name`. Types within
            `depth` steps of these are shown as neighbours, 1 unless told otherwise: all of a class's, and
            of the rest what it refers to and its supertypes. A base means also what is mapped with another
            one to tables of its metadata.
    Errors: `TargetError` where nothing is found to draw, or loading it fails; `HintError` where a class's
            word on its own figure cannot be read.
    """
    return _read(target, depth, {})


def type_graphs(targets: Iterable[str], *, depth: int = 1) -> Iterator[TypeGraph]:
    """
    Read several targets, one after the other, as `type_graph` would, but no model twice.

    Errors: as `type_graph`, when the turn comes to the target.
    """
    read: Read = {}
    for target in targets:
        yield _read(target, depth, read)


def _read(target: str | ModuleType | type, depth: int, read: Read) -> TypeGraph:
    found = _loaded(target) if isinstance(target, str) else target
    title = target if isinstance(target, str) else _name(target)
    mappers = list(_mappers(found))
    if mappers:
        graph = _mapped(title, mappers, read)
        wanted = [key_of(mapper.class_) for mapper in mappers]
    else:
        classes = [each for each in _classes(found) if is_plain(each)]
        graph = read_plain(title, classes)
        wanted = [key_of(class_) for class_ in classes]
    inside = [key for key in wanted if key in graph.links]
    if not inside:
        raise TargetError(f"{title} holds no mapped class, dataclass or pydantic model to draw")
    return graph.around(inside, depth, outward=not isinstance(found, type) or _is_base(found))


def _mapped(title: str, mappers: Iterable[Mapper[Any]], read: Read) -> TypeGraph:
    """The graph of all that is mapped together with `mappers`, which is read once."""
    together = tuple(reached(mappers))
    if together not in read:
        read[together] = read_mapped(title, together)
    return read[together].titled(title)


def _name(target: ModuleType | type) -> str:
    return key_of(target) if isinstance(target, type) else target.__name__


def _loaded(target: str) -> Any:
    match = _TARGET.fullmatch(target)
    if match is None:
        raise TargetError(f"a target reads package.module or package.module:Name, not {target!r}")
    found: Any = _module(match["module"])
    for name in match["name"].split(".") if match["name"] else ():
        if not hasattr(found, name):
            near = difflib.get_close_matches(name, vars(found), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise TargetError(f"{match['module']} has no {match['name']}{hint}")
        found = getattr(found, name)
    if not isinstance(found, ModuleType | type | registry):
        raise TargetError(f"{target} is {type(found).__name__}, not a module or a class")
    return found


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as failure:
        # Importing runs other people's code, which may raise anything.
        if (
            isinstance(failure, ModuleNotFoundError)
            and failure.name
            and f"{name}.".startswith(f"{failure.name}.")
        ):
            raise TargetError(f"there is no module {name}") from failure
        raise TargetError(f"loading {name} fails: {type(failure).__name__}: {failure}") from failure


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for found in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{package.__name__}."):
        if not found.name.endswith(".__main__"):
            yield from _modules(_module(found.name))


def _is_base(found: Any) -> bool:
    return isinstance(getattr(found, "registry", None), registry) and inspect(found, raiseerr=False) is None


def _bases(class_: type[Any]) -> Iterator[type[Any]]:
    for subclass in class_.__subclasses__():
        if _is_base(subclass):
            yield subclass
        yield from _bases(subclass)


def _is_in(mapper: Mapper[Any], metadata: MetaData) -> bool:
    return isinstance(mapper.local_table, Table) and mapper.local_table.metadata is metadata


def _mappers(found: Any) -> Iterator[Mapper[Any]]:
    if isinstance(found, registry):
        yield from found.mappers
    elif _is_base(found):
        yield from found.registry.mappers
        for base in _bases(DeclarativeBase):
            if base.registry is not found.registry:
                yield from (each for each in base.registry.mappers if _is_in(each, found.metadata))
    else:
        for class_ in _classes(found):
            mapper: Any = inspect(class_, raiseerr=False)
            if isinstance(mapper, Mapper):
                yield mapper


def _classes(found: Any) -> Iterator[type]:
    if isinstance(found, type):
        yield found
        return
    for module in _modules(found):
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == module.__name__:
                yield value
