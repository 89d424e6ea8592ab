"""The types of a model and how they are connected: one graph, of which every drawing is a rendering."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from enum import Enum, Flag, auto
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

import networkx as nx
from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from .errors import TargetError
from .multiplicity import Multiplicity

if TYPE_CHECKING:
    Links = nx.MultiDiGraph[str]
else:
    Links = nx.MultiDiGraph


class Kind(Enum):
    """What a type is."""

    ENTITY = "entity"
    VALUE = "value"
    DOCUMENT = "document"
    TABLE = "table"


class Key(Flag):
    """Which keys of its table a column is in; it can be in several."""

    NONE = 0
    PRIMARY = auto()
    FOREIGN = auto()
    UNIQUE = auto()


def _written(keys: Key) -> list[str]:
    return [key.name.lower() for key in keys if key.name]


def _read(names: object) -> Key:
    if isinstance(names, Key):
        return names
    known = {key.name.lower(): key for key in Key if key.name}
    if not isinstance(names, list) or not all(isinstance(name, str) and name in known for name in names):
        raise ValueError(f"keys are a list of {', '.join(known)}")
    return reduce(or_, (known[name] for name in names), Key.NONE)


# A flag is a number; in a document it is the names of what it holds.
_KEY_NAMES = {"type": "array", "items": {"enum": ["primary", "foreign", "unique"]}}
Keys = Annotated[Key, PlainSerializer(_written), PlainValidator(_read), WithJsonSchema(_KEY_NAMES)]


class Inheritance(Enum):
    """Where a subtype keeps what it adds."""

    SINGLE_TABLE = "single table"
    JOINED = "joined tables"
    CONCRETE = "tables of their own"
    PLAIN = "no tables"


@dataclass(frozen=True, slots=True)
class Attribute:
    """
    A property of a type that is no association.

    Shape:  its name and the name of its type; `identity` is whether it alone is the key; `choices` are an
            enumeration's values; `column` is how the database calls its columns, empty where it keeps none;
            of a column of a table, `keys` are the keys that it is in.
    """

    name: str
    type: str
    optional: bool = False
    derived: bool = False
    identity: bool = False
    choices: tuple[str, ...] = ()
    column: str = ""
    comment: str = ""
    keys: Keys = Key.NONE


@dataclass(frozen=True, slots=True)
class Type:
    """
    A type that can be drawn.

    Shape:  `key` is `module:Name`, unique in a graph; `level` and `pattern` are what the class says of
            itself; `summary` is the first sentence of its docstring, or a table's comment; `constraints`
            are what its table demands of a row or of several, as SQL would say it; `outside` is whether it
            is shown only as a neighbour of what was asked for.
    """

    key: str
    name: str
    kind: Kind = Kind.ENTITY
    level: str = ""
    pattern: str = ""
    summary: str = ""
    table: str = ""
    abstract: bool = False
    attributes: tuple[Attribute, ...] = ()
    constraints: tuple[str, ...] = ()
    outside: bool = False


@dataclass(frozen=True, slots=True)
class AssociationEnd:
    """
    How one type is seen from the other: as what `role`, how many, in order or not, derived or not.

    Shape:  `role` is empty where the other type cannot navigate to this one.
    """

    type: str
    multiplicity: Multiplicity
    role: str = ""
    ordered: bool = False
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Association:
    """
    A link between the instances of two types, seen from both.

    Shape:  `source` refers to `target`; of a whole and its parts, the whole is the source.
    """

    source: AssociationEnd
    target: AssociationEnd

    @property
    def derived(self) -> bool:
        """Whether either end is computed."""
        return self.source.derived or self.target.derived


@dataclass(frozen=True, slots=True)
class Generalization:
    """That every instance of `subtype` is one of `supertype`."""

    supertype: str
    subtype: str
    inheritance: Inheritance


class TypeGraph:
    """
    Types, associations and generalizations.

    Shape:  `links` is the networkx graph itself: a node for each type, with the `Type` as its attribute
            `type`; an edge for each association and generalization, with that as its attribute `link`.
            `partial` says why it is not the whole of what was asked for; it is empty where it is.
            Everything is given out sorted, so that nothing depends on the order of discovery.
    """

    def __init__(
        self,
        title: str,
        types: Iterable[Type],
        links: Iterable[Association | Generalization] = (),
        *,
        partial: Iterable[str] = (),
    ) -> None:
        self.title = title
        self.partial = tuple(partial)
        self.links: Links = nx.MultiDiGraph()
        for type_ in sorted(types, key=lambda each: each.key):
            self.links.add_node(type_.key, type=type_)
        for link in sorted(links, key=repr):
            upper, lower = ends_of(link)
            if upper in self.links and lower in self.links:
                self.links.add_edge(upper, lower, link=link)

    @property
    def types(self) -> tuple[Type, ...]:
        """Every type, by key."""
        return tuple(attributes["type"] for _, attributes in self.links.nodes(data=True))

    @property
    def associations(self) -> tuple[Association, ...]:
        """Every association, once."""
        return tuple(link for link in self._links() if isinstance(link, Association))

    @property
    def generalizations(self) -> tuple[Generalization, ...]:
        """Every pair of a supertype and its direct subtype."""
        return tuple(link for link in self._links() if isinstance(link, Generalization))

    @property
    def lines(self) -> tuple[Association | Generalization, ...]:
        """Every association and generalization, those first."""
        return *self.associations, *self.generalizations

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TypeGraph):
            return NotImplemented
        return self._contents() == other._contents()

    def __hash__(self) -> int:
        return hash(self._contents())

    def _contents(self) -> tuple[object, ...]:
        return self.title, self.types, self.associations, self.generalizations, self.partial

    def _links(self) -> Iterator[Association | Generalization]:
        for _, _, attributes in self.links.edges(data=True):
            yield attributes["link"]

    def named(self, name: str) -> Type:
        """
        The type called `name`, or whose key it is.

        Errors: `TargetError` where there is none, or several.
        """
        found = [type_ for type_ in self.types if name in (type_.key, type_.name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise TargetError(
                f"{self.title} has several types called {name}: {_listed(t.key for t in found)}"
            )
        raise TargetError(
            f"{self.title} has no type called {name}; it has {_listed(t.name for t in self.types)}"
        )

    def in_part(self, reasons: Iterable[str]) -> TypeGraph:
        """The same graph, which is not the whole of what was asked for, for these reasons as well."""
        other = copy(self)
        other.partial = tuple(dict.fromkeys((*reasons, *self.partial)))
        return other

    def titled(self, title: str) -> TypeGraph:
        """The same graph under another title."""
        if title == self.title:
            return self
        other = copy(self)
        other.title = title
        return other

    def around(self, keys: Iterable[str], depth: int, *, outward: bool = False) -> TypeGraph:
        """
        The types `keys` and whatever is within `depth` steps of them, which is marked as outside.

        Shape:  `outward` steps go to what a type refers to and to its supertypes, not to who refers to it.
        """
        inside = set(keys)
        reached = set(inside)
        frontier = set(inside)
        near = self._referred() if outward else self.links.to_undirected(as_view=True)
        for _ in range(depth):
            frontier = {each for key in frontier for each in near[key]} - reached
            reached |= frontier
        return TypeGraph(
            self.title,
            (replace(each, outside=each.key not in inside) for each in self.types if each.key in reached),
            (link for link in self._links() if reached.issuperset(ends_of(link))),
            partial=self.partial,
        )

    def _referred(self) -> dict[str, set[str]]:
        near: dict[str, set[str]] = {type_.key: set() for type_ in self.types}
        for link in self._links():
            if isinstance(link, Generalization):
                near[link.subtype].add(link.supertype)
            else:
                near[link.source.type].add(link.target.type)
        return near


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def ends_of(link: Association | Generalization) -> tuple[str, str]:
    """The keys of the types that a line connects: the supertype or what refers first."""
    if isinstance(link, Generalization):
        return link.supertype, link.subtype
    return link.source.type, link.target.type
