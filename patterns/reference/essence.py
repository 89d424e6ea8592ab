"""One object of which there are several appearances, each left as it was (5.3 Object Merge)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import ForeignKey, Select, inspect, select, union
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from ..constraint import DATABASES, ConstraintViolation, Layer, rule
from ..persistence.addition import repeats
from ..persistence.audit import audit
from ..persistence.base import Base, Level, identity
from ..persistence.guard import guard, refuse_when
from ..persistence.registry import Referable, Thing
from ..persistence.session import Session, session_of
from ..persistence.version import Believed, believed_once, believed_table_args, keep_history
from ..picture import derived
from ..time.instant import UNTIL_CHANGED
from . import _merging
from .thing import entities_of, entity_of, spoken

R = TypeVar("R", bound=Referable)

_TABLE = _merging.APPEARANCE
_STORED = DATABASES | {Layer.FLUSH}

ONE_ESSENCE = rule(
    "merge.one-essence",
    pattern="5.3",
    says="A thing is an appearance of one essence at a time.",
    layers=_STORED,
    guards=(f"uq_{_TABLE}_thing", f"{_TABLE}.thing_id, {_TABLE}.known_to"),
)


class ObjectEssence(Base):
    """
    What several things are appearances of.

    Shape:  nothing but its appearances: whatever is known is known of one of them.
    Source: Analysis Patterns 5.3.
    """

    __tablename__ = "patterns_object_essence"
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.3"

    id: Mapped[UUID] = identity()


class Appearance(Believed, Base, init=False):
    """
    That a thing is an appearance of an essence.

    Shape:  one thing, one essence. They follow from what was merged: `merge_by_essence` makes them.
    Errors: `ConstraintViolation`: `merge.one-essence`, `merge.one-kind`, `merge.said-different`.
    Source: Analysis Patterns 5.3.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        believed_once(_TABLE, "thing_id", "known_to", name="thing"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.3"

    essence_id: Mapped[UUID] = mapped_column(ForeignKey(ObjectEssence.id), index=True, init=False)
    thing_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), index=True, init=False)
    essence: Mapped[ObjectEssence] = relationship()

    def __init__(self, *, essence: ObjectEssence, thing: UUID) -> None:
        self._begin_belief()
        self.essence = essence
        self.thing_id = thing

    @property
    @derived("1")
    def thing(self) -> Referable:
        """What appears."""
        return entity_of(session_of(self), self.thing_id)

    def violations_in(self, session: Session) -> Iterator[ConstraintViolation]:
        """The rules that it breaks together with what `session` holds."""
        if not (self.is_believed and inspect(self).pending):
            return
        for other in appearing(session, self.thing_id):
            if other.id != self.id:
                yield ONE_ESSENCE.violation(
                    self, other,
                    found=f"a second appearance of {self}",
                    allowed="one essence at a time",
                    remedy="Merge the appearances of both essences, or withdraw one of them.",
                )  # fmt: skip

        def joined(key: UUID) -> bool:
            return any(each.essence is self.essence for each in appearing(session, key))

        yield from _merging.said_different(session, self, {self.thing_id}, joined)

    def __str__(self) -> str:
        return spoken(self.thing)


def essence_of(
    session: Session, thing: Referable, *, known_at: datetime | None = None
) -> ObjectEssence | None:
    """The essence that a thing is an appearance of, as believed at an instant; None where it is of none."""
    question = (
        select(ObjectEssence)
        .join(Appearance, Appearance.essence_id == ObjectEssence.id)
        .where(Appearance.thing_id == thing.id, Appearance.known(session.instant(known_at)))
    )
    return session.scalars(question).one_or_none()


def appearances(session: Session, thing: R, *, known_at: datetime | None = None) -> list[R]:
    """Everything that is one object with `thing`, itself included, in the order of its making."""
    keys = session.scalars(appearance_keys(session, [thing.id], known_at=known_at)).all()
    return cast("list[R]", entities_of(session, sorted(keys)))


def appearance_keys(session: Session, keys: Any, *, known_at: datetime | None = None) -> Select[Any]:
    """
    A select of the keys of everything that is one object with something in `keys`, those included.

    Shape:  `keys` is a select of keys, or the keys themselves; the answer can stand in any `in_()`.
    Source: Analysis Patterns 5.3: to ask about an object is to ask about all its appearances.
    """
    known = session.instant(known_at)
    asked, same = aliased(Appearance), aliased(Appearance)
    themselves = select(Thing.id.label("thing")).where(Thing.id.in_(keys))
    others = (
        select(same.thing_id)
        .join(asked, asked.essence_id == same.essence_id)
        .where(asked.thing_id.in_(keys), asked.known(known), same.known(known))
    )
    return select(union(themselves, others).subquery().c.thing)


def appearing(session: Session, thing: UUID) -> Iterator[Appearance]:
    """The believed appearances of a thing, those of this flush included."""
    question = select(Appearance).where(Appearance.thing_id == thing, Appearance.known_to == UNTIL_CHANGED)
    with session.no_autoflush:
        stored = session.scalars(question).all()
    for each in (*stored, *session.waiting(Appearance, _appears, thing)):
        # What is withdrawn in this flush is believed in the database still.
        if each.is_believed:
            yield each


def _appears(appearance: Appearance) -> UUID:
    return appearance.thing_id


def _said_different(row: str) -> str:
    """Another appearance of the essence is believed to be different from the thing."""
    return (
        f"EXISTS (SELECT 1 FROM {_merging.DIFFERENT} JOIN {_TABLE} a ON a.essence_id = {row}.essence_id "
        "AND a.known_to = <forever> "
        f"WHERE (c.one_id = {row}.thing_id AND c.other_id = a.thing_id) "
        f"OR (c.other_id = {row}.thing_id AND c.one_id = a.thing_id))"
    )


def _other_kind(row: str) -> str:
    """Another appearance of the essence is of another kind."""
    return (
        f"EXISTS (SELECT 1 FROM {_TABLE} a JOIN {Thing.__tablename__} t ON t.id = a.thing_id "
        f"JOIN {Thing.__tablename__} u ON u.id = {row}.thing_id "
        f"WHERE a.essence_id = {row}.essence_id AND a.known_to = <forever> AND t.kind <> u.kind)"
    )


def merged_already(row: str) -> str:
    """Two things that a verdict says to be different are appearances of one essence."""
    return (
        f"{row}.verdict = 'different' AND EXISTS (SELECT 1 FROM {_merging.CANDIDATE} c "
        f"JOIN {_TABLE} a ON a.thing_id = c.one_id JOIN {_TABLE} b ON b.thing_id = c.other_id "
        f"WHERE c.id = {row}.candidate_id AND b.essence_id = a.essence_id "
        "AND a.known_to = <forever> AND b.known_to = <forever>)"
    )


_twice = repeats(_TABLE, "thing_id", believed=True)

keep_history(Appearance.__table__)  # type: ignore[arg-type]
guard(
    Appearance.__table__,  # type: ignore[arg-type]
    _merging.turn(_TABLE),
    *(
        refuse_when(broken, _TABLE, "INSERT", condition, because=because)
        for broken, condition, because in (
            (ONE_ESSENCE, _twice, "a second essence of one thing"),
            (_merging.ONE_KIND, _other_kind, "a thing of another kind"),
            (_merging.SAID_DIFFERENT, _said_different, "things that are said to be different"),
        )
    ),
)
audit(ONE_ESSENCE, Appearance, _twice)
audit(_merging.ONE_KIND, Appearance, _other_kind)
audit(_merging.SAID_DIFFERENT, Appearance, _said_different)
