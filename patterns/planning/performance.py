"""Who performs an action (8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accountability.party import Party
from ..constraint import DATABASES, rule
from ..persistence.base import Base, Level
from ..persistence.session import join_session
from ..persistence.version import Believed, believed_once, believed_table_args, keep_history

if TYPE_CHECKING:
    from .action import Action

_TABLE = "patterns_performance"

PERFORMER_ONCE = rule(
    "performance.once",
    pattern="8.1",
    says="A party is named once among the performers of an action.",
    layers=DATABASES,
    guards=(f"uq_{_TABLE}_of_action", f"{_TABLE}.action_id, {_TABLE}.performer_id"),
)


class Performance(Believed, Base, init=False):
    """
    That a party performs an action, or is meant to.

    Shape:  one action, one party; an action may have many performers, a party many actions.
    Source: Analysis Patterns 8.1.
    """

    __tablename__ = _TABLE
    __table_args__ = (
        *believed_table_args(_TABLE),
        believed_once(_TABLE, "action_id", "performer_id", name="of_action"),
    )
    __level__ = Level.OPERATIONAL
    __pattern__ = "8.1"

    action_id: Mapped[UUID] = mapped_column(ForeignKey("patterns_action.id"), init=False)
    performer_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    action: Mapped[Action] = relationship(back_populates="performances")
    performer: Mapped[Party] = relationship()

    def __init__(self, *, action: Action, performer: Party) -> None:
        self._begin_belief()
        self.performer = performer
        self.action = action
        join_session(self, action)

    def __str__(self) -> str:
        return f"{self.performer} performs {self.action}"


keep_history(Performance)
