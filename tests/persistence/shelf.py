"""A base of the tests' own, with an entity that holds values of every kind."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass

from analysis_patterns.patterns.persistence.base import NAMING, Base, KeywordOnly, identity
from analysis_patterns.patterns.persistence.composites import (
    QuantityText,
    interval_columns,
    money_columns,
    period_columns,
    quantity_columns,
    range_columns,
)
from analysis_patterns.patterns.persistence.types import ExactDecimal, Instant
from analysis_patterns.patterns.time.interval import Interval
from analysis_patterns.patterns.time.period import Period
from analysis_patterns.patterns.values import AtomicUnit, Currency, Money, Quantity, Range

CRATE = AtomicUnit("crate")
POINTS = Currency("PTS", places=0)


class Shelf(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, metaclass=KeywordOnly):
    """A base of the tests' own, so that nothing is added to the library's tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = Base.type_annotation_map


class Held(Shelf):
    """Values of every kind, each of which may be missing."""

    __tablename__ = "held"

    id: Mapped[UUID] = identity()
    amount: Mapped[Quantity | None] = quantity_columns("amount", known=[CRATE], nullable=True, default=None)
    price: Mapped[Money | None] = money_columns("price", known=[POINTS], nullable=True, default=None)
    during: Mapped[Period | None] = period_columns("during", nullable=True, default=None)
    open: Mapped[Interval | None] = interval_columns("open", nullable=True, default=None)
    days: Mapped[Range[date] | None] = range_columns("days", Date, nullable=True, default=None)
    normal: Mapped[Range[Decimal] | None] = range_columns("normal", ExactDecimal, nullable=True, default=None)
    seen: Mapped[Range[datetime] | None] = range_columns("seen", Instant, nullable=True, default=None)
    sizes: Mapped[Range[Quantity] | None] = range_columns(
        "sizes", QuantityText(CRATE), nullable=True, default=None
    )


class Needed(Shelf):
    """A value that may not be missing."""

    __tablename__ = "needed"

    id: Mapped[UUID] = identity()
    amount: Mapped[Quantity] = quantity_columns("amount")
