"""The registry of things: whatever identifiers, observations, accounts and actions may be about (5.2)."""

from __future__ import annotations

from inspect import get_annotations
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, event, insert, inspect
from sqlalchemy.orm import Mapped, MappedAsDataclass, UOWTransaction, mapped_column
from uuid_utils.compat import uuid7

from .base import Base, Level, identity_of
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
