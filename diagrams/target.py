"""Finds what should be drawn: a module, a package, or a class in one."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Engine, MetaData, Table, inspect
from sqlalchemy.orm import DeclarativeBase, Mapper, registry

from .annotations import key_of
from .ddl import ddl_tables, is_ddl
from .errors import TargetError
from .live import is_url, live_tables
from .mapped import reached, read_mapped
from .model import TypeGraph
from .plain import is_plain, read_plain
from .tables import Tables, read_tables, table_key, tables_in_order
from .values import with_values

_TARGET = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?::(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*))?")


Read = dict[tuple[Mapper[Any], ...], TypeGraph]
"""What was read already, by the mappers that were asked for."""

Target = str | ModuleType | type | MetaData | URL | Engine | Path


def type_graph(target: Target, *, depth: int = 1, partial: bool = False, values: bool = False) -> TypeGraph:
    """
    Read the types of `target` into a graph.

    Shape:  `target` is a module or package (every class that is mapped in it or below; where there is
            none, its dataclasses and pydantic models), a declarative base (every class mapped with it) or
            a class; as an object or written `package.module` or `package.module:Name`. Types within
            `depth` steps of these are shown as neighbours, 1 unless told otherwise: all of a class's, and
            of the rest what it refers to and its supertypes. A base means also what is mapped with another
            one to tables of its metadata. With `values`, the value types that classes are composed of are
            types too. Of anything that holds tables and no classes, it is `table_graph`.
    Errors: `TargetError` where nothing is found to draw, or loading it fails; `HintError` where a class's
            word on its own figure cannot be read. With `partial`, what cannot be loaded or configured is left
            out if anything is left, and the graph's `partial` says why.
    """
    return _read(target, depth, {}, partial=partial, values=values)


def type_graphs(targets: Iterable[str], *, depth: int = 1) -> Iterator[TypeGraph]:
    """
    Read several targets, one after the other, as `type_graph` would, but no model twice.

    Errors: as `type_graph`, when the turn comes to the target.
    """
    read: Read = {}
    for target in targets:
        yield _read(target, depth, read)


def _read(
    target: Target, depth: int, read: Read, *, partial: bool = False, values: bool = False
) -> TypeGraph:
    if holds_tables(target):
        return table_graph(target, depth=depth, partial=partial)
    found = _loaded(target) if isinstance(target, str) else target
    reasons: list[str] | None = [] if partial else None
    title = target if isinstance(target, str) else _name(target)
    mappers = list(_mappers(found, reasons))
    if mappers:
        graph = _mapped(title, mappers, read, partial=partial)
        wanted = [key_of(mapper.class_) for mapper in mappers]
    else:
        classes = [each for each in _classes(found, reasons) if is_plain(each)]
        graph = read_plain(title, classes)
        wanted = [key_of(class_) for class_ in classes]
    inside = [key for key in wanted if key in graph.links]
    if not inside:
        because = "".join(f"; {reason}" for reason in reasons or ())
        raise TargetError(f"{title} holds no mapped class, dataclass or pydantic model to draw{because}")
    if reasons:
        graph = graph.in_part(reasons)
    if values and mappers:
        graph = with_values(graph, mappers)
    return graph.around(inside, depth, outward=not isinstance(found, type) or _is_base(found))


def _mapped(title: str, mappers: list[Mapper[Any]], read: Read, *, partial: bool) -> TypeGraph:
    """The graph of all that is mapped together with `mappers`, which is read once."""
    if partial:
        return read_mapped(title, mappers, partial=True)
    together = tuple(reached(mappers))
    if together not in read:
        read[together] = read_mapped(title, together)
    return read[together].titled(title)


def table_graph(
    target: Target,
    *,
    depth: int = 1,
    schemas: Sequence[str] = (),
    dialect: str | None = None,
    partial: bool = False,
) -> TypeGraph:
    """
    Read the tables of `target` into a graph.

    Shape:  `target` is SQLAlchemy's metadata; what `type_graph` takes, for the tables of the classes; an
            engine or a database's URL, for the tables of its `schemas`, or of the one by default; or SQL, as
            text or a file, in a `dialect` that is guessed where it is not told. Of classes, tables within
            `depth` steps are neighbours. A database is only read.
    Errors: `TargetError` where there are no tables, they cannot be read, or a foreign key leads nowhere; with
            `partial`, what can be read is, and the graph's `partial` says what is missing. No message says a
            password.
    """
    if isinstance(target, MetaData):
        tables = tables_in_order(target.tables.values())
        if not tables:
            raise TargetError("the metadata holds no tables")
        return read_tables(Tables("tables", tables), partial=partial)
    if isinstance(target, URL | Engine) or (isinstance(target, str) and is_url(target)):
        return read_tables(live_tables(target, schemas), partial=partial)
    if isinstance(target, Path) or (isinstance(target, str) and is_ddl(target)):
        return read_tables(ddl_tables(target, dialect), partial=partial)
    return _of_classes(target, depth, partial=partial)


def _of_classes(target: str | ModuleType | type, depth: int, *, partial: bool) -> TypeGraph:
    """The tables that classes are mapped to."""
    found = _loaded(target) if isinstance(target, str) else target
    reasons: list[str] | None = [] if partial else None
    title = target if isinstance(target, str) else _name(target)
    mappers = list(_mappers(found, reasons))
    owners = {
        mapper.local_table: mapper.class_
        for mapper in sorted({each for mapper in mappers for each in mapper.registry.mappers}, key=_by_key)
        if isinstance(mapper.local_table, Table) and _keeps(mapper)
    }
    wanted = {each.local_table for each in mappers if isinstance(each.local_table, Table)}
    if not wanted:
        raise TargetError(f"{title} holds no class that is mapped to a table")
    metadatas = {table.metadata for table in wanted}
    tables = tables_in_order(table for metadata in metadatas for table in metadata.tables.values())
    graph = read_tables(
        Tables(title, tables, owners, reasons=tuple(dict.fromkeys(reasons or ()))), partial=partial
    )
    if _is_base(found) or isinstance(found, registry):
        return graph
    inside = {table_key(table.schema, table.name) for table in wanted}
    if not isinstance(found, type):
        owned = {table_key(table.schema, table.name) for table in owners}
        inside |= {each.source.type for each in graph.associations if each.target.type in inside} - owned
    return graph.around(inside, depth, outward=not isinstance(found, type))


def holds_tables(target: Target) -> bool:
    """Whether it is tables and no classes: metadata, a database, or SQL."""
    return isinstance(target, MetaData | URL | Engine) or is_url(target) or is_ddl(target)


def _by_key(mapper: Mapper[Any]) -> str:
    return key_of(mapper.class_)


def _keeps(mapper: Mapper[Any]) -> bool:
    """Whether the table is the mapper's own, and not its supertype's."""
    return mapper.inherits is None or mapper.inherits.local_table is not mapper.local_table


def _name(target: Any) -> str:
    return key_of(target) if isinstance(target, type) else str(getattr(target, "__name__", "tables"))


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


def _modules(package: ModuleType, reasons: list[str] | None = None) -> Iterator[ModuleType]:
    """The package and all below it; what cannot be loaded is told to `reasons` where there are such."""
    yield package
    for found in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{package.__name__}."):
        if not found.name.endswith(".__main__"):
            try:
                module = _module(found.name)
            except TargetError as failure:
                if reasons is None:
                    raise
                reasons.append(str(failure))
            else:
                yield from _modules(module, reasons)


def _is_base(found: Any) -> bool:
    return isinstance(getattr(found, "registry", None), registry) and inspect(found, raiseerr=False) is None


def _bases(class_: type[Any]) -> Iterator[type[Any]]:
    for subclass in class_.__subclasses__():
        if _is_base(subclass):
            yield subclass
        yield from _bases(subclass)


def _is_in(mapper: Mapper[Any], metadata: MetaData) -> bool:
    return isinstance(mapper.local_table, Table) and mapper.local_table.metadata is metadata


def _mappers(found: Any, reasons: list[str] | None = None) -> Iterator[Mapper[Any]]:
    if isinstance(found, registry):
        yield from found.mappers
    elif _is_base(found):
        yield from found.registry.mappers
        for base in _bases(DeclarativeBase):
            if base.registry is not found.registry:
                yield from (each for each in base.registry.mappers if _is_in(each, found.metadata))
    else:
        for class_ in _classes(found, reasons):
            mapper: Any = inspect(class_, raiseerr=False)
            if isinstance(mapper, Mapper):
                yield mapper


def _classes(found: Any, reasons: list[str] | None = None) -> Iterator[type]:
    if isinstance(found, type):
        yield found
        return
    for module in _modules(found, reasons):
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == module.__name__:
                yield value
