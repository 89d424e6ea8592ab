"""Days on which a market does otherwise than its calendars say (10.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST, name_violations
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, require, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.time.period import require_day

if TYPE_CHECKING:
    from .market import Market

_TABLE = "trading_market_day"

ONCE = rule(
    "market-day.once",
    pattern="10.1",
    says="A market says once of a day that it works on it, or does not.",
    layers=BUILT | DATABASES,
    guards=(f"uq_{_TABLE}_market_id_day", f"{_TABLE}.market_id, {_TABLE}.day"),
)


class Adjustment(Enum):
    """
    Where a delivery goes that falls on a day off: to the next working day, or not out of its month.

    Source: Analysis Patterns 10.1 has the following day; the modified one is the other that is usual.
    """

    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified following"


class MarketDay(Base, init=False):
    """
    That a market works on a day, or does not, whatever its calendars say.

    Shape:  one market, one day, why; each day once in a market.
    Errors: `ConstraintViolation`: `market-day.once`, `name.text`.
    Source: Analysis Patterns 10.1.
    """

    __tablename__ = _TABLE
    __table_args__ = (UniqueConstraint("market_id", "day"),)
    __level__ = Level.KNOWLEDGE
    __pattern__ = "10.1"

    id: Mapped[UUID] = identity()
    market_id: Mapped[UUID] = mapped_column(ForeignKey("trading_market.id"), init=False)
    day: Mapped[date]
    is_worked: Mapped[bool]
    why: Mapped[str] = mapped_column(String(LONGEST))
    market: Mapped[Market] = relationship(back_populates="own_days")

    def __init__(self, *, market: Market, day: date, is_worked: bool, why: str) -> None:
        require(name_violations(self, why))
        require(_repeated(market, require_day(day)))
        self.id = uuid7()
        self.day = day
        self.is_worked = is_worked
        self.why = why
        market.own_days.append(self)

    def __str__(self) -> str:
        return f"{self.day}, {'worked' if self.is_worked else 'a day off'}: {self.why}"


def _repeated(market: Market, day: date) -> Iterator[ConstraintViolation]:
    stated = market.own_day(day)
    if stated is not None:
        yield ONCE.violation(
            market,
            found=f"{market} on {day}, a second time",
            allowed=f"what it says already: {stated}",
            remedy="Take the first away from own_days before saying the other.",
        )
