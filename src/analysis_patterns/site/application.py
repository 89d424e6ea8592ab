"""An application as the site shows it: its modules, the patterns of its types, its rules."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType

from sqlalchemy.orm import QueryableAttribute

from ..diagrams import PatternMark, TypeGraph, draw, marks_of, type_graph
from ..diagrams import Type as DrawnType
from ..diagrams.marks import section
from ..patterns.catalogue import PatternRecord
from ..patterns.constraint import RULES, Rule
from .description import Description
from .stored import StoredTable, stored

_MOST_ON_A_SHEET = 20
"""A sheet with more types is read by nobody; then each type has its own."""


@dataclass(frozen=True, slots=True)
class Member:
    """What others may call on a type: its `name`, how it is called, and the first sentence about it."""

    name: str
    signature: str
    summary: str


@dataclass(frozen=True, slots=True)
class OwnType:
    """
    A type of the application.

    Shape:  what it says of itself, the patterns that it comes from, its tables, its members; `figure` is
            the SVG of it and its neighbours, where its module has no picture of all.
    """

    name: str
    description: Description
    marks: tuple[PatternMark, ...]
    tables: tuple[StoredTable, ...]
    members: tuple[Member, ...]
    figure: str = ""

    @property
    def numbers(self) -> tuple[str, ...]:
        """The sections of the patterns, in order, each once."""
        return tuple(dict.fromkeys(mark.number for mark in self.marks))

    @property
    def kind(self) -> str:
        """Whether its objects are kept: `mapped`, or a plain `type`."""
        return "mapped" if self.tables else "type"


@dataclass(frozen=True, slots=True)
class OwnModule:
    """A module of the application: its picture, empty where none fits on a sheet, and its types."""

    name: str
    summary: str
    figure: str
    types: tuple[OwnType, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """
    What uses the patterns.

    Shape:  its modules by name; the rules that it states; the patterns used, each with its types.
    """

    name: str
    modules: tuple[OwnModule, ...]
    rules: tuple[Rule, ...]
    uses: tuple[tuple[PatternRecord, tuple[tuple[OwnModule, OwnType], ...]], ...]

    @property
    def types(self) -> tuple[OwnType, ...]:
        """Every type, by module and name."""
        return tuple(type_ for module in self.modules for type_ in module.types)


def application(target: str, records: Iterable[PatternRecord]) -> Application:
    """
    Read the application `target`: a module, a package, or the base that its classes are mapped with.

    Shape:  `records` is the whole catalogue, made before: a rule that it did not find stated already is the
            application's.
    Errors: `TargetError` where the target cannot be loaded, or holds nothing to draw.
    """
    # Each of the library's rules belongs to a pattern of the book, and so is in the records.
    stated = {rule.name for record in records for rule in record.constraints}
    graph = type_graph(target)
    marks = marks_of(graph)
    inside = [each for each in graph.types if not each.outside]
    modules = tuple(
        _module(name, [each for each in inside if _module_of(each) == name], graph, marks)
        for name in sorted({*map(_module_of, inside), *_loaded(target)})
    )
    shown = tuple(each for each in modules if each.types)
    return Application(
        target,
        shown,
        tuple(rule for name, rule in sorted(RULES.items()) if name not in stated),
        tuple(_uses(shown, records)),
    )


def _loaded(target: str) -> Iterator[str]:
    """The target's modules, which reading it has loaded."""
    root, _, name = target.partition(":")
    if not name:
        yield from (each for each in sys.modules if each == root or each.startswith(f"{root}."))


def _module_of(type_: DrawnType) -> str:
    return type_.key.partition(":")[0]


def _module(
    name: str, drawn: list[DrawnType], graph: TypeGraph, marks: Mapping[str, tuple[PatternMark, ...]]
) -> OwnModule:
    module = sys.modules[name]
    keys = [each.key for each in drawn]
    is_crowded = len(keys) > _MOST_ON_A_SHEET
    figures = {key: draw(graph.around([key], 1).titled(key)) for key in keys if is_crowded}
    whole = "" if is_crowded or not keys else draw(graph.around(keys, 1, outward=True).titled(name))
    classes = {f"{name}:{each.__qualname__}": each for each in _public(name)}
    return OwnModule(
        name,
        " ".join((inspect.getdoc(module) or "").split("\n\n")[0].split()),
        whole,
        tuple(
            _type(class_, marks.get(key, ()), figures.get(key, "")) for key, class_ in sorted(classes.items())
        ),
    )


def _public(name: str) -> Iterator[type]:
    for value in vars(sys.modules[name]).values():
        is_own = isinstance(value, type) and value.__module__ == name
        if is_own and not value.__name__.startswith("_"):
            yield value


def _type(class_: type, marks: tuple[PatternMark, ...], figure: str) -> OwnType:
    return OwnType(
        class_.__qualname__,
        Description.of(class_),
        marks,
        tuple(_own_tables(class_)),
        tuple(_members(class_)),
        figure,
    )


def _own_tables(class_: type) -> Iterator[StoredTable]:
    """The table that the class adds; those of its supertypes are shown with them."""
    for table in stored([class_]):
        if table.name == getattr(getattr(class_, "__table__", None), "name", None):
            yield table


def _members(class_: type) -> Iterator[Member]:
    """What the class itself defines for others: its functions and properties, in the order of writing."""
    for name, value in vars(class_).items():
        function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if name.startswith("_") or isinstance(value, QueryableAttribute):
            continue
        if isinstance(value, property):
            yield Member(name, name, _summary(value))
        elif isinstance(function, FunctionType):
            bound = not isinstance(value, staticmethod)
            yield Member(name, _call(name, function, bound=bound), _summary(function))


class _Word(str):
    """An annotation as it was written, to stand in a signature without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _call(name: str, function: FunctionType, *, bound: bool) -> str:
    """How the function is called, without what it is called on."""
    signature = inspect.signature(function)
    parameters = [
        each.replace(annotation=_written(each.annotation)) for each in signature.parameters.values()
    ]
    shown = signature.replace(
        parameters=parameters[1:] if bound else parameters,
        return_annotation=_written(signature.return_annotation),
    )
    return f"{name}{shown}"


def _written(annotation: object) -> object:
    return _Word(annotation) if isinstance(annotation, str) else annotation


def _summary(member: object) -> str:
    said = (inspect.getdoc(member) or "").split("\n\n")[0]
    return " ".join(said.split())


def _uses(
    modules: Iterable[OwnModule], records: Iterable[PatternRecord]
) -> Iterator[tuple[PatternRecord, tuple[tuple[OwnModule, OwnType], ...]]]:
    by_number = {record.number: record for record in records}
    found: dict[str, list[tuple[OwnModule, OwnType]]] = {}
    for module in modules:
        for type_ in module.types:
            for number in type_.numbers:
                found.setdefault(number, []).append((module, type_))
    for number in sorted(found, key=section):
        if number in by_number:
            yield by_number[number], tuple(found[number])
