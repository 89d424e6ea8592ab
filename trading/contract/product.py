"""Products: what was sold to a client as one thing, seen by the trader as its contracts (10.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from ...patterns.accountability.name import LONGEST, name_violations
from ...patterns.accountability.party import Party
from ...patterns.constraint import BUILT, DATABASES, ConstraintViolation, Layer, require, rule
from ...patterns.persistence.addition import only_added
from ...patterns.persistence.base import Base, Level
from ...patterns.persistence.recorded import Recorded
from ...patterns.persistence.registry import Referable

if TYPE_CHECKING:
    from .contract import Contract

_TABLE = "trading_product"

KEPT = rule(
    "product.append-only",
    pattern="10.3",
    says="What was sold is never changed or deleted.",
    layers=DATABASES | {Layer.FLUSH},
)
TWO_PARTIES = rule(
    "product.two-parties",
    pattern="10.3",
    says="The buyer and the seller of a product are two parties.",
    layers=BUILT | DATABASES,
    guards=(f"ck_{_TABLE}_two_parties",),
)
HAS_CONTRACTS = rule(
    "product.has-contracts",
    pattern="10.3",
    says="A product consists of one contract or several.",
    layers=frozenset({Layer.FLUSH}),
)


class Product(Recorded, Referable, Base, init=False):
    """
    What a buyer bought from a seller as one thing: the selling view of one contract or several.

    Shape:  a buyer and a seller, whose contracts with each other it consists of; a name where it has one of
            its own.
    Errors: `ConstraintViolation`: `product.two-parties`, `product.has-contracts`, `product.append-only`.
    Source: Analysis Patterns 10.3: a straddle is one product and two contracts, and no kind of contract.
    """

    __tablename__ = _TABLE
    __table_args__ = (CheckConstraint("buyer_id <> seller_id", name="two_parties"),)
    __level__ = Level.OPERATIONAL
    __pattern__ = "10.3"
    __unchanged__ = KEPT

    buyer_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    seller_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True, init=False)
    name: Mapped[str | None] = mapped_column(String(LONGEST))
    buyer: Mapped[Party] = relationship(foreign_keys=[buyer_id])
    seller: Mapped[Party] = relationship(foreign_keys=[seller_id])
    contracts: Mapped[list[Contract]] = relationship(
        back_populates="product", default_factory=list, init=False, order_by="Contract.id",
        info={"multiplicity": "1..*"},
    )  # fmt: skip

    def __init__(self, *, buyer: Party, seller: Party, name: str | None = None) -> None:
        if name is not None:
            require(name_violations(self, name))
        if buyer is seller:
            raise TWO_PARTIES.violation(
                self,
                buyer,
                found=f"{buyer} buying from {seller}",
                allowed="two parties",
                remedy="An internal deal is one between two parties of the house: name both.",
            )
        self.id = uuid7()
        self.name = name
        self.buyer = buyer
        self.seller = seller

    def violations(self) -> Iterator[ConstraintViolation]:
        """The rules that this product breaks by itself."""
        if inspect(self).pending and not self.contracts:
            yield HAS_CONTRACTS.violation(
                self,
                found=f"{self} without a contract",
                allowed="one contract, or several",
                remedy="Make its contracts with product=..., and add them together with it.",
                layer=Layer.FLUSH,
            )

    def __str__(self) -> str:
        return self.name or f"sold by {self.seller} to {self.buyer}"


only_added(Product, KEPT)
