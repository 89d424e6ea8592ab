"""What is written once and never changed: a row with the instant at which it became known (15.3)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import event, inspect
from sqlalchemy.orm import MANYTOONE, Mapped, MappedAsDataclass, UOWTransaction, mapped_column

from ..constraint import Layer, Rule
from .session import Session
from .types import Instant


class Recorded(MappedAsDataclass, kw_only=True, init=False, eq=False, repr=False):
    """
    A row that is only ever added.

    Shape:  `recorded` is the instant of the database transaction that added it.
    Errors: `ConstraintViolation` of the rule `__unchanged__` where it would be changed or deleted.
    """

    __unchanged__: ClassVar[Rule]

    recorded: Mapped[datetime] = mapped_column(Instant, init=False, info={"figure": False})


# Before the rules are checked, which may ask when something was recorded.
@event.listens_for(Session, "before_flush", insert=True)
def _keep_recorded(session: Session, _context: UOWTransaction, _instances: object) -> None:
    recorded = [each for each in (*session.dirty, *session.deleted) if isinstance(each, Recorded)]
    for entity in recorded:
        if entity in session.deleted or _is_changed(entity):
            raise entity.__unchanged__.violation(
                entity,
                found=f"{entity} would be {'deleted' if entity in session.deleted else 'changed'}",
                allowed="what was recorded stays as it is",
                remedy="Record something else beside it, and end or withdraw what no longer holds.",
                layer=Layer.FLUSH,
            )
    for entity in session.new:
        if isinstance(entity, Recorded) and "recorded" not in vars(entity):
            entity.recorded = session.recorded


def _is_changed(entity: Recorded) -> bool:
    """Whether a column of the row would change: what others say of it is no matter of the row."""
    state = inspect(entity)
    parents = [each for each in state.mapper.relationships if each.direction is MANYTOONE]
    own = (*state.mapper.column_attrs, *parents)
    return any(state.attrs[each.key].history.has_changes() for each in own)
