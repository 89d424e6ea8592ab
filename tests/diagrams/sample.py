"""Somebody else's models: two levels, subtypes, and every kind of association that is told apart."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, String, Table, UniqueConstraint
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    composite,
    mapped_column,
    relationship,
)

from analysis_patterns.patterns.picture import derived


class Base(DeclarativeBase):
    """The base of the sample."""


class State(enum.Enum):
    """How far an order is."""

    OPEN = "open"
    SHIPPED = "shipped"


@dataclass(frozen=True)
class Money:
    """An amount of a currency."""

    amount: Decimal
    currency: str


class ProductType(Base):
    """A kind of product. It says more than one sentence."""

    __tablename__ = "product_type"
    __level__ = "knowledge"
    __pattern__ = "14.1"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True, comment="as printed on the label")
    secret: Mapped[str] = mapped_column(info={"figure": False})
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("product_type.id"))
    parent: Mapped[ProductType | None] = relationship(remote_side="ProductType.id", back_populates="children")
    children: Mapped[list[ProductType]] = relationship(back_populates="parent")
    admissions: Mapped[list[Admission]] = relationship(back_populates="product_type")
    customers: Mapped[list[Customer]] = relationship(
        secondary=lambda: Admission.__table__, viewonly=True, info={"multiplicity": "1..*"}
    )

    @property
    @derived("1..*")
    def all_types(self) -> frozenset[ProductType]:
        """What this is, and what that is in turn."""
        return frozenset({self})

    @derived("0..1")
    def margin(self) -> Decimal | None:
        """What is left of the price."""
        return None


class Admission(Base):
    """That a customer may buy a kind of product."""

    __tablename__ = "admission"
    __level__ = "knowledge"
    __figure__ = False

    product_type_id: Mapped[int] = mapped_column(ForeignKey("product_type.id"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    product_type: Mapped[ProductType] = relationship(back_populates="admissions")
    customer: Mapped[Customer] = relationship()


tagged = Table(
    "tagged",
    Base.metadata,
    Column("order_id", ForeignKey("purchase.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)


class Customer(Base):
    """Whoever buys."""

    __tablename__ = "customer"
    __level__ = "operational"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    purchases: Mapped[list[Purchase]] = relationship(
        back_populates="customer",
        foreign_keys="Purchase.customer_id",
        order_by="Purchase.placed",
        info={"multiplicity": "2..*"},
    )
    passport: Mapped[Passport | None] = relationship(back_populates="customer")
    shipped: Mapped[list[Purchase]] = relationship(
        primaryjoin="and_(Customer.id == Purchase.customer_id, Purchase.state == 'SHIPPED')", viewonly=True
    )


class Person(Customer):
    """A human being who buys."""

    __mapper_args__ = {"polymorphic_identity": "person"}

    born: Mapped[date | None]


class Company(Customer):
    """A company that buys."""

    __tablename__ = "company"
    __level__ = "operational"
    __mapper_args__ = {"polymorphic_identity": "company"}

    id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)


class Passport(Base):
    """One for each customer at most."""

    __tablename__ = "passport"
    __level__ = "operational"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), unique=True)
    customer: Mapped[Customer] = relationship(back_populates="passport")


class Purchase(Base):
    """What a customer buys at once."""

    __tablename__ = "purchase"
    __level__ = "operational"
    __table_args__ = (UniqueConstraint("region", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str]
    number: Mapped[int]
    placed: Mapped[date]
    state: Mapped[State]
    price: Mapped[Money] = composite(mapped_column("price_amount"), mapped_column("price_currency"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer: Mapped[Customer] = relationship(back_populates="purchases", foreign_keys=[customer_id])
    lines: Mapped[list[Line]] = relationship(back_populates="purchase", cascade="all, delete-orphan")
    tags: Mapped[list[Tag]] = relationship(secondary=tagged)


class Line(Base):
    """One thing that is bought."""

    __tablename__ = "line"
    __level__ = "operational"

    id: Mapped[int] = mapped_column(primary_key=True)
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchase.id"))
    product_type_id: Mapped[int] = mapped_column(ForeignKey("product_type.id"))
    purchase: Mapped[Purchase] = relationship(back_populates="lines")
    product_type: Mapped[ProductType] = relationship()


class Invoice(Base):
    """A class that knows its neighbour by a foreign key only, of two columns."""

    __tablename__ = "invoice"
    __level__ = "operational"
    __table_args__ = (
        ForeignKeyConstraint(["region", "number"], ["purchase.region", "purchase.number"]),
        UniqueConstraint("region", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str]
    number: Mapped[int] = mapped_column()
    doubled = column_property(number + number)
