"""What was swept: the days, what came of each, and which fixings were looked at (10.4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from typing_extensions import Unpack
from uuid_utils.compat import uuid7

from ...patterns.constraint import DATABASES, Layer, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.recorded import Recorded
from ...patterns.persistence.session import Session
from .fixing import Fixing

KEPT = rule(
    "sweep.append-only",
    pattern="10.4",
    says="That a day was swept, and what came of it, is never changed or deleted.",
    layers=DATABASES | {Layer.FLUSH},
)


class Moved(TypedDict):
    """
    How many moves a sweep made, by what they were.

    Shape:  as `Sweep` takes them.
    """

    begun: int
    exercisable: int
    hit: int
    expired: int
    withdrawn: int


class Sweep(Recorded, Base, init=False):
    """
    That all options were brought up to a day.

    Shape:  the day; how many options began to be followed, became exercisable, were hit, expired; how many
            moves were withdrawn because a fixing was corrected; how many `options` there were, where all of
            them are followed that ever will be. None of them goes, so while there are as many, none is new.
    Errors: `ConstraintViolation`: `sweep.append-only`.
    Source: Analysis Patterns 10.4 leaves it open how events come to thousands of options.
    """

    __tablename__ = "trading_sweep"
    __level__ = Level.OPERATIONAL
    __pattern__ = "10.4"
    __unchanged__ = KEPT

    id: Mapped[UUID] = identity()
    day: Mapped[date]
    begun: Mapped[int]
    exercisable: Mapped[int]
    hit: Mapped[int]
    expired: Mapped[int]
    withdrawn: Mapped[int]
    options: Mapped[int | None]

    def __init__(self, *, day: date, options: int | None = None, **moved: Unpack[Moved]) -> None:
        self.id = uuid7()
        self.day = day
        self.options = options
        self.begun, self.exercisable = moved["begun"], moved["exercisable"]
        self.hit, self.expired = moved["hit"], moved["expired"]
        self.withdrawn = moved["withdrawn"]

    @property
    def changed(self) -> int:
        """How many moves it made, and withdrew."""
        return self.begun + self.exercisable + self.hit + self.expired + self.withdrawn

    def __str__(self) -> str:
        return (
            f"{self.day}: {self.begun} begun, {self.exercisable} exercisable, {self.hit} hit, "
            f"{self.expired} expired, {self.withdrawn} withdrawn"
        )


class SweptFixing(Base):
    """
    That a sweep looked at a version of a fixing, while it was believed or after.

    Shape:  the version, whether it was believed then, and the sweep.
    """

    __tablename__ = "trading_swept_fixing"
    __level__ = Level.OPERATIONAL
    __pattern__ = "10.4"

    version: Mapped[UUID] = mapped_column(ForeignKey(Fixing.version), primary_key=True)
    believed: Mapped[bool] = mapped_column(primary_key=True)
    sweep_id: Mapped[UUID] = mapped_column(ForeignKey(Sweep.id), init=False)
    sweep: Mapped[Sweep] = relationship()


def swept_through(session: Session) -> date | None:
    """The last day that was swept; None where none was."""
    return session.scalars(select(func.max(Sweep.day))).one()


def swept_at(session: Session) -> datetime | None:
    """The instant of the last sweep; None where there was none."""
    return session.scalars(select(func.max(Sweep.recorded))).one()


def options_followed(session: Session) -> int | None:
    """How many options there were when all were followed that ever will be; None where that was never so."""
    return session.scalars(select(func.max(Sweep.options))).one()


only_added(Sweep, KEPT)
only_added(SweptFixing, KEPT)
