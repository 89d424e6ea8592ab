"""What an inventory is of, and where: kinds of goods and places (6.14)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, validates

from ...patterns.accountability.name import KnownByName, name_violations
from ...patterns.constraint import DATABASES, require, rule
from ...patterns.persistence.base import Base, Level, identity
from ...patterns.persistence.guard import guard, refuse_when
from ...patterns.persistence.registry import Referable

UNIQUE_KIND = rule(
    "kind-of-goods.unique-name",
    pattern="6.14",
    says="A kind of goods is known by its name, so no two share one.",
    layers=DATABASES,
    guards=("uq_accounting_kind_of_goods_name", "accounting_kind_of_goods.name"),
)
UNIQUE_PLACE = rule(
    "place.unique-name",
    pattern="6.14",
    says="A place is known by its name, so no two share one.",
    layers=DATABASES,
    guards=("uq_accounting_place_name", "accounting_place.name"),
)
UNIT_FIXED = rule(
    "kind-of-goods.unit-fixed",
    pattern="6.14",
    says="The unit in which a kind of goods is counted never changes, or its holdings would count another.",
    layers=DATABASES,
)


class KindOfGoods(KnownByName, Base):
    """
    A kind of goods, such as a sort of coffee, and the unit in which all holdings of it count.

    Source: Analysis Patterns 6.14.
    """

    __tablename__ = "accounting_kind_of_goods"
    __level__ = Level.KNOWLEDGE
    __pattern__ = "6.14"

    id: Mapped[UUID] = identity()
    unit: Mapped[str] = mapped_column(String(255))

    @validates("unit")
    def _stay_countable(self, _key: str, unit: str) -> str:
        require(name_violations(self, unit))
        return unit


class Place(KnownByName, Referable, Base):
    """
    Where goods are, or come from and go to: a warehouse, a van, a supplier, whoever uses them up.

    Source: Analysis Patterns 6.14.
    """

    __tablename__ = "accounting_place"
    __level__ = Level.OPERATIONAL
    __pattern__ = "6.14"


guard(
    KindOfGoods.__table__,  # type: ignore[arg-type]
    refuse_when(
        UNIT_FIXED, KindOfGoods.__tablename__, "UPDATE",
        lambda row: "NEW.unit <> OLD.unit",
        because="another unit for a kind of goods",
        of="unit",
    ),
)  # fmt: skip
