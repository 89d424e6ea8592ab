"""How what a pack says differs from what a database holds: by section, key and field (2.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic_core import to_json

from ..persistence.session import Session
from ..time.period import Period
from .pack import Pack
from .section import Dated, KnowledgeDocument, Section, from_day_on, sections

D = TypeVar("D", bound=KnowledgeDocument)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that a pack states otherwise than the database; None where one of them leaves it out."""

    field: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.field}: {_shown(self.old)} -> {_shown(self.new)}"


@dataclass(frozen=True, slots=True)
class Change(Generic[D]):
    """
    What a pack does to one piece of knowledge.

    Shape:  `old` as the database holds it, None where it does not; `new` as it would be after loading; the
            day from which on the pack holds, if it says one.
    """

    section: Section[D]
    old: D | None
    new: D
    effective: date | None = None

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """The fields that it changes; none where the knowledge is new."""
        if self.old is None:
            return ()
        old, new = self.old.fields(), self.new.fields()
        names = [name for name in type(self.new).model_fields if old.get(name) != new.get(name)]
        return tuple(FieldChange(name, old.get(name), new.get(name)) for name in names)

    @property
    def alters(self) -> bool:
        """Whether there is anything to store."""
        return self.old is None or bool(self.fields)

    @property
    def is_additive(self) -> bool:
        """Whether it only adds what holds from a day on, after all that is known to change."""
        return self.effective is not None and all(
            each.field in self.section.dated
            and all(_is_settled(thing, Period(self.effective)) for thing in getattr(self.old, each.field))
            for each in self.fields
        )

    def __str__(self) -> str:
        heading = f"{self.section.name}: {self.new.key}"
        if self.old is None:
            return f"+ {heading}"
        return "\n".join([f"~ {heading}", *(f"    {each}" for each in self.fields)])


@dataclass(frozen=True, slots=True)
class Difference:
    """
    What a pack and a database do not share.

    Shape:  `added` only the pack has, `changed` both have but not alike, `removed` (pairs of section and
            key) only the database has. Loading a pack removes nothing.
    """

    added: tuple[Change[Any], ...] = ()
    changed: tuple[Change[Any], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __str__(self) -> str:
        gone = (f"- {section}: {key}" for section, key in self.removed)
        return "\n".join([*map(str, self.added), *map(str, self.changed), *gone])


Known: TypeAlias = Mapping[str, Mapping[str, KnowledgeDocument]]
"""Documents by section and key."""


def known_to(session: Session) -> Known:
    """Everything that a database knows."""
    return {section.name: {each.key: each for each in section.read(session)} for section in sections()}


def diff(pack: Pack, session: Session) -> Difference:
    """
    Compare a pack with what a database holds.

    Shape:  for a pack with an effective day, what changes is what would be stored from that day on.
    """
    known = known_to(session)
    removed = (
        (section, key)
        for section, documents in known.items()
        for key in sorted(documents)
        if key not in pack.documents.get(section, {})
    )
    return difference(changes_of(pack, known), removed)


def difference(changes: Iterable[Change[Any]], removed: Iterable[tuple[str, str]] = ()) -> Difference:
    """Sort `changes` into those that add and those that change what is there."""
    altering = [change for change in changes if change.alters]
    return Difference(
        tuple(change for change in altering if change.old is None),
        tuple(change for change in altering if change.old is not None),
        tuple(removed),
    )


def changes_of(pack: Pack, known: Known) -> list[Change[Any]]:
    """What the pack does to each piece of knowledge that it states, those it leaves alone included."""
    changes: list[Change[Any]] = []
    for section in sections():
        for key, stated in pack.documents.get(section.name, {}).items():
            old = known[section.name].get(key)
            new = _from_day_on(pack, section, old, stated)
            changes.append(Change(section, old, new, pack.header.effective))
    return changes


def _from_day_on(pack: Pack, section: Section[D], old: D | None, stated: D) -> D:
    """What `stated` comes to, where the pack holds from a day on: `old` before that day."""
    if pack.header.effective is None:
        return stated
    change = Period(pack.header.effective)
    return stated.model_copy(
        update={
            name: from_day_on(getattr(old, name, ()), getattr(stated, name), change) for name in section.dated
        }
    )


def _is_settled(thing: Dated, change: Period) -> bool:
    """Whether nothing is known to change about `thing` once `change` has started."""
    rest = thing.period.intersection(change)
    return rest is None or rest == change


def _shown(value: object) -> str:
    return "(not said)" if value is None else to_json(value).decode()
