"""The API reference: every public name of the library, in the room that a user imports it from."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import ModuleType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from ..patterns.catalogue import PatternRecord
from ..patterns.catalogue.whole import FLOORS, loaded_modules
from ..patterns.constraint import Rule
from .description import Description
from .source import rules_kept, said_of

_WIDEST = 88


@dataclass(frozen=True, slots=True)
class Member:
    """A public method or property of a type, with the first paragraph of its docstring."""

    name: str
    signature: str
    says: str


@dataclass(frozen=True, slots=True)
class PublicName:
    """
    A name that users import.

    Shape:  the `room` that it is imported from; `kind` is a word for what it is; the `rules` that its code
            refuses breaches of; `patterns` are the numbers of those that it is a part of.
    """

    name: str
    room: str
    kind: str
    signature: str
    description: Description
    module: str
    members: tuple[Member, ...] = ()
    rules: tuple[Rule, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    """
    A package that users import from.

    Shape:  `name` is what an import says; the names that are at `home` in it, and those that it `lends`, by
            the room that they are at home in.
    """

    name: str
    says: str
    home: tuple[PublicName, ...]
    lends: tuple[PublicName, ...] = ()


def library_rooms(records: Iterable[PatternRecord]) -> tuple[Room, ...]:
    """The rooms of this library."""
    modules = loaded_modules((*FLOORS, "diagrams"))
    public = (each for each in modules if hasattr(each, "__path__") and "._" not in each.__name__)
    return rooms(public, records)


def rooms(packages: Iterable[ModuleType], records: Iterable[PatternRecord]) -> tuple[Room, ...]:
    """
    The rooms of `packages` that have an `__all__`; each name is explained in the one nearest to its module.

    Shape:  `records` say which names are parts of which patterns.
    """
    public = {each.__name__: each for each in packages if getattr(each, "__all__", None)}
    parts = _parts(records)
    listed: defaultdict[str, list[str]] = defaultdict(list)
    for room, package in public.items():
        for name in package.__all__:
            listed[name].append(room)
    homes: dict[tuple[str, int], PublicName] = {}
    for name, where in listed.items():
        for room in where:
            value = getattr(public[room], name)
            if (name, id(value)) not in homes:
                same = [each for each in where if getattr(public[each], name) is value]
                home = max(same, key=lambda each: (_nearness(value, each), each.count("."), each))
                homes[name, id(value)] = _explained(name, value, home, public[home], parts)
    return tuple(_room(each, public[each], homes) for each in sorted(public))


def _room(name: str, package: ModuleType, homes: Mapping[tuple[str, int], PublicName]) -> Room:
    listed = [homes[each, id(getattr(package, each))] for each in package.__all__]
    return Room(
        name,
        _first_paragraph(package.__doc__),
        tuple(each for each in listed if each.room == name),
        tuple(each for each in listed if each.room != name),
    )


def _nearness(value: Any, room: str) -> int:
    """How many steps of its module's path a value shares with a room that it lies in."""
    module = str(getattr(value, "__module__", None) or "")
    return room.count(".") + 1 if f"{module}.".startswith(f"{room}.") else 0


def _parts(records: Iterable[PatternRecord]) -> Mapping[int, list[str]]:
    numbers: defaultdict[int, list[str]] = defaultdict(list)
    for record in records:
        for part in record.attachment.parts if record.attachment else ():
            numbers[id(part)].append(record.number)
    return numbers


def _explained(
    name: str, value: Any, room: str, package: ModuleType, parts: Mapping[int, list[str]]
) -> PublicName:
    is_code = isinstance(value, type) or inspect.isroutine(value)
    module = str(getattr(value, "__module__", "")) if is_code else ""
    is_ours = module.partition(".")[0] == room.partition(".")[0]
    return PublicName(
        name=name,
        room=room,
        kind=_kind(value),
        signature=_signature(name, value) if is_code else "",
        description=Description.of(value) if is_code else _of_constant(name, value, package),
        module=module,
        members=tuple(_members(value)) if isinstance(value, type) else (),
        rules=rules_kept(value) if is_ours else (),
        patterns=tuple(parts.get(id(value), ())),
    )


