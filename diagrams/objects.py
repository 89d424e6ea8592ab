"""Draws rows: objects with their values, and the links between them, of anybody's mapped classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import InvalidRequestError as NotLoaded
from sqlalchemy.exc import NoInspectionAvailable
from sqlalchemy.orm import (
    ColumnProperty,
    InstanceState,
    RelationshipDirection,
    RelationshipProperty,
    Session,
    object_session,
    with_parent,
)
from sqlalchemy.orm.exc import DetachedInstanceError

from ..patterns.picture import Edge, End, Graph, Node, Shape
from .annotations import level_of, summary_of
from .errors import TargetError
from .mapped import reverse_of
from .text import shown

MOST_OBJECTS = 60
"""How many objects a picture holds unless told otherwise: more are no picture that anybody reads."""

_CAPTIONS = {"knowledge": "Knowledge level", "operational": "Operational level"}
_LONGEST_VALUE = 60
_LONGEST_NAME = 60
_MOST_LINES = 20

Relationship = RelationshipProperty[Any]


def object_picture(*objects: object, depth: int = 0, title: str = "", most: int = MOST_OBJECTS) -> Graph:
    """
    Draw mapped objects as they are: a UML object diagram, of this library's classes or of an application's.

    Shape:  `name: Type` above the values that there are; a line for each link between two objects that are
            drawn, with their roles; what is derived by SQLAlchemy is dashed. Objects within `depth` steps
            are drawn too, dashed; at most `most` in all, and a remark says that there are more. Left out are
            keys, columns and relationships with `info={"figure": False}`, and classes with
            `__figure__ = False`. What is not loaded is read through the object's session; nothing is written.
    Errors: `TargetError` for what is no mapped object, for none at all, or for a negative depth.
    """
    if depth < 0 or most < 1:
        raise TargetError(f"a picture of objects needs a depth from 0 and room for 1, not {depth} and {most}")
    drawing = _Drawing(most)
    with ExitStack() as quiet:
        for each in objects:
            session = object_session(each) if _state(each) else None
            if session is not None:
                quiet.enter_context(session.no_autoflush)
        drawing.reach(objects, depth)
        return drawing.graph(title)


def _state(object_: object) -> InstanceState[Any]:
    try:
        state = inspect(object_)
    except NoInspectionAvailable:
        state = None
    if not isinstance(state, InstanceState):
        raise TargetError(f"{type(object_).__name__} is no object of a mapped class")
    return state


@dataclass(slots=True)
class _Drawing:
    """The picture so far: each object with its number, in the order in which they were met."""

    most: int
    numbers: dict[int, int] = field(default_factory=dict)
    objects: list[Any] = field(default_factory=list)
    asked: int = 0
    links: dict[tuple[int, int, str], _Link] = field(default_factory=dict)
    is_cut: bool = False
    unread: dict[str, None] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def reach(self, objects: Iterable[object], depth: int) -> None:
        """Take in the objects, and what is within so many steps of them."""
        for each in objects:
            self._take(each)
        self.asked = len(self.objects)
        if not self.objects:
            raise TargetError("there is no object to draw")
        begun = 0
        for _ in range(depth):
            frontier = self.objects[begun:]
            begun = len(self.objects)
            for each in frontier:
                for relationship in _relationships(each):
                    for other in self._others(each, relationship, is_last=False):
                        self._take(other)
        for each in self.objects:
            for relationship in _relationships(each):
                self._link(each, relationship)

    def _take(self, object_: Any) -> None:
        if getattr(type(object_), "__figure__", True) is False or id(object_) in self.numbers:
            return
        if len(self.objects) >= self.most:
            self.is_cut = True
            return
        self.numbers[id(object_)] = len(self.objects)
        self.objects.append(object_)

    def _others(self, object_: Any, relationship: Relationship, *, is_last: bool) -> list[Any]:
        """What a relationship leads to, no more of it than the picture holds."""
        state = _state(object_)
        session = state.session if state.persistent else None
        is_never_loaded = relationship.lazy in {"dynamic", "write_only"}
        try:
            if session is not None and relationship.uselist and relationship.key in state.unloaded:
                if is_last and _is_told_from_there(relationship):
                    return []
                # What waits to be written is in no table yet, and in the whole collection only.
                if is_never_loaded or not (session.new or session.dirty or session.deleted):
                    found = self._first(session, object_, relationship)
                    self.is_cut |= len(found) > self.most
                    return found[: self.most]
            if is_never_loaded:
                raise NotLoaded
            return list(_listed(getattr(object_, relationship.key)))
        except (NotLoaded, DetachedInstanceError):
            self.unread[f"{type(object_).__name__}.{relationship.key}"] = None
            return []

    def _first(self, session: Session, object_: Any, relationship: Relationship) -> list[Any]:
        """As many as the picture holds and one, so that a million rows are not read for sixty."""
        target = relationship.mapper
        question = select(target).where(with_parent(object_, relationship.class_attribute))
        question = question.order_by(*(relationship.order_by or target.primary_key)).limit(self.most + 1)
        return list(session.scalars(question).unique())

    def _link(self, object_: Any, relationship: Relationship) -> None:
        near = self.numbers[id(object_)]
        for other in self._others(object_, relationship, is_last=True):
            far = self.numbers.get(id(other))
            if far is None:
                continue
            reverse = reverse_of(relationship)
            if reverse is not None and _rank(reverse) < _rank(relationship):
                key = (far, near, str(reverse))
                self.links.setdefault(key, _Link(far, near, reverse, relationship))
            else:
                self.links.setdefault((near, far, str(relationship)), _Link(near, far, relationship, reverse))

    def graph(self, title: str) -> Graph:
        """All of it as a picture."""
        self.names = [_heading(each) for each in self.objects]
        nodes = tuple(self._node(number, each) for number, each in enumerate(self.objects))
        levels = {node.level for node in nodes}
        links = [self.links[key] for key in sorted(self.links)]
        return Graph(
            title or shown(", ".join(self.names[: self.asked]), 100),
            nodes,
            tuple(self._edge(each) for each in links),
            levels=tuple(caption for caption in _CAPTIONS.values() if caption in levels),
            description="; ".join(each.said(self.names) for each in links),
            remarks=tuple(self._remarks()),
        )

    def _node(self, number: int, object_: Any) -> Node:
        class_ = type(object_)
        lines = [f"{name} = {value}" for name, value in self._values(object_)]
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 1], f"and {len(lines) - _MOST_LINES + 1} more"]
        return Node(
            f"o{number}",
            self.names[number],
            tuple(lines),
            level=_CAPTIONS.get(level_of(class_), ""),
            note=f"{class_.__name__}: {summary_of(class_)}" if summary_of(class_) else class_.__name__,
            shape=Shape.BOX,
            outside=number >= self.asked,
        )

    def _values(self, object_: Any) -> Iterator[tuple[str, str]]:
        called = _called(object_)
        for name in _attributes(object_):
            try:
                value = getattr(object_, name)
            except (NotLoaded, DetachedInstanceError):
                self.unread[f"{type(object_).__name__}.{name}"] = None
                continue
            if value is not None and _written(value) != called:
                yield name, shown(_written(value), _LONGEST_VALUE)

    def _edge(self, link: _Link) -> Edge:
        near, far = link.ends()
        upper, lower = self.objects[link.near], self.objects[link.far]
        is_turned = link.is_turned
        if level_of(type(upper)) != level_of(type(lower)):
            is_turned = level_of(type(lower)) == "knowledge"
        keys = (f"o{link.near}", f"o{link.far}")
        tail, head = keys[::-1] if is_turned else keys
        tail_end, head_end = (far, near) if is_turned else (near, far)
        return Edge(
            tail, head, tail_end, head_end, note=link.said(self.names), dashed=link.relationship.viewonly
        )

    def _remarks(self) -> Iterator[str]:
        if self.is_cut:
            yield f"There are more objects: {len(self.objects)} are drawn, the rest is left out."
        if len(self.objects) > self.asked:
            yield "What was not asked for itself is dashed."
        if self.unread:
            yield f"Not loaded, and out of reach of a session: {', '.join(self.unread)}."


@dataclass(frozen=True, slots=True)
class _Link:
    """A link between two objects, by the relationship of one and perhaps that of the other."""

    near: int
    far: int
    relationship: Relationship
    reverse: Relationship | None

    @property
    def is_turned(self) -> bool:
        """Whether what is referred to stands above: a whole above its parts."""
        return self.relationship.direction is RelationshipDirection.MANYTOONE

    def ends(self) -> tuple[End, End]:
        """What stands at either end: the role of the object there."""
        return End(_role(self.reverse) if self.reverse else ""), End(_role(self.relationship))

    def said(self, names: list[str]) -> str:
        """The link as a statement."""
        return f"{names[self.near]} has {_role(self.relationship)} {names[self.far]}"


def _role(relationship: Relationship) -> str:
    return f"/ {relationship.key}" if relationship.viewonly else relationship.key


def _rank(relationship: Relationship) -> str:
    return f"{relationship.parent.class_.__module__}.{relationship}"


def _is_told_from_there(relationship: Relationship) -> bool:
    """Whether each of the others says itself that it belongs here."""
    reverse = reverse_of(relationship)
    return reverse is not None and not reverse.uselist


def _relationships(object_: Any) -> Iterator[Relationship]:
    for _, relationship in sorted(_state(object_).mapper.relationships.items()):
        if relationship.info.get("figure", True) is not False:
            yield relationship


def _listed(value: Any) -> Iterator[Any]:
    if value is None:
        return
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, set | frozenset):
        yield from sorted(value, key=lambda each: repr(_state(each).identity))
    elif isinstance(value, Iterable) and not hasattr(value, "__mapper__"):
        yield from value
    else:
        yield value


def _attributes(object_: Any) -> Iterator[str]:
    """The names of the values to show: no keys, no parts of others, nothing that is not for figures."""
    mapper = _state(object_).mapper
    within = {part.key for composite in mapper.composites for part in composite.props}
    secret = set(_secrets(object_))
    for composite in mapper.composites:
        if not secret & {composite.key, *(part.key for part in composite.props)}:
            yield composite.key
    for name, property_ in mapper.column_attrs.items():
        if name not in within | secret and not _is_key(object_, property_) and not property_.deferred:
            yield name


def _secrets(object_: Any) -> Iterator[str]:
    for name, property_ in _state(object_).mapper.attrs.items():
        columns = property_.columns if isinstance(property_, ColumnProperty) else ()
        infos = [property_.info, *(getattr(column, "info", {}) for column in columns)]
        if any(info.get("figure", True) is False for info in infos):
            yield name


def _is_key(object_: Any, property_: ColumnProperty[Any]) -> bool:
    mapper = _state(object_).mapper
    related = {
        column
        for each in mapper.relationships
        for column in (each.local_columns if each.uselist is False else ())
    }
    return any(
        column in mapper.primary_key or getattr(column, "primary_key", False)
        or column is mapper.polymorphic_on or column in related
        for column in property_.columns
    )  # fmt: skip


def _heading(object_: Any) -> str:
    called = _called(object_) or _key(object_)
    return f"{shown(called, _LONGEST_NAME)}: {type(object_).__name__}"


def _called(object_: Any) -> str:
    """What an object calls itself, unless it tells what figures should not."""
    class_ = type(object_)
    if not any("__str__" in vars(each) for each in class_.__mro__[:-1]):
        return ""
    try:
        called = str(object_)
        secrets = [getattr(object_, name) for name in _secrets(object_)]
    except Exception:  # noqa: BLE001 - an application's own words may fail in any way
        return ""
    is_telling = any(isinstance(each, str) and each and each in called for each in secrets)
    return "" if is_telling else called


def _key(object_: Any) -> str:
    identity = _state(object_).identity
    return "new" if identity is None else ", ".join(map(str, identity))


def _written(value: Any) -> str:
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value)} bytes"
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - as above
        return f"a {type(value).__name__} that cannot be written"
