"""The registry of things: whatever identifiers, observations, accounts and actions may be about (5.2)."""

from __future__ import annotations

from inspect import get_annotations
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, event, insert, inspect
from sqlalchemy.orm import Mapped, MappedAsDataclass, UOWTransaction, mapped_column
from uuid_utils.compat import uuid7

from ..constraint import DATABASES, rule
from .base import Base, Level, identity_of
from .guard import Guard, guard, refuse_when
from .session import Session
from .types import Key


class Thing(Base):
    """
    An entry of the registry: one row for every object that others may refer to.

    Shape:  `id` is the object's own key, `kind` the table it lives in.
    Source: Analysis Patterns 5.2 and 14.5.
    """

    __tablename__ = "patterns_thing"
    __level__ = Level.OPERATIONAL
    __pattern__ = "5.2"
    __figure__ = False

    id: Mapped[UUID] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(100))


_TABLE = Thing.__tablename__

KEPT = rule(
    "thing.immutable",
    pattern="5.2",
    says="What the registry says of a thing is never changed: whatever refers to it would mean another.",
    layers=DATABASES,
)


def _never_replaced() -> Guard:
    """SQLite's OR REPLACE would put another kind in the place of a thing; PostgreSQL has nothing like it."""
    replaced = "EXISTS (SELECT 1 FROM patterns_thing o WHERE o.id = NEW.id)"
    because = "a thing of the registry would be replaced"
    there = refuse_when(KEPT, _TABLE, "INSERT", lambda _row: replaced, because=because)
    return Guard(there.name, _TABLE, there.sqlite, ())


guard(
    Thing.__table__,  # type: ignore[arg-type]
    refuse_when(
        KEPT,
        _TABLE,
        "UPDATE",
        lambda _row: "NEW.id <distinct> OLD.id OR NEW.kind <distinct> OLD.kind",
        because="a thing of the registry would be changed",
    ),
    _never_replaced(),
)


class Referable(MappedAsDataclass, kw_only=True, eq=False, repr=False):
    """
    Mixin for entities, ours or an application's, that others may refer to.

    Shape:  the primary key `id` is that of a `Thing`, which the session records before its flush.
    """

    id: Mapped[UUID] = mapped_column(
        Key, ForeignKey(Thing.id), primary_key=True, default_factory=uuid7, init=False
    )

    def __init_subclass__(cls, **options: Any) -> None:
        if Referable in cls.__bases__:
            # A foreign key that SQLAlchemy copies from a mixin finds its table in one metadata only.
            cls.id = identity_of(Thing)
            cls.__annotations__ = {"id": Mapped[UUID], **get_annotations(cls)}
        super().__init_subclass__(**options)


@event.listens_for(Session, "before_flush")
def _register(session: Session, _context: UOWTransaction, _instances: object) -> None:
    things = [
        {"id": entity.id, "kind": inspect(entity).mapper.base_mapper.local_table.name}
        for entity in session.new
        if isinstance(entity, Referable)
    ]
    if things:
        session.connection().execute(insert(Thing), things)
