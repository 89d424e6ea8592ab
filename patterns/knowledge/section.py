"""How a chapter puts its knowledge into packs: a document for each piece, a section for each kind (2.5)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Annotated, Any, ClassVar, Generic, Protocol, Self, TypeVar

from pydantic import BeforeValidator

from ..document import Document
from ..errors import AnalysisPatternsError
from ..persistence.session import Session
from ..time.period import ALWAYS, Period, merged


@dataclass(frozen=True, slots=True)
class Reference:
    """That a document names another, by its `section` and `key`, in one of its own fields."""

    section: str
    key: str
    field: str


_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")


def _read_whole(written: object) -> object:
    if isinstance(written, str) and _WHOLE.fullmatch(written):
        return int(written)
    return written


Whole = Annotated[int, BeforeValidator(_read_whole)]
"""A whole number of a document: packs are read as text, and only the document knows what is a number."""


class KnowledgeDocument(Document, ABC):
    """
    One piece of knowledge, as a pack states it.

    Shape:  found again by its natural `key`; equal where it says the same.
    """

    @property
    @abstractmethod
    def key(self) -> str:
        """What it is known by, among its kind."""

    def references(self) -> Iterator[Reference]:
        """The other pieces of knowledge that it names."""
        yield from ()

    def fields(self) -> dict[str, Any]:
        """What it says, as plain data, without what is said by default."""
        return self.model_dump(mode="json", exclude_defaults=True)


D = TypeVar("D", bound=KnowledgeDocument)


class Section(ABC, Generic[D]):
    """
    One kind of knowledge in packs: how it is read from a database, and how it is stored there.

    Shape:  `name` is the key in the pack; `after` names the sections that this one refers to; `dated` are
            the fields that hold things with periods, and so can change from a day on. A section of subtypes
            says by `within` in which one their supertype stands: what refers to that may mean any of them,
            and they may refer to each other.
    """

    name: ClassVar[str]
    model: ClassVar[type[KnowledgeDocument]]
    within: ClassVar[str] = ""
    after: ClassVar[tuple[str, ...]] = ()
    dated: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def read(self, session: Session) -> Iterable[D]:
        """Everything of this kind that the database holds."""

    @abstractmethod
    def add(self, session: Session, document: D) -> None:
        """Store what is new; what it refers to in its own section may not be there yet."""

    @abstractmethod
    def change(self, session: Session, old: D, new: D) -> None:
        """Make what is stored as `old` say what `new` says."""

    def link(self, session: Session, document: D) -> None:
        """Connect what `document` refers to in its own section, once all of that is there."""

    def unused(self, session: Session) -> Iterable[str]:
        """The keys of what nothing on the operational level makes use of."""
        return ()

    def doubts(self, session: Session) -> Iterable[tuple[str, str]]:
        """The keys of what breaks no rule but is hardly meant so, each with what is odd about it."""
        return ()

    @classmethod
    def family(cls) -> str:
        """The name of the section that its documents may be referred to by."""
        return cls.within or cls.name


_SECTIONS: dict[str, Section[Any]] = {}


def register(section: Section[Any]) -> None:
    """
    Let packs have a section; a chapter, or an application, does so beside its documents.

    Errors: `AnalysisPatternsError` where the name is taken, or is `pack`, the header's.
    """
    if section.name in _SECTIONS or section.name == "pack":
        raise AnalysisPatternsError(f"knowledge packs have a section {section.name!r} already")
    _SECTIONS[section.name] = section


def sections() -> tuple[Section[Any], ...]:
    """Every section, each after those that it refers to."""
    return tuple(section for family in families() for section in family)


def families() -> tuple[tuple[Section[Any], ...], ...]:
    """The sections, those of subtypes together with that of their supertype, after what they refer to."""
    members: dict[str, list[Section[Any]]] = {}
    for name in sorted(_SECTIONS, key=lambda each: (bool(_SECTIONS[each].within), each)):
        members.setdefault(_SECTIONS[name].family(), []).append(_SECTIONS[name])
    before = {
        family: {
            _SECTIONS[name].family()
            for section in mine
            for name in section.after
            if name == section.name or _SECTIONS[name] not in mine
        }
        for family, mine in sorted(members.items())
    }
    order = TopologicalSorter(before)
    return tuple(tuple(members[family]) for family in order.static_order())


class Dated(Protocol):
    """Something in a document that holds for a period."""

    @property
    def period(self) -> Period:
        """When it holds."""
        ...

    def during(self, period: Period) -> Self:
        """The same, for another period."""
        ...


T = TypeVar("T", bound=Dated)


def tidied(things: Iterable[T]) -> tuple[T, ...]:
    """Say `things` in the one way to say them: in order, periods that meet joined."""
    periods: dict[T, list[Period]] = {}
    for thing in things:
        periods.setdefault(thing.during(ALWAYS), []).append(thing.period)
    return tuple(
        thing.during(period)
        for thing in sorted(periods, key=str)
        for period in merged(periods[thing])
    )  # fmt: skip


def from_day_on(before: Iterable[T], after: Iterable[T], change: Period) -> tuple[T, ...]:
    """What holds where `before` held until `change` starts, and `after` from then on."""
    kept = [thing.during(left) for thing in before for left in thing.period.minus(change)]
    begun = [thing.during(part) for thing in after if (part := thing.period.intersection(change))]
    return tidied([*kept, *begun])