def _kind(value: Any) -> str:
    if isinstance(value, Rule):
        return "rule"
    if not isinstance(value, type):
        return "function" if inspect.isroutine(value) else "constant"
    if issubclass(value, BaseException):
        return "error"
    if issubclass(value, Enum):
        return "choice"
    return "entity" if hasattr(value, "__mapper__") else "type"


def _of_constant(name: str, value: Any, package: ModuleType) -> Description:
    says = value.says if isinstance(value, Rule) else said_of(name, value, package)
    return Description(name, _kind(value), (says,) if says else (), (), "")


def _members(kind: type) -> Iterator[Member]:
    if issubclass(kind, Enum):
        yield from (Member(each.name, "", f"`{each.value}`") for each in kind)
    for name, value in sorted(vars(kind).items()):
        function = getattr(value, "fget", None) or getattr(value, "__func__", value)
        if name.startswith("_") or not inspect.isfunction(function) or not function.__doc__:
            continue
        signature = "" if isinstance(value, property) else _signature(name, function, bound=True)
        yield Member(name, signature, _first_paragraph(function.__doc__))


def _first_paragraph(said: str | None) -> str:
    return " ".join(inspect.cleandoc(said or "").split("\n\n")[0].split())


class _Word(str):
    """What is written in a signature as it stands."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _signature(name: str, value: Any, *, bound: bool = False) -> str:
    """How it is called, on one line or on a line for each parameter; empty where nobody can tell."""
    if isinstance(value, type) and issubclass(value, Enum):
        return ""
    try:
        # SQLAlchemy puts an initializer of its own, without annotations, before that of the class.
        original = getattr(getattr(value, "__init__", None), "_sa_original_init", None)
        signature = inspect.signature(original or value)
    except (TypeError, ValueError):
        return ""
    parameters = [
        each.replace(annotation=_annotation(each.annotation), default=_default(each.default))
        for each in signature.parameters.values()
    ]
    if (bound or original) and parameters and parameters[0].name in {"self", "cls"}:
        parameters = parameters[1:]
    returned = (
        inspect.Signature.empty if isinstance(value, type) else _annotation(signature.return_annotation)
    )
    written = name + str(inspect.Signature(parameters, return_annotation=returned))
    if len(written) <= _WIDEST or not parameters:
        return written
    tail = str(inspect.Signature(return_annotation=returned)).removeprefix("()")
    return f"{name}(\n{''.join(f'    {line},{chr(10)}' for line in _lines(parameters))}){tail}"


def _lines(parameters: list[inspect.Parameter]) -> list[str]:
    """Each parameter, and the stars and strokes between them, as in the whole signature."""
    whole = inspect.Signature(parameters)
    lines: list[str] = []
    for count in range(1, len(parameters) + 1):
        each = parameters[count - 1]
        is_first_keyword = each.kind is inspect.Parameter.KEYWORD_ONLY and not any(
            before.kind in {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_POSITIONAL}
            for before in parameters[: count - 1]
        )
        lines += ["*"] if is_first_keyword else []
        lines.append(str(whole.parameters[each.name]))
    return lines


def _annotation(annotation: Any) -> Any:
    return annotation if annotation is inspect.Signature.empty else _Word(_type_written(annotation))


def _type_written(annotation: Any) -> str:
    """As a reader would write it: what a type is annotated with is told by the docstring, in words."""
    if isinstance(annotation, str):
        return annotation
    if annotation in (None, type(None), Ellipsis):
        return "..." if annotation is Ellipsis else "None"
    origin, within = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type_written(within[0])
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, within))}]"
    if origin in {Union, UnionType}:
        return " | ".join(map(_type_written, within))
    name = str(getattr(origin or annotation, "__qualname__", origin or annotation))
    written = "..." if " at 0x" in name else name.replace("typing.", "")
    return f"{written}[{', '.join(map(_type_written, within))}]" if within else written


def _default(default: Any) -> Any:
    if default is inspect.Signature.empty or default is None:
        return default
    written = str(default) if isinstance(default, Enum) else repr(default)
    # An object without a name of its own would show where in memory it lies.
    return _Word("..." if " at 0x" in written or len(written) > 60 or "<" in written else written)
