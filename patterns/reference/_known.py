"""What others refer to is a thing of the registry, and was added (5.2)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import UOWTransaction

from ..constraint import Layer, rule
from ..persistence.registry import Referable, Thing
from ..persistence.session import Session
from .thing import in_parts

REFERABLE = rule(
    "thing.referable",
    pattern="5.2",
    says="What others refer to is of a class whose objects the registry of things knows.",
)
ADDED = rule(
    "thing.added",
    pattern="5.2",
    says="What others refer to was added to the database, before them or with them.",
    layers=frozenset({Layer.FLUSH}),
)


def key_of_thing(thing: object) -> UUID:
    """
    The key that others refer to a thing by.

    Errors: `ConstraintViolation` (`thing.referable`) for what is no thing of the registry.
    """
    if isinstance(thing, Referable):
        return thing.id
    raise REFERABLE.violation(
        thing,
        found=f"{thing!r}, of type {type(thing).__name__}",
        allowed="an entity that is Referable",
        remedy="Let its class have Referable as a base, or name the thing that it tells of.",
    )


@event.listens_for(Session, "before_flush")
def _know_things(session: Session, _context: UOWTransaction, _instances: object) -> None:
    # By now the registry has what is added with this flush.
    said = {getattr(entity, name): entity for entity in session.new for name in _referring(type(entity))}
    left = set(said)
    for some in in_parts(said):
        left -= set(session.scalars(select(Thing.id).where(Thing.id.in_(some))))
    for key in left:
        raise ADDED.violation(
            said[key],
            found=f"{type(said[key]).__name__} of a thing {key} that was never added",
            allowed="things that are stored, or are stored with it",
            remedy="Add the thing to the session too.",
            layer=Layer.FLUSH,
        )


def _referring(entity: type[object]) -> tuple[str, ...]:
    """The attributes that hold the key of a thing, in the classes of this chapter."""
    return getattr(entity, "__refers__", ())
