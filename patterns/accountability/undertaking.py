"""What is done under an accountability (2.5, figure 2.9)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from ..persistence.base import Base, Level
from ..persistence.registry import Referable, Thing
from ..persistence.session import Session
from ..time.instant import UNTIL_CHANGED
from .accountability import Accountability


class Undertaking(Base, init=False):
    """
    That an action is done under an accountability.

    Shape:  one accountability, one action; either may have many.
    Source: Analysis Patterns 2.5: the link from accountability to action. An action is anything in the
            registry of things, so that an application's own tasks can be meant.
    """

    __tablename__ = "patterns_undertaking"
    __level__ = Level.OPERATIONAL
    __pattern__ = "2.5"

    accountability_id: Mapped[UUID] = mapped_column(
        ForeignKey(Accountability.version), primary_key=True, init=False
    )
    action_id: Mapped[UUID] = mapped_column(ForeignKey(Thing.id), primary_key=True, index=True, init=False)

    accountability: Mapped[Accountability] = relationship(
        primaryjoin=lambda: (
            (foreign(Undertaking.accountability_id) == Accountability.id)
            & (Accountability.known_to == UNTIL_CHANGED)
        )
    )

    def __init__(self, *, accountability: Accountability, action: Referable) -> None:
        self.action_id = action.id
        self.accountability = accountability


def actions_under(session: Session, accountability: Accountability) -> list[UUID]:
    """The keys of what is done under an accountability, in the order of their making."""
    question = (
        select(Undertaking.action_id)
        .where(Undertaking.accountability_id == accountability.id)
        .order_by(Undertaking.action_id)
    )
    return list(session.scalars(question))


def accountabilities_for(session: Session, action: Referable) -> list[Accountability]:
    """The accountabilities that an action is done under, as believed now."""
    question = (
        select(Accountability)
        .join(Undertaking, Undertaking.accountability_id == Accountability.id)
        .where(Undertaking.action_id == action.id)
        .where(Accountability.known_to == UNTIL_CHANGED)
        .order_by(Accountability.id)
    )
    return list(session.scalars(question))
