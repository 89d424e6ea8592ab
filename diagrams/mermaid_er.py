"""Writes a graph of tables as Mermaid's entity-relationship diagram."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from .model import Association, Attribute, Key, Kind, Type, TypeGraph
from .multiplicity import Multiplicity
from .text import mermaid

_KEYS = {Key.PRIMARY: "PK", Key.FOREIGN: "FK", Key.UNIQUE: "UK"}
# A type and a column's name are bare words there, so that what could end one is put as a line.
_NO_WORD = re.compile(r"[^\w\-]+")


def is_of_tables(graph: TypeGraph) -> bool:
    """Whether all that is drawn is tables."""
    return all(type_.kind is Kind.TABLE for type_ in graph.types)


def entity_diagram(graph: TypeGraph) -> str:
    """Tables with their columns, and crow's feet between them."""
    names = {type_.key: f"t{index}" for index, type_ in enumerate(graph.types)}
    lines = ["erDiagram", *(f"    %% Partial: {mermaid(reason)}" for reason in graph.partial)]
    for type_ in graph.types:
        lines += _entity(names[type_.key], type_)
    lines += [_relationship(each, names) for each in graph.associations]
    return "\n".join(lines) + "\n"


def _entity(name: str, type_: Type) -> Iterator[str]:
    head = f'    {name}["{mermaid(type_.name)}"]'
    if not type_.attributes:
        yield head
        return
    yield f"{head} {{"
    for column in type_.attributes:
        yield f"        {_column(column)}"
    yield "    }"


def _column(column: Attribute) -> str:
    marks = _marks(column.keys)
    remarks = [part for part in ("null" if column.optional else "", column.comment) if part]
    remark = f'"{mermaid("; ".join(remarks))}"' if remarks else ""
    return " ".join(part for part in (_word(column.type), _word(column.name), marks, remark) if part)


@cache
def _marks(keys: Key) -> str:
    return ",".join(mark for key, mark in _KEYS.items() if key in keys)


@lru_cache(maxsize=4096)
def _word(text: str) -> str:
    word = _NO_WORD.sub("_", text).strip("_") or "_"
    return word if re.match(r"[^\W\d]", word) else f"_{word}"


def _relationship(association: Association, names: dict[str, str]) -> str:
    source, target = association.source, association.target
    line = f"{_mark(source.multiplicity, '}', '|')}--{_mark(target.multiplicity, '{', '|')[::-1]}"
    role = mermaid(target.role or source.role)
    return f'    {names[source.type]} {line} {names[target.type]} : "{role}"'


def _mark(multiplicity: Multiplicity, many: str, one: str) -> str:
    """The crow's foot as it is written on the left: outermost first."""
    return f"{many if multiplicity.is_many else one}{'|' if multiplicity.fewest else 'o'}"
